import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type ExampleAuthority,
  FILLED_PARTITION,
  NOT_AFTER,
  NOT_BEFORE,
  PERSON,
  ROOT_PROFILE,
  SIGN_PROFILE,
  exampleAuthority,
  holderContent,
} from '../authority.fixture.js';
import { encodeExtension } from '../der/extension.js';
import { encodeName } from '../der/name.js';
import { OID, oid } from '../der/oid.js';
import { pemEncode } from '../der/pem.js';
import { time } from '../der/time.js';
import { bitString, contextConstructed, contextPrimitive, integer, octetString, sequence, utf8String } from '../der/write.js';
import { lintCertificate } from '../lint/lint-certificate.js';
import { PkiError } from '../pki-error.js';
import { buildTbsCertificate, preCertificate, signCertificate } from './build-certificate.js';
import {
  authorityKeyIdentifierOf,
  basicConstraintsOf,
  certificatePoliciesOf,
  crlDistributionPointsOf,
  extKeyUsageOf,
  isCertificateSignedBy,
  keyUsageOf,
  ocspUrisOf,
  parseCertificate,
  subjectAltNamesOf,
  subjectKeyIdentifierOf,
} from './certificate.js';
import type { CertificateProfile } from './profile.js';

let ca: ExampleAuthority;
beforeAll(async () => {
  ca = await exampleAuthority();
});

function faultOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof PkiError) return error.code;
    throw error;
  }
}

