export * from './events.js';
export * from './governance-events.js';
export * from './migration-events.js';
export * from './problems.js';
export * from './rpcs.js';
