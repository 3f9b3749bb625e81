import type { Readable } from 'node:stream';
import { z } from 'zod';
import { v7 as uuidv7 } from 'uuid';
import { numberingProblems } from '#contracts/numbering';
import { platformProblems, queueJob, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { readCsv } from '../upload/csv-rows.js';
import { CHECK_DELIVERY_TARGETS } from './check-delivery-targets.js';
import { TARGET_COLUMNS, readTargetRow, type TargetFault, type TargetRow } from './delivery-target.js';
import type { DeliveryTargetStore } from './delivery-target.store.js';

const CHUNK = 10_000;

const spec = useCase({
  action: 'numbering.delivery-target-set.submit',
  kind: 'process',
  summary: 'Sends the delivery targets of the notification cards (NTGT as CSV); faulty rows are reported, the others are handed to card-issuance',
  input: z.object({ municipalityCode: z.string().regex(/^\d{6}$/), baseDate: z.iso.date() }),
  output: z.object({ setId: z.uuid(), jobId: z.string(), rows: z.number().int(), sha256: z.string() }),
  refusals: [...refusals(platformProblems, 'OUT_OF_JURISDICTION'), ...refusals(numberingProblems, 'FILE_MALFORMED')],
});

/** NUM-3.5: COLLECTING -> CUT_OFF. A file that breaks off leaves a set that is never handed over. */
export class SubmitDeliveryTargets implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly targets: DeliveryTargetStore) {}

  async execute(ctx: Ctx, { municipalityCode, baseDate }: InputOf<typeof spec>, body?: Readable): Promise<OutputOf<typeof spec>> {
    requireJurisdiction(ctx, municipalityCode);
    const setId = uuidv7();
    await ctx.transaction((tx) => this.targets.open(tx.db, { setId, municipalityCode, baseDate, at: ctx.now }));
    const upload = readCsv(body, TARGET_COLUMNS);
    let rows = 0;
    for await (const chunk of chunksOf(upload.rows)) {
      rows += chunk.length;
      await ctx.transaction(async (tx) => {
        await this.targets.addRows(tx.db, setId, chunk.flatMap((read) => ('householdRef' in read ? [read] : [])));
        await this.targets.addFaults(tx.db, setId, chunk.flatMap((read) => ('householdRef' in read ? [] : read)));
      });
    }
    const sha256 = upload.sha256();
    const jobId = await ctx.transaction(async (tx) => {
      const id = await queueJob(tx, CHECK_DELIVERY_TARGETS, { setId });
      await this.targets.cutOff(tx.db, setId, { rows, sha256, jobId: id });
      tx.audit({ object: `delivery-target-set:${setId}`, facts: { rows } });
      return id;
    });
    return { setId, jobId, rows, sha256 };
  }
}

async function* chunksOf(rows: AsyncIterable<readonly string[]>): AsyncGenerator<(TargetRow | readonly TargetFault[])[]> {
  let chunk: (TargetRow | readonly TargetFault[])[] = [];
  // The header is row 1 of the file.
  let position = 1;
  for await (const fields of rows) {
    position += 1;
    chunk.push(readTargetRow(fields, position));
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = [];
  }
  yield chunk;
}
