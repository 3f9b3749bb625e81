import { spawnSync } from 'node:child_process';
import { type KeyObject, createPublicKey, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeExtension } from '../der/extension.js';
import { type Name, encodeName } from '../der/name.js';
import { OID, oid } from '../der/oid.js';
import { pemEncode } from '../der/pem.js';
import { TAG } from '../der/tag.js';
import { bitString, contextConstructed, contextPrimitive, integer, octetString, sequence, setOf, tlv, utf8String } from '../der/write.js';
import { generateRsaKey, signatureAlgorithmIdentifier, signingKeyOf } from '../key/signing-key.js';
import { type CrossRequestFault, checkCrossRequest, createCrossRequest, requestFingerprint } from './cross-request.js';
import { createCsr } from './csr.js';

const BRIDGE: Name = [{ type: 'C', value: 'JP' }, { type: 'O', value: 'Bridge' }];
let key: KeyObject;
let other: KeyObject;
let authority: { readonly subjectDer: Buffer; readonly spki: Buffer };

beforeAll(async () => {
  [key, other] = await Promise.all([generateRsaKey(2048), generateRsaKey(2048)]);
  authority = { subjectDer: encodeName(BRIDGE), spki: spkiOf(key) };
});

function spkiOf(one: KeyObject): Buffer {
  return createPublicKey(one).export({ type: 'spki', format: 'der' });
}

function check(request: Buffer): CrossRequestFault[] {
  return checkCrossRequest(request, { authority, fingerprint: requestFingerprint(request) });
}

/** A request by the authority with this subject and these attributes. */
function requestWith(subject: Buffer, ...attributes: Buffer[]): Buffer {
  const info = sequence(integer(0), subject, authority.spki, contextConstructed(0, ...attributes));
  return sequence(info, signatureAlgorithmIdentifier('sha256WithRSAEncryption'), bitString(sign('sha256', info, key)));
}

/** extensionRequest (RFC 2985 5.4.2) for subjectAltName with this GeneralName. */
function asking(name: Buffer): Buffer {
  return sequence(oid('1.2.840.113549.1.9.14'), setOf(sequence(encodeExtension(OID.subjectAltName, false, sequence(name)))));
}

