import { createHash, createPublicKey } from 'node:crypto';
import { z } from 'zod';
import { issuingCentreProblems, residentLinkRemoved } from '#contracts/issuing-centre';
import { residentKey } from '#contracts/municipal-issuer';
import { platformProblems, refusals, requireJurisdiction, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { municipalityCode } from '../municipal-server/register-municipality.js';
import type { MunicipalServerStore } from '../municipal-server/municipal-server.store.js';
import { LINK_KINDS, type RemovedLink, type ResidentLinkStore } from './resident-link.store.js';

/** Hex as jpki-ca writes serial numbers. */
export const serial = z.string().regex(/^[0-9a-f]{1,40}$/);
export const ordinanceId = z.string().regex(/^[0-9A-Z]{8,32}$/);
const cardSerial = z.string().regex(/^[0-9A-Z]{16}$/);
/** RSA alone: the challenge is signed as by an authentication certificate. */
const publicKey = z.string().max(1_000).transform((text, issue) => {
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
    if (key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2_048) return key.export({ format: 'der', type: 'spki' });
  } catch {
    // Told below, like any other key.
  }
  issue.addIssue({ code: 'custom', params: { code: 'WEAK_KEY' } });
  return z.NEVER;
});

const linkSpec = useCase({
  action: 'issuing-centre.resident-link.save',
  kind: 'command',
  summary: 'A municipality names its resident for a card: by the authentication certificate, or by its ordinance application (number card or juki card)',
  input: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('AUTH_CERT'), municipalityCode, linkId: serial, residentKey, cardSerial }),
    z.strictObject({ kind: z.literal('ORDINANCE_AP'), municipalityCode, linkId: ordinanceId, residentKey, cardSerial: cardSerial.optional().describe('of a number card'), publicKey: publicKey.describe('SubjectPublicKeyInfo, RSA of at least 2048 bits, base64') }),
  ]),
  output: z.object({ kind: z.enum(LINK_KINDS), linkId: z.string() }),
  refusals: [...refusals(platformProblems, 'OUT_OF_JURISDICTION'), ...refusals(issuingCentreProblems, 'MUNICIPALITY_UNKNOWN')],
});

/** CARD-4.15 step 4. */
export class LinkResident implements UseCase<typeof linkSpec> {
  readonly spec = linkSpec;

  constructor(
    private readonly links: ResidentLinkStore,
    private readonly servers: MunicipalServerStore,
  ) {}

  async execute(ctx: Ctx, input: InputOf<typeof linkSpec>): Promise<OutputOf<typeof linkSpec>> {
    requireJurisdiction(ctx, input.municipalityCode);
    if ((await this.servers.find(ctx.db, input.municipalityCode)) === undefined) throw issuingCentreProblems.refuse('MUNICIPALITY_UNKNOWN');
    await this.links.save(ctx.db, { publicKey: null, ...input, cardSerial: input.cardSerial ?? null }, ctx.now);
    ctx.audit({ object: linkObject(input.kind, input.linkId), facts: { municipalityCode: input.municipalityCode } });
    return { kind: input.kind, linkId: input.linkId };
  }
}

const removeSpec = useCase({
  action: 'issuing-centre.resident-link.remove',
  kind: 'command',
  summary: 'A municipality takes back the link of a card',
  input: z.strictObject({ municipalityCode, kind: z.enum(LINK_KINDS), linkId: z.union([serial, ordinanceId]) }),
  output: z.object({}),
  refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

export class RemoveLink implements UseCase<typeof removeSpec> {
  readonly spec = removeSpec;

  constructor(private readonly links: ResidentLinkStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof removeSpec>): Promise<OutputOf<typeof removeSpec>> {
    requireJurisdiction(ctx, input.municipalityCode);
    const removed = await this.links.remove(ctx.db, input.kind, input.linkId, input.municipalityCode);
    if (removed === undefined) throw platformProblems.refuse('NOT_FOUND');
    tellRemoved(ctx, removed, 'MUNICIPALITY');
    return {};
  }
}

/** A removal is told as a thing of its own: a link that is made again is another one. */
export function tellRemoved(ctx: Ctx, { kind, linkId, municipalityCode: of }: RemovedLink, reason: string): void {
  ctx.emit(residentLinkRemoved, { aggregateId: uuidv7(), sequence: 1, data: { kind, municipalityCode: of, reason } });
  ctx.audit({ object: linkObject(kind, linkId), facts: { municipalityCode: of, reason } });
}

/** Serial numbers and ids stand for a person: logs and events hold a digest. */
export function linkObject(kind: string, linkId: string): string {
  return `resident-link:${createHash('sha256').update(`${kind}\0${linkId}`).digest('hex').slice(0, 32)}`;
}
