import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ExampleAuthority, exampleAuthority } from '../authority.fixture.js';
import { encodeExtension } from '../der/extension.js';
import { OID, oid } from '../der/oid.js';
import { contextConstructed, integer, nullValue, octetString, sequence } from '../der/write.js';
import { publicKeyOctets } from '../key/public-key.js';
import { generateRsaKey, signingKeyOf } from '../key/signing-key.js';
import { PkiError } from '../pki-error.js';
import { type CertId, certIdOf, encodeCertId } from './cert-id.js';
import { createOcspRequest, decodeOcspGet, encodeNonce, encodeOcspGet, parseOcspRequest } from './ocsp-request.js';
import { type OcspAnswer, buildOcspError, buildOcspResponse } from './ocsp-response.js';
import { type BasicOcspResponse, parseOcspResponse, verifyOcspResponse } from './parse-ocsp-response.js';

const VECTOR_ID = encodeCertId({
  hash: 'sha1',
  issuerNameHash: Buffer.from('e25d59524dc9b0bcabdcbdf53c6c027bc0e58dd5', 'hex'),
  issuerKeyHash: Buffer.from('0d034cbb34d0714f45e45a1cafd8fd143fab54a7', 'hex'),
  serial: 1234567n,
});
const VECTOR_REQUEST =
  '304430423040303E303C300906052B0E03021A05000414E25D59524DC9B0BCABDCBDF53C6C027BC0E58DD504140D034CBB34D0714F45E45A1CAFD8FD143FAB54A7020312D687';
const VECTOR_GET = 'MEQwQjBAMD4wPDAJBgUrDgMCGgUABBTiXVlSTcmwvKvcvfU8bAJ7wOWN1QQUDQNMuzTQcU9F5Focr9j9FD%2BrVKcCAxLWhw%3D%3D';

function faultOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof PkiError) return error.code;
    throw error;
  }
}

function requestWith(extensions: readonly Buffer[], items: readonly Buffer[] = [sequence(VECTOR_ID.der)]): Buffer {
  return sequence(sequence(sequence(...items), contextConstructed(2, sequence(...extensions))));
}

