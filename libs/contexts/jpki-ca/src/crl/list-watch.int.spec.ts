import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { municipalityChanged } from '#contracts/juki-net';
import {
  certIdOf, createOcspRequest, crlEntriesOf, FileKeyStore, OID, parseCertificate, parseCrl, parseOcspResponse, validatePath,
  type ParsedCertificate, type ParsedCrl,
} from '#pki';
import { start } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { codeOf } from '../ceremony/ceremony.fixture.js';
import { jpkiCaModule } from '../jpki-ca.module.js';
import { Neighbours, cardExpiry, cardSerial, csr, listen, listsOfTheDay, operator, tell, window, KASUMI } from '../neighbours.fixture.js';

const API = '/api/jpki-ca/v1';
const HOUR = 3_600_000;
const DIVIDED = '990035';
const neighbours = new Neighbours();
let estate: TestEstate;
let stream: Awaited<ReturnType<typeof listen>>;

const at = (instant: Date): void => estate.clock.set(instant);
const later = (hours: number): void => at(new Date(estate.clock.now().getTime() + hours * HOUR));
const quiet = (): Promise<boolean> => estate.eventually(async () => (await estate.sql("SELECT 1 FROM jpki_ca.job WHERE state IN ('QUEUED', 'RUNNING')")).length === 0, 60);
/** The watch has looked in this hour, and what it began is done. */
async function watched(): Promise<void> {
  const hour = estate.clock.now().toISOString().slice(0, 13);
  await estate.eventually(async () => (await estate.sql("SELECT 1 FROM jpki_ca.cursor WHERE name = 'schedule:list-watch' AND value >= $1", hour)).length === 1);
  await quiet();
}
/** The daily run has renewed all other lists, so that none of them is late. */
const regular = (): Promise<boolean> => estate.eventually(async () => (await estate.sql(
  "SELECT 1 FROM jpki_ca.crl_issue WHERE state = 'PUBLISHED' AND partition_id NOT IN ('sign-99001', 'sign-arl', 'auth-arl') AND next_update < $1::timestamptz + interval '24 hours'", estate.clock.now().toISOString(),
)).length === 0, 60);
const failures = async (): Promise<number> => (await estate.sql("SELECT 1 FROM jpki_ca.crl_issue WHERE partition_id = 'sign-99001' AND state = 'FAILED'")).length;
const alarms = async (): Promise<string[]> =>
  (await estate.sql<{ alarm: string }>("SELECT DISTINCT entry::json->'facts'->>'alarm' AS alarm FROM jpki_ca.audit_line WHERE entry LIKE '%\"alarm\":\"CRL_%' AND entry LIKE '%crl:sign-99001:%' ORDER BY alarm")).map(({ alarm }) => alarm);
const statesOf = async (code: string): Promise<string[]> => (await estate.sql<{ state: string }>('SELECT state FROM jpki_ca.crl_partition WHERE municipality_code = $1 ORDER BY id', code)).map(({ state }) => state);
const issue = (partition = 'sign-99001') => estate.request('POST', `${API}/crl-partitions/${partition}/issues`, { as: operator, body: {} });
const current = (partition = 'sign-99001') => estate.request('GET', `${API}/crl-partitions/${partition}/current.crl`, { as: operator });
const register = (body: object) => estate.request('POST', `${API}/crl-partitions`, { as: operator, body: { municipalityCode: KASUMI, prefectureRomaji: 'Kasumi-ken', municipalityRomaji: 'Kasumi-shi', ...body } });

/** Asks for a certificate of a new resident with a new card. */
async function request(): Promise<Answer> {
  const { personKey } = neighbours.person();
  const body = { type: 'AUTH_CERT', cardSerial: cardSerial(), personKey, csr: (await csr()).der.toString('base64'), windowId: '99001001A', requestId: personKey, cardExpiry: cardExpiry(estate) };
  return estate.request('POST', `${API}/issuance-requests`, { as: window, purpose: 'CERTIFICATE_ISSUE', body });
}

