import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { queryLogged } from '#contracts/juki-net';
import { ResidentCode } from '#kernel';
import { connectStreams, parseCloudEvent, type Actor, type CloudEvent } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { jukiNetModule } from '#contexts/juki-net';

const API = '/api/juki-net/v1';
const GRANT = '01930000-0000-7000-8000-000000000001';
const clerk = (n: number, client = 'municipality-990019'): Actor => ({ clientId: client, kind: 'municipality', organisation: '990019', operator: `clerk-${n}` });
const townB: Actor = { clientId: 'municipality-990027', kind: 'municipality', organisation: '990027', operator: 'clerk-b' };
const operator = (n: number): Actor => ({ clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: `officer-${n}` });
const code = (serial: number): string => ResidentCode.fromBody(`99${String(serial).padStart(8, '0')}`).reveal();
const alerts = z.object({
  items: z.array(z.object({ alertId: z.string(), day: z.string(), kind: z.string(), organisation: z.string(), client: z.string(), officer: z.string(), aboutPerson: z.boolean(), asked: z.number(), mean: z.number().optional(), state: z.string() })),
  next: z.string().optional(),
});

let estate: TestEstate;
let streams: Awaited<ReturnType<typeof connectStreams>>;
const events: CloudEvent[] = [];
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2016-06-20T03:00:00Z') });
  streams = await connectStreams(estate.natsUrl, 'log-alert spec');
  streams.connection.subscribe('kiban.juki-net.query.>', { callback: (_error, message) => void events.push(parseCloudEvent(message.string())) });
  await estate.sql(`INSERT INTO juki_net.provision_grant (grant_id, institution, organisation, affair, legal_basis, items, modes, key_kinds, protective_exempt, valid_from, valid_until, state, drafted_by, approved_by, changed_at)
    VALUES ($1, 'municipality', '990019', 'RESIDENT_REGISTER', '別表第二の1', '{address}', '{IMMEDIATE_HOST}', '{RESIDENT_CODE}', false, '2015-01-01', '2030-01-01', 'APPROVED', 'a', 'b', now())`, GRANT);
  for (const serial of [1, 2]) {
    const body = {
      municipalSeq: serial, residentCode: code(serial), personSeq: 1, changeReason: '14', changeDate: '20151005', nameKanji: '見本　太郎', nameKana: 'ミホン　タロウ', birthDate: '19800101', sex: '1',
      address: '架空県試験市見本町2-3-4', municipalityCode: '990019',
    };
    expect((await estate.request('POST', `${API}/change-notices`, { as: clerk(1), purpose: 'RESIDENT_REGISTER', body })).status).toBe(202);
  }
});
afterAll(async () => {
  await streams.connection.close();
  await estate.stop();
});

const post = (path: string, body: unknown, as: Actor): Promise<Answer> => estate.request('POST', `${API}${path}`, { as, purpose: 'RESIDENT_REGISTER', body });
const ask = async (as: Actor, serial: number, status = 200): Promise<void> => expect((await post('/inquiries', { grantId: GRANT, residentCode: code(serial) }, as)).status).toBe(status);
const codeOf = (answer: Answer): string => z.object({ code: z.string() }).parse(answer.json).code;
const list = async (as: Actor = operator(1), query = ''): Promise<z.output<typeof alerts>> => alerts.parse((await estate.request('GET', `${API}/log-alerts?limit=1000${query}`, { as })).json);
/** Lines of the audit trail as inquiries of earlier days left them. */
const history = (day: string, lines: number, line: Record<string, unknown>): Promise<unknown> => estate.sql(
  `INSERT INTO juki_net.audit_line (at, id, entry) SELECT $1::timestamptz, gen_random_uuid(), $2 FROM generate_series(1, $3)`, `${day}T02:00:00Z`,
  JSON.stringify({ action: 'juki-net.inquiry.ask', client: 'municipality-990019', institution: 'municipality', organisation: '990019', operator: 'clerk-1', purpose: 'RESIDENT_REGISTER', outcome: 'DONE', ...line }), lines,
);
const logged = (day: string): Promise<{ organisation: string; provided: number; refused: number }[]> => estate.sql('SELECT organisation, provided::int AS provided, refused::int AS refused FROM juki_net.query_log WHERE day = $1 ORDER BY 1', day);

