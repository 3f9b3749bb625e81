import { gaijiCount, kanaKeyLoose, kanaKeyStrict, kanjiKey } from '#kernel';
import { comparable } from '../resident/place-key.js';

/** How well a row and a person agree, 1 the best (JUKI-4.8); a HINT is shown and can never become a match. */
export type Tier = 1 | 2 | 3 | 4;
export type Likeness = Tier | 'HINT';

export const OUTCOMES = ['AUTO', 'REVIEW', 'NONE'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Items that are compared, as written; '' where nothing is known. `birthDate` YYYYMMDD, unknown parts 00. */
export interface MatchItems {
  readonly kana: string;
  readonly kanji: string;
  readonly birthDate: string;
  readonly sex: string;
  readonly address: string;
}

/** An address in its parts: equal lots are one place, equal heads (what stands before the first number) one town. */
interface Place {
  /** '' where the prefecture is not written. */
  readonly prefecture: string;
  readonly municipality: string;
  readonly head: string;
  readonly whole: string;
}

/** The same items made comparable, computed once; '' never equals anything. */
export interface MatchKeys {
  readonly kana: string;
  /** '' too where a character has no standard code point: local codes of two places may agree by chance (JUKI-7). */
  readonly kanji: string;
  readonly givenKana: string;
  readonly givenKanji: string;
  readonly birthDate: string;
  readonly sex: string;
  /** The address as written first, of a person the present one. */
  readonly places: readonly Place[];
}

/** A person on record with whom a row is compared. */
export interface MatchPerson {
  readonly personKey: string;
  readonly keys: MatchKeys;
  /** The same with the alias (通称) for a name. */
  readonly alias?: MatchKeys | undefined;
  /** Protected, or recorded in two places at once: matching must not let the address be guessed (JUKI-4.13, JUKI-7). */
  readonly placeWithheld: boolean;
}

/** A person who was found for a row. */
export interface Found {
  readonly personKey: string;
  readonly likeness: Likeness;
}

export interface MatchDecision {
  readonly outcome: Outcome;
  readonly tier?: Tier | undefined;
  /** The best first. */
  readonly found: readonly Found[];
}

/**
 * The weakest tier that makes a rival of a match of tier 1, and of one of tier 2: of two persons of one name in a town, the one meant may be
 * the one who lives where the row says and whose date of birth was typed with one digit wrong.
 */
const WEAKEST_RIVAL = { 1: 3, 2: 4 } as const;
const ORDER: readonly Likeness[] = [1, 2, 3, 4, 'HINT'];
/** Up to the first 市区町村 after a county; short for names that hold one themselves (四日市市), but alike on both sides. */
const MUNICIPALITY = /^(?:[^市区町村]+?郡(?!市))?.+?[市区町村]/u;

/** Keys of a row with the names of its address since, or of a person with the addresses of former days (JUKI-4.8). */
export function matchKeys(items: MatchItems, otherAddresses: readonly string[] = []): MatchKeys {
  const { kana, kanji, birthDate, sex, address } = items;
  return {
    kana: kanaKeyStrict(kana), kanji: nameKey(kanji), givenKana: kanaKeyStrict(givenName(kana)), givenKanji: nameKey(givenName(kanji)),
    birthDate, sex, places: [address, ...otherAddresses].filter((text) => text !== '').map(placeOf),
  };
}

/** Keys of a person under the alias (通称). The register knows no reading of it: that of the name says nothing about the alias. */
export function aliasKeys(keys: MatchKeys, alias: string): MatchKeys {
  return { ...keys, kana: '', kanji: nameKey(alias), givenKana: '', givenKanji: nameKey(givenName(alias)) };
}

/** Latin letters count without their case; a name with a character that no standard code point names has no key. */
export function nameKey(name: string): string {
  return gaijiCount(name) === 0 ? kanjiKey(name).toUpperCase() : '';
}

/** The better of what name and alias say (JUKI-4.8). */
export function likenessOf(row: MatchKeys, { keys, alias, placeWithheld }: Pick<MatchPerson, 'keys' | 'alias' | 'placeWithheld'>): Likeness | undefined {
  const asNamed = likenessOfName(row, keys, placeWithheld);
  const asCalled = alias === undefined ? undefined : likenessOfName(row, alias, placeWithheld);
  return asNamed === undefined || (asCalled !== undefined && ORDER.indexOf(asCalled) < ORDER.indexOf(asNamed)) ? asCalled : asNamed;
}

/**
 * The table of JUKI-4.8. Kana and date of birth alone are never more than a HINT: by them one man once got another's number. Tier 3 asks
 * nothing of the kanji, so that whoever misses the tiers above by sex or town alone is reviewed too.
 */
function likenessOfName(row: MatchKeys, keys: MatchKeys, placeWithheld: boolean): Likeness | undefined {
  const kana = isSame(row.kana, keys.kana);
  const kanji = isSame(row.kanji, keys.kanji);
  const born = row.birthDate === keys.birthDate;
  const hint = born && (kana || kanji) ? 'HINT' : undefined;
  const whole = kanji && born && /^[12]$/.test(row.sex) && row.sex === keys.sex;
  if (placeWithheld) return whole && kana ? 3 : hint;
  const near = (agree: (a: Place, b: Place) => boolean): boolean => row.places.some((a) => keys.places.some((b) => agree(a, b)));
  if (whole && kana && near(isSamePlace)) return 1;
  if (whole && (kana || row.kana === '' || keys.kana === '') && near(isSameTown)) return 2;
  if (kana && born && near(isSameMunicipality)) return 3;
  if ((kana || kanji) && isNearBirthDate(row.birthDate, keys.birthDate) && near(isSameMunicipality)) return 4;
  if (born && sharesGivenName(row, keys) && near(isSamePlace)) return 4;
  if (born && isSame(kanaKeyLoose(row.kana), kanaKeyLoose(keys.kana)) && near(isSameMunicipality)) return 4;
  return hint;
}

/** AUTO needs tier 1 or 2, a birth date known to the day, and nobody else of tier 1 to 3, for tier 2 nobody else of any tier. */
export function decideMatch(row: Pick<MatchKeys, 'birthDate'>, found: readonly Found[]): MatchDecision {
  const sorted = [...found].sort((a, b) => ORDER.indexOf(a.likeness) - ORDER.indexOf(b.likeness));
  const tiers = sorted.flatMap(({ likeness }) => (likeness === 'HINT' ? [] : [likeness]));
  const [tier] = tiers;
  if (tier === undefined) return { outcome: 'NONE', found: sorted };
  const alone = (weakest: number): boolean => tiers.filter((other) => other <= weakest).length === 1;
  const auto = (tier === 1 || tier === 2) && alone(WEAKEST_RIVAL[tier]) && !row.birthDate.endsWith('00');
  return { outcome: auto ? 'AUTO' : 'REVIEW', tier, found: auto ? sorted.slice(0, 1) : sorted };
}

/** Day and month exchanged, or one digit another. */
export function isNearBirthDate(a: string, b: string): boolean {
  if (a === b || a.length !== b.length) return false;
  const digitsOff = Array.from(a).filter((digit, index) => digit !== b[index]).length;
  return digitsOff === 1 || a === swapped(b);
}

/** All texts that `isNearBirthDate` calls near and that a date of birth can be, for retrieval. */
export function nearBirthDates(birthDate: string): string[] {
  const near = new Set([swapped(birthDate)]);
  for (let at = 0; at < birthDate.length; at += 1) for (let digit = 0; digit <= 9; digit += 1) near.add(birthDate.slice(0, at) + String(digit) + birthDate.slice(at + 1));
  near.delete(birthDate);
  return [...near].filter((text) => /^(?:1[89]|20)\d\d(?:0\d|1[0-2])(?:[0-2]\d|3[01])$/.test(text));
}

function swapped(birthDate: string): string {
  return birthDate.slice(0, 4) + birthDate.slice(6) + birthDate.slice(4, 6);
}

function isSame(a: string, b: string): boolean {
  return a !== '' && a === b;
}

/** What follows the surname; '' where the two are written together. */
function givenName(name: string): string {
  return /^\s*\S+\s+(.+)$/u.exec(name)?.[1] ?? '';
}

/** Where one side does not part its names, its whole name must end with the given name of the other. */
function sharesGivenName(a: MatchKeys, b: MatchKeys): boolean {
  return agree(a.givenKanji, a.kanji, b.givenKanji, b.kanji) || agree(a.givenKana, a.kana, b.givenKana, b.kana);
}

function agree(givenA: string, wholeA: string, givenB: string, wholeB: string): boolean {
  if (givenA !== '' && givenB !== '') return givenA === givenB;
  return (givenA !== '' && wholeB.endsWith(givenA)) || (givenB !== '' && wholeA.endsWith(givenB));
}

function placeOf(address: string): Place {
  const { prefecture, whole } = comparable(address);
  return { prefecture, whole, head: /^[^0-9]*/u.exec(whole)?.[0] ?? '', municipality: MUNICIPALITY.exec(whole)?.[0] ?? '' };
}

function isSamePrefecture(a: Place, b: Place): boolean {
  return a.prefecture === '' || b.prefecture === '' || a.prefecture === b.prefecture;
}

function isSamePlace(a: Place, b: Place): boolean {
  return isSame(a.whole, b.whole) && isSamePrefecture(a, b);
}

/** A municipality without a town in its addresses has no town that could be the same. */
function isSameTown(a: Place, b: Place): boolean {
  return isSameMunicipality(a, b) && a.head === b.head && a.head.length > a.municipality.length;
}

function isSameMunicipality(a: Place, b: Place): boolean {
  return isSame(a.municipality, b.municipality) && isSamePrefecture(a, b);
}
