import { listCertificationRequests } from '#contracts/card-issuance';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { ProductionStore } from './production.store.js';

const PAGE = 200;

const spec = useCase({
  action: 'card-issuance.certification-request.list',
  kind: 'question',
  summary: 'Certification requests of a sealed batch, for the certification authority',
  input: listCertificationRequests.input,
  output: listCertificationRequests.output,
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

/** Ids, wishes, dates and keys; the authority asks the register for the people itself. */
export class ListCertificationRequests implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly production: ProductionStore) {}

  async execute(ctx: Ctx, { batchId, after, limit = PAGE }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const batch = await this.production.find(ctx.db, batchId);
    if (batch === undefined || batch.certificatesMissing === null) throw platformProblems.refuse('NOT_FOUND');
    const records = await this.production.records(ctx.db, batchId, { after: after ?? 0, limit });
    ctx.audit({ object: `production-batch:${batchId}`, subjects: records.map((record) => record.personKey) });
    const requests = records.filter((record) => record.wishSign || record.wishAuth).map(({ recordNo, cardSerial, personKey, municipalityCode, factVersion, expiryDate, signCsr, authCsr }) => ({
      recordNo, cardSerial, personKey, municipalityCode, factVersion, cardExpiry: expiryDate,
      ...(signCsr === null ? {} : { signCsr }), ...(authCsr === null ? {} : { authCsr }),
    }));
    const last = records.at(-1);
    return { requests, ...(records.length === limit && last !== undefined ? { next: last.recordNo } : {}) };
  }
}
