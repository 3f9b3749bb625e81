import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { getPersons, inquire, resolveCodes } from '#contracts/juki-net';
import { candidateDelivered, linkByPersons, listBatchLinks, numberDesignated, numberingProto } from '#contracts/numbering';
import { IndividualNumber, ResidentCode } from '#kernel';
import { type Actor, type ContextModule, Peers, platformProblems, registry, route, type UseCase, useCase } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { jukiNetModule } from '#contexts/juki-net';
import { legalOfficer } from './inquiry/legal-officer.fixture.js';

const townA: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019', operator: 'clerk-1' };
const townB: Actor = { clientId: 'municipality-990027', kind: 'municipality', organisation: '990027' };
const pension: Actor = { clientId: 'agency-pension', kind: 'national-agency', organisation: 'pension', operator: 'p-77' };
const operator = (officer: string): Actor => ({ clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: officer });
const API = '/api/juki-net/v1';
const REGISTER = 'RESIDENT_REGISTER';
const PENSION = 'PENSION_CURRENT_STATUS';

/** Numbering, as far as this context sees it: links by person, the pages of a batch, and its two events. */
const links = new Map<string, { number: string; seq: number }>();
const batch = new Map<string, string[]>();
/** Pages of batches that are not answered, since numbering is away. */
let unanswered = 0;
const fakeNumbering: ContextModule = {
  name: 'numbering', title: 'fake', migrations: pathToFileURL(`${mkdtempSync(join(tmpdir(), 'kiban-none-'))}/`), proto: numberingProto, events: [numberDesignated, candidateDelivered],
  policy: [
    { action: 'numbering.link.by-persons', institution: 'service', purposes: ['IDENTITY_INFORMATION'], scope: 'nation', basis: 'test' },
    { action: 'numbering.link.list', institution: 'service', purposes: ['IDENTITY_INFORMATION'], scope: 'nation', basis: 'test' },
    { action: 'numbering.test.emit', institution: 'operator', scope: 'nation', basis: 'test' },
  ],
  build: () => ({ http: [route('POST', '/emit', emitFake)], grpc: { 'Numbering.LinkByPersons': byPersonsFake, 'Numbering.ListBatchLinks': listFake }, subscriptions: [], jobs: [], schedules: [] }),
};
const linkOf = (personKey: string) => ({ personKey, state: 'DESIGNATED', ...(links.get(personKey) ?? { number: '', seq: 0 }) });
const byPersonsFake: UseCase = {
  spec: useCase({ action: 'numbering.link.by-persons', kind: 'question', summary: '', input: linkByPersons.input, output: linkByPersons.output, refusals: [] }),
  execute: async (_ctx, input) => ({ links: linkByPersons.input.parse(input).personKeys.filter((key) => links.has(key)).map(linkOf) }),
};
const listFake: UseCase = {
  spec: useCase({ action: 'numbering.link.list', kind: 'question', summary: '', input: listBatchLinks.input, output: listBatchLinks.output, refusals: [] }),
  execute: async (_ctx, input) => {
    if (unanswered > 0) {
      unanswered -= 1;
      throw platformProblems.refuse('UNAVAILABLE');
    }
    const { batchId, after = 0 } = listBatchLinks.input.parse(input);
    const keys = batch.get(batchId) ?? [];
    const page = keys.slice(after, after + 1);
    return { links: page.map((key, index) => ({ ...linkOf(key), line: after + index + 1 })), ...(after + 1 < keys.length ? { next: after + 1 } : {}) };
  },
};
const emitted = z.union([z.object({ designated: numberDesignated.data }), z.object({ delivered: candidateDelivered.data })]);
const emitFake: UseCase = {
  spec: useCase({ action: 'numbering.test.emit', kind: 'command', summary: '', input: emitted, output: z.object({}), refusals: [] }),
  execute: async (ctx, input) => {
    const what = emitted.parse(input);
    if ('designated' in what) ctx.emit(numberDesignated, { aggregateId: what.designated.assignmentId, sequence: 1, data: what.designated });
    else ctx.emit(candidateDelivered, { aggregateId: what.delivered.batchId, sequence: 1, data: what.delivered });
    return {};
  },
};

let estate: TestEstate;
let peers: Record<'svc-numbering' | 'svc-card-issuance' | 'agency-pension', Peers>;
beforeAll(async () => {
  estate = await startEstate([jukiNetModule, fakeNumbering], { at: new Date('2016-01-20T01:00:00Z') });
  const as = (actor: Actor): Peers => new Peers(estate.config, { token: () => estate.token(actor) });
  const service = (organisation: string): Peers => as({ clientId: `svc-${organisation}`, kind: 'service', organisation });
  peers = { 'svc-numbering': service('numbering'), 'svc-card-issuance': service('card-issuance'), 'agency-pension': as(pension) };
});
afterAll(async () => {
  for (const peer of Object.values(peers)) peer.close();
  await estate.stop();
});

const code = (serial: number): string => ResidentCode.fromBody(`99${String(serial).padStart(8, '0')}`).reveal();
let municipalSeq = 0;
type Body = Record<string, unknown>;
function notice(over: Body): Body {
  municipalSeq += 1;
  return {
    municipalSeq, residentCode: code(1), personSeq: 1, changeReason: '14', changeDate: '20151005', nameKanji: '見本　太郎', nameKana: 'ミホン　タロウ', aliasName: '',
    birthDate: '19800101', sex: '1', address: '架空県試験市見本町2-3-4', townCode: '', postalCode: '0000001', municipalityCode: '990019', previousMunicipalityCode: '', ...over,
  };
}
const send = (body: Body, as: Actor = townA): Promise<Answer> => estate.request('POST', `${API}/change-notices`, { as, purpose: REGISTER, body });
const problem = z.object({ code: z.string(), errors: z.array(z.object({ pointer: z.string(), code: z.string() })).optional(), facts: z.record(z.string(), z.unknown()).optional() });
const codeOf = (answer: Answer): string => problem.parse(answer.json).code;
const accepted = z.object({ noticeId: z.uuid(), state: z.string(), repeated: z.boolean(), managementNo: z.string().optional() });

