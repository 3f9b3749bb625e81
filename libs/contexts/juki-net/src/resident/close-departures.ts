import { localDateInJapan } from '#kernel';
import type { Schedule } from '#platform';
import { dueDepartures, writeDepartures } from './departure.store.js';
import { standingOf } from './person-status.js';
import type { ResidentStore } from './resident.store.js';

const MINUTE_MS = 60_000;
const CHUNK = 2_000;

/**
 * Closes the records of those who left as planned, in both copies: their municipalities told of it beforehand and tell nothing more
 * (JUKI-3.2). Whoever changes such a person earlier finds the record closed by its day.
 */
export function closeDepartures(residents: ResidentStore): Schedule {
  return {
    name: 'resident.close-departures',
    due: (last, now) => {
      const occasion = new Date(now.getTime() - (now.getTime() % MINUTE_MS)).toISOString();
      return last !== undefined && last >= occasion ? undefined : occasion;
    },
    hasWork: async (ctx) => (await dueDepartures(ctx.db, localDateInJapan(ctx.now), 1)).length > 0,
    run: async (ctx) => {
      const today = localDateInJapan(ctx.now);
      const due = await dueDepartures(ctx.db, today, CHUNK);
      if (due.length === 0) return;
      const subjects = [...new Set(due.map((row) => row.person_key))].sort();
      const persons = [...(await residents.lockPersons(ctx, subjects)).values()];
      await writeDepartures(ctx.db, due, today);
      // Of a person on record the code is not written.
      await residents.write(ctx.db, persons.flatMap((stored) => {
        const { personKey, resident } = stored;
        const standing = standingOf(resident.segments, resident.pointers);
        return standing === undefined ? [] : [{ personKey, residentCode: '', resident, standing, notified: [], stored }];
      }));
      ctx.audit({ object: 'planned-departures', subjects, facts: { closed: due.length } });
    },
  };
}
