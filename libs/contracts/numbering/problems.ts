import { problemTable } from '#kernel';

/** Problems of this context: `urn:kiban:problem:numbering:<CODE>`. */
export const numberingProblems = problemTable('numbering', {});
