import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { initialMatchCaseDecided, initialMatchCompleted } from '#contracts/juki-net';
import { IndividualNumber, ResidentCode, toLocalDate, toMunicipalityCode, VARIANT_TABLE_VERSION } from '#kernel';
import { connectStreams, FieldCipher, masterKey, parseCloudEvent, type Actor, type CloudEvent } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { generatePopulation, type Household, INTAKE_COLUMNS, type Resident, writeIntakeFile } from '#testing/population';
import { jukiNetModule } from '#contexts/juki-net';
import { withoutVowels } from '../resident/reading-index.js';
import { legalOfficer } from '../inquiry/legal-officer.fixture.js';

const API = '/api/juki-net/v1';
const MATCHING = 'INITIAL_MATCHING';
const prefecture = (operator?: string): Actor => ({ clientId: 'prefecture-99', kind: 'prefecture', organisation: '99', ...(operator === undefined ? {} : { operator }) });
const town = (code: string): Actor => ({ clientId: `municipality-${code}`, kind: 'municipality', organisation: code });
const HEADER = 'ref,kana,kanji,DOB,sex,address,addressDate';
const CITY = '架空県試験市';

let estate: TestEstate;
let streams: Awaited<ReturnType<typeof connectStreams>>;
const events: CloudEvent[] = [];
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2016-01-20T01:00:00Z') });
  streams = await connectStreams(estate.natsUrl, 'initial-match spec');
  streams.connection.subscribe('kiban.juki-net.initial-match.>', { callback: (_error, message) => void events.push(parseCloudEvent(message.string())) });
  await register();
}, 240_000);
afterAll(async () => {
  await streams.connection.close();
  await estate.stop();
});

