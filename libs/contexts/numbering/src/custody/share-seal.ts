import { X509Certificate } from 'node:crypto';
import { CompactEncrypt } from 'jose';

/** The certificate with which an officer receives a share: valid now, RSA of 2048 bits or more, or P-256 or P-384. */
export function certificateOf(pem: string, now: Date): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(pem);
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.publicKey;
    const strong = type === 'rsa' ? (details?.modulusLength ?? 0) >= 2_048 : type === 'ec' && ['prime256v1', 'secp384r1'].includes(details?.namedCurve ?? '');
    return strong && new Date(certificate.validFrom) <= now && now < new Date(certificate.validTo) ? certificate : undefined;
  } catch {
    return undefined;
  }
}

/** Seals a share for the holder of the certificate's key alone (JWE, RFC 7516). */
export async function sealShare(share: Buffer, { publicKey }: X509Certificate): Promise<string> {
  const alg = publicKey.asymmetricKeyType === 'rsa' ? 'RSA-OAEP-256' : 'ECDH-ES+A256KW';
  return new CompactEncrypt(share).setProtectedHeader({ alg, enc: 'A256GCM' }).encrypt(publicKey);
}
