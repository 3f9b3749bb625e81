import { joinParts, type ContextParts, type Platform } from '#platform';
import { assessmentParts } from './assessment/assessment.parts.js';
import { AssessmentStore } from './assessment/assessment.store.js';
import { AttemptStore } from './assessment/attempt.store.js';
import { packageParts } from './package/package.parts.js';
import { PackageStore } from './package/package.store.js';
import { OfferStore } from './registration/offer.store.js';
import { registrationParts } from './registration/registration.parts.js';
import { RegistrationStore } from './registration/registration.store.js';
import type { TrainingShelf } from './shelf.js';
import { AuSessionStore } from './statement/au-session.store.js';
import { DocumentStore } from './statement/document.store.js';
import { LaunchDoors } from './statement/launch-door.js';
import { ProgressStore } from './statement/progress.store.js';
import { RuntimeDesk } from './statement/runtime-desk.js';
import { SessionCloser } from './statement/session-closer.js';
import { StatementDesk } from './statement/statement-desk.js';
import { statementParts } from './statement/statement.parts.js';
import { StatementStore } from './statement/statement.store.js';

/** eラーニング: packages, registrations, launches with what content states, tests (TRN-3.4, 4.2, 4.6, 4.7). */
export function elearningParts({ config, database, cipher, clock }: Platform, { bodies, courses }: TrainingShelf): ContextParts {
  const homePage = config.publicUrl ?? new URL(config.issuer).origin;
  const packages = new PackageStore();
  const [offers, registrations] = [new OfferStore(), new RegistrationStore(cipher)];
  const [sessions, statements, documents, progress] = [new AuSessionStore(), new StatementStore(), new DocumentStore(), new ProgressStore()];
  const [assessments, attempts] = [new AssessmentStore(), new AttemptStore()];
  const desk = new StatementDesk({ sessions, statements, progress, registrations, packages, attempts, homePage });
  const runtime = new RuntimeDesk({ desk, sessions, progress, documents, packages });
  const closer = new SessionCloser({ sessions, registrations, runtime, desk });
  const doors = new LaunchDoors({ database, sessions, now: () => clock.now() });
  return joinParts(
    packageParts(packages, courses),
    registrationParts({ offers, registrations, courses, packages, assessments, bodies, progress }),
    statementParts({ registrations, sessions, packages, documents, desk, closer, progress, runtime, statements, doors, base: `${homePage}/api/training/v1` }),
    assessmentParts({ attempts, assessments, registrations, desk }, courses),
  );
}
