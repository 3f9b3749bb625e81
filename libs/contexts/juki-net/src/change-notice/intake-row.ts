import { residencyClass } from '#contracts/juki-net';
import { addDays, characterFault, daysInMonth, gaijiCount, graphemeCount, InvalidValue, kanaKeyStrict, kanjiKey, localDateOf, type LocalDate, municipalityCodeFault, parseEraDate, ResidentCode, toLocalDate } from '#kernel';
import { CHANGE_REASONS, CONTENT_ITEMS, type ContentItem } from '../resident/change-reason.js';
import { type Notice, PLANNED_AHEAD_DAYS } from '../resident/resident.js';
import { isNumberLike } from '../symbol-acquisition/symbol-acquisition.js';

/**
 * Columns of a municipality's file of change notices, in this order; the body of a single notice has the same names (JUKI-4.2). A file may
 * end before any of the last ones: the day of the notification at the counter (届出日), the former surname (旧氏), the class of a foreign
 * resident (30条の45), the number of the municipality's request (依頼管理番号), the detail of the reason, the lock of the record (更新禁止フラグ).
 */
export const INTAKE_COLUMNS = [
  'municipalSeq', 'residentCode', 'personSeq', 'changeReason', 'changeDate', 'nameKanji', 'nameKana', 'aliasName', 'birthDate', 'sex',
  'address', 'townCode', 'postalCode', 'municipalityCode', 'previousMunicipalityCode', 'notifiedOn', 'formerSurname', 'residencyClass',
  'managementNo', 'changeReasonDetail', 'updateLock',
] as const;
export type IntakeColumn = (typeof INTAKE_COLUMNS)[number];

/** One notice as text; in a file an empty column, in a single notice an absent member. Dates are YYYYMMDD, or written with their era. */
export type IntakeRow = Partial<Readonly<Record<IntakeColumn, string>>>;

/** A well-formed notice with its two sequences. */
export interface NoticeItems extends Notice {
  readonly municipalSeq: number;
  readonly personSeq: number;
  readonly residentCode: string;
  /** Where it is not the day on which the register receives the notice. */
  readonly notifiedOn?: LocalDate | undefined;
  readonly managementNo?: string | undefined;
  readonly changeReasonDetail?: string | undefined;
}

export type RowFault = 'CHANGE_REASON' | 'CHARACTER' | 'CHECK_DIGIT' | 'DATE' | 'DATE_IN_FUTURE' | 'FORMAT' | 'ITEM_NOT_ALLOWED' | 'NOT_YOUR_RESIDENT' | 'REQUIRED' | 'TRAINING_REALM';
export interface Fault<Code extends string = RowFault> {
  readonly code: Code;
  readonly column?: IntakeColumn | undefined;
}

type Check = (text: string) => RowFault | undefined;

const REQUIRED: readonly IntakeColumn[] = ['municipalSeq', 'residentCode', 'personSeq', 'changeReason', 'changeDate', 'municipalityCode'];
const REQUIRED_UNLESS_DELETION: readonly IntakeColumn[] = ['nameKanji', 'birthDate', 'sex', 'address'];
const LONGEST_NAME = 100;
const LONGEST_SURNAME = 50;
const LONGEST_ADDRESS = 200;
export const LONGEST_DETAIL = 100;
/** First day on which a resident record may hold a former surname (住民基本台帳法施行令, as amended by 平成31年政令152号). */
const FORMER_SURNAME_FROM = toLocalDate('2019-11-05');
/** Ends of the columns that may be left out. */
export const LEFT_OUT = /\u001f{1,6}$/;
/** Marks, selectors and glyph references count as no character of their own; this bounds them (JUKI-4.2). */
const MOST_CODE_UNITS = 1_000;
/** Both keys of a name stand in one entry of a B-tree, which holds 2,704 bytes at most (JUKI-4.8). */
const MOST_KEY_BYTES = 1_200;
/** NFKC makes at most so many bytes of one code unit (U+FDFA): a key of fewer units need not be built. */
const MOST_BYTES_OF_UNIT = 33;

