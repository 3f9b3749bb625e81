import { trainingEvents, trainingProto } from '#contracts/training';
import { joinParts, type ContextModule } from '#platform';
import { bodyParts } from './body/body.parts.js';
import { courseParts } from './course/course.parts.js';
import { messageParts } from './message/message.parts.js';
import { planParts } from './plan/plan.parts.js';
import { policy } from './policy.js';
import { sessionParts } from './session/session.parts.js';
import { shelfOf } from './shelf.js';

/** 研修: seminars, e-learning, certificates, subsidies, lecturers and textbooks for the staff of local governments. */
export const trainingModule: ContextModule = {
  name: 'training',
  title: 'Training',
  migrations: new URL('./migrations/', import.meta.url),
  proto: trainingProto,
  events: trainingEvents,
  policy,
  build: (platform) => {
    const shelf = shelfOf(platform);
    return joinParts(
      bodyParts(shelf.bodies),
      courseParts(shelf.courses),
      planParts(shelf),
      sessionParts(shelf),
      messageParts(shelf),
    );
  },
};
