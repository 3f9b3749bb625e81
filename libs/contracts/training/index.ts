export * from './course.js';
export * from './enrolment-events.js';
export * from './events.js';
export * from './problems.js';
export * from './rpcs.js';
export * from './session-events.js';
export * from './statistics-events.js';
export * from './statistics-rpcs.js';
