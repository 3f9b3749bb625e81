import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { residentMovedIn, type PersonView } from '#contracts/juki-net';
import { connectStreams, parseCloudEvent, type Actor, type CloudEvent, type Streams } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { cardIssuanceModule } from '../card-issuance.module.js';
import { fakeNeighbours } from '../neighbours.fixture.js';

const [HERE, THERE] = ['990019', '990027'].map((organisation): Actor => ({ clientId: `municipality-${organisation}`, kind: 'municipality', organisation })) as [Actor, Actor];
const OPERATOR: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency' };
const API = '/api/card-issuance/v1';
/** 10:00 in Japan on a Wednesday. */
const START = new Date('2016-01-20T01:00:00Z');
const DAY = 86_400_000;

const neighbours = fakeNeighbours();
let estate: TestEstate;
let streams: Streams;
let writers: pg.Pool;
const published: CloudEvent[] = [];
const told = (type: string): CloudEvent[] => published.filter((event) => event.type.includes(type));

interface Moved {
  readonly to: string;
  readonly daysAgo: number;
}
let made = 0;
/** A card with its journal as the ledger would have written it, in a transaction of its own. */
async function card(municipality: string, moves: readonly Moved[], personKey: string = randomUUID()): Promise<string> {
  const serial = `SPEC${String((made += 1)).padStart(12, '0')}`;
  const at = ({ daysAgo }: Moved): string => new Date(START.getTime() - daysAgo * DAY).toISOString();
  const client = await writers.connect();
  await client.query('BEGIN');
  await client.query(
    `INSERT INTO card_issuance.card (card_serial, person_key, municipality_code, application_id, batch_id, record_no, fact_version, state, chip_state, expiry_date, wish_sign, wish_auth, version, moved_at)
     VALUES ($1, $2, $3, $1, gen_random_uuid(), 1, 1, $4, 'PERSONALISED', '2026-01-20', false, false, $5, $6)`,
    [serial, personKey, municipality, moves.at(-1)?.to, moves.length, at(moves.at(-1) ?? { to: '', daysAgo: 0 })],
  );
  for (const [index, move] of moves.entries()) {
    await client.query("INSERT INTO card_issuance.card_move (card_serial, version, from_state, to_state, client, at) VALUES ($1, $2, $3, $4, 'spec', $5)", [serial, index + 1, moves[index - 1]?.to ?? null, move.to, at(move)]);
    await client.query('SELECT pg_sleep(random() / 500)');
  }
  await client.query('COMMIT');
  client.release();
  return serial;
}
const WAY = ['ORDERED', 'MANUFACTURED', 'INSPECTED', 'SHIPPED', 'RECEIVED', 'PRESET', 'NOTIFIED', 'HANDING_OVER', 'ACTIVE'];
/** The way up to a state, each move a day after the one before it, the last one so many days ago. */
const upTo = (state: string, daysAgo: number): Moved[] => WAY.slice(0, WAY.indexOf(state) + 1).map((to, index, all) => ({ to, daysAgo: daysAgo + all.length - 1 - index }));

const ask = (method: string, path: string, options: { as?: Actor | 'nobody'; purpose?: string; body?: unknown } = {}): Promise<Answer> => estate.request(method, `${API}${path}`, { as: HERE, ...options });
const good = <T>(answer: Answer, schema: z.ZodType<T>): T => {
  expect(answer.status, JSON.stringify(answer.json)).toBeLessThan(300);
  return schema.parse(answer.json);
};
const codeOf = (answer: Answer): string => z.object({ code: z.string() }).parse(answer.json).code;
const figures = z.object({ counters: z.record(z.string(), z.number()), stages: z.record(z.string(), z.object({ stock: z.number(), p50: z.number(), p95: z.number(), oldest: z.number() })) });
/** The figures of an hour of START's day (UTC), when they are there. */
const snapshot = (municipality: string, hour: string): Promise<z.output<typeof figures>> => estate.eventually(async () => {
  const [row] = await estate.sql<{ figures: unknown }>('SELECT figures FROM card_issuance.backlog_snapshot WHERE municipality_code = $1 AND at = $2', municipality, `2016-01-20T${hour}:00:00Z`);
  return row === undefined ? undefined : figures.parse(row.figures);
});

