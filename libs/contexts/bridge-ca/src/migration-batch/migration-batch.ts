import { addDays, addYears, isLeapYear, localDateInJapan, partsOfDate, type LocalDate } from '#kernel';

/** From the plan to the day on which the prefecture's former system ends (JPKI-3.12). */
export const BATCH_STATES = ['PLANNED', 'EXTRACTED', 'LOADED', 'RECONCILED', 'ACCEPTED', 'CUT_OVER', 'REJECTED'] as const;
export type BatchState = (typeof BATCH_STATES)[number];

/** How revocation information of the prefecture goes on: its key moved to the agency, or a CRL-signing certificate that it issued to itself (JPKI-4.12). */
export const CONTINUITIES = ['KEY_MOVED', 'CRL_SIGNER'] as const;
export type Continuity = (typeof CONTINUITIES)[number];

/** Differences of a rejected batch that are kept (JPKI-3.12). */
export const KEPT_FAULTS = 1_000;
/** Days on which the lists of both systems must agree before the cut-over (JPKI-4.12). */
export const DOUBLE_RUN_DAYS = 7;

/** What a certificate of a prefecture is when its records leave the former system (JPKI-4.12). */
export const RECORD_STATUSES = ['valid', 'revoked', 'expired'] as const;
export type RecordStatus = (typeof RECORD_STATUSES)[number];

/** 失効申請等情報, 異動等失効情報, 記録誤り等に係る情報, 発行者署名符号の漏えい等に係る情報 (JPKI-3.5). */
export const REVOCATION_KINDS = ['APPLICATION', 'RESIDENT_CHANGE', 'RECORD_ERROR', 'ISSUER_KEY'] as const;
export type RevocationKind = (typeof REVOCATION_KINDS)[number];

export type BatchStep = 'EXTRACT' | 'LOAD' | 'RECONCILE' | 'REJECT' | 'ACCEPT' | 'CUT_OVER';

const STEPS: Readonly<Record<BatchStep, { readonly from: readonly BatchState[]; readonly to: BatchState }>> = {
  EXTRACT: { from: ['PLANNED'], to: 'EXTRACTED' },
  LOAD: { from: ['EXTRACTED'], to: 'LOADED' },
  RECONCILE: { from: ['LOADED'], to: 'RECONCILED' },
  REJECT: { from: ['LOADED', 'RECONCILED'], to: 'REJECTED' },
  ACCEPT: { from: ['RECONCILED'], to: 'ACCEPTED' },
  CUT_OVER: { from: ['ACCEPTED'], to: 'CUT_OVER' },
};

/** The state after the step; undefined when it does not follow the present one. */
export function stepBatch(state: BatchState, step: BatchStep): BatchState | undefined {
  const { from, to } = STEPS[step];
  return from.includes(state) ? to : undefined;
}

/** What was counted of the records that were loaded. */
export interface Counted {
  readonly count: number;
  readonly perStatus: Readonly<Record<RecordStatus, number>>;
  readonly merkleRoot: string;
  readonly firstSerial: string;
  readonly lastSerial: string;
}

/** Figures of the trailer that the records do not bear out (JPKI-3.12); serials are numbers, however they are written. */
export function trailerDifferences(stated: Counted, counted: Counted): string[] {
  const sameSerial = (left: string, right: string): boolean => BigInt(`0x${left}`) === BigInt(`0x${right}`);
  return [
    ...(stated.count === counted.count ? [] : ['count']),
    ...(['valid', 'revoked', 'expired'] as const).filter((status) => stated.perStatus[status] !== counted.perStatus[status]).map((status) => `perStatus.${status}`),
    ...(stated.merkleRoot === counted.merkleRoot ? [] : ['merkleRoot']),
    ...(['firstSerial', 'lastSerial'] as const).filter((end) => !sameSerial(stated[end], counted[end])),
  ];
}

/** A day's comparison of the lists of both systems. */
export interface DoubleRun {
  readonly day: LocalDate;
  readonly differences: number;
}

/** Whether the lists agreed on each of the last seven days, up to today or yesterday; a day without a comparison begins it anew (JPKI-4.12). */
export function isDoubleRunDone(runs: readonly DoubleRun[], today: LocalDate): boolean {
  const clean = new Set(runs.filter(({ differences }) => differences === 0).map(({ day }) => day));
  const failed = new Set(runs.filter(({ differences }) => differences > 0).map(({ day }) => day));
  if (failed.has(today)) return false;
  const last = clean.has(today) ? today : addDays(today, -1);
  return Array.from({ length: DOUBLE_RUN_DAYS }, (_, index) => addDays(last, -index)).every((day) => clean.has(day));
}

/**
 * Last day on which a record is kept: issuance records for ten years from the day after the end of the validity (old order art. 2-6), those
 * of revocations as long [A]. A period from 29 February to a year without one ends with the last day of the month (民法 art. 143).
 */
export function keptThrough(notAfter: Date): LocalDate {
  const from = addDays(localDateInJapan(notAfter), 1);
  const { year, month, day } = partsOfDate(from);
  const last = addYears(from, 10);
  return month === 2 && day === 29 && !isLeapYear(year + 10) ? last : addDays(last, -1);
}
