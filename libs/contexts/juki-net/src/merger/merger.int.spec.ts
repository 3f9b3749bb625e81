import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ResidentCode } from '#kernel';
import { connectStreams, parseCloudEvent, start, TokenVerifier, type Actor, type CloudEvent } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { jukiNetModule } from '#contexts/juki-net';
import { bucketDigest, BUCKETS, leafHash } from '../reconciliation/reconciliation.js';

const town = (code: string): Actor => ({ clientId: `municipality-${code}`, kind: 'municipality', organisation: code });
const [townA, townB, townC, townN] = [town('990019'), town('990027'), town('131016'), town('990035')];
const officer = (operator?: string): Actor => ({ clientId: 'operator-1', kind: 'operator', organisation: 'agency', ...(operator === undefined ? {} : { operator }) });
const API = '/api/juki-net/v1';
const purpose = 'RESIDENT_REGISTER';

let estate: TestEstate;
let streams: Awaited<ReturnType<typeof connectStreams>>;
const events: CloudEvent[] = [];
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2015-10-20T01:00:00Z') });
  streams = await connectStreams(estate.natsUrl, 'merger spec');
  streams.connection.subscribe('kiban.juki-net.>', { callback: (_error, message) => void events.push(parseCloudEvent(message.string())) });
});
afterAll(async () => {
  await streams.connection.close();
  await estate.stop();
});

const code = (serial: number): string => ResidentCode.fromBody(`99${String(serial).padStart(8, '0')}`).reveal();
const post = (path: string, as: Actor, body: unknown, idempotencyKey?: string): Promise<Answer> =>
  estate.request('POST', `${API}${path}`, { as, purpose, body, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) });
const get = (path: string, as: Actor): Promise<Answer> => estate.request('GET', `${API}${path}`, { as, purpose });
const refusal = (answer: Answer): unknown[] => [answer.status, z.object({ code: z.string() }).parse(answer.json).code];
let municipalSeq = 0;
async function send(as: Actor, serial: number, personSeq: number, over: Record<string, string>): Promise<Answer> {
  municipalSeq += 1;
  return post('/change-notices', as, {
    municipalSeq, residentCode: code(serial), personSeq, nameKanji: `見本　${serial}太郎`, nameKana: 'ミホン　タロウ', birthDate: `198001${String(10 + serial)}`, sex: '1', address: '架空県試験市見本町2-3-4', townCode: '001',
    municipalityCode: as.organisation, ...over,
  });
}
async function notice(as: Actor, serial: number, personSeq: number, over: Record<string, string>): Promise<string> {
  const answer = await send(as, serial, personSeq, over);
  expect(answer.status, answer.bytes.toString()).toBe(202);
  return z.object({ state: z.string() }).parse(answer.json).state;
}
const enter = (serial: number, as = townA): Promise<string> => notice(as, serial, 1, { changeReason: '10', changeDate: '20100401' });
const leave = (serial: number, changeDate: string): Promise<string> => notice(townA, serial, 2, { changeReason: '21', changeDate });
const arrive = (as: Actor, serial: number, changeDate: string, personSeq = 1): Promise<string> =>
  notice(as, serial, personSeq, { changeReason: '11', changeDate, previousMunicipalityCode: '990019', address: '架空県見本町例示10-5' });
const keyOf = async (serial: number): Promise<string> => {
  const [row] = await estate.sql<{ person_key: string }>('SELECT person_key FROM juki_net.segment WHERE name_kanji = $1 LIMIT 1', `見本　${serial}太郎`);
  return row?.person_key ?? '';
};
interface SegmentRow { municipality_code: string; stay: number; state: string; address: string }
const segmentsOf = async (serial: number): Promise<string[]> => {
  const rows = await estate.sql<SegmentRow>('SELECT municipality_code, stay, state, address FROM juki_net.segment WHERE name_kanji = $1 ORDER BY 1, 2', `見本　${serial}太郎`);
  return rows.map((row) => `${row.municipality_code} ${row.stay} ${row.state} ${row.address.slice(3, 6)}`);
};
const toldOf = (personKey: string): string[] => events.filter(({ subject }) => subject === personKey).map(({ type, sequence, data }) => `${sequence} ${type.split('.')[4] ?? ''} ${z.object({ municipalityCode: z.string() }).parse(data).municipalityCode}`);

