import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { cardAbolished, cardCollected } from '#contracts/card-issuance';
import { linkByNumber, linkByPersons, numberChanged, statusByNumber } from '#contracts/numbering';
import type { Answer } from '#testing';
import type { Actor, Peers } from '#platform';
import { AGENCY, API, codeOf, COLLEAGUE, HERE, Stewardship, THERE, type Resident } from '../stewardship.fixture.js';

const spec = new Stewardship();
const call = { correlationId: 'spec-change', purpose: 'IDENTITY_INFORMATION' };
const PURPOSE = 'NUMBER_CHANGE';
const view = z.object({ caseId: z.uuid(), state: z.string(), newAssignmentId: z.uuid().optional() });
const numbered = z.object({ assignmentId: z.uuid(), number: z.string(), state: z.string() });
let juki: Peers;
let agency: Peers;

beforeAll(async () => {
  await spec.start();
  juki = spec.service({ clientId: 'svc-juki-net', kind: 'service', organisation: 'juki-net' });
  agency = spec.service(AGENCY);
});
afterAll(async () => {
  juki.close();
  agency.close();
  await spec.estate.stop();
});

const filing = (individualNumber: string, more: Record<string, unknown> = {}) =>
  ({ filingId: randomUUID(), municipalityCode: '990019', individualNumber, kind: 'ON_REQUEST', occasion: 'CARD_STOLEN', statement: '盗難に遭いました', identityCheck: 'NOTICE_AND_PHOTO', ...more });
const file = (individualNumber: string, more: Record<string, unknown> = {}, as: Actor = HERE): Promise<Answer> => spec.post('/change-cases', filing(individualNumber, more), as, PURPOSE);
const step = (caseId: string, name: string, body: unknown = {}, as: Actor = COLLEAGUE): Promise<Answer> => spec.post(`/change-cases/${caseId}/${name}`, body, as, PURPOSE);
const evidence = (caseId: string, more = {}): Promise<Answer> => step(caseId, 'evidence', { leaked: true, misuseRisk: true, evidence: '被害届\n受理番号あり', ...more });

async function granted(resident: Resident, more: Record<string, unknown> = {}): Promise<string> {
  const { caseId } = view.parse((await file(resident.number, more)).json);
  await evidence(caseId);
  await step(caseId, 'decision', { decision: 'GRANTED' });
  return caseId;
}

