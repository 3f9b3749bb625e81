import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { csvLine, type EventDefinition, toLocalDate, toMunicipalityCode } from '#kernel';
import { mailingCancelled, mailingCollected, mailingDelivered, mailingDiscarded, mailingPosted, mailingReturned } from '#contracts/card-issuance';
import { listDeliveryTargets, notificationListPrepared } from '#contracts/numbering';
import { connectStreams, parseCloudEvent, Peers, streamName, type Actor } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { generatePopulation, writeDeliveryTargets, type Household } from '#testing/population';
import { numberingModule } from '../numbering.module.js';
import { fakeRegister } from '../register/register.fixture.js';
import { followMailing, isBaseDate, readTargetRow, TARGET_COLUMNS, type MailedSet } from './delivery-target.js';

const HERE: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' };
const THERE: Actor = { clientId: 'municipality-990027', kind: 'municipality', organisation: '990027' };
const API = '/api/numbering/v1';
const SETS = `${API}/delivery-target-sets`;
const register = fakeRegister();
const submitted = z.object({ setId: z.string(), rows: z.number(), sha256: z.string() });
const setView = z.object({ state: z.string(), rows: z.number().nullable(), households: z.number().nullable(), persons: z.number().nullable(), faults: z.number().nullable(), returned: z.number(), settled: z.number() });
let estate: TestEstate;
let households: Household[];
let codes: string[];

const ask = (method: string, path: string, options: { body?: unknown; as?: Actor; csv?: boolean } = {}): Promise<Answer> =>
  estate.request(method, path, {
    as: options.as ?? HERE, purpose: 'NUMBER_DESIGNATION', body: options.body, ...(options.csv === true ? { headers: { 'content-type': 'text/csv' } } : {}),
  });
const submit = (body: Buffer | string, as: Actor = HERE, baseDate = '2015-10-05'): Promise<Answer> => ask('POST', `${SETS}?municipalityCode=990019&baseDate=${baseDate}`, { body, csv: true, as });

const handed = (setId: string) => estate.eventually(async () => {
  const set = setView.parse((await ask('GET', `${SETS}/${setId}`)).json);
  return set.state === 'HANDED_TO_CARD' && set;
});

async function targetsOf(setId: string, limit: number): Promise<z.output<typeof listDeliveryTargets.output>['targets']> {
  const peers = new Peers(estate.config, { token: () => estate.token({ clientId: 'svc-card-issuance', kind: 'service', organisation: 'card-issuance' }) });
  try {
    const targets: z.output<typeof listDeliveryTargets.output>['targets'] = [];
    for (let after: number | undefined = 0; after !== undefined; ) {
      const page: z.output<typeof listDeliveryTargets.output> = await peers.call(listDeliveryTargets, { correlationId: randomUUID(), purpose: 'NOTIFICATION' }, { setId, after, limit });
      targets.push(...page.targets);
      after = page.next;
    }
    return targets;
  } finally {
    peers.close();
  }
}

beforeAll(async () => {
  estate = await startEstate([numberingModule, register.module], { at: new Date('2016-01-20T01:00:00Z') });
  households = [...generatePopulation({ seed: 7, size: 300, municipality: toMunicipalityCode('990019'), baseDate: toLocalDate('2015-10-05') })];
  codes = households.flatMap(({ members }) => members.map(({ residentCode }) => residentCode.reveal()));
  for (const code of codes) register.people.set(code, { found: true, personKey: randomUUID(), municipalityCode: '990019', status: 'RESIDENT', superseded: false });
  // The last resident of the list has no number.
  const numbered = codes.slice(0, -1);
  for (let from = 0; from < numbered.length; from += 25) {
    const answers = await Promise.all(numbered.slice(from, from + 25).map((residentCode) => ask('POST', `${API}/requests`, { body: { requestId: residentCode.slice(2), municipalityCode: '990019', residentCode, kind: 'NEW' } })));
    expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
  }
});
afterAll(() => estate.stop());

