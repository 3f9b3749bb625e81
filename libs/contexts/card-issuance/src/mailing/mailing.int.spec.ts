import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ResidentCode } from '#kernel';
import type { PersonView } from '#contracts/juki-net';
import type { Actor } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { cardIssuanceModule } from '../card-issuance.module.js';
import { fakeNeighbours } from '../neighbours.fixture.js';
import { envelopeBarcode } from './mailing.js';

// No municipality that the fixture lets delegate.
const TOWN = '990035';
const HERE: Actor = { clientId: 'municipality-990035', kind: 'municipality', organisation: TOWN, operator: 'clerk-1' };
const SECOND: Actor = { ...HERE, operator: 'clerk-2' };
const OPERATOR: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency' };
const MAKER: Actor = { clientId: 'card-maker-1', kind: 'card-maker', organisation: 'maker-1' };
const API = '/api/card-issuance/v1';
const [HEAD, SPOUSE, SHELTERED, ALONE, LATE] = Array.from({ length: 5 }, () => randomUUID()) as [string, string, string, string, string];
const CODES = Array.from({ length: 5 }, (_, index) => { const code = ResidentCode.fromBody(`990000000${index}`); return code; });

const neighbours = fakeNeighbours();
let estate: TestEstate;
const setId = randomUUID();

beforeAll(async () => {
  estate = await startEstate([cardIssuanceModule, ...neighbours.modules], { at: new Date('2015-10-20T01:00:00Z') });
  [HEAD, SPOUSE, SHELTERED, ALONE, LATE].forEach((personKey, index) => {
    const person: PersonView = {
      personKey, factVersion: 1, status: 'RESIDENT', municipalityCode: TOWN, nameKanji: `見本　${index}`, nameKana: 'ミホン', birthDate: '19800331', sex: '1', address: `架空県試験村${index < 3 ? 1 : index}番`, foreignResident: false, ...(index === 4 ? { aliasName: '通称' } : {}),
    };
    neighbours.persons.set(personKey, person);
    neighbours.numbers.set(personKey, `99000000000${index}`);
    neighbours.codes.set(codeOf(index), personKey);
    neighbours.targets.push({
      position: index + 1, householdRef: index < 3 ? 'family' : `single ${index}`, lineInHousehold: index < 3 ? index + 1 : 1, personKey, postalCode: '9990001', address: person.address,
      addresseeName: index < 3 ? '見本　0' : person.nameKanji, temporaryAddress: false, itemCount: 1,
    });
  });
});
afterAll(async () => {
  await estate.stop();
  neighbours.remove();
});

const codeOf = (index: number): string => CODES[index]?.reveal() ?? '';
const post = (path: string, body: unknown, as: Actor = HERE, purpose?: string): Promise<Answer> => estate.request('POST', `${API}${path}`, { as, body, ...(purpose === undefined ? {} : { purpose }) });
const get = (path: string, as: Actor = HERE): Promise<Answer> => estate.request('GET', `${API}${path}`, { as, purpose: 'NOTIFICATION' });
const file = async (path: string, lines: readonly string[], as: Actor = MAKER): Promise<unknown> => {
  const answer = await estate.request('POST', `${API}${path}`, { as, purpose: 'NOTIFICATION', headers: { 'content-type': 'text/csv' }, body: `${lines.join('\r\n')}\r\n` });
  return answer.status === 200 ? answer.json : problemOf(answer);
};
const problemOf = (answer: Answer): string => `${answer.status} ${z.object({ code: z.string().optional() }).parse(answer.json).code ?? ''}`.trim();
const tell = async (context: string, event: string, aggregateId: string, data: unknown): Promise<void> => {
  expect((await post(`/../../${context}/v1/told`, { event, aggregateId, sequence: 1, data }, OPERATOR)).status).toBe(200);
};
interface EnvelopeRow {
  readonly mailing_id: string;
  readonly barcode: string;
  readonly state: string;
  readonly sheets: string[];
  readonly card: string;
}
async function envelopeOf(personKey: string): Promise<EnvelopeRow> {
  const [row] = await estate.sql<EnvelopeRow>(
    `SELECT m.mailing_id, m.barcode, m.state, c.state AS card, (SELECT array_agg(application_id ORDER BY application_id) FROM card_issuance.application_form f WHERE f.mailing_id = m.mailing_id) AS sheets
     FROM card_issuance.mailing m JOIN card_issuance.notification_card c USING (mailing_id) WHERE person_key = $1 ORDER BY mailing_no DESC LIMIT 1`, personKey,
  );
  if (row === undefined) throw new Error('no envelope');
  return row;
}
const stateOf = async (personKey: string): Promise<string> => { const { state, card } = await envelopeOf(personKey); return `${state} ${card}`; };
const move = (personKey: string, to: string, as: Actor = HERE): Promise<Answer> => envelopeOf(personKey).then(({ mailing_id: id }) => post(`/mailings/${id}/transitions`, { to }, as));