describe('certificates by profile (JPKI 4.3)', () => {
  it('root: order of extensions, self signature, no AKI, about 1,300 octets', () => {
    expect(ca.root.extensions.map(({ oid, critical }) => [oid, critical])).toEqual([
      [OID.keyUsage, true],
      [OID.subjectAltName, false],
      [OID.basicConstraints, true],
      [OID.crlDistributionPoints, false],
      [OID.subjectKeyIdentifier, false],
    ]);
    expect(isCertificateSignedBy(ca.root, ca.root.spki)).toBe(true);
    expect(ca.root.subjectDer).toEqual(ca.root.issuerDer);
    expect(keyUsageOf(ca.root)).toEqual(['keyCertSign', 'cRLSign']);
    expect(basicConstraintsOf(ca.root)).toEqual({ ca: true });
    expect(subjectKeyIdentifierOf(ca.root)).toEqual(ca.key.keyIdentifier);
    expect(authorityKeyIdentifierOf(ca.root)).toBeUndefined();
    expect(ca.root.der.includes(Buffer.from('151020024028Z'))).toBe(true);
    expect(ca.root.der.includes(Buffer.from('251019145959Z'))).toBe(true);
  });

  it('holder: every field reads back as given', () => {
    const { holder } = ca;
    expect(holder.serial).toBe(0x06d18006n);
    expect([holder.notBefore, holder.notAfter]).toEqual([NOT_BEFORE, NOT_AFTER]);
    expect(holder.subject.map(({ value }) => value)).toEqual(['JP', 'Kasumi-ken', 'Kasumi-shi', PERSON.commonName]);
    expect(keyUsageOf(holder)).toEqual(['digitalSignature', 'nonRepudiation']);
    expect(subjectAltNamesOf(holder)?.map((name) => name.kind === 'otherName' && name.utf8)).toEqual([
      PERSON.name,
      PERSON.birthDate,
      PERSON.sex,
      PERSON.address,
      PERSON.nameSubstitutes,
      PERSON.addressSubstitutes,
    ]);
    expect(certificatePoliciesOf(holder)).toEqual([{ oid: '1.2.392.200149.8.5.1.1.20', cpsUri: 'http://www.jpki.go.jp/cps.html' }]);
    expect(crlDistributionPointsOf(holder)).toEqual([[{ kind: 'directoryName', name: FILLED_PARTITION }]]);
    expect(ocspUrisOf(holder)).toEqual(['http://ocsp.example.invalid/sign']);
    expect(authorityKeyIdentifierOf(holder)).toMatchObject({ keyIdentifier: ca.key.keyIdentifier, serial: 1n });
    expect(isCertificateSignedBy(holder, ca.root.spki)).toBe(true);
    expect(isCertificateSignedBy(holder, ca.holderKey.publicKeySpki)).toBe(false);
    expect(parseCertificate(pemEncode('CERTIFICATE', holder.der))).toEqual(holder);
  });

  it('node:crypto reads the same certificate and verifies it', () => {
    const [holder, root] = [ca.holder.der, ca.root.der].map((der) => new X509Certificate(der));
    if (holder === undefined || root === undefined) throw new Error('two certificates expected');
    expect(holder.verify(root.publicKey)).toBe(true);
    expect(holder.checkIssued(root)).toBe(true);
    expect(holder.serialNumber).toBe('06D18006');
    expect(holder.subject).toBe(`C=JP\nL=Kasumi-ken\nL=Kasumi-shi\nCN=${PERSON.commonName}`);
    expect(holder.ca).toBe(false);
  });

  it('OCSP responder: purpose, nocheck, life of 30 days', () => {
    expect(extKeyUsageOf(ca.responder)).toEqual([OID.ocspSigning]);
    expect(ca.responder.extensions.find(({ oid }) => oid === OID.ocspNoCheck)?.value).toEqual(Buffer.from([5, 0]));
    expect(ca.responder.subject.at(-1)?.value).toBe('Sign CA OCSP responder 1');
  });

  it('is deterministic: the same content gives the same to-be-signed octets (retry returns the same DER)', () => {
    expect(buildTbsCertificate(holderContent(ca))).toEqual(ca.holder.tbs);
  });

  it('takes nothing that it keeps over to another issuer, place or holder', async () => {
    const other = { root: (await exampleAuthority()).root, holderKey: ca.responderKey };
    const elsewhere = { ...PERSON, municipality: 'Tsuyu-shi', name: '基盤　太郎' };
    const seen = [holderContent(ca), holderContent(other, { parameters: elsewhere }), holderContent(ca)].map((content) => {
      const one = parseCertificate(preCertificate(buildTbsCertificate(content), ca.key.algorithm));
      return [authorityKeyIdentifierOf(one)?.keyIdentifier, subjectKeyIdentifierOf(one), JSON.stringify(crlDistributionPointsOf(one)), JSON.stringify(subjectAltNamesOf(one))];
    });
    const [first, second, third] = seen;
    expect(third).toEqual(first);
    expect([first?.[0], second?.[0]]).toEqual([ca.root, other.root].map((root) => subjectKeyIdentifierOf(root)));
    expect([first?.[1], second?.[1]]).toEqual([ca.holderKey, ca.responderKey].map(({ keyIdentifier }) => keyIdentifier));
    expect([second?.[2], second?.[3]]).toEqual([expect.stringContaining('Tsuyu-shi'), expect.stringContaining('太郎')]);
  });

  it('reads an extension as it stands in this certificate, critical or not', () => {
    const criticalOf = (critical: boolean): boolean | undefined => {
      const extensions = SIGN_PROFILE.extensions.map((one) => (one.value.kind === 'keyUsage' ? { ...one, critical } : one));
      const tbs = buildTbsCertificate(holderContent(ca, { profile: { ...SIGN_PROFILE, extensions } }));
      return parseCertificate(preCertificate(tbs, ca.key.algorithm)).extensions.find(({ oid: dotted }) => dotted === OID.keyUsage)?.critical;
    };
    expect([true, false, true].map(criticalOf)).toEqual([true, false, true]);
  });

  it('refuses what no profile can allow', () => {
    for (const serial of [0n, -1n, 1n << 159n])
      expect(faultOf(() => buildTbsCertificate(holderContent(ca, { serial })))).toBe('BAD_CERTIFICATE');
    expect(faultOf(() => buildTbsCertificate(holderContent(ca, { serial: (1n << 159n) - 1n })))).toBeUndefined();
    expect(faultOf(() => buildTbsCertificate(holderContent(ca, { notAfter: NOT_BEFORE })))).toBe('BAD_CERTIFICATE');
    expect(faultOf(() => buildTbsCertificate(holderContent(ca, { parameters: { ...PERSON, extra: 'x' } })))).toBe('BAD_PROFILE');
    expect(faultOf(() => buildTbsCertificate(holderContent(ca, { parameters: { number: '1' } })))).toBe('BAD_PROFILE');
    expect(faultOf(() => buildTbsCertificate(holderContent(ca, { parameters: JSON.parse('{"__proto__":{"name":"x"}}') })))).toBe(
      'BAD_PROFILE',
    );
    expect(faultOf(() => buildTbsCertificate(holderContent(ca, { issuer: 'self' })))).toBe('BAD_PROFILE');
  });

  it('never reads marks inside the values given to an issuance', () => {
    const certificate = buildTbsCertificate(holderContent(ca, { parameters: { ...PERSON, name: '{sex}' } }));
    expect(certificate.includes(Buffer.from('{sex}'))).toBe(true);
  });

  it('cross and link certificates: subject octets of the other authority, policy mapping and constraints (JPKI 4.3)', async () => {
    const foreign = encodeName([
      { type: 'C', value: 'JP' },
      { type: 'O', value: 'Bridge CA' },
    ]);
    const profile: CertificateProfile = {
      ...ROOT_PROFILE,
      id: 'cross',
      subject: [
        { type: 'C', value: 'JP' },
        { type: 'O', value: '{authority}' },
      ],
      validity: { maxYears: 3 },
      extensions: [
        { critical: false, value: { kind: 'authorityKeyIdentifier', withIssuerAndSerial: false } },
        { critical: true, value: { kind: 'keyUsage', bits: ['keyCertSign', 'cRLSign'] } },
        { critical: false, value: { kind: 'policyMappings', mappings: [{ issuerDomainPolicy: '1.2.3', subjectDomainPolicy: '1.2.4' }] } },
        { critical: true, value: { kind: 'basicConstraints', ca: true } },
        { critical: true, value: { kind: 'policyConstraints', requireExplicitPolicy: 0 } },
      ],
    };
    const tbs = buildTbsCertificate(
      holderContent(ca, {
        profile,
        parameters: { authority: 'replaced by subjectDer' },
        subjectDer: foreign,
        notAfter: new Date('2018-12-31T14:59:59Z'),
      }),
    );
    const cross = parseCertificate(await signCertificate(tbs, ca.key));
    expect(cross.subjectDer).toEqual(foreign);
    expect(authorityKeyIdentifierOf(cross)).toEqual({ keyIdentifier: ca.key.keyIdentifier });
    expect(lintCertificate(cross.der, ca.root, { profile })).toEqual([]);
  });

  it('a profile is JSON: it survives being stored', () => {
    const stored: CertificateProfile = JSON.parse(JSON.stringify(SIGN_PROFILE));
    expect(buildTbsCertificate(holderContent(ca, { profile: stored }))).toEqual(ca.holder.tbs);
  });

  it('answers every flipped octet, cut and BER form with BAD_CERTIFICATE or a certificate whose signature fails', () => {
    const { der } = ca.holder;
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const damaged = Buffer.from(der);
        damaged[at] = (damaged[at] ?? 0) ^ mask;
        let signed: boolean | undefined;
        const fault = faultOf(() => {
          signed = isCertificateSignedBy(parseCertificate(damaged), ca.root.spki);
        });
        expect(fault === 'BAD_CERTIFICATE' || signed === false).toBe(true);
      }),
      { numRuns: 500 },
    );
    for (let length = 0; length < der.length; length += 7)
      expect(faultOf(() => parseCertificate(der.subarray(0, length)))).toBe('BAD_CERTIFICATE');
    const indefinite = Buffer.concat([Buffer.from([0x30, 0x80]), der.subarray(4), Buffer.from([0, 0])]);
    expect(faultOf(() => parseCertificate(indefinite))).toBe('BAD_CERTIFICATE');
    expect(faultOf(() => parseCertificate(Buffer.concat([der, Buffer.from([0])])))).toBe('BAD_CERTIFICATE');
  });

  it('reads what is legal but unusual, and refuses fields of another version', () => {
    function tbsWith(version: number | undefined, ...tail: Buffer[]): Buffer {
      const name = encodeName([{ type: '2.5.4.45', value: '#03020780', encoding: 'der' }]);
      const algorithm = sequence(oid('1.2.3'), octetString(Buffer.from([1])));
      const validity = sequence(time(NOT_BEFORE), time(NOT_AFTER));
      const spki = sequence(sequence(oid('1.2.4')), bitString(Buffer.from([1])));
      const lead = version === undefined ? [] : [contextConstructed(0, integer(version - 1))];
      return sequence(...lead, integer(-1), algorithm, name, validity, name, spki, ...tail);
    }
    function parsed(tbs: Buffer): ReturnType<typeof parseCertificate> {
      return parseCertificate(sequence(tbs, sequence(oid('1.2.3')), bitString(Buffer.from([1]))));
    }
    const identifier = contextPrimitive(1, Buffer.from([0, 1]));
    expect(parsed(tbsWith(2, identifier))).toMatchObject({ version: 2, serial: -1n, extensions: [] });
    expect(faultOf(() => parsed(tbsWith(undefined, identifier)))).toBe('BAD_CERTIFICATE');
    expect(faultOf(() => parsed(tbsWith(3, contextConstructed(3, sequence()))))).toBe('BAD_CERTIFICATE');
    const point = sequence(sequence(contextConstructed(0, contextConstructed(1, sequence(oid('2.5.4.3'), utf8String('x'))))));
    const extension = encodeExtension(OID.crlDistributionPoints, false, point);
    expect(crlDistributionPointsOf(parsed(tbsWith(3, contextConstructed(3, sequence(extension)))))).toEqual([[]]);
  });
});
