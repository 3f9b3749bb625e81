import type { Judge } from './judge.js';

/** Cases that a program judges otherwise than the rule says, with the clause and the reason. One that is none any more is told as well. */
export interface Difference {
  readonly judge: Judge['name'];
  readonly cases: readonly string[];
  readonly clause: string;
  readonly reason: string;
  /** The program answers now so, now otherwise: it depends on an order that it does not keep. */
  readonly sometimes?: true;
}

export const DIFFERENCES: readonly Difference[] = [
  {
    judge: 'openssl', cases: ['old-with-new', 'new-with-old', 'link-not-listed'], clause: 'RFC 5280 4.2.1.1',
    reason: 'authorityCertIssuer and authorityCertSerialNumber of the holder name the self-signed root: a link certificate, of the same name and key, has another serial number and is not tried',
  },
  { judge: 'openssl', cases: ['list-past'], clause: 'RFC 5280 5.1.2.5', reason: 'the program crl verifies the signature and looks at no time; verify does' },
  {
    judge: 'java', cases: ['link-revoked-old-key-denies'], clause: 'RFC 5280 6.3.3 (f), (l)', sometimes: true,
    reason: 'may take the list that is signed by the key which the revoked link certifies, and looks at no other once every reason is covered',
  },
  { judge: 'java', cases: ['list-past'], clause: 'RFC 5280 5.1.2.5', reason: 'X509CRL.verify is of the signature alone' },
  { judge: 'gnutls', cases: ['policy-of-another'], clause: 'RFC 5280 6.1.5 (g)', reason: 'certtool asks for no policy' },
  {
    judge: 'gnutls', cases: ['bridge-b1', 'bridge-b7', 'bridge-b9', 'bridge-names-permitted'], clause: 'RFC 5280 6.1.4 (a), (i)',
    reason: 'does not know policyMappings and policyConstraints: critical ones are refused',
  },
  {
    judge: 'gnutls', cases: ['revoked', 'on-hold', 'revoked-by-the-next-key'], clause: 'RFC 5280 5.2.5, 6.3.3',
    reason: 'keeps one list of an issuer, whatever its distribution point or key: the list of authorities takes the place of that of holders',
  },
  {
    judge: 'gnutls', cases: ['no-list', 'list-of-another-partition', 'list-of-authorities-only', 'list-expired', 'list-by-another-key'], clause: 'RFC 5280 6.3.3',
    reason: 'a certificate without a list that can be used is not revoked',
  },
  { judge: 'gnutls', cases: ['ocsp-good-by-authority'], clause: 'RFC 6960 4.2.2.2', reason: 'looks for the signer among the certificates of the answer alone' },
  { judge: 'gnutls', cases: ['ocsp-past'], clause: 'RFC 6960 3.2 (6)', reason: 'ocsptool verifies the signature and looks at no time' },
  {
    judge: 'nss', cases: ['not-listed', 'login-not-listed', 'not-listed-by-the-next-key', 'link-not-listed', 'list', 'list-own-stranger'], clause: 'RFC 5280 5.2.5',
    reason: 'does not know issuingDistributionPoint, which is critical: takes no list of a partition, only full ones',
  },
  { judge: 'nss', cases: ['cms'], clause: 'RFC 5280 6.1.3 (d)', reason: 'cmsutil validates by the older library, which does not know certificatePolicies: critical ones are refused' },
];
