import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { addDays, localDateOf, toLocalDate, type Feb29Rule } from '#kernel';
import {
  buildTbsCertificate, certIdOf, encodeExtensionValue, encodeIssuingDistributionPoint, encodeName, fillProfile, generateRsaKey, issuerOf, lintCertificate, oid, parseCertificate,
  signCertificate, signingKeyOf, type CertificateProfile, type GivenValue,
} from '#pki';
import { organisationFor, rootEnd, serialHex, CA_IDS } from '../ca/ca.js';
import { birthDateCode, fourAttributesOf, isBirthDateCode } from './four-attributes.js';
import { holderLints } from './lints.js';
import { ATTRIBUTE_OID, POLICY_OID, caName, partitionName, profileSet } from './profiles.js';
import { authCommonName, isWindowOf, productionWindowId, signCommonName } from './subject-names.js';
import { certificateEnd, isOfSigningAge, isRenewal, lastRenewableEnd } from './validity.js';

const KASUMI = { prefecture: 'Kasumi-ken', municipality: 'Kasumi-shi', part: '' };
const HANAKO = { nameKanji: '基盤　花子', birthDate: '19900401', sex: '2', address: '霞県霞市中央一丁目２番３号', foreignResident: false };

const sha = (bytes: Buffer, hash = 'sha256') => createHash(hash).update(bytes).digest('hex');
const isGiven = (value: CertificateProfile['extensions'][number]['value']): value is GivenValue =>
  value.kind !== 'authorityKeyIdentifier' && value.kind !== 'subjectKeyIdentifier';

function extension(profile: CertificateProfile, kind: GivenValue['kind']): Buffer {
  const found = profile.extensions.map(({ value }) => value).find((value) => value.kind === kind);
  if (found === undefined || !isGiven(found)) throw new Error(`no ${kind}`);
  return encodeExtensionValue(found);
}

describe('names (JPKI-4.2)', () => {
  it('composes the CN of the vector and its random sibling', () => {
    expect(signCommonName(new Date('2016-01-04T00:30:15Z'), 42, '99999001A')).toBe('201601040930150004299999001A');
    expect(authCommonName('99999001A', () => 0)).toBe('AAAAAAAAAAAAAA99999001A');
    expect(() => signCommonName(new Date('2016-01-04T00:30:15Z'), 42, '99999001')).toThrow('windowId:FORMAT');
    expect(isWindowOf(productionWindowId('990019'), '990019')).toBe(true);
    expect(isWindowOf('99001001A', '990027')).toBe(false);
  });

  it('names the authorities as their published certificates do', () => {
    const digest = (ca: 'sign' | 'auth') => certIdOf({ subjectDer: encodeName(caName('JPKI', ca)), spki: SPKI }, 1n, 'sha1').issuerNameHash.toString('hex');
    expect(digest('sign')).toBe('e25d59524dc9b0bcabdcbdf53c6c027bc0e58dd5');
    expect(digest('auth')).toBe('5187560a6483d5b120a581fc2e025b02d11a2b98');
    expect(organisationFor('production')).toBe('JPKI');
    expect([organisationFor('embedded'), organisationFor('test')]).toEqual(['JPKI-TEST', 'JPKI-TEST']);
  });

  it('writes policies and attributes under the arc of the document', () => {
    expect(oid(POLICY_OID.JPKI.SIGN_CERT).toString('hex').toUpperCase()).toBe('060B2A83088C9B550805010114');
    expect(oid(POLICY_OID.JPKI.AUTH_CERT).toString('hex').toUpperCase()).toBe('060B2A83088C9B55080501031E');
    expect(POLICY_OID['JPKI-TEST'].SIGN_CERT).toBe('1.2.392.200149.8.5.1.0.20');
    expect(serialHex(0x6d18006)).toBe('06d18006');
  });
});

const SPKI = signingKeyOf('any', await generateRsaKey(2048)).publicKeySpki;

describe('profiles (JPKI-4.3)', () => {
  const set = profileSet('JPKI');

  it('ends roots as the published ones end', () => {
    expect(rootEnd(new Date('2015-10-20T02:40:28Z')).toISOString()).toBe('2025-10-19T14:59:59.000Z');
  });

  it('writes key usages, basic constraints and partition points as the vectors say', () => {
    expect(extension(set.root.sign, 'keyUsage').toString('hex')).toBe('03020106');
    expect(extension(set.root.auth, 'basicConstraints').toString('hex')).toBe('30030101ff');
    expect(extension(set.holder.SIGN_CERT, 'keyUsage').toString('hex')).toBe('030206c0');
    expect(extension(set.holder.AUTH_CERT, 'keyUsage').toString('hex')).toBe('03020780');
    const name = partitionName('JPKI', 'sign', KASUMI);
    const idp = encodeIssuingDistributionPoint({ fullName: [{ kind: 'directoryName', name }], only: 'userCerts' });
    expect([idp.length, sha(idp)]).toEqual([165, 'ada89afa94d08880038f76c6caef3f156201d76b2487f778380eacc7657cd733']);
    const points = encodeExtensionValue({ kind: 'crlDistributionPoints', points: [[{ kind: 'directoryName', name }]] });
    expect([points.length, sha(points)]).toEqual([165, '66513633d7a0d78b5b40fdc9d80beb8381a73513c8db09312cf8fa61845649a5']);
  });

  it('orders extensions and criticality by the table; no attribute leaves the signature certificate', () => {
    const order = (profile: CertificateProfile) => profile.extensions.map(({ critical, value }) => `${value.kind}${critical ? '!' : ''}`).join(' ');
    expect(order(set.holder.SIGN_CERT)).toBe('keyUsage! subjectAltName certificatePolicies! issuerAltName crlDistributionPoints authorityInfoAccess authorityKeyIdentifier subjectKeyIdentifier');
    expect(order(set.holder.AUTH_CERT)).toBe('keyUsage! extKeyUsage certificatePolicies! issuerAltName crlDistributionPoints authorityInfoAccess authorityKeyIdentifier subjectKeyIdentifier');
    expect(order(set.root.sign)).toBe('keyUsage! subjectAltName basicConstraints! crlDistributionPoints subjectKeyIdentifier');
  });
});

