import { residentFact } from '#contracts/juki-net';
import type { Subscription } from '#platform';
import type { PersonFactStore } from '../card/person-fact.store.js';

const told = residentFact.pick({ personKey: true });

/** Facts about people without application or card concern nobody here (CARD-4.13). */
export function leaveOutStrangers(facts: PersonFactStore): NonNullable<Subscription['together']> {
  return async (ctx, events) => {
    const people = events.map(({ data }) => told.parse(data).personKey);
    const known = await facts.concernUs(ctx.db, people);
    return events.filter((_event, index) => known.has(people[index] ?? ''));
  };
}
