import { problemTable } from '#kernel';

/** Problems of this context: `urn:kiban:problem:juki-net:<CODE>`. */
export const jukiNetProblems = problemTable('juki-net', {});
