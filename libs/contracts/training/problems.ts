import { problemTable } from '#kernel';

/** Problems of this context: `urn:kiban:problem:training:<CODE>`. */
export const trainingProblems = problemTable('training', {});
