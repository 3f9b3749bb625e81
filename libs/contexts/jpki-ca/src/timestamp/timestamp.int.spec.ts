import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  OID, certIdOf, createOcspRequest, createTimestampRequest, extKeyUsageOf, extensionOf, isCertificateSignedBy, keyUsageOf, messageImprintOf, parseCertificate, parseOcspResponse,
  parseTimestampResponse, verifyTimestamp, type ParsedTimestampResponse, type TimestampToken,
} from '#pki';
import type { Actor } from '#platform';
import { startEstate, startTimeServer, timeAnswer, type Answer, type TestEstate } from '#testing';
import { jpkiCaModule } from '../jpki-ca.module.js';
import { KASUMI, openssl, operator, verifier, window } from '../neighbours.fixture.js';

const API = '/api/jpki-ca/v1';
const POLICY = '1.2.392.200149.8.5.1.0.90';
const service: Actor = { clientId: 'svc-juki-net', kind: 'service', organisation: 'juki-net' };
const DAY = 86_400_000;
const version = spawnSync('openssl', ['version'], { encoding: 'utf8' });
const present = version.status === 0 && /^OpenSSL [3-9]/.test(version.stdout);

let estate: TestEstate;
let server: { stop(): void } | undefined;
beforeAll(async () => {
  estate = await startEstate([jpkiCaModule], { at: new Date('2016-02-10T01:00:00Z') });
}, 120_000);
afterAll(async () => {
  await estate?.stop();
  server?.stop();
});

const query = (as: Actor, body: Uint8Array, path = '/timestamps'): Promise<Answer> =>
  estate.request('POST', `${API}${path}`, { as, headers: { 'content-type': 'application/timestamp-query' }, body: Buffer.from(body) });
const imprint = messageImprintOf('sha256', Buffer.from('h_last'));
const ask = async (as: Actor = service, more: { nonce?: bigint; policy?: string } = {}): Promise<ParsedTimestampResponse> =>
  parseTimestampResponse((await query(as, createTimestampRequest({ imprint, withCertificate: true, ...more }))).bytes);
const granted = async (as: Actor = service, more: { nonce?: bigint; policy?: string } = {}): Promise<TimestampToken> => {
  const response = await ask(as, more);
  if (response.status !== 'granted') throw new Error(response.status);
  return response.token;
};
const move = (ms: number): void => estate.clock.set(new Date(estate.clock.now().getTime() + ms));
const serials = async (): Promise<string[]> => (await estate.sql<{ serial: string }>('SELECT serial FROM jpki_ca.timestamp_issue ORDER BY serial')).map(({ serial }) => serial);
const root = async () => parseCertificate((await estate.request('GET', `${API}/cas/sign/certificate`, { as: operator })).bytes);

describe('time-stamp authority (JPKI-4.3, RFC 3161)', () => {
  it.skipIf(!present)('OpenSSL asks and believes the answer', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'timestamps-'));
    const path = (name: string): string => join(folder, name);
    writeFileSync(path('root.pem'), (await estate.request('GET', `${API}/cas/sign/certificate?format=pem`, { as: operator })).bytes);
    writeFileSync(path('data'), 'sealed record');
    for (const digest of ['-sha256', '-sha512']) {
      await openssl('ts', '-query', '-data', path('data'), digest, '-cert', '-out', path('q'));
      const answer = await query(service, readFileSync(path('q')));
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/timestamp-reply']);
      writeFileSync(path('r'), answer.bytes);
      const at = String(Math.floor(estate.clock.now().getTime() / 1000));
      expect(await openssl('ts', '-verify', '-queryfile', path('q'), '-in', path('r'), '-CAfile', path('root.pem'), '-x509_strict', '-attime', at)).toContain('Verification: OK');
      expect(await openssl('ts', '-reply', '-in', path('r'), '-text')).toContain('Accuracy: 0x01 seconds');
    }
    rmSync(folder, { recursive: true });
  });

  it('echoes the nonce, gives each token another serial number, also at once and over a restart, and records it', async () => {
    const nonces = Array.from({ length: 8 }, () => BigInt(`0x${randomBytes(8).toString('hex')}`));
    const tokens = await Promise.all(nonces.map((nonce) => granted(operator, { nonce, policy: POLICY })));
    await estate.restart();
    tokens.push(await granted(operator));
    expect(tokens.map(({ info }) => info.nonce)).toEqual([...nonces, undefined]);
    expect(new Set(tokens.map(({ info }) => info.serial)).size).toBe(9);
    const known = await serials();
    for (const token of tokens) {
      const { info } = token;
      expect(verifyTimestamp(token, { imprint, policies: [POLICY], certificates: [] })).toMatchObject({ valid: true });
      expect([info.accuracyMicros, info.policy]).toEqual([1_000_000, POLICY]);
      expect(known.map((serial) => BigInt(`0x${serial}`))).toContain(info.serial);
    }
    const rows = await estate.sql('SELECT DISTINCT organisation, imprint FROM jpki_ca.timestamp_issue WHERE organisation = $1', 'agency');
    expect(rows).toEqual([{ organisation: 'agency', imprint: createHash('sha256').update('h_last').digest('hex') }]);
  });

  it('has a certificate of the signature authority for this purpose alone', async () => {
    const { certificates: [certificate] } = await granted();
    if (certificate === undefined) throw new Error('no certificate');
    expect([keyUsageOf(certificate), extKeyUsageOf(certificate), extensionOf(certificate, OID.extKeyUsage)?.critical]).toEqual([['digitalSignature'], [OID.timeStamping], true]);
    expect(isCertificateSignedBy(certificate, (await root()).spki)).toBe(true);
  });

  it('refuses in its own way what it cannot stamp; by policy who may not ask', async () => {
    const other = Buffer.from(createTimestampRequest({ imprint, withCertificate: false }));
    // The last octet of the OID: SHA3-384.
    other[other.indexOf(Buffer.from('608648016503040201', 'hex')) + 8] = 9;
    const before = await serials();
    for (const [body, failure] of [
      [Buffer.from('no request'), 'badDataFormat'], [Buffer.alloc(0), 'badDataFormat'], [Buffer.alloc(300_000, 0x30), 'badDataFormat'],
      [createTimestampRequest({ imprint, policy: '1.2.3', withCertificate: true }), 'unacceptedPolicy'], [other, 'badAlg'],
    ] as const) {
      expect(parseTimestampResponse((await query(service, body)).bytes)).toEqual({ status: 'rejection', failures: [failure] });
    }
    expect(await serials()).toEqual(before);
    for (const as of [window, verifier]) expect((await query(as, createTimestampRequest({ imprint, withCertificate: true }))).status).toBe(403);
  });
});

