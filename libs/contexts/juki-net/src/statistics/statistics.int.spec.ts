import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ResidentCode } from '#kernel';
import { connectStreams, parseCloudEvent, type Actor, type CloudEvent } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { jukiNetModule } from '#contexts/juki-net';

const town = (code: string): Actor => ({ clientId: `municipality-${code}`, kind: 'municipality', organisation: code });
const [townA, townB] = [town('990019'), town('990027')];
const operator: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: 'o-1' };
const API = '/api/juki-net/v1';
const STATISTICS = 'MIGRATION_STATISTICS';

let estate: TestEstate;
let streams: Awaited<ReturnType<typeof connectStreams>>;
const events: CloudEvent[] = [];
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2015-10-20T01:00:00Z') });
  streams = await connectStreams(estate.natsUrl, 'statistics spec');
  streams.connection.subscribe('kiban.juki-net.stats.>', { callback: (_error, message) => void events.push(parseCloudEvent(message.string())) });
});
afterAll(async () => {
  await streams.connection.close();
  await estate.stop();
});

const code = (serial: number): string => ResidentCode.fromBody(`99${String(serial).padStart(8, '0')}`).reveal();
let municipalSeq = 0;
async function notice(as: Actor, serial: number, personSeq: number, over: Record<string, string>): Promise<string> {
  municipalSeq += 1;
  const row = {
    municipalSeq, residentCode: code(serial), personSeq, nameKanji: `見本　${serial}太郎`, nameKana: 'ミホン　タロウ', birthDate: `198001${String(10 + serial)}`, sex: '1', address: '架空県試験市見本町2-3-4',
    municipalityCode: as.organisation, ...over,
  };
  const answer = await estate.request('POST', `${API}/change-notices`, { as, purpose: 'RESIDENT_REGISTER', body: row });
  return z.object({ state: z.string() }).parse(answer.json).state;
}
const entry = (serial: number, changeDate: string): Promise<string> => notice(townA, serial, 1, { changeReason: '10', changeDate });
const leave = (serial: number, changeDate: string): Promise<string> => notice(townA, serial, 2, { changeReason: '21', changeDate });
const arrive = (serial: number, changeDate: string, changeReason = '11', personSeq = 1): Promise<string> => notice(townB, serial, personSeq, { changeReason, changeDate, previousMunicipalityCode: '990019' });

const make = (month: string, as = operator, key?: string): Promise<Answer> =>
  estate.request('POST', `${API}/statistics-extracts`, { as, purpose: STATISTICS, body: { month }, ...(key === undefined ? {} : { idempotencyKey: key }) });
const get = (path: string, as = operator): Promise<Answer> => estate.request('GET', `${API}/statistics-extracts/${path}`, { as, purpose: STATISTICS });
const refusal = (answer: Answer): unknown[] => [answer.status, z.object({ code: z.string() }).parse(answer.json).code];
const made = z.object({ extractId: z.uuid(), jobId: z.uuid(), repeated: z.boolean() });
const view = z.object({ month: z.string(), state: z.string(), rows: z.number().nullable(), sha256: z.string().nullable() });

/** Rows of an extract without their ids, in order, read two at a time. */
async function rowsOf(extractId: string): Promise<string[]> {
  const { rows, sha256, month } = await estate.eventually(async () => {
    const extract = view.parse((await get(extractId)).json);
    return extract.state === 'COMPLETED' && extract;
  });
  const details: string[] = [];
  for (let path: string | undefined = `${extractId}/rows?limit=2`; path !== undefined; ) {
    const answer: Answer = await get(path);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    details.push(...answer.bytes.toString('utf8').split('\r\n').slice(0, -1));
    path = /statistics-extracts\/(\S+)>/.exec(answer.headers.get('link') ?? '')?.[1];
  }
  expect(details.shift()).toBe('id,table,month,municipalityCode,previousMunicipalityCode,sex,birthDate,nationalityFlag,reason,moveYearMonth,sign');
  expect(details).toHaveLength(rows ?? -1);
  expect(createHash('sha256').update(details.map((line) => `${line}\r\n`).join('')).digest('hex')).toBe(sha256);
  await estate.eventually(async () => events.some(({ data }) => JSON.stringify(data) === JSON.stringify({ month, rows, hash: sha256 })));
  return details.map((line) => line.slice(37)).sort();
}