describe('OCSP request (JPKI 4.9, RFC 6960, RFC 9654)', () => {
  it('vector: 70 octets, and its GET form', () => {
    const request = createOcspRequest({ items: [VECTOR_ID] });
    expect(request.toString('hex').toUpperCase()).toBe(VECTOR_REQUEST);
    expect(encodeOcspGet(request)).toBe(VECTOR_GET);
    expect(decodeOcspGet(VECTOR_GET)).toEqual(request);
    expect(parseOcspRequest(request)).toEqual({ items: [VECTOR_ID] });
  });

  it('keeps every item and the nonce of 1 to 128 octets', () => {
    const id = fc.record({
      hash: fc.constantFrom('sha1' as const, 'sha256' as const),
      serial: fc.bigInt({ min: 1n, max: (1n << 159n) - 1n }),
    });
    fc.assert(
      fc.property(
        fc.array(id, { minLength: 1, maxLength: 100 }),
        fc.option(fc.uint8Array({ minLength: 1, maxLength: 128 })),
        (ids, nonceOctets) => {
          const items = ids.map(({ hash, serial }) => {
            const digest = Buffer.alloc(hash === 'sha1' ? 20 : 32, 7);
            return encodeCertId({ hash, issuerNameHash: digest, issuerKeyHash: digest, serial });
          });
          const request = nonceOctets === null ? { items } : { items, nonce: Buffer.from(nonceOctets) };
          expect(parseOcspRequest(createOcspRequest(request))).toEqual(request);
          expect(decodeOcspGet(encodeOcspGet(createOcspRequest(request)))).toEqual(createOcspRequest(request));
        },
      ),
      { numRuns: 40 },
    );
  });

  it.each([
    ['nonce of 0 octets', () => requestWith([encodeNonce(Buffer.alloc(0))])],
    ['nonce of 129 octets', () => requestWith([encodeNonce(Buffer.alloc(129))])],
    ['nonce that is not an OCTET STRING', () => requestWith([encodeExtension(OID.ocspNonce, false, integer(7))])],
    ['nonce twice', () => requestWith([encodeNonce(Buffer.alloc(16)), encodeNonce(Buffer.alloc(16))])],
    ['101 items', () => createOcspRequest({ items: Array.from({ length: 101 }, () => VECTOR_ID) })],
    ['no item', () => createOcspRequest({ items: [] })],
    ['critical unknown extension', () => requestWith([encodeExtension('1.2.392.9.9', true, nullValue())])],
    [
      'critical unknown extension of an item',
      () => requestWith([], [sequence(VECTOR_ID.der, contextConstructed(0, sequence(encodeExtension('1.2.392.9.9', true, nullValue()))))]),
    ],
    ['explicit version', () => sequence(sequence(contextConstructed(0, integer(0)), sequence(sequence(VECTOR_ID.der))))],
    [
      'CertID hash other than SHA-1 and SHA-256',
      () => {
        const algorithm = sequence(oid('2.16.840.1.101.3.4.2.3'), nullValue());
        const id = sequence(algorithm, octetString(Buffer.alloc(64)), octetString(Buffer.alloc(64)), integer(1));
        return sequence(sequence(sequence(sequence(id))));
      },
    ],
    [
      'CertID hash of a wrong length',
      () => createOcspRequest({ items: [encodeCertId({ ...VECTOR_ID, issuerKeyHash: Buffer.alloc(19) })] }),
    ],
    ['trailing octets', () => Buffer.concat([createOcspRequest({ items: [VECTOR_ID] }), Buffer.from([0])])],
    ['empty body', () => Buffer.alloc(0)],
  ])('malformed: %s', (_name, make) => {
    expect(faultOf(() => parseOcspRequest(make()))).toBe('OCSP_MALFORMED');
  });

  it('lets unknown extensions that are not critical, the borders of the nonce, and 100 items pass', () => {
    const request = requestWith([encodeExtension('1.2.392.9.9', false, nullValue()), encodeNonce(Buffer.alloc(128, 1))]);
    expect(parseOcspRequest(request).nonce).toEqual(Buffer.alloc(128, 1));
    expect(parseOcspRequest(requestWith([encodeNonce(Buffer.from([9]))])).nonce).toEqual(Buffer.from([9]));
    expect(parseOcspRequest(createOcspRequest({ items: Array.from({ length: 100 }, () => VECTOR_ID) })).items).toHaveLength(100);
  });

  it('what is remembered of a request does not follow the octets that it was read from', () => {
    const octets = createOcspRequest({ items: [{ ...VECTOR_ID, der: encodeCertId({ ...VECTOR_ID, serial: 77n }).der }] });
    const again = Buffer.from(octets);
    const read = parseOcspRequest(octets);
    octets.fill(0);
    expect([read.items[0]?.serial, parseOcspRequest(again)]).toEqual([77n, { items: [encodeCertId({ ...VECTOR_ID, serial: 77n })] }]);
  });

  it('malformed GET paths', () => {
    for (const path of ['', '%', '%ZZ', 'MEQ', 'a b', 'MEQwQjBA!', 'A'.repeat(24_001)])
      expect(faultOf(() => decodeOcspGet(path))).toBe('OCSP_MALFORMED');
  });

  it('answers damage anywhere with OCSP_MALFORMED or another question', () => {
    const der = createOcspRequest({ items: [VECTOR_ID], nonce: Buffer.alloc(32, 3) });
    for (let at = 0; at < der.length; at += 1) {
      const damaged = Buffer.from(der);
      damaged[at] = (damaged[at] ?? 0) ^ 0x80;
      expect([undefined, 'OCSP_MALFORMED']).toContain(faultOf(() => parseOcspRequest(damaged)));
      expect(faultOf(() => parseOcspRequest(der.subarray(0, at)))).toBe('OCSP_MALFORMED');
    }
  });
});