beforeAll(async () => {
  estate = await startEstate([...neighbours.modules(), jpkiCaModule], { at: new Date('2016-02-10T01:05:00Z') });
  stream = await listen(estate.natsUrl);
  for (const [municipalityCode, municipalityRomaji] of [[KASUMI, 'Kasumi-shi'], [DIVIDED, 'Wake-shi']]) {
    await register({ municipalityCode, municipalityRomaji });
  }
  await listsOfTheDay(estate);
});
afterAll(async () => {
  await stream?.close();
  await estate?.stop();
  neighbours.close();
});

describe('what there is but once (JPKI-3.1, 4.2, 4.8)', () => {
  it('a key that issues for an authority, and an organisation for all that a database has', async () => {
    const second = estate.sql("INSERT INTO jpki_ca.ca_key_generation SELECT (g).* FROM (SELECT jsonb_populate_record(r, '{\"generation\": 2, \"key_id\": \"sign-ca-g2\", \"serial\": 999}') AS g FROM jpki_ca.ca_key_generation r WHERE ca = 'sign') AS made");
    await expect(second).rejects.toThrow('ca_key_generation_active');
    await estate.sql("UPDATE jpki_ca.ca_key_generation SET organisation = 'JPKI'");
    await expect(start(estate.config, [jpkiCaModule], { clock: estate.clock })).rejects.toThrow('belong to O=JPKI, this deployment to O=JPKI-TEST');
    await estate.sql("UPDATE jpki_ca.ca_key_generation SET organisation = 'JPKI-TEST'");
  });

  it('the list of the authority itself lives 35 days, at its own name', async () => {
    const { bytes } = await estate.eventually(async () => ((answer) => answer.status === 200 && answer)(await estate.request('GET', `${API}/cas/auth/arl`, { as: operator })));
    const arl = parseCrl(bytes);
    expect([(arl.nextUpdate?.getTime() ?? 0) - arl.thisUpdate.getTime(), arl.issuingDistributionPoint?.only, arl.extensions.find(({ oid }) => oid === OID.issuingDistributionPoint)?.critical]).toEqual([35 * 24 * HOUR, 'caCerts', true]);
  });
});

describe('a list that fails (JPKI-3.7, 4.8)', () => {
  const broken = (date: string | null) => estate.sql("UPDATE jpki_ca.revoked SET invalidity_date = $1 WHERE partition_id = 'sign-99001'", date);

  it('is tried again each hour until it can be published', async () => {
    await estate.sql("INSERT INTO jpki_ca.revoked (ca, serial, revoked_at, reason, partition_id, not_after) VALUES ('sign', 300, '2016-02-01T00:00:00Z', 1, 'sign-99001', '2020-01-01')");
    await broken('0016-01-04T00:00:00Z');
    await issue();
    await estate.eventually(async () => (await failures()) === 1);
    later(1);
    await watched();
    expect(await failures()).toBe(2);
    await broken(null);
    later(1);
    await watched();
    const list = parseCrl((await current()).bytes);
    expect([await failures(), [...crlEntriesOf(list)].map(({ serial }) => serial)]).toEqual([2, [300n]]);
    later(1);
    await watched();
    expect(parseCrl((await current()).bytes).number).toBe(list.number);
  }, 60_000);

  it('is an alarm after 26 hours, somebody is called after 36, and at its nextUpdate everybody is told, once', async () => {
    const list = parseCrl((await current()).bytes);
    const age = (hours: number): void => at(new Date(list.thisUpdate.getTime() + hours * HOUR + 60_000));
    await broken('0016-01-04T00:00:00Z');
    const found: string[][] = [];
    for (const hours of [25, 26, 36, 48, 49]) {
      age(hours);
      await regular();
      await watched();
      found.push(await alarms());
    }
    expect(found.map((each) => each.join(' '))).toEqual(['', 'CRL_ALARM', 'CRL_ALARM CRL_PAGE', 'CRL_ALARM CRL_PAGE CRL_STALE', 'CRL_ALARM CRL_PAGE CRL_STALE']);
    const stale = await estate.eventually(async () => ((events) => events.length > 0 && events)(stream.events.filter(({ type }) => type.includes('crl.stale'))));
    expect(stale.map(({ subject, data }) => [subject, data])).toEqual([
      [`sign-99001:${list.number}`, { ca: 'sign', partition: 'sign-99001', number: Number(list.number), nextUpdate: list.nextUpdate?.toISOString() }],
    ]);
    expect(codeOf(await current())).toBe('503 CRL_STALE');
    await broken(null);
    await issue();
    await estate.eventually(async () => (await current()).status === 200);
  }, 90_000);
});

