import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExampleAuthority, exampleAuthority } from '../authority.fixture.js';
import type { CmsSigner } from '../cms/signed-data.js';
import { pemEncode } from '../der/pem.js';
import { generateRsaKey, signingKeyOf } from '../key/signing-key.js';
import { messageImprintOf } from './message-imprint.js';
import { createTimestampRequest, parseTimestampRequest, timestampFailureOf } from './timestamp-request.js';
import { buildTimestampRefusal, buildTimestampResponse, parseTimestampResponse } from './timestamp-response.js';
import { buildTimestampToken } from './timestamp-token.js';
import { certifyTsa } from './timestamp.fixture.js';
import { verifyTimestamp } from './verify-timestamp.js';

const POLICY = '1.2.392.200149.8.5.9.1';
const DATA = Buffer.from('h_last of segment 7');
const AT = new Date('2016-01-05T03:00:00Z');
const version = spawnSync('openssl', ['version'], { encoding: 'utf8' });
const present = version.status === 0 && /^OpenSSL [3-9]/.test(version.stdout);

const CONFIG = `[tsa]
default_tsa = t
[t]
serial = serial
signer_digest = sha256
default_policy = ${POLICY}
digests = sha256, sha384, sha512
accuracy = secs:1, millisecs:500, microsecs:2
clock_precision_digits = 6
tsa_name = yes
ess_cert_id_alg = sha256
ess_cert_id_chain = no
`;

