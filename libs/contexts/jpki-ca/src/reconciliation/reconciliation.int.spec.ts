import { createHash } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { certIdOf, createOcspRequest, crlEntriesOf, parseCertificate, parseCrl, parseOcspResponse } from '#pki';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { codeOf, named } from '../ceremony/ceremony.fixture.js';
import { jpkiCaModule } from '../jpki-ca.module.js';
import { KASUMI, Neighbours, cardExpiry, cardSerial, csr, operator, verifier, window } from '../neighbours.fixture.js';
import { DatabaseState } from './restored-database.fixture.js';

const BASE = '/api/jpki-ca/v1';
const PARTITION = 'auth-99001';
const neighbours = new Neighbours();
const issuedCertificate = z.object({ id: z.string(), serial: z.string(), certificate: z.string() });
const reconciliation = z.object({ id: z.string(), state: z.string(), reentered: z.number(), unrecorded: z.number(), unverifiedLists: z.number() });
const overview = z.object({ database: z.string(), items: z.array(reconciliation), unrecorded: z.array(z.object({ municipalityCode: z.string().nullable(), certificates: z.number() })) });
let estate: TestEstate;

const post = (path: string, body: unknown, as = operator): Promise<Answer> => estate.request('POST', `${BASE}${path}`, { as, body });
const ofWindow = (path: string, body: unknown, purpose = 'CERTIFICATE_STATUS'): Promise<Answer> => estate.request('POST', `${BASE}${path}`, { as: window, purpose, body });
const look = async (): Promise<z.output<typeof overview>> => overview.parse((await estate.request('GET', `${BASE}/reconciliations`, { as: operator })).json);
const becomes = (database: string): Promise<unknown> => estate.eventually(async () => (await look()).database === database);
const current = (partition = PARTITION): Promise<Answer> => estate.request('GET', `${BASE}/crl-partitions/${partition}/current.crl`, { as: verifier });
const register = (part = 1): Promise<Answer> => post('/crl-partitions', { municipalityCode: KASUMI, prefectureRomaji: 'Kasumi-ken', municipalityRomaji: 'Kasumi-shi', part });

async function request(): Promise<object> {
  const person = neighbours.person();
  return { type: 'AUTH_CERT', cardSerial: cardSerial(), personKey: person.personKey, csr: (await csr()).der.toString('base64'), windowId: '99001001A', requestId: person.personKey, cardExpiry: cardExpiry(estate) };
}

/** A certificate in force; its serial. */
async function issued(): Promise<number> {
  const { id, serial, certificate } = issuedCertificate.parse((await ofWindow('/issuance-requests', await request(), 'CERTIFICATE_ISSUE')).json);
  const sha256 = createHash('sha256').update(Buffer.from(certificate, 'base64')).digest('hex');
  expect(codeOf(await ofWindow(`/issuance-requests/${id}/delivery`, { sha256 }, 'CERTIFICATE_ISSUE'))).toBe('200');
  return Number.parseInt(serial, 16);
}

async function revoke(serial: number, cause: object): Promise<void> {
  expect(codeOf(await ofWindow(`/certificates/auth/${serial.toString(16)}/revocations`, { evidenceRef: 'r', ...cause }))).toBe('201');
}

async function ocsp(...serials: number[]): Promise<string[]> {
  const root = parseCertificate((await estate.request('GET', `${BASE}/cas/auth/certificate`, { as: verifier })).bytes);
  const body = createOcspRequest({ items: serials.map((serial) => certIdOf(root, BigInt(serial), 'sha1')) });
  const answer = parseOcspResponse((await estate.request('POST', `${BASE}/ocsp/auth`, { as: verifier, headers: { 'content-type': 'application/ocsp-request' }, body })).bytes);
  if (answer.status !== 'successful') return [answer.status];
  return answer.answers.map(({ status }) => (status.kind === 'revoked' ? `revoked ${status.reason} ${status.revokedAt.toISOString()}` : status.kind));
}

