import type { AdmittedLearners } from '../message/message-schedules.js';
import type { SessionPlaces } from './session-steps.js';

/** Of an estate that keeps no places: nobody has one. */
export const noPlaces: SessionPlaces = { taken: () => Promise.resolve(0), resize: () => Promise.resolve() };
export const nobody: AdmittedLearners = { admitted: () => Promise.resolve([]) };
