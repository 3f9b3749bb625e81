import type { KeyObject } from 'node:crypto';
import { type ParsedCertificate, extensionOf } from '../certificate/certificate.js';
import type { KeyUsage } from '../certificate/extension-value.js';
import { OID } from '../der/oid.js';
import { verifyingKeyOf } from '../key/public-key.js';
import { isNamed } from '../name/peer-name.js';
import type { CertificateFacts } from './certificate-facts.js';
import type { PathRequest } from './path.js';
import type { CertificateFault } from './soundness.js';

const ANY_PURPOSE = '2.5.29.37.0';

interface Purpose {
  readonly oid: string;
  /** At least one of them in a keyUsage that is present (4.2.1.12). */
  readonly keyUsage: readonly KeyUsage[];
  /** Only a certificate that names this very purpose. */
  readonly explicit?: true;
  /** The rules of TLS peers come on top. */
  readonly tls?: true;
}

const PURPOSES: Readonly<Record<string, Purpose>> = {
  serverAuth: { oid: '1.3.6.1.5.5.7.3.1', keyUsage: ['digitalSignature', 'keyEncipherment', 'keyAgreement'], tls: true },
  clientAuth: { oid: OID.clientAuth, keyUsage: ['digitalSignature', 'keyAgreement'], tls: true },
  codeSigning: { oid: '1.3.6.1.5.5.7.3.3', keyUsage: ['digitalSignature'] },
  emailProtection: { oid: '1.3.6.1.5.5.7.3.4', keyUsage: ['digitalSignature', 'nonRepudiation', 'keyEncipherment', 'keyAgreement'] },
  timeStamping: { oid: OID.timeStamping, keyUsage: ['digitalSignature', 'nonRepudiation'], explicit: true },
  OCSPSigning: { oid: OID.ocspSigning, keyUsage: ['digitalSignature', 'nonRepudiation'], explicit: true },
};

/** Stands for a misspelt name, which must not become a question without rules. */
const NO_PURPOSE: Purpose = { oid: '', keyUsage: [], explicit: true };

/** The purpose with this short name or OID; one that RFC 5280 does not name has no rule on keyUsage. */
function purposeOf(asked: string): Purpose {
  const named = Object.hasOwn(PURPOSES, asked) ? PURPOSES[asked] : Object.values(PURPOSES).find(({ oid }) => oid === asked);
  return named ?? (/^[0-2](\.[0-9]+)+$/.test(asked) ? { oid: asked, keyUsage: [] } : NO_PURPOSE);
}

/** Whether the rules of TLS peers hold for a question. */
export function isForTls({ purpose }: PathRequest): boolean {
  return purpose !== undefined && purposeOf(purpose).tls === true;
}

function notAllowed(detail: string): CertificateFault {
  return { reason: 'PURPOSE_NOT_ALLOWED', detail };
}

function purposeFaultOf(certificate: ParsedCertificate, facts: CertificateFacts, purpose: Purpose): CertificateFault | undefined {
  const { extKeyUsage, keyUsage } = facts;
  const anyCounts = purpose.explicit !== true && purpose.tls !== true;
  const named = extKeyUsage?.includes(purpose.oid) === true || (anyCounts && extKeyUsage?.includes(ANY_PURPOSE) === true);
  const allowed = named || (extKeyUsage === undefined && purpose.explicit !== true);
  if (!allowed) return notAllowed(`extKeyUsage does not allow ${purpose.oid} (4.2.1.12)`);
  if (purpose.keyUsage.length > 0 && keyUsage?.some((bit) => purpose.keyUsage.includes(bit)) === false) {
    return notAllowed(`keyUsage is not consistent with ${purpose.oid} (4.2.1.12)`);
  }
  const alone = extKeyUsage?.length === 1 && extensionOf(certificate, OID.extKeyUsage)?.critical === true;
  if (purpose.oid === OID.timeStamping && !alone) return notAllowed('extKeyUsage is not critical with timeStamping alone (RFC 3161 2.3)');
  return undefined;
}

/** What is asked of the target beyond 6.1: purpose, peer name, and for TLS its key. */
export function targetPurposeFaultOf(certificate: ParsedCertificate, facts: CertificateFacts, request: PathRequest): CertificateFault | undefined {
  const { purpose, peerName } = request;
  const asked = purpose === undefined ? undefined : purposeOf(purpose);
  const fault = asked === undefined ? undefined : purposeFaultOf(certificate, facts, asked);
  if (fault !== undefined) return fault;
  if (asked?.tls === true && facts.basicConstraints?.ca === true) return notAllowed('an authority is no TLS peer');
  if (peerName !== undefined && !isNamed(certificate, peerName)) {
    return { reason: 'PEER_NAME_MISMATCH', detail: facts.hasAltName ? 'subjectAltName does not name the peer' : 'there is no subjectAltName' };
  }
  return asked?.tls === true ? keyFaultOf(certificate.spki, true) : undefined;
}

/** An extKeyUsage in an authority's certificate limits what the certificates below may be used for. */
export function issuerPurposeFaultOf({ extKeyUsage }: CertificateFacts, { purpose }: PathRequest): CertificateFault | undefined {
  if (purpose === undefined || extKeyUsage === undefined || extKeyUsage.includes(ANY_PURPOSE)) return undefined;
  const { oid } = purposeOf(purpose);
  return extKeyUsage.includes(oid) ? undefined : notAllowed(`extKeyUsage of an issuer does not allow ${oid}`);
}

/** NIST P-256, P-384, P-521 (RFC 5480 2.1.1.1). */
const CURVES = new Set<string | undefined>(['1.2.840.10045.3.1.7', '1.3.132.0.34', '1.3.132.0.35']);

/** Why a key is not accepted: too weak, malformed, or not of a kind that is in use; stricter for TLS (CA/B baseline 6.1.5, 6.1.6). */
export function keyFaultOf(spki: Buffer, tls: boolean): CertificateFault | undefined {
  const key = verifyingKeyOf(spki);
  const detail = key === undefined ? 'public key is not of an accepted kind, or malformed' : strengthFaultOf(key, tls);
  return detail === undefined ? undefined : { reason: 'ALGORITHM_NOT_ACCEPTED', detail };
}

/** The lengths of FIPS 186-4; none for TLS. */
function dsaFaultOf({ asymmetricKeyDetails }: KeyObject, tls: boolean): string | undefined {
  const bits = asymmetricKeyDetails?.modulusLength ?? 0;
  return tls || bits < 1024 || bits > 3072 ? `DSA key of ${bits} bits` : undefined;
}

function strengthFaultOf({ type, object, rsa, curve }: NonNullable<ReturnType<typeof verifyingKeyOf>>, tls: boolean): string | undefined {
  if (type === 'dsa') return dsaFaultOf(object, tls);
  if (type === 'ec') return CURVES.has(curve) ? undefined : 'elliptic curve is not accepted';
  if (rsa === undefined) return tls && type === 'ed448' ? 'Ed448 is not accepted for TLS' : undefined;
  const { modulusBits, odd, exponent } = rsa;
  if (modulusBits < (tls ? 2048 : 1024)) return `RSA modulus of ${modulusBits} bits`;
  if (tls && modulusBits % 8 !== 0) return 'RSA modulus is not of whole octets';
  if (!odd || exponent < 3n || exponent % 2n === 0n) return 'RSA modulus or exponent is not sane';
  return tls && exponent >= 1n << 256n ? 'RSA exponent is too large' : undefined;
}