beforeAll(async () => {
  estate = await startEstate([cardIssuanceModule, ...neighbours.modules], { at: START });
  writers = new pg.Pool({ connectionString: estate.adminUrl, max: 8 });
  streams = await connectStreams(estate.natsUrl, 'backlog spec');
  streams.connection.subscribe('kiban.card-issuance.>', { callback: (_error, message) => void published.push(parseCloudEvent(message.string())) });
});
afterAll(async () => {
  await streams.connection.close();
  await writers.end();
  await estate.stop();
  neighbours.remove();
});

describe('counters and hourly figures (CARD-4.11)', () => {
  it('CARD-4.11 each move is counted once while others write, with ages by nearest rank; application and nation too', async () => {
    const ages = [1, 2, 2, 5, 9, 11, 12, 20, 33, 40, 41];
    const writing = [
      ...ages.map((age) => card('990019', upTo('RECEIVED', age))),
      ...[3, 4].map((age) => card('990027', upTo('RECEIVED', age))),
      ...[7, 8].map((age) => card('990019', upTo('INSPECTED', age))),
      card('990019', [...upTo('NOTIFIED', 2), { to: 'UNCOLLECTED', daysAgo: 1 }, { to: 'NOTIFIED', daysAgo: 0 }]),
      card('990019', [...upTo('ACTIVE', 2), { to: 'SUSPENDED', daysAgo: 1 }, { to: 'ACTIVE', daysAgo: 0 }]),
    ];
    const applied = estate.sql(
      `INSERT INTO card_issuance.application (application_id, person_key, municipality_code, channel, state, wish_sign, wish_auth, representative, photo_hash, received_at, version, fact_version)
       SELECT lpad(n::text, 23, '0'), gen_random_uuid(), '990019', 'PC', 'RECEIVED', true, true, false, '', $1::timestamptz - make_interval(days => n), 1, 1 FROM generate_series(1, 10) AS n`, START.toISOString(),
    );
    await Promise.all([...writing, applied]);
    await estate.sql("UPDATE card_issuance.application SET state = 'APPROVED', version = 2 WHERE application_id = lpad('10', 23, '0')");
    estate.clock.set(new Date('2016-01-20T02:00:01Z'));
    const [here, nation] = [await snapshot('990019', '02'), await snapshot('000000', '02')];
    expect(here.stages['PRESET']).toEqual({ stock: 11, p50: 11, p95: 41, oldest: 41 });
    expect(nation.stages['PRESET']).toEqual({ stock: 13, p50: 9, p95: 41, oldest: 41 });
    // What is made counts from its order on: two days before its inspection.
    expect(here.stages['MAKE']).toEqual({ stock: 2, p50: 9, p95: 10, oldest: 10 });
    expect(here.stages['HANDOVER']).toEqual({ stock: 1, p50: 0, p95: 0, oldest: 0 });
    expect(here.stages['REVIEW']).toEqual({ stock: 9, p50: 5, p95: 9, oldest: 9 });
    expect(here.stages['ORDER']).toEqual({ stock: 1, p50: 10, p95: 10, oldest: 10 });
    // A card that was resumed was handed over once.
    expect(here.counters).toMatchObject({ applied: 10, approved: 1, ordered: 15, shipped: 13, received: 13, notified: 3, handedOver: 1, uncollected: 1 });
  });

  it('CARD-4.11 what stands still is an alarm, told once; what moves again is cleared', async () => {
    await estate.eventually(async () => told('capacity.alarm').some(({ data }) => JSON.stringify(data) === JSON.stringify({ municipalityCode: '990019', subject: 'PRESET', level: 'RED' })));
    expect([...new Set(told('backlog.snapshot').flatMap(({ data }) => Object.keys(data as object)))].sort()).toEqual(['at', 'makerStock', 'municipalStock', 'municipalityCode', 'stages']);
    await estate.sql("UPDATE card_issuance.application SET state = 'WITHDRAWN' WHERE state = 'RECEIVED'");
    estate.clock.set(new Date('2016-01-20T03:00:01Z'));
    expect((await snapshot('990019', '03')).stages['REVIEW']?.stock).toBe(0);
    const review = await estate.eventually(async () => {
      const alarms = told('capacity.alarm').filter(({ data }) => JSON.stringify(data).includes('"990019","subject":"REVIEW"'));
      return alarms.length >= 2 ? alarms : undefined;
    });
    expect(review.map(({ data }) => z.object({ level: z.string() }).parse(data).level)).toEqual(['RED', 'CLEARED']);
    expect(review.map(({ sequence }) => Number(sequence))).toEqual([1, 2]);
    expect(told('capacity.alarm').filter(({ data }) => JSON.stringify(data).includes('"990019","subject":"PRESET"'))).toHaveLength(1);
  });

  it('CARD-8 a town sees its own pipeline; the forecast says nothing while a stage on the way stands still', async () => {
    const view = z.object({ municipalStock: z.number(), makerStock: z.number(), noticeBudget: z.number().nullable(), alarms: z.array(z.object({ subject: z.string() })) });
    expect(good(await ask('GET', '/backlog?municipalityCode=990019'), view)).toMatchObject({ municipalStock: 12, makerStock: 2, noticeBudget: null });
    const earlier = good(await ask('GET', '/backlog?municipalityCode=990019&at=2016-01-20T11:30:00%2B09:00'), z.object({ at: z.string(), stages: z.array(z.object({ stage: z.string(), stock: z.number() })) }));
    expect([earlier.at, earlier.stages.find(({ stage }) => stage === 'REVIEW')?.stock]).toEqual(['2016-01-20T02:00:00.000Z', 9]);
    expect(codeOf(await ask('GET', '/backlog?municipalityCode=990027'))).toBe('OUT_OF_JURISDICTION');
    expect((await ask('GET', '/backlog?municipalityCode=000000')).status).toBe(200);
    const id = '01131010000000000010054';
    await estate.sql("UPDATE card_issuance.application SET application_id = $1 WHERE application_id = lpad('10', 23, '0')", id);
    const forecast = z.object({ stage: z.string(), ahead: z.number(), forecast: z.string().nullable() });
    expect(good(await ask('GET', `/applications/${id}/forecast`, { purpose: 'CARD_HANDOVER' }), forecast)).toEqual({ stage: 'ORDER', ahead: 0, forecast: null });
  });
});