const matching = (pattern: RegExp): Check => (text) => (pattern.test(text) ? undefined : 'FORMAT');
/** Text of at most so many written characters that the register can hold. */
export const written = (longest: number): Check => (text) => {
  if (characterFault(text) !== undefined) return 'CHARACTER';
  if (text.length > MOST_CODE_UNITS) return 'FORMAT';
  return text.length > longest && graphemeCount(text) > longest ? 'FORMAT' : undefined;
};
const name = written(LONGEST_NAME);
const searchedName = (key: (text: string) => string): Check => (text) => {
  const fault = name(text);
  if (fault !== undefined || text.length * MOST_BYTES_OF_UNIT <= MOST_KEY_BYTES) return fault;
  return Buffer.byteLength(key(text)) > MOST_KEY_BYTES ? 'FORMAT' : undefined;
};
const municipality: Check = (text) => {
  const fault = municipalityCodeFault(text);
  return fault === 'PREFECTURE' ? 'FORMAT' : fault;
};

/** A number of the municipality's own request (依頼管理番号). It is told in the clear on lists of what waits, so that no code or number may stand there. */
export function isManagementNo(text: string): boolean {
  return /^[0-9A-Za-z-]{1,40}$/.test(text) && !isNumberLike(text);
}

const CHECKS: Readonly<Record<IntakeColumn, Check>> = {
  municipalSeq: matching(/^[1-9]\d{0,14}$/),
  residentCode: (text) => (ResidentCode.fault(text) === 'CHECK_DIGIT' ? 'CHECK_DIGIT' : ResidentCode.fault(text) && 'FORMAT'),
  personSeq: matching(/^[1-9]\d{0,8}$/),
  changeReason: (text) => (Object.hasOwn(CHANGE_REASONS, text) ? undefined : 'CHANGE_REASON'),
  changeDate: (text) => (isDay(text, false) ? undefined : 'DATE'),
  nameKanji: searchedName(kanjiKey),
  nameKana: searchedName(kanaKeyStrict),
  aliasName: name,
  birthDate: (text) => (isDay(text, true) ? undefined : 'DATE'),
  sex: matching(/^[1239]$/),
  address: written(LONGEST_ADDRESS),
  townCode: matching(/^[0-9]{1,12}$/),
  postalCode: matching(/^[0-9]{7}$/),
  municipalityCode: municipality,
  previousMunicipalityCode: municipality,
  notifiedOn: (text) => (isDay(text, false) ? undefined : 'DATE'),
  formerSurname: written(LONGEST_SURNAME),
  residencyClass: (text) => (residencyClass.safeParse(text).success ? undefined : 'FORMAT'),
  managementNo: (text) => (isManagementNo(text) ? undefined : 'FORMAT'),
  changeReasonDetail: written(LONGEST_DETAIL),
  updateLock: matching(/^[01]$/),
};

/**
 * Checks the items of a notice of `municipalityCode` (JUKI-7): the first fault, or the notice. Nothing is corrected; a name is
 * kept as written. A deletion may leave the content out.
 */
export function parseIntakeRow(given: IntakeRow, municipalityCode: string, today: LocalDate): NoticeItems | Fault {
  const row = inGregorian(given);
  const missing = REQUIRED.find((column) => isEmpty(row[column]));
  if (missing !== undefined) return { code: 'REQUIRED', column: missing };
  for (const column of INTAKE_COLUMNS) {
    const text = row[column];
    if (text === undefined || text === '') continue;
    const fault = CHECKS[column](text);
    if (fault !== undefined) return { code: fault, column };
  }
  if (!isEmpty(row.formerSurname) && today < FORMER_SURNAME_FROM) return { code: 'ITEM_NOT_ALLOWED', column: 'formerSurname' };
  if (row.municipalityCode !== municipalityCode) return { code: 'NOT_YOUR_RESIDENT', column: 'municipalityCode' };
  const deletion = CHANGE_REASONS[row.changeReason ?? '']?.act === 'DELETION';
  const needed = deletion ? undefined : REQUIRED_UNLESS_DELETION.find((column) => isEmpty(row[column]));
  if (needed !== undefined) return { code: 'REQUIRED', column: needed };
  const changeDate = dateOf(row.changeDate ?? '');
  if (changeDate > addDays(today, PLANNED_AHEAD_DAYS)) return { code: 'DATE_IN_FUTURE', column: 'changeDate' };
  if ((row.birthDate ?? '') > today.replaceAll('-', '')) return { code: 'DATE_IN_FUTURE', column: 'birthDate' };
  const notifiedOn = isEmpty(row.notifiedOn) ? undefined : dateOf(row.notifiedOn ?? '');
  if (notifiedOn !== undefined && notifiedOn > today) return { code: 'DATE_IN_FUTURE', column: 'notifiedOn' };
  return {
    municipalityCode,
    municipalSeq: Number(row.municipalSeq),
    personSeq: Number(row.personSeq),
    residentCode: row.residentCode ?? '',
    changeReason: row.changeReason ?? '',
    changeDate,
    ...(notifiedOn === undefined ? {} : { notifiedOn }),
    ...controlItems(row),
    ...(isEmpty(row.previousMunicipalityCode) ? {} : { previousMunicipalityCode: row.previousMunicipalityCode }),
    content: deletion ? {} : contentOf(row),
    ...(deletion || row.residencyClass === undefined ? {} : { residencyClass: row.residencyClass }),
  };
}

