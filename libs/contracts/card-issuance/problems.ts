import { problemTable } from '#kernel';

/** Problems of this context: `urn:kiban:problem:card-issuance:<CODE>`. */
export const cardIssuanceProblems = problemTable('card-issuance', {});
