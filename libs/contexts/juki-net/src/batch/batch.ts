import type { InquiryItem } from '#contracts/juki-net';
import { characterFault, csvRecord, glyphRefs, graphemeCount } from '#kernel';
import { isDay } from '../change-notice/intake-row.js';
import type { KeyKind } from '../inquiry/grant.js';
import type { ResultCode } from '../inquiry/inquiry.js';

/** States of a batch (JUKI-3.5). UPLOADED and VERIFIED pass within the upload: one that is not accepted is refused as a whole. */
export const BATCH_STATES = ['ACCEPTED', 'PROCESSING', 'PACKAGED', 'DELIVERED', 'RECEIPT_CONFIRMED', 'PURGED'] as const;
export type BatchState = (typeof BATCH_STATES)[number];

const NEXT: Readonly<Record<BatchState, readonly BatchState[]>> = {
  ACCEPTED: ['PROCESSING'],
  PROCESSING: ['PACKAGED'],
  // Back when postponed lines are asked again (JUKI-7).
  PACKAGED: ['DELIVERED', 'PROCESSING', 'PURGED'],
  DELIVERED: ['RECEIPT_CONFIRMED', 'PROCESSING', 'PURGED'],
  RECEIPT_CONFIRMED: ['PURGED'],
  PURGED: [],
};

export function mayBecome(from: BatchState, to: BatchState): boolean {
  return NEXT[from].includes(to);
}

/** Result files go so long after the receipt, or after packaging where none comes. */
export const PURGE_AFTER_RECEIPT_DAYS = 14;
export const PURGE_UNCLAIMED_DAYS = 45;

/** A file is worked on in memory where it is sealed. */
export const MOST_LINES = 100_000;

export const REQUEST_COLUMNS = ['lineNo', 'keyType', 'code', 'number', 'nameKana', 'nameKanji', 'birthDate', 'sex', 'address', 'sinceDate', 'requesterRef'] as const;
export type RequestColumn = (typeof REQUEST_COLUMNS)[number];

const KEY_TYPES: Readonly<Record<string, KeyKind>> = { 1: 'RESIDENT_CODE', 2: 'INDIVIDUAL_NUMBER', 3: 'FOUR_ITEMS' };

/** One question of a batch. */
export interface BatchLine {
  readonly lineNo: number;
  readonly keyKind: KeyKind;
  readonly code: string;
  readonly number: string;
  readonly nameKana: string;
  readonly nameKanji: string;
  readonly birthDate: string;
  readonly sex: string;
  readonly address: string;
  /** YYYY-MM-DD. */
  readonly sinceDate: string | undefined;
  readonly requesterRef: string;
}

export interface LineFault {
  readonly column: RequestColumn | undefined;
  readonly code: 'COLUMN_COUNT' | 'FORMAT' | 'REQUIRED' | 'CHARACTER' | 'DATE';
}

const LONGEST: Partial<Readonly<Record<RequestColumn, number>>> = { nameKana: 100, nameKanji: 100, address: 200, requesterRef: 40 };

/**
 * A detail record as a question, or why it is none. `expected` is the number that its line must have. Check digits are not looked at
 * here: a wrong one is an answer (30), not a fault of the file.
 */
export function readLine(fields: readonly string[] | undefined, expected: number): BatchLine | LineFault {
  if (fields?.[0] !== 'D' || fields.length !== REQUEST_COLUMNS.length + 1) return { column: undefined, code: 'COLUMN_COUNT' };
  const text = (column: RequestColumn): string => fields[REQUEST_COLUMNS.indexOf(column) + 1] ?? '';
  const keyKind = KEY_TYPES[text('keyType')];
  if (text('lineNo') !== String(expected)) return { column: 'lineNo', code: 'FORMAT' };
  if (keyKind === undefined) return { column: 'keyType', code: 'FORMAT' };
  const fault = keyFault(keyKind, text) ?? textFault(text);
  if (fault !== undefined) return fault;
  const since = text('sinceDate');
  if (since !== '' && !isDay(since, false)) return { column: 'sinceDate', code: 'DATE' };
  return {
    lineNo: expected, keyKind, code: text('code'), number: text('number'), nameKana: text('nameKana'), nameKanji: text('nameKanji'), birthDate: text('birthDate'),
    sex: text('sex'), address: text('address'), sinceDate: since === '' ? undefined : dashed(since), requesterRef: text('requesterRef'),
  };
}

function keyFault(keyKind: KeyKind, text: (column: RequestColumn) => string): LineFault | undefined {
  switch (keyKind) {
    case 'RESIDENT_CODE':
      return /^\d{11}$/.test(text('code')) ? undefined : { column: 'code', code: 'FORMAT' };
    case 'INDIVIDUAL_NUMBER':
      return /^\d{12}$/.test(text('number')) ? undefined : { column: 'number', code: 'FORMAT' };
    case 'FOUR_ITEMS':
      if (text('nameKana') === '' && text('nameKanji') === '') return { column: 'nameKanji', code: 'REQUIRED' };
      if (!/^\d{8}$/.test(text('birthDate'))) return { column: 'birthDate', code: 'FORMAT' };
      if (!isDay(text('birthDate'), true)) return { column: 'birthDate', code: 'DATE' };
      return /^[1239]?$/.test(text('sex')) ? undefined : { column: 'sex', code: 'FORMAT' };
  }
}

function textFault(text: (column: RequestColumn) => string): LineFault | undefined {
  for (const column of REQUEST_COLUMNS) {
    const value = text(column);
    const longest = LONGEST[column];
    if (longest === undefined) continue;
    if (characterFault(value) !== undefined) return { column, code: 'CHARACTER' };
    if (graphemeCount(value) > longest) return { column, code: 'FORMAT' };
  }
  return undefined;
}

function dashed(day: string): string {
  return `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
}

/** 40 is only said line by line; an inquiry with such a key is refused. */
export type LineCode = ResultCode | '40';

export interface AnsweredLine {
  readonly line: BatchLine;
  readonly resultCode: LineCode;
  readonly told: { readonly [item in InquiryItem | 'formerAddress']?: string | undefined };
  /** Of grants that include it. */
  readonly isProtected?: boolean | undefined;
}

/** Columns of a result between its code and its end; what is not granted, or not told, is empty. */
const RESULT_ITEMS: readonly (InquiryItem | 'formerAddress')[] = [
  'residentCode', 'individualNumber', 'nameKanji', 'nameKana', 'aliasName', 'birthDate', 'sex', 'address', 'municipalityCode', 'changeReason', 'changeDate', 'formerAddress',
];

/** A detail record of `BRES` (JUKI-5.3); the last column names the glyphs of characters without a code point that it tells, in order. The flag of protection is one column more (ours), of grants that include it; so is a former surname, after it. */
export function writeAnswer({ line, resultCode, told, isProtected }: AnsweredLine): string {
  const flag = isProtected === undefined ? [] : [isProtected ? '1' : '0'];
  const texts = RESULT_ITEMS.map((item) => told[item] ?? '');
  const former = told.formerSurname === undefined ? [] : [told.formerSurname];
  return csvRecord(['D', line.lineNo, line.requesterRef, resultCode, ...texts, [...texts, ...former].flatMap(glyphRefs).join(' '), ...flag, ...former]);
}

/** The answers of a chunk with those of its lines that were answered later, in the order of the lines. */
export function mergeAnswers(earlier: readonly string[], later: readonly AnsweredLine[]): string[] {
  const answers = new Map(later.map((answer) => [String(answer.line.lineNo), writeAnswer(answer)]));
  return earlier.map((text) => answers.get(text.split(',', 2)[1] ?? '') ?? text);
}
