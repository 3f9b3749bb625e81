import type { Platform } from '#platform';
import { BodyStore } from './body/body.store.js';
import { CourseStore } from './course/course.store.js';
import type { AdmittedLearners } from './message/message-schedules.js';
import { MessageStore } from './message/message.store.js';
import { nobody, noPlaces } from './session/no-places.js';
import { SessionSteps, type SessionPlaces } from './session/session-steps.js';
import { SessionStore } from './session/session.store.js';

/** What features of training share: the stores that several read, and the steps of sessions with what hangs on them. */
export interface TrainingShelf {
  readonly bodies: BodyStore;
  readonly courses: CourseStore;
  readonly learners: AdmittedLearners;
  readonly messages: MessageStore;
  readonly places: SessionPlaces;
  readonly sessions: SessionStore;
  readonly steps: SessionSteps;
}

/** Made once for each process. */
export function shelfOf({ cipher }: Platform): TrainingShelf {
  const sessions = new SessionStore();
  const places = noPlaces;
  const steps = new SessionSteps(sessions, places, []);
  return { bodies: new BodyStore(cipher), courses: new CourseStore(), learners: nobody, messages: new MessageStore(cipher), places, sessions, steps };
}