describe('the form of a row (NUM-5.3 NTGT)', () => {
  const good = ['0000000001', '1', '99000000015', '100-0001', '架空県架空市一丁目1番1号', '基盤 太郎', '0', '2'];
  const withColumn = (column: (typeof TARGET_COLUMNS)[number], value: string): string[] => good.map((field, index) => (TARGET_COLUMNS[index] === column ? value : field));

  it('NUM-5.3 a good row', () => {
    expect(readTargetRow(good, 2)).toMatchObject({ position: 2, householdRef: '0000000001', addressee: { postalCode: '1000001' }, temporaryAddress: false, itemCount: 2 });
    expect(readTargetRow(withColumn('temporaryAddressFlag', '1'), 2)).toMatchObject({ temporaryAddress: true });
  });

  it.each([
    ['householdRef', '', 'FORMAT'],
    ['lineInHousehold', '0', 'FORMAT'],
    ['residentCode', '9900000001', 'FORMAT'],
    ['residentCode', '99000000014', 'CHECK_DIGIT'],
    ['postalCode', '1234', 'FORMAT'],
    ['address', ' ', 'REQUIRED'],
    ['address', '架'.repeat(301), 'LENGTH'],
    ['addresseeName', '\ufffd太郎', 'ENCODING'],
    ['temporaryAddressFlag', '2', 'FORMAT'],
    ['itemCount', '-1', 'FORMAT'],
  ] as const)('NUM-5.3 %s %j: %s', (column, value, code) => {
    expect(readTargetRow(withColumn(column, value), 9)).toEqual([{ position: 9, field: column, code }]);
  });

  it('NUM-5.3 a row of another length', () => {
    expect(readTargetRow(['x'], 3)).toEqual([{ position: 3, field: 'row', code: 'COLUMN_COUNT' }]);
  });
});

describe('the day and the mail of a list (NUM-3.5)', () => {
  it.each([['2015-10-04', false], ['2015-10-05', true], ['2016-01-20', true], ['2016-01-21', false]])('a list as of %s on 2016-01-20: %s', (day, isOne) => {
    expect(isBaseDate(day, '2016-01-20')).toBe(isOne);
  });

  const set: MailedSet = { state: 'HANDED_TO_CARD', persons: 5, returned: 0, settled: 0 };
  const news = (text: string) => text.split(' ').map((one) => (one === 'R' ? { kind: 'RETURNED', members: 2 } as const : { kind: 'SETTLED', members: Number(one) } as const));
  it.each([
    ['2', 'HANDED_TO_CARD', 0, 2], ['R', 'RETURNED_ITEMS', 1, 0], ['2 R', 'RETURNED_ITEMS', 1, 2], ['R 2', 'RETURNED_ITEMS', 1, 2], ['3 2', 'CLOSED', 0, 5], ['3 R R 2', 'CLOSED', 2, 5], ['3 2 R', 'CLOSED', 1, 5],
  ])('news %s: %s', (text, state, returned, settled) => {
    expect(news(text).reduce(followMailing, set)).toEqual({ ...set, state, returned, settled });
  });
});

