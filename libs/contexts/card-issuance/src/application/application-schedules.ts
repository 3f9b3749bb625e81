import { addDays, localDateInJapan } from '#kernel';
import { applicationLapsed } from '#contracts/card-issuance';
import type { Schedule } from '#platform';
import { occasionEvery } from '../handover/occasion.js';
import type { ApplicationStore } from './application.store.js';
import type { AttemptStore } from './attempt.store.js';
import type { CarryOverStore } from './carry-over.store.js';

const SECONDS = 60;
const CHUNK = 500;
const PHOTO_DAYS = 90;

/** What nobody mended within 90 days lapses (CARD-3.3). */
export function lapseSchedule(applications: ApplicationStore): Schedule {
  return {
    name: 'application-lapse',
    due: occasionEvery(SECONDS),
    hasWork: async (ctx) => applications.hasLapsing(ctx.db, localDateInJapan(ctx.now)),
    run: async (ctx) => {
      const lapsing = await applications.lapsing(ctx.db, localDateInJapan(ctx.now), CHUNK);
      await applications.moveTo(ctx.db, lapsing.map(({ applicationId }) => applicationId), { state: 'LAPSED' });
      for (const { applicationId, municipalityCode, channel, version } of lapsing) {
        ctx.emit(applicationLapsed, { aggregateId: applicationId, sequence: version + 1, data: { applicationId, municipalityCode, channel } });
      }
      ctx.audit({ object: 'applications', subjects: lapsing.map(({ personKey }) => personKey), facts: { lapsed: lapsing.length } });
    },
  };
}

/** A photo is kept until 90 days after the card is in force, or the application has ended otherwise (CARD-4.3); its hash, which shows nobody, stays. */
export function photoRetentionSchedule(carryOvers: CarryOverStore): Schedule {
  return {
    name: 'photo-retention',
    due: occasionEvery(SECONDS),
    hasWork: async (ctx) => carryOvers.hasPhotosToDate(ctx.db, localDateInJapan(ctx.now)),
    run: async (ctx) => {
      const today = localDateInJapan(ctx.now);
      const removed = await carryOvers.endPhotos(ctx.db, { today, until: addDays(today, PHOTO_DAYS) }, CHUNK);
      ctx.audit({ object: 'application-photos', facts: { removed } });
    },
  };
}

/** Counts of tries are looked at for an hour. */
export function attemptSchedule(attempts: AttemptStore): Schedule {
  return { name: 'attempt-count', due: occasionEvery(3_600), run: async (ctx) => attempts.forget(ctx.db, ctx.now) };
}
