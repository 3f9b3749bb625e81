import { z } from 'zod';
import { localDateInJapan } from '#kernel';
import { uniquenessChecked } from '#contracts/numbering';
import { log, queueJob, uuidv7, type Ctx, type Job, type JobKind, type Schedule, type StepOutcome } from '#platform';
import type { DisputeStore } from '../dispute/dispute.store.js';
import type { LedgerHeadStore } from '../ledger/ledger-head.store.js';
import { addViolations, countOf, doubledCodes, linkViolations, settleViolations, wholeCodes, type Violation } from './uniqueness.js';
import type { UniquenessRun, UniquenessRunStore } from './uniqueness-run.store.js';
import type { Holder, Suspect, UniquenessStore } from './uniqueness.store.js';

export const PASS_UNIQUENESS = 'numbering.uniqueness';
/** Rows of one step. */
const PAGE = 5_000;
const LAST_NUMBER = 99_999_999_999;
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Links first, whose numbers are laid ready for the merge with the ledger. */
const place = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('LINKS'), after: z.string() }),
  z.object({ phase: z.literal('ASSIGNMENTS'), after: z.string(), generation: z.number() }),
  z.object({ phase: z.literal('LEDGER'), after: z.number() }),
  z.object({ phase: z.literal('END') }),
]);
type Place = z.output<typeof place>;
type PhaseOfRows = Exclude<Place, { phase: 'END' }>;

/** What a step found, and where the next one begins. */
interface Passed {
  readonly next: Place;
  readonly rows: number;
  readonly found: readonly Violation[];
  /** People under whose names something stands wrongly, for the audit trail. */
  readonly people: readonly string[];
}

export interface PassParts {
  readonly runs: UniquenessRunStore;
  readonly rows: UniquenessStore;
  readonly heads: LedgerHeadStore;
  readonly disputes: DisputeStore;
}

const ROWS_OF = { LINKS: 'linkRows', ASSIGNMENTS: 'assignmentRows', LEDGER: 'ledgerRows' } as const;

/**
 * Proves anew that no number stands twice (番号法8条2項1号; NUM-7): opens every row of the link, computes its indexes again, and merges
 * its numbers with the ledger in their order; page by page, in constant memory, while numbers are drawn.
 */
export class PassUniqueness implements JobKind {
  readonly kind = PASS_UNIQUENESS;

  constructor(private readonly parts: PassParts) {}

  async step(ctx: Ctx, job: Job): Promise<StepOutcome> {
    const run = await this.parts.runs.lock(ctx.db, String(job.parameters['runId']));
    if (run === undefined) throw new Error('the run of a job is gone');
    const at = place.parse(job.cursor ?? { phase: 'LINKS', after: '' });
    if (at.phase === 'END') return this.end(ctx, run, job);
    const passed = await this.pass(ctx, run, at);
    const rows = ROWS_OF[at.phase];
    if (passed.found.length > 0) ctx.audit({ object: `uniqueness-run:${run.runId}`, subjects: [...new Set(passed.people)], facts: addViolations({}, passed.found) });
    await this.parts.runs.record(ctx.db, { ...run, [rows]: run[rows] + passed.rows, violations: addViolations(run.violations, passed.found) });
    const { drawn } = await this.parts.heads.read(ctx.db);
    const done = job.done + passed.rows;
    return { cursor: passed.next, done, total: Math.max(3 * drawn, done) };
  }

  private pass(ctx: Ctx, run: UniquenessRun, at: PhaseOfRows): Promise<Passed> {
    switch (at.phase) {
      case 'LINKS':
        return this.links(ctx, run, at.after);
      case 'ASSIGNMENTS':
        return this.assignments(ctx, at);
      case 'LEDGER':
        return this.ledger(ctx, run, at.after);
    }
  }

  private async links(ctx: Ctx, { runId }: UniquenessRun, after: string): Promise<Passed> {
    const rows = await this.parts.rows.links(ctx.db, { after, limit: PAGE });
    const page = wholeCodes(rows, PAGE);
    await this.parts.rows.layReady(ctx.db, runId, page);
    const faults = page.map((row) => ({ row, found: row.opened === undefined ? (['UNREADABLE'] as const) : linkViolations(row.opened) })).filter(({ found }) => found.length > 0);
    const doubled = Array.from({ length: doubledCodes(page) }, () => 'OPEN_PER_CODE' as const);
    const last = page.at(-1);
    return {
      next: rows.length < PAGE || last === undefined ? { phase: 'ASSIGNMENTS', after: NOBODY, generation: 0 } : { phase: 'LINKS', after: last.codeIndex },
      rows: page.length,
      found: [...faults.flatMap(({ found }) => found), ...doubled],
      people: faults.map(({ row }) => row.personKey),
    };
  }

  private async assignments(ctx: Ctx, { after, generation }: { readonly after: string; readonly generation: number }): Promise<Passed> {
    const page = await this.parts.rows.assignmentsAfter(ctx.db, { after, generation, limit: PAGE });
    const alone = page.filter(({ linked }) => !linked);
    const last = page.at(-1);
    return {
      next: page.length < PAGE || last === undefined ? { phase: 'LEDGER', after: -1 } : { phase: 'ASSIGNMENTS', after: last.personKey, generation: last.generation },
      rows: page.length,
      found: alone.map(() => 'ASSIGNMENT_WITHOUT_LINK' as const),
      people: alone.map(({ personKey }) => personKey),
    };
  }

