import { residentCodeChanged, residentDied, residentEntered, residentMovedIn, residentMovedOut, residentRecordDeleted } from '#contracts/juki-net';
import { onEvent, type CloudEvent, type EventHandler, type Subscription } from '#platform';
import { followPerson, type StandingParts } from '../standing/follow-person.js';
import { needsNoLook } from '../standing/standing.js';

/** The news of the register that concern a number (NUM-5.4); changes of names, addresses and the like do not. */
export function onResidentChanges(parts: StandingParts): EventHandler[] {
  return [
    onEvent(residentEntered, (ctx, { data }) => followPerson(ctx, parts, data.personKey, { kind: 'entered', factVersion: data.factVersion })),
    onEvent(residentMovedIn, (ctx, { data }) => followPerson(ctx, parts, data.personKey, { kind: 'moved-in', factVersion: data.factVersion })),
    onEvent(residentMovedOut, async (ctx, { data }) => {
      const { personKey, factVersion, abroad } = data;
      if (abroad) await followPerson(ctx, parts, personKey, { kind: 'moved-out', factVersion, abroad });
    }),
    onEvent(residentDied, (ctx, { data }) => followPerson(ctx, parts, data.personKey, { kind: 'died', factVersion: data.factVersion })),
    onEvent(residentRecordDeleted, (ctx, { data }) => followPerson(ctx, parts, data.personKey, { kind: 'record-deleted', factVersion: data.factVersion, stays: data.returnsTo !== undefined })),
    onEvent(residentCodeChanged, (ctx, { data }) => followPerson(ctx, parts, data.personKey, { kind: 'code-changed', factVersion: data.factVersion })),
  ];
}

/** The many first records of a load leave no trace; signs of life that move no number, most of a day's news, are kept together. The handlers get the others. */
export function followTogether({ standings, moves }: StandingParts): NonNullable<Subscription['together']> {
  return async (ctx, events) => {
    const news = events.filter((event) => !isFirstRecord(event));
    const signs = new Map(news.flatMap((event) => (event.type === residentMovedIn.type ? [[event, residentMovedIn.data.parse(event.data)] as const] : [])));
    if (signs.size === 0) return news;
    await moves.lockPersons(ctx.db, [...signs.values()].map(({ personKey }) => personKey));
    const kept = new Set(await standings.keepPresent(ctx.db, [...signs.values()]));
    return news.filter((event) => !kept.has(signs.get(event)?.personKey ?? ''));
  };
}

function isFirstRecord({ type, data }: CloudEvent): boolean {
  return type === residentEntered.type && needsNoLook({ ...residentEntered.data.parse(data), kind: 'entered' });
}
