import { describe, expect, it } from 'vitest';
import { buildTbsCertificate, generateRsaKey, issuerOf, lintCertificate, parseCertificate, signCertificate, signingKeyOf, type CertificateProfile } from '#pki';
import { rootEnd } from '../ca/ca.js';
import { fourAttributesOf } from './four-attributes.js';
import { holderLints } from './lints.js';
import { profileSet } from './profiles.js';

const set = profileSet('JPKI-TEST');
const key = signingKeyOf('ca', await generateRsaKey(2048));
const spki = signingKeyOf('holder', await generateRsaKey(2048)).publicKeySpki;
const notBefore = new Date('2016-01-04T00:30:15Z');
const place = { prefecture: 'Kasumi-ken', municipality: 'Kasumi-shi', part: '' };
const HANAKO = fourAttributesOf({ nameKanji: '基盤　花子', birthDate: '19900401', sex: '2', address: '霞県霞市中央一丁目２番３号', foreignResident: false });

async function findings(type: 'SIGN_CERT' | 'AUTH_CERT', made: CertificateProfile, parameters: Record<string, string>): Promise<string[]> {
  const ca = type === 'SIGN_CERT' ? 'sign' : 'auth';
  const root = parseCertificate(await signCertificate(buildTbsCertificate({ profile: set.root[ca], serial: 1n, issuer: 'self', notBefore, notAfter: rootEnd(notBefore), spki: key.publicKeySpki }), key));
  const tbs = buildTbsCertificate({ profile: made, parameters, serial: 2n, issuer: issuerOf(root), notBefore, notAfter: new Date('2020-04-01T14:59:59Z'), spki });
  return lintCertificate(await signCertificate(tbs, key), root, { profile: set.holder[type], lints: holderLints('JPKI-TEST') }).map(({ id }) => id);
}

describe('attributes where they belong (JPKI-4.15)', () => {
  const names = set.holder.SIGN_CERT.extensions.filter(({ value }) => value.kind === 'subjectAltName');

  it('a certificate for authentication has none', async () => {
    const profile = { ...set.holder.AUTH_CERT, extensions: [...set.holder.AUTH_CERT.extensions, ...names] };
    expect(await findings('AUTH_CERT', profile, { ...place, ...HANAKO, commonName: 'ABCDEFGHIJKLMN99999001A' })).toContain('e_san_on_auth_cert');
  });

  it('one for signatures has them in the form of the document and no other name beside them', async () => {
    const extensions = set.holder.SIGN_CERT.extensions.map((one) => (one.value.kind === 'subjectAltName' ? { ...one, value: { ...one.value, names: [...one.value.names, { kind: 'directoryName', name: [{ type: 'C', value: 'JP' }] } as const] } } : one));
    const found = await findings('SIGN_CERT', { ...set.holder.SIGN_CERT, extensions }, { ...place, ...HANAKO, commonName: '201601040930150004299999001A' });
    expect(found).toContain('e_san_tag_utf8');
  });
});
