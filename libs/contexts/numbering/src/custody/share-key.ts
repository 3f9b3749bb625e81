import { createHash, type X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { numberingProblems } from '#contracts/numbering';
import { combineShares, splitSecret } from '#pki';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { byId, moveCeremony, namedOfficer, stepOutput } from './hold-ceremony.js';
import type { CeremonyRecord } from './key-ceremony.store.js';
import type { KeyCustody } from './key-custody.js';
import { holderFault, openRestoration, SHARES, type Restoration } from './key-share.js';
import type { KeyShareStore } from './key-share.store.js';
import { certificateOf, sealShare } from './share-seal.js';

const shareRefusals = [...refusals(platformProblems, 'NOT_FOUND'), ...refusals(numberingProblems, 'CEREMONY_STATE', 'NOT_CUSTODIAN', 'OPERATOR_NOT_ASSERTED')];
const counted = stepOutput.extend({ officers: z.array(z.string()) });

const depositSpec = useCase({
  action: 'numbering.key-share.deposit',
  kind: 'command',
  summary: 'An officer of the ceremony leaves the certificate for a share of the wrapped key; with the fifth the shares are made, each sealed for its officer',
  input: byId.extend({ certificate: z.string().max(8_000).regex(/^-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----\s*$/) }),
  output: counted,
  refusals: [...shareRefusals, ...refusals(numberingProblems, 'CERTIFICATE_FAULT', 'KEY_NOT_ACTIVE', 'KEY_NOT_WRAPPED')],
});

/** NUM-4.9: the backup of K. Only wrapped keys are backed up; what never leaves its token is the token's own to copy. */
export class DepositCertificate implements UseCase<typeof depositSpec> {
  readonly spec = depositSpec;
  constructor(private readonly custody: KeyCustody, private readonly shares: KeyShareStore) {}

  async execute(ctx: Ctx, { ceremonyId, certificate }: InputOf<typeof depositSpec>): Promise<OutputOf<typeof depositSpec>> {
    const { ceremony, officer } = await heldBy(ctx, this.custody, ceremonyId);
    const { sealedKey, state } = ceremony;
    if (sealedKey === null) throw numberingProblems.refuse('KEY_NOT_WRAPPED');
    const others = (await this.shares.all(ctx.db, ceremonyId)).filter((share) => share.officer !== officer);
    if (others.some(({ sealedShare }) => sealedShare !== null)) throw numberingProblems.refuse('CEREMONY_STATE', { facts: { state } });
    const holders = certificatesOf([...others, { officer, certificate }], ctx.now);
    await this.shares.deposit(ctx.db, ceremonyId, officer, certificate);
    if (holders.size === SHARES.count) {
      // A backup of what no longer opens would be found out when it is needed.
      if (!this.custody.isKeyOf(ceremony)) throw numberingProblems.refuse('KEY_NOT_ACTIVE', { facts: { cause: 'KEY_UNUSABLE' } });
      await this.split(ctx, { ceremonyId, sealedKey }, holders);
    }
    ctx.audit({ object: `key-ceremony:${ceremonyId}`, facts: { certificates: holders.size } });
    return { ceremonyId, state, officers: [...holders.keys()].sort() };
  }

  private async split(ctx: Ctx, { ceremonyId, sealedKey }: { readonly ceremonyId: string; readonly sealedKey: Buffer }, holders: ReadonlyMap<string, X509Certificate>): Promise<void> {
    const shares = splitSecret(sealedKey, { ...SHARES, random: (block) => this.custody.parts.store.random(block) });
    for (const [officer, certificate] of holders) {
      const share = shares.pop();
      if (share !== undefined) await this.shares.seal(ctx.db, ceremonyId, officer, { sealedShare: await sealShare(share, certificate), sha256: hashOf(share) });
    }
  }
}

const readSpec = useCase({
  action: 'numbering.key-share.read', kind: 'question', summary: 'An officer\'s own share, sealed for the certificate that was left (JWE)', input: z.object({ ceremonyId: z.uuid() }),
  output: z.object({ ceremonyId: z.uuid(), share: z.string() }), refusals: shareRefusals,
});

export class ReadShare implements UseCase<typeof readSpec> {
  readonly spec = readSpec;
  constructor(private readonly shares: KeyShareStore) {}

  async execute(ctx: Ctx, { ceremonyId }: InputOf<typeof readSpec>): Promise<OutputOf<typeof readSpec>> {
    const officer = namedOfficer(ctx);
    const own = (await this.shares.all(ctx.db, ceremonyId)).find((share) => share.officer === officer);
    if (own?.sealedShare == null) throw platformProblems.refuse('NOT_FOUND');
    ctx.audit({ object: `key-ceremony:${ceremonyId}` });
    return { ceremonyId, share: own.sealedShare };
  }
}

const giveSpec = useCase({
  action: 'numbering.key-share.give',
  kind: 'command',
  summary: 'An officer gives the own share, opened; with the third of a day the wrapped key is put back, or was whole (DRILL)',
  input: byId.extend({ share: z.string().regex(/^[A-Za-z0-9_-]{8,400}$/).describe('base64url') }),
  output: counted.extend({ outcome: z.enum(['RESTORED', 'DRILL']).nullable() }),
  refusals: [...shareRefusals, ...refusals(numberingProblems, 'SHARE_FAULT')],
});

/** NUM-4.9: nobody gives for another, so that one or two restore nothing. */
export class GiveShare implements UseCase<typeof giveSpec> {
  readonly spec = giveSpec;
  constructor(private readonly custody: KeyCustody, private readonly shares: KeyShareStore) {}

  async execute(ctx: Ctx, { ceremonyId, share }: InputOf<typeof giveSpec>): Promise<OutputOf<typeof giveSpec>> {
    const { ceremony, officer } = await heldBy(ctx, this.custody, ceremonyId);
    const own = (await this.shares.all(ctx.db, ceremonyId)).find((candidate) => candidate.officer === officer);
    if (own === undefined || own.sha256 !== hashOf(Buffer.from(share, 'base64url'))) throw numberingProblems.refuse('SHARE_FAULT');
    const open = openRestoration(ceremony.restorations, ctx.now);
    if (open === undefined) await this.shares.forgetGiven(ctx.db, ceremonyId);
    await this.shares.give(ctx.db, ceremonyId, officer, share);
    const officers = [...new Set([...(open?.officers ?? []), officer])];
    const sealedKey = officers.length === SHARES.quorum ? await this.restore(ctx, ceremony) : ceremony.sealedKey;
    const outcome: Restoration['outcome'] = officers.length < SHARES.quorum ? null : sealedKey?.equals(ceremony.sealedKey ?? Buffer.alloc(0)) === true ? 'DRILL' : 'RESTORED';
    const restorations = [...ceremony.restorations.filter((earlier) => earlier !== open), { openedAt: open?.openedAt ?? ctx.now.toISOString(), officers, outcome }];
    return { ...(await moveCeremony(ctx, this.custody.parts.ceremonies, ceremony, { sealedKey, restorations })), officers, outcome };
  }

  /** The wrapped key, held against the check value of its ceremony before it is kept. */
  private async restore(ctx: Ctx, ceremony: CeremonyRecord): Promise<Buffer> {
    const { ceremonyId } = ceremony;
    const given = (await this.shares.all(ctx.db, ceremonyId)).flatMap((share) => (share.given === null ? [] : [Buffer.from(this.shares.open(share.given), 'base64url')]));
    const sealedKey = combineShares(given);
    if (!this.custody.isKeyOf({ ...ceremony, sealedKey })) throw numberingProblems.refuse('SHARE_FAULT');
    await this.shares.forgetGiven(ctx.db, ceremonyId);
    return sealedKey;
  }
}

/** The ceremony, and the one of its five officers who acts. */
async function heldBy(ctx: Ctx, { parts: { ceremonies } }: KeyCustody, ceremonyId: string): Promise<{ ceremony: CeremonyRecord; officer: string }> {
  const officer = namedOfficer(ctx);
  const ceremony = (await ceremonies.lockAll(ctx.db)).find((candidate) => candidate.ceremonyId === ceremonyId);
  if (ceremony === undefined) throw platformProblems.refuse('NOT_FOUND');
  const fault = holderFault(ceremony, officer);
  if (fault !== undefined) throw numberingProblems.refuse(fault, { facts: { state: ceremony.state } });
  return { ceremony, officer };
}

/** Certificates by officer. Refuses CERTIFICATE_FAULT when one is not valid now, or two are of one key. */
function certificatesOf(left: readonly { readonly officer: string; readonly certificate: string }[], now: Date): Map<string, X509Certificate> {
  const holders = new Map<string, X509Certificate>();
  for (const { officer, certificate: pem } of left) {
    const certificate = certificateOf(pem, now);
    if (certificate === undefined || [...holders.values()].some(({ publicKey }) => publicKey.equals(certificate.publicKey))) throw numberingProblems.refuse('CERTIFICATE_FAULT', { facts: { officer } });
    holders.set(officer, certificate);
  }
  return holders;
}

function hashOf(share: Buffer): string {
  return createHash('sha256').update(share).digest('hex');
}
