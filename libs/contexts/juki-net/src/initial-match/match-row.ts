import { isDay, type RowFault, written } from '../change-notice/intake-row.js';

/** Columns of an agency's file (IMIN, JUKI-5.3), in this order. */
export const IMIN_COLUMNS = ['ref', 'kana', 'kanji', 'DOB', 'sex', 'address', 'addressDate'] as const;
export type MatchColumn = (typeof IMIN_COLUMNS)[number];

/** A person as an agency holds them; '' where it holds nothing. Dates are YYYYMMDD. */
export type MatchRow = Readonly<Record<MatchColumn, string>>;

export interface MatchRowFault {
  readonly code: RowFault | 'COLUMN_COUNT' | 'MALFORMED_ROW';
  readonly column?: MatchColumn | undefined;
}

const LONGEST_REF = 40;
const LONGEST_NAME = 100;
const LONGEST_ADDRESS = 200;

const CHECKS: Readonly<Record<MatchColumn, (text: string) => RowFault | undefined>> = {
  ref: written(LONGEST_REF),
  kana: written(LONGEST_NAME),
  kanji: written(LONGEST_NAME),
  DOB: (text) => (isDay(text, true) ? undefined : 'DATE'),
  sex: (text) => (/^[1239]$/.test(text) ? undefined : 'FORMAT'),
  address: written(LONGEST_ADDRESS),
  addressDate: (text) => (isDay(text, false) ? undefined : 'DATE'),
};

/** Whether a header line is exactly the prescribed one. */
export function isMatchHeader(fields: readonly string[]): boolean {
  return fields.length === IMIN_COLUMNS.length && IMIN_COLUMNS.every((column, index) => fields[index] === column);
}

/** The row, or its first fault (JUKI-7): a reference, a date of birth and a name are needed; nothing is corrected. */
export function matchRowOf(fields: readonly string[] | undefined): MatchRow | MatchRowFault {
  if (fields === undefined) return { code: 'MALFORMED_ROW' };
  const [ref = '', kana = '', kanji = '', DOB = '', sex = '', address = '', addressDate = ''] = fields;
  if (fields.length !== IMIN_COLUMNS.length) return { code: 'COLUMN_COUNT' };
  const row: MatchRow = { ref, kana, kanji, DOB, sex, address, addressDate };
  if (ref === '') return { code: 'REQUIRED', column: 'ref' };
  if (kana === '' && kanji === '') return { code: 'REQUIRED', column: 'kanji' };
  if (DOB === '') return { code: 'REQUIRED', column: 'DOB' };
  for (const column of IMIN_COLUMNS) {
    const fault = row[column] === '' ? undefined : CHECKS[column](row[column]);
    if (fault !== undefined) return { code: fault, column };
  }
  return row;
}