describe('invitations within what the counters can serve (CARD-4.11, 4.12)', () => {
  const plan = { terminals: 1, opens: '09:00', closes: '10:00', minutesPerHandover: 60, availability: 1, pickupDays: 3 };
  let cards: string[];

  it('CARD-4.11 noticeBudget: of five at once three are invited, one a day from a week on; a hand-over gives its place back', async () => {
    expect(good(await ask('PUT', '/counter-plans/990027', { as: THERE, body: plan }), z.object({ capacityPerDay: z.number() })).capacityPerDay).toBe(1);
    cards = await Promise.all([1, 2, 3, 4, 5].map(() => card('990027', upTo('PRESET', 1))));
    const answers = await Promise.all(cards.map((serial) => ask('POST', `/cards/${serial}/notices`, { as: THERE, purpose: 'CARD_HANDOVER', body: {} })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 409, 409]);
    expect(answers.filter(({ status }) => status === 409).map(codeOf)).toEqual(['NOTICE_BUDGET_SPENT', 'NOTICE_BUDGET_SPENT']);
    const held = await estate.sql<{ day: string; serial: string }>("SELECT day::text, card_serial AS serial FROM card_issuance.pickup WHERE municipality_code = '990027' ORDER BY day");
    expect(held.map(({ day }) => day)).toEqual(['2016-01-27', '2016-01-28', '2016-01-29']);
    const states = await estate.sql<{ state: string }>('SELECT state FROM card_issuance.card WHERE card_serial = ANY($1) ORDER BY state', cards);
    expect(states.map(({ state }) => state)).toEqual(['NOTIFIED', 'NOTIFIED', 'NOTIFIED', 'PRESET', 'PRESET']);
    cards = held.map(({ serial }) => serial);
    await estate.sql("UPDATE card_issuance.card SET state = 'ACTIVE' WHERE card_serial = $1", cards[2]);
    await estate.sql("INSERT INTO card_issuance.card_move (card_serial, version, from_state, to_state, client, at) VALUES ($1, 8, 'NOTIFIED', 'ACTIVE', 'spec', now())", cards[2]);
    estate.clock.set(new Date('2016-01-20T03:01:00Z'));
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM card_issuance.pickup_window WHERE day = '2016-01-29' AND taken = 0")).length === 1);
    expect(await estate.sql('SELECT 1 FROM card_issuance.pickup WHERE card_serial = $1', cards[2])).toEqual([]);
  });

  it('CARD-4.12 Q11 a power cut within opening hours is refused; where pick-ups are to be moved they go to the next free hour, and the last one learns that there is none', async () => {
    const stop = (over: object): Promise<Answer> => ask('POST', '/outages', { as: OPERATOR, body: {
      kind: 'PLANNED', hop: 'PREFECTURE', municipalityCodes: ['990027'], startsAt: '2016-01-27T08:00:00+09:00', endsAt: '2016-01-27T18:00:00+09:00', textJa: '庁舎の停電', textEn: 'Power cut <b>', ...over,
    } });
    expect(codeOf(await stop({}))).toBe('OVERLAPS_OPENING_HOURS');
    expect((await stop({ startsAt: '2016-01-30T08:00:00+09:00', endsAt: '2016-01-31T18:00:00+09:00' })).status).toBe(201);
    expect((await stop({ movePickups: true })).status).toBe(201);
    estate.clock.set(new Date('2016-01-20T03:03:00Z'));
    await estate.eventually(async () => told('pickup.rebooked').length === 1);
    expect(told('pickup.rebooked')[0]?.data).toEqual({ cardSerial: cards[0], municipalityCode: '990027', from: '2016-01-27T00:00:00.000Z', to: '2016-01-29T09:00:00+09:00' });
    expect((await stop({ startsAt: '2016-01-28T08:00:00+09:00', endsAt: '2016-01-28T18:00:00+09:00', movePickups: true })).status).toBe(201);
    estate.clock.set(new Date('2016-01-20T03:05:00Z'));
    await estate.eventually(async () => told('pickup.rebooked').length === 2);
    expect(told('pickup.rebooked')[1]?.data).toMatchObject({ cardSerial: cards[1], to: null });
    const move = (day: string): Promise<Answer> => ask('PUT', `/cards/${cards[0] ?? ''}/pickup`, { as: THERE, purpose: 'CARD_HANDOVER', body: { day, hour: 9 } });
    expect(codeOf(await move('2016-01-28'))).toBe('NO_PLACE');
    expect(good(await ask('GET', '/pickups?municipalityCode=990027&day=2016-01-29', { as: THERE }), z.object({ items: z.array(z.object({ cardSerial: z.string(), hour: z.number() })) })).items).toEqual([{ cardSerial: cards[0], hour: 9 }]);
  });

  it('CARD-4.12 Q10, Q12 everybody sees what is told; an incident is closed only after ten quiet business days', async () => {
    const incident = { kind: 'INCIDENT', hop: 'RELAY', municipalityCodes: ['990019'], startsAt: '2016-01-20T11:00:00+09:00', textJa: '中継サーバの障害', textEn: 'Relay' };
    const { outageId } = good(await ask('POST', '/outages', { as: OPERATOR, body: incident }), z.object({ outageId: z.string() }));
    const state = z.object({ entries: z.array(z.object({ state: z.string(), toldInTime: z.boolean(), hop: z.string() })), days: z.array(z.object({ day: z.string(), handedOver: z.number() })) });
    const shown = good(await ask('GET', '/service-state', { as: 'nobody' }), state);
    expect(shown.entries.find(({ hop }) => hop === 'RELAY')).toEqual(expect.objectContaining({ state: 'OPEN', toldInTime: false }));
    expect(shown.entries.filter(({ state: now }) => now === 'PLANNED').every(({ toldInTime }) => toldInTime)).toBe(true);
    expect(shown.days[0]).toMatchObject({ day: '2016-01-20', handedOver: 1 });
    const page = await ask('GET', '/service-state/page', { as: 'nobody' });
    expect(page.bytes.toString()).toContain('Power cut &#60;b&#62;');
    const step = (to: string): Promise<Answer> => ask('POST', `/outages/${outageId}/steps`, { as: OPERATOR, body: { to } });
    expect(codeOf(await step('CLOSED'))).toBe('BAD_STATE');
    expect((await step('FIXED')).status).toBe(200);
    estate.clock.set(new Date('2016-02-03T14:59:00Z'));
    expect(codeOf(await step('CLOSED'))).toBe('WATCH_NOT_OVER');
    estate.clock.set(new Date('2016-02-03T15:00:30Z'));
    // What the hour itself finds may be no alarm between the two answers.
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM card_issuance.cursor WHERE name = 'schedule:backlog-snapshot' AND value = '2016-02-03T15:00:00.000Z'")).length === 1);
    await estate.sql("INSERT INTO card_issuance.capacity_alarm VALUES ('990019', 'SPEC', 'RED', 1, '2016-02-01T00:00:00Z')");
    expect(codeOf(await step('CLOSED'))).toBe('ALARMS_DURING_WATCH');
    await estate.sql("UPDATE card_issuance.capacity_alarm SET level = 'CLEARED' WHERE changed_at > '2016-01-20T03:05:00Z'");
    expect((await step('CLOSED')).status).toBe(200);
  });
});

