import { addDays, dayOfWeek, localDateInJapan } from '#kernel';
import { log, type Schedule } from '#platform';
import { reminderOf } from './custody.js';
import type { KeyCeremonyStore } from './key-ceremony.store.js';

/** Every week: a key whose year is ending, or that was rotated and is still there, is for someone to act on (NUM-4.9). */
export function remindRotation(ceremonies: KeyCeremonyStore): Schedule {
  return {
    name: 'key-ceremony.remind',
    due: (last, now) => {
      const today = localDateInJapan(now);
      const week = addDays(today, -dayOfWeek(today));
      return last === week ? undefined : week;
    },
    run: async (ctx) => {
      for (const ceremony of await ceremonies.all(ctx.db)) {
        const reminder = reminderOf(ceremony, localDateInJapan(ctx.now));
        if (reminder === undefined) continue;
        log[reminder === 'ROTATION_OVERDUE' ? 'error' : 'warn']('a key waits for its officers', { action: 'numbering.key-ceremony', code: reminder });
        ctx.audit({ object: `key-ceremony:${ceremony.ceremonyId}`, facts: { reminder } });
      }
    },
  };
}
