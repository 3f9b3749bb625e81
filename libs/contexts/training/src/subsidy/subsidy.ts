import { addDays, type LocalDate } from '#kernel';

/** TRN-3.5, and the ways out of it: an application that is declined, a meeting that was not reported in time. */
export const SUBSIDY_STATES = ['APPLIED', 'APPROVED', 'HELD', 'REPORTED', 'FIXED', 'PAID', 'DECLINED', 'LAPSED'] as const;
export type SubsidyState = (typeof SUBSIDY_STATES)[number];

export type SubsidyStep = 'APPROVE' | 'DECLINE' | 'HOLD' | 'REPORT' | 'FIX' | 'PAY' | 'LAPSE';

const STEPS: Readonly<Record<SubsidyStep, { readonly from: readonly SubsidyState[]; readonly to: SubsidyState }>> = {
  APPROVE: { from: ['APPLIED'], to: 'APPROVED' },
  DECLINE: { from: ['APPLIED'], to: 'DECLINED' },
  HOLD: { from: ['APPROVED'], to: 'HELD' },
  // The list may be mended until the amount is fixed.
  REPORT: { from: ['HELD', 'REPORTED'], to: 'REPORTED' },
  FIX: { from: ['REPORTED'], to: 'FIXED' },
  PAY: { from: ['FIXED'], to: 'PAID' },
  LAPSE: { from: ['APPROVED', 'HELD'], to: 'LAPSED' },
};

/** The next state; undefined where the step cannot be taken. */
export function stepSubsidy(state: SubsidyState, step: SubsidyStep): SubsidyState | undefined {
  return STEPS[step].from.includes(state) ? STEPS[step].to : undefined;
}

/** What a meeting costs, in yen. Meals are not eligible. */
export interface Costs {
  readonly room: number;
  readonly lecturer: number;
  readonly travel: number;
  readonly materials: number;
  readonly meals: number;
}

/** Policy data of TRN-4.11. */
const MOST_YEN = 300_000;
const YEN_A_PARTICIPANT = 5_000;
const FEWEST_MUNICIPALITIES = 3;
export const REPORT_DAYS = 30;

export function eligibleYen({ room, lecturer, travel, materials }: Costs): number {
  return room + lecturer + travel + materials;
}

/** TRN-4.11: half of what is eligible, at most 300,000 yen and 5,000 a participant, in whole thousands. */
export function subsidyYen(eligible: number, participants: number): number {
  return Math.floor(Math.min(eligible / 2, MOST_YEN, YEN_A_PARTICIPANT * participants) / 1_000) * 1_000;
}

/** Last day of the report (TRN-4.11). */
export function reportDueOn(heldOn: LocalDate): LocalDate {
  return addDays(heldOn, REPORT_DAYS);
}

export type ApplicationFault = 'TOO_FEW_MUNICIPALITIES' | 'OTHER_SUBJECT' | 'OTHER_PREFECTURE';

/** TRN-4.11: at least three municipalities of the host's prefecture, for a subject of the number system. */
export function applicationFault(application: { readonly prefecture: string; readonly municipalities: readonly string[]; readonly series: string }): ApplicationFault | undefined {
  const { prefecture, municipalities, series } = application;
  if (series !== 'NUMBER_SYSTEM') return 'OTHER_SUBJECT';
  if (municipalities.some((code) => !code.startsWith(prefecture))) return 'OTHER_PREFECTURE';
  return new Set(municipalities).size < FEWEST_MUNICIPALITIES ? 'TOO_FEW_MUNICIPALITIES' : undefined;
}
