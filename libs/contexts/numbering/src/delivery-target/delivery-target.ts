import { ResidentCode } from '#kernel';

/** NUM-5.3 `NTGT`. */
export const TARGET_COLUMNS = [
  'householdRef', 'lineInHousehold', 'residentCode', 'postalCode', 'address', 'addresseeName', 'temporaryAddressFlag', 'itemCount',
] as const;

export type TargetColumn = (typeof TARGET_COLUMNS)[number];

/** NOT_NUMBERED, CODE_*: the person; DUPLICATE: the person stands in an earlier row; the others: the form of the field. */
export type TargetFaultCode =
  | 'FORMAT' | 'LENGTH' | 'REQUIRED' | 'ENCODING' | 'COLUMN_COUNT' | 'CHECK_DIGIT'
  | 'CODE_UNKNOWN' | 'CODE_NOT_YOURS' | 'PERSON_CONFLICT' | 'NOT_NUMBERED' | 'DUPLICATE';

/** A fault of one row: its number in the file (the header is row 1), the column, and why. Never the content. */
export interface TargetFault {
  readonly position: number;
  readonly field: TargetColumn | 'row';
  readonly code: TargetFaultCode;
}

/** A row that is well formed; whether its person may be written to is known later. */
export interface TargetRow {
  readonly position: number;
  readonly householdRef: string;
  readonly lineInHousehold: number;
  readonly residentCode: string;
  readonly addressee: Addressee;
  readonly temporaryAddress: boolean;
  readonly itemCount: number;
}

/** To whom and where an envelope goes. */
export interface Addressee {
  readonly postalCode: string;
  readonly address: string;
  readonly addresseeName: string;
}

type Check = readonly [column: TargetColumn, form: RegExp, code: TargetFaultCode];

const FORMS: readonly Check[] = [
  ['householdRef', /^[0-9A-Za-z-]{1,20}$/, 'FORMAT'],
  ['lineInHousehold', /^[1-9]\d{0,2}$/, 'FORMAT'],
  ['residentCode', /^\d{11}$/, 'FORMAT'],
  ['postalCode', /^\d{3}-?\d{4}$/, 'FORMAT'],
  ['address', /\S/u, 'REQUIRED'],
  ['address', /^.{0,300}$/u, 'LENGTH'],
  ['address', /^[^\ufffd]*$/u, 'ENCODING'],
  ['addresseeName', /\S/u, 'REQUIRED'],
  ['addresseeName', /^.{0,200}$/u, 'LENGTH'],
  ['addresseeName', /^[^\ufffd]*$/u, 'ENCODING'],
  ['temporaryAddressFlag', /^[01]$/, 'FORMAT'],
  ['itemCount', /^[1-9]\d{0,2}$/, 'FORMAT'],
];

/** Reads the fields of a row; nothing is corrected. One fault a column at most. */
export function readTargetRow(fields: readonly string[], position: number): TargetRow | readonly TargetFault[] {
  if (fields.length !== TARGET_COLUMNS.length) return [{ position, field: 'row', code: 'COLUMN_COUNT' }];
  const value = (column: TargetColumn): string => fields[TARGET_COLUMNS.indexOf(column)] ?? '';
  const faults = new Map<TargetColumn, TargetFaultCode>();
  for (const [column, form, code] of FORMS) {
    if (!faults.has(column) && !form.test(value(column))) faults.set(column, code);
  }
  const residentCode = value('residentCode');
  if (!faults.has('residentCode') && ResidentCode.fault(residentCode) !== undefined) faults.set('residentCode', 'CHECK_DIGIT');
  if (faults.size > 0) return [...faults].map(([field, code]) => ({ position, field, code }));
  return {
    position,
    householdRef: value('householdRef'),
    lineInHousehold: Number(value('lineInHousehold')),
    residentCode,
    addressee: { postalCode: value('postalCode').replace('-', ''), address: value('address'), addresseeName: value('addresseeName') },
    temporaryAddress: value('temporaryAddressFlag') === '1',
    itemCount: Number(value('itemCount')),
  };
}

export type SetState = 'COLLECTING' | 'CUT_OFF' | 'CHECKED' | 'HANDED_TO_CARD' | 'RETURNED_ITEMS' | 'CLOSED';

/** 基準日 of the first notices: the day on which the Act came into force (NUM-3.5, NUM-4.7). Lists of later days are of those numbered since. */
const FIRST_BASE_DATE = '2015-10-05';

/** A list tells where people live on a day that has come. */
export function isBaseDate(baseDate: string, today: string): boolean {
  return FIRST_BASE_DATE <= baseDate && baseDate <= today;
}

/** A handed list and the envelopes that card-issuance made of it. */
export interface MailedSet {
  readonly state: SetState;
  readonly persons: number;
  /** Times an envelope came back. */
  readonly returned: number;
  /** People whose envelope needs nothing more: delivered, collected, discarded or never printed. */
  readonly settled: number;
}

/** Takes news of one envelope in, each once, in whatever order they come: the list is closed when none is on its way or waits for its people (NUM-3.5). */
export function followMailing(set: MailedSet, news: { readonly kind: 'RETURNED' | 'SETTLED'; readonly members: number }): MailedSet {
  const returned = set.returned + (news.kind === 'RETURNED' ? 1 : 0);
  const settled = set.settled + (news.kind === 'SETTLED' ? news.members : 0);
  const state = settled >= set.persons ? 'CLOSED' : returned > 0 ? 'RETURNED_ITEMS' : set.state;
  return { ...set, state, returned, settled };
}
