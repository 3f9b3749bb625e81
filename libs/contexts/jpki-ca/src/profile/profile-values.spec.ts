import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  authorityKeyIdentifierOf, buildTbsCertificate, certificatePoliciesOf, crlDistributionPointsOf, encodeName, extensionOf, extKeyUsageOf, generateRsaKey, issuerOf, OID, parseCertificate,
  publicKeyOctets, signCertificate, signingKeyOf, subjectAltNamesOf, subjectKeyIdentifierOf, type CertificateProfile, type ParsedCertificate,
} from '#pki';
import { fourAttributesOf, sexCode } from './four-attributes.js';
import { caName, partitionName, profileSet } from './profiles.js';
import { rootEnd } from '../ca/ca.js';

const set = profileSet('JPKI');
const PLACE = { prefecture: 'Kasumi-ken', municipality: 'Kasumi-shi', part: '' };
const HANAKO = fourAttributesOf({ nameKanji: '基盤　花子', birthDate: '19900401', sex: '2', address: '霞県霞市中央一丁目２番３号', foreignResident: false });
const [key, holderKey] = [signingKeyOf('ca', await generateRsaKey(2048)), signingKeyOf('holder', await generateRsaKey(2048))];
const notBefore = new Date('2015-10-20T02:40:28Z');
const root = parseCertificate(await signCertificate(buildTbsCertificate({ profile: set.root.sign, serial: 1n, issuer: 'self', notBefore, notAfter: rootEnd(notBefore), spki: key.publicKeySpki }), key));

async function issuedBy(profile: CertificateProfile, parameters: Record<string, string>, notAfter = new Date('2020-04-01T14:59:59Z')): Promise<ParsedCertificate> {
  const tbs = buildTbsCertificate({ profile, parameters, serial: 0x06d18006n, issuer: issuerOf(root), notBefore: new Date('2016-01-04T00:30:15Z'), notAfter, spki: holderKey.publicKeySpki });
  return parseCertificate(await signCertificate(tbs, key));
}

const shown = ({ subject }: ParsedCertificate): string => subject.map(({ type, value }) => `${type}=${value}`).join(', ');
const order = ({ extensions }: CertificateProfile): string => extensions.map(({ critical, value }) => `${value.kind}${critical ? '!' : ''}`).join(' ');
/** GeneralNames of one directoryName, as they stand in an extension. */
const isNamed = (certificate: ParsedCertificate, oid: string, words: readonly string[]): boolean => words.every((word) => extensionOf(certificate, oid)?.value.includes(Buffer.from(word)) === true);
const JAPANESE = ['公的個人認証サービス', '公的個人認証サービス署名用', '地方公共団体情報システム機構'];

describe('the root (JPKI-4.3)', () => {
  it('names itself in Japanese, its own entry as the place of its list, its key by method 1, and has the size of the published ones', () => {
    expect([isNamed(root, OID.subjectAltName, JAPANESE), crlDistributionPointsOf(root)]).toEqual([true, [[{ kind: 'directoryName', name: caName('JPKI', 'sign').map((one) => expect.objectContaining(one)) }]]]);
    expect(subjectKeyIdentifierOf(root)).toEqual(createHash('sha1').update(publicKeyOctets(root.spki)).digest());
    expect(root.der.length).toBeGreaterThanOrEqual(1_301);
    expect(root.der.length).toBeLessThanOrEqual(1_319);
    expect([root.der.includes(Buffer.from('151020024028Z')), root.der.includes(Buffer.from('251019145959Z'))]).toEqual([true, true]);
  });

  it('has the name whose SHA-256 stands in requests for its certificates (JPKI-4.9)', () => {
    expect(createHash('sha256').update(encodeName(caName('JPKI', 'sign'))).digest('hex')).toBe('8fbdd31f3d6c6e75ba3f77224f168ec02e11525dad627f11ffd91dab0ef47213');
  });
});

