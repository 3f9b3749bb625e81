import { randomBytes, randomInt } from 'node:crypto';
import pg from 'pg';
import { certIdOf, createOcspRequest, parseCertificate, parseOcspResponse } from '#pki';
import type { Estate } from '../tools/start/estate.js';
import { prepareEstate } from '../tools/start/population.js';
import { Api } from '../tools/walk/api.js';
import { caCertificate } from '../tools/walk/verify.js';
import { openBenchEstate, settled } from './bench-estate.js';
import { load, type Side } from './inquiry-load.js';
import { serviceProcess } from './service-process.js';

const FIRST_SERIAL = 1_000_000_000;
const CERTIFICATES = Number(process.env['KIBAN_BENCH_CERTIFICATES'] ?? 1_000_000);
const PORTION = 100_000;
/** Few and all, so that both are measured by the same process. */
const SIZES = [...new Set([PORTION, CERTIFICATES])];
const CONNECTIONS = 64;
const QUERY_CONNECTIONS = 4;
const QUESTIONS = 12_800;
const SECONDS = 10;
const ROUNDS = 2;
/** Serial numbers of one status query, as many as are let in, and how many must be answered a second (JPKI 6). */
const [AT_ONCE, LEAST_SERIALS] = [1_000, 5_000];

/** Answers about any of as many certificates as the country has, on demand and by the thousand: whether rate and memory of the service depend on how many there are. `KIBAN_BENCH_CERTIFICATES`: how many. */
export async function benchStatus(): Promise<void> {
  const estate = await openBenchEstate(['--processes', 'each']);
  try {
    await measureSizes(estate);
  } finally {
    await estate.stop();
  }
}

async function measureSizes(estate: Estate): Promise<void> {
  await prepareEstate(new Api(estate.address));
  const client = new pg.Client({ connectionString: estate.adminUrl });
  await client.connect();
  // What a crash loses here is measured again.
  await client.query('SET synchronous_commit = off');
  let there = 0;
  for (const size of SIZES) {
    const start = performance.now();
    for (; there < size; there += PORTION) await insertCertificates(client, there);
    await client.query('VACUUM (ANALYZE) jpki_ca.certificate, jpki_ca.revoked');
    console.log(`status: ${size.toLocaleString('en')} certificates are there, the new ones after ${((performance.now() - start) / 1_000).toFixed(0)} s`);
    await settled(estate.adminUrl);
    const { rows: [disk] } = await client.query<{ bytes: string }>("SELECT pg_total_relation_size('jpki_ca.certificate_sign') + pg_total_relation_size('jpki_ca.revoked') AS bytes");
    await measure(estate, size, Number(disk?.bytes) / size);
  }
  await client.end();
}

async function measure(estate: Estate, size: number, bytes: number): Promise<void> {
  const service = serviceProcess(estate, 'jpki-ca');
  const rounds: string[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const side = await questions(estate, size);
    service.resetPeak();
    const before = service.processorSeconds();
    const { perSecond, p50, p99 } = await load(side, { connections: CONNECTIONS, seconds: SECONDS });
    const each = ((service.processorSeconds() - before) / (perSecond * SECONDS)) * 1e6;
    // The first round warms caches and plans.
    if (round > 0) rounds.push(`${perSecond.toFixed(0)} answers/s, p50 ${p50}, p99 ${p99} ms, ${each.toFixed(0)} µs of the processor each, ${service.anonymous()} MiB of its own, ${service.resident()} MiB resident, at most ${service.peak()}`);
  }
  console.log(`status: of ${size.toLocaleString('en')} certificates (${bytes.toFixed(0)} bytes each in PostgreSQL), each answer signed for its request: ${rounds.join('; ')}`);
  const queries = await load(await statusQueries(estate, size), { connections: QUERY_CONNECTIONS, seconds: SECONDS });
  const serials = queries.perSecond * AT_ONCE;
  console.log(`status: queries of ${AT_ONCE} of them, each with its use on record: ${serials.toFixed(0)} serial numbers/s (at least ${LEAST_SERIALS}: ${serials >= LEAST_SERIALS ? 'reached' : 'NOT reached'}), p50 ${queries.p50}, p99 ${queries.p99} ms`);
}

/** CheckStatus (JPKI 5) about certificates from all over the record. */
async function statusQueries({ address, services }: Estate, size: number): Promise<Side> {
  const headers = { authorization: `Bearer ${await new Api(address).token('verifier-tax')}` };
  const body = (): string => JSON.stringify({ queries: Array.from({ length: AT_ONCE }, () => ({ ca: 'sign', serial: (FIRST_SERIAL + randomInt(size)).toString(16) })) });
  return { url: `${services['jpki-ca'] ?? ''}/api/jpki-ca/v1/status-queries`, headers, bodies: Array.from({ length: 10 * QUERY_CONNECTIONS }, body) };
}

/** Rows as issuing leaves them, but for the certificate itself, of which no answer reads anything; a quarter is revoked (JPKI 4.18). */
async function insertCertificates(client: pg.Client, from: number): Promise<void> {
  const [first, last] = [FIRST_SERIAL + from, FIRST_SERIAL + from + PORTION - 1];
  await client.query(
    `INSERT INTO jpki_ca.certificate (ca, serial, generation, type, person_key, card_serial, municipality_code, partition_id, channel, window_id, issuance_request_id, fact_version,
       not_before, not_after, state, version, issued_at, der)
     SELECT 'sign', n, 1, 'SIGN_CERT', lpad(to_hex(n), 32, '0')::uuid, upper(lpad(to_hex(n), 16, '0')), '990019', 'sign-99001', 'WINDOW', '99001001A', lpad(to_hex(n), 32, '1')::uuid, 1,
       now(), now() + interval '4 years', CASE WHEN n % 4 = 0 THEN 'REVOKED' ELSE 'VALID' END, 2, now(), '\\x00' FROM generate_series($1::bigint, $2) AS n`,
    [first, last],
  );
  await client.query(
    `INSERT INTO jpki_ca.revoked (ca, serial, revoked_at, reason, partition_id, not_after)
     SELECT 'sign', n, now(), 3, 'sign-99001', now() + interval '4 years' FROM generate_series($1::bigint, $2) AS n WHERE n % 4 = 0`,
    [first, last],
  );
}

async function questions({ address, services }: Estate, size: number): Promise<Side> {
  const api = new Api(address);
  const issuer = parseCertificate(await caCertificate(api, 'sign'));
  const headers = { 'authorization': `Bearer ${await api.token('verifier-tax')}`, 'content-type': 'application/ocsp-request' };
  const url = `${services['jpki-ca'] ?? ''}/api/jpki-ca/v1/ocsp/sign`;
  const ask = (serial: number): Buffer<ArrayBuffer> => Buffer.from(createOcspRequest({ items: [certIdOf(issuer, BigInt(serial), 'sha1')], nonce: randomBytes(32) }));
  for (const [serial, expected] of [[FIRST_SERIAL, 'revoked'], [FIRST_SERIAL + size - 1, 'good'], [FIRST_SERIAL + size, 'unknown']] as const) {
    const answer = await fetch(url, { method: 'POST', headers, body: ask(serial) });
    const response = parseOcspResponse(Buffer.from(await answer.arrayBuffer()));
    if (response.status !== 'successful' || response.answers[0]?.status.kind !== expected) throw new Error(`${serial} is not ${expected}`);
  }
  return { url, headers, bodies: Array.from({ length: QUESTIONS }, () => ask(FIRST_SERIAL + randomInt(size))) };
}