describe('a list that would grow too large (JPKI-3.7, 4.8, 4.18)', () => {
  const answered = z.object({ id: z.string(), serial: z.string(), certificate: z.base64() });
  /** A certificate that came onto its card. */
  async function issued(): Promise<ParsedCertificate> {
    const { id, certificate } = answered.parse((await request()).json);
    const der = Buffer.from(certificate, 'base64');
    await estate.request('POST', `${API}/issuance-requests/${id}/delivery`, { as: window, purpose: 'CERTIFICATE_ISSUE', body: { sha256: createHash('sha256').update(der).digest('hex') } });
    return parseCertificate(der);
  }
  const lists = async (): Promise<string[]> => (await estate.sql<{ one: string }>("SELECT concat(id, ' ', state) AS one FROM jpki_ca.crl_partition WHERE municipality_code = $1 ORDER BY id", KASUMI)).map(({ one }) => one);

  it('gets no certificate any more when enough were issued; the next ones name another list, and neither list knows of the other', async () => {
    const former = await issued();
    // One certificate is wanting: the one that was issued since it was counted last.
    await estate.sql('UPDATE jpki_ca.crl_partition SET issued = 714068 WHERE municipality_code = $1', KASUMI);
    later(24);
    await estate.eventually(async () => (await lists()).length === 3, 60);
    expect(await lists()).toEqual(['auth-99001 FROZEN', 'auth-99001-2 OPEN', 'sign-99001 OPEN']);
    await listsOfTheDay(estate);
    const { bytes: list } = await current('auth-99001');
    const next = await issued();
    const body = { cause: 'KEY_LEAKED_OR_LOST', evidenceRef: 'a-1', invalidityDate: estate.clock.now().toISOString() };
    expect(codeOf(await estate.request('POST', `${API}/certificates/auth/${next.serial.toString(16).padStart(2, '0')}/revocations`, { as: window, purpose: 'CERTIFICATE_STATUS', body }))).toBe('201');
    await quiet();
    const [first, second] = [parseCrl(list), parseCrl((await current('auth-99001-2')).bytes)];
    expect([(await current('auth-99001')).bytes.equals(list), [...crlEntriesOf(first)], [...crlEntriesOf(second)].map(({ serial }) => serial)]).toEqual([true, [], [next.serial]]);
    const root = parseCertificate((await estate.request('GET', `${API}/cas/auth/certificate`, { as: operator })).bytes);
    const verdict = (target: ParsedCertificate, ...crls: ParsedCrl[]): string => {
      const result = validatePath({ target, anchors: [root], intermediates: [], crls, at: estate.clock.now(), checkRevocation: true });
      return result.valid ? 'VALID' : result.reason;
    };
    expect([verdict(former, first), verdict(former, second), verdict(former, second, first)]).toEqual(['VALID', 'REVOCATION_UNKNOWN', 'VALID']);
    expect([verdict(next, second), verdict(next, first), verdict(next, first, second)]).toEqual(['REVOKED', 'REVOCATION_UNKNOWN', 'REVOKED']);
  }, 60_000);

  it('may be followed earlier by an officer: only the one that is open, under the same names', async () => {
    expect(codeOf(await register({ part: 3 }))).toBe('409 NOT_IN_STATE');
    expect(codeOf(await register({ part: 2, municipalityRomaji: 'Other-shi' }))).toBe('409 PARTITION_DIFFERS');
    const opened = { partitions: ['sign-99001-2', 'auth-99001-2'] };
    expect([(await register({ part: 2 })).json, (await register({ part: 2 })).json]).toEqual([opened, opened]);
    expect(await lists()).toEqual(['auth-99001 FROZEN', 'auth-99001-2 OPEN', 'sign-99001 FROZEN', 'sign-99001-2 OPEN']);
    await quiet();
    expect((await current('sign-99001-2')).status).toBe(200);
  });
});