/** Items about the notice and the record rather than the person; left out or empty, the lock is as it was (JUKI-4.2). */
function controlItems({ managementNo, changeReasonDetail, updateLock }: IntakeRow): Pick<NoticeItems, 'managementNo' | 'changeReasonDetail' | 'updateLock'> {
  return {
    ...(isEmpty(managementNo) ? {} : { managementNo }),
    ...(isEmpty(changeReasonDetail) ? {} : { changeReasonDetail }),
    ...(isEmpty(updateLock) ? {} : { updateLock: updateLock === '1' }),
  };
}

/** Characters that map to no standard code, of the names and of the address: the notice is taken in and flagged (JUKI-4.2, 7). */
export interface GaijiCounts {
  readonly gaijiCountName: number;
  readonly gaijiCountAddress: number;
}

export const NO_GAIJI: GaijiCounts = { gaijiCountName: 0, gaijiCountAddress: 0 };

/** Undefined when there are none, as in most notices. */
export function gaijiCounts({ nameKanji = '', aliasName = '', formerSurname = '', address = '' }: Notice['content']): GaijiCounts | undefined {
  const counts = { gaijiCountName: gaijiCount(nameKanji) + gaijiCount(aliasName) + gaijiCount(formerSurname), gaijiCountAddress: gaijiCount(address) };
  return counts.gaijiCountName + counts.gaijiCountAddress > 0 ? counts : undefined;
}

/** What makes two transmissions of one notice the same (JUKI-4.5.1); to be hashed with a key, never to be stored. */
export function noticeText(row: IntakeRow): string {
  const text = INTAKE_COLUMNS.map((column) => row[column] ?? '').join('\u001f');
  // As it was before there were these columns: what was sent without them is known again.
  return text.replace(LEFT_OUT, '');
}

function isEmpty(text: string | undefined): boolean {
  return text === undefined || text === '';
}

function contentOf(row: IntakeRow): Notice['content'] {
  const content: Partial<Record<ContentItem, string>> = {};
  for (const item of CONTENT_ITEMS) {
    const text = row[item];
    if (text !== undefined) content[item] = text;
  }
  return content;
}

/** Days written with an era are stored Gregorian; of 昭和64 and 平成1 both spellings are read for all of 1989 (JUKI-7). */
function inGregorian(row: IntakeRow): IntakeRow {
  const { changeDate, birthDate } = row;
  const [change, birth] = [gregorianDay(changeDate), gregorianDay(birthDate)];
  if (change === changeDate && birth === birthDate) return row;
  return { ...row, ...(change === undefined ? {} : { changeDate: change }), ...(birth === undefined ? {} : { birthDate: birth }) };
}

function gregorianDay(text: string | undefined): string | undefined {
  if (text === undefined || /^\d*$/.test(text)) return text;
  try {
    return parseEraDate(text).replaceAll('-', '');
  } catch (error) {
    if (error instanceof InvalidValue) return text;
    throw error;
  }
}

/** A day as YYYYMMDD; where it may be unknown, day or month and day may be 00. */
export function isDay(text: string, mayBeUnknown: boolean): boolean {
  if (!/^\d{8}$/.test(text)) return false;
  const [year, month, day] = partsOf(text);
  if (year < 1 || month > 12) return false;
  if (mayBeUnknown && day === 0) return true;
  return month >= 1 && day >= 1 && (day <= 28 || day <= daysInMonth(year, month));
}

function partsOf(text: string): [number, number, number] {
  return [Number(text.slice(0, 4)), Number(text.slice(4, 6)), Number(text.slice(6))];
}

function dateOf(text: string): LocalDate {
  return localDateOf(...partsOf(text));
}