  private async ledger(ctx: Ctx, { runId }: UniquenessRun, after: number): Promise<Passed> {
    const { rows, upTo: last } = await this.parts.rows.ledgerPart(ctx.db, { after, limit: PAGE });
    const upTo = rows < PAGE || last === null ? LAST_NUMBER : last;
    const suspects = await this.parts.rows.merge(ctx.db, runId, { after, upTo, limit: 2 * PAGE });
    const judged = await this.judge(ctx, suspects);
    await this.parts.rows.merged(ctx.db, runId, upTo);
    return { next: upTo === LAST_NUMBER ? { phase: 'END' } : { phase: 'LEDGER', after: upTo }, rows, ...judged };
  }

  /** Looks at suspects as they stand now: what was drawn or changed during the pass is in order. Two people under one number go to officers. */
  private async judge(ctx: Ctx, suspects: readonly Suspect[]): Promise<Pick<Passed, 'found' | 'people'>> {
    if (suspects.length === 0) return { found: [], people: [] };
    const holders = new Map<number, Holder[]>();
    for (const holder of await this.parts.rows.holders(ctx.db, suspects.map(({ base11 }) => base11))) holders.set(holder.base11, [...(holders.get(holder.base11) ?? []), holder]);
    const found: Violation[] = [];
    const people: string[] = [];
    for (const { base11, entered, linked, owners } of suspects) {
      const held = holders.get(base11) ?? [];
      const before = found.length;
      if (!entered) found.push('LINK_NOT_IN_LEDGER');
      if (!linked && held.length === 0) found.push('LEDGER_NOT_IN_LINK');
      if (owners > 1 && !(await this.parts.rows.isSettled(ctx.db, held))) found.push('TWO_PEOPLE');
      if (held.filter(({ open }) => open).length > 1) found.push('OPEN_PER_NUMBER');
      if (found.length === before) continue;
      people.push(...held.map(({ personKey }) => personKey));
      await this.dispute(ctx, [...new Set(held.map(({ personKey }) => personKey))].sort());
    }
    return { found, people };
  }

  /** Proposed by the machine, confirmed by an officer: then the numbers are blocked and the conflict is told (NUM-4.8). */
  private async dispute(ctx: Ctx, [first, ...others]: readonly string[]): Promise<void> {
    for (const other of others) {
      const personKeys = first === undefined ? [] : [first, other];
      if (await this.parts.rows.inDispute(ctx.db, personKeys)) continue;
      const disputeId = uuidv7();
      await this.parts.disputes.add(ctx.db, { disputeId, kind: 'SHARED_NUMBER', personKeys, state: 'PROPOSED', kept: null, proposedBy: PASS_UNIQUENESS }, ctx.now);
      ctx.audit({ object: `dispute:${disputeId}`, subjects: personKeys, facts: { kind: 'SHARED_NUMBER' } });
    }
  }

  private async end(ctx: Ctx, run: UniquenessRun, { done }: Job): Promise<StepOutcome> {
    const { runId, ledgerRows, linkRows } = run;
    const settled = settleViolations(run.violations, await this.parts.rows.balance(ctx.db));
    const violations = countOf(settled);
    const state = violations === 0 ? 'CLEAN' : 'VIOLATED';
    await this.parts.runs.record(ctx.db, { ...run, state, violations: settled, endedAt: ctx.now });
    const { OPEN_PER_CODE: openPerCode = 0, OPEN_PER_NUMBER: openPerNumber = 0 } = settled;
    ctx.emit(uniquenessChecked, { aggregateId: runId, sequence: 1, data: { ledgerRows, linkRows, openPerCode, openPerNumber, violations } });
    ctx.audit({ object: `uniqueness-run:${runId}`, facts: { state, ledgerRows, linkRows, violations } });
    if (violations > 0) log.error('alarm: the uniqueness of numbers is violated; nothing is drawn', { action: PASS_UNIQUENESS, code: 'DATA_LOSS', count: violations });
    return { cursor: { phase: 'END' }, done, total: done, result: { runId, state, violations } };
  }
}

/** Begins a pass, or gives the one that is under way. */
export async function beginPass(ctx: Ctx, runs: UniquenessRunStore): Promise<{ runId: string; jobId: string }> {
  const running = await runs.running(ctx.db);
  if (running !== undefined) return running;
  const runId = uuidv7();
  const jobId = await queueJob(ctx, PASS_UNIQUENESS, { runId });
  await runs.add(ctx.db, { runId, jobId, at: ctx.now });
  return { runId, jobId };
}

/** Once a day (NUM-5.4); an empty ledger needs no pass. */
export function passDaily({ runs, heads }: PassParts): Schedule {
  return {
    name: 'uniqueness.pass',
    due: (last, now) => {
      const today = localDateInJapan(now);
      return last === today ? undefined : today;
    },
    run: async (ctx) => {
      if ((await heads.read(ctx.db)).drawn > 0) await beginPass(ctx, runs);
    },
  };
}
