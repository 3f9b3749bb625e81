import { cardIssuanceProblems, productionBatchReady } from '#contracts/card-issuance';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { certificatesMissing, requireBatchState, type Batch } from './production-batch.js';
import type { ProductionRecord, ProductionStore } from './production.store.js';
import { lockBatch } from './require-batch.js';

const SEQUENCE_TAG = 0x30;
const csr = z.base64().max(8_192);

const spec = useCase({
  action: 'card-issuance.certification-request.submit',
  kind: 'command',
  summary: 'PKCS#10 requests of keys made on the cards, base64 DER; when the last is in, the certification authority is told',
  input: z.strictObject({ batchId: z.uuid(), requests: z.array(z.strictObject({ recordNo: z.number().int().positive(), signCsr: csr.optional(), authCsr: csr.optional() })).min(1).max(400) }),
  output: z.object({ batchId: z.uuid(), missing: z.number().describe('records that still lack a wished request') }),
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE', 'CSR_MISSING', 'CSR_NOT_WISHED', 'WRONG_CSR'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** Keys are made in the chip before certification, so the requests come from the maker (CARD-3.4). */
export class SubmitCertificationRequests implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly production: ProductionStore) {}

  async execute(ctx: Ctx, { batchId, requests }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const batch = await lockBatch(ctx, this.production, batchId);
    requireBatchState(batch, 'SEALED');
    if (batch.certificatesMissing !== null) throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state: batch.state, requestsMissing: 0 } });
    const records = await this.production.records(ctx.db, batchId);
    const byNumber = new Map(records.map((record) => [record.recordNo, record]));
    const kept = requests.map((request, index) => checked(byNumber.get(request.recordNo), request, index));
    await this.production.keepRequests(ctx.db, batchId, kept);
    const submitted = new Set(requests.map((request) => request.recordNo));
    const missing = records.filter((record) => !submitted.has(record.recordNo) && lacksRequest(record)).length;
    await this.production.setMissing(ctx.db, batchId, { requests: missing, certificates: missing > 0 ? null : records.reduce((sum, record) => sum + certificatesMissing(record), 0) });
    if (missing === 0) tellReady(ctx, batch);
    ctx.audit({ object: `production-batch:${batchId}`, facts: { requests: requests.length, missing } });
    return { batchId, missing };
  }
}

function tellReady(ctx: Ctx, { batchId, count, hash, version }: Batch): void {
  ctx.emit(productionBatchReady, { aggregateId: batchId, sequence: version + 1, data: { batchId, count: count ?? 0, hash: hash ?? '' } });
}

function lacksRequest(record: ProductionRecord): boolean {
  return (record.wishSign && record.signCsr === null) || (record.wishAuth && record.authCsr === null);
}

function checked(record: ProductionRecord | undefined, request: { readonly recordNo: number; readonly signCsr?: string | undefined; readonly authCsr?: string | undefined }, index: number): { recordNo: number; signCsr: Buffer | undefined; authCsr: Buffer | undefined } {
  if (record === undefined) throw platformProblems.refuse('NOT_FOUND', { fields: [{ pointer: `/requests/${index}/recordNo`, code: 'NOT_IN_BATCH' }] });
  const decoded = (wished: boolean, text: string | undefined, name: string): Buffer | undefined => {
    const fields = [{ pointer: `/requests/${index}/${name}`, code: 'CSR' }];
    if (wished && text === undefined) throw cardIssuanceProblems.refuse('CSR_MISSING', { fields });
    if (!wished && text !== undefined) throw cardIssuanceProblems.refuse('CSR_NOT_WISHED', { fields });
    if (text === undefined) return undefined;
    const der = Buffer.from(text, 'base64');
    // Only the frame is looked at here; the authority verifies the request and the possession of the key.
    if (der[0] !== SEQUENCE_TAG || der.length < 64) throw cardIssuanceProblems.refuse('WRONG_CSR', { fields });
    return der;
  };
  return { recordNo: request.recordNo, signCsr: decoded(record.wishSign, request.signCsr, 'signCsr'), authCsr: decoded(record.wishAuth, request.authCsr, 'authCsr') };
}
