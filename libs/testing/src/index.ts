export * from './estate.js';
export { counterAdded, sampleModule, sampleProblems } from './sample/sample.module.js';
export { softToken, softTokenAbsence, type SoftToken } from './soft-token.js';
