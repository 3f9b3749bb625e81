import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { productionBatchReady } from '#contracts/card-issuance';
import { certIdOf, createOcspRequest, parseCertificate, parseOcspResponse, type ParsedCertificate } from '#pki';
import { FieldCipher, masterKey } from '#platform';
import { cardRequests, startEstate, type Answer, type TestEstate } from '#testing';
import { codeOf } from '../ceremony/ceremony.fixture.js';
import { jpkiCaModule } from '../jpki-ca.module.js';
import { KASUMI, Neighbours, cardExpiry, cardSerial, csr, operator, tell, verifier, window } from '../neighbours.fixture.js';
import { CERTIFY_PRODUCTION_BATCH } from './certify-production-batch.js';

const BASE = '/api/jpki-ca/v1';
/** Two pages of two portions each. */
const PAGE = 60;
const CARDS = 2 * PAGE;
/** Of a page, as they come to be recorded: none yet, either of them, or both. */
const PORTIONS = [0, 50, PAGE - 50, PAGE];
const OCSP_ITEMS = 100;
const neighbours = new Neighbours();
const children: ChildProcess[] = [];
let estate: TestEstate;
let tokens: Server;
let root: ParsedCertificate;

/** The works are done by processes that can be killed; this one has the edges. */
const edges = { ...jpkiCaModule, build: (platform: Parameters<typeof jpkiCaModule.build>[0]) => ({ ...jpkiCaModule.build(platform), jobs: [] }) };

/** A replica in a process of its own: the program as it was built. */
async function replica(): Promise<ChildProcess> {
  const { database: { host, port, name, secret }, natsUrl, keys, peers } = estate.config;
  const child = fork('dist/apps/jpki-ca/main.js', {
    execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: {
      ...process.env, KIBAN_ENVIRONMENT: 'test', KIBAN_HTTP_PORT: '0', KIBAN_CONTEXT_GRPC_PORT: '0', KIBAN_DATABASE: `${host}:${port}/${name}`, KIBAN_DATABASE_SECRET: secret, NATS_URL: natsUrl,
      KIBAN_ISSUER: 'http://issuer.test', KIBAN_TOKEN_URL: `http://127.0.0.1:${(tokens.address() as AddressInfo).port}`, KIBAN_KEYS: keys, KIBAN_PEERS: JSON.stringify(peers), KIBAN_TRACE_RATIO: '0',
    },
  });
  children.push(child);
  await once(child, 'message');
  return child;
}

/** With SIGKILL; what it held is free at once, as after the lease. */
async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  await estate.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kiban jpki-ca' AND datname = current_database() AND state = 'idle in transaction'");
  await estate.sql('UPDATE jpki_ca.job SET lease_until = NULL');
}

async function batch(cards: number): Promise<string> {
  const batchId = randomUUID();
  const requests = (await cardRequests(cards)).map((authCsr, index) => {
    const { personKey, municipalityCode } = neighbours.person();
    return { recordNo: index + 1, cardSerial: cardSerial(), personKey, municipalityCode, factVersion: 1, cardExpiry: cardExpiry(estate), authCsr };
  });
  neighbours.batches.set(batchId, requests);
  await tell(estate, productionBatchReady, batchId, 1, { batchId, count: cards, hash: 'h' });
  return batchId;
}

const requestsOf = (batchId: string): Promise<{ state: string; serial: string }[]> => estate.sql('SELECT state, serial FROM jpki_ca.issuance_request WHERE production_batch_id = $1 ORDER BY serial', batchId);
const still = (): Promise<boolean> => estate.eventually(async () => (await estate.sql("SELECT 1 FROM jpki_ca.job WHERE state IN ('QUEUED', 'RUNNING')")).length === 0, 90);

async function ocsp(...serials: string[]): Promise<string[]> {
  const body = createOcspRequest({ items: serials.map((serial) => certIdOf(root, BigInt(serial), 'sha1')) });
  const { status, bytes } = await estate.request('POST', `${BASE}/ocsp/auth`, { as: verifier, headers: { 'content-type': 'application/ocsp-request' }, body });
  const answer = status === 200 ? parseOcspResponse(bytes) : { status: `${status}` };
  return 'answers' in answer ? answer.answers.map(({ status: { kind } }) => kind) : [answer.status];
}

