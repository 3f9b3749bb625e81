import { createHash } from 'node:crypto';
import { isSameOfficer } from '#kernel';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import { parseCertificate, PkiError, rsaPublicKeyOf } from '#pki';
import { officerOf, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { MakerKeyStore } from './maker-key.store.js';
import type { ProductionStore } from './production.store.js';
import { lockBatch } from './require-batch.js';

const LEAST_BITS = 3_072;
const keyId = z.string().regex(/^[0-9a-f]{64}$/).describe('SHA-256 of the certificate, hex');

const registerSpec = useCase({
  action: 'card-issuance.maker-key.register',
  kind: 'command',
  summary: 'Registers the certificate for which files of a maker are encrypted, base64 DER; batches sealed from now on are for it',
  input: z.strictObject({ maker: z.string().min(1).max(64), certificate: z.base64().max(8_192) }),
  output: z.object({ keyId }),
  refusals: refusals(cardIssuanceProblems, 'WRONG_CERTIFICATE'),
});

/** The recipient of production files (CARD-4.4). */
export class RegisterMakerKey implements UseCase<typeof registerSpec> {
  readonly spec = registerSpec;

  constructor(private readonly keys: MakerKeyStore) {}

  async execute(ctx: Ctx, { maker, certificate }: InputOf<typeof registerSpec>): Promise<OutputOf<typeof registerSpec>> {
    const der = Buffer.from(certificate, 'base64');
    if (bitsOf(der) < LEAST_BITS) throw cardIssuanceProblems.refuse('WRONG_CERTIFICATE');
    const id = createHash('sha256').update(der).digest('hex');
    await this.keys.add(ctx.db, { keyId: id, maker, certificate: der, by: officerOf(ctx) }, ctx.now);
    ctx.audit({ object: `maker-key:${id}`, facts: { maker } });
    return { keyId: id };
  }
}

function bitsOf(der: Buffer): number {
  try {
    return rsaPublicKeyOf(parseCertificate(der).spki).modulus.toString(2).length;
  } catch (error) {
    if (error instanceof PkiError) return 0;
    throw error;
  }
}

const spec = useCase({
  action: 'card-issuance.production-batch.release-key',
  kind: 'command',
  summary: 'An officer confirms the key for which a batch is encrypted, read from the maker\'s own announcement; with the second officer the maker may fetch the file',
  input: z.strictObject({ batchId: z.uuid(), keyId }),
  output: z.object({ batchId: z.uuid(), released: z.boolean() }),
  refusals: [...refusals(cardIssuanceProblems, 'SAME_OFFICER', 'WRONG_KEY'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** Release by two persons (CARD-4.4). */
export class ReleaseKey implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly production: ProductionStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { batchId } = input;
    const batch = await lockBatch(ctx, this.production, batchId);
    if (batch.keyId !== input.keyId) throw cardIssuanceProblems.refuse('WRONG_KEY');
    const officer = officerOf(ctx);
    if (batch.keyConfirmedBy !== null && batch.keyReleasedAt === null && isSameOfficer(batch.keyConfirmedBy, officer)) throw cardIssuanceProblems.refuse('SAME_OFFICER');
    const released = batch.keyConfirmedBy !== null;
    if (released) await this.production.releaseKey(ctx.db, batchId, ctx.now);
    else await this.production.confirmKey(ctx.db, batchId, officer);
    ctx.audit({ object: `production-batch:${batchId}`, facts: { keyId: input.keyId, released } });
    return { batchId, released };
  }
}
