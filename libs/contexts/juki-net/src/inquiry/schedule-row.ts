import { isSameOfficer, type LocalDate } from '#kernel';

/** Schedules (別表) of the Act, and the kind of organ that each is for (JUKI-4.7); 6, added with the numbers, is for organs of the prefecture beside the governor. */
export const SCHEDULES = { 1: 'national-agency', 2: 'municipality', 3: 'prefecture', 4: 'municipality', 5: 'prefecture', 6: 'prefecture' } as const;
export type Schedule = keyof typeof SCHEDULES;

export const ROW_STATES = ['ENTERED', 'APPROVED', 'REPLACED', 'WITHDRAWN'] as const;
export type RowState = (typeof ROW_STATES)[number];

/** How long a row is law, and whether its affair uses numbers (番号利用事務). */
export interface RowTerm {
  readonly usesNumbers: boolean;
  readonly validFrom: LocalDate;
  /** Without it, until another version begins. */
  readonly validUntil?: LocalDate | undefined;
}

/** A version of a row (項) of a schedule and one of its affairs (JUKI-4.7). */
export interface ScheduleRow extends RowTerm {
  readonly rowId: string;
  readonly schedule: Schedule;
  readonly row: string;
  readonly affair: string;
  readonly state: RowState;
  readonly enteredBy: string;
  readonly decidedBy?: string | undefined;
}

export type RowStep = 'APPROVE' | 'WITHDRAW';
const ENDS: Readonly<Record<RowStep, RowState>> = { APPROVE: 'APPROVED', WITHDRAW: 'WITHDRAWN' };

/** The next state or why not: another officer approves what one entered, who may withdraw it before. Law is changed by another version, a repeal by one that ends. */
export function stepRow(row: Pick<ScheduleRow, 'state' | 'enteredBy'>, step: RowStep, officer: string): { readonly state: RowState } | { readonly refusal: 'SAME_OFFICER' | 'SCHEDULE_ROW_STATE' } {
  if (row.state !== 'ENTERED') return { refusal: 'SCHEDULE_ROW_STATE' };
  if (step === 'APPROVE' && isSameOfficer(officer, row.enteredBy)) return { refusal: 'SAME_OFFICER' };
  return { state: ENDS[step] };
}

/** Whether the affair of these rows uses numbers on a day, undefined where none of them is law; a grant that could rest on several needs it of all. */
export function numbersOn(rows: readonly RowTerm[], day: LocalDate): boolean | undefined {
  const inForce = rows.filter(({ validFrom, validUntil }) => day >= validFrom && (validUntil === undefined || day <= validUntil));
  return inForce.length === 0 ? undefined : inForce.every(({ usesNumbers }) => usesNumbers);
}
