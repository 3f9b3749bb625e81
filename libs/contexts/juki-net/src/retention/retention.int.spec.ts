import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ResidentCode } from '#kernel';
import type { Actor } from '#platform';
import { databaseAs, startEstate, type Answer, type TestEstate } from '#testing';
import { jukiNetModule } from '#contexts/juki-net';

const townA: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019', operator: 'clerk-1' };
const officer = (name: string): Actor => ({ clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: name });
const API = '/api/juki-net/v1';
const NOBODY = '00000000-0000-0000-0000-000000000000';
const USES = 12_000;

let estate: TestEstate;
const code = (serial: number): string => ResidentCode.fromBody(`99${String(serial).padStart(8, '0')}`).reveal();
/** Use records of a day, of as many persons. */
const addUses = (at: string, count: number): Promise<unknown> => estate.sql(
  `INSERT INTO juki_net.use_record (at, use_id, person_key, grant_id, organisation, affair, mode, key_kind, items, result_code, correlation_id)
   SELECT $1, gen_random_uuid(), gen_random_uuid(), $3, 'pension', 'A', 'BATCH_LINE', 'RESIDENT_CODE', '{address}', '00', 'c' FROM generate_series(1, $2)`, at, count, NOBODY,
);
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2016-01-20T01:00:00Z') });
  await addUses('2016-10-31T14:59:59Z', USES);
  await addUses('2016-10-31T15:00:00Z', 3);
  for (const [index, [serial, reason, personSeq]] of ([[1, '14', 1], [1, '20', 2], [2, '14', 1], [2, '20', 2], [3, '14', 1]] as const).entries()) {
    const notice = await estate.request('POST', `${API}/change-notices`, {
      as: townA, purpose: 'RESIDENT_REGISTER',
      body: {
        municipalSeq: index + 1, residentCode: code(serial), personSeq, changeReason: reason, changeDate: personSeq === 1 ? '20151005' : '20160105', nameKanji: '見本　太郎', nameKana: 'ミホン　タロウ',
        aliasName: '', birthDate: '19800101', sex: '1', address: '架空県試験市見本町2-3-4', townCode: '', postalCode: '0000001', municipalityCode: '990019', previousMunicipalityCode: '',
      },
    });
    expect(notice.status).toBe(202);
  }
});
afterAll(() => estate.stop());

const codeOf = (answer: Answer): string => z.object({ code: z.string() }).parse(answer.json).code;
const lotView = z.object({
  lotId: z.uuid(), kind: z.string(), month: z.string(), rule: z.string(), countedUntil: z.string(), rows: z.number(), state: z.string(), officers: z.array(z.string()),
  certificate: z.object({ rows: z.number(), sha256: z.string(), officers: z.array(z.string()) }).optional(),
});
type LotView = z.output<typeof lotView>;
const lots = async (): Promise<LotView[]> => z.object({ items: z.array(lotView) }).parse((await estate.request('GET', `${API}/retention-lots`, { as: officer('a') })).json).items;
const drawn = (kind: string, month: string): Promise<LotView> => estate.eventually(async () => (await lots()).find((lot) => lot.kind === kind && lot.month === month));
const approve = (lotId: string, name: string, key?: string): Promise<Answer> =>
  estate.request('POST', `${API}/retention-lots/${lotId}/approval`, { as: officer(name), body: {}, ...(key === undefined ? {} : { idempotencyKey: key }) });
const shown = async (lotId: string): Promise<LotView> => lotView.parse((await estate.request('GET', `${API}/retention-lots/${lotId}`, { as: officer('a') })).json);
const count = async (table: string, where = 'true'): Promise<number> => Number((await estate.sql<{ n: string }>(`SELECT count(*) AS n FROM juki_net.${table} WHERE ${where}`))[0]?.n);
const PURGE = 'SELECT purged FROM purge_use_records($1, $2, $3::timestamptz, $2, 10000)';