interface PersonRow { person_key: string; fact_version: number; status: string; municipality_code: string; individual_number: Buffer | null }
async function persons(serial: number): Promise<PersonRow[]> {
  const keys = await peers['svc-numbering'].call(resolveCodes, { correlationId: 'spec-resolve', purpose: 'NUMBER_DESIGNATION' }, { residentCodes: [code(serial)] });
  return estate.sql<PersonRow>('SELECT * FROM juki_net.person WHERE person_key::text = $1', keys.entries[0]?.personKey ?? '');
}
async function person(serial: number): Promise<PersonRow> {
  const [row] = await persons(serial);
  if (row === undefined) throw new Error('no such person');
  return row;
}
async function auditLines(match: string): Promise<Record<string, unknown>[]> {
  const rows = await estate.sql<{ entry: string }>('SELECT entry FROM juki_net.audit_line WHERE entry LIKE $1 ORDER BY id', `%${match}%`);
  return rows.map((row) => z.record(z.string(), z.unknown()).parse(JSON.parse(row.entry)));
}
describe('change notices', () => {
  it('JUKI-3.3 an entry makes person, segment, notice, event and audit line; nothing sensitive is stored plainly', async () => {
    const answer = await send(notice({ residentCode: code(101) }));
    expect(answer.status).toBe(202);
    const { noticeId } = accepted.parse(answer.json);
    const row = await person(101);
    expect(row).toMatchObject({ fact_version: 1, status: 'RESIDENT', municipality_code: '990019' });
    expect(await estate.sql('SELECT state, entry_reason, name_kana_folded FROM juki_net.segment WHERE person_key = $1', row.person_key)).toEqual([{ state: 'LIVE', entry_reason: '14', name_kana_folded: 'ミホンタロウ' }]);
    const [line] = await auditLines(`change-notice:${noticeId}`);
    expect(line).toMatchObject({ action: 'juki-net.change-notice.submit', client: townA.clientId, operator: 'clerk-1', purpose: REGISTER, basis: '住基法30条の6', subjects: [row.person_key], outcome: 'DONE' });
    const dump = JSON.stringify(await estate.sql(`SELECT (SELECT json_agg(p) FROM juki_net.person p)::text || (SELECT json_agg(n) FROM juki_net.change_notice n)::text
      || (SELECT json_agg(a) FROM juki_net.audit_line a)::text || (SELECT json_agg(r) FROM juki_net.resident_code r)::text AS text`));
    expect(dump).not.toContain(code(101));
    const state = await estate.request('GET', `${API}/change-notices/${noticeId}`, { as: townA, purpose: REGISTER });
    expect(state.json).toMatchObject({ noticeId, state: 'APPLIED', personSeq: 1, changeReason: '14', changeDate: '2015-10-05' });
    expect((await estate.request('GET', `${API}/change-notices/${noticeId}`, { as: townB, purpose: REGISTER })).status).toBe(403);
  });

  it('JUKI-4.5.1 V5 the same notice again is acknowledged without effect, other content with its number refused', async () => {
    const body = notice({ residentCode: code(102) });
    const first = accepted.parse((await send(body)).json);
    expect(accepted.parse((await send(body)).json)).toEqual({ ...first, repeated: true });
    expect(await person(102)).toMatchObject({ fact_version: 1 });
    const reused = await send({ ...body, address: '別の住所' });
    expect([reused.status, codeOf(reused)]).toEqual([409, 'SEQ_REUSED']);
  });

  it('JUKI-4.5.1 a notice beyond a gap waits and takes effect when its predecessors arrive, in order', async () => {
    await send(notice({ residentCode: code(103) }));
    const fourth = notice({ residentCode: code(103), personSeq: 4, changeReason: '31', changeDate: '20160112', nameKanji: '例示　太郎', address: '架空県試験市例示10-5' });
    const third = notice({ residentCode: code(103), personSeq: 3, changeReason: '30', changeDate: '20160111', address: '架空県試験市例示10-5' });
    const held = [accepted.parse((await send(fourth)).json), accepted.parse((await send(third)).json)];
    expect(held.map((answer) => answer.state)).toEqual(['HELD', 'HELD']);
    expect((await person(103)).fact_version).toBe(1);
    await send(notice({ residentCode: code(103), personSeq: 2, changeReason: '34', changeDate: '20160110', address: '架空県試験市見本町二丁目3番4号' }));
    expect((await person(103)).fact_version).toBe(4);
    const states = await estate.sql('SELECT person_seq, state, sealed FROM juki_net.change_notice WHERE notice_id = ANY($1::uuid[]) ORDER BY 1', held.map((answer) => answer.noticeId));
    expect(states).toEqual([{ person_seq: 3, state: 'APPLIED', sealed: null }, { person_seq: 4, state: 'APPLIED', sealed: null }]);
    expect(await estate.sql('SELECT name_kanji, address FROM juki_net.segment WHERE person_key = $1', (await person(103)).person_key)).toEqual([{ name_kanji: '例示　太郎', address: '架空県試験市例示10-5' }]);
  });

  it('JUKI-4.2 the municipality is told its own number of the request and the detail of the reason, also of what waited, and whether its record is locked', async () => {
    const view = async (noticeId: string): Promise<unknown> => (await estate.request('GET', `${API}/change-notices/${noticeId}`, { as: townA, purpose: REGISTER })).json;
    const entry = accepted.parse((await send(notice({ residentCode: code(112), managementNo: '2016-000112', updateLock: '1' }))).json);
    expect(entry).toMatchObject({ state: 'APPLIED', managementNo: '2016-000112' });
    const married = notice({ residentCode: code(112), personSeq: 3, changeReason: '31', changeDate: '20160112', nameKanji: '例示　太郎', managementNo: '2016-000114', changeReasonDetail: '婚姻', updateLock: '0' });
    const held = accepted.parse((await send(married)).json);
    expect(held).toMatchObject({ state: 'HELD', managementNo: '2016-000114' });
    expect(await view(held.noticeId)).toMatchObject({ state: 'HELD', managementNo: '2016-000114', changeReasonDetail: '婚姻', updateLock: true });
    const change = { municipalSeq: 9_001, personSeq: 2, formerResidentCode: code(112), residentCode: code(9112), changeReason: '40', changeDate: '2016-01-11', municipalityCode: '990019', managementNo: '2016-000113', changeReasonDetail: '本人の希望' };
    const changed = await estate.request('POST', `${API}/code-changes`, { as: townA, purpose: REGISTER, body: change });
    expect(changed.json).toMatchObject({ state: 'APPLIED', managementNo: '2016-000113' });
    expect(await view(accepted.parse(changed.json).noticeId)).toMatchObject({ changeReason: '40', managementNo: '2016-000113', changeReasonDetail: '本人の希望', updateLock: true });
    const again = await estate.request('POST', `${API}/code-changes`, { as: townA, purpose: REGISTER, body: { ...change, changeReasonDetail: '職権' } });
    expect(codeOf(again)).toBe('SEQ_REUSED');
    const last = accepted.parse((await send({ ...married, residentCode: code(9112) })).json);
    expect(await view(last.noticeId)).toMatchObject({ state: 'APPLIED', managementNo: '2016-000114', changeReasonDetail: '婚姻', updateLock: false });
    expect(await estate.sql("SELECT 1 FROM juki_net.change_notice n WHERE n::text LIKE '%婚姻%'")).toEqual([]);
  });

  it('JUKI-4.5.1 a notice that arrives before the entry waits too, even for a code never seen', async () => {
    const later = notice({ residentCode: code(104), personSeq: 2, changeReason: '20', changeDate: '20160110' });
    expect(accepted.parse((await send(later)).json).state).toBe('HELD');
    expect(await persons(104)).toEqual([]);
    await send(notice({ residentCode: code(104) }));
    expect(await person(104)).toMatchObject({ status: 'DECEASED', fact_version: 2 });
  });

  it('V3 an entry after the death is kept in quarantine', async () => {
    await send(notice({ residentCode: code(105) }));
    await send(notice({ residentCode: code(105), personSeq: 2, changeReason: '20', changeDate: '20151103' }));
    const entry = await send(notice({ residentCode: code(105), changeReason: '11', changeDate: '20151105', municipalityCode: '990027' }), townB);
    const { noticeId, state } = accepted.parse(entry.json);
    expect([entry.status, state]).toEqual([202, 'QUARANTINED']);
    expect((await estate.request('GET', `${API}/change-notices/${noticeId}`, { as: townB, purpose: REGISTER })).json).toMatchObject({ state: 'QUARANTINED', code: 'ENTRY_AFTER_DEATH' });
    expect(await person(105)).toMatchObject({ status: 'DECEASED', municipality_code: '990019', fact_version: 2 });
    expect(await estate.sql('SELECT quarantined FROM juki_net.segment WHERE person_key = $1 ORDER BY municipality_code', (await person(105)).person_key)).toEqual([{ quarantined: false }, { quarantined: true }]);
  });

  it('V6 after a change of code the former one is refused and the new one goes on in the same sequence', async () => {
    await send(notice({ residentCode: code(106) }));
    const before = await person(106);
    const change = { municipalSeq: 9_000, personSeq: 2, formerResidentCode: code(106), residentCode: code(9106), changeReason: '40', changeDate: '2016-01-15', municipalityCode: '990019' };
    const submit = (): Promise<Answer> => estate.request('POST', `${API}/code-changes`, { as: townA, purpose: REGISTER, body: change });
    const first = accepted.parse((await submit()).json);
    expect(accepted.parse((await submit()).json)).toEqual({ ...first, repeated: true });
    const late = await send(notice({ residentCode: code(106), personSeq: 3, changeReason: '34', changeDate: '20160116', address: '新表記' }));
    expect([late.status, codeOf(late), late.bytes.includes(code(9106))]).toEqual([409, 'CODE_SUPERSEDED', false]);
    expect((await send(notice({ residentCode: code(9106), personSeq: 3, changeReason: '34', changeDate: '20160116', address: '新表記' }))).status).toBe(202);
    expect(await person(9106)).toMatchObject({ person_key: before.person_key, fact_version: 3 });
  });

  it.each([
    ['ITEM_NOT_ALLOWED', 422, { registeredDomicile: '架空' }, '/registeredDomicile'],
    ['ITEM_NOT_ALLOWED', 422, { householdHead: '架空' }, '/householdHead'],
    ['ITEM_NOT_ALLOWED', 422, { householdRelation: '架空' }, '/householdRelation'],
    ['ITEM_NOT_ALLOWED', 422, { nationality: '架空' }, '/nationality'],
    ['ITEM_NOT_ALLOWED', 422, { taxClass: '架空' }, '/taxClass'],
    ['CHECK_DIGIT', 422, { residentCode: '99000000011' }, '/residentCode'],
    ['FORMAT', 422, { residentCode: '9900000001' }, '/residentCode'],
    ['CHECK_DIGIT', 422, { municipalityCode: '990018' }, '/municipalityCode'],
    ['NOT_YOUR_RESIDENT', 403, { municipalityCode: '990027' }, '/municipalityCode'],
    ['DATE', 422, { birthDate: '19870010' }, '/birthDate'],
    ['DATE', 422, { changeDate: '20150231' }, '/changeDate'],
    ['DATE_IN_FUTURE', 422, { changeDate: '20160321' }, '/changeDate'],
    ['DATE_IN_FUTURE', 422, { changeDate: '20160121' }, '/changeDate'],
    ['CHANGE_REASON', 422, { changeReason: '19' }, '/changeReason'],
    ['REQUIRED', 422, { nameKanji: '' }, '/nameKanji'],
    ['REQUIRED', 422, { residentCode: undefined }, '/residentCode'],
    ['CHARACTER', 422, { nameKanji: '見本\u0000' }, '/nameKanji'],
    ['CHARACTER', 422, { address: '見本\ud800' }, '/address'],
    ['RESIDENT_UNKNOWN', 404, { changeReason: '30' }, '/residentCode'],
  ])('JUKI-7 %s: refused, audited, no effect (%#)', async (expected, status, over, pointer) => {
    const before = await estate.sql('SELECT count(*) AS n FROM juki_net.change_notice');
    const answer = await send(notice({ residentCode: code(199), ...over }));
    expect([answer.status, codeOf(answer), problem.parse(answer.json).errors?.[0]?.pointer]).toEqual([status, expected, pointer]);
    expect(await estate.sql('SELECT count(*) AS n FROM juki_net.change_notice')).toEqual(before);
    expect((await auditLines(`"code":"${expected}"`)).at(-1)).toMatchObject({ outcome: 'REFUSED', action: 'juki-net.change-notice.submit' });
  });

  it('JUKI-4.8 the database is UTF-8 and compares by code point alone', async () => {
    const [{ encoding, ordered } = {}] = await estate.sql("SELECT current_setting('server_encoding') AS encoding, (SELECT string_agg(c, '' ORDER BY c) FROM unnest(ARRAY['𠮷', '髙', '高', 'ア', 'あ', 'a', 'B']) AS c) AS ordered");
    expect([encoding, ordered]).toEqual(['UTF8', 'Baあア高髙𠮷']);
  });

  it('names with characters outside the basic plane and selectors are kept as written', async () => {
    await send(notice({ residentCode: code(108), nameKanji: '𠮷田　邉󠄁﨑子', nameKana: '' }));
    expect(await estate.sql('SELECT name_kanji, name_kanji_key FROM juki_net.segment WHERE person_key = $1', (await person(108)).person_key)).toEqual([{ name_kanji: '𠮷田　邉󠄁﨑子', name_kanji_key: '吉田辺崎子' }]);
  });

  it('access: no token, no purpose, a purpose the table does not allow, an institution without a row', async () => {
    const body = notice({ residentCode: code(109) });
    const answers = [
      await estate.request('POST', `${API}/change-notices`, { as: 'nobody', purpose: REGISTER, body }),
      await estate.request('POST', `${API}/change-notices`, { as: townA, body }),
      await estate.request('POST', `${API}/change-notices`, { as: townA, purpose: PENSION, body }),
      await estate.request('POST', `${API}/change-notices`, { as: pension, purpose: PENSION, body }),
    ];
    expect(answers.map((answer) => [answer.status, codeOf(answer)])).toEqual([[401, 'UNAUTHENTICATED'], [400, 'PURPOSE_REQUIRED'], [403, 'PURPOSE_NOT_PERMITTED'], [403, 'ACTION_NOT_PERMITTED']]);
    expect(await persons(109)).toEqual([]);
  });

  it('two first notices of one code at once make one person', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, (_value, index) => send(notice({ residentCode: code(110), municipalSeq: 500 + index }))));
    expect(answers.map((answer) => answer.status).sort()).toEqual([202, 409, 409, 409, 409, 409, 409, 409]);
    expect(await persons(110)).toHaveLength(1);
  });
});

