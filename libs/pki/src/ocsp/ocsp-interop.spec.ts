import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, type Server, createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExampleAuthority, OCSP_PROFILE, exampleAuthority, holderContent } from '../authority.fixture.js';
import { buildTbsCertificate, signCertificate } from '../certificate/build-certificate.js';
import { parseCertificate } from '../certificate/certificate.js';
import { pemEncode } from '../der/pem.js';
import { certIdOf } from './cert-id.js';
import { decodeOcspGet, encodeNonce, parseOcspRequest } from './ocsp-request.js';
import { type OcspCertStatus, buildOcspError, buildOcspResponse } from './ocsp-response.js';
import { parseOcspResponse, verifyOcspResponse } from './parse-ocsp-response.js';

const AT = new Date('2016-01-05T00:00:00Z');
const FAR = new Date('2090-01-01T00:00:00Z');
const NONCE = Buffer.alloc(128, 5);
let folder: string;
let ca: ExampleAuthority;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ocsp-interop-'));
  ca = await exampleAuthority();
  writeFileSync(join(folder, 'root.pem'), pemEncode('CERTIFICATE', ca.root.der));
  writeFileSync(join(folder, 'holder.pem'), pemEncode('CERTIFICATE', ca.holder.der));
});
afterAll(() => rmSync(folder, { recursive: true }));

const version = spawnSync('openssl', ['version'], { encoding: 'utf8' });

describe.skipIf(version.status !== 0 || !/^OpenSSL [3-9]/.test(version.stdout))('OCSP with OpenSSL on the other side', () => {
  const openssl = (...args: readonly string[]) => spawnSync('openssl', args, { cwd: folder, encoding: 'utf8', timeout: 20_000 });

  it('we read its request for several certificates under several hashes, signed too', () => {
    const own = ['req', '-newkey', 'rsa:2048', '-nodes', '-x509', '-subj', '/CN=asker', '-keyout', 'asker.key', '-out', 'asker.pem', '-days', '2'];
    expect(openssl(...own).status).toBe(0);
    const items = ['-issuer', 'root.pem', '-sha1', '-serial', '5', '-sha256', '-serial', '6', '-cert', 'holder.pem'];
    openssl('ocsp', ...items, '-signer', 'asker.pem', '-signkey', 'asker.key', '-reqout', 'q');
    const request = parseOcspRequest(readFileSync(join(folder, 'q')));
    expect(request.items).toEqual([certIdOf(ca.root, 5n, 'sha1'), certIdOf(ca.root, 6n, 'sha256'), certIdOf(ca.root, ca.holder.serial, 'sha256')]);
    expect(request.nonce).toBeDefined();
  });

  it('we believe its delegate, named by name and by key, while the certificate does not ask to be checked', () => {
    writeFileSync(join(folder, 'cnf'), [
      '[req]', 'distinguished_name=d', '[d]', '[ca]', 'basicConstraints=critical,CA:TRUE',
      '[d1]', 'extendedKeyUsage=OCSPSigning', 'noCheck=ignored', '[d2]', 'extendedKeyUsage=OCSPSigning', '',
    ].join('\n'));
    const fresh = ['req', '-newkey', 'rsa:2048', '-nodes', '-config', 'cnf'];
    openssl(...fresh, '-x509', '-subj', '/CN=own', '-extensions', 'ca', '-keyout', 'own.key', '-out', 'own.pem', '-days', '2');
    openssl(...fresh, '-subj', '/CN=delegate', '-keyout', 'd.key', '-out', 'd.csr');
    writeFileSync(join(folder, 'index.txt'), 'V\t360101000000Z\t\t4D\tunknown\t/CN=x\n');
    openssl('ocsp', '-issuer', 'own.pem', '-serial', '77', '-reqout', 'q');
    const issuer = parseCertificate(readFileSync(join(folder, 'own.pem')));
    const certify = ['x509', '-req', '-in', 'd.csr', '-CA', 'own.pem', '-CAkey', 'own.key', '-CAcreateserial', '-days', '1', '-out', 'd.pem'];
    const answer = ['ocsp', '-index', 'index.txt', '-CA', 'own.pem', '-rsigner', 'd.pem', '-rkey', 'd.key', '-reqin', 'q', '-respout', 'r', '-ndays', '1'];
    for (const [extensions, naming, believed] of [['d1', [], true], ['d1', ['-resp_key_id'], true], ['d2', [], false]] as const) {
      openssl(...certify, '-extfile', 'cnf', '-extensions', extensions);
      openssl(...answer, ...naming);
      const response = parseOcspResponse(readFileSync(join(folder, 'r')));
      if (response.status !== 'successful') throw new Error(response.status);
      expect('nameDer' in response.responder).toBe(naming.length === 0);
      const { nonce } = parseOcspRequest(readFileSync(join(folder, 'q')));
      const verify = () => verifyOcspResponse(response, { issuer, at: response.producedAt, serials: [77n], ...(nonce && { nonce }) });
      if (believed) expect(verify()).toMatchObject([{ status: { kind: 'good' } }]);
      else expect(verify).toThrow('not by the issuer or its delegate');
    }
  });
});

