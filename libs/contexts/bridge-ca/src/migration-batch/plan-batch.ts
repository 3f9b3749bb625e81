import { z } from 'zod';
import { bridgeCaProblems } from '#contracts/bridge-ca';
import { PkiError, keyUsageOf, parseCertificate } from '#pki';
import { officerOf, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { Authorities } from '../authority/authorities.js';
import { batchId, generationCertificates, prefecture } from './batch-view.js';
import type { BatchStore } from './migration-batch.store.js';
import { CONTINUITIES } from './migration-batch.js';

const spec = useCase({
  action: 'bridge-ca.migration-batch.plan',
  kind: 'command',
  summary: 'Plans the migration of the records of a prefecture\'s authority, and how its revocation lists go on',
  input: z.strictObject({
    prefecture, continuity: z.enum(CONTINUITIES),
    signer: z.base64().max(8_192).describe('certificate by which the prefecture signs its file and its acceptance, DER'),
  }),
  output: z.object({ batchId, state: z.literal('PLANNED') }),
  refusals: refusals(bridgeCaProblems, 'BATCH_ON_FILE', 'CERTIFICATE_UNFIT', 'PREFECTURE_WITHOUT_KEY'),
});

/** JPKI-3.12: one batch a prefecture, another one only after its rejection. */
export class PlanBatch implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly batches: BatchStore,
    private readonly authorities: Authorities,
  ) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const signer = Buffer.from(input.signer, 'base64');
    if (!maySign(signer, ctx.now)) throw bridgeCaProblems.refuse('CERTIFICATE_UNFIT');
    if ((await generationCertificates(ctx, this.authorities, input.prefecture)).length === 0) throw bridgeCaProblems.refuse('PREFECTURE_WITHOUT_KEY');
    const id = uuidv7();
    if (!(await this.batches.add(ctx.db, { ...input, id, signer, plannedBy: officerOf(ctx), plannedAt: ctx.now }))) throw bridgeCaProblems.refuse('BATCH_ON_FILE');
    ctx.audit({ object: `migration-batch:${id}`, facts: { to: 'PLANNED', prefecture: input.prefecture, continuity: input.continuity } });
    return { batchId: id, state: 'PLANNED' };
  }
}

/** In force and made for signatures. */
function maySign(der: Buffer, now: Date): boolean {
  try {
    const certificate = parseCertificate(der);
    const usage = keyUsageOf(certificate);
    return certificate.notBefore <= now && now <= certificate.notAfter && (usage === undefined || usage.includes('digitalSignature'));
  } catch (error) {
    if (error instanceof PkiError) return false;
    throw error;
  }
}
