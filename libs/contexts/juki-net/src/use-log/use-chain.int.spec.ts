import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jukiNetModule } from '#contexts/juki-net';
import type { Actor } from '#platform';
import { databaseAs, startEstate, type TestEstate } from '#testing';

const operator: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: 'officer-1' };
const town: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' };
const reported = z.object({
  whole: z.boolean(), links: z.number(), records: z.number(), unsealed: z.number(), isPurged: z.boolean(), faults: z.array(z.object({ server: z.string(), since: z.string(), kind: z.string() })),
});

let estate: TestEstate;
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2016-01-20T15:30:00Z') });
});
afterAll(() => estate.stop());

async function use(at: string, { provider = null, appendedAt = null, affair = 'PENSION' }: { provider?: string | null; appendedAt?: string | null; affair?: string } = {}): Promise<string> {
  const useId = randomUUID();
  await estate.sql(
    `INSERT INTO juki_net.use_record (at, use_id, person_key, grant_id, organisation, affair, mode, key_kind, items, result_code, correlation_id, provider, appended_at)
     VALUES ($1, $2, gen_random_uuid(), NULL, 'pension', $3, 'IMMEDIATE_HOST', 'RESIDENT_CODE', '{address}', '00', 'c', $4, $5)`, at, useId, affair, provider, appendedAt,
  );
  return useId;
}
const verify = async (day: string): Promise<z.output<typeof reported>> => reported.parse((await estate.request('GET', `/api/juki-net/v1/use-record-verification?day=${day}`, { as: operator })).json);
const kinds = async (day: string): Promise<string[]> => (await verify(day)).faults.map(({ server, kind }) => `${server} ${kind}`);
const links = (): Promise<{ server: string; seq: string; since: Date; records: number }[]> => estate.sql('SELECT server, seq, since, records FROM juki_net.use_link ORDER BY server, seq');
async function sealedBy(now: string, count: number): Promise<void> {
  estate.clock.set(new Date(now));
  await estate.eventually(async () => (await links()).length === count, 30);
}

