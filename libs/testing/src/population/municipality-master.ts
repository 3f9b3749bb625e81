import { municipalityCodeFromBody, type MunicipalityCode, prefectureByNumber, prefectureOf } from '#kernel';
import { toRomaji } from 'wanakana';
import { postalMunicipalities, type PostalName } from './postal-master.js';

/** A municipality as addresses, envelopes and certificate subjects name it. */
export interface Municipality {
  readonly code: MunicipalityCode;
  /** Name without county: 試験市, 見本町, 札幌市中央区. */
  readonly name: string;
  /** Full-width katakana of `name`. */
  readonly kana: string;
  /** County (郡) in front of a town or village, as addresses have it. */
  readonly county?: string;
  readonly prefectureName: string;
  /** Hepburn without long vowels, the administrative suffix hyphenated: `Shiken-shi`, `Sapporo-shi Chuo-ku`. */
  readonly romaji: string;
  readonly prefectureRomaji: string;
  /** Five-digit bodies whose towns make up the municipality: itself, or the wards of a designated city. */
  readonly townBodies: readonly string[];
}

interface Naming {
  readonly body: string;
  readonly name: string;
  readonly kana: string;
  readonly county?: string;
  readonly townBodies: readonly string[];
}

/** Fictional municipalities of fixtures and training: bodies from 99, which no real prefecture has. */
const FICTIONAL: readonly Naming[] = [
  { body: '99001', name: '試験市', kana: 'シケンシ', townBodies: [] },
  { body: '99002', name: '見本町', kana: 'ミホンチョウ', townBodies: [] },
];

/** Islands that the postal file writes in front of the village although they are no county. */
const ISLANDS: readonly { readonly kanji: string; readonly kana: string }[] = [
  { kanji: '三宅島', kana: 'ミヤケジマ' },
  { kanji: '八丈島', kana: 'ハチジョウジマ' },
];

/** Administrative suffix by the last character: its readings and their hyphenated forms. */
const SUFFIXES: Readonly<Record<string, readonly (readonly [kana: string, romaji: string])[]>> = {
  市: [['シ', 'shi']],
  区: [['ク', 'ku']],
  町: [
    ['チョウ', 'cho'],
    ['マチ', 'machi'],
  ],
  村: [
    ['ムラ', 'mura'],
    ['ソン', 'son'],
  ],
};

/** Characters whose reading begins a new syllable although the vowels would make one long: 勝浦 is Katsuura, 豊岡 Toyooka. */
const VOWEL_BOUNDARIES: readonly (readonly [characters: RegExp, boundary: RegExp])[] = [
  [/浦/u, /(?<=[ウクスツヌフムユルュオコソトノホモヨロゴドョ])(?=ウラ)/gu],
  [/(?<!河)内/u, /(?<=[オコソトノホモヨロゴドョ])(?=ウチ)/gu],
  [/海/u, /(?<=[オコソトノホモヨロゴドョ])(?=ウミ)/gu],
  [/上/u, /(?<=[オコソトノホモヨロゴドョ])(?=ウエ(?!ツ))/gu],
  [/(?<!真)岡|丘/u, /(?<=[オコソトノホモヨロゴドョ])(?=オカ)/gu],
  [/表/u, /(?<=[オコソトノホモヨロゴドョ])(?=オモテ)/gu],
  [/[尾於]/u, /(?<=[コソトノホモヨロゴドョ])(?=オ)/gu],
];

/** Katakana to Hepburn with collapsed long vowels and an initial capital: オオサカ → Osaka, ニイガタ → Niigata. */
function plainRomaji(name: string, kana: string): string {
  const divided = VOWEL_BOUNDARIES.reduce(
    (text, [characters, boundary]) => (characters.test(name) ? text.replaceAll(boundary, '・') : text),
    kana,
  );
  const letters = toRomaji(divided)
    .replaceAll(/ou|oo/gu, 'o')
    .replaceAll('uu', 'u')
    .replaceAll(/[^a-z]/gu, '');
  return letters.slice(0, 1).toUpperCase() + letters.slice(1);
}

/** Romaji of an administrative name with its suffix set off: (大阪市, オオサカシ) → `Osaka-shi`. */
function administrativeRomaji(name: string, kana: string): string {
  const suffix = (SUFFIXES[name.slice(-1)] ?? []).find(([reading]) => kana.endsWith(reading));
  if (suffix === undefined) return plainRomaji(name, kana);
  const [reading, romaji] = suffix;
  return `${plainRomaji(name, kana.slice(0, -reading.length))}-${romaji}`;
}

