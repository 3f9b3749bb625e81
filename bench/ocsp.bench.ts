import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { certIdOf, createOcspRequest, parseCertificate, parseOcspResponse, type ParsedCertificate } from '#pki';
import { freePort } from '#testing/servers';
import type { Estate } from '../tools/start/estate.js';
import { prepareEstate } from '../tools/start/population.js';
import { Api } from '../tools/walk/api.js';
import { caCertificate } from '../tools/walk/verify.js';
import { openBenchEstate, settled } from './bench-estate.js';
import { load, type Side } from './inquiry-load.js';
import { bareSignatures, openssl, opensslFolder, type OpensslFolder } from './openssl.js';
import { report } from './report.js';

const CERTIFICATES = 10_000;
const FIRST_SERIAL = 1_000_000_000;
const ROUNDS = 3;
const SECONDS = 6;
const CONNECTIONS = 64;
const SERIALS = Array.from({ length: CERTIFICATES }, (_, index) => BigInt(FIRST_SERIAL + index));

/** Answers on demand at the service's own door, each signed for its request, against the bare signatures of one process and against openssl ocsp. */
export async function benchOcsp(): Promise<void> {
  const estate = await openBenchEstate(['--processes', 'each']);
  await prepareEstate(new Api(estate.address));
  await insertCertificates(estate.adminUrl);
  const folder = opensslFolder();
  const ours = await ourSide(estate);
  const responder = await startResponder(folder);
  await settled(estate.adminUrl);
  const rates = { ours: [] as number[], bare: [] as number[], openssl: [] as number[] };
  const slow: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const measured = await load(ours, { connections: CONNECTIONS, seconds: SECONDS });
    const signatures = await bareSignatures(folder);
    const theirs = await responder.load();
    if (round === 0) continue; // the first round warms caches and plans
    rates.ours.push(measured.perSecond);
    rates.bare.push(signatures);
    rates.openssl.push(theirs);
    slow.push(measured.p99);
  }
  const notes = `${CERTIFICATES} certificates, ${CONNECTIONS} connections, one process of the service; with grant, status, audit line and use; p99 ${slow.join(', ')} ms`;
  report({ name: 'ocsp: answers on demand against bare RSA-2048 signatures', unit: 'answers/s', ours: rates.ours, bare: rates.bare, goal: 0.6, notes });
  const closing = 'a connection for each of its answers, as it closes them';
  report({ name: 'ocsp: the same against openssl ocsp as responder', unit: 'answers/s', ours: rates.ours, bare: rates.openssl, goal: 5, notes: closing });
  responder.process.kill();
  folder.remove();
  await estate.stop();
}

/** Issued and in force, without their octets, which no answer reads. */
async function insertCertificates(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(
    `INSERT INTO jpki_ca.certificate (ca, serial, generation, type, person_key, card_serial, municipality_code, partition_id, channel, window_id, issuance_request_id, fact_version,
       not_before, not_after, state, version, issued_at, der)
     SELECT 'sign', n, 1, 'SIGN_CERT', gen_random_uuid(), upper(lpad(to_hex(n), 16, '0')), '990019', 'sign-99001', 'WINDOW', '99001001A', gen_random_uuid(), 1,
       now(), now() + interval '4 years', 'VALID', 1, now(), '' FROM generate_series($1::bigint, $2) AS n`,
    [FIRST_SERIAL, FIRST_SERIAL + CERTIFICATES - 1],
  );
  await client.query('ANALYZE jpki_ca.certificate');
  await client.end();
}

async function ourSide({ address, services }: Estate): Promise<Side> {
  const api = new Api(address);
  const issuer = parseCertificate(await caCertificate(api, 'sign'));
  const headers = { 'authorization': `Bearer ${await api.token('verifier-tax')}`, 'content-type': 'application/ocsp-request' };
  const side = { url: `${services['jpki-ca'] ?? ''}/api/jpki-ca/v1/ocsp/sign`, headers, bodies: SERIALS.map((serial) => ocspRequest(issuer, serial)) };
  const answer = await fetch(side.url, { method: 'POST', headers, body: side.bodies[0] ?? '' });
  requireGood(Buffer.from(await answer.arrayBuffer()));
  return side;
}

const ocspRequest = (issuer: ParsedCertificate, serial: bigint): Buffer<ArrayBuffer> => Buffer.from(createOcspRequest({ items: [certIdOf(issuer, serial, 'sha1')] }));

function requireGood(bytes: Buffer): void {
  const response = parseOcspResponse(bytes);
  if (response.status !== 'successful' || response.answers[0]?.status.kind !== 'good') throw new Error('the answer is not good');
}

interface Responder {
  readonly process: ChildProcess;
  /** Answers a second. */
  load(): Promise<number>;
}

/** The program as a responder, for as many certificates of an authority of its own. */
async function startResponder(folder: OpensslFolder): Promise<Responder> {
  await openssl(folder, 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '30', '-subj', '/C=JP/O=Bench/CN=CA');
  writeFileSync(join(folder.path, 'index.txt'), SERIALS.map((serial) => `V\t491231235959Z\t\t${serial.toString(16).toUpperCase()}\tunknown\t/CN=${serial}\n`).join(''));
  const port = await freePort();
  const args = ['ocsp', '-index', 'index.txt', '-port', String(port), '-CA', 'ca.pem', '-rsigner', 'ca.pem', '-rkey', 'ca.key', '-nmin', '15', '-ignore_err'];
  const process = spawn('openssl', args, { cwd: folder.path, stdio: 'ignore' });
  const issuer = parseCertificate(readFileSync(join(folder.path, 'ca.pem'), 'utf8'));
  const bodies = SERIALS.map((serial) => ocspRequest(issuer, serial));
  for (let attempt = 1; ; attempt += 1) {
    const answer = await post(port, bodies[0] ?? Buffer.alloc(0)).catch((error: unknown) => {
      if (attempt === 50) throw error;
      return undefined;
    });
    if (answer === undefined) await setTimeout(100);
    else {
      requireGood(answer);
      return { process, load: () => loadOneByOne(port, bodies) };
    }
  }
}

/** Eight at once: it answers one after the other. */
async function loadOneByOne(port: number, bodies: readonly Buffer[]): Promise<number> {
  const end = performance.now() + SECONDS * 1_000;
  let answered = 0;
  const caller = async (_: unknown, first: number): Promise<void> => {
    for (let turn = first; performance.now() < end; turn += 8) {
      await post(port, bodies[turn % bodies.length] ?? Buffer.alloc(0));
      answered += 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, caller));
  return answered / SECONDS;
}

function post(port: number, body: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/ocsp-request', 'content-length': body.length };
    const asked = request({ host: '127.0.0.1', port, method: 'POST', agent: false, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.once('error', reject);
      answer.once('end', () => resolve(Buffer.concat(chunks)));
    });
    asked.once('error', reject);
    asked.end(body);
  });
}
