import { addDays, localDateInJapan, startOfDayInJapan, toLocalDate } from '#kernel';
import type { Schedule } from '#platform';
import type { DeliveryTargetStore } from './delivery-target.store.js';

/** Once a day: sets whose upload broke off before yesterday, which no job will ever take; their rows hold addresses and codes. */
export function dropBrokenUploads(targets: DeliveryTargetStore): Schedule {
  return {
    name: 'delivery-target.drop-broken-uploads',
    due: (last, now) => {
      const today = localDateInJapan(now);
      return last === today ? undefined : today;
    },
    run: async (ctx, occasion) => {
      for (const setId of await targets.broken(ctx.db, startOfDayInJapan(addDays(toLocalDate(occasion), -1)))) {
        await targets.drop(ctx.db, setId);
        ctx.audit({ object: `delivery-target-set:${setId}`, facts: { dropped: true } });
      }
    },
  };
}
