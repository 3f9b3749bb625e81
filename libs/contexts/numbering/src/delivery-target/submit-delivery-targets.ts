import type { Readable } from 'node:stream';
import { z } from 'zod';
import { localDateInJapan } from '#kernel';
import { numberingProblems } from '#contracts/numbering';
import { findJob, platformProblems, queueJob, refusals, requireJurisdiction, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { SEAL_REFUSALS, type FileExchange } from '../exchange/file-exchange.js';
import type { Realm } from '../realm/realm.js';
import { requireRealm } from '../realm/require-realm.js';
import { readChunks } from '../upload/csv-chunks.js';
import { CHECK_DELIVERY_TARGETS } from './check-delivery-targets.js';
import { isBaseDate, TARGET_COLUMNS, readTargetRow } from './delivery-target.js';
import type { DeliveryTargetStore, SetRow } from './delivery-target.store.js';

const spec = useCase({
  action: 'numbering.delivery-target-set.submit',
  kind: 'process',
  summary: 'Sends the delivery targets of the notification cards (NTGT, as CSV or sealed); faulty rows are reported, the others are handed to card-issuance. The same rows again are the same set',
  input: z.object({ municipalityCode: z.string().regex(/^\d{6}$/), baseDate: z.iso.date() }),
  output: z.object({ setId: z.uuid(), jobId: z.string(), rows: z.number().int(), sha256: z.string() }),
  refusals: [...refusals(platformProblems, 'OUT_OF_JURISDICTION'), ...refusals(numberingProblems, 'BASE_DATE', 'FILE_MALFORMED', 'TRAINING_REALM'), ...SEAL_REFUSALS],
});

/** NUM-3.5: COLLECTING -> CUT_OFF. A file that breaks off leaves a set that is never handed over. */
export class SubmitDeliveryTargets implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly targets: DeliveryTargetStore,
    private readonly files: FileExchange,
    private readonly realm: Realm,
  ) {}

  async execute(ctx: Ctx, { municipalityCode, baseDate }: InputOf<typeof spec>, body?: Readable): Promise<OutputOf<typeof spec>> {
    requireJurisdiction(ctx, municipalityCode);
    requireRealm(this.realm, municipalityCode);
    if (!isBaseDate(baseDate, localDateInJapan(ctx.now))) throw numberingProblems.refuse('BASE_DATE', { fields: [{ pointer: '/baseDate', code: 'RANGE' }] });
    const setId = uuidv7();
    await ctx.transaction((tx) => this.targets.open(tx.db, { setId, municipalityCode, baseDate, at: ctx.now }));
    const upload = await this.files.receive(ctx, body, { kind: 'NTGT', columns: TARGET_COLUMNS, municipalityCode });
    let rows = 0;
    // The header is row 1 of the file.
    for await (const chunk of readChunks(upload.rows, (fields, row) => readTargetRow(fields, row + 1))) {
      rows += chunk.length;
      await ctx.transaction(async (tx) => {
        await this.targets.addRows(tx.db, setId, chunk.flatMap((read) => ('householdRef' in read ? [read] : [])));
        await this.targets.addFaults(tx.db, setId, chunk.flatMap((read) => ('householdRef' in read ? [] : read)));
      });
    }
    const sha256 = upload.sha256();
    const cut = await ctx.transaction(async (tx) => {
      const earlier = await this.targets.bySha256(tx.db, { municipalityCode, baseDate, sha256 });
      if (earlier !== undefined) return this.repeat(tx, setId, earlier);
      const jobId = await queueJob(tx, CHECK_DELIVERY_TARGETS, { setId });
      await this.targets.cutOff(tx.db, setId, { rows, sha256, jobId });
      tx.audit({ object: `delivery-target-set:${setId}`, facts: { rows, ...upload.seal } });
      return { setId, jobId };
    });
    return { ...cut, rows, sha256 };
  }

  /** A sender who lost the answer sends again: every household gets one letter all the same. A set whose job has failed goes on. */
  private async repeat(ctx: Ctx, repetition: string, { set_id: setId, job_id: last, rows }: SetRow): Promise<{ setId: string; jobId: string }> {
    await this.targets.drop(ctx.db, repetition);
    const job = last === null ? undefined : await findJob(ctx.db, last);
    const goesOn = job !== undefined && job.state !== 'FAILED' && job.state !== 'CANCELLED';
    const jobId = goesOn ? job.id : await queueJob(ctx, CHECK_DELIVERY_TARGETS, { setId });
    if (!goesOn) await this.targets.setJob(ctx.db, setId, jobId);
    ctx.audit({ object: `delivery-target-set:${setId}`, facts: { rows: rows ?? 0, repeated: true } });
    return { setId, jobId };
  }
}
