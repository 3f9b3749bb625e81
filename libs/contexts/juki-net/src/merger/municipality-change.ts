import { addDays, type LocalDate } from '#kernel';

export const CHANGE_KINDS = ['MERGER', 'SPLIT', 'RENAME', 'WARD'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];
export const CHANGE_STATES = ['PLANNED', 'APPROVED', 'RUNNING', 'COMPLETED', 'WITHDRAWN'] as const;
export type ChangeState = (typeof CHANGE_STATES)[number];

/** A municipality before a change; the name as addresses in it begin. */
export interface FormerMunicipality {
  readonly code: string;
  readonly name: string;
}

/** A change of municipalities (市町村合併, 分割, 名称変更, 区の設置; JUKI-5.4): from a day on the former ones belong to one code. */
export interface MunicipalityChange {
  readonly changeId: string;
  readonly kind: ChangeKind;
  readonly former: readonly FormerMunicipality[];
  readonly newCode: string;
  readonly newName: string;
  readonly effectiveOn: LocalDate;
  /** Towns that pass; none named: all of the former municipalities. */
  readonly townCodes: readonly string[];
  readonly state: ChangeState;
  readonly plannedBy: string;
  readonly approvedBy?: string | undefined;
}

/** What each kind may look like: how many former codes, whether towns are named, whether the code may stay. */
const SHAPES: Readonly<Record<ChangeKind, { readonly most: number; readonly towns: 'NONE' | 'SOME' | 'ANY'; readonly mayKeepCode: boolean }>> = {
  MERGER: { most: 50, towns: 'NONE', mayKeepCode: false },
  SPLIT: { most: 1, towns: 'SOME', mayKeepCode: false },
  RENAME: { most: 1, towns: 'NONE', mayKeepCode: true },
  WARD: { most: 50, towns: 'ANY', mayKeepCode: false },
};
/** Municipalities and agencies must have time to prepare for it. */
const AHEAD_DAYS = 1;

type Planned = Pick<MunicipalityChange, 'kind' | 'former' | 'newCode' | 'effectiveOn' | 'townCodes'>;

/** Why a change cannot be planned beside the `others`. Not served: across prefectures, whose servers keep their copies apart. */
export function planFault(plan: Planned, others: readonly MunicipalityChange[], today: LocalDate): 'MUNICIPALITY_CHANGE_CODES' | 'MUNICIPALITY_CHANGE_MEETS' | 'TERM' | undefined {
  if (plan.effectiveOn < addDays(today, AHEAD_DAYS)) return 'TERM';
  const { most, towns, mayKeepCode } = SHAPES[plan.kind];
  const codes = plan.former.map(({ code }) => code);
  const isNear = codes.every((code) => code.slice(0, 2) === plan.newCode.slice(0, 2));
  const isShaped = codes.length <= most && new Set(codes).size === codes.length && (mayKeepCode || !codes.includes(plan.newCode));
  const isTowned = towns === 'ANY' || (towns === 'SOME') === plan.townCodes.length > 0;
  if (!isNear || !isShaped || !isTowned) return 'MUNICIPALITY_CHANGE_CODES';
  return others.some((other) => meets(plan, other)) ? 'MUNICIPALITY_CHANGE_MEETS' : undefined;
}

/** Codes that nobody notifies under any more from the day on. */
export function endedCodes({ former, newCode, townCodes }: Pick<MunicipalityChange, 'former' | 'newCode' | 'townCodes'>): string[] {
  return townCodes.length > 0 ? [] : former.map(({ code }) => code).filter((code) => code !== newCode);
}

/** A code takes part in one change at a time, unless other towns of it pass elsewhere; what has ended does not come back. */
function meets(plan: Planned, other: MunicipalityChange): boolean {
  if (other.state === 'WITHDRAWN') return false;
  const codes = [...plan.former.map(({ code }) => code), plan.newCode];
  if (other.state === 'COMPLETED') return endedCodes(other).some((code) => codes.includes(code));
  const isApart = plan.townCodes.length > 0 && other.townCodes.length > 0 && plan.newCode !== other.newCode && !plan.townCodes.some((town) => other.townCodes.includes(town));
  return !isApart && [...other.former.map(({ code }) => code), other.newCode].some((code) => codes.includes(code));
}

export type ChangeStep = 'APPROVE' | 'WITHDRAW' | 'START' | 'COMPLETE';

const STEPS: Readonly<Record<ChangeStep, { readonly from: readonly ChangeState[]; readonly to: ChangeState }>> = {
  APPROVE: { from: ['PLANNED'], to: 'APPROVED' },
  WITHDRAW: { from: ['PLANNED', 'APPROVED'], to: 'WITHDRAWN' },
  START: { from: ['APPROVED', 'RUNNING'], to: 'RUNNING' },
  COMPLETE: { from: ['RUNNING'], to: 'COMPLETED' },
};

/** The next state or why not: a second officer approves, and officers decide before the day only. */
export function stepChange(
  change: MunicipalityChange, step: ChangeStep, at: { readonly today: LocalDate; readonly officer?: string },
): { readonly state: ChangeState } | { readonly refusal: 'MUNICIPALITY_CHANGE_STATE' | 'SAME_OFFICER' | 'TERM' } {
  const { from, to } = STEPS[step];
  if (!from.includes(change.state)) return { refusal: 'MUNICIPALITY_CHANGE_STATE' };
  const isOfficers = step === 'APPROVE' || step === 'WITHDRAW';
  if (isOfficers ? change.effectiveOn <= at.today : change.effectiveOn > at.today) return { refusal: 'TERM' };
  if (step === 'APPROVE' && at.officer === change.plannedBy) return { refusal: 'SAME_OFFICER' };
  return { state: to };
}

/** How addresses of a municipality began, and how they begin since it merged or got another name. */
export interface Renaming {
  readonly from: string;
  readonly to: string;
}

/** From `on` on a code is another's. */
export interface Succession {
  readonly code: string;
  readonly newCode: string;
  readonly on: LocalDate;
}

/** The code that a municipality has on a day, through all changes until then. */
export function codeOn(successions: readonly Succession[], code: string, day: LocalDate): string {
  const next = successions.find((succession) => succession.code === code && succession.on <= day);
  return next === undefined ? code : codeOn(successions, next.newCode, day);
}
