import { setImmediate } from 'node:timers/promises';
import { initialMatchCompleted } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import type { Ctx, Job, JobKind, StepOutcome } from '#platform';
import { z } from 'zod';
import type { MunicipalityChangeStore } from '../merger/municipality-change.store.js';
import { fieldsOfLine } from '../notice-file/csv-line.js';
import type { InitialMatchStore, MatchFault, NormalisedRow } from './initial-match.store.js';
import type { DecidedRow, MatchCaseStore } from './match-case.store.js';
import { AT_ONCE, findPersons } from './find-persons.js';
import { followerOf } from './former-names.js';
import { matchRowOf } from './match-row.js';
import { decideMatch, type MatchKeys, matchKeys, type Outcome } from './match-tier.js';
import { INITIAL_MATCH_JOB } from './receive-initial-match.js';
import type { RegisterSearch } from './register-search.store.js';

const position = z.object({ phase: z.enum(['NORMALISE', 'MATCH']), chunk: z.number().int() });
const parameters = z.object({ matchId: z.uuid(), rows: z.number(), from: position.optional() });

/** What the next step will write: undefined when the phase has no chunk left. */
type Prepared =
  | { readonly phase: 'NORMALISE'; readonly lines: number; readonly rows: readonly NormalisedRow[]; readonly faults: readonly MatchFault[] }
  | { readonly phase: 'MATCH'; readonly rows: readonly DecidedRow[]; readonly compared: readonly string[] }
  | undefined;

/** The chunk after the present one, asked for while that is being written. */
interface Ahead {
  readonly matchId: string;
  readonly phase: string;
  readonly chunk: number;
  readonly prepared: Promise<Prepared>;
}

/** First checks all rows, then compares them with the register; one chunk a step (JUKI-3.6, JUKI-4.8). */
export class WorkOnInitialMatch implements JobKind<Prepared> {
  readonly kind = INITIAL_MATCH_JOB;
  private ahead: Ahead | undefined;

  constructor(
    private readonly matches: InitialMatchStore,
    private readonly cases: MatchCaseStore,
    private readonly register: RegisterSearch,
    private readonly changes: MunicipalityChangeStore,
  ) {}

  async prepare(ctx: Ctx, job: Job): Promise<Prepared> {
    const { matchId } = parameters.parse(job.parameters);
    const { phase, chunk } = positionOf(job);
    const load = (at: number): Promise<Prepared> => (phase === 'NORMALISE' ? this.normalised(ctx, matchId, at) : this.compared(ctx, matchId, at));
    const { ahead } = this;
    this.ahead = undefined;
    const prepared = await (ahead?.matchId === matchId && ahead.phase === phase && ahead.chunk === chunk ? ahead.prepared : load(chunk));
    if (prepared !== undefined) {
      const next = load(chunk + 1);
      // Its failure is met when it is awaited; a step that fails first leaves it unread.
      next.catch(() => undefined);
      this.ahead = { matchId, phase, chunk: chunk + 1, prepared: next };
    }
    return prepared;
  }

  async step(ctx: Ctx, job: Job, prepared: Prepared): Promise<StepOutcome> {
    const { matchId, rows } = parameters.parse(job.parameters);
    const { phase, chunk } = positionOf(job);
    if (prepared === undefined && phase === 'MATCH') return this.complete(ctx, job, matchId);
    if (prepared === undefined) {
      await this.matches.setState(ctx.db, matchId, 'NORMALISED');
      return { cursor: { phase: 'MATCH', chunk: 0 }, done: job.done };
    }
    const done = job.done + (prepared.phase === 'NORMALISE' ? prepared.lines : prepared.rows.length);
    if (prepared.phase === 'NORMALISE') {
      await this.matches.normalise(ctx.db, matchId, chunk, prepared.rows);
      await this.matches.addFaults(ctx.db, matchId, prepared.faults);
      await this.matches.count(ctx.db, matchId, { AUTO: 0, REVIEW: 0, NONE: 0, rejected: prepared.faults.length });
      ctx.audit({ object: `initial-match:${matchId}`, facts: { phase, rows: prepared.rows.length, rejected: prepared.faults.length } });
    } else {
      await this.keep(ctx, matchId, prepared);
      await this.matches.dropChunk(ctx.db, matchId, chunk);
    }
    return { cursor: { phase, chunk: chunk + 1 }, done, total: 2 * rows };
  }

