export * from './certificate-events.js';
export * from './course.js';
export * from './events.js';
export * from './problems.js';
export * from './rpcs.js';
export * from './session-events.js';