describe('the list of a municipality that is no more (JPKI-3.7, 7)', () => {
  const changed = (kind: 'MERGER' | 'SPLIT' | 'RENAME', oldCodes: string[], newCode: string) => tell(estate, municipalityChanged, randomUUID(), 1, { kind, oldCodes, newCode, effectiveDate: '2016-02-12' });

  it('gets no certificate and goes on; who was divided, or renamed under its code, keeps an open one', async () => {
    await changed('SPLIT', [DIVIDED], '990043');
    await changed('RENAME', [DIVIDED], DIVIDED);
    await changed('MERGER', [KASUMI], '990027');
    await estate.eventually(async () => (await statesOf(KASUMI)).join() === 'FROZEN,FROZEN,FROZEN,FROZEN');
    expect(await statesOf(DIVIDED)).toEqual(['OPEN', 'OPEN']);
    expect(codeOf(await request())).toBe('422 PARTITION_UNKNOWN');
    expect(codeOf(await register({ part: 3 }))).toBe('409 NOT_IN_STATE');
    const before = parseCrl((await current()).bytes).number ?? 0n;
    expect((await issue()).status).toBe(202);
    await estate.eventually(async () => (parseCrl((await current()).bytes).number ?? 0n) > before);
  }, 60_000);

  it('ends a list after the longest life of a certificate', async () => {
    const frozen = (how: string) => estate.sql(`UPDATE jpki_ca.crl_partition SET frozen_at = $1::timestamptz - interval '6 years' - interval '${how}' WHERE state = 'FROZEN'`, estate.clock.now().toISOString());
    await frozen('1 day');
    later(1);
    await watched();
    expect(await statesOf(KASUMI)).toEqual(Array(4).fill('FROZEN'));
    await frozen('4 days');
    later(1);
    await watched();
    expect(await statesOf(KASUMI)).toEqual(Array(4).fill('CLOSED'));
    expect(codeOf(await issue())).toBe('404 NOT_FOUND');
  }, 60_000);
});

describe('keys that answered (JPKI-3.8)', () => {
  const keys = async (): Promise<string[]> => (await new FileKeyStore(join(estate.config.keys, 'ca'), Buffer.alloc(32)).list()).filter((id) => id.startsWith('sign-ocsp'));

  it('are destroyed when their certificate has ended, and the next one answers', async () => {
    later(21 * 24);
    await estate.eventually(async () => (await keys()).join() === 'sign-ocsp-1,sign-ocsp-2');
    later(10 * 24);
    await estate.eventually(async () => (await keys()).join() === 'sign-ocsp-2');
    const root = parseCertificate((await estate.request('GET', `${API}/cas/sign/certificate`, { as: operator })).bytes);
    const body = createOcspRequest({ items: [certIdOf(root, 999n, 'sha256')] });
    const { bytes } = await estate.request('POST', `${API}/ocsp/sign`, { as: operator, headers: { 'content-type': 'application/ocsp-request' }, body });
    expect(parseOcspResponse(bytes)).toMatchObject({ status: 'successful', answers: [{ status: { kind: 'unknown' } }] });
  }, 60_000);
});

it('what a process recorded of its signatures goes when it has recorded nothing for 400 days (JPKI-4.16)', async () => {
  const [gone, running] = [randomUUID(), randomUUID()];
  for (const [process, days] of [[gone, 500], [gone, 401], [running, 401], [running, 399]] as const) {
    await estate.sql("INSERT INTO jpki_ca.key_signature (process, key_id, sha256, at) VALUES ($1, 'sign-ca-g1', '\\x00', $3::timestamptz - $2 * interval '1 day')", process, days, estate.clock.now().toISOString());
  }
  await estate.sql("DELETE FROM jpki_ca.cursor WHERE name = 'schedule:key-signature-retention'");
  const left = (process: string) => estate.sql('SELECT 1 FROM jpki_ca.key_signature WHERE process = $1', process);
  await estate.eventually(async () => (await left(gone)).length === 0);
  expect([(await left(running)).length, (await estate.sql("SELECT 1 FROM jpki_ca.key_signature WHERE key_id = 'auth-ca-g1'")).length > 0]).toEqual([2, true]);
  const [line] = await estate.eventually(async () => ((lines) => lines.length > 0 && lines)(await estate.sql<{ entry: string }>("SELECT entry FROM jpki_ca.audit_line WHERE entry LIKE '%key-signatures%'")));
  expect(z.object({ facts: z.object({ dropped: z.number() }) }).parse(JSON.parse(line?.entry ?? '')).facts.dropped).toBe(2);
});