const plan = {
  kind: 'MERGER', former: [{ code: '990019', name: '架空県試験市' }, { code: '990027', name: '架空県見本町' }], newCode: '990035', newName: '架空県新市', effectiveOn: '2015-11-01',
};
const view = z.object({ changeId: z.uuid(), state: z.string(), progress: z.object({ jobId: z.string(), jobState: z.string(), done: z.number(), total: z.number().nullable() }).optional() });
async function approved(body: object): Promise<string> {
  const { changeId } = view.parse((await post('/municipality-changes', officer('o-1'), body)).json);
  expect((await post(`/municipality-changes/${changeId}/approval`, officer('o-2'), {})).status).toBe(200);
  return changeId;
}
const completed = (changeId: string): Promise<z.output<typeof view>> =>
  estate.eventually(async () => {
    const change = view.parse((await get(`/municipality-changes/${changeId}`, townC)).json);
    return change.state === 'COMPLETED' && change.progress?.jobState === 'SUCCEEDED' && change;
  }, 40);

describe('JUKI-5.4 a change is planned by one officer and approved by another before its day', () => {
  it('refuses unnamed, same, late and overlapping ones, municipalities, and bad input', async () => {
    const first = await post('/municipality-changes', officer('o-1'), plan, 'merger');
    expect([first.status, (await post('/municipality-changes', officer('o-1'), plan, 'merger')).json]).toEqual([201, first.json]);
    const { changeId } = view.parse(first.json);
    expect(refusal(await post('/municipality-changes', officer(), plan))).toEqual([403, 'OPERATOR_NOT_ASSERTED']);
    expect(refusal(await post('/municipality-changes', townA, plan))).toEqual([403, 'ACTION_NOT_PERMITTED']);
    expect(refusal(await post('/municipality-changes', officer('o-1'), { ...plan, newCode: '990043' }))).toEqual([409, 'MUNICIPALITY_CHANGE_MEETS']);
    for (const bad of [{ ...plan, newCode: '990036' }, { ...plan, newName: '新\u0000市' }, { ...plan, former: [] }, { ...plan, townCodes: ['x'] }, { ...plan, effectiveOn: '2015-02-30' }, { ...plan, kind: 'OTHER' }]) {
      expect((await post('/municipality-changes', officer('o-1'), bad)).status).toBe(400);
    }
    expect(refusal(await post(`/municipality-changes/${changeId}/approval`, officer('o-1'), {}))).toEqual([409, 'SAME_OFFICER']);
    expect(refusal(await post(`/municipality-changes/${changeId}/approval`, officer(), {}))).toEqual([403, 'OPERATOR_NOT_ASSERTED']);
    expect(view.parse((await post(`/municipality-changes/${changeId}/withdrawal`, officer('o-1'), {})).json).state).toBe('WITHDRAWN');
    expect(refusal(await post(`/municipality-changes/${changeId}/approval`, officer('o-2'), {}))).toEqual([409, 'MUNICIPALITY_CHANGE_STATE']);
    expect(refusal(await get('/municipality-changes/00000000-0000-4000-8000-000000000000', townA))).toEqual([404, 'NOT_FOUND']);
  });
});

