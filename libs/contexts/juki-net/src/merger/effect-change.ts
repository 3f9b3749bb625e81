import { municipalityChanged } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import { findJob, queueJob, stillWaiting, type Ctx, type Job, type JobKind, type Schedule, type StepOutcome } from '#platform';
import { z } from 'zod';
import { passSequence } from '../change-notice/municipal-sequence.store.js';
import { passDuty, passSearches } from '../entry-search/entry-search.store.js';
import { countDecided } from '../notice-file/held-row.store.js';
import { noticesWait } from '../prefecture/server.store.js';
import { keepTransfers, type TransferChange } from '../transfer/keep-transfers.js';
import type { TransferStore } from '../transfer/transfer.store.js';
import { joinTransfer } from './join-transfer.js';
import { codeOn, endedCodes, stepChange } from './municipality-change.js';
import type { MunicipalityChangeStore, StoredChange } from './municipality-change.store.js';
import type { PassPersons } from './pass-persons.js';
import type { PassingStore } from './passing.store.js';

const CHANGE_JOB = 'juki-net.municipality-change';
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';
const PERSONS = 1_000;
const TRANSFERS = 200;

const parameters = z.object({ changeId: z.uuid() });
const position = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('PERSONS'), municipality: z.number().int(), after: z.string(), corrected: z.number().int() }),
  z.object({ phase: z.enum(['BLOCKS', 'TRANSFERS', 'CLOSING']), corrected: z.number().int() }),
]);
type Position = z.output<typeof position>;
type PersonPosition = Extract<Position, { readonly phase: 'PERSONS' }>;

/** Every day: changes whose day has come begin, each told once; one whose job has ended without them goes on under another. */
export function startChanges(changes: MunicipalityChangeStore): Schedule {
  return {
    name: 'municipality-change.start',
    due: (last, now) => {
      const today = localDateInJapan(now);
      return last === today ? undefined : today;
    },
    run: async (ctx) => {
      const today = localDateInJapan(ctx.now);
      for (const change of await changes.lockDue(ctx.db, today)) await start(ctx, changes, change);
    },
  };
}

async function start(ctx: Ctx, changes: MunicipalityChangeStore, change: StoredChange): Promise<void> {
  const { changeId, kind, newCode, effectiveOn: effectiveDate, former } = change;
  const job = change.jobId === undefined ? undefined : await findJob(ctx.db, change.jobId);
  const started = stepChange(change, 'START', { today: localDateInJapan(ctx.now) });
  if ('refusal' in started || (job !== undefined && job.state !== 'FAILED' && job.state !== 'CANCELLED')) return;
  await passDuty(ctx.db, former.map(({ code }) => code), newCode);
  await passSearches(ctx.db, endedCodes(change), newCode);
  await passSequence(ctx.db, endedCodes(change), newCode);
  await changes.setState(ctx.db, changeId, { state: started.state, jobId: await queueJob(ctx, CHANGE_JOB, { changeId }) }, ctx.now);
  if (job === undefined) ctx.emit(municipalityChanged, { aggregateId: changeId, sequence: 1, data: { oldCodes: former.map(({ code }) => code), newCode, kind, effectiveDate } });
  ctx.audit({ object: `municipality-change:${changeId}`, facts: { newCode, state: started.state } });
}

interface EffectParts {
  readonly changes: MunicipalityChangeStore;
  readonly passing: PassingStore;
  readonly transfers: TransferStore;
  readonly persons: PassPersons;
}

/**
 * Passes persons, code blocks and moves to the new code, a chunk a step (JUKI-5.4). What has passed is no longer found under the
 * old code, so that a kill, a second worker or another job repeats nothing.
 */
export class EffectChange implements JobKind<boolean> {
  readonly kind = CHANGE_JOB;
  constructor(private readonly parts: EffectParts) {}

  /** Whether the prefecture's server is closed: the job then waits as notices do. */
  async prepare(ctx: Ctx, job: Job): Promise<boolean> {
    const change = await this.parts.changes.find(ctx.db, parameters.parse(job.parameters).changeId);
    return change !== undefined && (await noticesWait(ctx.db, change.newCode)) !== undefined;
  }