describe('JUKI-4.10 the monthly extract', () => {
  it('counts the moves of a month by the day of notification', async () => {
    for (const [serial, left] of [[1, '20150928'], [2, '20151001'], [3, '20140930'], [4, '20151010']] as const) {
      await entry(serial, '20100401');
      await leave(serial, left);
    }
    await arrive(1, '20150928');
    await arrive(2, '20151002', '14');
    await arrive(3, '20151005');
    await arrive(4, '20151011');
    await notice(townB, 5, 1, { changeReason: '12', changeDate: '20151015' });
    await notice(townB, 6, 1, { changeReason: '14', changeDate: '20151015' });
    await notice(townB, 7, 1, { changeReason: '11', changeDate: '20151015' });
    await entry(8, '20151015');
    await notice(townB, 9, 1, { changeReason: '18', changeDate: '20151016', nameKanji: 'SAMPLE MARIA' });
    expect(refusal(await make('2015-10'))).toEqual([422, 'MONTH_NOT_OVER']);
    estate.clock.set(new Date('2015-11-02T01:00:00Z'));
    const answer = await make('2015-10', operator, 'october');
    const { extractId } = made.parse(answer.json);
    expect((await make('2015-10', operator, 'october')).json).toEqual(answer.json);
    expect(await rowsOf(extractId)).toEqual([
      'ABROAD,2015-10,990027,,1,19800115,1,12,2015-10,1',
      'ABROAD,2015-10,990027,,1,19800119,2,18,2015-10,1',
      'DOMESTIC,2015-10,990027,990019,1,19800111,1,11,2015-09,1',
      'DOMESTIC,2015-10,990027,990019,1,19800112,1,14,2015-10,1',
      'DOMESTIC,2015-10,990027,990019,1,19800114,1,11,2015-10,1',
    ]);
    expect(made.parse((await make('2015-10')).json)).toMatchObject({ extractId, repeated: true });
    expect(await rowsOf(extractId)).toHaveLength(5);
    const [line] = await estate.sql<{ n: number }>("SELECT sum(jsonb_array_length(entry::jsonb->'subjects'))::int AS n FROM juki_net.audit_line WHERE entry::jsonb->>'object' = $1", `statistics-extract:${extractId}`);
    expect(line?.n).toBe(5);
    const leaving = JSON.stringify([events, await estate.sql('SELECT * FROM juki_net.statistics_row'), await estate.sql('SELECT parameters, result FROM juki_net.job')]);
    for (const secret of ['見本', code(1), ...(await estate.sql<{ person_key: string }>('SELECT person_key FROM juki_net.person')).map((row) => row.person_key)]) expect(leaving).not.toContain(secret);
  });

  it('takes back in November what was cancelled then, and makes up for what had waited in October', async () => {
    estate.clock.set(new Date('2015-11-15T01:00:00Z'));
    await notice(townB, 4, 2, { changeReason: '26', changeDate: '20151112' });
    await notice(townB, 6, 2, { changeReason: '26', changeDate: '20151112' });
    await notice(townB, 1, 2, { changeReason: '21', changeDate: '20151103' });
    await notice(townA, 1, 3, { changeReason: '11', changeDate: '20151103', previousMunicipalityCode: '990027' });
    // As one that was held from October until now: released, it keeps the day on which it was received.
    await estate.sql("UPDATE juki_net.change_notice SET received_at = '2015-10-30T01:00:00Z' WHERE person_seq = 3 AND municipality_code = '990019'");
    // The schedule makes it, once; a kill in its middle changes nothing.
    await estate.sql(`CREATE FUNCTION juki_net.spec_slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.5); RETURN NEW; END $$`);
    await estate.sql('CREATE TRIGGER spec_slow BEFORE INSERT ON juki_net.statistics_row FOR EACH ROW EXECUTE FUNCTION juki_net.spec_slow()');
    estate.clock.set(new Date('2015-12-05T01:00:00Z'));
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.job WHERE kind = 'juki-net.statistics-extract' AND state = 'RUNNING'")).length === 1);
    await estate.restart();
    await estate.sql('DROP FUNCTION juki_net.spec_slow CASCADE');
    const [extract] = await estate.sql<{ extract_id: string }>("SELECT extract_id FROM juki_net.statistics_extract WHERE month = '2015-11'");
    expect(await rowsOf(extract?.extract_id ?? '')).toEqual([
      'DOMESTIC,2015-11,990019,990027,1,19800111,1,11,2015-11,1',
      'DOMESTIC,2015-11,990027,990019,1,19800114,1,11,2015-10,-1',
    ]);
    expect(refusal(await make('2015-09'))).toEqual([409, 'EXTRACT_ORDER']);
    expect(made.parse((await make('2015-11')).json)).toMatchObject({ extractId: extract?.extract_id, repeated: true });
  });

  it('goes on where a cancelled job stopped and counts nothing twice', async () => {
    await arrive(8, '20151204');
    estate.clock.set(new Date('2016-01-02T01:00:00Z'));
    await estate.sql(`CREATE FUNCTION juki_net.spec_hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'held by the spec'; END $$`);
    await estate.sql("CREATE TRIGGER spec_hold BEFORE UPDATE ON juki_net.statistics_extract FOR EACH ROW WHEN (NEW.state = 'COMPLETED') EXECUTE FUNCTION juki_net.spec_hold()");
    const first = made.parse((await make('2015-12')).json);
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.job WHERE id = $1 AND cursor->>'phase' = 'HASH'", first.jobId)).length === 1);
    expect(refusal(await get(`${first.extractId}/rows`))).toEqual([409, 'EXTRACT_NOT_READY']);
    await estate.request('POST', `${API}/jobs/${first.jobId}/cancellation`, { as: operator, body: {} });
    await estate.sql('DROP FUNCTION juki_net.spec_hold CASCADE');
    const second = made.parse((await make('2015-12')).json);
    expect(second).toMatchObject({ extractId: first.extractId, repeated: true });
    expect(second.jobId).not.toBe(first.jobId);
    expect(await rowsOf(first.extractId)).toEqual(['DOMESTIC,2015-12,990027,990019,1,19800118,1,11,2015-12,1']);
  });

  const decide = async (serial: number, decision: string): Promise<void> => {
    const [entered] = await estate.sql<{ notice_id: string }>("SELECT notice_id FROM juki_net.change_notice JOIN juki_net.segment USING (person_key) WHERE name_kanji = $1 AND change_reason = '11' ORDER BY received_at DESC LIMIT 1", `見本　${serial}太郎`);
    for (const officer of [operator, { ...operator, clientId: 'operator-2', operator: 'o-2' }]) {
      const answer = await estate.request('POST', `${API}/quarantined-notices/${entered?.notice_id}/decision`, { as: officer, purpose: 'RESIDENT_REGISTER', body: { decision, answerReference: '試住第1号' } });
      expect(answer.status).toBe(200);
    }
  };
  const extractOf = async (at: string, month: string): Promise<string[]> => {
    estate.clock.set(new Date(at));
    return rowsOf(made.parse((await make(month)).json).extractId);
  };

  it('V3 takes back the moves of the dead when the death becomes known, and counts them again when they are restored', async () => {
    const row = (serial: number, month: string, sign: 1 | -1): string => `DOMESTIC,${month},990027,990019,1,198001${10 + serial},1,11,2016-01,${sign}`;
    for (const serial of [10, 11, 12, 13]) {
      await entry(serial, '20100401');
      await arrive(serial, '20160101');
    }
    expect(await extractOf('2016-02-02T01:00:00Z', '2016-01')).toEqual([10, 11, 12, 13].map((serial) => row(serial, '2016-01', 1)));
    for (const serial of [10, 11, 12, 13]) await notice(townA, serial, 2, { changeReason: '20', changeDate: '20151230' });
    await notice(townB, 12, 2, { changeReason: '26', changeDate: '20160202' });
    await decide(13, 'REJECT');
    expect(await extractOf('2016-03-02T01:00:00Z', '2016-02')).toEqual([10, 11, 12, 13].map((serial) => row(serial, '2016-02', -1)));
    // Restored, entered by mistake, restored and entered anew with the number of what was rejected.
    await notice(townA, 10, 3, { changeReason: '15', changeDate: '20160301' });
    await notice(townB, 11, 2, { changeReason: '26', changeDate: '20160301' });
    await notice(townA, 13, 3, { changeReason: '15', changeDate: '20160301' });
    expect(await arrive(13, '20160101')).toBe('APPLIED');
    expect(await extractOf('2016-04-02T01:00:00Z', '2016-03')).toEqual([10, 13].map((serial) => row(serial, '2016-03', 1)));
    for (const serial of [10, 13]) await notice(townB, serial, 2, { changeReason: '26', changeDate: '20160401' });
    expect(await extractOf('2016-05-02T01:00:00Z', '2016-04')).toEqual([10, 13].map((serial) => row(serial, '2016-04', -1)));
    expect(await extractOf('2016-06-02T01:00:00Z', '2016-05')).toEqual([]);
  });

  it('V3 counts an entry after a death that officers apply several extracts later', async () => {
    await entry(14, '20100401');
    await notice(townA, 14, 2, { changeReason: '20', changeDate: '20160510' });
    expect(await arrive(14, '20160601')).toBe('QUARANTINED');
    expect([await extractOf('2016-07-02T01:00:00Z', '2016-06'), await extractOf('2016-08-02T01:00:00Z', '2016-07')]).toEqual([[], []]);
    await notice(townA, 14, 3, { changeReason: '15', changeDate: '20160802' });
    await decide(14, 'APPLY');
    expect(await extractOf('2016-09-02T01:00:00Z', '2016-08')).toEqual(['DOMESTIC,2016-08,990027,990019,1,19800124,1,11,2016-06,1']);
    expect(await extractOf('2016-10-02T01:00:00Z', '2016-09')).toEqual([]);
  });

  it('goes by the day of the notification at the counter where the municipality tells it; what comes after the extract is of the next month', async () => {
    const arriveOn = (serial: number, notifiedOn: string): Promise<string> =>
      notice(townB, serial, 1, { changeReason: '11', changeDate: '20161028', previousMunicipalityCode: '990019', ...(notifiedOn === '' ? {} : { notifiedOn }) });
    const row = (serial: number, month: string): string => `DOMESTIC,${month},990027,990019,1,198001${10 + serial},1,11,2016-10,1`;
    estate.clock.set(new Date('2016-11-01T01:00:00Z'));
    for (const [serial, notifiedOn] of [[15, '20161031'], [16, '20161101'], [17, '']] as const) expect(await arriveOn(serial, notifiedOn)).toBe('APPLIED');
    expect(await extractOf('2016-11-02T01:00:00Z', '2016-10')).toEqual([row(15, '2016-10')]);
    expect(await arriveOn(18, '20161031')).toBe('APPLIED');
    expect(await extractOf('2016-12-02T01:00:00Z', '2016-11')).toEqual([16, 17, 18].map((serial) => row(serial, '2016-11')));
  });

  it('counts what was held, and takes back what a held cancellation says, when it is released months later', async () => {
    estate.clock.set(new Date('2016-12-20T01:00:00Z'));
    await entry(19, '20130402');
    expect([await arrive(19, '20161201', '11', 3), await notice(townB, 15, 3, { changeReason: '26', changeDate: '20161201' })]).toEqual(['HELD', 'HELD']);
    expect([await extractOf('2017-01-02T01:00:00Z', '2016-12'), await extractOf('2017-02-02T01:00:00Z', '2017-01')]).toEqual([[], []]);
    await notice(townB, 19, 1, { changeReason: '10', changeDate: '20120401' });
    await notice(townB, 19, 2, { changeReason: '21', changeDate: '20130401' });
    await notice(townB, 15, 2, { changeReason: '34', changeDate: '20161130' });
    expect(await extractOf('2017-03-02T01:00:00Z', '2017-02')).toEqual(['DOMESTIC,2017-02,990027,990019,1,19800125,1,11,2016-10,-1', 'DOMESTIC,2017-02,990027,990019,1,19800129,1,11,2016-12,1']);
    expect(await extractOf('2017-04-02T01:00:00Z', '2017-03')).toEqual([]);
    expect(await estate.sql('SELECT 1 FROM juki_net.awaited_move')).toEqual([]);
  });

  it('is for operators with the purpose of the report, and asks for a month', async () => {
    for (const answer of [await make('2015-12', townA), await get('00000000-0000-4000-8000-000000000000/rows', townA)]) expect(refusal(answer)).toEqual([403, 'ACTION_NOT_PERMITTED']);
    expect(refusal(await estate.request('POST', `${API}/statistics-extracts`, { as: operator, body: { month: '2015-12' } }))).toEqual([400, 'PURPOSE_REQUIRED']);
    for (const month of ['2015-13', '2015-1', '2015-10\u0000', '１５-10']) expect(refusal(await make(month))).toEqual([400, 'INVALID_INPUT']);
    expect(refusal(await get('00000000-0000-4000-8000-000000000000'))).toEqual([404, 'NOT_FOUND']);
    expect((await get('00000000-0000-4000-8000-000000000000/rows?limit=0')).status).toBe(400);
  });
});