describe('delegation (CARD-3.1, 4.1)', () => {
  const body = (startsOn: string): object => ({ municipalityCode: TOWN, tasks: ['NOTIFICATION_CARD_PRINT_MAIL'], startsOn, grantBasis: '交付金決定第1号' });
  const id = (answer: Answer): string => z.object({ delegationId: z.string() }).parse(answer.json).delegationId;

  it('CARD-4.1 drafted by the municipality, in force by the agency; no two at a time, also when two come at once', async () => {
    const both = await Promise.all([post('/delegations', body('2015-10-05')), post('/delegations', body('2015-10-05'), OPERATOR)]);
    expect(both.map(problemOf).sort()).toEqual(['201', '409 OVERLAP']);
    const delegationId = id(both.find(({ status }) => status === 201) ?? both[0]);
    expect(problemOf(await post(`/delegations/${delegationId}/steps/entry-into-force`, {}))).toBe('403 ACTION_NOT_PERMITTED');
    expect(problemOf(await post('/delegations', { ...body('2015-10-05'), municipalityCode: '990019' }))).toBe('403 OUT_OF_JURISDICTION');
    expect(problemOf(await post(`/delegations/${delegationId}/steps/entry-into-force`, {}, OPERATOR))).toBe('200');
    expect(problemOf(await post(`/delegations/${delegationId}/steps/termination`, {}))).toBe('200');
    expect(problemOf(await post('/delegations', body('2015-10-20')))).toBe('409 OVERLAP');
    const next = id(await post('/delegations', body('2015-10-21')));
    expect((await estate.request('PATCH', `${API}/delegations/${next}`, { as: HERE, body: { tasks: ['CALL_CENTRE'] } })).json).toMatchObject({ state: 'DRAFT', tasks: ['CALL_CENTRE'] });
    expect(problemOf(await post(`/delegations/${next}/steps/termination`, {}))).toBe('200');
  });

  it('CARD-4.1 a list waits for the delegation; the others of a file are told, and the same file again changes nothing', async () => {
    expect(problemOf(await post('/mailing-plans', { municipalityCode: TOWN, baseDate: '2015-10-05' }))).toBe('409 NOT_DELEGATED');
    await tell('numbering', 'notification-list.prepared', setId, { setId, municipalityCode: TOWN, baseDate: '2015-10-05', households: 3, persons: 5, hash: 'f'.repeat(64) });
    await estate.eventually(async () => (await estate.sql('SELECT 1 FROM card_issuance.mailing_plan WHERE set_id = $1', setId)).length === 1);
    estate.clock.set(new Date('2015-10-22T01:00:00Z'));
    const lines = ['municipalityCode,startsOn,tasks,grantBasis', `${TOWN},2015-10-22,NOTIFICATION_CARD_PRINT_MAIL|CARD_MANUFACTURE,決定`, '990036,2015-10-22,CALL_CENTRE,決定', '990019,2015-10-22,PAINTING,決定', '990027,2015-10-22,CALL_CENTRE,決定', 'x'];
    const errors = [{ line: 3, column: 'municipalityCode', code: 'MUNICIPALITY' }, { line: 4, column: 'tasks', code: 'TASK' }, { line: 5, column: 'municipalityCode', code: 'OVERLAP' }, { line: 6, column: '', code: 'COLUMN_COUNT' }];
    expect(await file('/delegation-files', lines, OPERATOR)).toEqual({ rows: 5, good: 1, unchanged: 0, bad: 4, errors });
    expect(await file('/delegation-files', lines, OPERATOR)).toEqual({ rows: 5, good: 1, unchanged: 1, bad: 4, errors });
    expect(await file('/delegation-files', ['municipalityCode'], OPERATOR)).toBe('422 FILE_MALFORMED');
    expect(problemOf(await post('/mailing-plans', { municipalityCode: TOWN, baseDate: '2015-10-06' }))).toBe('409 LIST_NOT_READY');
  });
});