  async step(ctx: Ctx, job: Job, waits = false): Promise<StepOutcome> {
    if (waits) return stillWaiting(job);
    const { changeId } = parameters.parse(job.parameters);
    const change = await this.parts.changes.lock(ctx.db, changeId);
    if (change?.state !== 'RUNNING') return { cursor: job.cursor, done: job.done, result: { changeId } };
    const at: Position = job.cursor === null ? { phase: 'PERSONS', municipality: 0, after: BEFORE_ALL, corrected: 0 } : position.parse(job.cursor);
    const total = job.cursor === null ? await this.parts.passing.countPersons(ctx.db, change.former.map(({ code }) => code)) : undefined;
    const progress = { done: job.done, ...(total === undefined ? {} : { total }) };
    switch (at.phase) {
      case 'PERSONS':
        return this.passPersons(ctx, change, at, progress);
      case 'BLOCKS': {
        const passed = await this.parts.passing.passBlock(ctx.db, endedCodes(change), change.newCode);
        return { cursor: passed ? at : { ...at, phase: 'TRANSFERS' }, done: job.done };
      }
      case 'TRANSFERS':
        return { cursor: (await this.passTransfers(ctx, change)) ? at : { ...at, phase: 'CLOSING' }, done: job.done };
      case 'CLOSING':
        return this.close(ctx, change, { done: job.done, corrected: at.corrected });
    }
  }

  private async passPersons(ctx: Ctx, change: StoredChange, at: PersonPosition, progress: Pick<StepOutcome, 'done' | 'total'>): Promise<StepOutcome> {
    const from = change.former[at.municipality];
    if (from === undefined) return { cursor: { phase: 'BLOCKS', corrected: at.corrected }, ...progress };
    const personKeys = await this.parts.passing.personsAfter(ctx.db, { code: from.code, newCode: change.newCode }, at.after, PERSONS);
    const last = personKeys.at(-1);
    if (last === undefined) return { cursor: { ...at, municipality: at.municipality + 1, after: BEFORE_ALL }, ...progress };
    const corrected = at.corrected + (await this.parts.persons.pass(ctx, change, personKeys));
    return { cursor: { ...at, after: last, corrected }, ...progress, done: progress.done + personKeys.length };
  }

  /** Open moves of and to municipalities that have ended; what has passed is no longer listed under them. */
  private async passTransfers(ctx: Ctx, change: StoredChange): Promise<boolean> {
    const { transfers, changes } = this.parts;
    const listed = new Map<string, string | undefined>();
    const personKeys = new Set<string>();
    for (const municipalityCode of endedCodes(change)) {
      for (const { transferId, personKey } of await transfers.list(ctx.db, { municipalityCode, isTask: false, limit: TRANSFERS })) {
        listed.set(transferId, undefined);
        personKeys.add(personKey);
      }
      for (const { transferId, personKey } of await transfers.joinedArrivals(ctx.db, municipalityCode, [...endedCodes(change), change.newCode], TRANSFERS)) {
        listed.set(transferId, municipalityCode);
        personKeys.add(personKey);
      }
      if (listed.size > 0) break;
    }
    if (listed.size === 0) return false;
    const successions = await changes.successions(ctx.db);
    const present = (code: string): string => codeOn(successions, code, localDateInJapan(ctx.now));
    const subjects = [...personKeys].sort();
    const locked = (await transfers.lockPersons(ctx.db, subjects)).filter(({ transferId }) => listed.has(transferId));
    const moves = locked.map((before): TransferChange => ({ before, after: joinTransfer({ ...before, from: before.from ?? listed.get(before.transferId) }, present, ctx.now) }));
    await keepTransfers(ctx, transfers, moves);
    ctx.audit({ object: `municipality-change:${change.changeId}`, subjects, facts: { transfers: moves.length } });
    return true;
  }

  private async close(ctx: Ctx, change: StoredChange, { done, corrected }: { done: number; corrected: number }): Promise<StepOutcome> {
    const { changeId, newCode } = change;
    const ended = endedCodes(change);
    await countDecided(ctx.db, await this.parts.passing.rejectAllHeld(ctx.db, ended));
    await this.parts.passing.close(ctx.db, ended, newCode, ctx.now);
    await this.parts.changes.setState(ctx.db, changeId, { state: 'COMPLETED' }, ctx.now);
    ctx.audit({ object: `municipality-change:${changeId}`, facts: { state: 'COMPLETED', persons: done, corrected } });
    return { cursor: null, done, total: done, result: { changeId, persons: done, corrected } };
  }
}