describe('alerts of the operation log', () => {
  it('JUKI-5.5 a day is closed with its alerts: volume, hours, same person, watched persons; and is told in numbers', async () => {
    const watched = await post('/watched-persons', { residentCode: code(2), reason: 'COLLEAGUE' }, clerk(9));
    expect(watched.status).toBe(201);
    for (const day of ['06-10', '06-13', '06-14', '06-15', '06-16', '06-17']) await history(`2016-${day}`, 2, {});
    for (let n = 0; n < 25; n += 1) await ask(clerk(1), 1);
    for (const n of [2, 3, 4, 5]) await ask(clerk(n, `terminal-${n}`), 1);
    await ask(clerk(2, 'terminal-2'), 2);
    await ask(townB, 1, 403);
    estate.clock.set(new Date('2016-06-20T13:30:00Z'));
    await ask(clerk(3, 'terminal-3'), 1);
    // The line of a refusal is written after its answer; the hour between the end of a day and its closing is none here.
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.audit_line WHERE entry LIKE '%juki-net.inquiry.ask%' AND at >= '2016-06-20'")).length === 32);
    estate.clock.set(new Date('2016-06-21T03:00:00Z'));
    await estate.eventually(async () => (await logged('2016-06-20')).length === 2, 60);
    const of = (await list()).items.map(({ kind, client, officer, asked, mean }) => [kind, client, officer, asked, mean]).sort();
    expect(of).toEqual([
      ['OUTSIDE_HOURS', 'terminal-3', 'clerk-3', 1, undefined],
      ['SAME_PERSON', '', '', 30, undefined],
      ['VOLUME_CLIENT', 'municipality-990019', '', 25, 2],
      ['VOLUME_OFFICER', 'municipality-990019', 'clerk-1', 25, 2],
      ['VOLUME_ORGANISATION', '', '', 31, 2],
      ['WATCHED_PERSON', 'terminal-2', 'clerk-2', 1, undefined],
    ].sort());
    expect(await logged('2016-06-20')).toEqual([{ organisation: '990019', provided: 31, refused: 0 }, { organisation: '990027', provided: 0, refused: 1 }]);
    const told = await estate.eventually(async () => (events.length >= 2 ? events.map(({ data }) => queryLogged.data.parse(data)) : undefined));
    expect(told.find(({ organisation }) => organisation === '990019')).toEqual({ day: '2016-06-20', organisation: '990019', affair: 'RESIDENT_REGISTER', mode: 'IMMEDIATE_HOST', count: 31, refused: 0, alerts: 6 });
    expect(await estate.sql('SELECT 1 FROM juki_net.query_day_person')).toEqual([]);
  });

  it('JUKI-5.5 organisations see their own alerts, others none; the persons are in the audit line, not in the answer', async () => {
    expect((await list(clerk(9))).items).toHaveLength(6);
    expect((await list(townB)).items).toEqual([]);
    expect(JSON.stringify(await list())).not.toMatch(/personKey|99000/);
    const [line] = await estate.sql<{ entry: string }>("SELECT entry FROM juki_net.audit_line WHERE entry LIKE '%log-alert.list%' ORDER BY at LIMIT 1");
    expect(z.object({ subjects: z.array(z.string()) }).parse(JSON.parse(line?.entry ?? '')).subjects).toHaveLength(2);
    expect((await list(operator(1), '&state=EXPLAINED')).items).toEqual([]);
  });

  it('JUKI-5.5 an alert is explained by one officer, an abuse is confirmed by a second', async () => {
    const items = (await list()).items;
    const [first, second] = [items[0]?.alertId ?? '', items[1]?.alertId ?? ''];
    const step = (alertId: string, what: string, as: Actor): Promise<Answer> => post(`/log-alerts/${alertId}/${what}`, { note: '業務上の必要を確認' }, as);
    expect(codeOf(await step(first, 'explanation', clerk(1)))).toBe('ACTION_NOT_PERMITTED');
    expect(codeOf(await step(first, 'explanation', { clientId: 'operator-1', kind: 'operator', organisation: 'agency' }))).toBe('OPERATOR_NOT_ASSERTED');
    expect(codeOf(await step(first, 'confirmation', operator(1)))).toBe('ALERT_STATE');
    expect((await step(first, 'explanation', operator(1))).json).toMatchObject({ state: 'EXPLAINED' });
    expect(codeOf(await step(first, 'suspicion', operator(2)))).toBe('ALERT_STATE');
    expect((await step(second, 'suspicion', operator(1))).json).toMatchObject({ state: 'ABUSE_SUSPECTED' });
    expect(codeOf(await step(second, 'confirmation', operator(1)))).toBe('SAME_OFFICER');
    expect((await step(second, 'confirmation', operator(2))).json).toMatchObject({ state: 'ABUSE_CONFIRMED' });
    expect(codeOf(await step(crypto.randomUUID(), 'explanation', operator(1)))).toBe('NOT_FOUND');
    expect((await post(`/log-alerts/${second}/explanation`, { note: 'a\u0000' }, operator(1))).status).toBe(400);
  });

  it('JUKI-5.5 a list of watched persons is its organisation\'s own, each person once', async () => {
    expect(codeOf(await post('/watched-persons', { residentCode: code(2), reason: 'PROMINENT' }, clerk(9)))).toBe('WATCH_EXISTS');
    expect(codeOf(await post('/watched-persons', { residentCode: code(2), reason: 'PROMINENT' }, townB))).toBe('OUT_OF_JURISDICTION');
    expect(codeOf(await post('/watched-persons', { residentCode: code(77), reason: 'PROMINENT' }, clerk(9)))).toBe('RESIDENT_UNKNOWN');
    const watches = async (as: Actor) => z.object({ items: z.array(z.object({ watchId: z.string(), reason: z.string() })) }).parse((await estate.request('GET', `${API}/watched-persons`, { as, purpose: 'RESIDENT_REGISTER' })).json).items;
    const [mine] = await watches(clerk(9));
    expect(mine).toMatchObject({ reason: 'COLLEAGUE' });
    expect(codeOf(await post(`/watched-persons/${mine?.watchId}/end`, {}, townB))).toBe('NOT_FOUND');
    expect((await post(`/watched-persons/${mine?.watchId}/end`, {}, clerk(9))).status).toBe(200);
    expect(await watches(clerk(9))).toEqual([]);
    expect((await post('/watched-persons', { residentCode: code(2), reason: 'PROMINENT' }, operator(1))).status).toBe(201);
  });

  it('JUKI-5.5 an organisation that works at night has a calendar of its own; the usual one closes on holidays', async () => {
    const put = (organisation: string, body: unknown, as: Actor): Promise<Answer> => estate.request('PUT', `${API}/duty-hours/${organisation}`, { as, body });
    expect((await put('990019', { opens: '22:00', closes: '06:00', onClosedDays: true }, operator(1))).status).toBe(400);
    expect(codeOf(await put('990019', { opens: '00:00', closes: '23:59', onClosedDays: true }, clerk(1)))).toBe('ACTION_NOT_PERMITTED');
    expect((await put('990019', { opens: '00:00', closes: '23:59', onClosedDays: true }, operator(1))).status).toBe(200);
    const known = (await list()).items.length;
    // 2016-07-18 is the day of the sea, a Monday.
    // Before the end of the day: it is not closed while its history is being written.
    estate.clock.set(new Date('2016-07-18T12:00:00Z'));
    await history('2016-07-18', 1, { operator: 'clerk-7' });
    await history('2016-07-18', 1, { organisation: '990027', client: 'municipality-990027', operator: 'clerk-b' });
    estate.clock.set(new Date('2016-07-19T03:00:00Z'));
    await estate.eventually(async () => (await logged('2016-07-18')).length === 2, 60);
    expect((await list()).items.length - known).toBe(1);
    expect((await list()).items.find(({ day }) => day === '2016-07-18')).toMatchObject({ kind: 'OUTSIDE_HOURS', officer: 'clerk-b' });
  });

  it('a job that is stopped between two chunks counts every line once; a repeated day changes nothing', async () => {
    const before = events.length;
    await history('2016-07-19', 90_000, { organisation: 'pension', client: 'agency-pension', institution: 'national-agency', operator: 'p-1', purpose: 'PENSION_CURRENT_STATUS' });
    estate.clock.set(new Date('2016-07-20T03:00:00Z'));
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.job WHERE kind = 'juki-net.log-alert' AND done >= 20000 AND parameters->>'day' = '2016-07-19'")).length > 0, 60);
    await estate.restart();
    // Transactions of other specs hold the day back as well.
    await estate.eventually(async () => (await logged('2016-07-19')).length > 0, 150);
    expect(await estate.sql("SELECT asked::int AS asked FROM juki_net.query_day WHERE day = '2016-07-19' AND organisation = 'pension'")).toEqual([{ asked: 90_000 }]);
    await estate.sql("UPDATE juki_net.cursor SET value = '2016-07-18' WHERE name = 'schedule:log-alert.close-day'");
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.job WHERE kind = 'juki-net.log-alert' AND parameters->>'day' = '2016-07-19' AND state = 'SUCCEEDED'")).length === 2, 60);
    expect(await estate.sql("SELECT asked::int AS asked FROM juki_net.query_day WHERE day = '2016-07-19' AND organisation = 'pension'")).toEqual([{ asked: 90_000 }]);
    expect(events.slice(before).filter(({ data }) => queryLogged.data.parse(data).day === '2016-07-19')).toHaveLength(1);
  }, 240_000);

  it('JUKI-5.5 a watched person is an alert by whatever way they were asked: batch, change feed, matching, neighbours, other contexts; who is not watched is none', async () => {
    estate.clock.set(new Date('2016-07-21T02:00:00Z'));
    const [watched] = await estate.sql<{ person_key: string }>('SELECT person_key FROM juki_net.watched_person WHERE ended_on IS NULL');
    const [other] = await estate.sql<{ person_key: string }>('SELECT person_key FROM juki_net.person WHERE person_key <> $1', watched?.person_key);
    const used = (organisation: string, mode: string, at: string, appendedAt: string | null = null): Promise<unknown> => estate.sql(
      `INSERT INTO juki_net.use_record (at, use_id, person_key, organisation, affair, mode, key_kind, items, result_code, correlation_id, appended_at)
       SELECT $1, gen_random_uuid(), key, $2, 'A', $3, 'RESIDENT_CODE', '{address}', '00', 'c', $4 FROM unnest($5::uuid[]) AS key`, at, organisation, mode, appendedAt, [watched?.person_key, other?.person_key],
    );
    await used('pension', 'BATCH_LINE', '2016-07-21T01:00:00Z');
    await used('pension', 'CHANGE_FEED', '2016-07-21T01:00:00Z');
    await used('exchange', 'IMMEDIATE_HOST', '2016-07-01T01:00:00Z', '2016-07-21T02:00:00Z');
    await used('990019', 'IMMEDIATE_HOST', '2016-07-21T01:00:00Z');
    await used('tax', 'BATCH_LINE', '2016-07-20T14:59:59Z');
    await used('tax', 'BATCH_LINE', '2016-07-21T15:00:00Z');
    const service = { client: 'svc-numbering', institution: 'service', organisation: 'numbering', operator: undefined, purpose: 'NUMBER_DESIGNATION' };
    await history('2016-07-21', 1, { ...service, action: 'juki-net.person.get', subjects: [watched?.person_key, other?.person_key] });
    await history('2016-07-21', 2, { ...service, action: 'juki-net.resident-code.resolve', subjects: [watched?.person_key] });
    await history('2016-07-21', 1, { ...service, action: 'juki-net.person.get', outcome: 'REFUSED', code: 'X' });
    estate.clock.set(new Date('2016-07-22T02:00:00Z'));
    const of = await estate.eventually(async () => {
      const alarms = (await list()).items.filter(({ day, kind }) => day === '2016-07-21' && kind === 'WATCHED_PERSON');
      return alarms.length >= 3 && alarms;
    }, 60);
    expect(of.map(({ organisation, client, asked }) => [organisation, client, asked]).sort()).toEqual([['exchange', '', 1], ['numbering', 'svc-numbering', 3], ['pension', '', 2]]);
  });

  it('JUKI-7 notices that say what is no identity information are an alert of their organisation, one a day', async () => {
    const notice = (as: Actor, body: Record<string, unknown>): Promise<Answer> => post('/change-notices', body, as);
    for (let n = 0; n < 3; n += 1) expect(codeOf(await notice(clerk(1), { householder: 'x' }))).toBe('ITEM_NOT_ALLOWED');
    expect(codeOf(await notice(townB, { residentCode: code(1) }))).not.toBe('ITEM_NOT_ALLOWED');
    const file = await estate.request('POST', `${API}/notice-files?municipalityCode=990019`, { as: clerk(2), purpose: 'RESIDENT_REGISTER', body: Buffer.from('householder\r\nx\r\n'), headers: { 'content-type': 'text/csv' } });
    expect(codeOf(file)).toBe('ITEM_NOT_ALLOWED');
    // The line of a refusal is written after its answer.
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.audit_line WHERE position('\"code\":\"ITEM_NOT_ALLOWED\"' IN entry) > 0")).length === 4);
    estate.clock.set(new Date('2016-07-23T02:00:00Z'));
    const of = await estate.eventually(async () => {
      const alarms = (await list()).items.filter(({ kind }) => kind === 'ITEM_NOT_ALLOWED');
      // The job of the day before may have counted the first of them.
      return alarms.some(({ asked }) => asked >= 4) && alarms;
    }, 60);
    expect(of).toMatchObject([{ day: '2016-07-22', organisation: '990019', client: '', officer: '', aboutPerson: false, asked: 4, state: 'OPEN' }]);
  });

  it('JUKI-5.5 it is terminals that count: one officer at five is an alert, six officers at four are none', async () => {
    const at = (n: number, terminal: string): Promise<Answer> => estate.request('POST', `${API}/inquiries`, { as: clerk(n), purpose: 'RESIDENT_REGISTER', body: { grantId: GRANT, residentCode: code(1) }, headers: { 'kiban-terminal': terminal } });
    for (const n of [1, 2, 3, 4, 5, 6]) expect((await at(n, 'desk-1')).status).toBe(200);
    for (const n of [2, 3, 4]) expect((await at(1, `desk-${n}`)).status).toBe(200);
    expect(codeOf(await at(1, 'desk 1'))).toBe('INVALID_INPUT');
    estate.clock.set(new Date('2016-07-24T02:00:00Z'));
    await estate.eventually(async () => (await logged('2016-07-23')).length > 0, 60);
    for (const n of [1, 2, 3, 4, 5]) expect((await at(1, `desk-${n}`)).status).toBe(200);
    expect(JSON.parse((await estate.sql<{ entry: string }>("SELECT entry FROM juki_net.audit_line WHERE entry LIKE '%desk-5%'"))[0]?.entry ?? '')).toMatchObject({ action: 'juki-net.inquiry.ask', operator: 'clerk-1', terminal: 'desk-5' });
    estate.clock.set(new Date('2016-07-25T01:00:00Z'));
    const of = await estate.eventually(async () => {
      const alarms = (await list()).items.filter(({ day, kind }) => kind === 'SAME_PERSON' && day >= '2016-07-22');
      return alarms.length > 0 && alarms;
    }, 60);
    expect(of.map(({ day, asked }) => [day, asked])).toEqual([['2016-07-24', 5]]);
  });

  it('JUKI-5.6 a listing is no provision, an answer without items is one; lines of a batch that were answered 40 are refusals of its mode', async () => {
    const batch = crypto.randomUUID();
    await estate.sql(`INSERT INTO juki_net.provision_batch (batch_id, institution, organisation, grant_id, reference, sha256, job_id, state, lines, version, received_at, state_changed_at)
      VALUES ($1, 'municipality', '990019', $2, 'r', '', gen_random_uuid(), 'PACKAGED', 9, 1, now(), now())`, batch, GRANT);
    const own = { action: 'job:juki-net.batch', client: 'svc-juki-net', institution: 'service', organisation: 'juki-net', object: `batch:${batch}` };
    await history('2016-07-25', 2, { ...own, facts: { answered: 5, outOfReach: 0, refused: 4 } });
    await history('2016-07-25', 1, { ...own, facts: { answered: 5, outOfReach: 0 } });
    // 21, under a grant of places alone, tells no item, and yet what became of the person.
    for (const [mode, items, result] of [['CHANGE_FEED', '{}', '00'], ['CHANGE_FEED', '{address}', '00'], ['BATCH_LINE', '{address}', '00'], ['BATCH_LINE', '{}', '21'], ['IMMEDIATE_HOST', '{}', '21']]) {
      await estate.sql(`INSERT INTO juki_net.use_record (at, use_id, person_key, grant_id, organisation, affair, mode, key_kind, items, result_code, correlation_id)
        VALUES ('2016-07-25T01:30:00Z', gen_random_uuid(), gen_random_uuid(), $1, '990019', 'RESIDENT_REGISTER', $2, 'RESIDENT_CODE', $3, $4, 'c')`, GRANT, mode, items, result);
    }
    estate.clock.set(new Date('2016-07-26T02:00:00Z'));
    await estate.eventually(async () => (await logged('2016-07-25')).length > 0, 60);
    expect(await estate.sql("SELECT mode, affair, provided::int AS provided, refused::int AS refused FROM juki_net.query_log WHERE day = '2016-07-25' ORDER BY mode")).toEqual([
      { mode: 'BATCH_LINE', affair: 'RESIDENT_REGISTER', provided: 2, refused: 8 }, { mode: 'CHANGE_FEED', affair: 'RESIDENT_REGISTER', provided: 1, refused: 0 },
      { mode: 'IMMEDIATE_HOST', affair: 'RESIDENT_REGISTER', provided: 1, refused: 0 },
    ]);
  });

  it('JUKI-5.5 a day whose lines an open transaction holds back is not closed before they are counted', async () => {
    // An unrelated transaction that has an id and goes on, as a large import does.
    const other = new pg.Client({ connectionString: estate.adminUrl });
    await other.connect();
    await other.query('BEGIN');
    await other.query('SELECT pg_current_xact_id()');
    await history('2016-07-26', 3, { organisation: 'held-back' });
    estate.clock.set(new Date('2016-07-27T02:00:00Z'));
    const steps = () => estate.sql<{ state: string }>("SELECT state FROM juki_net.job WHERE kind = 'juki-net.log-alert' AND parameters->>'day' = '2016-07-26' AND started_at IS NOT NULL");
    await estate.eventually(async () => (await steps()).length > 0);
    expect([(await steps())[0]?.state, await logged('2016-07-26')]).toEqual(['RUNNING', []]);
    await other.query('ROLLBACK');
    await other.end();
    await estate.eventually(async () => (await logged('2016-07-26')).length > 0, 150);
    expect(await estate.sql("SELECT asked::int AS asked FROM juki_net.query_day WHERE day = '2016-07-26' AND organisation = 'held-back'")).toEqual([{ asked: 3 }]);
  }, 180_000);

  it('JUKI-5.5 three times the usual is no alert, more is', async () => {
    estate.clock.set(new Date('2016-07-27T12:00:00Z'));
    const of = (organisation: string) => ({ organisation, client: `municipality-${organisation}`, operator: undefined });
    for (const organisation of ['thrice', 'more']) {
      for (const day of ['07-19', '07-20', '07-21', '07-22', '07-25']) await history(`2016-${day}`, 8, of(organisation));
    }
    await history('2016-07-27', 24, of('thrice'));
    await history('2016-07-27', 25, of('more'));
    estate.clock.set(new Date('2016-07-28T01:30:00Z'));
    await estate.eventually(async () => (await logged('2016-07-27')).length === 2, 60);
    const alarms = (await list()).items.filter(({ organisation }) => ['thrice', 'more'].includes(organisation)).map(({ day, kind, organisation, asked, mean }) => [day, kind, organisation, asked, mean]);
    expect(alarms.sort()).toEqual([['2016-07-27', 'VOLUME_CLIENT', 'more', 25, 8], ['2016-07-27', 'VOLUME_ORGANISATION', 'more', 25, 8]]);
  });

  it('JUKI-5.5 a job that failed for good loses no alert: the next day is closed with what it left behind', async () => {
    estate.clock.set(new Date('2016-07-28T02:00:00Z'));
    for (const n of [1, 2, 3, 4, 5]) await ask(clerk(n, `desk-${n}`), 1);
    await estate.sql("ALTER TABLE juki_net.query_log ADD CONSTRAINT broken CHECK (day <> '2016-07-28')");
    estate.clock.set(new Date('2016-07-29T02:00:00Z'));
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.job WHERE kind = 'juki-net.log-alert' AND state = 'FAILED' AND parameters->>'day' = '2016-07-28'")).length > 0, 60);
    await estate.sql('ALTER TABLE juki_net.query_log DROP CONSTRAINT broken');
    await ask(clerk(1), 2);
    estate.clock.set(new Date('2016-08-01T02:00:00Z'));
    await estate.eventually(async () => (await logged('2016-07-29')).length > 0, 60);
    expect((await list()).items.filter(({ day, kind }) => day === '2016-07-28' && kind === 'SAME_PERSON')).toHaveLength(1);
    expect((await logged('2016-07-28')).map(({ provided }) => provided)).toEqual([5]);
    expect(await estate.sql('SELECT 1 FROM juki_net.query_day_person')).toEqual([]);
  });
});