async function list(partition = PARTITION): Promise<{ number: number; entries: ReadonlyMap<number, string> }> {
  const crl = parseCrl((await current(partition)).bytes);
  return { number: Number(crl.number), entries: new Map([...crlEntriesOf(crl)].map(({ serial, reason, revokedAt, invalidityDate }) => [Number(serial), [reason, revokedAt.toISOString(), invalidityDate?.toISOString()].join(' ').trim()])) };
}

/** Lists that follow on this one, none on its way. */
async function listed(after = 0): Promise<{ number: number; entries: ReadonlyMap<number, string> }> {
  await estate.eventually(async () => {
    const [row] = await estate.sql<{ n: number; waiting: number }>(`SELECT (SELECT last_number::int FROM jpki_ca.crl_partition WHERE id = $1) AS n, (SELECT count(*)::int FROM jpki_ca.job WHERE state IN ('QUEUED', 'RUNNING')) AS waiting`, PARTITION);
    return row !== undefined && row.n > after && row.waiting === 0;
  }, 60);
  return list();
}

const published = (...path: string[]): string => join(estate.config.keys, 'audit-segments', 'published', ...path);
/** Everything that was done is in the copies. */
const copied = (): Promise<unknown> => estate.eventually(async () => {
  const [row] = await estate.sql<{ open: number }>("SELECT (SELECT count(*)::int FROM jpki_ca.audit_line WHERE xid > (SELECT max(xid) FROM jpki_ca.audit_link) AND entry LIKE '%certificate:auth%') AS open");
  await new Promise((resolve) => setTimeout(resolve, 2_200));
  return row?.open === 0;
});

beforeAll(async () => {
  estate = await startEstate([...neighbours.modules(), jpkiCaModule], { at: new Date('2016-02-10T01:00:00Z') });
  await post('/access-grants', { organisation: 'tax', ca: 'auth' });
  await register();
}, 120_000);
afterAll(async () => {
  await estate?.stop();
  neighbours.close();
});

