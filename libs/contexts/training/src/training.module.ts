import { trainingEvents, trainingProto } from '#contracts/training';
import { joinParts, type ContextModule } from '#platform';
import { attendanceParts } from './attendance/attendance.parts.js';
import { bodyParts } from './body/body.parts.js';
import { certificateParts } from './certificate/certificate.parts.js';
import { CompletedEnrolments } from './certificate/completed-enrolments.js';
import { CompletedRegistrations } from './certificate/completed-registrations.js';
import { courseParts } from './course/course.parts.js';
import { elearningParts } from './elearning.parts.js';
import { enrolmentParts } from './enrolment/enrolment.parts.js';
import { lecturerParts } from './lecturer/lecturer.parts.js';
import { messageParts } from './message/message.parts.js';
import { planParts } from './plan/plan.parts.js';
import { policy } from './policy.js';
import { retentionParts } from './retention/retention.parts.js';
import { selectionParts } from './selection/selection.parts.js';
import { sessionParts } from './session/session.parts.js';
import { shelfOf } from './shelf.js';
import { ElearningFiguresStore } from './statistics/elearning-figures.store.js';
import { statisticsParts } from './statistics/statistics.parts.js';
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
    return joinParts(
      bodyParts(shelf.bodies),
      courseParts(shelf),
      planParts(shelf),
      sessionParts(shelf),
      enrolmentParts(platform, shelf),
      selectionParts(shelf),
      attendanceParts(platform, shelf),
      messageParts(shelf),
      elearningParts(platform, shelf),
      retentionParts,
      statisticsParts(new ElearningFiguresStore()),
      certificateParts(platform, shelf.keys, [
        new CompletedEnrolments({ ...shelf.desk.parts, messages: shelf.messages }),
        new CompletedRegistrations(shelf.statements.parts.registrations, shelf.messages),
      ]),
      videoParts(platform, shelf),
      subsidyParts(platform),
      lecturerParts(platform),
      textbookParts(platform),
    );
  },
};
