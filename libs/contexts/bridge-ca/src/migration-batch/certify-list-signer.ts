import { z } from 'zod';
import { bridgeCaProblems } from '#contracts/bridge-ca';
import { buildCrl, parseName } from '#pki';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { prefecturalId, toSecond } from '../authority/authority.js';
import { keyAnswer, type Authorities, type Signatory } from '../authority/authorities.js';
import { drawSerial, signLinted } from '../authority/certificate-signer.js';
import { namedOfficer } from '../authority/generations.js';
import { byBatch, lockedBatch } from './batch-view.js';
import type { BatchStore } from './migration-batch.store.js';
import { listSignerPoint, listSignerProfile } from './list-signer.js';
import type { SignerStore } from './list-signer.store.js';

const spec = useCase({
  action: 'bridge-ca.list-signer.certify',
  kind: 'command',
  summary: 'Each key of the prefecture\'s authority certifies the agency\'s key for its lists, before it is destroyed',
  input: byBatch,
  output: z.object({ prefecture: z.string(), certificates: z.array(z.base64()).describe('DER, the oldest generation first') }),
  refusals: [
    ...refusals(bridgeCaProblems, 'AUTHORITY_WITHOUT_KEY', 'NOT_IN_STATE', 'OPERATOR_NOT_ASSERTED'),
    ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION', 'UNAVAILABLE'),
  ],
});

/** JPKI-4.12 (b). Repeated, it certifies for generations that have not yet. */
export class CertifyListSigner implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly parts: { readonly batches: BatchStore; readonly signers: SignerStore; readonly authorities: Authorities },
  ) {}

  async execute(ctx: Ctx, { batchId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const by = namedOfficer(ctx);
    const { batches, signers, authorities } = this.parts;
    const { prefecture, continuity, state } = await lockedBatch(ctx, batches, batchId);
    if (continuity !== 'CRL_SIGNER' || state === 'REJECTED' || state === 'CUT_OVER') throw bridgeCaProblems.refuse('NOT_IN_STATE', { facts: { state } });
    const signing = await keyAnswer(() => authorities.listing(ctx.db, prefecturalId(prefecture)));
    if (signing.length === 0) throw bridgeCaProblems.refuse('AUTHORITY_WITHOUT_KEY', { facts: { authority: prefecturalId(prefecture) } });
    const keyId = `${prefecturalId(prefecture)}-lists`;
    const { publicKeySpki } = await keyAnswer(() => authorities.made(keyId));
    const before = new Set((await signers.ofPrefecture(ctx.db, prefecture)).map(({ generation }) => generation));
    for (const authority of signing.filter(({ generation }) => !before.has(generation))) {
      const [certificate, statusList] = [await this.certify(ctx, authority, publicKeySpki), await this.statusList(ctx, authority)];
      await signers.add(ctx.db, { prefecture, generation: authority.generation, keyId, certificate, statusList, at: ctx.now, by });
      ctx.audit({ object: `list-signer:${prefecture}:${authority.generation}`, facts: { keyId } });
    }
    const all = await signers.ofPrefecture(ctx.db, prefecture);
    return { prefecture, certificates: all.map(({ certificate }) => certificate.toString('base64')) };
  }

  private certify(ctx: Ctx, { key, certificate: issuer, issuer: by }: Signatory, spki: Buffer): Promise<Buffer> {
    const content = { profile: listSignerProfile(parseName(issuer.subjectDer)), serial: drawSerial(), issuer: by, notBefore: toSecond(ctx.now), notAfter: issuer.notAfter, spki };
    return keyAnswer(() => signLinted({ content, key, issuer }));
  }

  /** The last word of the former key on the certificate, valid to its end: after the destruction nobody can say it again. */
  private async statusList(ctx: Ctx, { key, certificate }: Signatory): Promise<Buffer> {
    const point = listSignerPoint(parseName(certificate.subjectDer));
    const { der } = await keyAnswer(() => buildCrl({
      issuerDer: certificate.subjectDer, thisUpdate: toSecond(ctx.now), nextUpdate: certificate.notAfter, crlNumber: 1n, entries: [],
      distributionPoint: { fullName: [{ kind: 'directoryName', name: point }], only: 'userCerts' },
    }, key));
    return der;
  }
}
