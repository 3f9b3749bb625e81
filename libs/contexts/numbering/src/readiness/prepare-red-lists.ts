import { localDateInJapan } from '#kernel';
import { redListPrepared } from '#contracts/numbering';
import { uuidv7, type Schedule } from '#platform';
import { redLists, weekOf } from './red-list.js';
import type { RedListStore } from './red-list.store.js';
import type { ReadinessStore } from './readiness.store.js';

/** Every Monday: one list for each prefecture with a red municipality, none for the others (NUM-5.5). */
export function prepareRedLists(readiness: ReadinessStore, lists: RedListStore): Schedule {
  return {
    name: 'readiness.red-lists',
    due: (last, now) => {
      const week = weekOf(localDateInJapan(now));
      return last === week ? undefined : week;
    },
    run: async (ctx, week) => {
      const red = redLists(await readiness.standing(ctx.db, ''), localDateInJapan(ctx.now));
      const made = [...red].map(([prefectureCode, entries]) => ({ listId: uuidv7(), prefectureCode, week, entries }));
      if (made.length === 0) return;
      await lists.add(ctx.db, made, ctx.now);
      for (const { listId, prefectureCode, entries } of made) {
        const counts = { red: entries.length, blocked: entries.filter(({ blocked, tickets }) => blocked.length + tickets.length > 0).length, overdue: entries.filter(({ overdue }) => overdue.length > 0).length };
        ctx.emit(redListPrepared, { aggregateId: listId, sequence: 1, data: { listId, prefectureCode, week, ...counts } });
        ctx.audit({ object: `red-list:${listId}`, facts: { prefectureCode, week, ...counts } });
      }
    },
  };
}
