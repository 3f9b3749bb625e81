import { problemTable } from '#kernel';

/** Problems of this context: `urn:kiban:problem:bridge-ca:<CODE>`. */
export const bridgeCaProblems = problemTable('bridge-ca', {});
