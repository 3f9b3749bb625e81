import { problemTable } from '#kernel';

/** Problems of this context: `urn:kiban:problem:jpki-ca:<CODE>`. */
export const jpkiCaProblems = problemTable('jpki-ca', {});
