import type { PathFault } from '#pki';

/** The step of RFC 5280 that finds a fault, or the text that sets the limit. */
export const PATH_STEPS: Readonly<Record<PathFault, string>> = {
  BAD_CERTIFICATE: 'RFC 5280 4.1',
  NO_PATH: 'RFC 5280 6.1, RFC 4158',
  BAD_SIGNATURE: 'RFC 5280 6.1.3 (a)(1)',
  ALGORITHM_NOT_ACCEPTED: 'RFC 5280 6.1.3 (a)(1)',
  NOT_YET_VALID: 'RFC 5280 6.1.3 (a)(2)',
  EXPIRED: 'RFC 5280 6.1.3 (a)(2)',
  REVOKED: 'RFC 5280 6.1.3 (a)(3)',
  REVOCATION_UNKNOWN: 'RFC 5280 6.3',
  NAME_NOT_PERMITTED: 'RFC 5280 6.1.3 (b)',
  NAME_EXCLUDED: 'RFC 5280 6.1.3 (c)',
  NO_EXPLICIT_POLICY: 'RFC 5280 6.1.3 (f), 6.1.5 (g)',
  ANY_POLICY_MAPPED: 'RFC 5280 6.1.4 (a)',
  NOT_AN_AUTHORITY: 'RFC 5280 6.1.4 (k)',
  PATH_TOO_LONG: 'RFC 5280 6.1.4 (l), (m)',
  KEY_USAGE: 'RFC 5280 6.1.4 (n)',
  UNKNOWN_CRITICAL_EXTENSION: 'RFC 5280 6.1.4 (o), 6.1.5 (f)',
  PURPOSE_NOT_ALLOWED: 'RFC 5280 4.2.1.12',
  PEER_NAME_MISMATCH: 'RFC 9525',
  PATH_BUDGET_EXCEEDED: 'JPKI-4.10',
};
