import { createPrivateKey, type KeyObject } from 'node:crypto';
import { buildTbsCertificate, signCertificate } from '../certificate/build-certificate.js';
import { keyUsageOf, parseCertificate, type ParsedCertificate } from '../certificate/certificate.js';
import type { CertificateProfile } from '../certificate/profile.js';
import { pemDecode } from '../der/pem.js';
import { rsaPublicKeyOf } from '../key/public-key.js';
import { generateRsaKey, signingKeyOf, type SigningKey } from '../key/signing-key.js';
import { PkiError } from '../pki-error.js';

const BITS = 2_048;

/** With which one side of an exchange signs its files and opens those sent to it. */
export interface FileKey {
  readonly certificate: ParsedCertificate;
  readonly signingKey: SigningKey;
  readonly privateKey: KeyObject;
}

/** What is kept of a file key: the private half as PKCS #8 in base64, which is secret, and the certificate that signs itself. */
export interface KeptFileKey {
  readonly pkcs8: string;
  readonly certificate: Buffer;
}

/** A new RSA key with its certificate. The serial tells certificates of one issuer apart. */
export async function makeFileKey(unit: string, { serial, notBefore, notAfter }: { readonly serial: bigint; readonly notBefore: Date; readonly notAfter: Date }): Promise<KeptFileKey> {
  const privateKey = await generateRsaKey(BITS);
  const signingKey = signingKeyOf(unit, privateKey);
  const tbs = buildTbsCertificate({ profile: profileOf(unit), serial, issuer: 'self', notBefore, notAfter, spki: signingKey.publicKeySpki });
  return { pkcs8: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'), certificate: await signCertificate(tbs, signingKey) };
}

export function readFileKey(unit: string, { pkcs8, certificate }: KeptFileKey): FileKey {
  const privateKey = createPrivateKey({ key: Buffer.from(pkcs8, 'base64'), format: 'der', type: 'pkcs8' });
  return { certificate: parseCertificate(certificate), signingKey: signingKeyOf(unit, privateKey), privateKey };
}

/** A partner's certificate for files: RSA of 2048 bits or more, for signatures and for keys of files; undefined where it is none. */
export function partnerCertificate(pem: string): ParsedCertificate | undefined {
  try {
    const certificate = parseCertificate(pemDecode(pem, ['CERTIFICATE']));
    const usage = keyUsageOf(certificate);
    const strong = rsaPublicKeyOf(certificate.spki).modulus.toString(2).length >= BITS;
    return strong && usage?.includes('digitalSignature') === true && usage.includes('keyEncipherment') ? certificate : undefined;
  } catch (error) {
    if (error instanceof PkiError) return undefined;
    throw error;
  }
}

function profileOf(unit: string): CertificateProfile {
  return {
    id: unit, version: 3, signature: 'sha256WithRSAEncryption', key: { modulusBits: BITS },
    subject: [{ type: 'C', value: 'JP' }, { type: 'O', value: 'Kiban' }, { type: 'OU', value: unit }, { type: 'CN', value: 'file exchange' }],
    validity: { maxDays: 5 * 366 },
    extensions: [{ critical: true, value: { kind: 'keyUsage', bits: ['digitalSignature', 'keyEncipherment'] } }],
  };
}
