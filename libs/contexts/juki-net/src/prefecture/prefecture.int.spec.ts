import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ResidentCode } from '#kernel';
import { connectStreams, Database, FieldCipher, masterKey, parseCloudEvent, type Actor, type CloudEvent } from '#platform';
import { databaseAs, startEstate, type Answer, type TestEstate } from '#testing';
import { jukiNetModule } from '#contexts/juki-net';
import { NumberStore } from '../number/number.store.js';
import { NumberIntake } from '../number/take-in-numbers.js';
import { legalOfficer } from '../inquiry/legal-officer.fixture.js';

const municipality = (organisation: string): Actor => ({ clientId: `municipality-${organisation}`, kind: 'municipality', organisation });
const prefecture = (organisation: string): Actor => ({ clientId: `prefecture-${organisation}`, kind: 'prefecture', organisation });
const operator = (officer: string): Actor => ({ clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: officer });
const [home, town, tokyo] = [municipality('990019'), municipality('990027'), municipality('131016')];
const API = '/api/juki-net/v1';
const REGISTER = 'RESIDENT_REGISTER';
const code = (serial: number): string => ResidentCode.fromBody(`99000${String(serial).padStart(5, '0')}`).reveal();
const number = '990000009016';

let estate: TestEstate;
let streams: Awaited<ReturnType<typeof connectStreams>>;
const events: CloudEvent[] = [];
let municipalSeq = 0;
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2016-01-20T01:00:00Z') });
  streams = await connectStreams(estate.natsUrl, 'prefecture spec');
  streams.connection.subscribe('kiban.juki-net.outage.>', { callback: (_error, message) => void events.push(parseCloudEvent(message.string())) });
});
afterAll(async () => {
  await streams.connection.close();
  await estate.stop();
});

type Body = Record<string, unknown>;
const post = (path: string, body: Body, as: Actor, purpose = REGISTER): Promise<Answer> => estate.request('POST', `${API}${path}`, { as, purpose, body });
const refusal = (answer: Answer): unknown[] => [answer.status, z.object({ code: z.string() }).parse(answer.json).code];
function notice(serial: number, over: Body = {}, as = home): Body {
  municipalSeq += 1;
  return {
    municipalSeq, residentCode: code(serial), personSeq: 1, changeReason: '14', changeDate: '20151005', nameKanji: '見本　太郎', nameKana: 'ミホン　タロウ', birthDate: '19800101', sex: '1',
    address: '架空県試験市見本町2-3-4', postalCode: '0000001', municipalityCode: as.organisation, ...over,
  };
}
const send = (serial: number, over: Body = {}, as = home): Promise<Answer> => post('/change-notices', notice(serial, over, as), as);
const setState = (server: string, state: string, note = '定期保守', as = operator('night-1')): Promise<Answer> => estate.request('PUT', `${API}/servers/${server}/state`, { as, body: { state, note } });
const COLUMNS = ['person_key', 'municipality_code', 'stay', 'state', 'entry_reason', 'entry_date', 'previous_municipality_code', 'closed_reason', 'closed_date', 'name_kanji', 'name_kana',
  'alias_name', 'birth_date', 'sex', 'address', 'town_code', 'postal_code', 'foreign_resident', 'name_kana_folded', 'name_kanji_key', 'former_surname'].map((column) => `x.${column}`).join(', ');
const VERSION = `(SELECT person_seq FROM juki_net.change_notice n WHERE n.municipality_code = x.municipality_code AND n.person_key = x.person_key AND n.state IN ('APPLIED', 'QUARANTINED')
  ORDER BY person_seq DESC LIMIT 1)`;
