import { ResidentCode } from '#kernel';
import { type Household, type IntakeRow, type Resident, SURNAMES } from '#testing/population';
import { portionsOf, PORTION, residentsOf } from './scene.js';

/** A row of an agency's file with the code of whom it is; without one nobody of the register may be linked to it. */
export interface AgencyRow {
  readonly kind: string;
  readonly fields: readonly string[];
  readonly truth?: string;
}

interface Known {
  readonly kanji: string;
  readonly kana: string;
  readonly birthDate: string;
  readonly sex: string;
  readonly address: string;
}

/** Another day of the same month, one digit off. */
function nearDay(day: string): string {
  if (day === '30') return '20';
  const digit = Number(day.slice(1));
  return day.slice(0, 1) + String(day === '01' || digit === 0 ? digit + 1 : digit - 1);
}

type Distortion = readonly [kind: string, of: (known: Known) => Known];
/** How agencies write what municipalities write otherwise: the same person. */
const SPELLINGS: readonly Distortion[] = [
  ['other characters', (known) => ({ ...known, kanji: known.kanji.replace('高', '髙').replace('崎', '﨑').replace('　', ' '), kana: known.kana.replace(/[ヂヅ]/g, (kana) => (kana === 'ヂ' ? 'ジ' : 'ズ')) })],
  ['address form', (known) => ({ ...known, address: known.address.replace(/番地?の?|号(?!棟)/g, '-').replace(/-(?=$|　)/g, '').replace('架空県', '') })],
  ['other lot', (known) => ({ ...known, address: known.address.replace(/\d+番/, '999番') })],
  ['no kana', (known) => ({ ...known, kana: '' })],
];
/** Mistakes and changes that only officers may see through. */
const MISTAKES: readonly Distortion[] = [
  ['digit off in the birth date', (known) => ({ ...known, birthDate: known.birthDate.replace(/(?!00)..$/, nearDay) })],
  ['other surname', (known) => ({ ...known, kanji: known.kanji.replace(/^[^　]+/, '旧姓'), kana: known.kana.replace(/^[^　]+/, 'キュウセイ') })],
  ['a kanji more', (known) => ({ ...known, kanji: `${known.kanji}々` })],
  ['moved away unknown to the register', (known) => ({ ...known, address: '架空県遠市遠町1' })],
];
/** The same kana and day of birth as a resident, yet somebody else (the case of 2016). */
const STRANGER: Distortion = ['stranger of the same reading', (known) => ({ ...known, kanji: '別人　某', address: '架空県遠市遠町1' })];

function distortionOf(place: number): Distortion {
  const same: Distortion = ['as registered', (known) => known];
  if (place < 70) return same;
  if (place < 86) return SPELLINGS[place % SPELLINGS.length] ?? same;
  return place < 98 ? (MISTAKES[place % MISTAKES.length] ?? same) : STRANGER;
}

const knownOf = ({ address }: Household, { nameKanji: kanji, nameKana: kana, birthDate, sex }: Resident): Known => ({ kanji, kana, birthDate, sex, address });
const rowOf = (kind: string, { kana, kanji, birthDate, sex, address }: Known, ref: string, truth?: string): AgencyRow =>
  ({ kind, fields: [ref, kana, kanji, birthDate, sex, address, '20140401'], ...(truth === undefined ? {} : { truth }) });

/** Rows of an agency about residents from all over the register, with the persons of the trap among them. */
export function* agencyRows(residents: number, count: number): Generator<AgencyRow, void, void> {
  let number = 0;
  for (const pair of trapsOf(count)) {
    for (const [kind, known, truth] of pair.rows) yield rowOf(kind, known, `r-${++number}`, truth);
  }
  const each = Math.ceil((count - number) / portionsOf(residents).length);
  const stride = Math.max(1, Math.floor(PORTION / each));
  for (const portion of portionsOf(residents)) {
    let seen = 0;
    for (const household of residentsOf(portion)) {
      for (const resident of household.members) {
        if (seen++ % stride !== 0 || number >= count) continue;
        const distortion = distortionOf(number % 100);
        const truth = distortion === STRANGER ? undefined : resident.residentCode.reveal();
        yield rowOf(distortion[0], distortion[1](knownOf(household, resident)), `r-${++number}`, truth);
      }
    }
  }
}

