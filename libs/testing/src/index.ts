export * from './estate.js';
export { counterAdded, sampleModule, sampleProblems } from './sample/sample.module.js';