function designatedCityName(name: string): string | undefined {
  return /^(.+?市).+区$/u.exec(name)?.[1];
}

function wardsOf(cityName: string, prefecture: string): readonly PostalName[] {
  return [...postalMunicipalities().values()].filter(
    (entry) => entry.body.startsWith(prefecture) && designatedCityName(entry.name) === cityName,
  );
}

/** Reading of a designated city: what the readings of its wards have in common, up to the last シ (市). */
function cityKanaFromWards(wards: readonly PostalName[]): string {
  const first = wards[0]?.kana ?? '';
  let length = first.length;
  while (length > 0 && !wards.every((ward) => ward.kana.startsWith(first.slice(0, length)))) length -= 1;
  return first.slice(0, first.slice(0, length).lastIndexOf('シ') + 1);
}

/** Separates the county: the reading of 郡 is the グン after as many others as the county's own name has (北群馬郡). */
function withoutCounty(entry: PostalName): Naming {
  const townBodies = [entry.body];
  const island = ISLANDS.find(({ kanji }) => entry.name.startsWith(kanji));
  if (island !== undefined) {
    return { body: entry.body, name: entry.name.slice(island.kanji.length), kana: entry.kana.slice(island.kana.length), townBodies };
  }
  const county = /^(.+?郡).+[町村]$/u.exec(entry.name)?.[1];
  if (county === undefined) return { ...entry, townBodies };
  let end = 0;
  for (let count = county.split(/[群郡]/u).length - 1; count > 0; count -= 1) end = entry.kana.indexOf('グン', end) + 'グン'.length;
  return { body: entry.body, name: entry.name.slice(county.length), kana: entry.kana.slice(end), county, townBodies };
}

/** A designated city has no row in the postal file; it is put together from its wards (01101 札幌市中央区 … → 01100). */
function designatedCity(body: string): Naming | undefined {
  if (!body.endsWith('0')) return undefined;
  for (const entry of postalMunicipalities().values()) {
    const name = designatedCityName(entry.name);
    if (name === undefined || !entry.body.startsWith(body.slice(0, 2))) continue;
    const wards = wardsOf(name, body.slice(0, 2));
    const lowest = wards.map((ward) => ward.body).sort()[0] ?? '';
    if (`${lowest.slice(0, 4)}0` !== body) continue;
    return { body, name, kana: cityKanaFromWards(wards), townBodies: wards.map((ward) => ward.body) };
  }
  return undefined;
}

function namingOf(body: string): Naming | undefined {
  const fictional = FICTIONAL.find((entry) => entry.body === body);
  if (fictional !== undefined) return fictional;
  const entry = postalMunicipalities().get(body);
  return entry === undefined ? designatedCity(body) : withoutCounty(entry);
}

function romajiOf(naming: Naming): string {
  const city = designatedCityName(naming.name);
  if (city === undefined) return administrativeRomaji(naming.name, naming.kana);
  const cityKana = cityKanaFromWards(wardsOf(city, naming.body.slice(0, 2)));
  const ward = administrativeRomaji(naming.name.slice(city.length), naming.kana.slice(cityKana.length));
  return `${administrativeRomaji(city, cityKana)} ${ward}`;
}

/**
 * Names of a municipality, ward or designated city in kanji, kana and romaji, real ones from the postal file and the
 * fictional 990019 and 990027. `undefined` for a code that no municipality has (prefecture codes are none).
 */
export function municipalityMaster(code: MunicipalityCode): Municipality | undefined {
  const body = code.slice(0, 5);
  const naming = namingOf(body);
  if (naming === undefined) return undefined;
  const { name, kana, county, townBodies } = naming;
  const prefecture = prefectureByNumber(prefectureOf(code));
  return {
    code,
    name,
    kana,
    ...(county === undefined ? {} : { county }),
    prefectureName: prefecture.name,
    romaji: romajiOf(naming),
    prefectureRomaji: prefecture.romaji,
    townBodies,
  };
}

/** The codes of the fictional municipalities, the default of the generator first. */
export const FICTIONAL_MUNICIPALITIES: readonly MunicipalityCode[] = FICTIONAL.map(({ body }) => municipalityCodeFromBody(body));
