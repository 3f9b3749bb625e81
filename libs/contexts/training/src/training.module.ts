import { trainingEvents, trainingProto } from '#contracts/training';
import { joinParts, type ContextModule } from '#platform';
import { bodyParts } from './body/body.parts.js';
import { certificateParts } from './certificate/certificate.parts.js';
import { courseParts } from './course/course.parts.js';
import { lecturerParts } from './lecturer/lecturer.parts.js';
import { policy } from './policy.js';
import { sessionParts } from './session/session.parts.js';
import { shelfOf } from './shelf.js';
import { subsidyParts } from './subsidy/subsidy.parts.js';
import { textbookParts } from './textbook/textbook.parts.js';
import { videoParts } from './video/video.parts.js';

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
    const { bodies, courses, sessions, steps } = shelf;
    return joinParts(
      bodyParts(bodies),
      courseParts(courses),
      sessionParts({ courses, sessions, steps }),
      certificateParts(platform, []),
      videoParts(platform, courses),
      subsidyParts(platform),
      lecturerParts(platform),
      textbookParts(platform),
    );
  },
};