  private async normalised(ctx: Ctx, matchId: string, chunk: number): Promise<Prepared> {
    const stored = await this.matches.lines(ctx.db, matchId, chunk);
    if (stored === undefined) return undefined;
    const rows: NormalisedRow[] = [];
    const faults: MatchFault[] = [];
    for (const [index, text] of stored.lines.entries()) {
      if (index % AT_ONCE === 0) await setImmediate();
      const line = stored.firstLine + index;
      const row = matchRowOf(fieldsOfLine(text));
      if ('code' in row) faults.push({ line, column: row.column ?? null, code: row.code });
      else rows.push({ line, row });
    }
    return { phase: 'NORMALISE', lines: stored.lines.length, rows, faults };
  }

  private async compared(ctx: Ctx, matchId: string, chunk: number): Promise<Prepared> {
    const match = await this.matches.find(ctx.db, matchId);
    const stored = await this.matches.rows(ctx.db, matchId, chunk);
    if (match === undefined || stored === undefined) return undefined;
    const area = { today: localDateInJapan(ctx.now), within: match.within };
    const since = followerOf(await this.changes.renamings(ctx.db));
    const keys: MatchKeys[] = [];
    for (const [index, { row }] of stored.entries()) {
      if (index % AT_ONCE === 0) await setImmediate();
      keys.push(matchKeys({ ...row, birthDate: row.DOB }, since(row.address)));
    }
    const found = await findPersons(ctx.db, this.register, keys, area);
    const compared = [...new Set(found.flat().map(({ personKey }) => personKey))];
    return { phase: 'MATCH', rows: stored.map((row, place) => ({ ...row, decision: decideMatch({ birthDate: row.row.DOB }, found[place] ?? []) })), compared };
  }

  private async keep(ctx: Ctx, matchId: string, { rows, compared }: { readonly rows: readonly DecidedRow[]; readonly compared: readonly string[] }): Promise<void> {
    const indexed = rows.map((row) => ({ ...row, refIndex: this.cases.refIndex(matchId, row.row.ref) }));
    const taken = await this.cases.knownRefs(ctx.db, matchId, indexed.map(({ refIndex }) => refIndex));
    const kept: typeof indexed = [];
    const faults: MatchFault[] = [];
    for (const row of indexed) {
      const ref = row.refIndex.toString('latin1');
      if (taken.has(ref)) faults.push({ line: row.line, column: 'ref', code: 'REF_REPEATED' });
      else kept.push(row);
      taken.add(ref);
    }
    const count = (outcome: Outcome): number => kept.filter(({ decision }) => decision.outcome === outcome).length;
    const counts = { AUTO: count('AUTO'), REVIEW: count('REVIEW'), NONE: count('NONE'), rejected: faults.length };
    await this.cases.add(ctx.db, matchId, kept);
    await this.matches.addFaults(ctx.db, matchId, faults);
    await this.matches.count(ctx.db, matchId, counts);
    ctx.audit({ object: `initial-match:${matchId}`, subjects: compared, facts: { phase: 'MATCH', ...counts } });
  }

  private async complete(ctx: Ctx, job: Job, matchId: string): Promise<StepOutcome> {
    const { organisation, rows, rejected, auto, review, none } = await this.matches.setState(ctx.db, matchId, 'MATCHED');
    ctx.emit(initialMatchCompleted, { aggregateId: matchId, sequence: 1, data: { matchId, organisation, rows, rejected, auto, review, none } });
    return { cursor: null, done: job.done, result: { matchId, rows, rejected, auto, review, none } };
  }
}

function positionOf(job: Job): z.output<typeof position> {
  return job.cursor === null ? (parameters.parse(job.parameters).from ?? { phase: 'NORMALISE', chunk: 0 }) : position.parse(job.cursor);
}