/** Rows of the two copies that are not alike; of a former stay the version is that of its own time. */
const apart = (): Promise<unknown[]> => estate.sql(`
  WITH above AS (SELECT ${COLUMNS}, CASE WHEN x.state = 'LIVE' THEN ${VERSION} END AS version, p.resident_code, p.individual_number FROM juki_net.segment x JOIN juki_net.person p ON p.person_key = x.person_key),
    below AS (SELECT ${COLUMNS}, CASE WHEN x.state = 'LIVE' THEN x.record_version END AS version, x.resident_code, x.individual_number FROM juki_net.prefecture_record x)
  (TABLE above EXCEPT TABLE below) UNION ALL (TABLE below EXCEPT TABLE above)`);
const keyOf = async (serial: number): Promise<string> => {
  const index = new FieldCipher(masterKey(estate.config.keys), 'juki-net').blindIndex('resident-code', code(serial));
  const [row] = await estate.sql<{ person_key: string }>('SELECT person_key FROM juki_net.resident_code WHERE code_index = $1', index);
  return row?.person_key ?? randomUUID();
};
const copies = (serial: number): Promise<Body[]> => keyOf(serial).then((key) =>
  estate.sql('SELECT prefecture, municipality_code, stay, state, record_version, change_reason, individual_number IS NOT NULL AS numbered FROM juki_net.prefecture_record WHERE person_key = $1 ORDER BY 1, 2, 3', key));

describe('JUKI-3.3 the prefecture’s copy', () => {
  it('is written with the national record, for each of its stays, in whatever way the notice came', async () => {
    expect((await send(1)).json).toMatchObject({ state: 'APPLIED' });
    await send(1, { personSeq: 2, changeReason: '30', address: '架空県試験市見本町9-9-9' });
    await send(1, { personSeq: 3, changeReason: '21', changeDate: '20160110' });
    await send(1, { changeReason: '11', changeDate: '20160110', previousMunicipalityCode: '990019' }, tokyo);
    expect(await copies(1)).toEqual([
      { prefecture: '13', municipality_code: '131016', stay: 1, state: 'LIVE', record_version: 1, change_reason: '11', numbered: false },
      { prefecture: '99', municipality_code: '990019', stay: 1, state: 'CLOSED_MOVED', record_version: 3, change_reason: '21', numbered: false },
    ]);
    expect(await apart()).toEqual([]);
  });

  it('follows two stays that change in one step, held notices, and one that changes nothing', async () => {
    const header = 'municipalSeq,residentCode,personSeq,changeReason,changeDate,nameKanji,nameKana,aliasName,birthDate,sex,address,townCode,postalCode,municipalityCode,previousMunicipalityCode';
    const rows = [notice(2), notice(2, { personSeq: 3, changeReason: '14', changeDate: '20160112' }), notice(2, { personSeq: 2, changeReason: '21', changeDate: '20160110' }), notice(2, { personSeq: 4, changeReason: '34' })];
    const text = [header, ...rows.map((row) => header.split(',').map((column) => row[column] ?? '').join(','))].join('\r\n');
    const answer = await estate.request('POST', `${API}/notice-files?municipalityCode=990019`, { as: home, purpose: REGISTER, body: Buffer.from(text), headers: { 'content-type': 'text/csv' } });
    const { fileId } = z.object({ fileId: z.uuid() }).parse(answer.json);
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.notice_file WHERE file_id = $1 AND state = 'COMPLETED' AND applied = 4", fileId)).length === 1);
    expect(await copies(2)).toMatchObject([{ stay: 1, state: 'CLOSED_MOVED', record_version: 2, change_reason: '21' }, { stay: 2, state: 'LIVE', record_version: 4, change_reason: '34' }]);
    expect(await apart()).toEqual([]);
  });

  it('follows a code that is replaced and a number that is designated, wherever the person has a record', async () => {
    await send(3);
    await send(3, { changeReason: '11', changeDate: '20160110', previousMunicipalityCode: '990019' }, tokyo);
    const body = { municipalSeq: (municipalSeq += 1), personSeq: 2, formerResidentCode: code(3), residentCode: code(4), changeReason: '40', changeDate: '2016-01-18', municipalityCode: '131016' };
    expect((await post('/code-changes', body, tokyo)).json).toMatchObject({ state: 'APPLIED' });
    const numbers = new NumberIntake(new NumberStore(new FieldCipher(masterKey(estate.config.keys), 'juki-net')));
    const call = { actor: { clientId: 'spec', kind: 'service', organisation: 'juki-net' } as const, correlationId: randomUUID() };
    const personKey = await keyOf(4);
    await estate.running.runners.get('juki-net')?.inTransaction('spec', call, (ctx) => numbers.takeIn(ctx, [{ personKey, number, seq: 1 }], new Date('2016-01-19T00:00:00Z')));
    expect(await copies(4)).toMatchObject([{ prefecture: '13', record_version: 2, change_reason: '40', numbered: true }, { prefecture: '99', record_version: 1, numbered: true }]);
    expect(await estate.sql('SELECT count(DISTINCT resident_code)::int AS codes FROM juki_net.prefecture_record WHERE person_key = $1', personKey)).toEqual([{ codes: 1 }]);
    expect(await apart()).toEqual([]);
  });
});

