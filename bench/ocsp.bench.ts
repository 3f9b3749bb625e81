import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
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
import { load, startBare, type Side } from './inquiry-load.js';
import { bareSignatures, openssl, opensslFolder, type OpensslFolder } from './openssl.js';
import { report } from './report.js';

const CERTIFICATES = 10_000;
const CACHED = 640;
const FIRST_SERIAL = 1_000_000_000;
const ROUNDS = 3;
const SECONDS = 6;
const CONNECTIONS = 64;
const SERIALS = Array.from({ length: CERTIFICATES }, (_, index) => BigInt(FIRST_SERIAL + index));

/**
 * Answers on demand at the service's own door, each signed for its request, against the bare signatures of one process; answers that were signed
 * within the minute against a server that sends octets it has; both against openssl ocsp.
 */
export async function benchOcsp(): Promise<void> {
  const estate = await openBenchEstate(['--processes', 'each']);
  await prepareEstate(new Api(estate.address));
  await insertCertificates(estate.adminUrl);
  const folder = opensslFolder();
  const ours = await ourSides(estate);
  const bare = await startBare(estate.adminUrl);
  const responder = await startResponder(folder);
  await settled(estate.adminUrl);
  const rates: Record<'onDemand' | 'cached' | 'signatures' | 'fastify' | 'openssl', number[]> = { onDemand: [], cached: [], signatures: [], fastify: [], openssl: [] };
  const slow: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const onDemand = await load(ours.onDemand, { connections: CONNECTIONS, seconds: SECONDS });
    const signatures = await bareSignatures(folder);
    const cached = await load(ours.cached, { connections: CONNECTIONS, seconds: SECONDS });
    const fastify = await load({ ...ours.cached, url: `${bare.url}/octets` }, { connections: CONNECTIONS, seconds: SECONDS });
    const openssl = await responder.load();
    if (round === 0) continue; // the first round warms caches and plans
    for (const [name, rate] of Object.entries({ onDemand: onDemand.perSecond, cached: cached.perSecond, signatures, fastify: fastify.perSecond, openssl })) rates[name as keyof typeof rates].push(rate);
    slow.push(onDemand.p99);
  }
  reportRates(rates, slow);
  bare.stop();
  responder.process.kill();
  folder.remove();
  await estate.stop();
}

function reportRates({ onDemand, cached, signatures, fastify, openssl }: Record<'onDemand' | 'cached' | 'signatures' | 'fastify' | 'openssl', number[]>, slow: readonly number[]): void {
  const unit = 'answers/s';
  const each = `${CONNECTIONS} connections, one process of the service; with grant, status, audit line and use`;
  const closing = 'a connection for each of its answers, as it closes them';
  report({ name: 'ocsp: answers on demand against bare RSA-2048 signatures', unit, ours: onDemand, bare: signatures, goal: 0.6, notes: `${CERTIFICATES} certificates, ${each}; p99 ${slow.join(', ')} ms` });
  report({ name: 'ocsp: answers signed within the minute against bare Fastify', unit, ours: cached, bare: fastify, goal: 0.5, notes: `${CACHED} certificates, ${each}` });
  report({ name: 'ocsp: on demand against openssl ocsp as responder', unit, ours: onDemand, bare: openssl, goal: 5, notes: closing });
  report({ name: 'ocsp: signed within the minute against openssl ocsp as responder', unit, ours: cached, bare: openssl, goal: 5, notes: closing });
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

async function ourSides({ address, services }: Estate): Promise<{ onDemand: Side; cached: Side }> {
  const api = new Api(address);
  const issuer = parseCertificate(await caCertificate(api, 'sign'));
  const headers = { 'authorization': `Bearer ${await api.token('verifier-tax')}`, 'content-type': 'application/ocsp-request' };
  const url = `${services['jpki-ca'] ?? ''}/api/jpki-ca/v1/ocsp/sign`;
  // An answer with a nonce is signed for its request alone.
  const onDemand = { url, headers, bodies: SERIALS.map((serial) => ocspRequest(issuer, serial, randomBytes(32))) };
  const cached = { url, headers, bodies: SERIALS.slice(0, CACHED).map((serial) => ocspRequest(issuer, serial)) };
  for (const body of [onDemand.bodies[0], cached.bodies[0]]) {
    const answer = await fetch(url, { method: 'POST', headers, body: body ?? '' });
    requireGood(Buffer.from(await answer.arrayBuffer()));
  }
  return { onDemand, cached };
}

function ocspRequest(issuer: ParsedCertificate, serial: bigint, nonce?: Buffer): Buffer<ArrayBuffer> {
  return Buffer.from(createOcspRequest({ items: [certIdOf(issuer, serial, 'sha1')], ...(nonce === undefined ? {} : { nonce }) }));
}

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