describe('address of OCSP (JPKI-4.3)', () => {
  it('is the one of the deployment, else the one of the organisation', () => {
    const ocspOf = (set: ReturnType<typeof profileSet>) => Object.values(set.holder).flatMap(({ extensions }) => extensions.flatMap(({ value }) => (value.kind === 'authorityInfoAccess' ? value.ocsp : [])));
    expect(ocspOf(profileSet('JPKI-TEST', 'http://ocsp.example.invalid'))).toEqual(['http://ocsp.example.invalid/sign', 'http://ocsp.example.invalid/auth']);
    expect(ocspOf(profileSet('JPKI'))[0]).toBe('http://ocsp.jpki.go.jp/api/jpki-ca/v1/ocsp/sign');
  });
});

describe('four attributes (JPKI-4.4)', () => {
  it('encodes the vector person', () => {
    const attributes = fourAttributesOf(HANAKO);
    expect(attributes).toEqual({ name: HANAKO.nameKanji, nameSubstitutes: '00000', sex: '2', birthDate: '419900401', address: HANAKO.address, addressSubstitutes: '0000000000000' });
    const profile = fillProfile(profileSet('JPKI').holder.SIGN_CERT, { ...KASUMI, ...attributes, commonName: 'x' });
    const names = extension(profile, 'subjectAltName');
    expect([names.length, sha(names)]).toEqual([193, 'aa5c25a377e8a6384e33b3b9fc70267efbff1c192599f075fa57a9382784132b']);
    expect(names.toString('hex')).toContain('a019060a2a83088c9b5508050504a00b0c09343139393030343031');
    expect(names.toString('hex')).toContain('a01f060a2a83088c9b5508050501a0110c0fe59fbae79ba4e38080e88ab1e5ad90');
  });

  it('writes era and Gregorian date, unknown parts as 0, foreign residents without era', () => {
    expect(birthDateCode('18991201', false)).toBe('118991201');
    expect(birthDateCode('19900102', false)).toBe('419900102');
    expect(birthDateCode('20200102', false)).toBe('520200102');
    expect([birthDateCode('19890107', false), birthDateCode('19890108', false)]).toEqual(['319890107', '419890108']);
    expect(birthDateCode('19890000', false)).toBe('019890000');
    expect(birthDateCode('19900401', true)).toBe('019900401');
    expect(['400000000', '118991201', '019900401'].every(isBirthDateCode)).toBe(true);
    expect(['319900401', '619900401', '41990040'].some(isBirthDateCode)).toBe(false);
  });

  it('replaces what certificates cannot carry and flags it per code point', () => {
    const { name, nameSubstitutes } = fourAttributesOf({ ...HANAKO, nameKanji: '𠮷田　髙子', aliasName: '山﨑' });
    expect(Array.from(name).length).toBe(nameSubstitutes.length);
    expect(name.endsWith('）')).toBe(true);
    expect(nameSubstitutes.slice(0, 5)).toBe('10010');
  });
});

describe('the day on which the renewal of a certificate opens (JPKI-4.5)', () => {
  it.each([['2026-11-30', '2027-02-28'], ['2026-12-01', '2027-02-28'], ['2026-12-02', '2027-03-01'], ['2027-03-01', '2027-05-31'], ['2028-02-29', '2028-05-28']])('on %s it is open to what ends until %s', (day, end) => {
    expect(lastRenewableEnd(toLocalDate(day))).toBe(end);
  });

  it('each end is among those of one day, and of the first on which it can be renewed (property)', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 3_000 }), (days) => {
      const end = addDays(localDateOf(2024, 1, 1), days);
      const opensOn = Array.from({ length: 200 }, (_none, index) => addDays(end, index - 150)).filter((day) => lastRenewableEnd(addDays(day, -1)) < end && lastRenewableEnd(day) >= end);
      expect([opensOn.length, isRenewal(opensOn[0] ?? end, end), isRenewal(addDays(opensOn[0] ?? end, -1), end)]).toEqual([1, true, false]);
    }));
  });
});