describe('a database restored to an earlier state (JPKI-3.4, 3.5, 4.8, 7)', () => {
  it('is found by itself, and issues, lists and answers nothing until two officers have what was published entered again; then nothing comes back', async () => {
    const [stolen, lost, sound] = [await issued(), await issued(), await issued()];
    const before = await listed();
    const state = await DatabaseState.take(estate);
    const waiting = await request();
    await revoke(stolen, { cause: 'KEY_LEAKED_OR_LOST', invalidityDate: estate.clock.now().toISOString() });
    const after = await listed(before.number);
    expect(codeOf(await ofWindow(`/certificates/auth/${lost.toString(16)}/holds`, { callRef: 'call' }))).toBe('201');
    // A list of which the former state of the database does not know, between two certificates of which it does not.
    const late = [await issued()];
    await register(2);
    late.push(await issued());
    await revoke(late[1] ?? 0, { cause: 'HOLDER_APPLICATION' });
    const shown = await ocsp(stolen, lost, sound, ...late);
    expect(shown.map((status) => status.split(' ').slice(0, 2).join(' '))).toEqual(['revoked keyCompromise', 'revoked certificateHold', 'good', 'good', 'revoked cessationOfOperation']);
    await copied();
    const [{ highest = 0 } = {}] = await estate.sql<{ highest: number }>("SELECT last_value::int AS highest FROM jpki_ca.auth_serial");

    await state.restore();
    await becomes('BEHIND');
    const closed = async (): Promise<unknown> => [await ocsp(stolen, lost, sound), codeOf(await current()), codeOf(await ofWindow('/issuance-requests', waiting, 'CERTIFICATE_ISSUE'))];
    expect(await closed()).toEqual([['tryLater'], '503 UNAVAILABLE', '503 UNAVAILABLE']);
    await estate.restart();
    expect([(await look()).database, await closed()]).toEqual(['BEHIND', [['tryLater'], '503 UNAVAILABLE', '503 UNAVAILABLE']]);
    await post(`/crl-partitions/${PARTITION}/issues`, {});

    expect(codeOf(await post('/reconciliations', { evidenceRef: '復元第1号' }))).toBe('403 OPERATOR_NOT_ASSERTED');
    const asked = await post('/reconciliations', { evidenceRef: '復元第1号' }, named('officer-1'));
    expect(codeOf(asked)).toBe('201');
    const { id } = reconciliation.parse(asked.json);
    expect(codeOf(await post('/reconciliations', { evidenceRef: 'x' }, named('officer-2')))).toBe('409 RECONCILIATION_OPEN');
    expect(codeOf(await post(`/reconciliations/${id}/confirmation`, {}, named('officer-1')))).toBe('409 SAME_OFFICER');
    const done = await post(`/reconciliations/${id}/confirmation`, {}, named('officer-2'));
    expect(reconciliation.parse(done.json)).toEqual({ id, state: 'DONE', reentered: 2, unrecorded: 2, unverifiedLists: 0 });
    expect(codeOf(await post('/reconciliations', { evidenceRef: 'x' }, named('officer-2')))).toBe('409 NOT_IN_STATE');

    expect(await ocsp(stolen, lost, sound, ...late)).toEqual([shown[0], shown[1], 'good', 'unknown', 'unknown']);
    const again = await listed(after.number);
    expect([again.entries.get(stolen), again.entries.get(lost)?.split(' ')[0]]).toEqual([after.entries.get(stolen), 'certificateHold']);
    const further = await list(`${PARTITION}-2`);
    expect([again, further].map(({ entries }) => late.map((serial) => entries.get(serial)?.split(' ')[0]))).toEqual([['superseded', undefined], [undefined, 'cessationOfOperation']]);
    expect(again.entries.has(sound)).toBe(false);
    const newest = await issued();
    expect([newest > highest, await estate.sql("SELECT partition_id FROM jpki_ca.certificate WHERE ca = 'auth' AND serial = $1", newest)]).toEqual([true, [{ partition_id: `${PARTITION}-2` }]]);
    expect((await look()).unrecorded).toEqual([{ municipalityCode: KASUMI, certificates: 2 }]);
    await estate.restart();
    expect((await look()).database).toBe('AGREES');
  }, 120_000);

  it('is found behind also by what a second restore takes back, the first reconciliation with it', async () => {
    const serial = await issued();
    const state = await DatabaseState.take(estate);
    await revoke(serial, { cause: 'HOLDER_APPLICATION' });
    // As the job does after two officers have said that the key leaked.
    await estate.sql('UPDATE jpki_ca.revoked SET reason = 2 WHERE serial = $1', serial);
    await estate.request('GET', `${BASE}/certificates/auth/${serial.toString(16)}`, { as: window, purpose: 'CERTIFICATE_STATUS' });
    await copied();
    const [shown] = await ocsp(serial);
    await state.restore();
    await estate.restart();
    const { id } = reconciliation.parse((await post('/reconciliations', { evidenceRef: 'x' }, named('officer-1'))).json);
    writeFileSync(published('lists', PARTITION, '0000000900.crl'), 'no list');
    expect(reconciliation.parse((await post(`/reconciliations/${id}/confirmation`, {}, named('officer-2'))).json)).toMatchObject({ state: 'DONE', unverifiedLists: 1 });
    expect(await ocsp(serial)).toEqual([shown]);
    // The key of which it was published that it leaked issues nothing until two officers have decided again (JPKI-4.11).
    expect(codeOf(await ofWindow('/issuance-requests', await request(), 'CERTIFICATE_ISSUE'))).toBe('503 UNAVAILABLE');
    expect(await estate.sql("SELECT reported_by FROM jpki_ca.ca_key_generation WHERE ca = 'auth'")).toEqual([{ reported_by: expect.stringContaining('officer-1') }]);
  }, 60_000);
});

describe('numbers of lists (JPKI-4.8)', () => {
  it('rise over a list that was kept by a process that was killed before it published it', async () => {
    const { number } = await listed();
    expect(readdirSync(published('lists', PARTITION)).at(-1)).toBe(`${String(number).padStart(10, '0')}.crl`);
    writeFileSync(published('lists', PARTITION, `${String(number + 1).padStart(10, '0')}.crl`), 'never published');
    await post(`/crl-partitions/${PARTITION}/issues`, {});
    expect((await listed(number)).number).toBe(number + 2);
    expect(await estate.sql("SELECT 1 FROM jpki_ca.crl_issue WHERE state = 'FAILED'")).toEqual([]);
  }, 60_000);
});