describe('certificates of holders (JPKI-4.2, 4.3)', () => {
  it('of signature: two places before the common name, one policy, the list of the municipality, the issuer by key, name and number', async () => {
    const certificate = await issuedBy(set.holder.SIGN_CERT, { ...PLACE, ...HANAKO, commonName: '201601040930150004299999001A' });
    expect(shown(certificate)).toBe('C=JP, L=Kasumi-ken, L=Kasumi-shi, CN=201601040930150004299999001A');
    expect(certificatePoliciesOf(certificate)).toEqual([{ oid: '1.2.392.200149.8.5.1.1.20', cpsUri: 'http://www.jpki.go.jp/cps.html' }]);
    expect(crlDistributionPointsOf(certificate)).toEqual([[{ kind: 'directoryName', name: partitionName('JPKI', 'sign', PLACE).map((one) => expect.objectContaining(one)) }]]);
    const next = await issuedBy(set.holder.SIGN_CERT, { ...PLACE, ...HANAKO, part: ' 2', commonName: '201601040930150004299999001A' });
    expect(crlDistributionPointsOf(next)).toEqual([[{ kind: 'directoryName', name: [...partitionName('JPKI', 'sign', PLACE).slice(0, -1), { type: 'CN', value: 'Kasumi-shi CRLDP 2' }].map((one) => expect.objectContaining(one)) }]]);
    expect(isNamed(certificate, OID.issuerAltName, JAPANESE)).toBe(true);
    const authority = authorityKeyIdentifierOf(certificate);
    expect([authority?.keyIdentifier, authority?.serial]).toEqual([key.keyIdentifier, 1n]);
    expect(isNamed(certificate, OID.authorityKeyIdentifier, ['JPKI for digital signature'])).toBe(true);
    expect([certificate.version, certificate.der.includes(Buffer.from('200401145959Z'))]).toEqual([3, true]);
  });

  it('of authentication: no place, no attribute, for clients only, its own policy', async () => {
    const certificate = await issuedBy(set.holder.AUTH_CERT, { ...PLACE, commonName: 'ABCDEFGHIJKLMN99999001A' });
    expect([shown(certificate), subjectAltNamesOf(certificate), extKeyUsageOf(certificate)]).toEqual(['C=JP, CN=ABCDEFGHIJKLMN99999001A', undefined, ['1.3.6.1.5.5.7.3.2']]);
    expect(certificatePoliciesOf(certificate)?.map(({ oid }) => oid)).toEqual(['1.2.392.200149.8.5.1.3.30']);
    expect(certificate.der.includes(Buffer.from('JPKI for user authentication'))).toBe(true);
  });

  it('say unknown where the register knows no sex (JPKI-4.4)', () => {
    expect(['1', '2', '3', '', 'x'].map(sexCode)).toEqual(['1', '2', '3', '3', '3']);
  });
});

describe('certificates of the service (JPKI-4.3)', () => {
  it('have the extensions of their purpose, critical where the document says so', () => {
    expect(order(set.link.sign)).toBe('keyUsage! basicConstraints! certificatePolicies crlDistributionPoints authorityKeyIdentifier subjectKeyIdentifier');
    expect(order(set.responder.auth)).toBe('keyUsage! extKeyUsage ocspNoCheck authorityKeyIdentifier subjectKeyIdentifier');
    expect(order(set.sealing.tsa)).toBe('keyUsage! extKeyUsage! authorityKeyIdentifier subjectKeyIdentifier');
  });

  it('of a responder: its name, for OCSP only, not to be asked about, by the authority\'s key', async () => {
    const certificate = await issuedBy(set.responder.sign, { number: '7' }, new Date('2016-02-03T00:30:15Z'));
    expect(shown(certificate)).toBe('C=JP, O=JPKI, CN=JPKI for digital signature OCSP responder 7');
    expect([extKeyUsageOf(certificate), extensionOf(certificate, OID.ocspNoCheck)?.value, authorityKeyIdentifierOf(certificate)]).toEqual([['1.3.6.1.5.5.7.3.9'], Buffer.from([5, 0]), { keyIdentifier: key.keyIdentifier }]);
  });
});
