import { route, type ContextParts, type Platform } from '#platform';
import { Admission } from './admission.js';
import { ApplyForSession, type ApplyParts } from './apply-for-session.js';
import { alarmDrifts, CheckPlaces, placesNightly } from './place-drift.js';
import { GetEnrolment, GetPlaces, ListEnrolments } from './read-enrolments.js';
import { StepEnrolment } from './step-enrolment.js';
import { SubstituteLearner } from './substitute-learner.js';
import { placesSwept } from './sweep-places.js';
import { WatchEnrolments } from './watch-enrolments.js';

/** Applications and enrolments: places, waiting lists, offers (TRN-3.3, 4.2, 4.4). */
export function enrolmentParts({ database }: Platform, shelf: Omit<ApplyParts, 'admission'>): Partial<ContextParts> {
  const { desk } = shelf;
  const { places, store } = desk.parts;
  const apply = new ApplyForSession({ ...shelf, admission: new Admission(desk.parts) });
  const decline = new StepEnrolment(desk, 'DECLINE');
  return {
    http: [
      route('POST', '/sessions/:sessionId/applications', apply, { status: 201 }),
      route('GET', '/sessions/:sessionId/places', new GetPlaces(places)),
      route('GET', '/enrolments', new ListEnrolments(store)),
      route('GET', '/enrolments/:enrolmentId', new GetEnrolment(store)),
      route('POST', '/enrolments/:enrolmentId/acceptance', new StepEnrolment(desk, 'ACCEPT')),
      route('POST', '/enrolments/:enrolmentId/declining', decline),
      route('POST', '/enrolments/:enrolmentId/withdrawal', new StepEnrolment(desk, 'WITHDRAW')),
      route('POST', '/enrolments/:enrolmentId/phone-admission', new StepEnrolment(desk, 'ADMIT_BY_PHONE')),
      route('POST', '/enrolments/:enrolmentId/substitution', new SubstituteLearner(shelf), { status: 201 }),
      route('GET', '/place-drifts', new CheckPlaces(places)),
    ],
    grpc: { 'Enrolments.Apply': apply, 'Enrolments.Release': decline, 'Enrolments.Watch': new WatchEnrolments(store) },
    schedules: [placesSwept(desk), placesNightly(places)],
    prepare: async () => {
      await alarmDrifts(places, database.db);
    },
  };
}