describe('request for cross-certification (JPKI 3.10)', () => {
  it('of an authority is what it says of itself: its name, its key, its signature', async () => {
    expect(await createCrossRequest(signingKeyOf('bridge', key), authority.subjectDer)).toEqual(createCsr(key, BRIDGE));
  });

  it('passes with the authority\'s DN, key and signature, as DER and PEM', () => {
    const request = createCsr(key, BRIDGE);
    const expected = { authority, fingerprint: requestFingerprint(request) };
    for (const input of [request, pemEncode('CERTIFICATE REQUEST', request)]) expect(checkCrossRequest(input, expected)).toEqual([]);
  });

  it('names the fault: fingerprint, DN, key, signature', () => {
    const request = createCsr(key, BRIDGE);
    const fingerprint = requestFingerprint(request).fill(0, 31);
    expect(checkCrossRequest(request, { authority, fingerprint })).toEqual(['FINGERPRINT_DIFFERS']);
    expect(checkCrossRequest(request, { authority, fingerprint: fingerprint.subarray(0, 31) })).toEqual(['FINGERPRINT_DIFFERS']);
    expect(check(createCsr(key, [...BRIDGE, { type: 'OU', value: 'x' }]))).toEqual(['OTHER_NAME']);
    // The same name in another encoding would not chain octet by octet.
    expect(check(createCsr(key, [{ type: 'C', value: 'JP' }, { type: 'O', value: 'Bridge', encoding: 'printable' }]))).toEqual(['OTHER_NAME']);
    expect(check(createCsr(other, BRIDGE))).toEqual(['OTHER_KEY']);
    const info = sequence(integer(0), authority.subjectDer, authority.spki, contextConstructed(0));
    const signed = (algorithm: Buffer, by: KeyObject, hash: string) => sequence(info, algorithm, bitString(sign(hash, info, by)));
    const sha256 = signatureAlgorithmIdentifier('sha256WithRSAEncryption');
    expect(check(signed(sha256, key, 'sha256'))).toEqual([]);
    expect(check(signed(sha256, other, 'sha256'))).toEqual(['BAD_SIGNATURE']);
    const sha1 = sequence(oid('1.2.840.113549.1.1.5'), tlv(TAG.null));
    for (const hash of ['sha1', 'sha256']) expect(check(signed(sha1, key, hash))).toEqual(['BAD_SIGNATURE']);
    expect(check(Buffer.concat([request, Buffer.from([0])]))).toEqual(['MALFORMED']);
    expect(checkCrossRequest(createCsr(other, [{ type: 'CN', value: '橋' }]), { authority, fingerprint })).toEqual([
      'FINGERPRINT_DIFFERS', 'OTHER_NAME', 'OTHER_KEY', 'JAPANESE_TEXT',
    ]);
  });

  it('finds text outside ASCII wherever it stands, in every string type', () => {
    const named = (...attributes: Name) => createCsr(key, [...BRIDGE, ...attributes]);
    for (const encoding of ['utf8', 'bmp'] as const) {
      expect(check(named({ type: 'OU', value: '橋', encoding }))).toEqual(['OTHER_NAME', 'JAPANESE_TEXT']);
      expect(check(named({ type: 'OU', value: 'bridge', encoding }))).toEqual(['OTHER_NAME']);
    }
    const universal = (text: number[]) => sequence(oid('1.2.840.113549.1.9.2'), setOf(tlv(TAG.universalString, Buffer.from(text))));
    expect(check(requestWith(authority.subjectDer, universal([0, 0, 0, 0x41])))).toEqual([]);
    expect(check(requestWith(authority.subjectDer, universal([0, 0, 0x6a, 0x4b])))).toEqual(['JAPANESE_TEXT']);
    for (const [name, faults] of [
      [contextConstructed(4, encodeName([{ type: 'O', value: '橋' }])), ['JAPANESE_TEXT']],
      [contextConstructed(4, encodeName([{ type: 'O', value: 'Bridge' }])), []],
      [contextConstructed(0, oid('1.2.3'), contextConstructed(0, utf8String('橋'))), ['JAPANESE_TEXT']],
      [contextPrimitive(6, Buffer.from('http://橋.example')), ['JAPANESE_TEXT']],
      [contextPrimitive(7, Buffer.from([192, 168, 200, 1])), []],
    ] as const) expect(check(requestWith(authority.subjectDer, asking(name)))).toEqual(faults);
  });

  it('answers anything with faults, and is not led down by nested octets', () => {
    const request = createCsr(key, BRIDGE);
    fc.assert(fc.property(fc.nat(request.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
      const changed = Buffer.from(request);
      changed[at] = (changed[at] ?? 0) ^ mask;
      expect(check(changed)).not.toEqual([]);
    }), { numRuns: 200 });
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
      expect(check(Buffer.from(octets))).toEqual(['MALFORMED']);
    }));
    let nest: Buffer = utf8String('橋');
    for (let depth = 0; depth < 3000; depth += 1) nest = octetString(nest);
    expect(check(requestWith(authority.subjectDer, sequence(oid('1.2.3'), setOf(nest))))).toEqual(['JAPANESE_TEXT']);
  });
});

const version = spawnSync('openssl', ['version'], { encoding: 'utf8' });

describe.skipIf(version.status !== 0 || !/^OpenSSL [3-9]/.test(version.stdout))('request by openssl req', () => {
  it('passes, with its extensions, and fails for its Japanese ones', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cross-openssl-'));
    writeFileSync(join(folder, 'key'), key.export({ type: 'pkcs8', format: 'pem' }));
    for (const [name, faults] of [['Bridge', []], ['橋', ['JAPANESE_TEXT']]] as const) {
      writeFileSync(join(folder, 'cnf'), [
        '[req]', 'distinguished_name=d', 'req_extensions=x', 'string_mask=utf8only', 'prompt=no', 'utf8=yes', '[d]', 'C=JP', 'O=Bridge',
        '[x]', 'basicConstraints=critical,CA:TRUE', 'subjectAltName=dirName:n', '[n]', `O=${name}`, '',
      ].join('\n'));
      const made = spawnSync('openssl', ['req', '-new', '-config', 'cnf', '-utf8', '-key', 'key', '-out', 'csr'], { cwd: folder, encoding: 'utf8' });
      expect(made.status, made.stderr).toBe(0);
      const text = readFileSync(join(folder, 'csr'), 'utf8');
      const fingerprint = requestFingerprint(Buffer.from(text.replace(/-----[A-Z ]+-----|\n/g, ''), 'base64'));
      expect(checkCrossRequest(text, { authority, fingerprint })).toEqual(faults);
    }
    rmSync(folder, { recursive: true });
  });
});
