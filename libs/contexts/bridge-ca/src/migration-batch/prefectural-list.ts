import type { CertificateProfile, Name } from '#pki';

const HOUR = 3_600_000;
const JAPAN = 9 * HOUR;
const RUN_HOUR = 2;

/** Lists of prefectures live as long as those of the agency's own authorities (JPKI-4.8). */
export const LIST_LIFE_MS = 48 * HOUR;
/** Former issues that stay readable (JPKI-4.8: at least 14). */
export const KEPT_LISTS = 20;

/** The daily run that should have been done by now, as the day in Japan on which it fell due at 02:00. */
export function dailyListRun(now: Date): string {
  return new Date(now.getTime() + JAPAN - RUN_HOUR * HOUR).toISOString().slice(0, 10);
}

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
