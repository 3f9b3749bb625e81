import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ResidentCode } from '#kernel';
import type { Actor } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { jukiNetModule } from '#contexts/juki-net';
import { INTAKE_COLUMNS } from '../change-notice/intake-row.js';

const API = '/api/juki-net/v1';
const town = (organisation: string, operator?: string): Actor => ({ clientId: `municipality-${organisation}`, kind: 'municipality', organisation, ...(operator === undefined ? {} : { operator }) });
const [clerk, chief] = [town('990027', 'clerk-1'), town('990027', 'chief-1')];
const operator: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: 'o-1' };
const code = (serial: number): string => ResidentCode.fromBody(`99${String(serial).padStart(8, '0')}`).reveal();
const view = z.looseObject({
  searchId: z.uuid(), state: z.string(), found: z.number(), released: z.number().optional(),
  candidates: z.array(z.looseObject({ candidate: z.number(), nameKanji: z.string(), address: z.string().optional(), evidence: z.object({ for: z.array(z.string()), against: z.array(z.string()) }), verdict: z.string().optional() })),
});

let estate: TestEstate;
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2016-01-20T03:00:00Z') });
});
afterAll(() => estate.stop());

let municipalSeq = 0;
const row = (serial: number, over: Record<string, string>): Record<string, string> => ({
  municipalSeq: String(++municipalSeq), residentCode: code(serial), personSeq: '1', changeReason: '14', changeDate: '20160110', nameKanji: '見本　太郎', nameKana: 'ミホン　タロウ', birthDate: '19800101', sex: '1',
  address: '架空県試験市見本町2-3-4', municipalityCode: '990027', ...over,
});
const post = (path: string, body: unknown, as: Actor): Promise<Answer> => estate.request('POST', `${API}${path}`, { as, purpose: 'RESIDENT_REGISTER', body });
const get = (path: string, as: Actor): Promise<Answer> => estate.request('GET', `${API}${path}`, { as, purpose: 'RESIDENT_REGISTER' });
const duty = (since: string, as = operator): Promise<Answer> => estate.request('PUT', `${API}/entry-search-duties/990027`, { as, body: { since } });
const outcome = ({ json }: Answer): string => {
  const { state, code: refused } = z.looseObject({ state: z.string().optional(), code: z.string().optional() }).parse(json);
  return state ?? refused ?? '';
};
const notice = async (serial: number, over: Record<string, string> = {}): Promise<string> => outcome(await post('/change-notices', row(serial, over), town(over['municipalityCode'] ?? '990027')));
const person = { nameKanji: '見本　太郎', nameKana: 'ミホン　タロウ', birthDate: '19800101', sex: '1' };
const search = async (over: object = {}, as = clerk): Promise<z.output<typeof view>> => view.parse((await post('/entry-searches', { ...person, ...over }, as)).json);
const decide = (searchId: string, candidate: number, verdict: string, as = clerk): Promise<Answer> => post(`/entry-searches/${searchId}/candidates/${candidate}/decision`, { verdict, reason: '旧住所と保護者の氏名を確認した' }, as);
const confirm = (searchId: string, as = chief, agrees = true): Promise<Answer> => post(`/entry-searches/${searchId}/confirmation`, { agrees }, as);
async function nobodyFound(over: object): Promise<void> {
  expect((await confirm((await search(over)).searchId)).status).toBe(200);
}
const standing = (serial: number): Promise<unknown[]> => estate.sql(
  `SELECT s.municipality_code AS at, s.state, s.entry_reason AS reason FROM juki_net.segment s JOIN juki_net.change_notice n ON n.person_key = s.person_key AND n.municipality_code = s.municipality_code
   WHERE n.municipal_seq = $1`, serial);

