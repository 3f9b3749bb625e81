import type { Platform } from '#platform';
import { AttemptStore } from './assessment/attempt.store.js';
import { Prework } from './attendance/prework.js';
import { BodyStore } from './body/body.store.js';
import { CertificateKeys } from './certificate/certificate-keys.js';
import { CourseStore } from './course/course.store.js';
import { PrerequisiteStore } from './course/prerequisite.store.js';
import { EnrolmentDesk } from './enrolment/enrolment-desk.js';
import { EnrolmentFollower } from './enrolment/enrolment-follower.js';
import { EnrolmentStore } from './enrolment/enrolment.store.js';
import { Enrolments } from './enrolment/enrolments.js';
import { KeptPlaces } from './enrolment/kept-places.js';
import { PlaceStore } from './enrolment/place.store.js';
import { WaitingList } from './enrolment/waiting-list.js';
import type { AdmittedLearners } from './message/message-schedules.js';
import { MessageStore } from './message/message.store.js';
import { PackageStore } from './package/package.store.js';
import { RegistrationStore } from './registration/registration.store.js';
import { SelectionStore } from './selection/selection.store.js';
import { SessionSteps, type SessionPlaces } from './session/session-steps.js';
import { SessionStore } from './session/session.store.js';
import { AuSessionStore } from './statement/au-session.store.js';
import { ProgressStore } from './statement/progress.store.js';
import { StatementDesk } from './statement/statement-desk.js';
import { StatementStore } from './statement/statement.store.js';
import { VideoStore } from './video/video.store.js';

/** What features of training share: the stores that several read, the steps of sessions with what hangs on them, and the desks of enrolments and statements. */
export interface TrainingShelf {
  readonly bodies: BodyStore;
  readonly courses: CourseStore;
  readonly desk: EnrolmentDesk;
  readonly keys: CertificateKeys;
  readonly learners: AdmittedLearners;
  readonly messages: MessageStore;
  readonly places: SessionPlaces;
  readonly prerequisites: PrerequisiteStore;
  readonly prework: Prework;
  readonly selections: SelectionStore;
  readonly sessions: SessionStore;
  readonly statements: StatementDesk;
  readonly steps: SessionSteps;
}

/** Made once for each process. */
export function shelfOf({ cipher, config, keyStore }: Platform): TrainingShelf {
  const [sessions, messages, store] = [new SessionStore(), new MessageStore(cipher), new EnrolmentStore(cipher)];
  const parts = { store, places: new PlaceStore(), enrolments: new Enrolments(store, messages) };
  const waitingList = new WaitingList(parts);
  const places = new KeptPlaces(parts, waitingList);
  const steps = new SessionSteps(sessions, places, [new EnrolmentFollower({ ...parts, sessions }, waitingList)]);
  const desk = new EnrolmentDesk({ ...parts, steps, waitingList });
  const [courses, prerequisites] = [new CourseStore(), new PrerequisiteStore()];
  const statements = new StatementDesk({
    sessions: new AuSessionStore(), statements: new StatementStore(), progress: new ProgressStore(), registrations: new RegistrationStore(cipher), packages: new PackageStore(),
    attempts: new AttemptStore(), videos: new VideoStore(), homePage: config.publicUrl ?? new URL(config.issuer).origin,
  });
  return {
    bodies: new BodyStore(cipher), courses, desk, keys: new CertificateKeys(keyStore), learners: store, messages, places, prerequisites, prework: new Prework(courses, prerequisites),
    selections: new SelectionStore(), sessions, statements, steps,
  };
}
