import { certificateEvents } from './certificate-events.js';
import { sessionEvents } from './session-events.js';

/** Events of this context, in the order of the life of what they tell of. */
export const trainingEvents = [...sessionEvents, ...certificateEvents] as const;