describe('delivery targets (NUM-3.5)', () => {
  it('NUM-3.5 hands the list of a municipality to card-issuance, without resident codes, and one event says so', async () => {
    const file = Buffer.concat([...writeDeliveryTargets(households)]);
    const answer = await submit(file);
    expect(answer.status).toBe(202);
    const { setId, rows, sha256 } = submitted.parse(answer.json);
    expect([rows, sha256]).toEqual([300, createHash('sha256').update(file).digest('hex')]);
    const set = await handed(setId);
    expect(set).toMatchObject({ rows: 300, persons: 299, faults: 1 });
    const streams = await connectStreams(estate.natsUrl, 'spec');
    const { events, last } = await estate.eventually(async () => {
      const message = await streams.manager.streams.getMessage(streamName('numbering'), { last_by_subj: notificationListPrepared.subject }).catch(() => null);
      const { state } = await streams.manager.streams.info(streamName('numbering'), { subjects_filter: notificationListPrepared.subject });
      return message !== null && { events: state.subjects?.[notificationListPrepared.subject], last: parseCloudEvent(message.string()) };
    });
    await streams.connection.close();
    expect([events, last.subject, last.data]).toEqual([1, setId, { setId, municipalityCode: '990019', baseDate: '2015-10-05', households: set.households, persons: 299, hash: sha256 }]);
    const faults = await ask('GET', `${SETS}/${setId}/faults`);
    expect(faults.json).toEqual({ faults: [{ line: expect.any(Number), column: 'residentCode', code: 'NOT_NUMBERED' }] });
    const targets = await targetsOf(setId, 40);
    expect(new Set(targets.map(({ personKey }) => personKey))).toEqual(new Set(codes.slice(0, -1).map((code) => register.people.get(code)?.personKey)));
    const sizes = new Map<string, number>();
    for (const { householdRef } of targets) sizes.set(householdRef, (sizes.get(householdRef) ?? 0) + 1);
    expect(sizes.size).toBe(set.households);
    for (const { householdRef, itemCount } of targets) expect(itemCount).toBe(sizes.get(householdRef));
    const first = households[0];
    expect(targets[0]).toMatchObject({ householdRef: first?.ref, lineInHousehold: 1, addresseeName: first?.members[0]?.nameKanji });
    const kept = (await estate.sql<{ row: string }>('SELECT t::text AS row FROM numbering.delivery_target t')).map(({ row }) => row).join('\n');
    expect(codes.some((code) => kept.includes(code))).toBe(false);
    expect(kept).not.toContain(first?.members[0]?.nameKanji ?? '');
    expect(await estate.sql('SELECT FROM numbering.delivery_target WHERE code IS NOT NULL')).toHaveLength(0);
    const audited = await estate.sql("SELECT FROM numbering.audit_line WHERE entry LIKE '%numbering.delivery-target.list%' AND entry LIKE '%' || $1 || '%'", targets[0]?.personKey);
    expect(audited).toHaveLength(1);
  });

  it('NUM-7 every bad row is reported by line, column and code, the good ones go on', async () => {
    const mover = '99123456781';
    register.people.set(mover, { found: true, personKey: randomUUID(), municipalityCode: '990027', status: 'RESIDENT', superseded: false });
    const row = (code: string, over: { postalCode?: string } = {}): string => csvLine(['H1', '1', code, over.postalCode ?? '1000001', '架空県架空市1', '基盤 花子', '0', '6']);
    const [known = '', second = ''] = codes;
    const body = [csvLine(TARGET_COLUMNS), row(known), row(known), row(mover), row('99000000014'), row(second, { postalCode: 'x' }), row(ResidentUnknown), 'short\r\n'].join('');
    const { setId } = submitted.parse((await submit(body)).json);
    expect(await handed(setId)).toMatchObject({ rows: 7, persons: 1, households: 1, faults: 6 });
    const all = [
      { line: 3, column: 'residentCode', code: 'DUPLICATE' },
      { line: 4, column: 'residentCode', code: 'CODE_NOT_YOURS' },
      { line: 5, column: 'residentCode', code: 'CHECK_DIGIT' },
      { line: 6, column: 'postalCode', code: 'FORMAT' },
      { line: 7, column: 'residentCode', code: 'CODE_UNKNOWN' },
      { line: 8, column: 'row', code: 'COLUMN_COUNT' },
    ];
    expect((await ask('GET', `${SETS}/${setId}/faults`)).json).toEqual({ faults: all });
    expect((await targetsOf(setId, 10)).map(({ itemCount }) => itemCount)).toEqual([1]);
  });

  it('NUM-3.5 the same list sent again, at once or later, is the same set; one whose job failed goes on', async () => {
    const body = [csvLine(TARGET_COLUMNS), csvLine(['H9', '1', codes[2] ?? '', '1000001', '架空県架空市9', '基盤 次郎', '0', '1'])].join('');
    const before = await estate.sql('SELECT FROM numbering.delivery_target_set');
    const answers = (await Promise.all([submit(body), submit(body)])).map(({ json }) => submitted.parse(json));
    const setId = answers[0]?.setId ?? '';
    expect(await handed(setId)).toMatchObject({ rows: 1, persons: 1 });
    expect([...answers, submitted.parse((await submit(body)).json)].map((answer) => answer.setId)).toEqual([setId, setId, setId]);
    expect(await estate.sql('SELECT FROM numbering.delivery_target_set')).toHaveLength(before.length + 1);
    expect(await estate.sql('SELECT FROM numbering.delivery_target WHERE household_ref = $1', 'H9')).toHaveLength(1);
    await estate.sql("UPDATE numbering.job SET state = 'FAILED' WHERE id = (SELECT job_id FROM numbering.delivery_target_set WHERE set_id = $1)", setId);
    await estate.sql("UPDATE numbering.delivery_target_set SET state = 'CUT_OFF' WHERE set_id = $1", setId);
    expect(submitted.parse((await submit(body)).json).setId).toBe(setId);
    expect(await handed(setId)).toMatchObject({ rows: 1, persons: 1 });
    expect((await ask('GET', `${SETS}/${setId}/faults?after=3000000000`)).status).toBe(400);
  });

  it('NUM-3.5 follows the envelopes of card-issuance: returned items, then closed, each piece of news once; a temporary address is handed on', async () => {
    const row = (line: number, flag: string): string => csvLine(['H20', String(line), codes[2 + line] ?? '', '1000001', '架空県架空市20', '基盤 三郎', flag, '2']);
    const { setId } = submitted.parse((await submit([csvLine(TARGET_COLUMNS), row(1, '1'), row(2, '0')].join(''))).json);
    expect(await handed(setId)).toMatchObject({ persons: 2, returned: 0, settled: 0 });
    expect((await targetsOf(setId, 10)).map(({ temporaryAddress }) => temporaryAddress)).toEqual([true, false]);
    const actor: Actor = { clientId: 'spec', kind: 'service', organisation: 'numbering' };
    const tell = async <Data>(definition: EventDefinition<Data>, data: Data): Promise<unknown> =>
      estate.running.runners.get('numbering')?.inTransaction('spec.emit', { actor, correlationId: randomUUID() }, async (ctx) => ctx.emit(definition, { aggregateId: randomUUID(), sequence: 1, data }));
    const mailing = (members: number, of: string | undefined = setId) => ({ mailingId: randomUUID(), municipalityCode: '990019', members, ...(of === undefined ? {} : { setId: of }) });
    const becomes = (wanted: object) => estate.eventually(async () => {
      const { state, returned, settled } = setView.parse((await ask('GET', `${SETS}/${setId}`)).json);
      return JSON.stringify({ state, returned, settled }) === JSON.stringify(wanted);
    });
    await tell(mailingPosted, mailing(1));
    await tell(mailingDelivered, mailing(1, randomUUID()));
    await tell(mailingDelivered, { mailingId: randomUUID(), municipalityCode: '990019', members: 1 });
    await tell(mailingReturned, mailing(1));
    await becomes({ state: 'RETURNED_ITEMS', returned: 1, settled: 0 });
    await tell(mailingDelivered, mailing(1));
    await becomes({ state: 'RETURNED_ITEMS', returned: 1, settled: 1 });
    // The consumer is killed after its work and gets everything again.
    await estate.restart();
    await tell(mailingDiscarded, mailing(1));
    await becomes({ state: 'CLOSED', returned: 1, settled: 2 });
    const moves = await estate.sql<{ facts: unknown }>("SELECT entry::jsonb->'facts' AS facts FROM numbering.audit_line WHERE entry::jsonb->>'object' = $1 AND entry LIKE '%\"from\"%' ORDER BY id", `delivery-target-set:${setId}`);
    expect(moves.map(({ facts }) => facts)).toEqual([{ from: 'HANDED_TO_CARD', to: 'RETURNED_ITEMS' }, { from: 'RETURNED_ITEMS', to: 'CLOSED' }]);
    expect(await targetsOf(setId, 10)).toHaveLength(2);
    for (const definition of [mailingCollected, mailingCancelled]) {
      const [{ settled } = { settled: 0 }] = await estate.sql<{ settled: number }>('SELECT settled FROM numbering.delivery_target_set WHERE set_id = $1', setId);
      await tell(definition, mailing(1));
      await becomes({ state: 'CLOSED', returned: 1, settled: settled + 1 });
    }
    expect(await estate.sql('SELECT FROM numbering.dead_letter')).toEqual([]);
  });

  it('NUM-3.5, 4.7 a list is as of the day of the Act or a later one that has come', async () => {
    for (const day of ['2015-10-04', '2016-01-21']) expect([(await submit('x', HERE, day)).status, JSON.stringify((await submit('x', HERE, day)).json)]).toEqual([422, expect.stringContaining('BASE_DATE')]);
  });

  it('NUM-3.5 sets whose upload broke off are dropped with their rows after a day', async () => {
    const broken = randomUUID();
    const insert = 'INSERT INTO numbering.delivery_target_set (set_id, municipality_code, base_date, state, received_at) VALUES ($1, $2, $3, $4, $5)';
    await estate.sql(insert, broken, '990019', '2015-10-05', 'COLLECTING', '2016-01-20T02:00:00Z');
    await estate.sql('INSERT INTO numbering.delivery_target_fault (set_id, position, field, code) VALUES ($1, 2, $2, $3)', broken, 'row', 'COLUMN_COUNT');
    const kept = await estate.sql("SELECT FROM numbering.delivery_target_set WHERE state <> 'COLLECTING'");
    estate.clock.set(new Date('2016-01-22T01:00:00Z'));
    await estate.eventually(async () => (await estate.sql('SELECT FROM numbering.delivery_target_set WHERE set_id = $1', broken)).length === 0);
    expect(await estate.sql('SELECT FROM numbering.delivery_target_fault WHERE set_id = $1', broken)).toHaveLength(0);
    expect(await estate.sql('SELECT FROM numbering.delivery_target_set')).toHaveLength(kept.length);
  });

  it('NUM-5.1 only the municipality itself, and only a file with the header', async () => {
    expect((await submit('x', THERE)).status).toBe(403);
    const malformed = await submit('householdRef,name\r\n1,2\r\n');
    expect([malformed.status, JSON.stringify(malformed.json)]).toEqual([422, expect.stringContaining('FILE_MALFORMED')]);
  });
});

/** A well-formed code that no resident has. */
const ResidentUnknown = '24727059608';
