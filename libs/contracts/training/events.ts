import { certificateEvents } from './certificate-events.js';
import { elearningEvents } from './elearning-events.js';
import { enrolmentEvents } from './enrolment-events.js';
import { sessionEvents } from './session-events.js';
import { statisticsEvents } from './statistics-events.js';

/** Events of this context, in the order of the life of what they tell of. */
export const trainingEvents = [...sessionEvents, ...enrolmentEvents, ...certificateEvents, ...statisticsEvents, ...elearningEvents] as const;
