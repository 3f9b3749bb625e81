import { addYears, retentionLastDay, toLocalDate, isSameOfficer, type LocalDate } from '#kernel';

/** Use records (提供の記録), identity information of records that were deleted (消除された本人確認情報), and what a later notice replaced (修正前の). */
export const LOT_KINDS = ['USE_RECORD', 'CLOSED_RECORD', 'SUPERSEDED'] as const;
export type LotKind = (typeof LOT_KINDS)[number];

/** LAPSED: not approved within its month, or under a rule that is no longer in force; the next lot has the rows. */
export const LOT_STATES = ['DUE', 'APPROVED', 'PURGED', 'LAPSED'] as const;
export type LotState = (typeof LOT_STATES)[number];

export interface RetentionRule {
  readonly id: string;
  readonly kind: LotKind;
  /** In force from this day until the next rule of the kind. */
  readonly from: LocalDate;
  readonly years: number;
}

/** The network began then: no notice is older. */
export const NETWORK_BEGAN = toLocalDate('2002-08-05');
/** Rule versions (JUKI-4.11, 施行令34条 and its parallels; extended on 2019-06-20). A rule applies to every row still held on its day. */
const RULES: readonly RetentionRule[] = [
  { id: 'CLOSED_RECORD/1', kind: 'CLOSED_RECORD', from: NETWORK_BEGAN, years: 5 },
  { id: 'CLOSED_RECORD/2', kind: 'CLOSED_RECORD', from: toLocalDate('2019-06-20'), years: 150 },
  { id: 'SUPERSEDED/1', kind: 'SUPERSEDED', from: NETWORK_BEGAN, years: 5 },
  { id: 'SUPERSEDED/2', kind: 'SUPERSEDED', from: toLocalDate('2019-06-20'), years: 150 },
  { id: 'USE_RECORD/1', kind: 'USE_RECORD', from: NETWORK_BEGAN, years: 7 },
];
/** Officers who must approve a lot. */
const OFFICERS = 2;

export function ruleOn(kind: LotKind, day: LocalDate): RetentionRule | undefined {
  return RULES.filter((rule) => rule.kind === kind && rule.from <= day).at(-1);
}

/** Last day on which what is counted from the day is kept, by the rule in force on `asOf`; the day of the notice or provision is the first. */
export function lastDayKept(kind: LotKind, countedFrom: LocalDate, asOf: LocalDate): LocalDate | undefined {
  const rule = ruleOn(kind, asOf);
  return rule === undefined ? undefined : retentionLastDay(countedFrom, rule.years);
}

/** The latest day whose rows are over on `asOf`. */
export function countedUntil({ years }: RetentionRule, asOf: LocalDate): LocalDate {
  return addYears(asOf, -years);
}

export interface Lot {
  readonly lotId: string;
  readonly kind: LotKind;
  readonly month: string;
  readonly rule: string;
  readonly countedUntil: LocalDate;
  readonly rows: number;
  readonly state: LotState;
  readonly officers: readonly string[];
}

/** Whether the lot may still be purged on the day: an extension of the period saves what was not purged yet. */
export function isUnderRule(lot: Pick<Lot, 'kind' | 'rule'>, today: LocalDate): boolean {
  return ruleOn(lot.kind, today)?.id === lot.rule;
}

export type LotRefusal = 'RETENTION_STATE' | 'RETENTION_RULE_CHANGED' | 'SAME_OFFICER';

/** An officer approves; with the second, another person, the lot may be purged (JUKI-3.9). */
export function approveLot(lot: Lot, officer: string, today: LocalDate): Pick<Lot, 'state' | 'officers'> | { readonly refusal: LotRefusal } {
  if (lot.state !== 'DUE') return { refusal: 'RETENTION_STATE' };
  if (!isUnderRule(lot, today)) return { refusal: 'RETENTION_RULE_CHANGED' };
  if (lot.officers.some((earlier) => isSameOfficer(earlier, officer))) return { refusal: 'SAME_OFFICER' };
  const officers = [...lot.officers, officer];
  return { officers, state: officers.length >= OFFICERS ? 'APPROVED' : 'DUE' };
}
