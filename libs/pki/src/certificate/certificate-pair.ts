import { assertDer } from '../der/canonical.js';
import { type DerCursor, openSingle } from '../der/read.js';
import { TAG, contextConstructedTag } from '../der/tag.js';
import { contextConstructed, sequence } from '../der/write.js';
import { nameKeyOf } from '../name/same-name.js';
import { PkiError, parsingAs } from '../pki-error.js';
import { type ParsedCertificate, basicConstraintsOf, isCertificateSignedBy, keyUsageOf, parseCertificate } from './certificate.js';

/** CertificatePair at the entry of an authority (X.509 11.2.3, RFC 4523 2.5; JPKI 4.10). */
export interface CertificatePair {
  /** Issued to this authority by the other. */
  readonly forward?: ParsedCertificate;
  /** Issued by this authority to the other. */
  readonly reverse?: ParsedCertificate;
}

/** Why two certificates are not a pair of this authority. */
export type CertificatePairFault =
  /** Neither is there. */
  | 'EMPTY'
  /** Subject or key of the forward certificate is not the authority's. */
  | 'FORWARD_NAME'
  | 'FORWARD_KEY'
  /** Issuer of the reverse certificate is not the authority, or its key did not sign it. */
  | 'REVERSE_NAME'
  | 'REVERSE_SIGNATURE'
  /** One of them does not make an authority of its subject (RFC 5280 4.2.1.9, 4.2.1.3). */
  | 'NOT_AN_AUTHORITY'
  /** Issued to itself: not between two authorities. */
  | 'SAME_AUTHORITY'
  /** The issuer of the forward certificate is not the subject of the reverse one. */
  | 'NAMES_DO_NOT_CROSS'
  /** The key in the reverse certificate did not sign the forward one. */
  | 'KEYS_DO_NOT_CROSS';

/** CertificatePair DER from the DER of one certificate or both. Faults `BAD_CERTIFICATE` when both are left out. */
export function encodeCertificatePair({ forward, reverse }: { readonly forward?: Buffer; readonly reverse?: Buffer }): Buffer {
  if (forward === undefined && reverse === undefined) throw new PkiError('BAD_CERTIFICATE', 'certificate pair is empty');
  return sequence(...[forward, reverse].flatMap((one, tag) => (one === undefined ? [] : [contextConstructed(tag, one)])));
}

function certificateAt(cursor: DerCursor, tag: number): ParsedCertificate | undefined {
  const wrapped = cursor.readIf(contextConstructedTag(tag));
  return wrapped === undefined ? undefined : parseCertificate(wrapped.content);
}

/** Reads a CertificatePair; what makes it a pair, `certificatePairFaultOf` says. Faults `BAD_CERTIFICATE`. */
export function parseCertificatePair(der: Buffer): CertificatePair {
  return parsingAs('BAD_CERTIFICATE', () => {
    assertDer(der);
    const cursor = openSingle(der, TAG.sequence);
    const forward = certificateAt(cursor, 0);
    const reverse = certificateAt(cursor, 1);
    cursor.finish();
    if (forward === undefined && reverse === undefined) throw new PkiError('BAD_CERTIFICATE', 'pair without certificate');
    return { ...(forward === undefined ? {} : { forward }), ...(reverse === undefined ? {} : { reverse }) };
  });
}

function isAuthority(certificate: ParsedCertificate): boolean {
  return basicConstraintsOf(certificate)?.ca === true && keyUsageOf(certificate)?.includes('keyCertSign') !== false;
}

function isSameName(a: Buffer, b: Buffer): boolean {
  return nameKeyOf(a) === nameKeyOf(b);
}

/** An authority by the name and the key it has now: generations share the name. */
interface Authority {
  readonly subjectDer: Buffer;
  readonly spki: Buffer;
}

function forwardFaultOf(forward: ParsedCertificate, authority: Authority): CertificatePairFault | undefined {
  if (!isSameName(forward.subjectDer, authority.subjectDer)) return 'FORWARD_NAME';
  return forward.spki.equals(authority.spki) ? undefined : 'FORWARD_KEY';
}

function reverseFaultOf(reverse: ParsedCertificate, authority: Authority): CertificatePairFault | undefined {
  if (!isSameName(reverse.issuerDer, authority.subjectDer)) return 'REVERSE_NAME';
  return isCertificateSignedBy(reverse, authority.spki) ? undefined : 'REVERSE_SIGNATURE';
}

/**
 * First fault of the pair at the entry of `authority`, or undefined: the forward certificate is issued to it, the reverse one by it, and
 * with both each is issued by the subject of the other (X.509 11.2.3). Faults `BAD_CERTIFICATE` on an extension or name that cannot be
 * read. Validity and revocation are left to the path.
 */
export function certificatePairFaultOf({ forward, reverse }: CertificatePair, authority: Authority): CertificatePairFault | undefined {
  const given = [forward, reverse].filter((one) => one !== undefined);
  if (given.length === 0) return 'EMPTY';
  const fault = (forward && forwardFaultOf(forward, authority)) ?? (reverse && reverseFaultOf(reverse, authority));
  if (fault !== undefined) return fault;
  if (!given.every(isAuthority)) return 'NOT_AN_AUTHORITY';
  if (given.some(({ issuerDer, subjectDer }) => isSameName(issuerDer, subjectDer))) return 'SAME_AUTHORITY';
  if (forward === undefined || reverse === undefined) return undefined;
  if (!isSameName(forward.issuerDer, reverse.subjectDer)) return 'NAMES_DO_NOT_CROSS';
  return isCertificateSignedBy(forward, reverse.spki) ? undefined : 'KEYS_DO_NOT_CROSS';
}