/** Two persons whom matching could confuse, and rows about them. */
interface Trap {
  readonly persons: readonly (Known & { readonly code: string })[];
  readonly rows: readonly (readonly [kind: string, known: Known, truth: string | undefined])[];
}

const TRAPS_FROM = 91_000_000;
const codeOf = (serial: number): string => ResidentCode.fromBody(`99${String(TRAPS_FROM + serial).padStart(8, '0')}`).reveal();
const day = (index: number): string => String(1 + (index % 28)).padStart(2, '0');

/** Twins whose names sound alike, fathers and sons of one name, namesakes born on one day, persons of a merged town: one of each for 1,000 rows. */
export function* trapsOf(rows: number): Generator<Trap, void, void> {
  for (let index = 0; index < Math.max(10, Math.floor(rows / 1_000)); index += 1) {
    const house = `架空県試験市双子町${1 + (index % 900)}番地${index}`;
    const person = (place: number, known: Omit<Known, 'address'> & { readonly address?: string }) => ({ address: house, ...known, code: codeOf(index * 8 + place) });
    const { kanji: name = '', kana: reading = '' } = SURNAMES[index % SURNAMES.length] ?? {};
    const birth = `19${String(30 + (index % 60)).padStart(2, '0')}04${day(index)}`;
    const twinA = person(0, { kanji: `${name}　翔`, kana: `${reading}　ショウ`, birthDate: birth, sex: '1' });
    const twinB = person(1, { kanji: `${name}　昇`, kana: `${reading}　ショウ`, birthDate: birth, sex: '1' });
    yield {
      persons: [twinA, twinB],
      rows: [['twin', twinA, twinA.code], ['twin', twinB, twinB.code], ['twin typed as the other', { ...twinA, kanji: twinB.kanji }, twinA.code], ['twin without kanji', { ...twinA, kanji: '' }, twinA.code]],
    };
    const father = person(2, { kanji: `${name}　太郎`, kana: `${reading}　タロウ`, birthDate: `1940${'03'}${day(index)}`, sex: '1' });
    const son = person(3, { kanji: `${name}　太朗`, kana: `${reading}　タロウ`, birthDate: `1970${'03'}${day(index)}`, sex: '1' });
    yield { persons: [father, son], rows: [['father', father, father.code], ['son', son, son.code], ["father with the son's kanji", { ...father, kanji: son.kanji }, father.code]] };
    const one = person(4, { kanji: `${name}　一`, kana: `${reading}　ハジメ`, birthDate: birth, sex: '1', address: `架空県試験市南町${1 + index}番地` });
    const other = person(5, { kanji: `${name}　一`, kana: `${reading}　ハジメ`, birthDate: birth, sex: '1', address: `架空県試験市南町${10_000 + index}番地` });
    yield { persons: [one, other], rows: [['namesake', one, one.code], ['namesake by the town alone', { ...one, address: '架空県試験市南町99999' }, one.code]] };
    const merged = person(6, { kanji: `${name}　次郎`, kana: `${reading}　ジロウ`, birthDate: birth, sex: '1', address: `架空県旧町大字本郷${1 + index}番地` });
    yield { persons: [merged], rows: [['old name of a merged town', { ...merged, address: `架空県旧町本郷${1 + index}` }, merged.code]] };
  }
}

/** The first notice of a person of the trap. */
export function trapNotice({ code, kanji, kana, birthDate, sex, address }: Trap['persons'][number], municipalSeq: number): IntakeRow {
  return {
    municipalSeq: String(municipalSeq), residentCode: code, personSeq: '1', changeReason: '14', changeDate: '20151006', nameKanji: kanji, nameKana: kana, aliasName: '', birthDate, sex, address,
    townCode: '', postalCode: '9990001', municipalityCode: '990019', previousMunicipalityCode: '',
  };
}

/** The town of those whom the merger concerned has a new name now. */
export function mergedNotice(person: Trap['persons'][number], municipalSeq: number): IntakeRow {
  return { ...trapNotice(person, municipalSeq), personSeq: '2', changeReason: '34', changeDate: '20151007', address: person.address.replace('架空県旧町大字', '架空県試験市') };
}
