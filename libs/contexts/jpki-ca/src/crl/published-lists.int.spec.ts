import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CRL_REASON, crlEntriesOf, parseCrl } from '#pki';
import type { Actor } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { jpkiCaModule } from '../jpki-ca.module.js';
import { KASUMI, Neighbours, listen, operator, stranger } from '../neighbours.fixture.js';

const PATH = '/api/jpki-ca/v1/crl-partitions/sign-99001';
const neighbours = new Neighbours();
const verifierOf = (organisation: string): Actor => ({ clientId: `verifier-${organisation}`, kind: 'signature-verifier', organisation });
const [lists, bulk] = [verifierOf('lists'), verifierOf('bulk')];
let estate: TestEstate;
let stream: Awaited<ReturnType<typeof listen>>;

const get = (path: string, as: Actor, headers: Record<string, string> = {}): Promise<Answer> => estate.request('GET', `${PATH}/${path}`, { as, headers });
const codeOf = ({ status, json }: Answer): string => `${status} ${z.object({ code: z.string() }).parse(json).code}`;

/** Issues the list; its number. */
async function issue(): Promise<number> {
  const { json } = await estate.request('POST', `${PATH}/issues`, { as: operator, body: {} });
  const { number } = z.object({ number: z.number() }).parse(json);
  return estate.eventually(async () => {
    const [row] = await estate.sql<{ n: number }>("SELECT max(number)::int AS n FROM jpki_ca.crl_issue WHERE partition_id = 'sign-99001' AND state <> 'FAILED'");
    return row !== undefined && row.n > number && (await isQuiet()) ? row.n : undefined;
  });
}

/** No list is on its way. */
async function isQuiet(): Promise<boolean> {
  return (await estate.sql("SELECT 1 FROM jpki_ca.job WHERE kind = 'issue-crls' AND state IN ('QUEUED', 'RUNNING')")).length === 0;
}

async function list(serial: number, reason: number, second: number): Promise<void> {
  await estate.sql(
    `INSERT INTO jpki_ca.revoked (ca, serial, revoked_at, reason, partition_id, not_after) VALUES ('sign', $1, '2016-02-01T00:00:00Z'::timestamptz + $2 * interval '1 second', $3, 'sign-99001', '2020-01-01')
     ON CONFLICT (ca, serial) DO UPDATE SET reason = excluded.reason`, serial, second, reason,
  );
}

async function release(serial: number, at: string): Promise<void> {
  await estate.sql("DELETE FROM jpki_ca.revoked WHERE serial = $1", serial);
  await estate.sql(
    `INSERT INTO jpki_ca.revocation_record (id, ca, serial, kind, cause, reason, recorded_at, source_ref, municipality_code, partition_id)
     VALUES (gen_random_uuid(), 'sign', $1, 'RELEASE', 'RELEASE', 6, $2, 'r', $3, 'sign-99001')`, serial, at, KASUMI,
  );
}

beforeAll(async () => {
  estate = await startEstate([...neighbours.modules(), jpkiCaModule], { at: new Date('2016-02-10T01:00:00Z') });
  stream = await listen(estate.natsUrl);
  await estate.request('POST', '/api/jpki-ca/v1/crl-partitions', { as: operator, body: { municipalityCode: KASUMI, prefectureRomaji: 'Kasumi-ken', municipalityRomaji: 'Kasumi-shi' } });
  for (const [organisation, mode] of [['lists', 'CRL'], ['bulk', 'BULK_DIFF']]) {
    await estate.sql("INSERT INTO jpki_ca.access_grant (organisation, ca, granted_at, granted_by, modes) VALUES ($1, 'sign', now(), 'test', ARRAY[$2])", organisation, mode);
  }
  // The daily run, which would come between; it may have begun before the partition was there.
  await estate.eventually(async () => (await estate.sql("SELECT 1 FROM jpki_ca.job WHERE kind = 'issue-crls' AND parameters @> '{\"kind\": \"CRL\", \"scheduled\": true}'")).length > 0 && isQuiet(), 60);
  await estate.sql("UPDATE jpki_ca.crl_partition SET last_scheduled_at = coalesce(last_scheduled_at, '2016-02-10T01:00:00Z') WHERE id = 'sign-99001'");
});
afterAll(async () => {
  await stream?.close();
  await estate?.stop();
  neighbours.close();
});

