import { residentCodeChanged, residentDied, residentEntered, residentMovedIn, residentMovedOut, residentRecordDeleted, type ResidentFact } from '#contracts/juki-net';
import type { CloudEvent, SetHandler, Subscription } from '#platform';
import { followPeople, type StandingParts } from '../standing/follow-person.js';
import { lifeOf, needsNoLook, type LifeNotice } from '../standing/standing.js';

/** The news of the register that concern a number (NUM-5.4); changes of names, addresses and the like do not. */
const TOLD = [residentEntered, residentMovedIn, residentMovedOut, residentDied, residentRecordDeleted, residentCodeChanged];

export function onResidentChanges(parts: StandingParts): SetHandler {
  return {
    subjects: TOLD.map(({ subject }) => subject),
    handle: (calls) => followPeople(parts, calls.map(({ ctx, event }) => ({ ctx, ...newsOf(event) }))),
  };
}

/**
 * The many first records of a load, and departures within Japan, leave no trace; signs of life that move no number, most of a day's news, are kept
 * together. The handler gets the others.
 */
export function followTogether({ standings, moves }: StandingParts): NonNullable<Subscription['together']> {
  return async (ctx, events) => {
    const news = events.map((event) => ({ event, ...newsOf(event) })).filter(({ notice }) => !needsNoLook(notice) && (lifeOf(notice) !== undefined || notice.kind === 'code-changed'));
    const signs = news.filter(({ notice }) => notice.kind === 'moved-in').map(({ personKey, notice: { factVersion } }) => ({ personKey, factVersion }));
    if (signs.length === 0) return news.map(({ event }) => event);
    await moves.lockPersons(ctx.db, signs.map(({ personKey }) => personKey));
    const kept = new Set(await standings.keepPresent(ctx.db, signs));
    return news.filter(({ personKey, notice }) => notice.kind !== 'moved-in' || !kept.has(personKey)).map(({ event }) => event);
  };
}

function newsOf({ type, data }: CloudEvent): { readonly personKey: string; readonly notice: LifeNotice } {
  const told = ({ personKey, factVersion }: ResidentFact, notice: Omit<LifeNotice, 'factVersion'>) => ({ personKey, notice: { ...notice, factVersion } });
  switch (type) {
    case residentMovedOut.type: {
      const fact = residentMovedOut.data.parse(data);
      return told(fact, { kind: 'moved-out', abroad: fact.abroad });
    }
    case residentRecordDeleted.type: {
      const fact = residentRecordDeleted.data.parse(data);
      return told(fact, { kind: 'record-deleted', stays: fact.returnsTo !== undefined });
    }
    case residentMovedIn.type:
      return told(residentMovedIn.data.parse(data), { kind: 'moved-in' });
    case residentDied.type:
      return told(residentDied.data.parse(data), { kind: 'died' });
    case residentCodeChanged.type:
      return told(residentCodeChanged.data.parse(data), { kind: 'code-changed' });
    default:
      return told(residentEntered.data.parse(data), { kind: 'entered' });
  }
}
