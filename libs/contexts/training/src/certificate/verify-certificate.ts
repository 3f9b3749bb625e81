import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { isSameName, type CertificateState } from './certificate.js';
import type { CertificateIssuer } from './certificate-issuer.js';
import type { CertificateRecord, CertificateStore } from './certificate.store.js';
import { byNumber, certificateNo } from './certificate-view.js';

/** Comparisons of a name an hour and certificate: enough to type one, too few to try the names of an office. */
const NAME_TRIES = 10;
const STATUSES = ['VALID', 'SUPERSEDED', 'REVOKED'] as const;
const STATUS: Readonly<Record<CertificateState, (typeof STATUSES)[number]>> = { ISSUED: 'VALID', SUPERSEDED: 'SUPERSEDED', REVOKED: 'REVOKED' };

/** Verifications a second in one process: enough for everybody who has a certificate before them, too few to walk through all numbers. */
const A_SECOND = 50;

/** Title and date, no name (TRN-4.9). */
const verification = z.object({
  status: z.enum(STATUSES), title: z.string(), issuedOn: z.string(), isSameName: z.boolean().optional().describe('whether the name that was typed is the holder’s'),
});
export type Verification = z.input<typeof verification>;

/** What everybody may ask of a certificate whose number they have. */
export class VerificationDesk {
  private second = { at: 0, asked: 0 };

  constructor(
    private readonly certificates: CertificateStore,
    private readonly issuer: CertificateIssuer,
  ) {}

  /** Refuses UNKNOWN, QUOTA_EXCEEDED. */
  async verify(ctx: Ctx, no: string): Promise<Verification> {
    return verificationOf(await this.find(ctx, no));
  }

  /** Refuses UNKNOWN, QUOTA_EXCEEDED. */
  async compare(ctx: Ctx, no: string, name: string): Promise<Verification> {
    const held = await this.find(ctx, no);
    if (!(await ctx.transaction((tx) => this.certificates.countNameTry(tx.db, no, NAME_TRIES, tx.now)))) throw platformProblems.refuse('QUOTA_EXCEEDED', { facts: { retryAfterSeconds: 3_600 } });
    return { ...verificationOf(held), isSameName: isSameName(name, held.holderName) };
  }

  /** Refuses UNKNOWN, QUOTA_EXCEEDED. */
  async find(ctx: Ctx, no: string): Promise<CertificateRecord> {
    const at = Math.floor(ctx.now.getTime() / 1_000);
    this.second = { at, asked: this.second.at === at ? this.second.asked + 1 : 1 };
    if (this.second.asked > A_SECOND) throw platformProblems.refuse('QUOTA_EXCEEDED', { facts: { retryAfterSeconds: 1 } });
    const held = await this.certificates.find(ctx.db, no);
    if (held === undefined) throw trainingProblems.refuse('UNKNOWN');
    await this.issuer.requireWhole(ctx.db, held);
    ctx.audit({ object: `certificate:${no}`, facts: { status: STATUS[held.state] } });
    return held;
  }
}

function verificationOf({ state, title, issuedOn }: CertificateRecord): Verification {
  return { status: STATUS[state], title, issuedOn };
}

const verifySpec = useCase({
  action: 'training.certificate.verify', kind: 'question', summary: 'Whether a certificate is in force, for everybody', input: byNumber, output: verification.omit({ isSameName: true }),
  refusals: [...refusals(trainingProblems, 'UNKNOWN'), ...refusals(platformProblems, 'QUOTA_EXCEEDED')],
});

export class VerifyCertificate implements UseCase<typeof verifySpec> {
  readonly spec = verifySpec;

  constructor(private readonly desk: VerificationDesk) {}

  async execute(ctx: Ctx, { no }: InputOf<typeof verifySpec>): Promise<OutputOf<typeof verifySpec>> {
    return this.desk.verify(ctx, no);
  }
}

const compareSpec = useCase({
  action: 'training.certificate.compare-name', kind: 'process', summary: 'The same, and whether a name that the asker types is the holder’s; ten times an hour and certificate',
  input: z.strictObject({ no: certificateNo, name: z.string().min(1).max(120) }), output: verification,
  refusals: [...refusals(trainingProblems, 'UNKNOWN'), ...refusals(platformProblems, 'QUOTA_EXCEEDED')],
});

export class CompareHolderName implements UseCase<typeof compareSpec> {
  readonly spec = compareSpec;

  constructor(private readonly desk: VerificationDesk) {}

  async execute(ctx: Ctx, { no, name }: InputOf<typeof compareSpec>): Promise<OutputOf<typeof compareSpec>> {
    return this.desk.compare(ctx, no, name);
  }
}