describe('mailing (CARD-3.2, 4.2, 5)', () => {
  it('CARD-4.2 temporary addresses: what arrived in time, of own residents', async () => {
    const row = (index: number, ground: string, day: string): string => `${codeOf(index)},${ground},9990099,架空県避難所,見本　${index},${day}`;
    expect(await file(`/temporary-address-files?municipalityCode=${TOWN}`, ['residentCode,ground,postalCode,address,addresseeName,arrivedOn', row(2, 'PROTECTED', '2015-09-25'), row(3, 'EVACUEE', '2015-09-26'), row(4, 'LAZY', '2015-09-25')], HERE))
      .toMatchObject({ good: 1, errors: [{ line: 3, column: 'arrivedOn', code: 'AFTER_PERIOD' }, { line: 4, column: 'ground' }] });
    const single = { municipalityCode: TOWN, residentCode: codeOf(4), ground: 'IN_PATIENT', postalCode: '9990088', address: '架空病院', addresseeName: '見本　4', arrivedOn: '2015-08-24' };
    expect(problemOf(await post('/temporary-addresses', { ...single, arrivedOn: '2015-08-23' }, HERE, 'NOTIFICATION'))).toBe('400 INVALID_INPUT');
    expect((await post('/temporary-addresses', single, HERE, 'NOTIFICATION')).json).toEqual({ personKey: LATE });
    expect(problemOf(await post('/temporary-addresses', { ...single, municipalityCode: '990019' }, { ...HERE, organisation: '990019' }, 'NOTIFICATION'))).toBe('400 INVALID_INPUT');
    const stored = await estate.sql<{ row: string }>("SELECT encode(destination, 'escape') AS row FROM card_issuance.temporary_address");
    expect(stored.some(({ row: text }) => text.includes('避難'))).toBe(false);
  });

  it('CARD-4.2 planned, in lots; the print file has the items of the card for the contractor alone', async () => {
    const start = (): Promise<Answer> => post('/mailing-plans', { municipalityCode: TOWN, baseDate: '2015-10-05' });
    expect((await start()).json).toMatchObject({ items: [{ setId, state: 'PLANNING', persons: 5 }] });
    const plan = await estate.eventually(async () => { const { json } = await get(`/mailing-plans/${setId}`); return (json as { state: string }).state === 'PLANNED' ? json : undefined; });
    expect(plan).toMatchObject({ plannedPersons: 5, states: [{ state: 'PLANNED', envelopes: 4 }], lots: [{ lotNo: 1, envelopes: 4 }] });
    expect((await start()).json).toMatchObject({ items: [{ state: 'PLANNED' }] });
    const path = `/mailing-plans/${setId}/lots/1/print-file`;
    expect(problemOf(await get(path))).toBe('403 ACTION_NOT_PERMITTED');
    const lines = (await get(path, MAKER)).bytes.toString().split('\r\n');
    expect(lines).toHaveLength(7);
    expect(lines[1]).toMatch(/^\d{20},1,2,9990001,架空県試験村1番,見本　0,\d{23},見本　0,,架空県試験村1番,19800331,1,990000000000,2015-10-22,REGISTERED_MAIL,true$/);
    expect(lines[3]).toMatch(/,1,1,9990099,架空県避難所,見本　2,/);
    expect(lines[5]).toMatch(/,9990088,架空病院,見本　4,\d{23},見本　4,通称,架空県試験村4番,/);
    // One card in force a person, whoever plans what.
    await expect(estate.sql('UPDATE card_issuance.notification_card SET person_key = $1 WHERE person_key = $2', HEAD, ALONE)).rejects.toThrow('notification_card_open');
    const [line] = await estate.sql<{ entry: string }>("SELECT entry FROM card_issuance.audit_line WHERE entry LIKE '%mailing.print-file%' AND entry LIKE '%DONE%'");
    expect(line?.entry).toContain(SHELTERED);
  });

  it('CARD-4.2 the inserter reads every sheet: a foreign or missing one spoils the envelope, which is printed again; the same feed again changes nothing', async () => {
    const [family, shelter, alone, late] = [await envelopeOf(HEAD), await envelopeOf(SHELTERED), await envelopeOf(ALONE), await envelopeOf(LATE)];
    const rows = (envelope: EnvelopeRow, sheets: readonly string[], at: string): string[] => sheets.map((sheet) => `${envelope.barcode},${sheet},2015-10-22T00:${at}:00Z`);
    const feed = ['barcode,applicationId,at', ...rows(family, family.sheets, '10'), ...rows(shelter, alone.sheets, '11'), ...rows(alone, alone.sheets, '12'), ...rows(late, late.sheets, '13'), `${envelopeBarcode(TOWN, 9_999_999, 1)},${alone.sheets[0] ?? ''},2015-10-22T00:14:00Z`];
    const errors = [{ line: 4, column: 'applicationId', code: 'SHEET_FOREIGN' }, { line: 7, column: 'barcode', code: 'UNKNOWN_BARCODE' }];
    expect(await file('/mailing-inserter-feeds', feed)).toEqual({ rows: 6, good: 4, unchanged: 0, bad: 2, errors });
    expect([await stateOf(HEAD), await stateOf(SHELTERED), await stateOf(ALONE)]).toEqual(['PRINTED ISSUED', 'SPOILED ISSUED', 'PRINTED ISSUED']);
    expect(await file('/mailing-inserter-feeds', feed)).toEqual({ rows: 6, good: 4, unchanged: 4, bad: 2, errors });
    expect((await get(`/mailing-plans/${setId}/lots/1/print-file`, MAKER)).bytes.toString().split('\r\n')).toHaveLength(3);
    expect(await file('/mailing-inserter-feeds', ['barcode,applicationId,at', ...rows(shelter, shelter.sheets, '40')])).toMatchObject({ good: 1, unchanged: 0 });
    expect(await stateOf(SHELTERED)).toBe('PRINTED ISSUED');
  });

  it('CARD-5 posting list and results: out of order, repeated, unknown; every bad row is told', async () => {
    const results = ['trackingNo,status,at', 'TRACK-0001,DELIVERED,2015-10-25T09:00:00+09:00', 'TRACK-0001,HELD_AT_POST,2015-10-23T09:00:00+09:00', 'TRACK-0002,EATEN,2015-10-25T09:00:00+09:00', 'TRACK-0003,HELD_AT_POST,2015-10-23T09:00:00+09:00'];
    estate.clock.set(new Date('2015-10-31T01:00:00Z'));
    const early = await file('/mailing-carrier-results', results);
    expect(early).toMatchObject({ good: 0, errors: [{ line: 2, code: 'NOT_POSTED_YET' }, { line: 3 }, { line: 4, column: 'status', code: 'STATUS' }, { line: 5 }] });
    const barcodes = await Promise.all([HEAD, ALONE, SHELTERED].map(async (key) => (await envelopeOf(key)).barcode));
    const postings = ['barcode,postedOn,trackingNo', ...barcodes.map((barcode, index) => `${barcode},2015-10-22,TRACK-000${index + 1}`), `${(await envelopeOf(LATE)).barcode},2015-10-22,TRACK-0001`];
    const listed = { good: 3, errors: [{ line: 5, column: 'trackingNo', code: 'TRACKING_NO_USED' }] };
    expect(await file('/mailing-posting-lists', postings)).toMatchObject({ ...listed, unchanged: 0 });
    expect([await stateOf(HEAD), await stateOf(SPOUSE), await stateOf(ALONE), await stateOf(SHELTERED)]).toEqual(['DELIVERED IN_FORCE', 'DELIVERED IN_FORCE', 'POSTED ISSUED', 'HELD_AT_POST ISSUED']);
    expect(await file('/mailing-posting-lists', postings)).toMatchObject({ ...listed, unchanged: 3 });
    expect(await file('/mailing-carrier-results', results)).toMatchObject({ good: 3, unchanged: 3 });
    expect((await get(`/mailing-figures?municipalityCode=${TOWN}`)).json).toMatchObject({ envelopes: 4, delivered: 1, deliveredShare: 25, heldTooLong: 1 });
    expect(await file('/mailing-carrier-results', ['trackingNo,status,at', 'TRACK-0003,RETURNED,2015-10-31T09:00:00+09:00', 'TRACK-0001,RETURNED,2015-10-31T09:00:00+09:00'])).toMatchObject({ good: 1, errors: [{ line: 3, column: 'status', code: 'BAD_STATE' }] });
    expect(await estate.sql("SELECT 1 FROM card_issuance.carrier_result")).toEqual([]);
  });

  it('CARD-4.2, 8 the return desk: the reason, why it came back, the letter; kept for three months, discarded by two, issued again for 500 yen', async () => {
    const { barcode, mailing_id: mailingId } = await envelopeOf(ALONE);
    const scan = { barcode, reason: 'HOLD_EXPIRED', scannedAt: '2015-10-31T00:30:00Z' };
    expect((await post('/mailing-return-scans', scan)).json).toEqual({ mailingId, state: 'RETURNED' });
    expect((await post('/mailing-return-scans', { ...scan, reason: 'NO_SUCH_ADDRESSEE' })).json).toEqual({ mailingId, state: 'RETURNED' });
    const findings = async (): Promise<unknown> => (await get(`/mailings/${mailingId}/return-case`)).json;
    expect(await findings()).toMatchObject({ reason: 'NO_SUCH_ADDRESSEE', keptUntil: '2016-01-31', advice: 'INVITE_TO_COUNTER', letter: expect.stringContaining('2016年1月31日') as string });
    const person = neighbours.persons.get(ALONE);
    if (person !== undefined) neighbours.persons.set(ALONE, { ...person, municipalityCode: '990019' });
    expect(await findings()).toMatchObject({ members: [{ finding: 'MOVED_AWAY', presentMunicipality: '990019' }], advice: 'ASK_NEW_MUNICIPALITY' });
    neighbours.protected.add(ALONE);
    expect(JSON.stringify(await findings())).not.toContain('990019');
    neighbours.protected.delete(ALONE);
    if (person !== undefined) neighbours.persons.set(ALONE, person);
    expect(problemOf(await get(`/mailings/${(await envelopeOf(HEAD)).mailing_id}/return-case`))).toBe('409 BAD_STATE');
    expect(problemOf(await move(ALONE, 'INVESTIGATING'))).toBe('200');
    expect(problemOf(await move(ALONE, 'DISCARD_DUE'))).toBe('409 RETENTION_RUNS');
    const retention = (months: number): Promise<Answer> => estate.request('PUT', `${API}/return-retentions/${TOWN}`, { as: HERE, body: { months } });
    expect([problemOf(await retention(2)), problemOf(await retention(4))]).toEqual(['400 INVALID_INPUT', '200']);
    estate.clock.set(new Date('2016-02-28T14:59:00Z'));
    expect(problemOf(await move(ALONE, 'DISCARD_DUE'))).toBe('409 RETENTION_RUNS');
    estate.clock.set(new Date('2016-02-28T15:01:00Z'));
    expect(problemOf(await move(ALONE, 'DISCARD_DUE'))).toBe('200');
    expect([problemOf(await move(ALONE, 'DISCARDED')), problemOf(await move(ALONE, 'DISCARDED', SECOND)), await stateOf(ALONE)]).toEqual(['409 SAME_PERSON', '200', 'DISCARDED INVALID']);
    const reissue = { personKey: ALONE, postalCode: '9990001', addresseeName: '見本　3' };
    expect(problemOf(await post('/notification-cards/reissues', { ...reissue, ground: 'LOST' }, HERE, 'NOTIFICATION'))).toBe('409 NOTHING_LOST');
    const again = await Promise.all([1, 2].map(() => post('/notification-cards/reissues', { ...reissue, ground: 'DISCARDED' }, HERE, 'NOTIFICATION')));
    expect(again.map(problemOf).sort()).toEqual(['201', '409 NOTHING_LOST']);
    const issued = z.object({ reissueId: z.string(), feeYen: z.number() }).parse(again.find(({ status }) => status === 201)?.json);
    expect([issued.feeYen, await stateOf(ALONE)]).toEqual([500, 'PLANNED ISSUED']);
    expect((await get(`/mailing-plans/${issued.reissueId}/lots/1/print-file`, MAKER)).bytes.toString()).toContain('架空県試験村3番');
  });

  it('CARD-3.2 lost, issued again; a new number ends the card of the former one, told twice or not', async () => {
    const lose = (): Promise<Answer> => post('/notification-cards/losses', { personKey: HEAD }, HERE, 'NOTIFICATION');
    expect([problemOf(await lose()), problemOf(await lose())]).toEqual(['200', '409 NOTHING_LOST']);
    expect(problemOf(await post('/notification-cards/reissues', { personKey: HEAD, postalCode: '9990001', addresseeName: '見本', ground: 'LOST' }, HERE, 'NOTIFICATION'))).toBe('201');
    const data = { personKey: SPOUSE, oldAssignmentId: randomUUID(), newAssignmentId: randomUUID(), ground: 'CHANGE_ON_REQUEST', at: '2016-02-28T15:00:00Z' };
    await tell('numbering', 'number.changed', data.newAssignmentId, data);
    await tell('numbering', 'number.changed', randomUUID(), data);
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM card_issuance.inbox WHERE consumer LIKE '%notification-card-number%'")).length === 2);
    expect(await stateOf(SPOUSE)).toBe('DELIVERED SURRENDERED');
    expect((await post('/notification-cards/reissues', { personKey: SPOUSE, postalCode: '9990001', addresseeName: '見本', ground: 'NUMBER_CHANGED' }, HERE, 'NOTIFICATION')).json).toMatchObject({ feeYen: 0 });
    expect((await get(`/notification-cards?personKey=${SPOUSE}`)).json).toMatchObject({ items: [{ state: 'ISSUED', numberVersion: 2 }, { state: 'SURRENDERED', numberVersion: 1 }] });
  });

  it('CARD-3.2 a returned envelope is posted again under another number of the carrier and arrives', async () => {
    const { mailing_id: mailingId } = await envelopeOf(SHELTERED);
    expect(problemOf(await move(SHELTERED, 'INVESTIGATING'))).toBe('200');
    const repost = (trackingNo: string): Promise<Answer> => post(`/mailings/${mailingId}/transitions`, { to: 'REPOSTED', trackingNo });
    expect([problemOf(await repost('TRACK-0001')), problemOf(await repost('TRACK-0009'))]).toEqual(['400 INVALID_INPUT', '200']);
    estate.clock.set(new Date('2016-02-28T16:30:00Z'));
    expect(await file('/mailing-carrier-results', ['trackingNo,status,at', 'TRACK-0009,DELIVERED,2016-02-29T01:00:00+09:00'])).toMatchObject({ good: 1 });
    expect(await stateOf(SHELTERED)).toBe('DELIVERED IN_FORCE');
  });

  it('CARD-6 figures of a day stay what they were, also when the days before are summed up', async () => {
    const that = async (): Promise<unknown> => (await get(`/mailing-figures?municipalityCode=${TOWN}&day=2015-10-31`, OPERATOR)).json;
    const before = await that();
    expect(before).toMatchObject({ envelopes: 4, posted: 3, delivered: 1, returned: 2, returnedShare: 50, thatDay: { returned: 2 } });
    const rows = async (): Promise<number> => (await estate.sql("SELECT 1 FROM card_issuance.mailing_tally WHERE day < '2016-02-29' AND municipality_code = $1", TOWN)).length;
    const many = await rows();
    await estate.sql("INSERT INTO card_issuance.mailing_tally SELECT municipality_code, day, state, 0, 0 FROM card_issuance.mailing_tally WHERE day = '2015-10-31'");
    await estate.sql("DELETE FROM card_issuance.cursor WHERE name = 'schedule:mailing-tally'");
    await estate.eventually(async () => (await rows()) <= many);
    expect(await that()).toEqual(before);
  });
});
