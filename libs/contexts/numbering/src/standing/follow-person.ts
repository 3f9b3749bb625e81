import { queueJob, type Ctx } from '#platform';
import type { AssignmentMoveStore } from '../assignment/assignment-move.store.js';
import { moveAssignments } from '../assignment/move-assignment.js';
import { FOLLOW_CODES_JOB } from './follow-codes.js';
import { contradictsDeath, FIRST_STANDING, isSettled, moveFor, standingAfter, type LifeNotice, type Standing } from './standing.js';
import type { StandingStore } from './standing.store.js';

export interface StandingParts {
  readonly standings: StandingStore;
  readonly moves: AssignmentMoveStore;
}

/** News about a person, with the call that takes them in. */
export interface LifeNews {
  readonly ctx: Ctx;
  readonly personKey: string;
  readonly notice: LifeNotice;
}

/** Takes news of the register in; late, early and repeated ones end in the same state of the number (NUM-3.1). Of several about one person each finds what the one before it left. */
export async function followPeople(parts: StandingParts, told: readonly LifeNews[]): Promise<void> {
  const [first] = told;
  if (first === undefined) return;
  await parts.moves.lockPersons(first.ctx.db, told.map(({ personKey }) => personKey));
  for (let left = told; left.length > 0; ) {
    const next = new Map(left.toReversed().map((news) => [news.personKey, news]));
    const isNext = (news: LifeNews): boolean => next.get(news.personKey) === news;
    await followOnce(first.ctx, parts, left.filter(isNext));
    left = left.filter((news) => !isNext(news));
  }
}

/** News of as many people. */
async function followOnce({ db }: Ctx, parts: StandingParts, told: readonly LifeNews[]): Promise<void> {
  const known = await parts.standings.of(db, told.map(({ personKey }) => personKey));
  const settled = told.map(({ ctx, personKey, notice }) => {
    const before = known.get(personKey) ?? FIRST_STANDING;
    if (contradictsDeath(before, notice)) ctx.audit({ object: `person:${personKey}`, subjects: [personKey], facts: { factVersion: notice.factVersion, found: 'ENTRY_AFTER_DEATH' } });
    return { ctx, personKey, standing: standingAfter(before, notice) };
  });
  await followStandings(parts, settled);
  for (const { ctx, notice } of told) if (notice.kind === 'code-changed') await queueJob(ctx, FOLLOW_CODES_JOB, {});
}

/** What the register told last of a person, and the call for which the number follows. */
export interface StandingOf {
  readonly ctx: Ctx;
  readonly personKey: string;
  readonly standing: Standing;
}

/** Brings people's numbers to where their standings say, if their states allow that now; each person stands there once. */
export async function followStandings({ standings, moves }: StandingParts, people: readonly StandingOf[]): Promise<void> {
  const [first] = people;
  if (first === undefined) return;
  const { db } = first.ctx;
  const latest = await moves.lockLatestOf(db, people.map(({ personKey }) => personKey));
  const settled = people.map((person) => {
    const held = latest.get(person.personKey);
    return { ...person, held, move: held && moveFor(held.state, person.standing.life) };
  });
  await moveAssignments(moves, settled.flatMap(({ ctx, held, move }) => (held === undefined || move === undefined ? [] : [{ ctx, held, ...move }])));
  await standings.keep(db, settled.map(({ personKey, standing, held, move }) => ({ personKey, standing, settled: isSettled(move?.to ?? held?.state, standing.life) })));
}
