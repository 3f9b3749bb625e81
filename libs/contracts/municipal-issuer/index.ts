export * from './binding.js';
export * from './certificate.js';
export * from './events.js';
export * from './problems.js';
export * from './rpcs.js';