const csv = (fields: readonly string[]): string => fields.map((field) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');

interface Known { kanji: string; kana: string; birthDate: string; sex: string; address: string; code: string; alias?: string }
/** Persons whom matching could confuse, all of 試験市. */
const traps = new Map<string, Known>();
const trap = (name: string, known: Omit<Known, 'code'>): void => {
  traps.set(name, { ...known, code: ResidentCode.fromBody(`99${String(90_000_000 + traps.size)}`).reveal() });
};
for (const [index, [kanjiA, kanjiB]] of [['翔', '昇'], ['薫', '香'], ['純', '準'], ['誠', '真']].entries()) {
  const twin = { birthDate: `1985040${index + 1}`, sex: '1', address: `${CITY}双子町${index + 1}番地` };
  trap(`twin ${index} a`, { ...twin, kanji: `見本　${kanjiA ?? ''}`, kana: 'ミホン　ショウ' });
  trap(`twin ${index} b`, { ...twin, kanji: `見本　${kanjiB ?? ''}`, kana: 'ミホン　ショウ' });
}
for (const index of [1, 2, 3, 4]) {
  const house = { sex: '1', kana: 'レイジ　タロウ', address: `${CITY}親子町${index}番地` };
  trap(`father ${index}`, { ...house, kanji: '例示　太郎', birthDate: `195${index}0312` });
  trap(`son ${index}`, { ...house, kanji: '例示　太朗', birthDate: `198${index}0312` });
}
trap('2016 a', { kanji: '中田　博', kana: 'ナカタ　ヒロシ', birthDate: '19601105', sex: '1', address: `${CITY}東町1番地` });
trap('2016 b', { kanji: '仲田　浩', kana: 'ナカタ　ヒロシ', birthDate: '19601105', sex: '1', address: `${CITY}西町2番地` });
trap('namesake a', { kanji: '同名　一', kana: 'ドウメイ　ハジメ', birthDate: '19700101', sex: '1', address: `${CITY}南町1番地` });
trap('namesake b', { kanji: '同名　一', kana: 'ドウメイ　ハジメ', birthDate: '19700101', sex: '1', address: `${CITY}南町9番地` });
trap('protected', { kanji: '保護　花', kana: 'ホゴ　ハナ', birthDate: '19900909', sex: '2', address: `${CITY}秘密町7番地` });
trap('unknown day', { kanji: '古井　トメ', kana: 'フルイ　トメ', birthDate: '19200300', sex: '2', address: `${CITY}古町3番地` });
trap('merged', { kanji: '合併　次郎', kana: 'ガッペイ　ジロウ', birthDate: '19710203', sex: '1', address: '架空県旧町大字本郷十二番地' });
trap('without kana', { kanji: '無名　栞', kana: '', birthDate: '19810809', sex: '2', address: `${CITY}仮名町1番地` });
trap('read by one', { kanji: '無音　要', kana: 'ムオン　カナメ', birthDate: '19820910', sex: '1', address: `${CITY}仮名町5番地` });
trap('read by none', { kanji: '無音　要', kana: '', birthDate: '19820910', sex: '1', address: `${CITY}仮名町9番地` });
trap('moved', { kanji: '転居　三郎', kana: 'テンキョ　サブロウ', birthDate: '19720304', sex: '1', address: `${CITY}元町5番地` });
trap('foreigner', { kanji: 'KIM MINJUN', kana: 'キム　ミンジュン', alias: '金本　俊', birthDate: '19880701', sex: '1', address: `${CITY}通町1番地` });
trap('foreigner of a shared alias', { kanji: 'LEE JIHOON', kana: 'イ　ジフン', alias: '木下　潤', birthDate: '19890802', sex: '1', address: `${CITY}通町3番地` });
trap('namesake of an alias', { kanji: '木下　潤', kana: 'キノシタ　ジュン', birthDate: '19890802', sex: '1', address: `${CITY}通町8番地` });
const trapped = (name: string): Known => traps.get(name) ?? { kanji: '', kana: '', birthDate: '', sex: '', address: '', code: '' };

const households = (code: string, size: number, firstSerial: number): Household[] =>
  [...generatePopulation({ seed: 'initial-match', size, firstSerial, municipality: toMunicipalityCode(code), baseDate: toLocalDate('2015-10-05') })];
const city = households('990019', 3_000, 1);
const village = households('990027', 1_000, 10_001);
const capital = households('131016', 300, 20_001);

async function sendNotices(code: string, body: string | Buffer): Promise<void> {
  const sent = await estate.request('POST', `${API}/notice-files?municipalityCode=${code}`, { as: town(code), purpose: 'RESIDENT_REGISTER', body, headers: { 'content-type': 'text/csv' } });
  const { fileId } = z.object({ fileId: z.string() }).parse(sent.json);
  await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.notice_file WHERE file_id = $1 AND state = 'COMPLETED'", fileId)).length === 1, 120);
  expect(await estate.sql('SELECT * FROM juki_net.notice_file_fault WHERE file_id = $1', fileId)).toEqual([]);
}

async function register(): Promise<void> {
  for (const [code, list] of [['990019', city], ['990027', village], ['131016', capital]] as const) {
    await sendNotices(code, Buffer.concat([...writeIntakeFile(list, { municipality: toMunicipalityCode(code), changeDate: toLocalDate('2015-10-05') }).chunks]));
  }
  let seq = 100_000;
  const notice = (known: Known, personSeq: string, changeReason: string, address = known.address): string => {
    seq += 1;
    return csv([String(seq), known.code, personSeq, changeReason, '20151006', known.kanji, known.kana, known.alias ?? '', known.birthDate, known.sex, address, '', '0000001', '990019', '']);
  };
  const rows = [...traps.values()].map((known) => notice(known, '1', '14'));
  rows.push(notice(trapped('merged'), '2', '34', `${CITY}本郷12番地`), notice(trapped('moved'), '2', '30', `${CITY}新町8番地`), notice(trapped('moved'), '3', '30', `${CITY}別町9番地`));
  await estate.sql(`WITH merger AS (INSERT INTO juki_net.municipality_change VALUES (gen_random_uuid(), 'MERGER', '990019', '${CITY}', '2010-01-01', '{}', 'COMPLETED', 'a', 'b', NULL, now()) RETURNING change_id)
    INSERT INTO juki_net.former_municipality SELECT '990043', change_id, '架空県旧町' FROM merger`);
  await sendNotices('990019', [INTAKE_COLUMNS.join(','), ...rows, ''].join('\r\n'));
  await estate.sql(`INSERT INTO juki_net.support_measure (person_key, measure_id, municipality_code, grounds, starts_on, ends_on, registered_at)
    SELECT person_key, gen_random_uuid(), '990019', 'STALKING', '2016-01-01', '2016-12-31', now() FROM juki_net.segment WHERE name_kanji = '保護　花'`);
}

/** A row of the agency with the code of whom it is; none for somebody whom the register does not know here. */
interface AgencyRow { readonly ref: string; readonly fields: readonly string[]; readonly truth?: string | undefined; readonly kind: string }
let refs = 0;
function agencyRow(kind: string, known: Omit<Known, 'code'>, truth: string | undefined): AgencyRow {
  refs += 1;
  const ref = `99-${kind.replaceAll(' ', '')}-${refs}`;
  return { ref, kind, truth, fields: [ref, known.kana, known.kanji, known.birthDate, known.sex, known.address, '20140401'] };
}
const knownOf = ({ address }: Household, { nameKanji: kanji, nameKana: kana, birthDate, sex, residentCode }: Resident): Known => ({ kanji, kana, birthDate, sex, address, code: residentCode.reveal() });

/** Another day of the same month, one digit off. */
function nearDay(day: string): string {
  if (day === '30') return '20';
  const digit = Number(day.slice(1));
  return day.slice(0, 1) + String(day === '01' || digit === 0 ? digit + 1 : digit - 1);
}

/** How agencies write what municipalities write otherwise. */
const DISTORTIONS: readonly [string, (known: Known) => Omit<Known, 'code'>][] = [
  ['exact', (known) => known],
  ['spelling', (known) => ({ ...known, kanji: known.kanji.replace('高', '髙').replace('崎', '﨑').replace('　', ' '), kana: known.kana.normalize('NFKC').replace(/[ヂヅ]/g, (kana) => (kana === 'ヂ' ? 'ジ' : 'ズ')) })],
  ['address form', (known) => ({ ...known, address: known.address.replace(/番地?の?|号(?!棟)/g, '-').replace(/-(?=$|　)/g, '').replace('架空県', '') })],
  ['other lot', (known) => ({ ...known, address: known.address.replace(/\d+番/, '999番') })],
  ['no kana', (known) => ({ ...known, kana: '' })],
  ['digit off', (known) => ({ ...known, birthDate: known.birthDate.replace(/(?!00)..$/, nearDay) })],
  ['married', (known) => ({ ...known, kanji: known.kanji.replace(/^[^　]+/, '旧姓'), kana: known.kana.replace(/^[^　]+/, 'キュウセイ') })],
  ['other kanji', (known) => ({ ...known, kanji: `${known.kanji}々` })],
  ['long vowel', (known) => ({ ...known, kanji: '', kana: known.kana.replace(/ウ|イ$/, 'ー') })],
  ['moved away', (known) => ({ ...known, address: '架空県遠市遠町1' })],
];

const residents = [...city, ...village].flatMap((household) => household.members.map((resident) => knownOf(household, resident)));
const byCode = new Map([...residents, ...traps.values()].map((known) => [known.code, known]));

function agencyFile(): AgencyRow[] {
  const rows: AgencyRow[] = [];
  for (const [index, known] of residents.entries()) {
    const [kind, distort] = DISTORTIONS[index % 20 < DISTORTIONS.length ? index % 20 : 0] ?? ['exact', (same: Known) => same];
    rows.push(agencyRow(kind, distort(known), known.code));
  }
  for (const household of capital) for (const resident of household.members) rows.push(agencyRow('other prefecture', knownOf(household, resident), undefined));
  // The same kana and day of birth as a resident, yet somebody else.
  for (const known of residents.slice(0, 300)) rows.push(agencyRow('stranger', { ...known, kanji: '別人　某', address: '架空県遠市遠町1' }, undefined));
  for (const [name, known] of traps) rows.push(agencyRow(name, known, known.code));
  for (const index of [0, 1, 2, 3]) {
    rows.push(agencyRow('twin typed as the other', { ...trapped(`twin ${index} b`) }, trapped(`twin ${index} a`).code));
    rows.push(agencyRow('twin without kanji', { ...trapped(`twin ${index} a`), kanji: '' }, trapped(`twin ${index} a`).code));
  }
  rows.push(agencyRow('2016 case', { ...trapped('2016 a'), kanji: '永田　博' }, undefined));
  rows.push(agencyRow('merged old', { ...trapped('merged'), address: '架空県旧町本郷12' }, trapped('merged').code));
  rows.push(agencyRow('moved old', { ...trapped('moved'), address: `${CITY}元町5` }, trapped('moved').code), agencyRow('moved between', { ...trapped('moved'), address: `${CITY}新町8` }, trapped('moved').code));
  rows.push(agencyRow('married old', { ...trapped('moved'), kanji: '旧姓　三郎', kana: 'キュウセイ　サブロウ', address: `${CITY}元町5` }, trapped('moved').code));
  const calledOld = { ...trapped('moved'), address: '旧町別町9' };
  rows.push(agencyRow('name before the merger', calledOld, calledOld.code), agencyRow('married since the merger', { ...calledOld, kanji: '旧姓　三郎', kana: 'キュウセイ　サブロウ' }, calledOld.code));
  rows.push(agencyRow('long vowels elsewhere', { ...trapped('merged'), kanji: '', kana: 'ガッペー　ジロー', address: `${CITY}西町1` }, trapped('merged').code));
  rows.push(agencyRow('namesake by town', { ...trapped('namesake a'), address: `${CITY}南町5` }, trapped('namesake a').code));
  const alias = { ...trapped('foreigner'), kanji: '金本 俊', kana: 'カネモト　シュン' };
  for (const [kind, over] of [['alias', {}], ['alias elsewhere', { address: `${CITY}西町1` }], ['alias without sex', { sex: '' }], ['latin name', { kanji: 'Ｋｉｍ　Ｍｉｎｊｕｎ', kana: '' }]] as const) {
    rows.push(agencyRow(kind, { ...alias, ...over }, alias.code));
  }
  rows.push(agencyRow('day exchanged without kana', { ...trapped('without kana'), birthDate: '19810908' }, trapped('without kana').code));
  rows.push(agencyRow('fishing', { ...trapped('protected'), address: '架空県遠市遠町1' }, trapped('protected').code));
  return rows;
}

const upload = (body: string, as = prefecture()): Promise<Answer> => estate.request('POST', `${API}/initial-matches`, { as, purpose: MATCHING, body, headers: { 'content-type': 'text/csv' } });
const uploaded = z.object({ matchId: z.uuid(), jobId: z.uuid(), state: z.string(), repeated: z.boolean() });
const codeOf = (answer: Answer): string => z.object({ code: z.string() }).parse(answer.json).code;
const get = (path: string, as = prefecture()): Promise<Answer> => estate.request('GET', `${API}/initial-matches/${path}`, { as, purpose: MATCHING });
const post = (path: string, body: unknown, as: Actor): Promise<Answer> => estate.request('POST', `${API}/initial-matches/${path}`, { as, purpose: MATCHING, body });
const view = z.object({ state: z.string(), done: z.number(), total: z.number(), rows: z.number(), rejected: z.number(), auto: z.number(), review: z.number(), none: z.number(), variantTable: z.string(), linked: z.number(), unlinked: z.number() });
const viewOf = async (matchId: string): Promise<z.output<typeof view>> => view.parse((await get(matchId)).json);
const matched = (matchId: string): Promise<z.output<typeof view>> => estate.eventually(async () => ((found) => found.state === 'MATCHED' && found)(await viewOf(matchId)), 120);
const person = z.record(z.string(), z.string());
const casesPage = z.object({
  items: z.array(z.object({
    caseId: z.number(), outcome: z.string(), tier: z.number().optional(), state: z.string().optional(), chosen: z.number().optional(), row: z.record(z.string(), z.string()),
    candidates: z.array(z.object({ candidate: z.number(), tier: z.number().optional(), person })),
  })),
  next: z.number().optional(),
});
type Case = z.output<typeof casesPage>['items'][number];
async function casesOf(matchId: string, outcome: string): Promise<Case[]> {
  const items: Case[] = [];
  for (let after: number | undefined = 0; after !== undefined; ) {
    const found: z.output<typeof casesPage> = casesPage.parse((await get(`${matchId}/cases?outcome=${outcome}&after=${after}&limit=100`)).json);
    items.push(...found.items);
    after = found.next;
  }
  return items;
}
async function resultOf(matchId: string, query: string): Promise<{ status: number; lines: string[] }> {
  const lines: string[] = [];
  for (let path: string | undefined = `${API}/initial-matches/${matchId}/result?${query}&limit=2000`; path !== undefined; ) {
    const page: Answer = await estate.request('GET', path, { as: prefecture(), purpose: MATCHING });
    if (page.status !== 200) return { status: page.status, lines: [codeOf(page)] };
    lines.push(...page.bytes.toString('utf8').split('\r\n').slice(0, -1));
    path = /<(.*)>/.exec(page.headers.get('link') ?? '')?.[1];
  }
  return { status: 200, lines };
}
async function grant(items: string[]): Promise<string> {
  const operator = (officer: string): Actor => ({ clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: officer });
  const drafted = await estate.request('POST', `${API}/grants`, { as: operator('a'), body: {
    institution: 'prefecture', organisation: '99', affair: MATCHING, legalBasis: '別表第五', items, modes: ['BATCH_LINE'], keyKinds: ['FOUR_ITEMS'], validFrom: '2016-01-01', validUntil: '2016-12-31' } });
  const { grantId } = z.object({ grantId: z.uuid() }).parse(drafted.json);
  expect((await estate.request('POST', `${API}/grants/${grantId}/approval`, { as: legalOfficer, body: {} })).status).toBe(200);
  return grantId;
}

describe('matching a prefecture’s persons (JUKI-3.6, 4.8)', () => {
  const rows = agencyFile();
  const bad = ['"broken', 'a,b', csv(['', 'カナ', '漢字', '19800101', '1', '住所', '']), csv([rows[0]?.ref ?? '', 'カナ', '漢字', '19800101', '1', '住所', '']), csv(['bad-1', 'カナ', '見\0本', '19800101', '1', '住所', '']), csv(['bad-2', 'カナ', '漢字', '19800230', '1', '住所', ''])];
  const body = [HEADER, ...rows.map(({ fields }) => csv(fields)), ...bad].join('\r\n');
  const lineOf = (ref: string): number => rows.findIndex((row) => row.ref === ref) + 2;
  let matchId = '';
  /** What the result says of each reference. */
  const told = new Map<string, { outcome: string; tier: string; code: string }>();

  it('computes the place keys of rows that were written before there were any', async () => {
    const keys = (): Promise<unknown[]> => estate.sql('SELECT sum(place_key) FROM (SELECT place_key FROM juki_net.segment UNION ALL SELECT place_key FROM juki_net.former_address) AS keyed');
    const before = await keys();
    for (const table of ['segment', 'former_address']) await estate.sql(`UPDATE juki_net.${table} SET place_key = 0`);
    await estate.eventually(async () => JSON.stringify(await keys()) === JSON.stringify(before), 60);
  });

  it('survives a kill in the middle, reports bad rows and counts every row once', async () => {
    await estate.sql('CREATE TABLE public.seen (n serial, state text)');
    await estate.sql('CREATE FUNCTION public.see() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN INSERT INTO public.seen (state) VALUES (NEW.state); RETURN NEW; END $$');
    await estate.sql('CREATE TRIGGER see AFTER INSERT OR UPDATE OF state ON juki_net.initial_match FOR EACH ROW EXECUTE FUNCTION public.see()');
    const sent = await upload(body);
    expect([sent.status, uploaded.parse(sent.json).state]).toEqual([202, 'LOADED']);
    ({ matchId } = uploaded.parse(sent.json));
    await estate.eventually(async () => (await estate.sql('SELECT 1 FROM juki_net.job WHERE done > $1', rows.length + bad.length)).length === 1, 60);
    await estate.restart();
    const found = await matched(matchId);
    expect(found).toMatchObject({ variantTable: VARIANT_TABLE_VERSION, rows: rows.length + bad.length, rejected: bad.length, done: 2 * rows.length + bad.length + 1 });
    expect(found.auto + found.review + found.none).toBe(rows.length);
    expect(await estate.sql('SELECT state FROM public.seen GROUP BY state ORDER BY min(n)')).toEqual(['LOADED', 'NORMALISED', 'MATCHED'].map((state) => ({ state })));
    const faults = z.object({ items: z.array(z.object({ line: z.number(), column: z.string().nullable(), code: z.string() })) }).parse((await get(`${matchId}/faults`)).json).items;
    const first = rows.length + 2;
    expect(faults.map(({ line, column, code }) => ({ line, column, code }))).toEqual([
      { line: first, column: null, code: 'MALFORMED_ROW' }, { line: first + 1, column: null, code: 'COLUMN_COUNT' }, { line: first + 2, column: 'ref', code: 'REQUIRED' },
      { line: first + 3, column: 'ref', code: 'REF_REPEATED' }, { line: first + 4, column: 'kanji', code: 'CHARACTER' }, { line: first + 5, column: 'DOB', code: 'DATE' },
    ]);
    expect(await estate.sql('SELECT 1 FROM juki_net.initial_match_chunk')).toEqual([]);
    expect(uploaded.parse((await upload(body)).json)).toMatchObject({ matchId, repeated: true, state: 'MATCHED' });
  });

  it('no false AUTO among twins, fathers and sons, namesakes, strangers and people of other prefectures; the recall', async () => {
    const { lines } = await resultOf(matchId, `grantId=${await grant(['residentCode'])}`);
    expect(lines[0]).toBe('ref,outcome,tier,residentCode');
    expect(lines).toHaveLength(rows.length + 1);
    for (const line of lines.slice(1)) {
      const [ref = '', outcome = '', tier = '', code = ''] = line.split(',');
      told.set(ref, { outcome, tier, code });
    }
    const review = new Map((await casesOf(matchId, 'REVIEW')).map((found) => [found.row['ref'] ?? '', found]));
    const falseAuto = rows.filter(({ ref, truth }) => told.get(ref)?.outcome === 'AUTO' && told.get(ref)?.code !== truth);
    expect(falseAuto.map(({ ref }) => ref)).toEqual([]);
    expect([...told.values()].filter(({ outcome, code }) => (outcome === 'AUTO') !== (code !== ''))).toEqual([]);
    const share = (kinds: readonly string[], right: (row: AgencyRow) => boolean): number => {
      const of = rows.filter(({ kind }) => kinds.includes(kind));
      return of.filter(right).length / of.length;
    };
    const isAuto = ({ ref }: AgencyRow): boolean => told.get(ref)?.outcome === 'AUTO';
    const hasTruth = ({ ref, truth }: AgencyRow): boolean =>
      review.get(ref)?.candidates.some(({ tier, person: shown }) => tier !== undefined && shown['nameKanji'] === byCode.get(truth ?? '')?.kanji && shown['birthDate'] === byCode.get(truth ?? '')?.birthDate) ?? false;
    // Of 4,000 persons: what agencies write otherwise is found without an officer, except unknown birth days and protected persons.
    expect(share(['exact', 'spelling', 'address form', 'other lot', 'no kana'], isAuto)).toBeGreaterThan(0.995);
    expect(share(['digit off', 'married', 'other kanji', 'long vowel'], hasTruth)).toBeGreaterThan(0.98);
    expect(share(['digit off', 'married', 'other kanji', 'long vowel', 'moved away', 'other prefecture', 'stranger', '2016 case'], isAuto)).toBe(0);
    expect(share(['moved away', 'other prefecture', 'stranger'], ({ ref }) => told.get(ref)?.outcome === 'NONE')).toBe(1);
    const recall = share([...new Set(rows.filter(({ truth }) => truth !== undefined).map(({ kind }) => kind))], (row) => isAuto(row) || hasTruth(row));
    // Of all rows of persons on record, those with another municipality's address included, which nothing may find.
    expect(recall).toBeGreaterThan(0.94);
  });

  it.each([
    `${withoutVowels('name_kana_folded')} = 'ミホンショ' AND birth_date = '19850401'`, "name_kanji_key = '見本翔' AND birth_date = '19850401'", "name_kanji_key = '見本翔' AND birth_date = '19850401' AND name_kana_folded = ''", 'place_key = 1',
  ])('is sought by index alone: %s', async (condition) => {
    const plan = (await estate.sql(`EXPLAIN (COSTS OFF) SELECT FROM juki_net.segment WHERE ${condition}`)).map((row) => Object.values(row).join(''));
    expect(plan.filter((line) => line.includes('Index Cond'))).toHaveLength(8);
    expect(plan.filter((line) => line.includes('Filter'))).toEqual([]);
  });

  it.each([
    ['merged', 'AUTO', '1'], ['merged old', 'AUTO', '1'], ['moved', 'AUTO', '1'], ['moved old', 'AUTO', '1'], ['moved between', 'AUTO', '1'], ['married old', 'REVIEW', '4'], ['name before the merger', 'AUTO', '1'], ['married since the merger', 'REVIEW', '4'], ['long vowels elsewhere', 'REVIEW', '4'], ['father 1', 'AUTO', '1'], ['son 1', 'AUTO', '1'], ['without kana', 'AUTO', '2'], ['read by one', 'REVIEW', '1'],
    ['twin 0 a', 'REVIEW', '1'], ['twin typed as the other', 'REVIEW', '1'], ['twin without kanji', 'REVIEW', '3'], ['2016 a', 'REVIEW', '1'], ['2016 case', 'REVIEW', '3'],
    ['namesake a', 'REVIEW', '1'], ['namesake by town', 'REVIEW', '2'], ['unknown day', 'REVIEW', '1'], ['protected', 'REVIEW', '3'], ['fishing', 'REVIEW', '3'], ['stranger', 'NONE', ''],
    ['foreigner', 'AUTO', '1'], ['alias', 'AUTO', '2'], ['latin name', 'AUTO', '2'], ['alias elsewhere', 'NONE', ''], ['alias without sex', 'REVIEW', '4'],
    ['foreigner of a shared alias', 'AUTO', '1'], ['namesake of an alias', 'REVIEW', '1'], ['day exchanged without kana', 'REVIEW', '4'],
  ])('%s: %s %s', (kind, outcome, tier) => {
    const row = rows.find((other) => other.kind === kind);
    expect(told.get(row?.ref ?? '')).toEqual({ outcome, tier, code: outcome === 'AUTO' ? row?.truth : '' });
  });

  it('JUKI-4.13 shows candidates with an audit line of its subjects, without the address of protected persons', async () => {
    const cases = await casesOf(matchId, 'REVIEW');
    const of = (kind: string): Case | undefined => cases.find(({ row }) => row['ref'] === rows.find((row) => row.kind === kind)?.ref);
    for (const kind of ['protected', 'fishing']) {
      const shown = of(kind)?.candidates[0]?.person ?? {};
      expect(shown).toMatchObject({ resultCode: '41', nameKanji: '保護　花', birthDate: '19900909' });
      expect(Object.keys(shown)).not.toEqual(expect.arrayContaining(['address']));
      expect(Object.keys(shown)).not.toContain('municipalityCode');
    }
    expect(of('2016 case')?.candidates.map(({ person: shown }) => shown['nameKanji']).sort()).toEqual(['中田　博', '仲田　浩']);
    const hints = (await casesOf(matchId, 'NONE')).filter(({ candidates }) => candidates.length > 0);
    expect(hints.length).toBeGreaterThan(0);
    expect(hints.every(({ candidates, state }) => state === undefined && candidates.every(({ tier }) => tier === undefined))).toBe(true);
    const [line] = await estate.sql<{ subjects: number; purpose: string }>(
      `SELECT jsonb_array_length(entry::jsonb->'subjects') AS subjects, entry::jsonb->>'purpose' AS purpose FROM juki_net.audit_line WHERE entry LIKE '%initial-match.list-cases%' ORDER BY id LIMIT 1`);
    expect(line?.subjects).toBeGreaterThan(0);
    expect(line?.purpose).toBe(MATCHING);
    const shown = JSON.stringify([await estate.sql('SELECT * FROM juki_net.match_case LIMIT 50'), await estate.sql("SELECT entry FROM juki_net.audit_line WHERE entry LIKE '%initial-match%'"), await estate.sql('SELECT parameters, result FROM juki_net.job')]);
    for (const text of [trapped('protected').kanji, trapped('protected').code, CITY, rows[0]?.ref ?? '']) expect(shown).not.toContain(text);
  });

  it('JUKI-3.6 one officer decides, another confirms or returns; a hint is never chosen; the end is told without a person', async () => {
    const twin = lineOf(rows.find(({ kind }) => kind === 'twin 0 a')?.ref ?? '');
    const at = (line: number, step: string): string => `${matchId}/cases/${line}/${step}`;
    expect(codeOf(await post(at(twin, 'decision'), { candidate: 1 }, prefecture()))).toBe('OPERATOR_NOT_ASSERTED');
    expect(codeOf(await post(at(twin, 'confirmation'), { agrees: true }, prefecture('b')))).toBe('CASE_STATE');
    expect(codeOf(await post(at(twin, 'decision'), { candidate: 9 }, prefecture('a')))).toBe('CANDIDATE_UNKNOWN');
    expect((await post(at(2_000_000, 'decision'), { candidate: 1 }, prefecture('a'))).status).toBe(404);
    expect((await post(at(twin, 'decision'), { candidate: 1 }, prefecture('a'))).json).toEqual({ matchId, caseId: twin, state: 'DECIDED', chosen: 1 });
    expect((await viewOf(matchId)).state).toBe('IN_REVIEW');
    expect(codeOf(await post(at(twin, 'decision'), { candidate: 2 }, prefecture('b')))).toBe('CASE_STATE');
    expect(codeOf(await post(at(twin, 'confirmation'), { agrees: true }, prefecture('a')))).toBe('SAME_OFFICER');
    expect((await post(at(twin, 'confirmation'), { agrees: false }, prefecture('b'))).json).toMatchObject({ state: 'OPEN', chosen: null });
    await post(at(twin, 'decision'), { candidate: 1 }, prefecture('b'));
    const key = { as: prefecture('a'), purpose: MATCHING, idempotencyKey: 'confirm-twin', body: { agrees: true } };
    const confirmed = await estate.request('POST', `${API}/initial-matches/${at(twin, 'confirmation')}`, key);
    expect(confirmed.json).toEqual({ matchId, caseId: twin, state: 'CONFIRMED', chosen: 1 });
    expect((await estate.request('POST', `${API}/initial-matches/${at(twin, 'confirmation')}`, key)).json).toEqual(confirmed.json);
    const nobody = lineOf(rows.find(({ kind }) => kind === '2016 case')?.ref ?? '');
    await post(at(nobody, 'decision'), { candidate: null }, prefecture('a'));
    await post(at(nobody, 'confirmation'), { agrees: true }, prefecture('b'));
    expect(await viewOf(matchId)).toMatchObject({ linked: 1, unlinked: 1 });
    const none = lineOf(rows.find(({ kind }) => kind === 'stranger')?.ref ?? '');
    expect(codeOf(await post(at(none, 'decision'), { candidate: 1 }, prefecture('a')))).toBe('CASE_STATE');
    const completed = await viewOf(matchId);
    await estate.eventually(async () => events.length >= 3);
    expect(events.filter(({ type }) => type === initialMatchCompleted.type).map(({ data }) => data)).toEqual([
      { matchId, organisation: '99', rows: completed.rows, rejected: completed.rejected, auto: completed.auto, review: completed.review, none: completed.none },
    ]);
    expect(events.filter(({ type }) => type === initialMatchCaseDecided.type).map(({ data }) => data)).toEqual([
      { matchId, caseId: twin, organisation: '99', linked: true }, { matchId, caseId: nobody, organisation: '99', linked: false },
    ]);
  });

  it('JUKI-5.3 codes only under a grant of them, each with a use record; a confirmed case is told, a settled nobody is NONE', async () => {
    const twin = rows.find(({ kind }) => kind === 'twin 0 a')?.ref ?? '';
    const lines = (await resultOf(matchId, '')).lines;
    expect(lines.every((line) => line === lines[0] || line.endsWith(','))).toBe(true);
    const uses = async (): Promise<unknown> => estate.sql("SELECT count(*)::int AS n FROM juki_net.use_record WHERE mode = 'BATCH_LINE' AND items = '{residentCode}'");
    const before = await uses();
    expect((await resultOf(matchId, `grantId=${await grant(['nameKanji'])}`)).lines).toEqual(['ITEM_NOT_GRANTED']);
    expect((await resultOf(matchId, `grantId=${matchId}`)).lines).toEqual(['GRANT_NOT_ACTIVE']);
    expect(await uses()).toEqual(before);
    const granted = (await resultOf(matchId, `grantId=${await grant(['residentCode'])}`)).lines;
    const [, outcome, tier, code] = granted.find((line) => line.startsWith(`${twin},`))?.split(',') ?? [];
    expect([outcome, tier]).toEqual(['CONFIRMED', '1']);
    expect([trapped('twin 0 a').code, trapped('twin 0 b').code]).toContain(code);
    expect(granted.find((line) => line.startsWith(rows.find(({ kind }) => kind === '2016 case')?.ref ?? ''))).toMatch(/,NONE,,$/);
    const [{ n } = { n: 0 }] = z.array(z.object({ n: z.number() })).parse(before);
    expect(await uses()).toEqual([{ n: n + granted.filter((line) => /\d{11}$/.test(line)).length }]);

    // The number under a grant of it alone, of those who have one.
    const cipher = new FieldCipher(masterKey(estate.config.keys), 'juki-net');
    const number = IndividualNumber.fromBody('99000000001').reveal();
    await estate.sql('UPDATE juki_net.person SET individual_number = $1 WHERE person_key = (SELECT person_key FROM juki_net.resident_code WHERE code_index = $2)', cipher.encrypt('person.individual_number', number), cipher.blindIndex('resident-code', code ?? ''));
    const numbered = (await resultOf(matchId, `grantId=${await grant(['individualNumber'])}`)).lines;
    expect([numbered[0], numbered.filter((line) => line.endsWith(number)).length > 0, numbered.slice(1).every((line) => line.endsWith(number) || line.endsWith(','))]).toEqual(['ref,outcome,tier,individualNumber', true, true]);
    expect(numbered).toContain(`${twin},CONFIRMED,1,${number}`);
    expect(await estate.sql("SELECT DISTINCT person_key FROM juki_net.use_record WHERE items = '{individualNumber}'")).toHaveLength(1);
    expect((await resultOf(matchId, `grantId=${await grant(['residentCode', 'individualNumber'])}`)).lines).toContain(`${twin},CONFIRMED,1,${code ?? ''}`);
  });

  it('is closed when every case is settled and the result has arrived; then what the agency sent is gone', async () => {
    const cases = rows.length;
    expect(codeOf(await post(`${matchId}/closure`, { linesReceived: cases }, prefecture('a')))).toBe('CASES_OPEN');
    await estate.sql("UPDATE juki_net.match_case SET state = 'CONFIRMED', person_key = NULL WHERE outcome = 'REVIEW' AND match_id = $1 AND state = 'OPEN'", matchId);
    await estate.sql('UPDATE juki_net.initial_match SET unlinked = review - linked WHERE match_id = $1', matchId);
    expect(codeOf(await post(`${matchId}/closure`, { linesReceived: cases - 1 }, prefecture('a')))).toBe('EXPORT_INCOMPLETE');
    expect((await post(`${matchId}/closure`, { linesReceived: cases }, prefecture('a'))).json).toEqual({ matchId, state: 'CLOSED' });
    expect(await estate.sql('SELECT (SELECT count(*)::int FROM juki_net.match_case) AS cases, (SELECT count(*)::int FROM juki_net.match_candidate) AS candidates')).toEqual([{ cases: 0, candidates: 0 }]);
    expect(codeOf(await post(`${matchId}/closure`, { linesReceived: cases }, prefecture('a')))).toBe('MATCH_STATE');
    expect(codeOf(await get(`${matchId}/cases`))).toBe('MATCH_STATE');
    expect((await resultOf(matchId, '')).lines).toEqual(['MATCH_STATE']);
    expect(uploaded.parse((await upload(body)).json)).toMatchObject({ matchId, repeated: true, state: 'CLOSED' });
  });

  it('is the prefecture’s alone: others are refused, and so are other purposes', async () => {
    const other: Actor = { clientId: 'prefecture-13', kind: 'prefecture', organisation: '13', operator: 'x' };
    for (const path of ['', '/faults', '/cases', '/result']) expect(codeOf(await get(`${matchId}${path}`, other))).toBe('OUT_OF_JURISDICTION');
    expect(codeOf(await post(`${matchId}/closure`, { linesReceived: 1 }, other))).toBe('OUT_OF_JURISDICTION');
    expect(codeOf(await post(`${matchId}/cases/2/decision`, { candidate: 1 }, other))).toBe('OUT_OF_JURISDICTION');
    expect(codeOf(await get(matchId, town('990019')))).toBe('ACTION_NOT_PERMITTED');
    expect(codeOf(await upload(body, town('990019')))).toBe('ACTION_NOT_PERMITTED');
    expect(codeOf(await estate.request('GET', `${API}/initial-matches/${matchId}`, { as: prefecture(), purpose: 'RESIDENT_REGISTER' }))).toBe('PURPOSE_NOT_PERMITTED');
    const refused = await estate.sql("SELECT 1 FROM juki_net.audit_line WHERE entry LIKE '%initial-match%' AND entry LIKE '%OUT_OF_JURISDICTION%' AND entry LIKE '%prefecture-13%'");
    expect(refused).toHaveLength(6);
  });
});

describe('bad files', () => {
  it('are refused whole and leave nothing; lines of broken uploads go the next day; a failed job goes on when the file is sent again', async () => {
    for (const [text, code] of [['', 'MALFORMED_HEADER'], ['ref,kana\r\n1,2', 'MALFORMED_HEADER'], [`${HEADER},individualNumber\r\n`, 'MALFORMED_HEADER'], [HEADER, 'EMPTY_FILE'], [`${HEADER}\r\n${'x'.repeat(70_000)}`, 'LINE_TOO_LONG']] as const) {
      const { json } = await upload(text);
      expect(json).toMatchObject({ code, ...(code === 'MALFORMED_HEADER' ? { facts: { expected: HEADER } } : {}) });
    }
    const broken = request(`http://127.0.0.1:${estate.running.httpPort}${API}/initial-matches`, { method: 'POST', headers: { authorization: `Bearer ${await estate.token(prefecture())}`, 'kiban-purpose': MATCHING, 'content-type': 'text/csv' } });
    broken.on('error', () => undefined);
    broken.write(`${HEADER}\r\n${'r,カナ,漢字,19800101,1,住所,\r\n'.repeat(5_000)}`);
    await estate.eventually(async () => (await estate.sql('SELECT 1 FROM juki_net.initial_match_chunk')).length > 0);
    broken.destroy(new Error('cut'));
    await estate.eventually(async () => (await estate.sql('SELECT 1 FROM juki_net.initial_match_chunk')).length === 0);
    await estate.sql("INSERT INTO juki_net.initial_match_chunk VALUES (gen_random_uuid(), 0, 2, false, '', '2016-01-18T00:00:00Z')");
    const text = [HEADER, csv(['r-1', trapped('moved').kana, trapped('moved').kanji, trapped('moved').birthDate, '1', trapped('moved').address, ''])].join('\r\n');
    const { matchId, jobId } = uploaded.parse((await upload(text)).json);
    await matched(matchId);
    await estate.sql("UPDATE juki_net.job SET state = 'FAILED', result = NULL WHERE id = $1", jobId);
    const again = uploaded.parse((await upload(text)).json);
    expect(again).toMatchObject({ matchId, repeated: true });
    expect(again.jobId).not.toBe(jobId);
    expect(await matched(matchId)).toMatchObject({ auto: 1, review: 0, none: 0 });
    estate.clock.set(new Date('2016-01-21T01:00:00Z'));
    await estate.eventually(async () => (await estate.sql('SELECT 1 FROM juki_net.initial_match_chunk')).length === 0);
  });
});
