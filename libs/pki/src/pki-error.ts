/** Stable fault codes of the PKI engine. A context maps them to its own refusals; nothing here is text for residents. */
export type PkiErrorCode =
  | 'BAD_DER'
  | 'BAD_NAME'
  | 'BAD_TIME'
  | 'BAD_PEM'
  | 'BAD_KEY'
  | 'WEAK_KEY'
  | 'BAD_CSR'
  | 'BAD_PROFILE'
  | 'BAD_CERTIFICATE'
  | 'BAD_CRL'
  | 'CRL_UNSORTED'
  | 'CRL_MISMATCH'
  | 'OCSP_MALFORMED'
  | 'OCSP_MISMATCH'
  | 'BAD_CMS'
  | 'TIMESTAMP_MALFORMED'
  | 'BAD_SIGNATURE'
  | 'TOO_MUCH_WORK'
  | 'KEY_EXISTS'
  | 'KEY_NOT_FOUND'
  | 'KEY_STORE'
  | 'TOKEN_UNAVAILABLE'
  | 'TOKEN_BUSY';

/** The one error type of this library. `message` names the field at fault and never carries subject data or key material. */
export class PkiError extends Error {
  readonly code: PkiErrorCode;

  constructor(code: PkiErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'PkiError';
    this.code = code;
  }
}

const RECODED: ReadonlySet<PkiErrorCode> = new Set(['BAD_DER', 'BAD_NAME', 'BAD_TIME', 'BAD_PEM', 'BAD_KEY', 'BAD_CERTIFICATE', 'BAD_CMS']);

/** Runs a parser and turns the faults of the layers below into the fault code of the object being parsed. */
export function parsingAs<T>(code: PkiErrorCode, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof PkiError && error.code !== code && RECODED.has(error.code)) {
      throw new PkiError(code, error.message, error);
    }
    throw error;
  }
}
