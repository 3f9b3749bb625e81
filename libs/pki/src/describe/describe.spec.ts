import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ExampleAuthority, NOT_AFTER, NOT_BEFORE, PERSON, exampleAuthority } from '../authority.fixture.js';
import { encodeCertificatePair } from '../certificate/certificate-pair.js';
import { signData } from '../cms/signed-data.js';
import { buildCrl } from '../crl/build-crl.js';
import { createCsr } from '../csr/csr.js';
import { OID } from '../der/oid.js';
import { contextConstructed, contextPrimitive, integer, octetString, sequence, utf8String } from '../der/write.js';
import { generateRsaKey } from '../key/signing-key.js';
import { certIdOf } from '../ocsp/cert-id.js';
import { createOcspRequest } from '../ocsp/ocsp-request.js';
import { buildOcspError, buildOcspResponse } from '../ocsp/ocsp-response.js';
import { PkiError } from '../pki-error.js';
import { describeObject } from './describe.js';
import { describeExtension } from './describe-extension.js';
import { integerText } from './described.js';

let ca: ExampleAuthority;
let objects: Readonly<Record<string, Buffer>>;

beforeAll(async () => {
  ca = await exampleAuthority();
  const certId = certIdOf(ca.root, 5n, 'sha256');
  const entries = [{ serial: 5n, revokedAt: NOT_BEFORE, reason: 'keyCompromise' as const, invalidityDate: NOT_BEFORE }];
  const times = { thisUpdate: NOT_BEFORE, nextUpdate: NOT_AFTER };
  const crl = { issuerDer: ca.root.subjectDer, ...times, crlNumber: 3n, distributionPoint: { only: 'caCerts' as const }, entries };
  const answers = [{ certId, status: { kind: 'unknown' as const }, thisUpdate: NOT_BEFORE }];
  objects = {
    certificate: ca.holder.der,
    CRL: (await buildCrl(crl, ca.key)).der,
    'certification request': createCsr(await generateRsaKey(2048), [{ type: 'CN', value: 'card' }]),
    'OCSP request': createOcspRequest({ items: [certId] }),
    'OCSP response': await buildOcspResponse({ answers, producedAt: NOT_BEFORE }, ca.key),
    'certificate pair': encodeCertificatePair({ forward: ca.root.der }),
    'CMS message': await signData(Buffer.from('text'), { certificate: ca.holder, key: ca.holderKey }, NOT_BEFORE),
  };
});

describe('describeObject', () => {
  it('finds the kind by reading', () => {
    for (const [kind, der] of Object.entries(objects)) expect(describeObject(der)).toMatchObject({ kind });
    expect(describeObject(buildOcspError('unauthorized'))).toEqual({ kind: 'OCSP response', status: 'unauthorized' });
  });

  it('says what stands in a certificate of a resident and in a CRL', () => {
    expect(describeObject(ca.holder.der)).toMatchObject({
      serial: '06d18006',
      subject: `C=JP, L=${PERSON.prefecture}, L=${PERSON.municipality}, CN=${PERSON.commonName}`,
      notAfter: '2020-04-01T14:59:59.000Z',
      publicKey: { algorithm: 'rsaEncryption', bits: 2048 },
    });
    expect(JSON.stringify(describeObject(ca.holder.der))).toContain(`{"otherName":{"type":"1.2.392.200149.8.5.5.1","value":"${PERSON.name}"}}`);
    expect(describeObject(objects['CRL'] ?? Buffer.alloc(0))).toMatchObject({
      entryCount: 1,
      entries: [{ serial: '05', revokedAt: NOT_BEFORE.toISOString(), reason: 'keyCompromise', invalidityDate: NOT_BEFORE.toISOString() }],
      extensions: [
        { name: 'authorityKeyIdentifier' },
        { name: 'cRLNumber', value: '3' },
        { name: 'issuingDistributionPoint', critical: true, value: { onlyCaCerts: true } },
      ],
    });
  });

  it('believes the label of a PEM block, and tells the fault of that kind', () => {
    const codes = { CERTIFICATE: 'BAD_CERTIFICATE', 'X509 CRL': 'BAD_CRL', 'CERTIFICATE REQUEST': 'BAD_CSR', CMS: 'BAD_CMS' };
    for (const [label, code] of Object.entries(codes)) {
      expect(() => describeObject(buildOcspError('tryLater'), label)).toThrow(expect.objectContaining({ code }));
    }
    expect(describeObject(ca.root.der, 'OWN LABEL')).toMatchObject({ kind: 'certificate' });
  });

  it('has a fault of the engine for everything else, whatever octet was changed', () => {
    const all = Object.values(objects);
    fc.assert(fc.property(fc.nat({ max: all.length - 1 }), fc.nat(), fc.integer({ min: 1, max: 255 }), (which, at, change) => {
      const der = Buffer.from(all[which] ?? []);
      der[at % der.length] = (der[at % der.length] ?? 0) ^ change;
      try {
        describeObject(der);
      } catch (error) {
        expect(error).toBeInstanceOf(PkiError);
      }
    }), { numRuns: 300 });
    for (const der of ['', '00', '3000', '30023000', '3080']) expect(() => describeObject(Buffer.from(der, 'hex'))).toThrow(PkiError);
  });
});

describe('describeExtension', () => {
  const described = (oid: string, value: Buffer) => describeExtension({ oid, critical: false, value, raw: value });

  it('tells one that is not as defined, with its octets', () => {
    const malformed = { malformed: expect.any(String), value: '020101' };
    expect(described(OID.keyUsage, integer(1))).toEqual({ name: 'keyUsage', oid: OID.keyUsage, critical: false, ...malformed });
    expect(described('1.2.3', Buffer.from('ff', 'hex'))).toEqual({ oid: '1.2.3', critical: false, value: 'ff' });
    expect(described(OID.basicConstraints, sequence(integer(1), integer(2)))).toHaveProperty('malformed');
    expect(described(OID.policyConstraints, sequence(contextPrimitive(2, Buffer.from([1]))))).toHaveProperty('malformed');
  });

  it('tells names of every form', () => {
    const masked = contextPrimitive(7, Buffer.from('c0000200ffffff00', 'hex'));
    const names = [contextPrimitive(7, Buffer.alloc(5, 1)), contextConstructed(3, utf8String('x400')), masked];
    const texts = [{ ip: '0101010101' }, { unread: 'a3060c0478343030' }, { ip: '192.0.2.0/255.255.255.0' }];
    expect(described(OID.subjectAltName, sequence(...names))).toMatchObject({ value: texts });
    expect(described(OID.subjectAltName, sequence(...names, contextConstructed(0, integer(1))))).toHaveProperty('malformed');
    const relative = sequence(contextConstructed(0, contextConstructed(1, sequence(Buffer.from('0603550403', 'hex'), utf8String('point')))));
    expect(described(OID.crlDistributionPoints, sequence(relative))).toMatchObject({ value: [{ name: { relativeName: 'CN=point' } }] });
    expect(described(OID.ocspNonce, octetString(Buffer.from([7])))).toMatchObject({ name: 'ocspNonce', value: '07' });
  });

  it('writes no decimals of a hostile length', () => {
    expect(integerText(Buffer.from('0100', 'hex'))).toBe('256');
    expect(integerText(Buffer.alloc(33, 1))).toBe(`0x${'01'.repeat(33)}`);
  });
});