describe('forms of the lists (JPKI-4.8, 5)', () => {
  it('serials say what the list says', async () => {
    for (const [serial, reason] of [[300, 3], [7, 6], [70_000, 0]] as const) await list(serial, reason, serial);
    const number = await issue();
    const octets = (await get('current.crl', lists)).bytes;
    const crl = parseCrl(octets);
    const sha256 = createHash('sha256').update(octets).digest('hex');
    const told = await estate.eventually(async () => stream.events.find(({ type, subject, sequence }) => type.includes('crl.published') && subject === 'sign-99001' && sequence === String(number)));
    expect(told.data).toEqual({ ca: 'sign', partition: 'sign-99001', number, count: 3, sha256 });
    const lines = await estate.sql<{ entry: string }>("SELECT entry FROM jpki_ca.audit_line WHERE entry LIKE $1", `%"action":"job:issue-crls"%"crl:sign-99001:${number}"%`);
    expect(lines.map(({ entry }): unknown => JSON.parse(entry))).toMatchObject([{ outcome: 'DONE', facts: { count: 3, state: 'PUBLISHED' } }]);
    const { bytes } = await get('current.serials', lists);
    expect([bytes.subarray(0, 5).toString(), bytes.subarray(5, 25), bytes.readBigUInt64BE(25), bytes.readUInt32BE(33)]).toEqual(['KBSR1', crl.authorityKeyIdentifier, crl.number, 3]);
    const listed = Array.from({ length: 3 }, (_, index) => [bytes.readBigUInt64BE(37 + 9 * index), bytes[45 + 9 * index]]);
    expect(listed).toEqual([...crlEntriesOf(crl)].map(({ serial, reason = 'unspecified' }) => [serial, CRL_REASON[reason]]));
  });

  it('a list of many pieces is whole, and in parts over their ends; so is one of a process of before, and one that was moved into pieces', async () => {
    await estate.sql(
      `INSERT INTO jpki_ca.revoked (ca, serial, revoked_at, reason, partition_id, not_after)
       SELECT 'sign', 1000000 + n, '2016-02-01T00:00:00Z', 4, 'sign-99001', '2020-01-01' FROM generate_series(1, 20000) AS n`,
    );
    const number = await issue();
    const pieces = (): Promise<{ place: number }[]> => estate.sql<{ place: number }>(`SELECT place FROM jpki_ca.crl_piece WHERE partition_id = 'sign-99001' AND number = ${number} ORDER BY place`);
    const { bytes, headers } = await get('current.crl', lists);
    expect([(await pieces()).length, [...crlEntriesOf(parseCrl(bytes))].length, headers.get('etag')]).toEqual([1 + 3 + 1, 20_003, `"${createHash('sha256').update(bytes).digest('hex')}"`]);
    const serials = (await get('current.serials', lists)).bytes;
    const told = async (): Promise<void> => {
      const edge = bytes.length - 600_000;
      for (const [path, whole] of [['current.crl', bytes], ['current.serials', serials]] as const) {
        expect((await get(path, lists)).bytes.equals(whole), path).toBe(true);
        const [first, end] = path === 'current.crl' ? [edge, edge + 400_000] : [30, 150_000];
        expect((await get(path, lists, { range: `bytes=${first}-${end - 1}` })).bytes.equals(whole.subarray(first, end)), path).toBe(true);
      }
    };
    await told();
    const key = "partition_id = 'sign-99001' AND number = " + number;
    await estate.sql(`UPDATE jpki_ca.crl_issue SET der = (SELECT string_agg(octets, '' ORDER BY place) FROM jpki_ca.crl_piece WHERE ${key}), length = NULL, head_length = NULL WHERE ${key}`);
    await estate.sql(`DELETE FROM jpki_ca.crl_piece WHERE ${key}`);
    await told();
    const [, ...moves] = readFileSync(new URL('../migrations/0081_crl_piece.sql', import.meta.url), 'utf8').split(';\n');
    for (const move of moves) await estate.sql(move.replaceAll(/(INTO|FROM|UPDATE) (crl_\w+)/g, '$1 jpki_ca.$2'));
    expect((await pieces()).map(({ place }) => place)).toEqual([0, 262_144, 524_288]);
    await told();
    await estate.sql("DELETE FROM jpki_ca.revoked WHERE serial > 1000000");
    await estate.sql("UPDATE jpki_ca.crl_issue SET entry_count = 3 WHERE state = 'PUBLISHED'");
  });

  it('come once, and in parts', async () => {
    for (const path of ['current.crl', 'current.serials']) {
      const { bytes, headers } = await get(path, lists);
      const etag = headers.get('etag') ?? '';
      const known = await get(path, lists, { 'if-none-match': etag });
      expect([known.status, known.bytes.length, known.headers.get('etag')]).toEqual([304, 0, etag]);
      const half = await get(path, lists, { range: 'bytes=0-19' });
      expect([half.status, half.headers.get('content-range'), half.headers.get('content-type')]).toEqual([206, `bytes 0-19/${bytes.length}`, headers.get('content-type')]);
      const rest = await get(path, lists, { range: 'bytes=20-', 'if-range': etag });
      expect(Buffer.concat([half.bytes, rest.bytes])).toEqual(bytes);
      const beyond = await get(path, lists, { range: `bytes=${bytes.length}-` });
      expect([codeOf(beyond), beyond.headers.get('content-range')]).toEqual(['416 RANGE_NOT_SATISFIABLE', `bytes */${bytes.length}`]);
      await issue();
      expect((await get(path, lists, { 'if-none-match': etag })).status).toBe(200);
    }
  });

  it('are for those who have a grant of this way, each use noted', async () => {
    expect(codeOf(await get('current.serials', stranger))).toBe('403 NO_ACCESS_GRANT');
    for (const path of ['current.serials', 'issues/1.crl', 'current.crl']) expect(codeOf(await get(path, bulk))).toBe('403 NO_ACCESS_GRANT');
    expect(codeOf(await get('changes.csv', lists))).toBe('403 NO_ACCESS_GRANT');
    expect(codeOf(await estate.request('GET', '/api/jpki-ca/v1/crl-partitions/sign-arl/current.serials', { as: lists }))).toBe('404 NOT_FOUND');
    const uses = (): Promise<unknown[]> => estate.sql("SELECT mode, status, count(*)::int AS n FROM jpki_ca.status_use WHERE organisation IN ('lists', 'bulk') GROUP BY mode, status ORDER BY mode");
    expect(await uses()).toMatchObject([{ mode: 'CRL', status: 'list' }]);
    expect((await get('changes.csv', bulk)).status).toBe(200);
    expect(await uses()).toMatchObject([{ mode: 'BULK_DIFF', status: 'list', n: 1 }, { mode: 'CRL', status: 'list' }]);
  });
});