describe('OCSP response', () => {
  let ca: ExampleAuthority;
  const at = new Date('2016-01-05T03:00:00Z');
  const nextUpdate = new Date('2016-01-05T03:15:00Z');
  const nonce = randomBytes(32);

  beforeAll(async () => {
    ca = await exampleAuthority();
  });

  function answer(id: CertId, status: OcspAnswer['status']): OcspAnswer {
    return { certId: id, status, thisUpdate: at, nextUpdate };
  }

  async function respond(
    answers: readonly OcspAnswer[],
    changes: { nonce?: Buffer; responderCertificate?: Buffer } = {},
  ): Promise<BasicOcspResponse> {
    const content = { answers, producedAt: at, nonce, responderCertificate: ca.responder.der, ...changes };
    const response = parseOcspResponse(await buildOcspResponse(content, ca.responderKey));
    if (response.status !== 'successful') throw new Error(response.status);
    return response;
  }

  it('certIdOf hashes the issuer name and the subjectPublicKey octets', () => {
    const id = certIdOf(ca.root, 5n, 'sha1');
    expect(id.issuerKeyHash).toEqual(ca.key.keyIdentifier);
    expect(certIdOf(ca.root, 5n, 'sha256').issuerNameHash.length).toBe(32);
    expect(publicKeyOctets(ca.root.spki)[0]).toBe(0x30);
  });

  it('carries good, revoked and unknown in the order and with the hashes of the question', async () => {
    const ids = [
      certIdOf(ca.root, 1n, 'sha1'),
      certIdOf(ca.root, 2n, 'sha256'),
      certIdOf(ca.root, 3n, 'sha1'),
      certIdOf(ca.root, 4n, 'sha1'),
    ];
    const [first, second, third, fourth] = ids;
    if (first === undefined || second === undefined || third === undefined || fourth === undefined) throw new Error('four ids expected');
    const revokedAt = new Date('2016-01-04T00:30:00Z');
    const archiveCutoff = new Date('2006-01-05T03:00:00Z');
    const response = await respond([
      { ...answer(first, { kind: 'good' }), archiveCutoff },
      answer(second, { kind: 'revoked', revokedAt, reason: 'certificateHold' }),
      answer(third, { kind: 'revoked', revokedAt }),
      answer(fourth, { kind: 'unknown' }),
    ]);
    expect(response.responder).toEqual({ keyHash: ca.responderKey.keyIdentifier });
    expect([response.producedAt, response.nonce]).toEqual([at, nonce]);
    expect(response.answers.map(({ status }) => status)).toEqual([
      { kind: 'good' },
      { kind: 'revoked', revokedAt, reason: 'certificateHold' },
      { kind: 'revoked', revokedAt },
      { kind: 'unknown' },
    ]);
    expect(response.answers.map(({ certId }) => certId)).toEqual(ids);
    expect(response.answers[0]).toMatchObject({ thisUpdate: at, nextUpdate, archiveCutoff });
    const answers = verifyOcspResponse(response, { issuer: ca.root, at, nonce, serials: [1n, 2n, 3n, 4n] });
    expect(answers).toHaveLength(4);
  });

  it('JPKI 4.18 the nonce of 32 octets costs 53', async () => {
    const answers = [answer(certIdOf(ca.root, 0x06d18006n, 'sha1'), { kind: 'good' })];
    const content = { answers, producedAt: at };
    const bare = await buildOcspResponse(content, ca.responderKey);
    expect((await buildOcspResponse({ ...content, nonce }, ca.responderKey)).length - bare.length).toBe(53);
  });

  it('is believed only from the issuer or its delegate, fresh, with the nonce, for the certificate asked for', async () => {
    const good = await respond([answer(certIdOf(ca.root, 9n, 'sha1'), { kind: 'good' })]);
    const expected = { issuer: ca.root, at, nonce, serials: [9n] };
    expect(verifyOcspResponse(good, expected)).toHaveLength(1);
    expect(faultOf(() => verifyOcspResponse(good, { ...expected, nonce: Buffer.alloc(32) }))).toBe('OCSP_MISMATCH');
    expect(faultOf(() => verifyOcspResponse(good, { ...expected, serials: [8n] }))).toBe('OCSP_MISMATCH');
    expect(faultOf(() => verifyOcspResponse(good, { ...expected, at: new Date('2016-01-05T03:15:01Z') }))).toBe('OCSP_MISMATCH');
    expect(faultOf(() => verifyOcspResponse(good, { ...expected, at: new Date('2016-03-01T00:00:00Z') }))).toBe('BAD_SIGNATURE');
    const other = await exampleAuthority();
    expect(faultOf(() => verifyOcspResponse(good, { ...expected, issuer: other.root }))).toBe('BAD_SIGNATURE');
    expect(faultOf(() => verifyOcspResponse({ ...good, tbs: Buffer.from(good.tbs).fill(0, 9, 10) }, expected))).toBe('BAD_SIGNATURE');
    // The holder's certificate is signed by the authority too, but not for OCSP signing.
    const content = { answers: good.answers, producedAt: at, nonce, responderCertificate: ca.holder.der };
    const forged = parseOcspResponse(await buildOcspResponse(content, ca.holderKey));
    if (forged.status !== 'successful') throw new Error(forged.status);
    expect(faultOf(() => verifyOcspResponse(forged, expected))).toBe('BAD_SIGNATURE');
    const byIssuer = parseOcspResponse(await buildOcspResponse({ answers: good.answers, producedAt: at, nonce }, ca.key));
    if (byIssuer.status !== 'successful') throw new Error(byIssuer.status);
    expect(verifyOcspResponse(byIssuer, expected)).toHaveLength(1);
  });

  it('error statuses are five octets', () => {
    expect(buildOcspError('malformedRequest').toString('hex')).toBe('30030a0101');
    for (const status of ['malformedRequest', 'internalError', 'tryLater', 'sigRequired', 'unauthorized'] as const) {
      expect(parseOcspResponse(buildOcspError(status))).toEqual({ status });
    }
    expect(buildOcspError('unauthorized').toString('hex')).toBe('30030a0106');
    expect(faultOf(() => parseOcspResponse(Buffer.from('30030a0104', 'hex')))).toBe('OCSP_MALFORMED');
    expect(faultOf(() => parseOcspResponse(Buffer.from('30030a0100', 'hex')))).toBe('OCSP_MALFORMED');
  });

  it('answers damage anywhere with a typed error', async () => {
    const key = signingKeyOf('small', await generateRsaKey(2048));
    const der = await buildOcspResponse({ answers: [answer(certIdOf(ca.root, 9n, 'sha1'), { kind: 'good' })], producedAt: at, nonce }, key);
    const expected = { issuer: { ...ca.root, spki: key.publicKeySpki }, at, serials: [9n] };
    for (let octet = 0; octet < der.length; octet += 1) {
      const damaged = Buffer.from(der);
      damaged[octet] = (damaged[octet] ?? 0) ^ 0x41;
      const fault = faultOf(() => {
        const response = parseOcspResponse(damaged);
        if (response.status === 'successful') verifyOcspResponse(response, expected);
        else throw new PkiError('OCSP_MISMATCH', 'error status');
      });
      expect(fault, `octet ${octet}`).toMatch(/^(OCSP_MALFORMED|OCSP_MISMATCH|BAD_SIGNATURE)$/);
      expect(faultOf(() => parseOcspResponse(der.subarray(0, octet)))).toBe('OCSP_MALFORMED');
    }
  });
});