describe('neighbours', () => {
  it('resolveCodes and getPersons answer in sets, in order, audited with the persons', async () => {
    await send(notice({ residentCode: code(201), nameKanji: 'SAMPLE MARIA', aliasName: '見本　マリア', birthDate: '19450000', residencyClass: 'SPECIAL_PERMANENT' }));
    const { entries } = await peers['svc-numbering'].call(resolveCodes, { correlationId: 'spec-201', purpose: 'NUMBER_DESIGNATION' }, { residentCodes: [code(299), code(201), code(106)] });
    expect(entries.map((entry) => [entry.found, entry.superseded, entry.status])).toEqual([[false, false, undefined], [true, false, 'RESIDENT'], [true, true, 'RESIDENT']]);
    const personKey = entries[1]?.personKey ?? '';
    const { persons: found } = await peers['svc-card-issuance'].call(getPersons, { correlationId: 'spec-202', purpose: 'NOTIFICATION' }, { personKeys: [personKey, crypto.randomUUID()] });
    expect(found).toEqual([{
      personKey, factVersion: 1, status: 'RESIDENT', municipalityCode: '990019', nameKanji: 'SAMPLE MARIA', nameKana: 'ミホン　タロウ', aliasName: '見本　マリア', birthDate: '19450000', sex: '1',
      address: '架空県試験市見本町2-3-4', postalCode: '0000001', foreignResident: true,
    }]);
    expect(await auditLines('spec-202')).toMatchObject([{ action: 'juki-net.person.get', client: 'svc-card-issuance', subjects: [personKey], purpose: 'NOTIFICATION' }]);
    // Kept with the segment, through later notices too, and told to nobody (30条の45).
    await send(notice({ residentCode: code(201), personSeq: 2, changeReason: '30', nameKanji: 'SAMPLE MARIA', aliasName: '見本　マリア', birthDate: '19450000', address: '架空県試験市見本町7' }));
    expect(await estate.sql('SELECT residency_class, address FROM juki_net.segment WHERE person_key = $1', personKey)).toEqual([{ residency_class: 'SPECIAL_PERMANENT', address: '架空県試験市見本町7' }]);
    await expect(peers['svc-card-issuance'].call(getPersons, { correlationId: 'spec-203', purpose: PENSION }, { personKeys: [personKey] })).rejects.toMatchObject({ code: 'PURPOSE_NOT_PERMITTED' });
  });

  it('42 a designated number completes the identity information once; a tentative batch does not', async () => {
    for (const serial of [211, 212, 213]) await send(notice({ residentCode: code(serial) }));
    const [one, two, three] = await Promise.all([person(211), person(212), person(213)]);
    const number = (serial: number): string => IndividualNumber.fromBody(`99000000${serial}`).reveal();
    links.set(one.person_key, { number: number(211), seq: 1 }).set(two.person_key, { number: number(212), seq: 1 }).set(three.person_key, { number: number(213), seq: 1 });
    const emit = (body: Body): Promise<Answer> => estate.request('POST', '/api/numbering/v1/emit', { as: operator('x'), body });
    await emit({ designated: { assignmentId: crypto.randomUUID(), personKey: one.person_key, municipalityCode: '990019', designatedAt: '2016-01-19T20:00:00.000Z', generation: 1 } });
    await emit({ designated: { assignmentId: crypto.randomUUID(), personKey: one.person_key, municipalityCode: '990019', designatedAt: '2016-01-19T20:00:00.000Z', generation: 1 } });
    const batchId = crypto.randomUUID();
    batch.set(batchId, [two.person_key, three.person_key, one.person_key]);
    // One question is four tries.
    unanswered = 4;
    await emit({ delivered: { batchId: crypto.randomUUID(), municipalityCode: '990019', count: 3, mode: 'TENTATIVE' } });
    await emit({ delivered: { batchId, municipalityCode: '990019', count: 3, mode: 'DESIGNATED' } });
    const [job] = await estate.eventually(async () => {
      const rows = await estate.sql<{ result: unknown; done: number }>("SELECT result, done FROM juki_net.job WHERE kind = 'juki-net.number-batch' AND state = 'SUCCEEDED'");
      return rows.length === 1 && rows;
    });
    expect(job).toMatchObject({ result: { batchId }, done: 3 });
    // Waiting for numbering is no fault of the job, however long it takes.
    expect([unanswered, (await registry.getSingleMetricAsString('kiban_job_steps_total')).includes('kind="juki-net.number-batch",outcome="failed"')]).toEqual([0, false]);
    await estate.eventually(async () => (await person(211)).fact_version === 2);
    for (const serial of [211, 212, 213]) expect(await person(serial)).toMatchObject({ fact_version: 2, individual_number: expect.any(Buffer) });
    expect(await estate.sql('SELECT change_reason, changed_on::text FROM juki_net.person WHERE person_key = $1', one.person_key)).toEqual([{ change_reason: '42', changed_on: '2016-01-20' }]);
    expect(await estate.sql('SELECT 1 FROM juki_net.dead_letter')).toEqual([]);
  });
});

