import { addDays, csvLine, type LocalDate, toMunicipalityCode } from '#kernel';
import { compactDate } from './compact-date.js';
import type { Dice } from './dice.js';
import { INTAKE_COLUMNS, type IntakeColumn, type IntakeRow } from './intake-row.js';

/** The ten ways in which a row can be planted wrong, in the order in which a file takes them in turn. */
export const BAD_ROW_KINDS = [
  'RESIDENT_CODE_CHECK_DIGIT',
  'RESIDENT_CODE_FORMAT',
  'OTHER_MUNICIPALITY',
  'MUNICIPALITY_CODE_CHECK_DIGIT',
  'IMPOSSIBLE_DATE',
  'DATE_TOO_FAR',
  'UNKNOWN_REASON',
  'NAME_MISSING',
  'ILL_FORMED_CHARACTER',
  'COLUMN_COUNT',
] as const;

export type BadRowKind = (typeof BAD_ROW_KINDS)[number];

/** The code with which an intake must report the row. */
export type IntakeFault =
  | 'CHECK_DIGIT'
  | 'FORMAT'
  | 'NOT_YOUR_RESIDENT'
  | 'DATE'
  | 'DATE_IN_FUTURE'
  | 'CHANGE_REASON'
  | 'REQUIRED'
  | 'CHARACTER'
  | 'COLUMN_COUNT';

/** A planted bad row. `line` counts from 1, the header being line 1; no column where the whole row is wrong. */
export interface BadRow {
  readonly line: number;
  readonly kind: BadRowKind;
  readonly column?: IntakeColumn;
  readonly expectedCode: IntakeFault;
}

/** A spoiled row: the fields to write, and bytes that take the place of its U+0001 marks when they are no UTF-8. */
interface Spoiled {
  readonly row: IntakeRow;
  readonly column?: IntakeColumn;
  readonly expectedCode: IntakeFault;
  readonly rawBytes?: readonly number[];
  readonly fieldCount?: 'ONE_LESS' | 'ONE_MORE';
}

const IMPOSSIBLE_DATES = ['20150231', '19990431', '20151301', '19870010', '19000229'] as const;
const UNKNOWN_REASONS = ['00', '19', '29', '39', '99', '1', 'AA'] as const;
const OTHER_MUNICIPALITIES = ['990027', '990019', '131016', '011002'].map(toMunicipalityCode);
const CONTROL_CHARACTERS = ['\u0000', '\u0008', '\u001b', '\u007f', '\u0085'] as const;
/** No UTF-8: a byte that never occurs, an encoded lone surrogate (U+D800), an overlong zero, a cut sequence. */
const ILL_FORMED_BYTES = [[0xff], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xe9, 0x82]] as const;
const RAW_BYTE_MARK = '\u0001';

/** Notices may lie 60 days ahead (a planned move-out, JUKI-R7); planted dates keep a distance for slow clocks. */
const FIRST_DAY_TOO_FAR = 90;
const LAST_DAY_TOO_FAR = 400;

export interface SpoilInput {
  readonly kind: BadRowKind;
  readonly row: IntakeRow;
  /** Day on which the file will be read. */
  readonly today: LocalDate;
  /** Fields after the columns. */
  readonly extraFields: readonly string[];
}

/** A bad line, as bytes where it is no UTF-8, and what was planted. */
export interface SpoiledLine {
  readonly line: string | Buffer;
  readonly planted: Omit<BadRow, 'line' | 'kind'>;
}

/** Spoils a row in the given way and in no other. */
export function spoilRow(dice: Dice, { kind, row, today, extraFields }: SpoilInput): SpoiledLine {
  const spoiled = spoil(dice, kind, row, today);
  const fields = [...INTAKE_COLUMNS.map((column) => spoiled.row[column]), ...extraFields];
  if (spoiled.fieldCount === 'ONE_LESS') fields.pop();
  if (spoiled.fieldCount === 'ONE_MORE') fields.push('');
  const line = csvLine(fields);
  const { column, expectedCode } = spoiled;
  return {
    line: spoiled.rawBytes === undefined ? line : withRawBytes(line, spoiled.rawBytes),
    planted: column === undefined ? { expectedCode } : { column, expectedCode },
  };
}

function withRawBytes(line: string, rawBytes: readonly number[]): Buffer {
  const bytes = Buffer.from(line);
  bytes.set(rawBytes, bytes.indexOf(RAW_BYTE_MARK));
  return bytes;
}

function spoil(dice: Dice, kind: BadRowKind, row: IntakeRow, today: LocalDate): Spoiled {
  const change = (column: IntakeColumn, value: string, expectedCode: IntakeFault): Spoiled => ({
    row: { ...row, [column]: value },
    column,
    expectedCode,
  });
  switch (kind) {
    case 'RESIDENT_CODE_CHECK_DIGIT':
      return change('residentCode', withWrongLastDigit(dice, row.residentCode), 'CHECK_DIGIT');
    case 'RESIDENT_CODE_FORMAT':
      return change('residentCode', misshapenCode(dice, row.residentCode), 'FORMAT');
    case 'OTHER_MUNICIPALITY': {
      const others = OTHER_MUNICIPALITIES.filter((code) => code !== row.municipalityCode);
      return change('municipalityCode', dice.pick(others), 'NOT_YOUR_RESIDENT');
    }
    case 'MUNICIPALITY_CODE_CHECK_DIGIT':
      return change('municipalityCode', withWrongLastDigit(dice, row.municipalityCode), 'CHECK_DIGIT');
    case 'IMPOSSIBLE_DATE':
      return change(dice.permille(500) ? 'birthDate' : 'changeDate', dice.pick(IMPOSSIBLE_DATES), 'DATE');
    case 'DATE_TOO_FAR':
      return change('changeDate', compactDate(addDays(today, dice.between(FIRST_DAY_TOO_FAR, LAST_DAY_TOO_FAR))), 'DATE_IN_FUTURE');
    case 'UNKNOWN_REASON':
      return change('changeReason', dice.pick(UNKNOWN_REASONS), 'CHANGE_REASON');
    case 'NAME_MISSING':
      return change('nameKanji', '', 'REQUIRED');
    case 'ILL_FORMED_CHARACTER': {
      if (dice.permille(500)) return change('nameKanji', `${row.nameKanji}${dice.pick(CONTROL_CHARACTERS)}`, 'CHARACTER');
      const rawBytes = dice.pick(ILL_FORMED_BYTES);
      return { ...change('nameKanji', row.nameKanji + RAW_BYTE_MARK.repeat(rawBytes.length), 'CHARACTER'), rawBytes };
    }
    case 'COLUMN_COUNT':
      return { row, expectedCode: 'COLUMN_COUNT', fieldCount: dice.permille(500) ? 'ONE_LESS' : 'ONE_MORE' };
  }
}

function withWrongLastDigit(dice: Dice, code: string): string {
  return code.slice(0, -1) + String((Number(code.slice(-1)) + dice.between(1, 9)) % 10);
}

function misshapenCode(dice: Dice, code: string): string {
  const fullWidth = [...code].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join('');
  return dice.pick([fullWidth, code.slice(0, 10), `${code}0`, `${code.slice(0, 5)}-${code.slice(5)}`, `${code.slice(0, 10)}O`]);
}
