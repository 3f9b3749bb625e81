import { IndividualNumber, ResidentCode, type FieldFault } from '#kernel';
import { isReserved } from '../construction/construction.js';
import type { Realm } from '../realm/realm.js';

export const CATCH_UP_SOURCES = ['DELAYED_REPLICA', 'MUNICIPAL_RECEIPTS'] as const;
export type CatchUpSource = (typeof CATCH_UP_SOURCES)[number];
export type CatchUpState = 'COLLECTING' | 'PROPOSED' | 'RUNNING' | 'DONE';

export const CATCH_UP_COLUMNS = ['lineNo', 'number', 'residentCode', 'municipalityCode', 'requestId', 'assignmentId', 'generatedAt'] as const;
export const MAX_CATCH_UP_LINES = 5_000_000;

/** A number that was drawn; without a code (its person is not known) it comes back into the ledger alone. */
export interface CatchUpLine {
  readonly line: number;
  readonly number: string;
  readonly residentCode: string;
  readonly municipalityCode: string;
  readonly requestId: string;
  /** Empty in municipal receipts. */
  readonly assignmentId: string;
  readonly generatedAt: string;
}

const FORMS: Readonly<Record<Exclude<keyof CatchUpLine, 'line' | 'number' | 'residentCode'>, RegExp>> = {
  municipalityCode: /^\d{6}$/,
  requestId: /^[A-Za-z0-9._-]{1,64}$/,
  assignmentId: /^([0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12})?$/,
  generatedAt: /^20\d{2}-(0[1-9]|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3])(:[0-5]\d){2}(\.\d{1,3})?Z$/,
};

/** Reads the fields of the n-th line (NUM-7); any fault is one of the whole list, since half a list would not close the gap. */
export function readCatchUpLine(fields: readonly string[], line: number, realm: Realm): CatchUpLine | readonly FieldFault[] {
  const at = (column: string, code: string): FieldFault => ({ pointer: `/lines/${line}/${column}`, code });
  if (fields.length !== CATCH_UP_COLUMNS.length) return [at('', 'COLUMN_COUNT')];
  const [lineNo = '', number = '', residentCode = '', municipalityCode = '', requestId = '', assignmentId = '', generatedAt = ''] = fields;
  const texts = { municipalityCode, requestId, assignmentId, generatedAt };
  const faults: FieldFault[] = [];
  if (lineNo !== String(line)) faults.push(at('lineNo', 'SEQUENCE'));
  if (IndividualNumber.fault(number) !== undefined) faults.push(at('number', 'CHECK_DIGIT'));
  else if (isReserved(number) !== (realm === 'training')) faults.push(at('number', 'RESERVED'));
  if (residentCode !== '' && ResidentCode.fault(residentCode) !== undefined) faults.push(at('residentCode', 'CHECK_DIGIT'));
  for (const column of ['municipalityCode', 'requestId', 'assignmentId', 'generatedAt'] as const) {
    if (!FORMS[column].test(texts[column])) faults.push(at(column, 'FORMAT'));
  }
  if (Number.isNaN(Date.parse(generatedAt))) faults.push(at('generatedAt', 'DATE'));
  return faults.length > 0 ? faults : { line, number, residentCode, ...texts };
}
