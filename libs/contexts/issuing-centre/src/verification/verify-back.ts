import type { Readable } from 'node:stream';
import { z } from 'zod';
import { found, platformProblems, refusals, useCase, wholeBody, type BinaryAnswer, type Ctx, type Db, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { FrontProtection } from '../back-side/back-side.parts.js';
import { joinContent } from '../back-side/front-symbol.js';
import { readScan } from './scan.js';
import type { ShownFrontStore } from './shown-front.store.js';
import { statementFault, statementIn, VERDICTS, type Verdict } from './verification.js';

/** Octets of a scan. */
export const MOST_SCAN = 12 * 1_048_576;

/** What the scan of a back has come to; the front itself only where everything is right. */
export interface Verified {
  readonly verdict: Verdict;
  readonly page?: number;
  readonly pages?: number;
  readonly municipalityCode?: string;
  readonly issuedAt?: string;
  /** Symbols of the image that could be read, and that there are. */
  readonly read?: number;
  readonly total?: number;
  readonly image?: Buffer;
}

/** Judges scans of backs (CARD-4.16): twenty an hour and client. Nothing of a scan is kept. */
export class VerificationDesk {
  constructor(
    private readonly protection: Pick<FrontProtection, 'keys' | 'fronts'>,
    private readonly shown: ShownFrontStore,
  ) {}

  /** Refuses QUOTA_EXCEEDED, UNAVAILABLE. */
  async verify(ctx: Ctx, picture: Buffer): Promise<Verified> {
    const address = ctx.headers['client-address'] ?? '';
    if (!(await ctx.transaction((tx) => this.shown.countUse(tx.db, address, tx.now)))) throw platformProblems.refuse('QUOTA_EXCEEDED', { facts: { retryAfterSeconds: 3_600 } });
    const verified = await this.judge(ctx.db, await readScan(picture));
    ctx.audit({ object: 'verification', facts: { verdict: verified.verdict } });
    return verified;
  }

  /** `frames`: what the symbols of the picture say, in no order. */
  async judge(db: Db, frames: readonly Buffer[]): Promise<Verified> {
    const { keys, fronts } = this.protection;
    const statement = statementIn(frames);
    if (statement === undefined) return { verdict: 'UNREADABLE', read: 0 };
    const fault = statementFault(statement, await keys.isSigned(db, statement), await fronts.find(db, statement.requestId));
    if (fault !== undefined) return { verdict: fault };
    const { content, read, total } = joinContent(frames, statement.contentId);
    if (content === undefined) return { verdict: 'UNREADABLE', read, total };
    const image = await keys.open(db, statement, content);
    if (image === undefined) return { verdict: 'SIGNATURE_INVALID' };
    const { page, pages, municipalityCode, issuedAt } = statement;
    return { verdict: 'MATCH_SHOWN', page, pages, municipalityCode, issuedAt: issuedAt.toISOString(), image };
  }
}

const verifySpec = useCase({
  action: 'issuing-centre.verification.verify',
  kind: 'process',
  summary: 'Whether the back of a certificate is genuine, from its scan at 300 dpi (PNG or JPEG); MATCH_SHOWN has a token by which the front is had for five minutes',
  input: z.strictObject({}),
  output: z.object({
    verdict: z.enum(VERDICTS), page: z.number().optional(), pages: z.number().optional(), municipalityCode: z.string().optional(), issuedAt: z.iso.datetime().optional(),
    read: z.number().optional().describe('with UNREADABLE: how many symbols of the image were read'), total: z.number().optional(),
    token: z.string().optional(), shownUntil: z.iso.datetime().optional(),
  }),
  refusals: refusals(platformProblems, 'BODY_TOO_LARGE', 'QUOTA_EXCEEDED', 'UNAVAILABLE'),
});

export class VerifyBack implements UseCase<typeof verifySpec> {
  readonly spec = verifySpec;

  constructor(
    private readonly desk: VerificationDesk,
    private readonly shown: ShownFrontStore,
  ) {}

  async execute(ctx: Ctx, _input: InputOf<typeof verifySpec>, body?: Readable): Promise<OutputOf<typeof verifySpec>> {
    const { image, ...verified } = await this.desk.verify(ctx, await wholeBody(body, MOST_SCAN));
    if (image === undefined) return verified;
    const { token, expiresAt } = await ctx.transaction((tx) => this.shown.show(tx.db, image, tx.now));
    return { ...verified, token, shownUntil: expiresAt.toISOString() };
  }
}

const frontSpec = useCase({
  action: 'issuing-centre.verification.show-front', kind: 'question', summary: 'The front that a verification decoded, as long as it is shown',
  input: z.strictObject({ token: z.string().regex(/^[\w-]{43}$/) }), output: z.custom<BinaryAnswer>(), refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export class ShowFront implements UseCase<typeof frontSpec> {
  readonly spec = frontSpec;

  constructor(private readonly shown: ShownFrontStore) {}

  async execute(ctx: Ctx, { token }: InputOf<typeof frontSpec>): Promise<BinaryAnswer> {
    const body = found(await this.shown.find(ctx.db, token, ctx.now));
    ctx.audit({ object: 'verification', facts: { shown: true } });
    return { contentType: 'image/webp', body, headers: { 'cache-control': 'no-store' } };
  }
}
