import type { Readable } from 'node:stream';
import { z } from 'zod';
import { bridgeCaProblems } from '#contracts/bridge-ca';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { Authorities } from '../authority/authorities.js';
import { batchId, byBatch, generationCertificates, lockedBatch } from './batch-view.js';
import { readOctets } from './file-lines.js';
import { formerList, MOST_LIST_OCTETS, takeEntries } from './former-list.js';
import type { RecordStore } from './migrated-record.store.js';
import type { BatchStore } from './migration-batch.store.js';

const spec = useCase({
  action: 'bridge-ca.migration-batch.upload-list',
  kind: 'process',
  summary: 'Takes in the last revocation list of the prefecture\'s authority before the extraction, DER: the records are held against it, and their status is that of its time',
  input: byBatch,
  output: z.object({ batchId, number: z.number().int(), entries: z.number().int() }),
  refusals: [
    ...refusals(bridgeCaProblems, 'FILE_BROKEN', 'FILE_TOO_LARGE', 'LIST_UNFIT', 'NOT_IN_STATE'),
    ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION', 'UNSUPPORTED_MEDIA_TYPE'),
  ],
});

export class UploadLastList implements UseCase<typeof spec> {
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
      return await ctx.transaction(async (tx) => {
        const batch = await lockedBatch(tx, this.batches, id);
        if (batch.state !== 'PLANNED') throw bridgeCaProblems.refuse('NOT_IN_STATE', { facts: { state: batch.state } });
        const list = formerList(der, await generationCertificates(tx, this.authorities, batch.prefecture));
        const entries = await takeEntries(tx.db, this.records, id, list);
        await this.batches.save(tx.db, { ...batch, listNumber: list.number, listAt: list.at, listSha256: list.sha256, listEntries: entries }, tx.now);
        tx.audit({ object: `migration-batch:${id}`, facts: { list: list.number, entries } });
        return { batchId: id, number: list.number, entries };
      });
    } finally {
      body.resume();
    }
  }
}