describe('validity (JPKI-4.5)', () => {
  const end = (issuedOn: string, birthDate: string, cardExpiry: string, more: { renewedEnd?: string; authEnd?: string; feb29Rule?: Feb29Rule } = {}) =>
    certificateEnd({
      issuedOn: toLocalDate(issuedOn), birthDate, cardExpiry: toLocalDate(cardExpiry),
      ...(more.renewedEnd === undefined ? {} : { renewedEnd: toLocalDate(more.renewedEnd) }),
      ...(more.authEnd === undefined ? {} : { authEnd: toLocalDate(more.authEnd) }),
      ...(more.feb29Rule === undefined ? {} : { feb29Rule: more.feb29Rule }),
    });

  it.each([
    ['2016-01-04', '19900401', '2026-04-01', {}, '2020-04-01'],
    ['2016-04-01', '19900401', '2026-04-01', {}, '2021-04-01'],
    ['2016-03-31', '19900401', '2025-04-01', {}, '2020-04-01'],
    ['2018-05-10', '19800707', '2020-07-07', {}, '2020-07-07'],
    ['2021-01-01', '19900401', '2026-04-01', { renewedEnd: '2021-04-01' }, '2025-04-01'],
    ['2021-01-02', '19900401', '2026-04-01', { renewedEnd: '2021-04-01' }, '2026-04-01'],
    ['2016-02-28', '19920229', '2026-02-28', { feb29Rule: 'FEB28_NON_LEAP' as const }, '2020-02-29'],
    ['2016-02-28', '19920229', '2026-02-28', {}, '2021-02-28'],
    ['2016-01-04', '19900401', '2026-04-01', { authEnd: '2019-04-01' }, '2019-04-01'],
    ['2016-01-04', '19900000', '2026-04-01', {}, '2021-01-01'],
  ])('issued %s, born %s, card %s %o: ends %s', (issuedOn, birthDate, cardExpiry, more, expected) => {
    expect(end(issuedOn, birthDate, cardExpiry, more)).toBe(expected);
  });

  it('takes an unknown day of birth for the latest one when an age has to be proven (JPKI-4.6)', () => {
    const today = toLocalDate('2016-04-01');
    expect(isOfSigningAge('20010401', today)).toBe(true);
    expect(isOfSigningAge('20010402', today)).toBe(false);
    expect(isOfSigningAge('20010000', today)).toBe(false);
    expect(isOfSigningAge('00000000', today)).toBe(false);
  });
});

describe('lint (JPKI-4.15)', () => {
  it('passes what the profiles make and names what is broken', async () => {
    const set = profileSet('JPKI-TEST');
    const key = signingKeyOf('ca', await generateRsaKey(2048));
    const notBefore = new Date('2016-01-04T00:30:15Z');
    for (const ca of CA_IDS) {
      const type = ca === 'sign' ? 'SIGN_CERT' : 'AUTH_CERT';
      const rootTbs = buildTbsCertificate({ profile: set.root[ca], serial: 1n, issuer: 'self', notBefore, notAfter: rootEnd(notBefore), spki: key.publicKeySpki });
      const root = parseCertificate(await signCertificate(rootTbs, key));
      expect(lintCertificate(root.der, root, { profile: set.root[ca] })).toEqual([]);
      const lintOf = async (profile: CertificateProfile, parameters: Record<string, string>, profiles = set) => {
        const tbs = buildTbsCertificate({ profile, parameters, serial: 2n, issuer: issuerOf(root), notBefore, notAfter: new Date('2020-04-01T14:59:59Z'), spki: SPKI });
        const lints = holderLints(profiles.organisation);
        return lintCertificate(await signCertificate(tbs, key), root, { profile: profiles.holder[type], lints }).map(({ id }) => id);
      };
      const profile = set.holder[type];
      const attributes = ca === 'sign' ? fourAttributesOf(HANAKO) : {};
      const commonName = ca === 'sign' ? '201601040930150004299999001A' : 'ABCDEFGHIJKLMN99999001A';
      const good = { ...KASUMI, ...attributes, commonName };
      expect(await lintOf(profile, good)).toEqual([]);
      expect(await lintOf(profile, { ...good, commonName: 'x' })).toEqual(['e_cn_pattern']);
      expect(await lintOf(profile, good, profileSet('JPKI'))).toContain('e_env_oid_mixed');
      if (ca === 'auth') continue;
      expect(await lintOf(profile, { ...good, sex: '9', birthDate: '319900401', nameSubstitutes: '0' })).toEqual(['e_san_dob_pattern_and_era', 'e_san_sex_code', 'e_san_substitute_length']);
      const short = { ...profile, extensions: profile.extensions.map((one) => (one.value.kind === 'subjectAltName' ? { ...one, value: { ...one.value, names: one.value.names.slice(1) } } : one)) };
      const { name: _name, ...rest } = good as typeof good & { name: string };
      expect(await lintOf(short, rest)).toContain('e_san_othername_set');
      expect(Object.keys(ATTRIBUTE_OID)).toHaveLength(6);
    }
  });
});