describe('the call centre and stop orders (CARD-4.9, 4.18)', () => {
  const order = z.object({ stopOrderId: z.string(), confidence: z.string(), letterDue: z.boolean() });
  const calling = { as: OPERATOR, purpose: 'CALL_CENTRE' };

  it('CARD-4.9 stopped within the five seconds, without the register and in doubt with a letter; the police report is kept sealed', async () => {
    const personKey = randomUUID();
    const person: PersonView = { personKey, factVersion: 1, status: 'RESIDENT', municipalityCode: '990019', nameKanji: '見本 太郎', nameKana: 'ミホン タロウ', birthDate: '19800331', sex: '1', address: '架空県試験市見本町一丁目１番１号', foreignResident: false };
    neighbours.persons.set(personKey, person);
    await card('990019', upTo('ACTIVE', 1), personKey);
    const now = estate.clock.now();
    const facts = { nameKana: 'ミホン タロウ', birthDate: '1980-03-31' };
    const placed = good(await ask('POST', '/stop-orders', { ...calling, body: { personKey, channel: 'PHONE', facts, callEndedAt: new Date(now.getTime() - 1_000).toISOString(), lossPlace: 'OUTSIDE' } }), order);
    expect(placed).toMatchObject({ confidence: 'LOW', letterDue: true });
    const letter = await ask('GET', `/stop-orders/${placed.stopOrderId}/letter?language=en`, calling);
    expect(letter.bytes.toString().split('\r\n').slice(0, 2)).toEqual([person.address, '見本 太郎　様']);
    expect(letter.bytes.toString()).toContain('2016年2月4日');
    expect((await ask('POST', `/stop-orders/${placed.stopOrderId}/police-report`, { ...calling, body: { station: '試験警察署', number: '28-1234' } })).status).toBe(200);
    const [stored] = await estate.sql<{ row: string }>("SELECT stop_order::text || encode(police_report, 'escape') AS row FROM card_issuance.stop_order");
    expect(stored?.row).not.toMatch(/28-1234|試験警察/);
    expect((await ask('POST', '/stop-orders', { ...calling, body: { personKey, channel: 'PHONE', facts: { ...facts, individualNumber: '123456789018' } } })).status).toBe(400);
  });

  it('CARD-4.18 nobody is asked for a number: name and birth date find the card, of namesakes the address; without the register nobody is found', async () => {
    const people = ['見本町２番１号', '見本町２番２号'].map((address): PersonView => ({ personKey: randomUUID(), factVersion: 1, status: 'RESIDENT', municipalityCode: '990019', nameKanji: '見本 次郎', nameKana: 'ミホン ジロウ', birthDate: '19810401', sex: '1', address: `架空県試験市${address}`, foreignResident: false }));
    const serials = await Promise.all(people.map(({ personKey }) => card('990019', upTo('ACTIVE', 1), personKey)));
    for (const person of people) neighbours.persons.set(person.personKey, person);
    const call = (facts: object, options: object = calling): Promise<Answer> => ask('POST', '/stop-orders', { ...options, body: { channel: 'PHONE', facts: { nameKana: 'ミホン ジロウ', birthDate: '1981-04-01', ...facts } } });
    const found = order.extend({ cardSerial: z.string() });
    expect([codeOf(await call({})), codeOf(await call({ birthDate: '1981-04-02' })), codeOf(await call({ address: people[1]?.address }, { as: THERE, purpose: 'CALL_CENTRE' }))]).toEqual(['NO_MATCH', 'NO_MATCH', 'NO_MATCH']);
    expect(good(await call({ address: people[1]?.address }), found)).toMatchObject({ cardSerial: serials[1], confidence: 'HIGH', letterDue: false });
    expect(await estate.sql('SELECT card_serial AS serial, state FROM card_issuance.card WHERE card_serial = ANY($1) ORDER BY 1', serials)).toEqual([{ serial: serials[0], state: 'ACTIVE' }, { serial: serials[1], state: 'SUSPENDED' }]);
    neighbours.persons.delete(people[1]?.personKey ?? '');
    expect(good(await call({}), found)).toMatchObject({ cardSerial: serials[0], confidence: 'LOW', letterDue: true });
    neighbours.registerHangs = true;
    expect(codeOf(await call({}))).toBe('UNAVAILABLE');
    neighbours.registerHangs = false;
  });

  it('CARD-4.12 Q7 the moves of a spring come in: stops go on, and every move is followed', async () => {
    const holders = Array.from({ length: 30 }, () => randomUUID());
    await estate.sql("INSERT INTO card_issuance.application_form (application_id, person_key, municipality_code, print_sequence, printed_at) SELECT '9' || lpad(n::text, 22, '0'), key, '990019', 1, now() FROM unnest($1::uuid[]) WITH ORDINALITY AS holder (key, n)", holders);
    await estate.sql(
      `INSERT INTO card_issuance.application (application_id, person_key, municipality_code, channel, state, wish_sign, wish_auth, representative, photo_hash, received_at, version, fact_version)
       SELECT application_id, person_key, municipality_code, 'PC', 'FULFILLED', true, true, false, '', $2, 1, 1 FROM card_issuance.application_form WHERE person_key = ANY($1::uuid[])`, holders, START.toISOString(),
    );
    const moving = [...holders, ...Array.from({ length: 1_500 }, () => randomUUID())].sort();
    await estate.running.runners.get('juki-net')?.inTransaction('spec.spring', { actor: OPERATOR, correlationId: 'spec-spring' }, async (ctx) => {
      for (const personKey of moving) ctx.emit(residentMovedIn, { aggregateId: personKey, sequence: 2, data: { personKey, factVersion: 2, factDate: '2016-02-03', municipalityCode: '990027', reason: '11', fields: [] } });
    });
    for (let stop = 1; stop <= 8; stop += 1) {
      const serial = await card('990019', upTo('ACTIVE', 1));
      const from = performance.now();
      expect((await ask('POST', '/stop-orders', { ...calling, body: { cardSerial: serial, channel: 'PHONE', facts: { nameKana: 'ミホン', birthDate: '1980-03-31' } } })).status).toBe(200);
      expect(performance.now() - from).toBeLessThan(5_000);
    }
    await estate.eventually(async () => (await estate.sql('SELECT 1 FROM card_issuance.person_fact WHERE person_key = ANY($1::uuid[]) AND fact_version = 2', holders)).length === holders.length, 60);
    expect(await estate.sql('SELECT 1 FROM card_issuance.person_fact WHERE person_key = ANY($1::uuid[])', moving)).toHaveLength(holders.length);
  });

  it('CARD-4.9 a register that hangs does not hold a stop up: in doubt, with a letter, within five seconds', async () => {
    const serial = await card('990019', upTo('ACTIVE', 1));
    neighbours.registerHangs = true;
    const from = performance.now();
    expect(good(await ask('POST', '/stop-orders', { ...calling, body: { cardSerial: serial, channel: 'PHONE', facts: { nameKana: 'ミホン', birthDate: '1980-03-31' } } }), order)).toMatchObject({ confidence: 'LOW', letterDue: true });
    expect(performance.now() - from).toBeLessThan(5_000);
    neighbours.registerHangs = false;
    expect(await estate.sql('SELECT state FROM card_issuance.card WHERE card_serial = $1', serial)).toEqual([{ state: 'SUSPENDED' }]);
  });

  it('CARD-4.18 a call is choices alone; the report counts what was answered in time and how fast stops were; staffing follows what came', async () => {
    const call = (from: string, answered: string | undefined, to: string, over: object = {}): Promise<Answer> => ask('POST', '/call-records', { as: OPERATOR, body: {
      queue: 'STOP', topic: 'LOSS_OR_THEFT', language: 'pt', outcome: answered === undefined ? 'ABANDONED' : 'STOPPED', arrivedAt: `2016-02-04T${from}+09:00`, ...(answered === undefined ? {} : { answeredAt: `2016-02-04T${answered}+09:00` }), endedAt: `2016-02-04T${to}+09:00`, ...over,
    } });
    const taken = await Promise.all([call('09:00:00', '09:00:20', '09:05:20'), call('09:10:00', '09:10:21', '09:15:21'), call('03:00:00', undefined, '03:01:00')]);
    expect(taken.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect((await call('09:00:00', '09:00:05', '09:01:00', { note: 'ミホン' })).status).toBe(400);
    expect((await call('09:00:00', '09:00:05', '09:01:00', { outcome: 'ABANDONED' })).status).toBe(400);
    const report = z.object({ queues: z.array(z.object({ queue: z.string(), offered: z.number(), answered: z.number(), withinTwentySeconds: z.number(), met: z.boolean() })), stops: z.object({ count: z.number(), p95Seconds: z.number(), met: z.boolean() }) });
    const told95 = good(await ask('GET', '/call-centre/service-level?from=2016-02-04&until=2016-02-04', { as: OPERATOR }), report);
    expect(told95.queues).toEqual([expect.objectContaining({ queue: 'STOP', offered: 3, answered: 2, withinTwentySeconds: 1 / 3, met: false })]);
    expect(told95.stops).toMatchObject({ count: 1, met: true });
    expect(told95.stops.p95Seconds).toBeGreaterThanOrEqual(1);
    const staffing = z.object({ hours: z.array(z.object({ workingDay: z.boolean(), hour: z.number(), callsPerHour: z.number(), seats: z.number() })), asked: z.array(z.object({ seats: z.number(), serviceLevel: z.number() })) });
    const table = good(await ask('GET', '/call-centre/staffing?queue=STOP&from=2016-02-04&until=2016-02-04&callsPerHour=360', { as: OPERATOR }), staffing);
    expect(table.hours.map(({ workingDay, hour, callsPerHour, seats }) => [workingDay, hour, callsPerHour, seats])).toEqual([[true, 3, 1, 2], [true, 9, 2, 2]]);
    expect(table.asked.find(({ seats }) => seats === 37)?.serviceLevel).toBeCloseTo(0.903, 3);
    expect(good(await ask('GET', '/call-centre/desk?language=ko', { as: OPERATOR }), z.object({ open: z.record(z.string(), z.boolean()) })).open).toEqual({ STOP: true, GENERAL: false });
  });
});
