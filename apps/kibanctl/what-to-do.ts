/** By the code of a refusal: what the status alone does not tell. */
const BY_CODE: Readonly<Record<string, string>> = {
  ACTION_NOT_PERMITTED: 'Another institution may do this: name its client with --as; "kibanctl clients" lists them.',
  CEREMONY_DAY: 'A ceremony is held on its day alone: plan another one with "kibanctl key-ceremonies plan".',
  CERTIFICATE_FAULT: 'Leave a valid certificate of RSA 2048 or P-256 or more, with a key that no other officer has.',
  EXCHANGE_CERTIFICATE: '"kibanctl exchange-certificates list" tells what is registered; "register" takes a valid one.',
  HASH_MISMATCH: 'Fetch the file again, and name the hash of its detail records, which stands in its trailer.',
  INVALID_INPUT: 'Correct the options that are named; --help describes them.',
  KEY_NOT_ACTIVE: '"kibanctl key-ceremonies list" tells whether there is a key; three officers put one back with "kibanctl key-shares restore".',
  NATIONAL_CLOSED: 'Try again when "kibanctl servers list" says OPEN.',
  NOT_CUSTODIAN: '"kibanctl key-ceremonies show" names the five officers who may.',
  OPERATOR_NOT_ASSERTED: 'The token names no officer: give --token a file with a token of the officer from the OpenID provider.',
  OUT_OF_JURISDICTION: 'Name with --as a client of the municipality or prefecture whose affair it is.',
  OWN_ALERT: 'Let an officer whom the alert is not about decide.',
  PREFECTURE_CLOSED: 'Try again when "kibanctl servers list" says OPEN.',
  PURPOSE_NOT_PERMITTED: 'Name with --purpose the affairs for which the thing was asked.',
  SAME_OFFICER: 'Let another officer give the command, with their --as or --token.',
  SHARE_FAULT: 'Give the share of the officer whom the token names, and the key of the certificate that this officer left.',
};

const BY_STATUS: Readonly<Record<number, string>> = {
  400: 'Correct the request; --help describes it.',
  401: 'Get a new token, or name another client with --as.',
  403: 'Use a client that may do this.',
  404: 'Look the id up with the list of the same kind.',
  409: 'Its state does not allow this: look at the state with "show" or "list" first.',
  413: 'Send less at once.',
  415: 'Send a file of the type that --help names.',
  422: 'Correct what the code names and send it again.',
  429: 'Wait a moment and try again.',
  503: 'Wait a moment and try again; "kibanctl status" tells which context is away.',
};

/** What an operator does about a refusal. */
export function whatToDo(code: string, status: number): string {
  return BY_CODE[code] ?? BY_STATUS[status] ?? 'Tell those who run the estate what stands in brackets.';
}