describe('JUKI-1 tenancy', () => {
  let app: Database;
  beforeAll(() => {
    app = databaseAs(estate, 'juki-net', 'app');
  });
  afterAll(() => app.close());
  const SEEN = 'SELECT DISTINCT prefecture FROM prefecture_record';
  const within = <T>(prefectureNumber: string, work: (run: (sql: string) => Promise<unknown[]>) => Promise<T>): Promise<T> => app.transaction(async (db) => {
    await db.run("SELECT set_config('kiban.prefecture', $1, true)", prefectureNumber);
    return work((sql) => db.manyPlanned(sql));
  });

  it('shows a query that forgets its condition the rows of one prefecture only, and none where none was entered', async () => {
    expect(await app.db.manyPlanned(SEEN)).toEqual([]);
    expect(await within('13', (run) => run(SEEN))).toEqual([{ prefecture: '13' }]);
    expect(await within('99', (run) => run(SEEN))).toEqual([{ prefecture: '99' }]);
    // The same connection, afterwards.
    expect(await app.db.manyPlanned(SEEN)).toEqual([]);
    const reader = databaseAs(estate, 'juki-net', 'reader');
    expect(await reader.db.manyPlanned(SEEN)).toEqual([]);
    await reader.close();
  });

  it('lets nobody change, delete or write another’s rows, nor go round by a partition', async () => {
    const before = await estate.sql('SELECT count(*)::int AS n FROM juki_net.prefecture_record');
    expect(await within('99', (run) => run("UPDATE prefecture_record SET address = '' WHERE prefecture = '13' RETURNING 1"))).toEqual([]);
    expect(await within('99', (run) => run("DELETE FROM prefecture_record WHERE prefecture = '13' RETURNING 1"))).toEqual([]);
    const foreign = "INSERT INTO prefecture_record SELECT * FROM jsonb_populate_record(NULL::prefecture_record, (SELECT to_jsonb(r) || '{\"prefecture\": \"13\", \"municipality_code\": \"131016\"}' FROM prefecture_record r LIMIT 1))";
    await expect(within('99', (run) => run(foreign))).rejects.toThrow(/row-level security/);
    await expect(within('99', (run) => run("UPDATE prefecture_record SET prefecture = '13', municipality_code = '131016'"))).rejects.toThrow(/row-level security/);
    await expect(within('99', (run) => run('SELECT * FROM prefecture_record_0'))).rejects.toThrow(/permission denied/);
    expect(await estate.sql('SELECT count(*)::int AS n FROM juki_net.prefecture_record')).toEqual(before);
  });

  it('has no way for hosting staff', async () => {
    for (const path of ['/resend-orders?municipalityCode=990019', `/prefecture-reconciliations/${randomUUID()}/differences`]) {
      expect(refusal(await estate.request('GET', `${API}${path}`, { as: operator('night-1'), purpose: REGISTER }))).toEqual([403, 'ACTION_NOT_PERMITTED']);
    }
    expect(refusal(await post('/inquiries', { grantId: randomUUID(), residentCode: code(1) }, operator('night-1')))).toEqual([403, 'ACTION_NOT_PERMITTED']);
  });

  it('shows no copy to the owner of the tables, by the table or a partition', async () => {
    expect((await estate.sql('SELECT 1 FROM juki_net.prefecture_record LIMIT 1')).length).toBe(1);
    const owner = new Database(estate.config.database, 'juki-net', { role: 'owner', connections: 1 });
    for (const table of ['prefecture_record', ...Array.from({ length: 8 }, (_none, part) => `prefecture_record_${part}`)]) expect(await owner.db.many(`SELECT 1 FROM ${table}`), table).toEqual([]);
    await owner.close();
  });
});