describe('JUKI-3.9 the use records are chained, per day and server', () => {
  let ids: string[];
  it('seals what was written an hour ago, by server; what comes of an earlier time is sealed when it is appended', async () => {
    ids = [await use('2016-01-18T15:00:00Z'), await use('2016-01-18T15:09:59.999Z'), await use('2016-01-18T15:10:00Z'), await use('2016-01-19T14:59:59Z', { provider: '99' })];
    await use('2016-01-20T15:40:00Z');
    await sealedBy('2016-01-20T16:05:00Z', 3);
    expect((await links()).map(({ server, seq, since, records }) => [server, Number(seq), since.toISOString(), records])).toEqual([
      ['99', 1, '2016-01-19T14:50:00.000Z', 1], ['NATIONAL', 1, '2016-01-18T15:00:00.000Z', 2], ['NATIONAL', 2, '2016-01-18T15:10:00.000Z', 1],
    ]);
    expect(await verify('2016-01-19')).toEqual({ whole: true, links: 3, records: 4, unsealed: 0, isPurged: false, faults: [] });
    expect(await verify('2016-01-21')).toEqual({ whole: true, links: 0, records: 0, unsealed: 1, isPurged: false, faults: [] });
    await use('2016-01-18T15:05:00Z', { provider: 'card-issuance', appendedAt: '2016-01-20T16:00:00Z' });
    await sealedBy('2016-01-20T18:05:00Z', 5);
    expect(await verify('2016-01-19')).toMatchObject({ whole: true, records: 4 });
    expect(await verify('2016-01-21')).toMatchObject({ whole: true, links: 2, records: 2, unsealed: 0 });
  });

  it('leaves an audit line for each window, and none where nothing was written', async () => {
    const lines = async (): Promise<unknown> => (await estate.sql("SELECT count(*)::int AS n FROM juki_net.audit_line WHERE entry LIKE '%use-chain:2%' AND entry LIKE '%sha256%'"))[0];
    expect(await lines()).toEqual({ n: 5 });
    const jobs = async (): Promise<unknown> => estate.sql("SELECT 1 FROM juki_net.job WHERE kind = 'juki-net.use-record-seal'");
    const before = await jobs();
    estate.clock.set(new Date('2016-01-20T20:05:00Z'));
    await estate.eventually(async () => (await estate.sql("SELECT value FROM juki_net.cursor WHERE name = 'schedule:use-log.seal'"))[0]?.['value'] === '2016-01-20T20');
    expect([await lines(), await jobs()]).toEqual([{ n: 5 }, before]);
  });

  it('finds a record that was altered, removed or added, and says where', async () => {
    await estate.sql("UPDATE juki_net.use_record SET affair = 'TAX' WHERE use_id = $1", ids[1]);
    expect((await verify('2016-01-19')).faults).toEqual([{ server: 'NATIONAL', since: '2016-01-18T15:00:00.000Z', kind: 'RECORD_DIFFERS' }]);
    await estate.sql("UPDATE juki_net.use_record SET affair = 'PENSION' WHERE use_id = $1", ids[1]);
    expect(await kinds('2016-01-19')).toEqual([]);
    await estate.sql('CREATE TABLE juki_net.kept AS SELECT * FROM juki_net.use_record WHERE use_id = $1', ids[2]);
    await estate.sql('DELETE FROM juki_net.use_record WHERE use_id = $1', ids[2]);
    expect(await kinds('2016-01-19')).toEqual(['NATIONAL RECORD_MISSING']);
    await estate.sql('INSERT INTO juki_net.use_record SELECT * FROM juki_net.kept');
    expect(await kinds('2016-01-19')).toEqual([]);
    const [beside, alone, between] = [await use('2016-01-19T14:55:00Z', { provider: '99' }), await use('2016-01-19T14:55:00Z'), await use('2016-01-19T02:00:00Z')];
    expect((await kinds('2016-01-19')).sort()).toEqual(['99 RECORD_ADDED', 'NATIONAL RECORD_ADDED', 'NATIONAL RECORD_ADDED']);
    await estate.sql('DELETE FROM juki_net.use_record WHERE use_id IN ($1, $2, $3)', beside, alone, between);
    expect((await verify('2016-01-19')).whole).toBe(true);
  });

  it('finds a link that was changed or removed with its records', async () => {
    await estate.sql('CREATE TABLE juki_net.kept_link AS SELECT * FROM juki_net.use_link');
    await estate.sql("UPDATE juki_net.use_link SET records = 3 WHERE server = 'NATIONAL' AND seq = 1");
    expect((await kinds('2016-01-19')).sort()).toEqual(['NATIONAL LINK_DIFFERS', 'NATIONAL RECORD_MISSING']);
    await estate.sql("DELETE FROM juki_net.use_link WHERE server = 'NATIONAL' AND seq IN (1, 2)");
    await estate.sql("DELETE FROM juki_net.use_record WHERE at < '2016-01-19' AND provider IS NULL");
    expect(await kinds('2016-01-21')).toEqual(['NATIONAL LINK_MISSING']);
    await estate.sql("INSERT INTO juki_net.use_link SELECT * FROM juki_net.kept_link WHERE server = 'NATIONAL' AND seq IN (1, 2)");
  });

  it('does not expect what an approved lot lets go; the links stay', async () => {
    expect(await kinds('2016-01-19')).toEqual(['NATIONAL RECORD_MISSING', 'NATIONAL RECORD_MISSING']);
    await estate.sql("INSERT INTO juki_net.retention_lot VALUES (gen_random_uuid(), 'USE_RECORD', '2023-02', 'r', '2016-01-19', 3, 'APPROVED', now())");
    expect(await verify('2016-01-19')).toMatchObject({ whole: true, links: 3, isPurged: true });
  });

  it('goes on where it was when everything stops in the middle', async () => {
    await estate.sql(
      `INSERT INTO juki_net.use_record (at, use_id, person_key, organisation, affair, mode, key_kind, items, result_code, correlation_id)
       SELECT '2016-01-21T00:00:00Z'::timestamptz + n * interval '10 minutes', gen_random_uuid(), gen_random_uuid(), 'pension', 'PENSION', 'BATCH_LINE', 'RESIDENT_CODE', '{}', '00', 'c' FROM generate_series(1, 80) n`,
    );
    const before = (await links()).length;
    estate.clock.set(new Date('2016-01-21T15:05:00Z'));
    await estate.eventually(async () => (await links()).length > before);
    await estate.restart();
    await sealedBy('2016-01-21T15:06:00Z', before + 80);
    expect(await verify('2016-01-21')).toMatchObject({ whole: true, records: 82, unsealed: 0 });
  });

  it('is for operators and auditors, and nobody’s to change', async () => {
    const path = '/api/juki-net/v1/use-record-verification?day=2016-01-19';
    expect((await estate.request('GET', path, { as: town })).status).toBe(403);
    expect((await estate.request('GET', path.replace('19', '32'), { as: operator })).status).toBe(400);
    expect((await estate.request('GET', path, { as: { clientId: 'auditor-1', kind: 'auditor', organisation: 'audit' } })).status).toBe(200);
    const app = databaseAs(estate, 'juki-net', 'app');
    for (const statement of ['DELETE FROM use_link', 'UPDATE use_link SET hash = hash']) await expect(app.db.run(statement)).rejects.toThrow('permission denied');
    await app.close();
  });
});