describe('changes between lists (JPKI-4.13)', () => {
  const lines = async (query: string): Promise<string[]> => (await get(`changes.csv${query}`, bulk)).bytes.toString().split('\r\n');

  it('of revocation, hold, release and end; from nothing, the whole list', async () => {
    const first = await issue();
    await release(7, '2016-02-01T00:01:00.5Z');
    await list(9, 6, 100);
    await list(300, 1, 300);
    await list(65_536, 4, 200);
    const second = await issue();
    expect(await lines(`?from=${first}&to=${second}`)).toEqual([
      'ca,serial_hex,status,recorded_at_utc,reason_code,crl_number', `sign,07,RELEASED,2016-02-01T00:01:00Z,,${second}`, `sign,09,HELD,2016-02-01T00:01:40Z,6,${second}`,
      `sign,012c,REVOKED,2016-02-01T00:05:00Z,1,${second}`, `sign,010000,REVOKED,2016-02-01T00:03:20Z,4,${second}`, '',
    ]);
    expect(await lines('')).toHaveLength(4 + 2);
    expect((await lines('?to=' + first)).slice(1, -1).map((line) => line.split(',')[1])).toEqual(['07', '012c', '011170']);
    expect(await lines(`?from=${second}`)).toEqual(['ca,serial_hex,status,recorded_at_utc,reason_code,crl_number', '']);
    const answer = await get(`changes.csv?from=${first}&to=${second}`, bulk);
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="sign-99001-${first}-${second}.csv"`);
    expect((await get(`changes.csv?from=${first}&to=${second}`, bulk, { 'if-none-match': answer.headers.get('etag') ?? '' })).status).toBe(304);
    // The end of its validity: the list after the next regular one leaves it out.
    await estate.sql("UPDATE jpki_ca.revoked SET not_after = last_scheduled_at + interval '1 minute' FROM jpki_ca.crl_partition p WHERE p.id = partition_id AND serial = 65536");
    await estate.sql("UPDATE jpki_ca.crl_partition SET last_scheduled_at = last_scheduled_at + interval '2 minutes' WHERE id = 'sign-99001'");
    expect(await lines(`?from=${second}&to=${await issue()}`)).toContain(`sign,010000,EXPIRED,,,${second + 1}`);
  });

  it('refuses what cannot be compared', async () => {
    const number = await issue();
    expect(codeOf(await get(`changes.csv?from=${number + 1}`, bulk))).toBe('400 INVALID_INPUT');
    expect(codeOf(await get(`changes.csv?to=${number + 1}`, bulk))).toBe('404 NOT_FOUND');
    for (const query of ['from=-1', 'from=x', 'to=0', 'from=1.5', 'before=1']) expect(codeOf(await get(`changes.csv?${query}`, bulk)), query).toBe('400 INVALID_INPUT');
  });
});

describe('former lists (JPKI-4.8)', () => {
  it('the current one and at least 14 before it are kept, whatever failed between; the older ones are gone', async () => {
    const first = await issue();
    const octets = (await get(`issues/${first}.crl`, lists)).bytes;
    expect(parseCrl(octets).number).toBe(BigInt(first));
    // A number that failed.
    await estate.sql("UPDATE jpki_ca.revoked SET invalidity_date = '0016-01-04T00:00:00Z' WHERE serial = 9");
    for (let round = 0; round < 8; round += 1) await estate.request('POST', `${PATH}/issues`, { as: operator, body: {} });
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM jpki_ca.crl_issue WHERE partition_id = 'sign-99001' AND state = 'FAILED'")).length === 8);
    await estate.sql('UPDATE jpki_ca.revoked SET invalidity_date = NULL');
    expect(codeOf(await get(`issues/${first + 1}.crl`, lists))).toBe('410 CRL_ISSUE_GONE');
    // Nothing stays of what was not published.
    expect(await estate.sql("SELECT 1 FROM jpki_ca.crl_piece NATURAL JOIN jpki_ca.crl_issue WHERE state = 'FAILED'")).toEqual([]);
    for (let round = 0; round < 14; round += 1) await issue();
    const former = await get(`issues/${first}.crl`, lists);
    expect([former.bytes, former.headers.get('content-type')]).toEqual([octets, 'application/pkix-crl']);
    for (let round = 0; round < 7; round += 1) await issue();
    expect(codeOf(await get(`issues/${first}.crl`, lists))).toBe('410 CRL_ISSUE_GONE');
    expect(codeOf(await get(`changes.csv?from=${first}`, bulk))).toBe('410 CRL_ISSUE_GONE');
    expect(codeOf(await get('issues/100000.crl', lists))).toBe('404 NOT_FOUND');
    expect(codeOf(await get('issues/x.crl', lists))).toBe('400 INVALID_INPUT');
  }, 120_000);

  it('what is past its nextUpdate is refused where the current list is meant, and kept as what it was', async () => {
    const number = await issue();
    estate.clock.set(new Date(estate.clock.now().getTime() + 49 * 3_600_000));
    await estate.sql("UPDATE jpki_ca.crl_partition SET state = 'CLOSED' WHERE id = 'sign-99001'");
    expect(codeOf(await get('current.serials', lists))).toBe('503 CRL_STALE');
    expect(codeOf(await get('changes.csv', bulk))).toBe('503 CRL_STALE');
    expect((await get(`changes.csv?to=${number}`, bulk)).status).toBe(200);
    expect((await get(`issues/${number}.crl`, lists)).status).toBe(200);
  });
});