/** Validates `holder` with revocation by OCSP at each address, with the nonce extension, when there is one, in the request. */
const VALIDATOR = `
import java.io.*; import java.net.URI; import java.nio.file.*; import java.security.cert.*; import java.util.*;
class Check {
  static X509Certificate read(String name) throws Exception {
    try (InputStream in = Files.newInputStream(Path.of(name))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }
  public static void main(String[] args) throws Exception {
    byte[] nonce = HexFormat.of().parseHex(args[1]);
    for (String address : Arrays.copyOfRange(args, 2, args.length)) {
      CertPathValidator validator = CertPathValidator.getInstance("PKIX");
      PKIXRevocationChecker checker = (PKIXRevocationChecker) validator.getRevocationChecker();
      checker.setOptions(EnumSet.of(PKIXRevocationChecker.Option.NO_FALLBACK));
      checker.setOcspResponder(new URI(address));
      if (address.endsWith("nonce")) checker.setOcspExtensions(List.of(new java.security.cert.Extension() {
        public String getId() { return "1.3.6.1.5.5.7.48.1.2"; }
        public boolean isCritical() { return false; }
        public byte[] getValue() { return Arrays.copyOfRange(nonce, nonce.length - 131, nonce.length); }
        public void encode(OutputStream out) throws IOException { out.write(nonce); }
      }));
      PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(read("root.pem"), null)));
      parameters.setPolicyQualifiersRejected(false);
      parameters.setDate(new Date(Long.parseLong(args[0])));
      parameters.addCertPathChecker(checker);
      try {
        validator.validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(read("holder.pem"))), parameters);
        System.out.println("good");
      } catch (CertPathValidatorException e) { System.out.println(e.getReason() + " " + e.getMessage()); }
    }
  }
}`;

function run(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: folder });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { out += chunk.toString(); });
    child.on('error', reject);
    child.on('close', () => resolve(out));
  });
}

const java = spawnSync('java', ['--list-modules'], { encoding: 'utf8' });
const compiles = java.status === 0 && /^java\.base@(1[7-9]|[2-9][0-9])/m.test(java.stdout) && java.stdout.includes('jdk.compiler');

describe.skipIf(!compiles)('OCSP with Java on the other side', () => {
  const REVOKED: OcspCertStatus = { kind: 'revoked', revokedAt: new Date('2016-01-04T12:00:00Z'), reason: 'keyCompromise' };
  const STATUS: Readonly<Record<string, OcspCertStatus>> = {
    good: { kind: 'good' }, nonce: { kind: 'good' }, revoked: REVOKED, unknown: { kind: 'unknown' },
  };
  const asked: string[] = [];
  let server: Server;
  let responderCertificate: Buffer;

  async function answer(message: IncomingMessage): Promise<Buffer> {
    const [, name = '', path = ''] = (message.url ?? '').split('/');
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(Buffer.from(chunk));
    const request = parseOcspRequest(message.method === 'GET' ? decodeOcspGet(path) : Buffer.concat(chunks));
    asked.push(`${message.method} ${name} ${request.items.length} ${request.nonce?.length}`);
    const status = STATUS[name];
    if (status === undefined) return buildOcspError('tryLater');
    const answers = request.items.map((certId) => ({ certId, status, thisUpdate: AT, nextUpdate: FAR }));
    return buildOcspResponse({ answers, producedAt: AT, responderCertificate, ...(request.nonce && { nonce: request.nonce }) }, ca.responderKey);
  }

  beforeAll(async () => {
    // Java holds answers and their signer, unlike the path, against the clock of the machine.
    const lasting = { profile: OCSP_PROFILE, parameters: { number: '2' }, spki: ca.responderKey.publicKeySpki, notAfter: FAR };
    responderCertificate = await signCertificate(buildTbsCertificate(holderContent(ca, lasting)), ca.key);
    server = createServer((message, reply) => {
      answer(message).then(
        (body) => reply.setHeader('content-type', 'application/ocsp-response').end(body),
        (error: unknown) => reply.destroy(new Error('no answer', { cause: error })),
      );
    });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    writeFileSync(join(folder, 'Check.java'), VALIDATOR);
  });
  afterAll(() => server.close());

  it('we read its requests by GET and POST, and it believes our answers', async () => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('port expected');
    const urls = ['good', 'nonce', 'revoked', 'unknown', 'later'].map((name) => `http://127.0.0.1:${address.port}/${name}`);
    const printed = await run('java', ['Check.java', String(AT.getTime() + 60_000), encodeNonce(NONCE).toString('hex'), ...urls]);
    const [good, nonce, revoked, unknown, later] = printed.split('\n');
    expect([good, nonce], printed).toEqual(['good', 'good']);
    expect(revoked).toMatch(/^REVOKED .*KEY_COMPROMISE/);
    expect(unknown).toMatch(/^UNDETERMINED_REVOCATION_STATUS/);
    expect(later).toMatch(/TRY_LATER/);
    // A request that does not fit into 255 octets of address is sent by POST (RFC 5019 5).
    expect(asked).toEqual([
      'GET good 1 undefined', 'POST nonce 1 128', 'GET revoked 1 undefined', 'GET unknown 1 undefined', 'GET later 1 undefined',
    ]);
  });
});