describe('JUKI-7 states of servers', () => {
  it('are changed by an operator with a note, and told to monitoring', async () => {
    expect(refusal(await setState('13', 'OPEN'))).toEqual([409, 'SERVER_STATE']);
    expect((await setState('13', 'CLOSED')).json).toMatchObject({ server: '13', state: 'CLOSED', note: '定期保守' });
    expect(refusal(await setState('13', 'CLOSED'))).toEqual([409, 'SERVER_STATE']);
    for (const bad of [await setState('48', 'CLOSED'), await setState('13', 'DOWN'), await setState('13', 'OPEN', ''), await setState('13', 'OPEN', 'a\u0000')]) expect(refusal(bad)).toEqual([400, 'INVALID_INPUT']);
    for (const as of [home, prefecture('13')]) expect(refusal(await setState('13', 'OPEN', 'x', as))).toEqual([403, 'ACTION_NOT_PERMITTED']);
    const { items } = z.object({ items: z.array(z.object({ server: z.string(), state: z.string(), since: z.string().optional() })) }).parse((await estate.request('GET', `${API}/servers`, { as: home })).json);
    expect(items).toHaveLength(49);
    expect(items.filter(({ state }) => state === 'CLOSED').map(({ server }) => server)).toEqual(['13']);
    expect((await setState('13', 'OPEN', '保守終了')).json).toMatchObject({ state: 'OPEN' });
    const [started, ended] = await estate.eventually(async () => events.length === 2 && events);
    expect([started?.type, ended?.type].map((type) => type?.replace(/^.*(?=outage)/, '').replace(/\.v\d+$/, ''))).toEqual(['outage.started', 'outage.ended']);
    expect(started?.data).toEqual({ component: 'prefecture-server', scope: '13', since: items.find(({ server }) => server === '13')?.since, note: '定期保守' });
    expect(ended?.data).toMatchObject({ since: items.find(({ server }) => server === '13')?.since, note: '保守終了' });
  });

  it('notices of a closed prefecture wait at the municipality, those of another do not', async () => {
    await setState('99', 'CLOSED');
    const refused = await send(5);
    expect([...refusal(refused), refused.headers.get('retry-after')]).toEqual([503, 'PREFECTURE_CLOSED', '2']);
    expect((await send(6, {}, tokyo)).json).toMatchObject({ state: 'APPLIED' });
    await setState('99', 'OPEN');
    const { since } = z.object({ since: z.string() }).parse((await setState('NATIONAL', 'CLOSED')).json);
    expect(refusal(await send(7, {}, tokyo))).toEqual([503, 'NATIONAL_CLOSED']);
    await setState('NATIONAL', 'OPEN', '保守終了');
    const told = await estate.eventually(async () => {
      const national = events.filter(({ subject }) => subject === 'NATIONAL');
      return national.length === 2 && national;
    });
    expect(told.map(({ data }) => data)).toEqual(['定期保守', '保守終了'].map((note) => ({ component: 'national-server', scope: 'all', since, note })));
    expect((await send(5)).json).toMatchObject({ state: 'APPLIED' });
    expect(await copies(7)).toEqual([]);
  });

  it('a file waits as a job over a restart, lets others pass, and goes on when the server is open', async () => {
    await setState('99', 'CLOSED');
    const header = 'municipalSeq,residentCode,personSeq,changeReason,changeDate,nameKanji,nameKana,aliasName,birthDate,sex,address,townCode,postalCode,municipalityCode,previousMunicipalityCode';
    const file = (as: Actor, serial: number): Promise<Answer> => {
      const row = notice(serial, {}, as);
      const body = Buffer.from(`${header}\r\n${header.split(',').map((column) => row[column] ?? '').join(',')}`);
      return estate.request('POST', `${API}/notice-files?municipalityCode=${as.organisation}`, { as, purpose: REGISTER, body, headers: { 'content-type': 'text/csv' } });
    };
    const opened = z.object({ fileId: z.uuid(), jobId: z.uuid() });
    const waiting = opened.parse((await file(town, 20)).json);
    const state = async (fileId: string): Promise<unknown> => (await estate.sql<{ state: string }>('SELECT state FROM juki_net.notice_file WHERE file_id = $1', fileId))[0]?.state;
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.job WHERE id = $1 AND tries > 0 AND state = 'RUNNING'", waiting.jobId)).length === 1);
    const passing = opened.parse((await file(tokyo, 21)).json);
    await estate.eventually(async () => (await state(passing.fileId)) === 'COMPLETED');
    await estate.restart();
    expect([await state(waiting.fileId), await copies(20)]).toEqual([expect.not.stringMatching('COMPLETED'), []]);
    await setState('99', 'OPEN');
    estate.clock.set(new Date(estate.clock.now().getTime() + 30_000));
    await estate.eventually(async () => (await state(waiting.fileId)) === 'COMPLETED');
    expect(await copies(20)).toMatchObject([{ municipality_code: '990027', record_version: 1 }]);
  });
});

