import { IndividualNumber, ResidentCode, type FieldFault } from '#kernel';
import type { EarlierAssignment } from '../assignment/assignment.js';
import { isReserved } from '../construction/construction.js';
import type { Realm } from '../realm/realm.js';

export const CATCH_UP_SOURCES = ['DELAYED_REPLICA', 'MUNICIPAL_RECEIPTS'] as const;
export type CatchUpSource = (typeof CATCH_UP_SOURCES)[number];
export type CatchUpState = 'COLLECTING' | 'PROPOSED' | 'RUNNING' | 'DONE';

export const CATCH_UP_COLUMNS = ['lineNo', 'number', 'residentCode', 'municipalityCode', 'requestId', 'assignmentId', 'generatedAt', 'seq', 'state'] as const;
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
  /** Which of the person's numbers it is, 0 where receipts do not tell. */
  readonly seq: number;
  /** How it stood; empty where receipts do not tell, and of one that is the person's. */
  readonly state: RestoredState;
}

/** A disputed number comes as the person's: its dispute is opened anew. */
const RESTORED_STATES = ['', 'TENTATIVE', 'DESIGNATED', 'SUPERSEDED', 'DORMANT', 'CLOSED', 'VOID'] as const;
export type RestoredState = (typeof RESTORED_STATES)[number];

/** How a list says that a number stood like this; empty what has no word of its own and is decided anew. */
export function restoredState(state: string): RestoredState {
  return RESTORED_STATES.find((known) => known === state) ?? '';
}

/**
 * Where a line stands among its person's numbers: the first, the one after a withdrawn or wrongly held one, or one that `replaces` the
 * present one, which the list must say by its seq. Undefined: the person has this number or a later one here, and keeps it (NUM-4.8).
 */
export function placeOfLine({ seq, state }: CatchUpLine, earlier: EarlierAssignment | undefined): { readonly generation: number; readonly replaces: boolean } | undefined {
  const generation = Math.max(seq, (earlier?.generation ?? 0) + 1);
  if (earlier === undefined || earlier.replaceable) return { generation, replaces: false };
  return seq > earlier.generation && state !== 'VOID' ? { generation, replaces: true } : undefined;
}

const FORMS: Readonly<Record<Exclude<keyof CatchUpLine, 'line' | 'number' | 'residentCode' | 'seq' | 'state'>, RegExp>> = {
  municipalityCode: /^\d{6}$/,
  requestId: /^[A-Za-z0-9._-]{1,64}$/,
  assignmentId: /^([0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12})?$/,
  generatedAt: /^20\d{2}-(0[1-9]|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3])(:[0-5]\d){2}(\.\d{1,3})?Z$/,
};

/** Reads the fields of the n-th line (NUM-7); any fault is one of the whole list, since half a list would not close the gap. */
export function readCatchUpLine(fields: readonly string[], line: number, realm: Realm): CatchUpLine | readonly FieldFault[] {
  const at = (column: string, code: string): FieldFault => ({ pointer: `/lines/${line}/${column}`, code });
  if (fields.length !== CATCH_UP_COLUMNS.length) return [at('', 'COLUMN_COUNT')];
  const [lineNo = '', number = '', residentCode = '', municipalityCode = '', requestId = '', assignmentId = '', generatedAt = '', seq = '', stateText = ''] = fields;
  const texts = { municipalityCode, requestId, assignmentId, generatedAt };
  const faults: FieldFault[] = [];
  if (lineNo !== String(line)) faults.push(at('lineNo', 'SEQUENCE'));
  if (IndividualNumber.fault(number) !== undefined) faults.push(at('number', 'CHECK_DIGIT'));
  else if (isReserved(number) !== (realm === 'training')) faults.push(at('number', 'RESERVED'));
  if (residentCode !== '' && ResidentCode.fault(residentCode) !== undefined) faults.push(at('residentCode', 'CHECK_DIGIT'));
  for (const column of ['municipalityCode', 'requestId', 'assignmentId', 'generatedAt'] as const) {
    if (!FORMS[column].test(texts[column])) faults.push(at(column, 'FORMAT'));
  }
  const state = RESTORED_STATES.find((known) => known === stateText);
  if (state === undefined) faults.push(at('state', 'STATE'));
  if (!/^([1-9]\d{0,3})?$/.test(seq)) faults.push(at('seq', 'FORMAT'));
  if (Number.isNaN(Date.parse(generatedAt))) faults.push(at('generatedAt', 'DATE'));
  return faults.length > 0 || state === undefined ? faults : { line, number, residentCode, ...texts, seq: Number(seq), state };
}