describe.skipIf(!present)('time-stamps with OpenSSL on the other side', () => {
  let folder: string;
  let ca: ExampleAuthority;
  let tsa: CmsSigner;
  const openssl = (...args: readonly string[]): SpawnSyncReturns<string> =>
    spawnSync('openssl', ['ts', ...args], { cwd: folder, encoding: 'utf8', timeout: 20_000 });
  const file = (name: string) => readFileSync(join(folder, name));
  const write = (name: string, content: Buffer | string) => writeFileSync(join(folder, name), content);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tsa-openssl-'));
    ca = await exampleAuthority();
    const key = await generateRsaKey(2048);
    tsa = await certifyTsa(ca, signingKeyOf('tsa', key));
    write('root.pem', pemEncode('CERTIFICATE', ca.root.der));
    write('tsa.pem', pemEncode('CERTIFICATE', tsa.certificate.der));
    write('tsa.key', key.export({ type: 'pkcs8', format: 'pem' }));
    write('data', DATA);
    write('tsa.cnf', CONFIG);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(['sha256', 'sha384', 'sha512'] as const)('we answer its request over %s, and it believes the answer', async (digest) => {
    for (const [extra, inside] of [[['-cert'], []], [[], ['-untrusted', 'tsa.pem']]] as const) {
      expect(openssl('-query', '-data', 'data', `-${digest}`, ...extra, '-out', 'q').status).toBe(0);
      const request = parseTimestampRequest(file('q'));
      const { algorithm, digest: octets } = messageImprintOf(digest, DATA);
      expect(request).toMatchObject({ imprint: { algorithm, digest: octets }, withCertificate: extra.length === 1 });
      expect([timestampFailureOf(request, [POLICY]), request.nonce === undefined]).toEqual([undefined, false]);
      const token = await buildTimestampToken(request, { policy: POLICY, serial: 5n, time: AT, accuracyMicros: 1e6 }, tsa);
      write('r', buildTimestampResponse(token));
      const at = ['-CAfile', 'root.pem', '-attime', String(AT.getTime() / 1000), ...inside];
      const verified = openssl('-verify', '-queryfile', 'q', '-in', 'r', ...at);
      expect(verified.stdout + verified.stderr).toContain('Verification: OK');
      const text = openssl('-reply', '-in', 'r', '-text').stdout;
      expect(text).toContain('Status: Granted.');
      expect(text).toContain('Accuracy: 0x01 seconds, unspecified millis, unspecified micros');
      expect(text).toMatch(/Serial number: 0x05\nTime stamp: Jan {2}5 03:00:00 2016 GMT/);
    }
  });

  it('it does not believe an answer to another request, and reads our refusals', async () => {
    openssl('-query', '-data', 'data', '-sha256', '-out', 'q');
    const request = { ...parseTimestampRequest(file('q')), nonce: 1n, withCertificate: true };
    write('r', buildTimestampResponse(await buildTimestampToken(request, { policy: POLICY, serial: 5n, time: AT }, tsa)));
    expect(openssl('-verify', '-queryfile', 'q', '-in', 'r', '-CAfile', 'root.pem', '-no_check_time').stderr).toContain('nonce mismatch');
    for (const [failure, text] of [
      ['badAlg', 'unrecognized or unsupported algorithm identifier'], ['badRequest', 'transaction not permitted or supported'],
      ['badDataFormat', 'the data submitted has the wrong format'], ['timeNotAvailable', "the TSA's time source is not available"],
      ['unacceptedPolicy', 'the requested TSA policy is not supported by the TSA'],
      ['unacceptedExtension', 'the requested extension is not supported by the TSA'],
      ['addInfoNotAvailable', 'the additional information requested could not be understood or is not available'],
      ['systemFailure', 'the request cannot be handled due to system failure'],
    ] as const) {
      write('r', buildTimestampRefusal(failure));
      const read = openssl('-reply', '-in', 'r', '-text').stdout;
      expect(read).toContain('Status: Rejected.');
      expect(read).toContain(text);
    }
  });

  it('it answers our request, and we believe the answer', () => {
    const asked = { imprint: messageImprintOf('sha512', DATA), policy: POLICY, nonce: 0x8000_0000_0000_0001n, withCertificate: true };
    write('q', createTimestampRequest(asked));
    // A token is made now, when the example authority is no longer in force: one of OpenSSL's own stands in.
    write('x.cnf', '[req]\ndistinguished_name=d\n[d]\n[x]\nextendedKeyUsage=critical,timeStamping\n');
    const own = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=own', '-config', 'x.cnf', '-extensions', 'x', '-days', '2'];
    expect(spawnSync('openssl', [...own, '-keyout', 'own.key', '-out', 'own.pem'], { cwd: folder }).status).toBe(0);
    const reply = openssl('-reply', '-config', 'tsa.cnf', '-queryfile', 'q', '-signer', 'own.pem', '-inkey', 'own.key', '-out', 'r');
    expect(reply.stderr).toContain('Response has been generated');
    const response = parseTimestampResponse(file('r'));
    if (response.status !== 'granted') throw new Error(response.status);
    expect(response.token.info).toMatchObject({ policy: POLICY, accuracyMicros: 1_500_002, ordering: false, nonce: asked.nonce });
    expect(verifyTimestamp(response.token, { ...asked, policies: [POLICY], certificates: [] })).toMatchObject({ valid: true });
    expect(verifyTimestamp(response.token, { ...asked, nonce: 1n, certificates: [] })).toEqual({ valid: false, fault: 'NONCE' });
  });

  it('it refuses what we refuse, with the same failure', () => {
    const imprint = messageImprintOf('sha256', DATA);
    // The last octet of the OID: SHA3-384, a digest that neither takes.
    const other = { ...imprint, der: Buffer.from(imprint.der).fill(9, 14, 15) };
    for (const asked of [{ imprint, policy: '1.2.3', withCertificate: false }, { imprint: other, withCertificate: false }]) {
      const query = createTimestampRequest(asked);
      write('q', query);
      openssl('-reply', '-config', 'tsa.cnf', '-queryfile', 'q', '-signer', 'own.pem', '-inkey', 'own.key', '-out', 'r');
      const failures = [timestampFailureOf(parseTimestampRequest(query), [POLICY])];
      expect(parseTimestampResponse(file('r'))).toEqual({ status: 'rejection', failures });
    }
  });
});
