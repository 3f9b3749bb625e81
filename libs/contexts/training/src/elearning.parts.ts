import { joinParts, type ContextParts, type Platform } from '#platform';
import { assessmentParts } from './assessment/assessment.parts.js';
import { AssessmentStore } from './assessment/assessment.store.js';
import { packageParts } from './package/package.parts.js';
import { OfferStore } from './registration/offer.store.js';
import { registrationParts } from './registration/registration.parts.js';
import type { TrainingShelf } from './shelf.js';
import { DocumentStore } from './statement/document.store.js';
import { LaunchDoors } from './statement/launch-door.js';
import { RuntimeDesk } from './statement/runtime-desk.js';
import { SessionCloser } from './statement/session-closer.js';
import { statementParts } from './statement/statement.parts.js';

/** eラーニング: packages, registrations, launches with what content states, tests (TRN-3.4, 4.2, 4.6, 4.7). */
export function elearningParts({ database, clock }: Platform, { bodies, courses, prerequisites, statements: desk }: TrainingShelf): ContextParts {
  const { attempts, homePage, packages, progress, registrations, sessions, statements } = desk.parts;
  const [offers, documents, assessments] = [new OfferStore(), new DocumentStore(), new AssessmentStore()];
  const runtime = new RuntimeDesk({ desk, sessions, progress, documents, packages });
  const closer = new SessionCloser({ sessions, registrations, runtime, desk });
  const doors = new LaunchDoors({ database, sessions, now: () => clock.now() });
  return joinParts(
    packageParts(packages, courses),
    registrationParts({ offers, registrations, courses, packages, assessments, bodies, prerequisites, progress }),
    statementParts({ registrations, sessions, packages, documents, desk, closer, progress, runtime, statements, doors, base: `${homePage}/api/training/v1` }),
    assessmentParts({ attempts, assessments, registrations, desk }, courses),
  );
}
