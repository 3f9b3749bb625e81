import { problemTable } from '#kernel';

/** Problems of this context: `urn:kiban:problem:issuing-centre:<CODE>`. */
export const issuingCentreProblems = problemTable('issuing-centre', {});
