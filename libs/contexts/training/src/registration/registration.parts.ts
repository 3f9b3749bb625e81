import { localDateInJapan } from '#kernel';
import { daily, route, type ContextParts, type Schedule } from '#platform';
import type { PrerequisiteStore } from '../course/prerequisite.store.js';
import { OpenElearning, ReadShares, type OpenElearningParts } from './open-elearning.js';
import { ReadProgress } from './read-progress.js';
import { GetRegistration, ListRegistrations, type GetRegistrationParts } from './read-registrations.js';
import { RegisterLearner, RegisterList } from './register-learners.js';
import { Registering } from './registering.js';
import { WithdrawRegistration } from './withdraw-registration.js';

/** E-learning on offer and who is registered for it (TRN-3.4, 4.2). */
export function registrationParts(parts: OpenElearningParts & GetRegistrationParts & { readonly prerequisites: PrerequisiteStore }): Partial<ContextParts> {
  const { offers, registrations } = parts;
  const registering = new Registering(parts);
  return {
    http: [
      route('POST', '/courses/:courseId/elearning', new OpenElearning(parts), { status: 201 }),
      route('GET', '/courses/:courseId/elearning', new ReadShares(offers)),
      route('POST', '/registrations', new RegisterLearner(registering), { status: 201 }),
      route('POST', '/registrations/list', new RegisterList(registering, offers), { upload: ['text/csv'] }),
      route('GET', '/registrations', new ListRegistrations(registrations)),
      route('GET', '/registrations/:registrationId', new GetRegistration(parts)),
      route('POST', '/registrations/:registrationId/withdrawal', new WithdrawRegistration(registrations, offers)),
    ],
    grpc: { 'Progress.Get': new ReadProgress(parts) },
    schedules: [expireDaily(parts), poolAtMidPoint(parts, registering)],
  };
}

/** On the day after the last one of a course (TRN-3.4). */
function expireDaily({ registrations }: Pick<GetRegistrationParts, 'registrations'>): Schedule {
  return daily('elearning-expiry', async (ctx) => {
    for (const { courseId, count } of await registrations.expire(ctx.db, localDateInJapan(ctx.now), ctx.now)) ctx.audit({ object: `elearning:${courseId}`, facts: { expired: count } });
  });
}

/** TRN-4.2: also where nobody registers any more. */
function poolAtMidPoint({ offers }: Pick<OpenElearningParts, 'offers'>, registering: Registering): Schedule {
  return {
    name: 'elearning-pool',
    due: (_last, now) => now.toISOString(),
    hasWork: async (ctx) => (await offers.unpooled(ctx.db, ctx.now)).length > 0,
    run: async (ctx) => {
      for (const courseId of await offers.unpooled(ctx.db, ctx.now)) {
        const offer = await offers.lock(ctx.db, courseId);
        if (offer !== undefined) await registering.pooled(ctx, offer);
      }
    },
  };
}
