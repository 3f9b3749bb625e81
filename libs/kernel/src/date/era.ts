import { InvalidValue } from '../invalid-value.js';
import { type LocalDate, localDateOf, partsOfDate, toLocalDate } from './local-date.js';

/** 元号. `number` is the digit used in certificates (JPKI 4.4); the first day belongs to the new era. */
export interface Era {
  readonly name: '明治' | '大正' | '昭和' | '平成' | '令和';
  readonly letter: 'M' | 'T' | 'S' | 'H' | 'R';
  readonly number: 1 | 2 | 3 | 4 | 5;
  readonly romaji: 'Meiji' | 'Taisho' | 'Showa' | 'Heisei' | 'Reiwa';
  readonly firstDay: LocalDate;
}

/** Oldest first (JPKI 4.4 rule c). */
export const ERAS: readonly Era[] = [
  { name: '明治', letter: 'M', number: 1, romaji: 'Meiji', firstDay: toLocalDate('1868-01-25') },
  { name: '大正', letter: 'T', number: 2, romaji: 'Taisho', firstDay: toLocalDate('1912-07-30') },
  { name: '昭和', letter: 'S', number: 3, romaji: 'Showa', firstDay: toLocalDate('1926-12-25') },
  { name: '平成', letter: 'H', number: 4, romaji: 'Heisei', firstDay: toLocalDate('1989-01-08') },
  { name: '令和', letter: 'R', number: 5, romaji: 'Reiwa', firstDay: toLocalDate('2019-05-01') },
];

/** Throws InvalidValue `era` / BEFORE_MEIJI. */
export function eraOf(date: LocalDate): Era {
  const era = ERAS.findLast(({ firstDay }) => firstDay <= date);
  if (era === undefined) throw new InvalidValue('era', 'BEFORE_MEIJI');
  return era;
}

/** Year of the era, from 1. */
export function eraYear(date: LocalDate): number {
  return partsOfDate(date).year - partsOfDate(eraOf(date).firstDay).year + 1;
}

/** As written in official documents: 平成元年3月31日. */
export function formatEra(date: LocalDate): string {
  const year = eraYear(date);
  const { month, day } = partsOfDate(date);
  return `${eraOf(date).name}${year === 1 ? '元' : year}年${month}月${day}日`;
}

/**
 * Reads 昭和64年1月7日, 平成元年1月8日, S64.1.7, H1/1/8 (full-width digits too). The era need not be the one of the day, only
 * the one of some day in that year: 昭和64年1月8日 and 平成1年1月7日 are both read (JUKI 7). Throws InvalidValue `eraDate` /
 * FORMAT or ERA_YEAR, `localDate` / NO_SUCH_DAY.
 */
export function parseEraDate(text: string): LocalDate {
  const plain = text.normalize('NFKC').replace(/\s/gu, '');
  const match =
    /^(?<era>明治|大正|昭和|平成|令和)(?<year>元|[0-9]{1,3})年(?<month>[0-9]{1,2})月(?<day>[0-9]{1,2})日$/u.exec(plain) ??
    /^(?<era>[MTSHR])(?<year>元|[0-9]{1,3})(?<mark>[./-])(?<month>[0-9]{1,2})\k<mark>(?<day>[0-9]{1,2})$/iu.exec(plain);
  const groups = match?.groups;
  if (groups === undefined) throw new InvalidValue('eraDate', 'FORMAT');
  const year = gregorianYear(groups['era'] ?? '', groups['year'] === '元' ? 1 : Number(groups['year']));
  return localDateOf(year, Number(groups['month']), Number(groups['day']));
}

function gregorianYear(nameOrLetter: string, yearOfEra: number): number {
  const index = ERAS.findIndex(({ name, letter }) => name === nameOrLetter || letter === nameOrLetter.toUpperCase());
  const era = ERAS[index];
  if (era === undefined) throw new InvalidValue('eraDate', 'FORMAT');
  const year = partsOfDate(era.firstDay).year + yearOfEra - 1;
  const next = ERAS[index + 1];
  if (yearOfEra < 1 || (next !== undefined && year > partsOfDate(next.firstDay).year)) throw new InvalidValue('eraDate', 'ERA_YEAR');
  return year;
}
