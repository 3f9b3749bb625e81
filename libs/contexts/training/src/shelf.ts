import type { Platform } from '#platform';
import { BodyStore } from './body/body.store.js';
import { CourseStore } from './course/course.store.js';
import { EnrolmentDesk } from './enrolment/enrolment-desk.js';
import { EnrolmentFollower } from './enrolment/enrolment-follower.js';
import { EnrolmentStore } from './enrolment/enrolment.store.js';
import { Enrolments } from './enrolment/enrolments.js';
import { KeptPlaces } from './enrolment/kept-places.js';
import { PlaceStore } from './enrolment/place.store.js';
import { WaitingList } from './enrolment/waiting-list.js';
import type { AdmittedLearners } from './message/message-schedules.js';
import { MessageStore } from './message/message.store.js';
import { SelectionStore } from './selection/selection.store.js';
import { SessionSteps, type SessionPlaces } from './session/session-steps.js';
import { SessionStore } from './session/session.store.js';

/** What features of training share: the stores that several read, the steps of sessions with what hangs on them, and the desk of enrolments. */
export interface TrainingShelf {
  readonly bodies: BodyStore;
  readonly courses: CourseStore;
  readonly desk: EnrolmentDesk;
  readonly learners: AdmittedLearners;
  readonly messages: MessageStore;
  readonly places: SessionPlaces;
  readonly selections: SelectionStore;
  readonly sessions: SessionStore;
  readonly steps: SessionSteps;
}

/** Made once for each process. */
export function shelfOf({ cipher }: Platform): TrainingShelf {
  const [sessions, messages, store] = [new SessionStore(), new MessageStore(cipher), new EnrolmentStore(cipher)];
  const parts = { store, places: new PlaceStore(), enrolments: new Enrolments(store, messages) };
  const waitingList = new WaitingList(parts);
  const places = new KeptPlaces(parts, waitingList);
  const steps = new SessionSteps(sessions, places, [new EnrolmentFollower({ ...parts, sessions }, waitingList)]);
  const desk = new EnrolmentDesk({ ...parts, steps, waitingList });
  return { bodies: new BodyStore(cipher), courses: new CourseStore(), desk, learners: store, messages, places, selections: new SelectionStore(), sessions, steps };
}
