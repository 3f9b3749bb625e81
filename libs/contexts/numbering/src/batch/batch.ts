import { ResidentCode, type FieldFault } from '#kernel';
import { stateOnDelivery, type Finding, type RequestFault } from '../assignment/assignment.js';
import { isForeign, type Realm } from '../realm/realm.js';

/** NUM-3.2. */
export const BATCH_STATES = ['OPEN', 'SEALED', 'VALIDATED', 'DRAWING', 'DRAWN', 'RECONCILED', 'DELIVERED', 'CONFIRMED', 'REJECTED', 'SUSPENDED'] as const;
export type BatchState = (typeof BATCH_STATES)[number];

/** Lines of one batch; larger municipalities send several (NUM-4.6). */
export const MAX_LINES = 1_000_000;

/** NUM-5.3 `NREQ`. */
export const REQUEST_COLUMNS = ['lineNo', 'requestId', 'residentCode', 'kind', 'caseId', 'priority'] as const;

/** NUM-5.3 `NRES`; of result 12, since when the other municipality has the person, of 13 the assignment that the person has already (NUM-7). */
export const RESULT_COLUMNS = ['lineNo', 'requestId', 'resultCode', 'residentCode', 'number', 'state', 'generatedAt', 'since', 'reference'] as const;

/** NUM-5.3: 00 ok, 01 same as before, 10 check digit, 11 unknown, 12 of another municipality, 13 already numbered, 14 person conflict, 20 outside of the wave, 90 fault. */
export type ResultCode = '00' | '01' | '10' | '11' | '12' | '13' | '14' | '20' | '90';

/** NUM-5.3 by its digit: 1 new, 2 change on request, 3 change ex officio. */
export const LINE_KINDS = ['NEW', 'ON_REQUEST', 'EX_OFFICIO'] as const;
export type LineKind = (typeof LINE_KINDS)[number];

const FAULT_CODES: Readonly<Record<RequestFault, ResultCode>> = {
  CODE_CHECK_DIGIT: '10',
  CODE_UNKNOWN: '11',
  CODE_NOT_YOURS: '12',
  ALREADY_NUMBERED: '13',
  NUMBER_DISPUTED: '14',
  PERSON_CONFLICT: '14',
};

/** The code that the result file carries for what was found. */
export function resultCodeOf(finding: Finding): ResultCode {
  switch (finding.outcome) {
    case 'DRAW':
      return '00';
    case 'REPEATED':
      return '01';
    case 'REFUSED':
      return FAULT_CODES[finding.fault];
  }
}

/** The code for a refused change: its person has a number, and nothing that stands behind the line permits another. */
export function changeRefusalCode(code: string): ResultCode {
  return Object.entries(FAULT_CODES).find(([fault]) => fault === code)?.[1] ?? '13';
}

/** A line of the request file; `residentCode` is as sent, `refused` tells that it is no resident code. */
export interface RequestLine {
  readonly line: number;
  readonly requestId: string;
  readonly residentCode: string;
  readonly kind: LineKind;
  readonly caseId: string;
  readonly priority: number;
  readonly refused?: ResultCode;
}

/**
 * Reads the fields of the n-th line. A wrong resident code is an answer (10) of that line, one of the other realm is unknown (11); a line that is not in the form of the
 * file is a fault of the whole file, with a pointer to the field. Nothing is corrected (NUM-7).
 */
export function readRequestLine(fields: readonly string[], line: number, realm: Realm): RequestLine | readonly FieldFault[] {
  const at = (column: string, code: string): FieldFault => ({ pointer: `/lines/${line}/${column}`, code });
  if (fields.length !== REQUEST_COLUMNS.length) return [at('', 'COLUMN_COUNT')];
  const [lineNo = '', requestId = '', residentCode = '', kind = '', caseId = '', priority = ''] = fields;
  const faults: FieldFault[] = [];
  if (lineNo !== String(line)) faults.push(at('lineNo', 'SEQUENCE'));
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(requestId)) faults.push(at('requestId', 'FORMAT'));
  if (residentCode.length > 64) faults.push(at('residentCode', 'LENGTH'));
  const lineKind = /^\d$/.test(kind) ? LINE_KINDS[Number(kind) - 1] : undefined;
  if (lineKind === undefined) faults.push(at('kind', 'KIND'));
  if (!(lineKind === 'NEW' ? ANY_CASE : CASE).test(caseId)) faults.push(at('caseId', 'FORMAT'));
  if (!/^\d?$/.test(priority)) faults.push(at('priority', 'FORMAT'));
  if (faults.length > 0 || lineKind === undefined) return faults;
  const refused = ResidentCode.fault(residentCode) !== undefined ? '10' : isForeign(realm, residentCode) ? '11' : undefined;
  return { line, requestId, residentCode, kind: lineKind, caseId, priority: Number(priority), ...(refused && { refused }) };
}

/** A change names its granted case (NUM-3.3). */
const CASE = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const ANY_CASE = /^[A-Za-z0-9._-]{0,64}$/;

/** Lines whose numbers are tentative: delivered, and the Act is not in force (NUM-3.1). */
export function tentativeLines(batch: { readonly designated: number; readonly withdrawn: number; readonly delivered_at: Date | null; readonly designated_at: Date | null }, now: Date): number {
  return batch.delivered_at !== null && batch.designated_at === null && stateOnDelivery(now) === 'TENTATIVE' ? batch.designated - batch.withdrawn : 0;
}

/** What the last look at a batch must find (NUM-3.2): every line is numbered or answered, and the rows say the same as the counters. */
export interface BatchCounts {
  readonly lines: number;
  readonly assignments: number;
  readonly repeated: number;
  readonly refused: number;
  readonly pending: number;
}

export function isReconciled(counters: { readonly designated: number; readonly repeated: number; readonly refused: number }, counts: BatchCounts): boolean {
  const { lines, assignments, repeated, refused, pending } = counts;
  return pending === 0 && assignments + repeated + refused === lines
    && counters.designated === assignments + repeated && counters.repeated === repeated && counters.refused === refused;
}
