import type { CertificateProfile, Name } from '#pki';

/** Where the list is that says whether the certificate of the agency's key is revoked. */
export function listSignerPoint(authority: Name): Name {
  return [...authority, { type: 'CN', value: 'CRL signer' }];
}

/**
 * The certificate by which a prefecture's authority lets the agency's key sign its lists (JPKI-4.12 b): self-issued, since both names are the
 * authority's, good for lists and nothing else (RFC 5280 6.3.3 f; PKITS 4.4.19-21). It has a distribution point of its own: who checks it
 * needs a list of the former key, which signs that one before it is destroyed.
 */
export function listSignerProfile(authority: Name): CertificateProfile {
  return {
    version: 3, signature: 'sha256WithRSAEncryption', id: 'list-signer', subject: authority, key: { modulusBits: 2048 }, validity: { maxYears: 10, endsAt: '145959' },
    extensions: [
      { critical: true, value: { kind: 'keyUsage', bits: ['cRLSign'] } },
      { critical: false, value: { kind: 'crlDistributionPoints', points: [[{ kind: 'directoryName', name: listSignerPoint(authority) }]] } },
      { critical: false, value: { kind: 'authorityKeyIdentifier', withIssuerAndSerial: false } },
      { critical: false, value: { kind: 'subjectKeyIdentifier' } },
    ],
  };
}
