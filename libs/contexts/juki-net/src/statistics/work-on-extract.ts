import { createHash } from 'node:crypto';
import { statsExtractReady } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import type { Ctx, Db, Job, JobKind, StepOutcome } from '#platform';
import { z } from 'zod';
import { partsOf, STATISTICS_BUREAU } from '../exchange-box/exchange-box.js';
import { standReady } from '../exchange-box/stand-ready.js';
import type { MunicipalityChangeStore } from '../merger/municipality-change.store.js';
import { STATISTICS_JOB } from './make-extract.js';
import { boundsOf, monthBefore, onDayOfNotification, tableOf } from './statistics.js';
import type { Candidate, Extract, StatisticsStore } from './statistics.store.js';

/** Notices of one step. */
const CHUNK = 2_000;
const LINES_AT_ONCE = 10_000;
/** A month may have a million rows; a file is sealed in memory. */
const FILE_ROWS = 100_000;
/** Before any notice. */
const LONG_AGO = '0001-01-01T00:00:00.000Z';
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

const parameters = z.object({ extractId: z.uuid() });
const PHASES = ['MOVES', 'LATE', 'CANCELLATIONS', 'LATE_CANCELLATIONS', 'HASH'] as const;
const position = z.object({ phase: z.enum(PHASES), at: z.string(), noticeId: z.string() });

/** Counts the moves of a month, then takes back what was cancelled in it or is of the dead, then seals the extract with the hash of its lines. */
export class WorkOnExtract implements JobKind<string> {
  readonly kind = STATISTICS_JOB;
  constructor(
    private readonly statistics: StatisticsStore,
    private readonly changes: MunicipalityChangeStore,
  ) {}

  /** The lines no longer change when they are hashed, and there may be a million of them. */
  async prepare(ctx: Ctx, job: Job): Promise<string> {
    const phase = job.cursor === null ? undefined : position.parse(job.cursor).phase;
    return phase === 'HASH' ? this.hash(ctx.db, parameters.parse(job.parameters).extractId) : '';
  }

  async step(ctx: Ctx, job: Job, hash = ''): Promise<StepOutcome> {
    const extract = await this.statistics.find(ctx.db, parameters.parse(job.parameters).extractId);
    if (extract === undefined) throw new Error('an extract lasts as long as its job');
    const start = await this.start(ctx.db, extract.month);
    const { phase, ...after } = job.cursor === null ? { phase: 'MOVES' as const, ...start } : position.parse(job.cursor);
    if (phase === 'HASH') return this.complete(ctx, extract, hash, job.done);
    if (job.cursor === null) await this.statistics.awaitHeld(ctx.db, extract.extractId);
    const cancellations = phase.endsWith('CANCELLATIONS');
    const looked = { which: phase, since: start.at, receivedBefore: extract.madeAt, notifiedBefore: localDateInJapan(boundsOf(extract.month).to), limit: CHUNK };
    const found = await this.statistics.candidates(ctx.db, after, looked);
    await this.take(ctx, extract, found, cancellations);
    const last = found.at(-1);
    const total = job.cursor === null ? await this.statistics.notices(ctx.db, { from: new Date(start.at), to: boundsOf(extract.month).to }) : undefined;
    const progress = { done: job.done + found.length, ...(total === undefined ? {} : { total }) };
    if (last !== undefined && found.length === CHUNK) return { cursor: { phase, at: last.receivedAt.toISOString(), noticeId: last.noticeId }, ...progress };
    const next = PHASES[PHASES.indexOf(phase) + 1] ?? 'HASH';
    if (next === 'HASH') await this.followDeaths(ctx, extract);
    return { cursor: { phase: next, ...start, ...(next.startsWith('LATE') ? { at: LONG_AGO } : {}) }, ...progress };
  }

  private async start(db: Db, month: string): Promise<{ at: string; noticeId: string }> {
    const before = monthBefore(month);
    return { at: boundsOf((await this.statistics.isCompleted(db, before)) ? before : month).from.toISOString(), noticeId: BEFORE_ALL };
  }

  private async take(ctx: Ctx, { extractId, month }: Extract, found: readonly Candidate[], cancellations: boolean): Promise<void> {
    const successions = cancellations ? [] : await this.changes.successions(ctx.db);
    const moves = cancellations ? [] : found.flatMap((candidate) => {
      const move = onDayOfNotification(candidate, successions, candidate.notifiedOn);
      const table = move.counted ? undefined : tableOf(move);
      return table === undefined ? [] : [{ move, table }];
    });
    if (cancellations) await this.statistics.reverse(ctx.db, extractId, found);
    await this.statistics.count(ctx.db, extractId, moves);
    const subjects = (cancellations ? found : moves.map(({ move }) => move)).map(({ personKey }) => personKey);
    ctx.audit({ object: `statistics-extract:${extractId}`, subjects: [...new Set(subjects)], facts: { month, notices: found.length } });
  }

  private async followDeaths(ctx: Ctx, { extractId, month }: Extract): Promise<void> {
    const subjects = await this.statistics.followDeaths(ctx.db, extractId);
    if (subjects.length > 0) ctx.audit({ object: `statistics-extract:${extractId}`, subjects: [...new Set(subjects)], facts: { month, notices: 0 } });
  }

  private async complete(ctx: Ctx, { extractId }: Extract, sha256: string, done: number): Promise<StepOutcome> {
    const { month, rows } = await this.statistics.complete(ctx.db, extractId, sha256, ctx.now);
    ctx.emit(statsExtractReady, { aggregateId: extractId, sequence: 1, data: { month, rows: rows ?? 0, hash: sha256 } });
    for (const range of partsOf(rows ?? 0, FILE_ROWS)) {
      const lines = range.lastLine - range.firstLine + 1;
      await standReady(ctx, { ...STATISTICS_BUREAU, kind: 'MSTA', purpose: 'MIGRATION_STATISTICS', grantId: undefined, reference: month, sourceId: extractId, lines, range });
    }
    return { cursor: null, done, total: done, result: { extractId, month, rows, sha256 } };
  }

  private async hash(db: Db, extractId: string): Promise<string> {
    const hash = createHash('sha256');
    for (let after: string | undefined = BEFORE_ALL; after !== undefined; ) {
      const lines = await this.statistics.lines(db, extractId, { after, limit: LINES_AT_ONCE });
      for (const { line } of lines) hash.update(`${line}\r\n`);
      after = lines.at(-1)?.id;
    }
    return hash.digest('hex');
  }
}
