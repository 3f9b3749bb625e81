import type { Readable } from 'node:stream';
import { z } from 'zod';
import { bridgeCaProblems } from '#contracts/bridge-ca';
import { localDateInJapan } from '#kernel';
import { officerOf, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { Authorities } from '../authority/authorities.js';
import { batchId, byBatch, generationCertificates, lockedBatch } from './batch-view.js';
import { readOctets } from './file-lines.js';
import { formerList, MOST_LIST_OCTETS, takeEntries } from './former-list.js';
import type { RecordStore } from './migrated-record.store.js';
import type { BatchRow, BatchStore } from './migration-batch.store.js';

const count = z.number().int();
const spec = useCase({
  action: 'bridge-ca.migration-batch.compare-lists',
  kind: 'process',
  summary: 'A day of the double run: the former system\'s list of the day, DER, entry by entry against that of the records',
  input: byBatch,
  output: z.object({
    batchId, day: z.iso.date(), listNumber: count, entries: count, differences: count,
    first: z.array(z.object({ serial: z.string(), code: z.string() })).describe('the first 1,000'),
  }),
  refusals: [
    ...refusals(bridgeCaProblems, 'FILE_BROKEN', 'FILE_TOO_LARGE', 'LIST_NOT_OF_THE_DAY', 'LIST_UNFIT', 'NOT_IN_STATE'),
    ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION', 'UNSUPPORTED_MEDIA_TYPE'),
  ],
});

/** JPKI-4.12: while both systems run, both are told of every revocation, and their lists have to stay the same. */
export class CompareLists implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly batches: BatchStore,
    private readonly records: RecordStore,
    private readonly authorities: Authorities,
  ) {}

  async execute(ctx: Ctx, { batchId: id }: InputOf<typeof spec>, body?: Readable): Promise<OutputOf<typeof spec>> {
    if (body === undefined) throw platformProblems.refuse('UNSUPPORTED_MEDIA_TYPE');
    try {
      const der = await readOctets(body, MOST_LIST_OCTETS);
      return await ctx.transaction(async (tx) => this.compare(tx, await lockedBatch(tx, this.batches, id), der));
    } finally {
      body.resume();
    }
  }

  private async compare(ctx: Ctx, batch: BatchRow, der: Buffer): Promise<OutputOf<typeof spec>> {
    const { id, prefecture, state } = batch;
    if (state !== 'RECONCILED' && state !== 'ACCEPTED') throw bridgeCaProblems.refuse('NOT_IN_STATE', { facts: { state } });
    const list = formerList(der, await generationCertificates(ctx, this.authorities, prefecture));
    const day = localDateInJapan(ctx.now);
    // The list of yesterday again would prove nothing of today.
    if (localDateInJapan(list.at) !== day || list.number <= (batch.listNumber ?? 0)) throw bridgeCaProblems.refuse('LIST_NOT_OF_THE_DAY');
    const entries = await takeEntries(ctx.db, this.records, id, list);
    const { total, first } = await this.records.differences(ctx.db, { batchId: id, prefecture, listAt: list.at });
    await this.batches.addDoubleRun(ctx.db, id, { day, listNumber: list.number, listAt: list.at, entries, differences: total, at: ctx.now, by: officerOf(ctx) });
    ctx.audit({ object: `migration-batch:${id}`, facts: { day, list: list.number, entries, differences: total } });
    return { batchId: id, day, listNumber: list.number, entries, differences: total, first: first.map(({ serial, code }) => ({ serial, code })) };
  }
}