describe('JUKI-5.4 a merger takes effect', () => {
  let changeId: string;
  let held: string;

  it('before the day the old codes go on', async () => {
    await enter(1);
    await notice(townA, 1, 2, { changeReason: '30', changeDate: '20151001', address: '架空県試験市見本町5' });
    for (const serial of [2, 3, 4, 5, 6, 7, 9]) await enter(serial);
    await leave(2, '20151010');
    await arrive(townB, 2, '20151010');
    await arrive(townB, 3, '20151012');
    await notice(townA, 4, 2, { changeReason: '20', changeDate: '20151015' });
    await leave(5, '20151016');
    await arrive(townC, 5, '20151016');
    held = z.object({ noticeId: z.string() }).parse((await send(townA, 6, 3, { changeReason: '31', changeDate: '20151018' })).json).noticeId;
    await leave(9, '20151019');
    await enter(13);
    await notice(townB, 13, 1, { changeReason: '14', changeDate: '20151013', address: '架空県見本町例示10-5' });
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.transfer_case WHERE state = 'UNMATCHED_IN' AND from_code IS NULL")).length === 1);
    const duty = await estate.request('PUT', `${API}/entry-search-duties/990019`, { as: officer('o-1'), body: { since: '2015-10-20' } });
    expect(duty.status).toBe(200);
    // Nobody of the name is known: one officer has searched, another has confirmed it.
    const search = await post('/entry-searches', { ...townA, operator: 'c-1' }, { nameKanji: '見本　15太郎', birthDate: '19800125', sex: '1' });
    const { searchId } = z.object({ searchId: z.uuid() }).parse(search.json);
    expect((await post(`/entry-searches/${searchId}/confirmation`, { ...townA, operator: 'c-2' }, { agrees: true })).status).toBe(200);
    expect((await post('/code-blocks', townA, { municipalityCode: '990019', size: 100, reason: 'INITIAL' })).status).toBe(201);
    for (const [serial, to] of [[1, '131016'], [7, '990027']] as const) expect((await post('/transfers', townA, { residentCode: code(serial), to, plannedOn: '2015-10-30', route: 'PAPER' })).status).toBe(201);
    expect((await post('/support-measures', townA, { residentCodes: [code(1)], grounds: 'STALKING', startsOn: '2015-10-01', opinionFrom: '警察' })).status).toBe(201);
    changeId = await approved(plan);
    expect((await send(townA, 8, 1, { changeReason: '10', changeDate: '20151020' })).status).toBe(202);
  });

  it('on the day every record passes, through a kill and beside a second replica; each person is told once', async () => {
    await estate.sql(`CREATE FUNCTION juki_net.spec_slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.1); RETURN NEW; END $$`);
    await estate.sql('CREATE TRIGGER spec_slow BEFORE UPDATE ON juki_net.segment FOR EACH ROW EXECUTE FUNCTION juki_net.spec_slow()');
    estate.clock.set(new Date('2015-10-31T15:00:05Z'));
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.job WHERE kind = 'juki-net.municipality-change' AND state = 'RUNNING'")).length === 1);
    const refused = await send(townA, 1, 3, { changeReason: '30', changeDate: '20151101' });
    expect([refusal(refused), z.object({ facts: z.unknown() }).parse(refused.json).facts]).toEqual([[409, 'MUNICIPALITY_CHANGED'], { newCode: '990035' }]);
    // Sent too early: it waits for the correction, number 3.
    expect(await notice(townN, 1, 4, { changeReason: '31', changeDate: '20151101', nameKanji: '見本　1次郎', address: '架空県新市見本町5' })).toMatch(/HELD|APPLIED/);
    await estate.restart();
    const replica = await start(estate.config, [jukiNetModule], { clock: estate.clock, verifier: new TokenVerifier({ issuer: '', audience: '' }, () => Promise.reject(new Error('no requests'))) });
    const { progress } = await completed(changeId);
    await replica.stop();
    await estate.sql('DROP FUNCTION juki_net.spec_slow CASCADE');
    expect(progress).toMatchObject({ done: 10, total: 10 });
    const one = await estate.sql<{ person_key: string; name_kanji: string; address: string }>("SELECT person_key, name_kanji, address FROM juki_net.segment WHERE municipality_code = '990035' AND name_kanji LIKE '見本　1_郎'");
    expect(one).toMatchObject([{ name_kanji: '見本　1次郎', address: '架空県新市見本町5' }]);
    expect(await segmentsOf(2)).toEqual(['990019 1 CLOSED_MOVED 試験市', '990035 1 LIVE 新市例']);
    expect(await segmentsOf(3)).toEqual(['990019 1 CLOSED_MOVED 試験市', '990035 1 LIVE 新市例']);
    expect(await segmentsOf(4)).toEqual(['990035 1 CLOSED_DEAD 試験市']);
    expect(await segmentsOf(5)).toEqual(['131016 1 LIVE 見本町', '990035 1 CLOSED_MOVED 試験市']);
    expect(await segmentsOf(6)).toEqual(['990035 1 LIVE 新市見']);
    await estate.eventually(async () => toldOf(one[0]?.person_key ?? '').length === 4);
    expect(toldOf(one[0]?.person_key ?? '')).toEqual(['1 entered 990019', '2 changed 990019', '3 minor-correction 990035', '4 changed 990035']);
    expect(toldOf(await keyOf(5)).filter((line) => line.includes('minor'))).toEqual([]);
    const told = events.filter(({ type }) => type.includes('municipality.changed'));
    expect(told.map(({ data }) => data)).toEqual([{ oldCodes: ['990019', '990027'], newCode: '990035', kind: 'MERGER', effectiveDate: '2015-11-01' }]);
    expect(events.filter(({ type }) => type.includes('minor-correction'))).toHaveLength(7);
  });

  it('what was under way passes too: held notices, codes, moves, measures, copies, former addresses', async () => {
    expect((await get(`/change-notices/${held}`, townA)).json).toMatchObject({ state: 'REJECTED', code: 'MUNICIPALITY_CHANGED' });
    expect(await estate.sql("SELECT DISTINCT municipality_code FROM juki_net.allocated_code UNION SELECT municipality_code FROM juki_net.code_block")).toEqual([{ municipality_code: '990035' }]);
    expect(await estate.sql('SELECT from_code, to_code, state FROM juki_net.transfer_case WHERE planned_on IS NOT NULL ORDER BY to_code')).toEqual([
      { from_code: '990035', to_code: '131016', state: 'CERTIFICATE_ISSUED' }, { from_code: '990035', to_code: '990035', state: 'WITHDRAWN' },
    ]);
    expect(await estate.sql('SELECT municipality_code FROM juki_net.support_measure')).toEqual([{ municipality_code: '990035' }]);
    const copies = 'SELECT person_key, municipality_code, stay, state, address';
    expect(await estate.sql(`${copies} FROM juki_net.prefecture_record EXCEPT ${copies} FROM juki_net.segment`)).toEqual([]);
    expect(await estate.sql("SELECT count(*)::int AS n FROM juki_net.former_address WHERE municipality_code = '990035' AND address LIKE '架空県試験市見本町%'")).toEqual([{ n: 5 }]);
    expect(await estate.sql('SELECT from_code, to_code, state FROM juki_net.transfer_case WHERE person_key = $1', await keyOf(13))).toEqual([{ from_code: '990035', to_code: '990035', state: 'OUT_CLOSED' }]);
    for (const path of ['/code-blocks', '/notice-files?municipalityCode=990019']) {
      const answer = path === '/code-blocks' ? await post(path, townA, { municipalityCode: '990019', size: 10, reason: 'RESTOCK' }) : await estate.request('POST', `${API}${path}`, { as: townA, purpose, body: 'x', headers: { 'content-type': 'text/csv' } });
      expect(refusal(answer)).toEqual([409, 'MUNICIPALITY_CHANGED']);
    }
    for (const [as, to] of [[townA, '131016'], [townC, '990027']] as const) {
      expect(refusal(await post('/transfers', as, { residentCode: code(1), to, plannedOn: '2015-11-01', route: 'PAPER' }))).toEqual([409, 'MUNICIPALITY_CHANGED']);
    }
    expect(JSON.stringify(await estate.sql("SELECT parameters, cursor, result FROM juki_net.job WHERE kind = 'juki-net.municipality-change'"))).not.toContain('見本');
  });

  it('JUKI-7 the duty to search passes, and can no longer be set for the former', async () => {
    expect(await estate.sql("SELECT since::text, set_by FROM juki_net.entry_search_duty WHERE municipality_code = '990035'")).toEqual([{ since: '2015-10-20', set_by: 'o-1' }]);
    expect(await notice(townN, 14, 1, { changeReason: '14', changeDate: '20151101' })).toBe('HELD');
    for (const [former, end] of [['990027', [409, 'MUNICIPALITY_CHANGED']], ['990035', [409, 'ENTRY_SEARCH_DUTY']]] as const) {
      expect(refusal(await estate.request('PUT', `${API}/entry-search-duties/${former}`, { as: officer('o-1'), body: { since: '2015-12-01' } }))).toEqual(end);
    }
  });

  it('JUKI-4.5, 4.6 numbers go on after the correction, and both copies make the same leaf of it', async () => {
    expect(refusal(await send(townN, 6, 2, { changeReason: '31', changeDate: '20151101' }))).toEqual([409, 'SEQ_REUSED']);
    expect(await notice(townN, 6, 3, { changeReason: '31', changeDate: '20151101', nameKanji: '見本　6太郎', nameKana: 'ミホン　ジロウ', address: '架空県新市見本町2-3-4' })).toBe('APPLIED');
    const leaf = (serial: number, recordVersion: number, over: object = {}): { residentCode: string; recordVersion: number; hash: string } => {
      const record = {
        residentCode: code(serial), recordVersion, nameKanji: `見本　${serial}太郎`, nameKana: 'ミホン　タロウ', birthDate: `198001${10 + serial}`, sex: '1', municipalityCode: '990035', address: '架空県新市見本町2-3-4',
        changeReason: '34', changeDate: '20151101', ...over,
      };
      return { ...record, hash: leafHash(record) };
    };
    const moved = { address: '架空県新市例示10-5' };
    const leaves = [
      leaf(1, 4, { nameKanji: '見本　1次郎', address: '架空県新市見本町5', changeReason: '31' }), leaf(2, 2, moved), leaf(3, 2, moved), leaf(6, 3, { nameKana: 'ミホン　ジロウ', changeReason: '31' }), leaf(7, 2), leaf(8, 2), leaf(13, 2, moved),
    ];
    const empty = { digest: bucketDigest([]).toString('hex'), count: 0 };
    const buckets = Array.from({ length: BUCKETS }, (_none, bucket) => (bucket === 99 ? { digest: bucketDigest(leaves).toString('hex'), count: leaves.length } : empty));
    const { runId } = z.object({ runId: z.uuid() }).parse((await post('/reconciliations', townN, { municipalityCode: '990035', buckets })).json);
    await estate.eventually(async () => z.object({ state: z.string() }).parse((await get(`/reconciliations/${runId}`, townN)).json).state === 'COMPLETED', 50);
  });

  it('JUKI-7 a confirmed search lets the entry of the successor in; for the former nobody searches any more', async () => {
    expect(await notice(townN, 15, 1, { changeReason: '13', changeDate: '20151101' })).toBe('APPLIED');
    const late = await post('/entry-searches', { ...townA, operator: 'c-1' }, { nameKanji: '見本　16太郎', birthDate: '19800126', sex: '1' });
    expect(refusal(late)).toEqual([409, 'MUNICIPALITY_CHANGED']);
  });

  it('JUKI-4.10 moves notified before the day count by the old codes, later ones between them do not', async () => {
    expect(await arrive(townN, 9, '20151030', 3)).toBe('APPLIED');
    expect(await notice(townC, 10, 1, { changeReason: '11', changeDate: '20151101', previousMunicipalityCode: '990027' })).toBe('APPLIED');
    for (const [at, month] of [['2015-11-05T01:00:00Z', '2015-10'], ['2015-12-05T01:00:00Z', '2015-11']] as const) {
      estate.clock.set(new Date(at));
      await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.statistics_extract WHERE month = $1 AND state = 'COMPLETED'", month)).length === 1);
    }
    const rows = await estate.sql('SELECT e.month, r.municipality_code, r.previous_municipality_code, r.birth_date FROM juki_net.statistics_row r JOIN juki_net.statistics_extract e USING (extract_id) ORDER BY 1, 4');
    expect(rows.map((row) => Object.values(row).join(' '))).toEqual([
      '2015-10 990027 990019 19800112', '2015-10 990027 990019 19800113', '2015-10 131016 990019 19800115', '2015-11 131016 990035 19800120',
    ]);
  });

  it('another name keeps code and numbers; a division passes the named towns only', async () => {
    await enter(11, townC);
    await notice(townC, 12, 1, { changeReason: '10', changeDate: '20100401', townCode: '002', address: '架空都別町1' });
    estate.clock.set(new Date('2015-12-10T01:00:00Z'));
    const renamed = await approved({ kind: 'RENAME', former: [{ code: '131016', name: '架空都別町' }], newCode: '131016', newName: '架空都別市', effectiveOn: '2015-12-11' });
    estate.clock.set(new Date('2015-12-10T15:00:05Z'));
    await completed(renamed);
    expect([await segmentsOf(11), await segmentsOf(12)]).toEqual([['131016 1 LIVE 試験市'], ['131016 1 LIVE 別市1']]);
    expect(await notice(townC, 12, 3, { changeReason: '31', townCode: '002', changeDate: '20151211', nameKana: 'ミホン　サブロウ', address: '架空都別市1' })).toBe('APPLIED');
    const divided = await approved({ kind: 'SPLIT', former: [{ code: '131016', name: '架空都別市' }], newCode: '131024', newName: '架空都新町', effectiveOn: '2015-12-12', townCodes: ['002'] });
    estate.clock.set(new Date('2015-12-11T15:00:05Z'));
    await completed(divided);
    expect([await segmentsOf(11), await segmentsOf(12)]).toEqual([['131016 1 LIVE 試験市'], ['131024 1 LIVE 新町1']]);
    expect(await notice(townC, 11, 2, { changeReason: '31', changeDate: '20151211', nameKana: 'ミホン　シロウ' })).toBe('APPLIED');
    // The code of a divided municipality goes on: what it still sends of them waits, as whatever has no predecessor.
    expect(await notice(townC, 12, 4, { changeReason: '31', changeDate: '20151211' })).toBe('HELD');
  });
});
