import { addDays, localDateInJapan, startOfDayInJapan, toLocalDate } from '#kernel';
import { queueJob, uuidv7, type Ctx, type Job, type JobKind, type Schedule, type StepOutcome } from '#platform';
import { NUMBER_BATCH } from '../batch/number-batch.js';
import type { BatchStore } from '../batch/batch.store.js';
import { placeOfDifference } from '../wave/wave.js';
import type { WaveStore } from '../wave/wave.store.js';
import { stateAfter } from './difference-run.js';
import type { DifferenceRunStore, RunRow } from './difference-run.store.js';

const REPEAT_DIFFERENCE_RUNS = 'numbering.difference-runs';
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** Every night: each unfinished run is compared again, one a step (NUM-4.7). */
export class CompareDifference implements JobKind {
  readonly kind = REPEAT_DIFFERENCE_RUNS;

  constructor(
    private readonly runs: DifferenceRunStore,
    private readonly batches: BatchStore,
    private readonly waves: WaveStore,
  ) {}

  async step(ctx: Ctx, job: Job): Promise<StepOutcome> {
    const after = typeof job.cursor === 'string' ? job.cursor : BEFORE_ALL;
    const run = await this.runs.nextDue(ctx.db, after);
    if (run === undefined) return { cursor: after, done: job.done, result: { runs: job.done } };
    await this.compare(ctx, run);
    return { cursor: run.runId, done: job.done + 1 };
  }

  /** Holds a run against the link and has numbers drawn for the rest, as far as the plan lets it; the next night comes back to it. */
  async compare(ctx: Ctx, run: Pick<RunRow, 'runId' | 'municipalityCode' | 'sha256'>): Promise<{ state: 'OPEN' | 'DONE'; batchId: string | undefined }> {
    const { runId } = run;
    const found = await this.runs.compare(ctx.db, runId);
    const batchId = found.toNumber > 0 ? await this.openBatch(ctx, run) : undefined;
    const state = stateAfter(found);
    await this.runs.record(ctx.db, runId, { ...found, state, batchId, at: ctx.now });
    ctx.audit({ object: `difference-run:${runId}`, facts: { ...found, state, ...(batchId === undefined ? {} : { batchId }) } });
    return { state, batchId };
  }

  private async openBatch(ctx: Ctx, { runId, municipalityCode, sha256 }: Pick<RunRow, 'runId' | 'municipalityCode' | 'sha256'>): Promise<string | undefined> {
    const place = placeOfDifference(await this.waves.standing(ctx.db, municipalityCode));
    if (place.place === 'REFUSED') return undefined;
    const batchId = uuidv7();
    await this.batches.open(ctx.db, { batchId, municipalityCode, at: ctx.now });
    if (place.place === 'WAVE') await this.waves.bind(ctx.db, { batchId, waveId: place.waveId, municipalityCode, wardCode: '', kind: 'DIFFERENCE' });
    const lines = await this.runs.fillBatch(ctx.db, runId, batchId);
    await this.batches.completeUpload(ctx.db, batchId, { lines, sha256: sha256 ?? '' });
    await this.batches.seal(ctx.db, batchId, { jobId: await queueJob(ctx, NUMBER_BATCH, { batchId }), at: ctx.now });
    return batchId;
  }
}

/** Once a day; runs whose upload broke off before yesterday go, for their lines hold codes. */
export function repeatDifferenceRuns(runs: DifferenceRunStore): Schedule {
  return {
    name: 'difference-run.repeat',
    due: (last, now) => {
      const today = localDateInJapan(now);
      return last === today ? undefined : today;
    },
    run: async (ctx, occasion) => {
      await runs.dropBroken(ctx.db, startOfDayInJapan(addDays(toLocalDate(occasion), -1)));
      await queueJob(ctx, REPEAT_DIFFERENCE_RUNS, {});
    },
  };
}
