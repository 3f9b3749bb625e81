import { cardIssuanceProblems, isRecordNo } from '#contracts/card-issuance';
import { platformProblems, refusals, useCase, type BinaryAnswer, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { printedFace } from './face.js';
import { BATCH_STATES } from './production-batch.js';
import type { ProductionRecord, ProductionStore, Secrets } from './production.store.js';
import { findBatch, requireKeyReleased, type ProductionStores } from './require-batch.js';

const spec = useCase({
  action: 'card-issuance.production-batch.show',
  kind: 'question',
  summary: 'State, manifest and boxes of a production batch',
  input: z.strictObject({ batchId: z.uuid() }),
  output: z.object({
    batchId: z.uuid(), maker: z.string(), state: z.enum(BATCH_STATES), filled: z.boolean(), quarantined: z.boolean(), records: z.number(),
    count: z.number().nullable(), hash: z.string().nullable(), requestsMissing: z.number().nullable(), certificatesMissing: z.number().nullable(),
    keyId: z.string().nullable(), keyReleased: z.boolean(), plannedShipDate: z.iso.date().nullable(),
    boxes: z.array(z.object({ boxNo: z.string(), municipalityCode: z.string(), issuingOffice: z.string(), state: z.string(), cards: z.number() })),
  }),
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

/** A batch without its people. */
export class ShowBatch implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly production: ProductionStore) {}

  async execute(ctx: Ctx, { batchId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { keyReleasedAt, maker, state, filled, quarantined, records, count, hash, requestsMissing, certificatesMissing, keyId, plannedShipDate } = await findBatch(ctx, this.production, batchId);
    const boxes = await this.production.boxes(ctx.db, batchId);
    return {
      batchId, maker, state, filled, quarantined, records, count, hash, requestsMissing, certificatesMissing, keyId, keyReleased: keyReleasedAt !== null, plannedShipDate,
      boxes: boxes.map((box) => ({ boxNo: box.boxNo, municipalityCode: box.municipalityCode, issuingOffice: box.issuingOffice, state: box.state, cards: box.cards })),
    };
  }
}

const recordsSpec = useCase({
  action: 'card-issuance.production-record.read',
  kind: 'question',
  summary: 'Personalisation data for the card maker, page by page by record number',
  input: z.strictObject({ batchId: z.uuid(), after: z.coerce.number().int().min(0).refine(isRecordNo, { params: { code: 'RANGE' } }).default(0), limit: z.coerce.number().int().min(1).max(500).default(100) }),
  output: z.object({
    records: z.array(z.object({
      recordNo: z.number(), cardSerial: z.string(), applicationId: z.string(), municipalityCode: z.string(), nameFace: z.string(), nameOverLength: z.boolean(),
      alias: z.string().optional(), addressFace: z.array(z.string()), addressOverLength: z.boolean(), birthEra: z.string(), birthYmd: z.string(), birthDate: z.string(), sex: z.string(),
      number: z.string(), expiryDate: z.iso.date(), securityCode: z.string(), photoSha256: z.string(), wishSign: z.boolean(), wishAuth: z.boolean(),
      boxNo: z.string().nullable(), seqInBox: z.number().nullable(),
    })),
    next: z.number().optional(),
  }),
  refusals: [...refusals(cardIssuanceProblems, 'KEY_NOT_RELEASED'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** The door beside the file through which a number leaves this context: to the maker of the card that shows it (CARD-4.4). */
export class ReadProductionRecords implements UseCase<typeof recordsSpec> {
  readonly spec = recordsSpec;

  constructor(private readonly production: ProductionStore) {}

  async execute(ctx: Ctx, { batchId, after, limit }: InputOf<typeof recordsSpec>): Promise<OutputOf<typeof recordsSpec>> {
    const batch = await findBatch(ctx, this.production, batchId);
    // Until it is sealed a batch still changes.
    if (batch.state === 'OPEN') throw platformProblems.refuse('NOT_FOUND');
    requireKeyReleased(batch);
    const records = await this.production.records(ctx.db, batchId, { after, limit });
    const secrets = await this.production.secrets(ctx.db, batchId, records.map((record) => record.recordNo));
    ctx.audit({ object: `production-batch:${batchId}`, subjects: records.map((record) => record.personKey), facts: { records: records.length } });
    const last = records.at(-1);
    return { records: records.flatMap((record) => printable(record, secrets.get(record.recordNo))), ...(records.length === limit && last !== undefined ? { next: last.recordNo } : {}) };
  }
}

function printable(record: ProductionRecord, secrets: Secrets | undefined): z.output<typeof recordsSpec.output>['records'] {
  if (secrets === undefined) return [];
  const { recordNo, cardSerial, applicationId, municipalityCode, expiryDate, photoSha256, wishSign, wishAuth, boxNo, seqInBox } = record;
  const { number, securityCode } = secrets;
  return [{ recordNo, cardSerial, applicationId, municipalityCode, ...printedFace(secrets.face), number, expiryDate, securityCode, photoSha256, wishSign, wishAuth, boxNo, seqInBox }];
}

const photoSpec = useCase({
  action: 'card-issuance.production-record.photo',
  kind: 'question',
  summary: 'The print version of a record\'s photo, 413 by 531 pixels',
  input: z.strictObject({ batchId: z.uuid(), recordNo: z.coerce.number().int().positive().refine(isRecordNo, { params: { code: 'RANGE' } }) }),
  output: z.custom<BinaryAnswer>(),
  refusals: recordsSpec.refusals,
});

/** The photo of one card for its maker. */
export class ReadProductionPhoto implements UseCase<typeof photoSpec> {
  readonly spec = photoSpec;

  constructor(private readonly stores: Pick<ProductionStores, 'applications' | 'production'>) {}

  async execute(ctx: Ctx, { batchId, recordNo }: InputOf<typeof photoSpec>): Promise<BinaryAnswer> {
    const { applications, production } = this.stores;
    requireKeyReleased(await findBatch(ctx, production, batchId));
    const [record] = await production.records(ctx.db, batchId, { after: recordNo - 1, limit: 1 });
    const photo = record?.recordNo === recordNo ? await applications.photo(ctx.db, record.applicationId) : undefined;
    if (record === undefined || photo === undefined) throw platformProblems.refuse('NOT_FOUND');
    ctx.audit({ object: `production-batch:${batchId}/${recordNo}`, subjects: [record.personKey] });
    return { contentType: 'image/jpeg', body: photo };
  }
}