describe('JUKI-7 entries of unknown origin and ex officio', () => {
  it('13 waits until a search for the person is confirmed by a second officer, and then takes effect', async () => {
    const seq = municipalSeq + 1;
    expect(await notice(1, { changeReason: '13' })).toBe('HELD');
    expect(await notice(1, { personSeq: '2', changeReason: '30', changeDate: '20160111', address: '新' })).toBe('HELD');
    const held = z.object({ items: z.array(z.looseObject({ code: z.string(), noticeId: z.string() })) }).parse((await get('/held-notices', clerk)).json).items;
    expect(held.map((each) => each.code)).toEqual(['ENTRY_NOT_SEARCHED', 'SEQ_GAP']);
    expect((await get(`/change-notices/${held[0]?.noticeId}`, clerk)).json).toMatchObject({ state: 'HELD', code: 'ENTRY_NOT_SEARCHED' });
    const { searchId, state, candidates } = await search();
    expect([state, candidates]).toEqual(['DECIDED', []]);
    expect(outcome(await confirm(searchId, clerk))).toBe('SAME_OFFICER');
    expect(outcome(await confirm(searchId, town('990027')))).toBe('OPERATOR_NOT_ASSERTED');
    expect(view.parse((await confirm(searchId)).json)).toMatchObject({ state: 'CONFIRMED', released: 1 });
    expect(outcome(await confirm(searchId))).toBe('ENTRY_SEARCH_STATE');
    expect(await standing(seq)).toEqual([{ at: '990027', state: 'LIVE', reason: '13' }]);
    expect(await estate.sql("SELECT 1 FROM juki_net.change_notice WHERE state = 'HELD' OR search_index IS NOT NULL OR sealed IS NOT NULL")).toEqual([]);
  });

  it('a confirmed search lets the entry in at once, for thirty days', async () => {
    const who = { nameKanji: '例示　花子', nameKana: 'レイジ　ハナコ', birthDate: '19820202', sex: '2' };
    await nobodyFound(who);
    expect(await notice(2, { ...who, nameKanji: '例示花子', changeReason: '13' })).toBe('APPLIED');
    await nobodyFound({ ...who, birthDate: '19820203' });
    estate.clock.set(new Date('2016-02-20T03:00:00Z'));
    expect(await notice(3, { ...who, birthDate: '19820203', changeReason: '13' })).toBe('HELD');
  });

  it('14 is let in until the day that the operator sets, and waits from then on, singly and in a file', async () => {
    expect(await notice(10, { birthDate: '19900101' })).toBe('APPLIED');
    expect(outcome(await duty('2016-02-19'))).toBe('TERM');
    expect(outcome(await duty('2016-02-21', clerk))).toBe('ACTION_NOT_PERMITTED');
    expect((await duty('2016-02-21')).status).toBe(200);
    expect(await notice(11, { birthDate: '19900102' })).toBe('APPLIED');
    estate.clock.set(new Date('2016-02-21T03:00:00Z'));
    expect(outcome(await duty('2016-03-01'))).toBe('ENTRY_SEARCH_DUTY');
    expect(await notice(12, { birthDate: '19900103', municipalityCode: '990019' })).toBe('APPLIED');
    const rows = [row(13, { birthDate: '19900104' }), row(14, { birthDate: '19900105' }), row(15, { birthDate: '19900106', changeReason: '10' })];
    const lines = [INTAKE_COLUMNS.join(','), ...rows.map((each) => INTAKE_COLUMNS.map((column) => each[column] ?? '').join(','))];
    const answer = await estate.request('POST', `${API}/notice-files?municipalityCode=990027`, { as: clerk, purpose: 'RESIDENT_REGISTER', body: Buffer.from(lines.join('\r\n')), headers: { 'content-type': 'text/csv' } });
    const { fileId } = z.object({ fileId: z.uuid() }).parse(answer.json);
    const counts = (): Promise<unknown[]> => estate.sql("SELECT applied::int, held::int FROM juki_net.notice_file WHERE file_id = $1 AND state = 'COMPLETED'", fileId);
    expect(await estate.eventually(async () => ((await counts()).length > 0 ? counts() : undefined))).toEqual([{ applied: 1, held: 2 }]);
    await nobodyFound({ birthDate: '19900104' });
    expect(await counts()).toEqual([{ applied: 2, held: 1 }]);
  });

  it('shows candidates with all kanji and what speaks for and against; each is decided with a reason; the same person keeps the code', async () => {
    const elsewhere = { municipalityCode: '990019', birthDate: '19700101', changeReason: '10' };
    await notice(20, { ...elsewhere, nameKanji: '見本　太郎' });
    await notice(20, { ...elsewhere, personSeq: '2', changeReason: '23', changeDate: '20160112' });
    await notice(21, { ...elsewhere, nameKanji: '見本　太朗' });
    const who = { ...person, birthDate: '19700101' };
    const { searchId, found, candidates, state } = await search(who);
    expect([state, found]).toEqual(['SEARCHED', 2]);
    const [same, other] = ['見本　太郎', '見本　太朗'].map((name) => candidates.find(({ nameKanji }) => nameKanji === name));
    expect([same?.evidence.against, other?.evidence.against]).toEqual([[], ['SAME_KANA_OTHER_KANJI']]);
    expect([same?.address, other?.address]).toEqual([undefined, '架空県試験市見本町2-3-4']);
    expect(outcome(await confirm(searchId))).toBe('ENTRY_SEARCH_STATE');
    const [first, second] = [same?.candidate ?? 0, other?.candidate ?? 0];
    expect(outcome(await decide(searchId, first, 'SAME', town('990027')))).toBe('OPERATOR_NOT_ASSERTED');
    expect(outcome(await decide(searchId, 9, 'SAME'))).toBe('CANDIDATE_UNKNOWN');
    expect((await post(`/entry-searches/${searchId}/candidates/${first}/decision`, { verdict: 'SAME', reason: 'a\u0000' }, clerk)).status).toBe(400);
    expect(outcome(await decide(searchId, first, 'SAME'))).toBe('SEARCHED');
    expect(outcome(await decide(searchId, second, 'SAME'))).toBe('SAME_PERSON_TWICE');
    expect(outcome(await decide(searchId, second, 'DIFFERENT', chief))).toBe('DECIDED');
    expect(outcome(await confirm(searchId))).toBe('SAME_OFFICER');
    // Found the same, the person is not entered under a new code; under the own one the entry takes effect.
    expect(await notice(22, { birthDate: '19700101' })).toBe('HELD');
    expect(await notice(20, { birthDate: '19700101' })).toBe('HELD');
    expect(view.parse((await confirm(searchId, town('990027', 'mayor'))).json).released).toBe(1);
    expect(await estate.sql("SELECT state FROM juki_net.change_notice WHERE municipality_code = '990027' AND municipal_seq IN ($1, $2) ORDER BY municipal_seq", municipalSeq - 1, municipalSeq)).toEqual([{ state: 'HELD' }, { state: 'APPLIED' }]);
    expect(await estate.sql('SELECT 1 FROM juki_net.entry_search_candidate WHERE sealed_reason::text LIKE $1', '%旧住所%')).toEqual([]);
  });

  it('V7 an entry with a code that is live elsewhere is a conflict once it was searched for, and never before', async () => {
    const who = { birthDate: '19710101', nameKanji: '見本　太朗' };
    await notice(30, { municipalityCode: '990019', changeReason: '10', birthDate: '19710101' });
    expect(await notice(30, { ...who, changeReason: '13' })).toBe('HELD');
    const { searchId, candidates } = await search({ ...person, ...who });
    expect(candidates).toHaveLength(1);
    await decide(searchId, 1, 'DIFFERENT');
    await confirm(searchId);
    expect(await estate.sql("SELECT next_status, next_status_on::text AS day FROM juki_net.person WHERE person_key = (SELECT person_key FROM juki_net.change_notice WHERE municipal_seq = $1)", municipalSeq)).toEqual([{ next_status: 'CONFLICT', day: '2016-01-10' }]);
  });

  it('of more than ten only the count is told; a search that a second officer does not agree with lets nobody in', async () => {
    for (let serial = 40; serial < 51; serial += 1) await notice(serial, { birthDate: '19600101', changeReason: '10' });
    expect(await search({ birthDate: '19600101' })).toMatchObject({ state: 'TOO_WIDE', found: 11, candidates: [] });
    const { searchId } = await search({ birthDate: '19500101' });
    expect(outcome(await confirm(searchId, chief, false))).toBe('REFUSED');
    expect(await notice(51, { birthDate: '19500101' })).toBe('HELD');
  });

  it('is the municipality\'s own, with every person shown in the audit trail; an operator may reject what waits a day, and never silently', async () => {
    const { searchId } = await search({ birthDate: '19700101' });
    expect(outcome(await get(`/entry-searches/${searchId}`, town('990019', 'x')))).toBe('OUT_OF_JURISDICTION');
    expect(outcome(await get(`/entry-searches/${searchId}`, operator))).toBe('ACTION_NOT_PERMITTED');
    const [line] = await estate.sql<{ entry: string }>("SELECT entry FROM juki_net.audit_line WHERE entry LIKE '%entry-search.open%' ORDER BY at DESC, id DESC LIMIT 1");
    expect(z.object({ subjects: z.array(z.string()) }).parse(JSON.parse(line?.entry ?? '')).subjects).toHaveLength(2);
    const listed = z.object({ items: z.array(z.looseObject({ searchId: z.string() })), next: z.string().optional() });
    const page = listed.parse((await get('/entry-searches?limit=1', clerk)).json);
    expect([page.items[0]?.searchId, page.next]).toEqual([searchId, searchId]);
    expect(listed.parse((await get('/entry-searches', town('990019', 'x'))).json).items).toEqual([]);
    const [waiting] = await estate.sql<{ notice_id: string }>("SELECT notice_id FROM juki_net.change_notice WHERE state = 'HELD' AND code = 'ENTRY_NOT_SEARCHED' ORDER BY notice_id DESC LIMIT 1");
    const reject = (): Promise<Answer> => estate.request('POST', `${API}/held-notices/${waiting?.notice_id}/rejection`, { as: operator });
    expect(outcome(await reject())).toBe('HELD_NOT_OVERDUE');
    estate.clock.set(new Date('2016-02-23T03:00:00Z'));
    expect(outcome(await reject())).toBe('REJECTED');
    expect((await get(`/change-notices/${waiting?.notice_id}`, clerk)).json).toMatchObject({ state: 'REJECTED', code: 'ENTRY_NOT_SEARCHED' });
  });

  it('a confirmation and the entry at once: the entry is let in, whichever comes first', async () => {
    for (let round = 0; round < 6; round += 1) {
      const who = { birthDate: `1940010${round + 1}` };
      const { searchId } = await search(who);
      const [answer] = await Promise.all([post('/change-notices', row(60 + round, who), clerk), confirm(searchId)]);
      expect(answer.status).toBe(202);
      expect(await estate.sql('SELECT state FROM juki_net.change_notice WHERE municipal_seq = $1', municipalSeq)).toEqual([{ state: 'APPLIED' }]);
    }
  });
});