describe('retention', () => {
  it('JUKI-4.11 what a later notice replaced in an open record goes five years after it, by the rule of then; the record and its last notice stay', async () => {
    const moves = ['例示1-1', '例示2-2', '例示3-3'];
    for (const [index, to] of moves.entries()) {
      const notice = await estate.request('POST', `${API}/change-notices`, {
        as: townA, purpose: 'RESIDENT_REGISTER',
        body: {
          municipalSeq: 10 + index, residentCode: code(3), personSeq: 2 + index, changeReason: '30', changeDate: '20151105', nameKanji: '見本　太郎', nameKana: 'ミホン　タロウ', aliasName: '', birthDate: '19800101',
          sex: '1', address: `架空県試験市${to}`, townCode: '', postalCode: '0000001', municipalityCode: '990019', previousMunicipalityCode: '',
        },
      });
      expect(notice.json).toMatchObject({ state: 'APPLIED' });
    }
    const [person] = await estate.sql<{ person_key: string }>("SELECT person_key FROM juki_net.segment WHERE state = 'LIVE'");
    const of = (personSeq: number, at: string): Promise<unknown> => estate.sql('UPDATE juki_net.change_notice SET received_at = $3 WHERE person_key = $1 AND person_seq = $2', person?.person_key, personSeq, at);
    // The second move was notified on the last day that is over, the third on the next one.
    for (const [seq, at] of [[1, '2009-01-01T00:00:00Z'], [2, '2010-01-01T00:00:00Z'], [3, '2011-02-01T14:59:59Z'], [4, '2011-02-01T15:00:00Z']] as const) await of(seq, at);
    estate.clock.set(new Date('2016-02-01T01:00:00Z'));
    const lot = await drawn('SUPERSEDED', '2016-02');
    expect(lot).toMatchObject({ rule: 'SUPERSEDED/1', countedUntil: '2011-02-01', rows: 4 });
    await approve(lot.lotId, 'a');
    await approve(lot.lotId, 'b');
    expect((await estate.eventually(async () => (await shown(lot.lotId)).certificate)).rows).toBe(4);
    const left = (table: string): Promise<unknown> => estate.sql(`SELECT person_seq FROM juki_net.${table} WHERE person_key = $1 ORDER BY 1`, person?.person_key);
    expect([await left('change_notice'), await left('former_address')]).toEqual([[{ person_seq: 3 }, { person_seq: 4 }], [{ person_seq: 4 }]]);
    expect(await estate.sql('SELECT state, address FROM juki_net.segment WHERE person_key = $1', person?.person_key)).toEqual([{ state: 'LIVE', address: '架空県試験市例示3-3' }]);
    const again = { municipalSeq: 20, residentCode: code(3), personSeq: 1, changeReason: '14', changeDate: '20151005', nameKanji: '見本', nameKana: 'ミホン', birthDate: '19800101', sex: '1', address: '架空県試験市', municipalityCode: '990019' };
    expect(codeOf(await estate.request('POST', `${API}/change-notices`, { as: townA, purpose: 'RESIDENT_REGISTER', body: again }))).toBe('SEQ_REUSED');
  });

  it('JUKI-3.9 a lot that nobody approved in its month lapses; the next one has its rows', async () => {
    estate.clock.set(new Date('2023-11-01T01:00:00Z'));
    expect(await drawn('USE_RECORD', '2023-11')).toMatchObject({ rule: 'USE_RECORD/1', countedUntil: '2016-11-01', rows: USES + 3, state: 'DUE' });
    await estate.sql("UPDATE juki_net.retention_lot SET month = '2023-10' WHERE kind = 'USE_RECORD'");
    await estate.sql("UPDATE juki_net.cursor SET value = '2023-10' WHERE name = 'schedule:retention.draw-lots'");
    await drawn('USE_RECORD', '2023-11');
    expect((await lots()).filter(({ kind }) => kind === 'USE_RECORD').map((lot) => [lot.month, lot.state])).toEqual([['2023-11', 'DUE'], ['2023-10', 'LAPSED']]);
  });

  it('JUKI-3.9 two different officers approve; a kill in the middle loses and doubles nothing; the certificate counts', async () => {
    const { lotId } = await drawn('USE_RECORD', '2023-11');
    const strangers = await estate.request('POST', `${API}/retention-lots/${lotId}/approval`, { as: townA, body: {} });
    expect(codeOf(strangers)).toBe('ACTION_NOT_PERMITTED');
    expect(codeOf(await approve(NOBODY.replace(/0000$/, '4000').replace('-0000-0000-0000-', '-0000-4000-8000-'), 'a'))).toBe('NOT_FOUND');
    expect((await approve(lotId, 'a', 'first')).json).toMatchObject({ state: 'DUE', officers: ['a@operator-1'] });
    expect((await approve(lotId, 'a', 'first')).json).toMatchObject({ state: 'DUE', officers: ['a@operator-1'] });
    expect(codeOf(await approve(lotId, 'a'))).toBe('SAME_OFFICER');
    const app = databaseAs(estate, 'juki-net', 'app');
    await expect(app.db.many(PURGE, lotId, NOBODY, '-infinity')).rejects.toThrow('no approved lot');
    expect((await approve(lotId, 'b')).json).toMatchObject({ state: 'APPROVED', officers: ['a@operator-1', 'b@operator-1'] });
    await estate.restart();
    const { certificate, state } = await estate.eventually(async () => {
      const lot = await shown(lotId);
      return lot.state === 'PURGED' && lot;
    }, 40);
    expect([state, certificate]).toEqual(['PURGED', { rows: USES + 3, sha256: expect.stringMatching(/^[0-9a-f]{64}$/), officers: ['a@operator-1', 'b@operator-1'] }]);
    expect(await count('use_record')).toBe(0);
    expect(codeOf(await approve(lotId, 'c'))).toBe('RETENTION_STATE');
    await app.close();
  });

  it('use records leave by an approved lot only: not by DELETE, not before seven years, and approvals and certificates not at all', async () => {
    await estate.sql("INSERT INTO juki_net.retention_lot VALUES ('01930000-0000-7000-8000-000000000009', 'USE_RECORD', '2099-01', 'USE_RECORD/1', '2099-01-01', 1, 'APPROVED', now())");
    const lotId = '01930000-0000-7000-8000-000000000009';
    await estate.sql("INSERT INTO juki_net.retention_approval VALUES ($1, 'a', now()), ($1, 'b', now())", lotId);
    await addUses(new Date(Date.now() - 86_400_000).toISOString(), 1);
    const app = databaseAs(estate, 'juki-net', 'app');
    const reader = databaseAs(estate, 'juki-net', 'reader');
    for (const statement of ['DELETE FROM use_record', 'UPDATE use_record SET affair = affair', 'DELETE FROM retention_approval', 'DELETE FROM retention_certificate']) {
      await expect(app.db.run(statement), statement).rejects.toThrow('permission denied');
    }
    await expect(reader.db.many(PURGE, lotId, NOBODY, '-infinity')).rejects.toThrow('permission denied');
    expect(await app.db.many(PURGE, lotId, NOBODY, '-infinity')).toEqual([{ purged: 0 }]);
    expect(await count('use_record')).toBe(1);
    await estate.sql("UPDATE juki_net.retention_lot SET state = 'LAPSED' WHERE lot_id = $1", lotId);
    await Promise.all([app.close(), reader.close()]);
  });

  it('JUKI-4.11 a record goes 150 years after its last notice, with its notices, and the person with the last record; the code stays unusable', async () => {
    const keys = (await estate.sql<{ person_key: string }>("SELECT person_key FROM juki_net.segment WHERE state = 'CLOSED_DEAD' ORDER BY person_key")).map((row) => row.person_key);
    const [gone, kept] = keys;
    await estate.sql("UPDATE juki_net.segment SET closed_date = '1870-01-05' WHERE person_key = ANY($1)", keys);
    await estate.sql("UPDATE juki_net.change_notice SET received_at = '1870-01-06T00:00:00Z' WHERE person_key = $1", gone);
    estate.clock.set(new Date('2023-12-01T01:00:00Z'));
    const lot = await drawn('CLOSED_RECORD', '2023-12');
    expect(lot).toMatchObject({ rule: 'CLOSED_RECORD/2', countedUntil: '1873-12-01', rows: 1 });
    await approve(lot.lotId, 'a');
    await approve(lot.lotId, 'b');
    const purged = await estate.eventually(async () => (await shown(lot.lotId)).certificate);
    expect(purged.rows).toBe(1);
    expect([await count('person', `person_key = '${gone}'`), await count('segment', `person_key = '${gone}'`), await count('change_notice', `person_key = '${gone}'`)]).toEqual([0, 0, 0]);
    expect([await count('person', `person_key = '${kept}'`), await count('segment'), await count('change_notice')]).toEqual([1, 2, 4]);
    expect(await estate.sql('SELECT superseded FROM juki_net.resident_code WHERE person_key = $1', gone)).toEqual([{ superseded: true }]);
  });
});