beforeAll(async () => {
  estate = await startEstate([...neighbours.modules(), edges]);
  tokens = createServer((_request, response) => void estate.token({ clientId: 'svc-jpki-ca', kind: 'service', organisation: 'jpki-ca' })
    .then((token) => response.setHeader('content-type', 'application/json').end(JSON.stringify({ access_token: token, expires_in: 300 })))).listen(0, '127.0.0.1');
  await once(tokens, 'listening');
  mkdirSync(join(estate.config.keys, 'clients'), { recursive: true });
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  writeFileSync(join(estate.config.keys, 'clients', 'svc-jpki-ca.jwk.json'), JSON.stringify({ ...(await exportJWK(privateKey)), alg: 'ES256' }));
  root = parseCertificate((await estate.request('GET', `${BASE}/cas/auth/certificate`, { as: verifier })).bytes);
  await estate.request('POST', `${BASE}/access-grants`, { as: operator, body: { organisation: 'tax', ca: 'auth' } });
  await estate.request('POST', `${BASE}/crl-partitions`, { as: operator, body: { municipalityCode: KASUMI, prefectureRomaji: 'Kasumi-ken', municipalityRomaji: 'Kasumi-shi' } });
}, 120_000);
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  tokens?.close();
  await estate?.stop();
  neighbours.close();
});