describe('a clock that went back (JPKI-7)', () => {
  const issueList = (): Promise<Answer> => estate.request('POST', `${API}/crl-partitions/sign-99001/issues`, { as: operator, body: {} });
  const lists = async (): Promise<number> => (await estate.sql("SELECT 1 FROM jpki_ca.crl_issue WHERE partition_id = 'sign-99001'")).length;
  const ocsp = async (): Promise<string> => {
    const body = Buffer.from(createOcspRequest({ items: [certIdOf(await root(), 99_999n, 'sha1')] }));
    return parseOcspResponse((await estate.request('POST', `${API}/ocsp/sign`, { as: operator, headers: { 'content-type': 'application/ocsp-request' }, body })).bytes).status;
  };
  const refused = { status: 'rejection', failures: ['timeNotAvailable'] };

  it('stops time-stamps, lists and OCSP until it has passed what it showed, in a new process too', async () => {
    await estate.request('POST', `${API}/crl-partitions`, { as: operator, body: { municipalityCode: KASUMI, prefectureRomaji: 'Kasumi-ken', municipalityRomaji: 'Kasumi-shi' } });
    await issueList();
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM jpki_ca.job WHERE kind = 'issue-crls' AND state <> 'SUCCEEDED'")).length === 0);
    const before = await lists();
    expect(before).toBeGreaterThan(0);
    expect([(await ask()).status, await ocsp()]).toEqual(['granted', 'successful']);
    move(-60_000);
    expect([await ask(), await ocsp()]).toEqual([refused, 'tryLater']);
    expect((await issueList()).status).toBe(202);
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM jpki_ca.audit_line WHERE entry LIKE '%clock-watch%CLOCK_UNTRUSTED%'")).length === 1);
    expect((await estate.request('GET', `${API}/crl-partitions/sign-99001/current.crl`, { as: operator })).status).toBe(200);
    await estate.restart();
    expect([await ask(), await lists()]).toEqual([refused, before]);
    move(62_000);
    expect([(await ask()).status, await ocsp()]).toEqual(['granted', 'successful']);
    await estate.eventually(async () => (await lists()) === before + 1, 40);
  });

  it('stops them when it differs from the time servers, from the start of a process on', async () => {
    let behindMs = 5_000;
    const started = await startTimeServer((question) => timeAnswer(question, estate.clock.now().getTime() + behindMs));
    server = started;
    Object.assign(estate.config, { timeServers: [{ host: '127.0.0.1', port: started.port }] });
    await estate.restart();
    expect([await ask(), await ocsp()]).toEqual([refused, 'tryLater']);
    await estate.eventually(async () => (await estate.sql(`SELECT 1 FROM jpki_ca.audit_line WHERE entry LIKE '%CLOCK_UNTRUSTED%"cause":"REFERENCE_DIFFERS"%'`)).length === 1);
    behindMs = 0;
    await estate.restart();
    expect([(await ask()).status, await ocsp()]).toEqual(['granted', 'successful']);
  });

  it('is held against what another replica stamped', async () => {
    const ahead = new Date(estate.clock.now().getTime() + 20_000).toISOString();
    await estate.sql("INSERT INTO jpki_ca.timestamp_issue (serial, at, organisation, imprint) VALUES ('ffffffff', $1, 'agency', '00')", ahead);
    expect(await ask()).toEqual(refused);
    move(20_000);
    expect((await ask()).status).toBe('granted');
  });
});

describe('its key', () => {
  it('is renewed after two thirds of a year; what it stamped before still verifies', async () => {
    const old = await granted();
    move(244 * DAY);
    await estate.eventually(async () => z.object({ n: z.number() }).parse((await estate.sql("SELECT count(*)::int AS n FROM jpki_ca.sealing_key"))[0]).n === 4, 40);
    const fresh = await granted();
    expect(fresh.certificates[0]?.serial).not.toBe(old.certificates[0]?.serial);
    for (const token of [old, fresh]) expect(verifyTimestamp(token, { imprint, certificates: [] })).toMatchObject({ valid: true });
  });
});
