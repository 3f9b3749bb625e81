import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { UnsecuredJWT } from 'jose';
import { buildCertificatesOnly, encodeName, pemEncode } from '#pki';
import { startDirectory, type RunningDirectory } from '../../apps/directory/directory.js';
import { readDirectorySettings } from '../../apps/directory/settings.js';
import type { Material } from './material.js';
import { JAVA, programsOf, type Programs } from './programs.js';

const SOURCE = resolve('test', 'interop', 'Directory.java');
const CLIENT = 'verifier-tax';
/** What the stand-in for the estate takes for the token of a client with a grant. */
const TOKEN = new UnsecuredJWT({ client_id: CLIENT }).encode();

/** What Java found otherwise than the directory says it (JPKI-4.8, RFC 4523). */
export interface Otherwise {
  readonly question: string;
  readonly answer: string;
}

interface Question {
  readonly name: string;
  readonly expected: RegExp;
}

const ROOT: Question = { name: 'root', expected: /^O=JPKI-TEST,C=JP$/ };
const ANCHORS: Question = { name: 'anchors', expected: /^found$/ };
const path = (expected: RegExp): Question => ({ name: 'path', expected });

/** Java's `CertPathBuilder` and JNDI before the directory, by who has a grant and by nobody; or why it cannot be asked. */
export async function directoryByJava(material: Material): Promise<{ readonly asked: number; readonly otherwise: readonly Otherwise[] } | string> {
  const programs = await programsOf(JAVA);
  if (typeof programs === 'string') return programs;
  const folder = mkdtempSync(join(tmpdir(), 'kiban-directory-'));
  let revoked: readonly bigint[] = [];
  const estate = await standIn(material, () => revoked);
  const directory = await startDirectory(
    readDirectorySettings({ KIBAN_LDAP_PORT: '0', KIBAN_HTTP_PORT: '0', KIBAN_KEYS: folder, KIBAN_GATEWAY_URL: estate.url }),
    { tokens: { token: () => Promise.resolve('own') } },
  );
  const otherwise: Otherwise[] = [];
  let asked = 0;
  const ask = async (who: 'granted' | 'nobody', expected: readonly Question[]): Promise<void> => {
    const answers = await answersOf(programs, { folder, who, directory, material });
    for (const { name, expected: pattern } of expected) {
      const answer = answers.get(name) ?? 'nothing';
      asked += 1;
      if (!pattern.test(answer)) otherwise.push({ question: `${name} by ${who}`, answer });
    }
  };
  try {
    await ask('granted', [ROOT, ANCHORS, path(/^accepted$/)]);
    // Without the list it finds no path whose revocation it knows, and only says that it finds none.
    await ask('nobody', [ROOT, ANCHORS, path(/^refused unable to find valid certification path/)]);
    revoked = [material.holder.certificate.serial];
    await ask('granted', [path(/^refused .*revoked/i)]);
  } finally {
    await directory.stop();
    estate.server.close();
    rmSync(folder, { recursive: true });
  }
  return { asked, otherwise };
}

interface Asking {
  readonly folder: string;
  readonly who: 'granted' | 'nobody';
  readonly directory: RunningDirectory;
  readonly material: Material;
}

async function answersOf({ env }: Programs, { folder, who, directory, material }: Asking): Promise<Map<string, string>> {
  const [anchor, target] = [join(folder, 'anchor.pem'), join(folder, 'target.pem')];
  writeFileSync(anchor, pemEncode('CERTIFICATE', material.sign.certificate.der));
  writeFileSync(target, pemEncode('CERTIFICATE', material.holder.certificate.der));
  const bound = { 'java.naming.security.principal': `cn=${CLIENT},ou=clients,O=JPKI-TEST,C=JP`, 'java.naming.security.credentials': TOKEN, 'java.naming.security.authentication': 'simple' };
  writeFileSync(join(folder, 'jndi.properties'), Object.entries(who === 'granted' ? bound : {}).map(([name, value]) => `${name}=${value}\n`).join(''));
  const args = ['-Dcom.sun.security.enableCRLDP=true', '-cp', folder, SOURCE, String(directory.ldapPort), anchor, target];
  const { stdout } = await promisify(execFile)('java', args, { cwd: folder, env, timeout: 120_000 });
  return new Map(stdout.split('\n').map((line) => {
    const [name = '', answer = ''] = line.split('\t');
    return [name, answer];
  }));
}

/** The routes of the estate that the directory reads: what they answer in the estate itself, the integration spec of the directory shows. */
async function standIn(material: Material, revoked: () => readonly bigint[]): Promise<{ readonly url: string; readonly server: Server }> {
  const bundle = (certificate: Buffer) => buildCertificatesOnly([certificate]);
  const names = { partitions: [{ partitionId: 'sign-99001', ca: 'sign', name: encodeName(material.partition).toString('base64') }] };
  const answer = async (route: string, authorization: string | undefined): Promise<Buffer | number> => {
    if (route === '/api/jpki-ca/v1/cas/sign/certificates') return bundle(material.sign.certificate.der);
    if (route === '/api/jpki-ca/v1/cas/auth/certificates') return bundle(material.auth.certificate.der);
    if (route === '/api/jpki-ca/v1/crl-partitions') return Buffer.from(JSON.stringify(names));
    if (authorization !== `Bearer ${TOKEN}`) return 403;
    if (route === '/api/jpki-ca/v1/cas/sign/certificate') return material.sign.certificate.der;
    if (route === '/api/jpki-ca/v1/cas/sign/arl') return (await material.arl(material.sign)).der;
    if (route === '/api/jpki-ca/v1/crl-partitions/sign-99001/current.crl') return (await material.registrar.list(material.sign, { revoked: revoked(), point: material.partition })).der;
    return 404;
  };
  const server = createServer((request, response) => {
    void answer((request.url ?? '').replace(/\?.*$/, ''), request.headers.authorization).then((found) => {
      if (typeof found === 'number') return response.writeHead(found).end();
      const etag = `"${createHash('sha256').update(found).digest('hex')}"`;
      const isKnown = request.headers['if-none-match'] === etag;
      return response.writeHead(isKnown ? 304 : 200, { etag }).end(isKnown ? undefined : found);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`, server };
}