describe('killed while it works (JPKI-3.3, 4.8, 7)', () => {
  it('between two pages of a batch, the second drafted while the first is signed: two replicas go on with the second, nothing without a record is good, no serial comes twice, and each signature was announced', async () => {
    // Of the second page nothing is recorded, as on a full disk, for which workers wait.
    await estate.sql(`CREATE FUNCTION jpki_ca.fail() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN IF EXISTS (SELECT FROM jpki_ca.job WHERE kind = ''${CERTIFY_PRODUCTION_BATCH}'' AND cursor IS NOT NULL) THEN RAISE EXCEPTION ''full'' USING ERRCODE = ''disk_full''; END IF; RETURN NULL; END'`);
    await estate.sql('CREATE TRIGGER full_disk BEFORE INSERT ON jpki_ca.certificate FOR EACH STATEMENT EXECUTE FUNCTION jpki_ca.fail()');
    neighbours.cardsAPage = PAGE;
    const batchId = await batch(CARDS);
    const certificates = (): Promise<{ serial: string; der: Buffer }[]> =>
      estate.sql('SELECT serial, der FROM jpki_ca.certificate JOIN jpki_ca.issuance_record USING (ca, serial) WHERE production_batch_id = $1 ORDER BY serial', batchId);
    const worker = await replica();
    await estate.eventually(async () => (await certificates()).length > 0, 90);
    await kill(worker);
    const recorded = await requestsOf(batchId);
    const certified = new Set((await certificates()).map(({ serial }) => serial));
    expect([certified.size, PORTIONS.includes(recorded.length - PAGE)]).toEqual([PAGE, true]);
    // What waits on a card is told as a hold.
    const last = recorded.slice(-OCSP_ITEMS);
    expect(await ocsp(...last.map(({ serial }) => serial))).toEqual(last.map(({ serial }) => (certified.has(serial) ? 'revoked' : 'unknown')));
    neighbours.asked.length = 0;
    await Promise.all([replica(), replica()]);
    // Each of them holds it for free, and has the page drafted and signed when it can be recorded.
    await estate.eventually(async () => (await estate.sql<{ tries: number }>('UPDATE jpki_ca.job SET lease_until = NULL WHERE kind = $1 RETURNING tries', CERTIFY_PRODUCTION_BATCH))[0]?.tries === 3, 90);
    await estate.sql('DROP TRIGGER full_disk ON jpki_ca.certificate');
    await still();
    expect(new Set(neighbours.asked)).toEqual(new Set([PAGE]));
    const [ended, issued] = [await requestsOf(batchId), await certificates()];
    expect(ended.map(({ state, serial }) => `${state} ${serial}`)).toEqual(issued.map(({ serial }) => `SIGNED ${serial}`));
    expect([issued.length, ended.filter(({ serial }) => recorded.some((one) => one.serial === serial)).length]).toEqual([CARDS, recorded.length]);
    const cipher = new FieldCipher(masterKey(estate.config.keys), 'jpki-ca');
    expect(issued.map(({ der }) => `${parseCertificate(cipher.decryptOctets('certificate.der', der)).serial}`)).toEqual(issued.map(({ serial }) => `${serial}`));
    const serials = await estate.sql<{ serial: string }>("SELECT serial FROM jpki_ca.certificate WHERE ca = 'auth' UNION ALL SELECT serial FROM jpki_ca.ocsp_responder WHERE ca = 'auth' UNION ALL SELECT serial FROM jpki_ca.ca_key_generation WHERE ca = 'auth'");
    expect([serials.length, new Set(serials.map(({ serial }) => serial)).size]).toEqual([CARDS + 2, CARDS + 2]);
    const [{ announced = 0 } = {}] = await estate.sql<{ announced: number }>("SELECT count(DISTINCT sha256)::int AS announced FROM jpki_ca.key_signature WHERE key_id = 'auth-ca-g1'");
    expect(announced).toBeGreaterThanOrEqual(CARDS);
  }, 300_000);

  it('by two replicas that make the same lists: every number once, rising, and each list is kept outside before it is published', async () => {
    for (let round = 0; round < 6; round += 1) expect((await estate.request('POST', `${BASE}/crl-partitions/auth-99001/issues`, { as: operator, body: {} })).status).toBe(202);
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM jpki_ca.crl_issue WHERE partition_id = 'auth-99001' AND state = 'SUPERSEDED'")).length > 1, 60);
    for (const child of children.slice(1, 2)) await kill(child);
    await still();
    const lists = await estate.sql<{ number: string; state: string }>("SELECT number, state FROM jpki_ca.crl_issue WHERE partition_id = 'auth-99001' ORDER BY this_update, number");
    const numbers = lists.map(({ number }) => Number(number));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(lists.map(({ state }) => state)).toEqual([...lists.slice(1).map(() => 'SUPERSEDED'), 'PUBLISHED']);
    const torn = "SELECT 1 FROM jpki_ca.crl_issue i WHERE length IS DISTINCT FROM (SELECT sum(length(octets)) FROM jpki_ca.crl_piece p WHERE p.partition_id = i.partition_id AND p.number = i.number)";
    expect(await estate.sql(torn)).toEqual([]);
    const kept = readdirSync(join(estate.config.keys, 'audit-segments', 'published', 'lists', 'auth-99001')).map((name) => Number.parseInt(name, 10));
    expect(numbers.filter((number) => !kept.includes(number))).toEqual([]);
  }, 300_000);

  it('after it had issued at a window and before the answer arrived: the repetition gets the same octets', async () => {
    const { personKey } = neighbours.person();
    const body = { type: 'AUTH_CERT', cardSerial: cardSerial(), personKey, csr: (await csr()).der.toString('base64'), windowId: '99001001A', requestId: 'r-1', cardExpiry: cardExpiry(estate) };
    const issue = (): Promise<Answer> => estate.request('POST', `${BASE}/issuance-requests`, { as: window, purpose: 'CERTIFICATE_ISSUE', body });
    const lost = await issue();
    await estate.restart();
    expect((await issue()).bytes).toEqual(lost.bytes);
    expect(await estate.sql('SELECT 1 FROM jpki_ca.certificate WHERE person_key = $1', personKey)).toHaveLength(1);
  }, 120_000);
});

it('a database that only follows another, and may lag behind it, answers nothing that could be old (JPKI-4.9, 7)', async () => {
  const [{ serial = '' } = {}] = await estate.sql<{ serial: string }>("SELECT serial FROM jpki_ca.certificate WHERE ca = 'auth' LIMIT 1");
  const [{ name = '' } = {}] = await estate.sql<{ name: string }>('SELECT current_database() AS name');
  const follow = async (setting: string): Promise<void> => {
    await estate.sql(`ALTER ROLE kiban_jpki_ca_app IN DATABASE ${name} ${setting}`);
    await estate.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kiban jpki-ca' AND datname = current_database()");
  };
  expect(await ocsp(serial)).toEqual(['revoked']);
  await follow('SET default_transaction_read_only = on');
  const list = await estate.request('GET', `${BASE}/crl-partitions/auth-99001/current.crl`, { as: verifier });
  expect([await ocsp(serial), codeOf(list)]).toEqual([['503'], '503 UNAVAILABLE']);
  await follow('RESET default_transaction_read_only');
  await estate.eventually(async () => (await ocsp(serial))[0] === 'revoked');
});