describe('inquiries', () => {
  const grantBody = {
    institution: 'national-agency', organisation: 'pension', affair: PENSION, legalBasis: '住基法別表第一 77の項', items: ['residentCode', 'nameKanji', 'address', 'birthDate', 'individualNumber'],
    modes: ['IMMEDIATE_HOST'], keyKinds: ['RESIDENT_CODE', 'FOUR_ITEMS', 'INDIVIDUAL_NUMBER'], validFrom: '2016-01-01', validUntil: '2016-12-31',
  };
  const grantAnswer = z.object({ grantId: z.uuid(), state: z.string() });
  const step = (grantId: string, what: string, as = legalOfficer): Promise<Answer> => estate.request('POST', `${API}/grants/${grantId}/${what}`, { as, body: {} });
  async function activeGrant(over: Body = {}): Promise<string> {
    const { grantId } = grantAnswer.parse((await estate.request('POST', `${API}/grants`, { as: operator('o-1'), body: { ...grantBody, ...over } })).json);
    expect((await step(grantId, 'approval')).json).toMatchObject({ state: 'ACTIVE', draftedBy: 'o-1@operator-1', approvedBy: 'legal-2@legal-office' });
    return grantId;
  }
  const ask = (body: Body, as: Actor = pension, purpose = PENSION): Promise<Answer> => estate.request('POST', `${API}/inquiries`, { as, purpose, body });
  let grantId = '';
  beforeAll(async () => {
    grantId = await activeGrant();
    await send(notice({ residentCode: code(301), nameKanji: '齋藤　例', nameKana: 'サイトウ　レイ', birthDate: '19700101' }));
  });

  it('JUKI-3.5 a grant is approved by the legal officer, who is not the drafter; suspended, resumed and ended', async () => {
    const drafted = async (as: Actor): Promise<string> => grantAnswer.parse((await estate.request('POST', `${API}/grants`, { as, body: grantBody })).json).grantId;
    const draft = await drafted(operator('o-1'));
    expect(codeOf(await step(draft, 'approval', operator('o-2')))).toBe('ACTION_NOT_PERMITTED');
    expect(codeOf(await step(draft, 'approval', { ...legalOfficer, operator: 'o-1' }))).toBe('SAME_OFFICER');
    expect(codeOf(await step(await drafted(legalOfficer), 'approval'))).toBe('SAME_OFFICER');
    expect(codeOf(await ask({ grantId: draft, residentCode: code(301) }))).toBe('GRANT_NOT_ACTIVE');
    const states = [];
    for (const what of ['approval', 'suspension', 'resumption', 'end']) states.push(grantAnswer.parse((await step(draft, what)).json).state);
    expect(states).toEqual(['ACTIVE', 'SUSPENDED', 'ACTIVE', 'ENDED']);
    expect(codeOf(await step(draft, 'resumption'))).toBe('GRANT_STATE');
    expect(codeOf(await estate.request('POST', `${API}/grants`, { as: townA, body: grantBody }))).toBe('ACTION_NOT_PERMITTED');
  });

  it('JUKI-4.7 by code: granted items only, use record and audit line before the answer', async () => {
    const answer = await ask({ grantId, residentCode: code(301) });
    expect([answer.status, answer.json]).toEqual([200, {
      resultCode: '00', count: 1, asOf: expect.any(String), persons: [{ resultCode: '00', residentCode: code(301), nameKanji: '齋藤　例', birthDate: '19700101', address: '架空県試験市見本町2-3-4' }],
    }]);
    const { person_key: personKey } = await person(301);
    expect(await estate.sql('SELECT organisation, affair, key_kind, items, result_code FROM juki_net.use_record WHERE person_key = $1', personKey)).toEqual([
      { organisation: 'pension', affair: PENSION, key_kind: 'RESIDENT_CODE', items: ['residentCode', 'nameKanji', 'address', 'birthDate'], result_code: '00' },
    ]);
    expect((await auditLines(`grant:${grantId}`)).at(-1)).toMatchObject({ action: 'juki-net.inquiry.ask', operator: 'p-77', purpose: PENSION, subjects: [personKey], facts: { keyKind: 'RESIDENT_CODE', resultCode: '00', count: 1 } });
    expect((await ask({ grantId, residentCode: code(301), items: ['birthDate'], sinceDate: '2015-10-04' })).json).toMatchObject({ resultCode: '01', persons: [{ resultCode: '01', birthDate: '19700101' }] });
    expect((await ask({ grantId, residentCode: code(301), sinceDate: '2015-10-05' })).json).toMatchObject({ resultCode: '00' });
  });

  it('JUKI-4.7 by number and by four items; the kanji families 斎/齋 and 斉/齊 stay apart', async () => {
    expect((await ask({ grantId, individualNumber: IndividualNumber.fromBody('99000000211').reveal() })).json).toMatchObject({ resultCode: '00', persons: [{ residentCode: code(211) }] });
    const keyKind = async (): Promise<unknown> => z.object({ facts: z.object({ keyKind: z.string() }) }).parse((await auditLines(`grant:${grantId}`)).at(-1)).facts.keyKind;
    expect(await keyKind()).toBe('INDIVIDUAL_NUMBER');
    const four = (fourItems: Body): Promise<Answer> => ask({ grantId, fourItems: { birthDate: '19700101', ...fourItems } });
    expect((await four({ nameKana: 'さいどう れい' })).json).toMatchObject({ resultCode: '00', count: 1 });
    expect(await keyKind()).toBe('FOUR_ITEMS');
    expect((await four({ nameKanji: '斎藤例' })).json).toMatchObject({ resultCode: '00' });
    expect((await four({ nameKanji: '斉藤例' })).json).toMatchObject({ resultCode: '10', count: 0, persons: [] });
    expect((await four({ nameKanji: '斎藤例', addressPrefix: '架空県試験市見本町二丁目' })).json).toMatchObject({ resultCode: '00' });
    expect((await four({ nameKanji: '斎藤例', addressPrefix: '架空県模擬市' })).json).toMatchObject({ resultCode: '10' });
    for (let serial = 400; serial < 410; serial += 1) await send(notice({ residentCode: code(serial), birthDate: '19990101', nameKanji: '双子　例' }));
    const ten = await ask({ grantId, fourItems: { birthDate: '19990101', nameKanji: '双子例' } });
    expect([ten.json, z.object({ persons: z.array(z.unknown()) }).parse(ten.json).persons.length]).toMatchObject([{ resultCode: '11', count: 10 }, 10]);
    await send(notice({ residentCode: code(410), birthDate: '19990101', nameKanji: '双子　例' }));
    expect((await ask({ grantId, fourItems: { birthDate: '19990101', nameKanji: '双子例' } })).json).toMatchObject({ resultCode: '11', count: 11, persons: [] });
    expect((await ask({ grantId, fourItems: { birthDate: '19990101', nameKanji: '双子例', sex: '2' } })).json).toMatchObject({ resultCode: '10' });
    expect((await ask({ grantId, fourItems: { birthDate: '19990101' } })).status).toBe(400);
  });

  it('JUKI-4.7 result codes of people who are not simply resident', async () => {
    await send(notice({ residentCode: code(311) }));
    await send(notice({ residentCode: code(311), personSeq: 2, changeReason: '22', changeDate: '20160110' }));
    await send(notice({ residentCode: code(312) }));
    await send(notice({ residentCode: code(312), personSeq: 2, changeReason: '21', changeDate: '20160110' }));
    await send(notice({ residentCode: code(313) }));
    await send(notice({ residentCode: code(313), changeDate: '20160110', municipalityCode: '990027' }), townB);
    await send(notice({ residentCode: code(314) }));
    await send(notice({ residentCode: code(314), personSeq: 2, changeReason: '23', changeDate: '20160110' }));
    const answers = await Promise.all([code(105), code(311), code(312), code(313), code(314), code(106), '99000000011', code(398)].map(async (residentCode) => (await ask({ grantId, residentCode })).json));
    expect(answers).toMatchObject([{ resultCode: '20' }, { resultCode: '21' }, { resultCode: '23' }, { resultCode: '23' }, { resultCode: '22' }, { resultCode: '31' }, { resultCode: '30' }, { resultCode: '10' }]);
    expect(answers[0]).toMatchObject({ persons: [{ resultCode: '20', changeDate: '2015-11-03' }] });
    expect(JSON.stringify(answers)).not.toContain('見本町');
  });

  it('JUKI-4.13 a protected person is 41 without address, until the term ends; an exempt affair goes on', async () => {
    const body = { residentCodes: [code(301)], grounds: 'STALKING', startsOn: '2016-01-15', opinionFrom: 'police' };
    const other = await estate.request('POST', `${API}/support-measures`, { as: townB, purpose: REGISTER, body });
    expect([other.status, codeOf(other)]).toEqual([403, 'OUT_OF_JURISDICTION']);
    const registered = await estate.request('POST', `${API}/support-measures`, { as: townA, purpose: REGISTER, body });
    expect([registered.status, registered.json]).toEqual([201, { measureId: expect.any(String), startsOn: '2016-01-15', endsOn: '2017-01-14', persons: 1 }]);
    const hidden = await ask({ grantId, residentCode: code(301) });
    expect(hidden.json).toMatchObject({ resultCode: '41', persons: [{ resultCode: '41', nameKanji: '齋藤　例' }] });
    expect(hidden.bytes.toString()).not.toContain('見本町');
    const exempt = await activeGrant({ protectiveExempt: true });
    expect((await ask({ grantId: exempt, residentCode: code(301) })).json).toMatchObject({ resultCode: '00', persons: [{ address: '架空県試験市見本町2-3-4' }] });
  });

  it('JUKI-4.13 no address is found out by its beginnings, of a protected person or of one in conflict', async () => {
    const guess = (grant: string, nameKanji: string, birthDate: string, addressPrefix: string): Promise<Answer> => ask({ grantId: grant, fourItems: { nameKanji, birthDate, addressPrefix } });
    const exempt = await activeGrant({ protectiveExempt: true });
    await send(notice({ residentCode: code(321), nameKanji: '衝突　例', birthDate: '19710101' }));
    await send(notice({ residentCode: code(321), nameKanji: '衝突　例', birthDate: '19710101', changeDate: '20160110', municipalityCode: '990027' }), townB);
    for (const prefix of ['架空県試験市', '架空県模擬市']) {
      expect((await guess(grantId, '斎藤例', '19700101', prefix)).json).toMatchObject({ resultCode: '41', count: 1 });
      expect((await guess(grantId, '衝突例', '19710101', prefix)).json).toMatchObject({ resultCode: '23', count: 1 });
    }
    expect((await guess(exempt, '斎藤例', '19700101', '架空県模擬市')).json).toMatchObject({ resultCode: '10', count: 0 });
  });

  it('JUKI-4.7 namesakes outside of the asker\'s jurisdiction are neither refused nor counted', async () => {
    const townGrant = await activeGrant({ institution: 'municipality', organisation: '990027', affair: REGISTER });
    const four = { nameKanji: '同名例', birthDate: '19980101' };
    await send(notice({ residentCode: code(421), birthDate: '19980101', nameKanji: '同名　例' }));
    expect((await ask({ grantId: townGrant, fourItems: four }, townB, REGISTER)).json).toMatchObject({ resultCode: '10', count: 0 });
    await send(notice({ residentCode: code(420), birthDate: '19980101', nameKanji: '同名　例', municipalityCode: '990027' }), townB);
    expect((await ask({ grantId: townGrant, fourItems: four }, townB, REGISTER)).json).toMatchObject({ resultCode: '00', count: 1, persons: [{ residentCode: code(420) }] });
  });

  it('JUKI-4.7 a name without a letter names nobody; one with a control character is refused (JUKI-7)', async () => {
    await send(notice({ residentCode: code(331), nameKana: '', nameKanji: '無仮名　例', birthDate: '19720101' }));
    for (const name of [{ nameKana: '・' }, { nameKanji: '　' }]) {
      expect((await ask({ grantId, fourItems: { birthDate: '19720101', ...name } })).json).toMatchObject({ resultCode: '10', count: 0, persons: [] });
    }
    for (const item of ['nameKanji', 'nameKana', 'addressPrefix']) {
      const answer = await ask({ grantId, fourItems: { birthDate: '19720101', nameKanji: '無仮名', [item]: 'a\u0000' } });
      expect([answer.status, problem.parse(answer.json).errors]).toEqual([400, [{ pointer: `/fourItems/${item}`, code: 'CHARACTER' }]]);
    }
    for (const item of ['organisation', 'legalBasis']) {
      expect((await estate.request('POST', `${API}/grants`, { as: operator('o-1'), body: { ...grantBody, [item]: 'a\u0000' } })).status).toBe(400);
    }
  });

  it('JUKI-4.7 (40) what the grant does not hold is refused and audited; five seconds are the most that a suspension takes', async () => {
    const narrow = await activeGrant({ items: ['nameKanji'], keyKinds: ['RESIDENT_CODE'] });
    const batchOnly = await activeGrant({ modes: ['BATCH_LINE'] });
    const townGrant = await activeGrant({ institution: 'municipality', organisation: '990027', affair: REGISTER });
    const refusedBy = async (answer: Promise<Answer>): Promise<unknown[]> => [(await answer).status, codeOf(await answer)];
    expect(await refusedBy(ask({ grantId: crypto.randomUUID(), residentCode: code(301) }))).toEqual([403, 'GRANT_NOT_ACTIVE']);
    expect(await refusedBy(ask({ grantId: townGrant, residentCode: code(301) }))).toEqual([403, 'GRANT_NOT_ACTIVE']);
    expect(await refusedBy(ask({ grantId: batchOnly, residentCode: code(301) }))).toEqual([403, 'MODE_NOT_GRANTED']);
    expect(await refusedBy(ask({ grantId: narrow, fourItems: { birthDate: '19700101', nameKanji: '齋藤例' } }))).toEqual([403, 'KEY_KIND_NOT_GRANTED']);
    expect(await refusedBy(ask({ grantId: narrow, residentCode: code(301), items: ['address'] }))).toEqual([403, 'ITEM_NOT_GRANTED']);
    expect(await refusedBy(ask({ grantId, residentCode: code(301) }, pension, REGISTER))).toEqual([403, 'PURPOSE_NOT_PERMITTED']);
    expect(await refusedBy(ask({ grantId, residentCode: code(301), individualNumber: '1' }))).toEqual([400, 'INVALID_INPUT']);
    expect(await refusedBy(ask({ grantId: townGrant, residentCode: code(301) }, townB, REGISTER))).toEqual([403, 'OUT_OF_JURISDICTION']);
    expect((await auditLines('"code":"OUT_OF_JURISDICTION"')).at(-1)).toMatchObject({ action: 'juki-net.inquiry.ask', client: townB.clientId, outcome: 'REFUSED', purpose: REGISTER });
    expect((await ask({ grantId: narrow, residentCode: code(211) })).status).toBe(200);
    await estate.sql("UPDATE juki_net.provision_grant SET state = 'SUSPENDED' WHERE grant_id = $1", narrow);
    estate.clock.set(new Date(estate.clock.now().getTime() + 5_100));
    expect(await refusedBy(ask({ grantId: narrow, residentCode: code(211) }))).toEqual([403, 'GRANT_NOT_ACTIVE']);
  });

  it('JUKI-4.7 at a terminal one person is told to a named officer, of several their number; a print is logged', async () => {
    const terminalGrant = await activeGrant({ modes: ['IMMEDIATE_TERMINAL'] });
    const at = (body: Body, terminal?: string, as: Actor = pension): Promise<Answer> => estate.request('POST', `${API}/inquiries`, {
      as, purpose: PENSION, body: { grantId: terminalGrant, mode: 'IMMEDIATE_TERMINAL', ...body }, ...(terminal === undefined ? {} : { headers: { 'kiban-terminal': terminal } }),
    });
    const { operator: _officer, ...unnamed } = pension;
    for (const answer of [await at({ residentCode: code(211) }), await at({ residentCode: code(211) }, 'desk-1', unnamed)]) expect([answer.status, codeOf(answer)]).toEqual([403, 'OPERATOR_NOT_ASSERTED']);
    expect(codeOf(await ask({ grantId: terminalGrant, residentCode: code(211) }))).toBe('MODE_NOT_GRANTED');
    expect(codeOf(await at({ grantId, residentCode: code(211) }, 'desk-1'))).toBe('MODE_NOT_GRANTED');
    expect((await at({ residentCode: code(211), printed: true }, 'desk-1')).json).toMatchObject({ resultCode: '00', persons: [{ nameKanji: '見本　太郎' }] });
    const uses = async (): Promise<unknown> => estate.sql("SELECT count(*) AS n FROM juki_net.use_record WHERE mode = 'IMMEDIATE_TERMINAL'");
    expect(await uses()).toEqual([{ n: 1 }]);
    expect((await auditLines(`grant:${terminalGrant}`)).at(-1)).toMatchObject({ operator: 'p-77', terminal: 'desk-1', subjects: [(await person(211)).person_key], facts: { count: 1, printed: true } });
    for (const serial of [431, 432]) await send(notice({ residentCode: code(serial), birthDate: '19970101', nameKanji: '二人　例' }));
    expect((await at({ fourItems: { nameKanji: '二人例', birthDate: '19970101' } }, 'desk-1')).json).toMatchObject({ resultCode: '11', count: 2, persons: [] });
    expect(await uses()).toEqual([{ n: 1 }]);
  });

  it('the same question by gRPC gives the same answer', async () => {
    const answer = await peers['agency-pension'].call(inquire, { correlationId: 'spec-grpc', purpose: PENSION }, { grantId, residentCode: code(211), items: ['nameKanji', 'individualNumber'] });
    expect(answer).toMatchObject({ resultCode: '00', count: 1, persons: [{ resultCode: '00', nameKanji: '見本　太郎', individualNumber: IndividualNumber.fromBody('99000000211').reveal() }] });
    await expect(peers['agency-pension'].call(inquire, { correlationId: 'spec-grpc', purpose: PENSION }, { grantId, residentCode: code(211), mode: 'IMMEDIATE_TERMINAL' })).rejects.toMatchObject({ code: 'OPERATOR_NOT_ASSERTED' });
    const wide = await peers['agency-pension'].call(inquire, { correlationId: 'spec-grpc', purpose: PENSION }, { grantId, fourItems: { birthDate: '19990101', nameKanji: '双子例' } });
    expect(wide).toMatchObject({ resultCode: '11', count: 11, persons: [] });
    await expect(peers['agency-pension'].call(inquire, { correlationId: 'spec-grpc', purpose: PENSION }, { grantId: crypto.randomUUID(), residentCode: code(211) })).rejects.toMatchObject({ code: 'GRANT_NOT_ACTIVE' });
  });
});
