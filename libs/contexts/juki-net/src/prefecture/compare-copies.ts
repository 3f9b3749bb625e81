import { prefectureCompared } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import type { Ctx, Job, JobKind, StepOutcome } from '#platform';
import { z } from 'zod';
import type { DifferenceClass } from '../reconciliation/reconciliation.js';
import type { TwoCopies } from './chain.js';
import type { ChainRun, ChainStore, NationalPlace } from './chain.store.js';
import { enterPrefecture } from './server.store.js';

export const CHAIN_JOB = 'juki-net.prefecture-reconciliation';
/** Records of one step. */
const CHUNK = 2_000;
const NOBODY = '00000000-0000-0000-0000-000000000000';
const EVERYBODY = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

const parameters = z.object({ runId: z.uuid() });
const position = z.union([
  z.object({ person: z.string(), compared: z.number(), total: z.number() }),
  z.object({ place: z.object({ municipality: z.string(), person: z.string() }), compared: z.number(), total: z.number() }),
]);
type Position = z.output<typeof position>;

/** Compares a prefecture's copy with the national one, page by page: first what the prefecture has, then what it lacks (JUKI-4.6). It shows nobody anything. */
export class CompareCopies implements JobKind {
  readonly kind = CHAIN_JOB;
  constructor(private readonly chains: ChainStore) {}

  async step(ctx: Ctx, job: Job): Promise<StepOutcome> {
    const { runId } = parameters.parse(job.parameters);
    const run = await this.chains.lock(ctx.db, runId);
    // A newer run of the prefecture has taken its place.
    if (run?.state !== 'COMPARING') return { cursor: null, done: job.done, result: { runId, abandoned: true } };
    await enterPrefecture(ctx.db, run.prefecture);
    const at: Position = job.cursor === null ? { person: NOBODY, compared: 0, total: await this.chains.count(ctx.db, run.prefecture) } : position.parse(job.cursor);
    return 'person' in at ? this.compareCopy(ctx, run, at) : this.compareNational(ctx, run, at);
  }

  private async compareCopy(ctx: Ctx, run: ChainRun, { person: after, compared, total }: Extract<Position, { person: string }>): Promise<StepOutcome> {
    const end = await this.chains.copyPageEnd(ctx.db, run.prefecture, after, CHUNK);
    const { records, differing } = await this.chains.compareCopy(ctx.db, run, { after, upTo: end ?? EVERYBODY });
    await this.keep(ctx, run, differing);
    const at = { compared: compared + records, total };
    const cursor: Position = end === undefined ? { place: { municipality: `${run.prefecture}0000`, person: NOBODY }, ...at } : { person: end, ...at };
    return { cursor, done: at.compared, total };
  }

  private async compareNational(ctx: Ctx, run: ChainRun, { place: after, compared, total }: Extract<Position, { place: NationalPlace }>): Promise<StepOutcome> {
    const end = await this.chains.nationalPageEnd(ctx.db, run.prefecture, after, CHUNK);
    const missing = await this.chains.compareNational(ctx.db, run, { after, upTo: end ?? { municipality: `${run.prefecture}9999`, person: EVERYBODY } });
    await this.keep(ctx, run, missing);
    const read = compared + missing.length;
    if (end === undefined) return this.complete(ctx, run, read);
    return { cursor: { place: end, compared: read, total }, done: read, total };
  }

  private async keep(ctx: Ctx, run: ChainRun, differing: readonly TwoCopies[]): Promise<void> {
    if (differing.length === 0) return;
    await this.chains.record(ctx.db, run, localDateInJapan(ctx.now), differing);
    ctx.audit({ object: `prefecture-reconciliation:${run.runId}`, subjects: [...new Set(differing.map(({ personKey }) => personKey))], facts: { differences: differing.length } });
  }

  private async complete(ctx: Ctx, run: ChainRun, compared: number): Promise<StepOutcome> {
    const { runId, prefecture } = run;
    const resolved = await this.chains.resolveOthers(ctx.db, run);
    const counts = await this.chains.counts(ctx.db, runId, localDateInJapan(ctx.now));
    const found = (kind: DifferenceClass): number => counts.find((row) => row.class === kind)?.found ?? 0;
    const differences = { MISSING_UP: found('MISSING_UP'), MISSING_DOWN: found('MISSING_DOWN'), STALE: found('STALE'), CONTENT: found('CONTENT') };
    await this.chains.complete(ctx.db, runId, compared, ctx.now);
    ctx.emit(prefectureCompared, { aggregateId: runId, sequence: 1, data: { runId, prefecture, compared, resolved, differences } });
    ctx.audit({ object: `prefecture-reconciliation:${runId}`, facts: { prefecture, compared, resolved, ...differences } });
    return { cursor: null, done: compared, total: compared, result: { runId, compared, resolved } };
  }
}