describe('JUKI-7 inquiries while a server is closed', () => {
  const PENSION = 'PENSION_CURRENT_STATUS';
  const pension: Actor = { clientId: 'agency-pension', kind: 'national-agency', organisation: 'pension' };
  const grants = new Map<Actor, string>();
  const grantBody = (as: Actor, over: Body = {}): Body => ({
    institution: as.kind, organisation: as.organisation, affair: as === pension ? PENSION : REGISTER, legalBasis: '住基法別表', items: ['nameKanji', 'address', 'individualNumber', 'municipalityCode'],
    modes: ['IMMEDIATE_HOST'], keyKinds: ['RESIDENT_CODE', 'FOUR_ITEMS', 'INDIVIDUAL_NUMBER'], validFrom: '2016-01-01', validUntil: '2016-12-31', ...over,
  });
  async function activeGrant(as: Actor, over: Body = {}): Promise<string> {
    const { grantId } = z.object({ grantId: z.uuid() }).parse((await estate.request('POST', `${API}/grants`, { as: operator('legal-1'), body: grantBody(as, over) })).json);
    expect((await estate.request('POST', `${API}/grants/${grantId}/approval`, { as: legalOfficer, body: {} })).json).toMatchObject({ state: 'ACTIVE', ...over });
    return grantId;
  }
  const [own, other] = [prefecture('99'), prefecture('13')];
  const askers = [pension, own, home, other];
  beforeAll(async () => {
    for (const as of askers) grants.set(as, await activeGrant(as));
    await send(30, { birthDate: '19700707', nameKanji: '架空　花子', nameKana: 'カクウ　ハナコ' });
  });
  const answer = z.object({ resultCode: z.string(), count: z.number(), persons: z.array(z.record(z.string(), z.string())), asOf: z.string() });
  const ask = async (body: Body, as: Actor): Promise<z.output<typeof answer>> => answer.parse((await post('/inquiries', { grantId: grants.get(as), ...body }, as, as === pension ? PENSION : REGISTER)).json);
  /** Longer than what inquiries know of the servers is kept. */
  const closed = async (server: string, state: string): Promise<string> => {
    const { since } = z.object({ since: z.string() }).parse((await setState(server, state)).json);
    estate.clock.set(new Date(estate.clock.now().getTime() + 2_000));
    return since;
  };

  it('a closed prefecture’s residents are told as of its closing, those of another as of now', async () => {
    const since = await closed('99', 'CLOSED');
    expect(await ask({ residentCode: code(30) }, pension)).toMatchObject({ resultCode: '00', count: 1, asOf: since });
    expect((await ask({ residentCode: code(6) }, pension)).asOf > since).toBe(true);
    expect(await ask({ residentCode: code(99) }, pension)).toMatchObject({ resultCode: '10', asOf: since });
    await closed('99', 'OPEN');
    expect((await ask({ residentCode: code(30) }, pension)).asOf > since).toBe(true);
  });

  it('a closed national server leaves a prefecture and its municipalities their own residents, by each key; others hear 90', async () => {
    const open = await ask({ residentCode: code(30) }, home);
    const since = await closed('NATIONAL', 'CLOSED');
    const asked = await ask({ residentCode: code(30) }, home);
    expect(asked).toEqual({ ...open, asOf: since });
    expect(asked.persons[0]).toMatchObject({ nameKanji: '架空　花子', municipalityCode: '990019' });
    const fourItems = { birthDate: '19700707', nameKana: 'かくう はなこ' };
    expect(await ask({ fourItems }, own)).toMatchObject({ resultCode: '00', count: 1, persons: [{ nameKanji: '架空　花子' }], asOf: since });
    for (const [as, body] of [[pension, { residentCode: code(30) }], [other, { residentCode: code(30) }], [other, { fourItems }], [own, { residentCode: code(1) }], [home, { residentCode: code(98) }]] as const) {
      expect(await ask(body, as)).toEqual({ resultCode: '90', count: 0, persons: [], asOf: since });
    }
    expect(await ask({ individualNumber: number }, other)).toMatchObject({ resultCode: '00', persons: [{ individualNumber: number, municipalityCode: '131016' }] });
    expect(await ask({ residentCode: '99000000011' }, home)).toMatchObject({ resultCode: '30' });
    expect(refusal(await post('/inquiries', { grantId: grants.get(home), residentCode: code(20) }, home))).toEqual([403, 'OUT_OF_JURISDICTION']);
    const uses = await estate.sql('SELECT organisation FROM juki_net.use_record WHERE person_key = $1 ORDER BY at DESC LIMIT 2', await keyOf(30));
    expect(uses).toEqual([{ organisation: '99' }, { organisation: '990019' }]);
    await closed('NATIONAL', 'OPEN');
    expect(await ask({ residentCode: code(30) }, pension)).toMatchObject({ resultCode: '00' });
  });

  it('JUKI-4.7 a grant of schedule 2 or 5 is answered by the prefecture’s copy, of its residents only, at all times', async () => {
    const grantId = await activeGrant(own, { schedule: 5 });
    expect(await ask({ grantId, residentCode: code(30) }, own)).toMatchObject({ resultCode: '00', persons: [{ municipalityCode: '990019' }] });
    expect(await ask({ grantId, residentCode: code(1) }, own)).toMatchObject({ resultCode: '10', persons: [] });
    await estate.sql("DELETE FROM juki_net.prefecture_record WHERE person_key = $1 AND prefecture = '99'", await keyOf(30));
    expect(await ask({ grantId, residentCode: code(30) }, own)).toMatchObject({ resultCode: '10' });
    for (const [as, schedule] of [[own, 2], [home, 5], [pension, 5], [home, 1]] as const) {
      expect(refusal(await estate.request('POST', `${API}/grants`, { as: operator('legal-1'), body: grantBody(as, { schedule }) }))).toEqual([422, 'SCHEDULE']);
    }
    expect((await estate.request('POST', `${API}/grants`, { as: operator('legal-1'), body: grantBody(own, { schedule: 7 }) })).status).toBe(400);
  });
});