describe('another number after a leak (NUM-3.3, NUM-4.8)', () => {
  it('from the filing to the closed case: one person, two generations, the former number superseded with its date', async () => {
    const resident = await spec.resident();
    const { code, personKey, assignmentId: oldAssignmentId, number: former } = resident;
    const filed = view.parse((await file(former)).json);
    expect(filed.state).toBe('FILED');
    const { caseId } = filed;
    expect(codeOf(await spec.ask(code, { caseId }))).toBe('409 CASE_NOT_GRANTED');
    expect(view.parse((await evidence(caseId)).json).state).toBe('EVIDENCE');
    expect(codeOf(await step(caseId, 'decision', { decision: 'GRANTED' }, HERE))).toBe('409 SAME_OFFICER');
    expect(view.parse((await step(caseId, 'decision', { decision: 'GRANTED' })).json).state).toBe('GRANTED');
    const answers = await Promise.all([1, 2, 3].map(() => spec.ask(code, { caseId, requestId: `change-${caseId.slice(0, 8)}` })));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    const changed = numbered.parse(answers[0]?.json);
    for (const { json } of answers) expect(numbered.parse(json)).toEqual(changed);
    expect(changed.number).not.toBe(former);
    const event = await spec.told(numberChanged, changed.assignmentId);
    expect(event).toMatchObject({ sequence: '1', data: { personKey, oldAssignmentId, newAssignmentId: changed.assignmentId, ground: 'CHANGE_ON_REQUEST' } });
    expect((await juki.call(linkByPersons, call, { personKeys: [personKey] })).links).toEqual([{ personKey, number: changed.number, seq: 2, state: 'DESIGNATED' }]);
    const superseded = { found: true, state: 'SUPERSEDED', since: event.data.at };
    expect(await juki.call(linkByNumber, call, { number: former })).toEqual({ ...superseded, personKey, residentCode: '' });
    expect(await agency.call(statusByNumber, { ...call, purpose: 'NUMBER_VERIFICATION' }, { number: former })).toEqual(superseded);
    expect(await spec.estate.sql('SELECT seq, state FROM numbering.code_number_link WHERE person_key = $1 ORDER BY seq', personKey)).toEqual([{ seq: 1, state: 'CLOSED' }, { seq: 2, state: 'OPEN' }]);
    expect((await spec.uniqueness()).json).toMatchObject({ violations: 0 });
    expect(codeOf(await step(caseId, 'closure'))).toBe('409 CASE_STATE');
    for (const proof of [{}, { cardSerial: '0123456789ABCDEF', noCard: 'LOST' }, { noCard: 'SOLD' }, { cardSerial: 'x' }]) expect(codeOf(await step(caseId, 'consequences', proof))).toBe('400 INVALID_INPUT');
    const { operator: _clerk, ...unnamed } = HERE;
    expect(codeOf(await step(caseId, 'consequences', { noCard: 'LOST' }, unnamed))).toBe('403 OPERATOR_NOT_ASSERTED');
    expect(view.parse((await step(caseId, 'consequences', { noCard: 'NEVER_ISSUED' })).json).state).toBe('CONSEQUENCES_DONE');
    expect(await spec.estate.sql('SELECT no_card, card_serial, settled_by FROM numbering.change_case WHERE case_id = $1', caseId)).toEqual([{ no_card: 'NEVER_ISSUED', card_serial: null, settled_by: 'clerk-2@municipality-990019' }]);
    expect(view.parse((await step(caseId, 'closure')).json)).toMatchObject({ state: 'CLOSED', newAssignmentId: changed.assignmentId });
    expect((await spec.estate.request('GET', `${API}/assignments/${oldAssignmentId}`, { as: HERE, purpose: PURPOSE })).json).toMatchObject({ state: 'SUPERSEDED', moves: [{ cause: 'CHANGE_ON_REQUEST' }] });
    const stored = await spec.estate.sql<{ evidence: Buffer }>('SELECT evidence FROM numbering.change_case WHERE case_id = $1', caseId);
    expect(stored[0]?.evidence.includes(Buffer.from('受理'))).toBe(false);
    const audited = await spec.estate.sql("SELECT FROM numbering.audit_line WHERE entry LIKE '%change-case:' || $1 || '%' AND entry LIKE '%' || $2 || '%'", caseId, personKey);
    expect(audited).toHaveLength(6);
  });

  it('the card with the former number does the last step, ex officio too; an older card of the person and another person\'s do not', async () => {
    const resident = await spec.resident();
    const caseId = await granted(resident, { kind: 'EX_OFFICIO', identityCheck: undefined, occasion: 'DISCLOSED' });
    expect((await spec.ask(resident.code, { caseId })).status).toBe(201);
    const [former, expired] = ['0123456789ABCDEF', '0000000000000001'];
    const card = (personKey: string, cardSerial = former) => ({ cardSerial, personKey, municipalityCode: '990019', from: 'ABOLISHED', to: 'COLLECTED' } as const);
    const state = async () => view.parse((await spec.estate.request('GET', `${API}/change-cases/${caseId}`, { as: HERE, purpose: PURPOSE })).json).state;
    const handled = (events: number) => spec.estate.eventually(async () => (await spec.estate.sql("SELECT FROM numbering.inbox WHERE consumer IN ('numbering-cards', 'numbering-abolished-cards')")).length === events);
    const [{ count: before } = { count: 0 }] = await spec.estate.sql<{ count: number }>("SELECT count(*)::int AS count FROM numbering.inbox WHERE consumer IN ('numbering-cards', 'numbering-abolished-cards')");
    // Nothing has told yet which card carries the former number.
    await spec.emit('numbering', cardCollected, 'x', card(resident.personKey));
    await handled(before + 1);
    await spec.emit('numbering', cardAbolished, 'w', { ...card(resident.personKey, expired), from: 'ACTIVE', to: 'ABOLISHED', reason: 'LOST' });
    await spec.emit('numbering', cardAbolished, 'x', { ...card(resident.personKey), from: 'ACTIVE', to: 'ABOLISHED', reason: 'NUMBER_CHANGED' });
    await handled(before + 3);
    await spec.emit('numbering', cardCollected, 'x', card(randomUUID()));
    await spec.emit('numbering', cardCollected, 'z', card(resident.personKey, expired));
    await handled(before + 5);
    expect(await state()).toBe('NEW_NUMBER_DESIGNATED');
    for (const proof of [{ cardSerial: expired }, { noCard: 'NEVER_ISSUED' }]) expect(codeOf(await step(caseId, 'consequences', proof))).toBe('409 CARD_NOT_RETURNED');
    await spec.emit('numbering', cardCollected, 'y', card(resident.personKey));
    await spec.emit('numbering', cardCollected, 'y', card(resident.personKey));
    await spec.estate.eventually(async () => (await state()) === 'CONSEQUENCES_DONE');
    expect(await spec.estate.sql('SELECT card_serial FROM numbering.change_case WHERE case_id = $1', caseId)).toEqual([{ card_serial: former }]);
    expect(await spec.estate.sql('SELECT FROM numbering.dead_letter')).toEqual([]);
  });

  it('NUM-3.3 no ground: a leak without risk, a marriage; a denial needs written reasons; afterwards another case may be filed', async () => {
    const { number, code } = await spec.resident();
    const { caseId } = view.parse((await file(number, { occasion: 'MARRIAGE' })).json);
    expect(codeOf(await step(caseId, 'decision', { decision: 'GRANTED' }))).toBe('409 CASE_STATE');
    await evidence(caseId);
    expect(codeOf(await step(caseId, 'decision', { decision: 'GRANTED' }))).toBe('422 NO_GROUND');
    expect(codeOf(await step(caseId, 'decision', { decision: 'DENIED' }))).toBe('400 INVALID_INPUT');
    expect(view.parse((await step(caseId, 'decision', { decision: 'DENIED', reasons: '漏えいの事実がない' })).json).state).toBe('DENIED');
    expect(codeOf(await spec.ask(code, { caseId }))).toBe('409 CASE_NOT_GRANTED');
    const again = view.parse((await file(number)).json);
    await evidence(again.caseId, { misuseRisk: false });
    expect(codeOf(await step(again.caseId, 'decision', { decision: 'GRANTED' }))).toBe('422 NO_GROUND');
  });

  it('the same filing has the same answer; one open case a person', async () => {
    const { number } = await spec.resident();
    const filingId = randomUUID();
    const twins = await Promise.all([1, 2, 3, 4].map(() => file(number, { filingId })));
    expect(new Set(twins.map(({ json }) => view.parse(json).caseId)).size).toBe(1);
    expect(codeOf(await file(number))).toBe('409 CASE_OPEN');
    expect(codeOf(await file((await spec.resident()).number, { filingId }))).toBe('409 REQUEST_ID_REUSED');
  });

  it('only the municipality of residence; a stranger\'s number and nobody\'s are answered alike', async () => {
    const { number, personKey } = await spec.resident();
    expect(codeOf(await file(number, {}, THERE))).toBe('403 OUT_OF_JURISDICTION');
    const elsewhere = await file(number, { municipalityCode: '990027' }, THERE);
    const nobody = await file('990000000019', { municipalityCode: '990027' }, THERE);
    expect([codeOf(elsewhere), codeOf(nobody)]).toEqual(['409 NOT_RESIDENCE', '409 NOT_RESIDENCE']);
    expect(codeOf(await file('990000000018'))).toBe('422 NUMBER_FAULT');
    expect(codeOf(await spec.post('/change-cases', filing(number), HERE, 'NUMBER_DESIGNATION'))).toBe('403 PURPOSE_NOT_PERMITTED');
    const { caseId } = view.parse((await file(number)).json);
    expect(codeOf(await step(caseId, 'evidence', { leaked: true, misuseRisk: true, evidence: 'x' }, THERE))).toBe('403 OUT_OF_JURISDICTION');
    expect(codeOf(await spec.estate.request('GET', `${API}/change-cases/${caseId}`, { as: THERE, purpose: PURPOSE }))).toBe('403 OUT_OF_JURISDICTION');
    expect(await spec.estate.sql("SELECT FROM numbering.audit_line WHERE entry LIKE '%OUT_OF_JURISDICTION%'")).toHaveLength(3);
    spec.register.persons.delete(personKey);
    expect(codeOf(await file(number))).toBe('409 NOT_RESIDENCE');
  });

  it.each([
    ['no identity check on request', { identityCheck: undefined }], ['an identity check ex officio', { kind: 'EX_OFFICIO' }], ['NUL in the text', { statement: 'a\0b' }], ['blanks', { statement: '　 ' }], ['a number in the text', { statement: '個人番号は 1234-5678-9018 です' }],
    ['an unknown occasion', { occasion: 'LUCK' }], ['a filing id with a slash', { filingId: 'a/b' }], ['eleven digits', { individualNumber: '99000000001' }],
  ])('refuses bad input: %s', async (_case, over) => {
    expect(codeOf(await spec.post('/change-cases', { ...filing('990000000019'), ...over }, HERE, PURPOSE))).toBe('400 INVALID_INPUT');
  });

  it('CHANGE needs a case, NEW must not have one; a case serves one change and its own person', async () => {
    const [one, other] = [await spec.resident(), await spec.resident()];
    const caseId = await granted(one);
    const body = { requestId: 'bad', municipalityCode: '990019', residentCode: one.code };
    expect(codeOf(await spec.post('/requests', { ...body, kind: 'CHANGE' }, HERE, 'NUMBER_DESIGNATION'))).toBe('400 INVALID_INPUT');
    expect(codeOf(await spec.post('/requests', { ...body, kind: 'NEW', caseId }, HERE, 'NUMBER_DESIGNATION'))).toBe('400 INVALID_INPUT');
    expect(codeOf(await spec.ask(other.code, { caseId }))).toBe('409 CASE_NOT_GRANTED');
    expect(codeOf(await spec.ask(one.code, { caseId: randomUUID() }))).toBe('409 CASE_NOT_GRANTED');
    const rivals = await Promise.all([1, 2, 3, 4].map(() => spec.ask(one.code, { caseId })));
    expect(rivals.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    expect(await spec.estate.sql('SELECT FROM numbering.assignment WHERE person_key = $1', one.personKey)).toHaveLength(2);
    expect((await spec.uniqueness()).json).toMatchObject({ violations: 0 });
  });

  it('no change of a number that sleeps: nothing is drawn', async () => {
    const resident = await spec.resident();
    const caseId = await granted(resident);
    await spec.tell(resident.personKey, 'moved-out', 3);
    await spec.becomes(resident.assignmentId, 'DORMANT');
    const before = await spec.estate.sql('SELECT FROM numbering.number_ledger');
    expect(codeOf(await spec.ask(resident.code, { caseId }))).toBe('409 ASSIGNMENT_STATE');
    expect(await spec.estate.sql('SELECT FROM numbering.number_ledger')).toHaveLength(before.length);
    expect(codeOf(await file(resident.number, { filingId: 'other' }))).toBe('409 ASSIGNMENT_STATE');
  });
});
