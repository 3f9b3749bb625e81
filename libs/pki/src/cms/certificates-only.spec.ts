import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ExampleAuthority, exampleAuthority } from '../authority.fixture.js';
import { OID, oid } from '../der/oid.js';
import { pemEncode } from '../der/pem.js';
import { contextConstructed, integer, octetString, sequence, setOf } from '../der/write.js';
import { PkiError } from '../pki-error.js';
import { buildCertificatesOnly, parseCertificatesOnly } from './certificates-only.js';
import { contentInfo } from './cms.js';
import { buildSignedData } from './signed-data.js';

let ca: ExampleAuthority;
let ders: Buffer[];
beforeAll(async () => {
  ca = await exampleAuthority();
  ders = [ca.holder.der, ca.root.der, ca.responder.der];
});

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof PkiError) return error.code;
    throw error;
  }
}

describe('certificates only (RFC 5652 5, RFC 8551 3.8)', () => {
  it('keeps the order in which they were given, as DER and PEM', () => {
    for (const order of [ders, [...ders].reverse(), []]) {
      const der = buildCertificatesOnly(order);
      for (const input of [der, pemEncode('PKCS7', der), Buffer.from(pemEncode('CMS', der))]) {
        expect(parseCertificatesOnly(input).map((one) => one.der)).toEqual(order);
      }
    }
  });

  it('has neither content nor signer', async () => {
    const parts = (content: Buffer[], type: string = OID.cmsData) =>
      contentInfo(OID.cmsSignedData, sequence(integer(1), setOf(), sequence(oid(type), ...content), setOf()));
    expect(parseCertificatesOnly(parts([]))).toEqual([]);
    expect(codeOf(() => parseCertificatesOnly(parts([contextConstructed(0, octetString(Buffer.from('x')))])))).toBe('BAD_CMS');
    expect(codeOf(() => parseCertificatesOnly(parts([], OID.cmsTstInfo)))).toBe('BAD_CMS');
    const said = { type: OID.cmsData, content: Buffer.from('x'), detached: true, attributes: [], certificates: ders };
    const signed = await buildSignedData(said, { certificate: ca.holder, key: ca.holderKey });
    expect(codeOf(() => parseCertificatesOnly(signed))).toBe('BAD_CMS');
  });

  it('is bounded in number and size, in both directions', () => {
    const many = (count: number) => Array.from({ length: count }, () => ca.responder.der);
    expect(parseCertificatesOnly(buildCertificatesOnly(many(1_024)))).toHaveLength(1_024);
    expect(codeOf(() => buildCertificatesOnly(many(1_025)))).toBe('BAD_CMS');
    const set = contextConstructed(0, ...many(1_025));
    const raw = contentInfo(OID.cmsSignedData, sequence(integer(1), setOf(), sequence(oid(OID.cmsData)), set, setOf()));
    expect(codeOf(() => parseCertificatesOnly(raw))).toBe('BAD_CMS');
    expect(codeOf(() => buildCertificatesOnly([Buffer.alloc(2 * 1024 * 1024)]))).toBe('BAD_CMS');
    expect(codeOf(() => parseCertificatesOnly(Buffer.alloc(2 * 1024 * 1024 + 1, 0x30)))).toBe('BAD_CMS');
    expect(codeOf(() => parseCertificatesOnly('A'.repeat(5 * 1024 * 1024)))).toBe('BAD_CMS');
  });

  it('answers any damage with BAD_CMS or certificates', () => {
    const der = buildCertificatesOnly(ders);
    fc.assert(fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, mask, cut) => {
      const changed = Buffer.from(der);
      changed[at] = (changed[at] ?? 0) ^ mask;
      expect([undefined, 'BAD_CMS']).toContain(codeOf(() => parseCertificatesOnly(cut ? changed.subarray(0, at) : changed)));
    }), { numRuns: 300 });
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
      expect(codeOf(() => parseCertificatesOnly(Buffer.from(octets)))).toBe('BAD_CMS');
    }));
  });
});

const version = spawnSync('openssl', ['version'], { encoding: 'utf8' });

describe.skipIf(version.status !== 0 || !/^OpenSSL [3-9]/.test(version.stdout))('certificates only with OpenSSL on the other side', () => {
  it('both ways, in order', () => {
    const folder = mkdtempSync(join(tmpdir(), 'p7c-openssl-'));
    const openssl = (...args: string[]) => spawnSync('openssl', args, { cwd: folder, encoding: 'utf8', timeout: 20_000 });
    writeFileSync(join(folder, 'ours.p7c'), buildCertificatesOnly(ders));
    const printed = openssl('pkcs7', '-inform', 'DER', '-in', 'ours.p7c', '-print_certs').stdout;
    const found = printed.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    expect(found.map((text) => `${text}\n`)).toEqual(ders.map((der) => pemEncode('CERTIFICATE', der)));
    writeFileSync(join(folder, 'all.pem'), ders.map((der) => pemEncode('CERTIFICATE', der)).join(''));
    for (const form of ['DER', 'PEM']) {
      expect(openssl('crl2pkcs7', '-nocrl', '-certfile', 'all.pem', '-outform', form, '-out', 'theirs').status).toBe(0);
      expect(parseCertificatesOnly(readFileSync(join(folder, 'theirs'))).map((one) => one.der)).toEqual(ders);
    }
    rmSync(folder, { recursive: true });
  });
});
