import { addMonths, localDateInJapan, startOfDayInJapan } from '#kernel';
import { uuidv7, type Ctx, type Job, type JobKind, type StepOutcome } from '#platform';
import { z } from 'zod';
import { itemsUnderGrant } from '../inquiry/grant.js';
import type { GrantStore } from '../inquiry/grant.store.js';
import { useRecords } from '../inquiry/inquiry.store.js';
import { fieldsOfLine } from '../notice-file/csv-line.js';
import { type AnsweredLine, type BatchLine, readLine, writeAnswer } from './batch.js';
import { tellState } from './batch-event.js';
import type { Batch, BatchCounts, BatchStore, NumberedFault } from './batch.store.js';
import { packBatch } from './pack-batch.js';
import { BATCH_JOB } from './submit-batch.js';
import type { LineAnswerer, TellableLine } from './line-answerer.js';

const parameters = z.object({ batchId: z.uuid(), lines: z.number(), firstChunk: z.number().int().default(0) });
const position = z.object({ chunk: z.number().int() });
const MODE = 'BATCH_LINE';

/** Answers of one chunk, found before the transaction that records them. */
interface AnsweredChunk {
  readonly batch: Batch;
  readonly chunk: number;
  readonly firstLine: number;
  readonly lines: number;
  readonly answers: readonly TellableLine[];
  /** How many of the answers the grant's batches of the past month have told already. */
  readonly repeated: number;
  readonly faults: readonly NumberedFault[];
}

/** Undefined when every chunk has been answered. */
type Prepared = AnsweredChunk | undefined;

/** Answers a batch chunk by chunk; use records, answers and cursor are one transaction, so no line is answered twice (JUKI-3.5). */
export class WorkOnBatch implements JobKind<Prepared> {
  readonly kind = BATCH_JOB;

  constructor(
    private readonly batches: BatchStore,
    private readonly grants: GrantStore,
    private readonly answerer: LineAnswerer,
  ) {}

  async prepare(ctx: Ctx, job: Job): Promise<Prepared> {
    const { batchId } = parameters.parse(job.parameters);
    const [batch, chunk] = [await this.batches.find(ctx.db, batchId), chunkOf(job)];
    const stored = batch === undefined ? undefined : await this.batches.chunk(ctx.db, batchId, chunk, false);
    if (batch === undefined || stored === undefined) return undefined;
    const lines: BatchLine[] = [];
    const faults: NumberedFault[] = [];
    for (const [index, text] of stored.lines.entries()) {
      const line = stored.firstLine + index;
      const read = readLine(fieldsOfLine(text), line);
      if ('keyKind' in read) lines.push(read);
      else faults.push({ ...read, line });
    }
    const answers = await this.answerer.answer(ctx, { lines, permitted: await this.permittedBy(ctx, batch), today: localDateInJapan(ctx.now) });
    const told = answers.flatMap(({ personKey, resultCode }) => (personKey === undefined ? [] : [{ personKey, resultCode }]));
    const repeated = await this.batches.repeated(ctx.db, batch, told, startOfDayInJapan(addMonths(localDateInJapan(batch.received_at), -1)));
    return { batch, chunk, firstLine: stored.firstLine, lines: stored.lines.length, answers, repeated, faults };
  }

  /** A grant that was suspended or has ended since the upload answers nothing more. */
  private async permittedBy(ctx: Ctx, batch: Batch) {
    const { institution, organisation } = batch;
    const grant = await this.grants.find(ctx.db, batch.grant_id);
    const asked = { institution, organisation, purpose: grant?.affair, mode: MODE, items: undefined, day: localDateInJapan(ctx.now) } as const;
    return { protectiveExempt: grant?.protectiveExempt === true, items: (keyKind: BatchLine['keyKind']) => itemsUnderGrant(grant, { ...asked, keyKind }) };
  }

  async step(ctx: Ctx, job: Job, prepared: Prepared): Promise<StepOutcome> {
    const { batchId, lines } = parameters.parse(job.parameters);
    if (prepared === undefined) return this.pack(ctx, batchId, lines);
    const { batch, chunk, answers, repeated, faults } = prepared;
    if (batch.state === 'ACCEPTED') await tellState(ctx, await this.batches.setState(ctx.db, batchId, { state: 'PROCESSING', at: ctx.now }));
    await this.recordUse(ctx, batch, answers);
    await this.batches.answer(ctx.db, batchId, chunk, answers.map(writeAnswer));
    await this.batches.addFaults(ctx.db, batchId, faults);
    await this.batches.advance(ctx.db, batchId, { ...countsOf(answers, faults.length), repeated });
    return { cursor: { chunk: chunk + 1 }, done: prepared.firstLine + prepared.lines - 1, total: lines };
  }

  /** One record for each person told, before the answer can leave (JUKI-3.5, 4.12). */
  private async recordUse(ctx: Ctx, batch: Batch, answers: readonly TellableLine[]): Promise<void> {
    const grant = await this.grants.find(ctx.db, batch.grant_id);
    const subjects = new Set<string>();
    for (const { personKey, line, resultCode, told } of answers) {
      if (personKey === undefined || resultCode === '40') continue;
      subjects.add(personKey);
      ctx.journal(useRecords, {
        at: ctx.now, use_id: uuidv7(), person_key: personKey, grant_id: batch.grant_id, organisation: batch.organisation, affair: grant?.affair ?? '', mode: MODE,
        key_kind: line.keyKind, items: Object.keys(told), result_code: resultCode, correlation_id: ctx.correlationId,
      });
    }
    ctx.audit({ object: `batch:${batch.batch_id}`, subjects: [...subjects], facts: { answered: answers.length } });
  }

  private async pack(ctx: Ctx, batchId: string, lines: number): Promise<StepOutcome> {
    await packBatch(ctx, this.batches, batchId);
    return { cursor: null, done: lines, result: { batchId } };
  }
}

function countsOf(answers: readonly AnsweredLine[], faulty: number): Omit<BatchCounts, 'repeated'> {
  const hit = answers.filter(({ resultCode }) => resultCode === '00' || resultCode === '01');
  return { answered: answers.length, hits: hit.length, unchanged: hit.filter(({ resultCode, line }) => resultCode === '00' && line.sinceDate !== undefined).length, faulty };
}

function chunkOf(job: Job): number {
  return job.cursor === null ? parameters.parse(job.parameters).firstChunk : position.parse(job.cursor).chunk;
}
