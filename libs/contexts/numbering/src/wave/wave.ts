import { municipalityCodeFault, isSameOfficer, type FieldFault } from '#kernel';

/** NUM-4.7, with the states of a plan that is carried out step by step. */
export const WAVE_STATES = ['PLANNED', 'OPEN', 'RUNNING', 'RECONCILED', 'SIGNED_OFF', 'HALTED'] as const;
export type WaveState = (typeof WAVE_STATES)[number];

/** In the order of the plan (NUM-4.7): five pilots, then size classes, then designated cities ward by ward. */
export const WAVE_KINDS = ['PILOT', 'SIZE_CLASS', 'DESIGNATED_CITY'] as const;
export type WaveKind = (typeof WAVE_KINDS)[number];
const PILOTS = 5;
const FOLLOWERS: Readonly<Record<WaveKind, readonly WaveKind[]>> = {
  PILOT: ['SIZE_CLASS', 'DESIGNATED_CITY'],
  SIZE_CLASS: ['SIZE_CLASS', 'DESIGNATED_CITY'],
  DESIGNATED_CITY: ['DESIGNATED_CITY'],
};

/** Stop rules, found by the machine; an officer may name a reason of his own. */
export const HALT_REASONS = ['DATA_FAULT', 'SYSTEM_FAULT', 'SUPPORT_TICKET', 'OTHER'] as const;
export type HaltCause = 'DUPLICATE_NUMBER' | 'COUNT_MISMATCH' | 'REFUSED_LINES' | (typeof HALT_REASONS)[number];

export type WaveStep = 'OPEN' | 'START' | 'RECONCILE' | 'SIGN_OFF' | 'HALT';

const STEPS: Readonly<Record<WaveStep, { readonly from: readonly WaveState[]; readonly to: WaveState }>> = {
  OPEN: { from: ['PLANNED'], to: 'OPEN' },
  START: { from: ['OPEN'], to: 'RUNNING' },
  RECONCILE: { from: ['RUNNING'], to: 'RECONCILED' },
  SIGN_OFF: { from: ['RECONCILED'], to: 'SIGNED_OFF' },
  HALT: { from: ['OPEN', 'RUNNING', 'RECONCILED'], to: 'HALTED' },
};

/** The state after the step; undefined where it is not allowed. */
export function stepWave(state: WaveState, step: WaveStep): WaveState | undefined {
  return STEPS[step].from.includes(state) ? STEPS[step].to : undefined;
}

export interface WaveInPlan {
  readonly waveId: string;
  readonly position: number;
  readonly state: WaveState;
}

/** A wave opens when those before it are reconciled, and none while one is halted (NUM-4.7). */
export function openingFault(plan: readonly WaveInPlan[], wave: WaveInPlan): 'WAVE_HALTED' | 'WAVE_ORDER' | 'WAVE_STATE' | undefined {
  if (stepWave(wave.state, 'OPEN') === undefined) return 'WAVE_STATE';
  if (plan.some(({ state }) => state === 'HALTED')) return 'WAVE_HALTED';
  const before = plan.filter(({ position }) => position < wave.position);
  return before.every(({ state }) => state === 'RECONCILED' || state === 'SIGNED_OFF') ? undefined : 'WAVE_ORDER';
}

/** Work goes on when two different officers have said so; the first word is kept until the second comes (NUM-4.7). */
export function resumptionBy(first: string | undefined, officer: string): 'FIRST_WORD' | 'SAME_OFFICER' | 'RESUMED' {
  if (first === undefined) return 'FIRST_WORD';
  return isSameOfficer(first, officer) ? 'SAME_OFFICER' : 'RESUMED';
}

export interface PlannedMember {
  readonly municipalityCode: string;
  /** Ward of a designated city; empty where the municipality is numbered as a whole. */
  readonly wardCode: string;
  readonly expected: number;
}

export interface NewWave {
  readonly kind: WaveKind;
  readonly members: readonly PlannedMember[];
}

/** What is wrong with a wave that is to follow the plan so far; `taken` are members of earlier waves. */
export function planFaults(wave: NewWave, plan: { readonly last: WaveKind | undefined; readonly taken: readonly Omit<PlannedMember, 'expected'>[] }): FieldFault[] {
  const { kind, members } = wave;
  const faults: FieldFault[] = [];
  if (!(plan.last === undefined ? ['PILOT'] : FOLLOWERS[plan.last]).includes(kind)) faults.push({ pointer: '/kind', code: 'ORDER' });
  if (kind === 'PILOT' && new Set(members.map(({ municipalityCode }) => municipalityCode)).size !== PILOTS) faults.push({ pointer: '/members', code: 'PILOT_SIZE' });
  const seen = new Set(plan.taken.map(({ municipalityCode, wardCode }) => municipalityCode + wardCode));
  const whole = new Map(plan.taken.map(({ municipalityCode, wardCode }) => [municipalityCode, wardCode === '']));
  members.forEach(({ municipalityCode, wardCode }, index) => {
    const at = (column: string, code: string) => faults.push({ pointer: `/members/${index}/${column}`, code });
    if (municipalityCodeFault(municipalityCode) !== undefined) at('municipalityCode', 'CHECK_DIGIT');
    if (kind === 'DESIGNATED_CITY' ? !isWardOf(wardCode, municipalityCode) : wardCode !== '') at('wardCode', 'WARD');
    const mixed = whole.get(municipalityCode) === (wardCode !== '');
    if (mixed || seen.has(municipalityCode + wardCode)) at('municipalityCode', 'IN_PLAN');
    seen.add(municipalityCode + wardCode);
  });
  return faults;
}

function isWardOf(wardCode: string, city: string): boolean {
  return municipalityCodeFault(wardCode) === undefined && wardCode.slice(0, 2) === city.slice(0, 2) && wardCode !== city;
}

/** A member of the plan with the state of its wave. */
export interface MemberStanding {
  readonly waveId: string;
  readonly wardCode: string;
  readonly state: WaveState;
}

export type Place =
  | { readonly place: 'FREE' }
  | { readonly place: 'WAVE'; readonly waveId: string }
  | { readonly place: 'REFUSED'; readonly code: 'NOT_IN_WAVE' | 'WAVE_HALTED' };

/** Where a mass batch belongs (NUM-4.7): free without a plan for its municipality, else in a wave that is open for it. */
export function placeOfBatch(members: readonly MemberStanding[], wardCode: string): Place {
  if (members.length === 0 && wardCode === '') return { place: 'FREE' };
  const member = members.find((candidate) => candidate.wardCode === wardCode);
  switch (member?.state) {
    case 'OPEN':
    case 'RUNNING':
      return { place: 'WAVE', waveId: member.waveId };
    case 'HALTED':
      return { place: 'REFUSED', code: 'WAVE_HALTED' };
    case 'PLANNED':
    case 'RECONCILED':
    case 'SIGNED_OFF':
    case undefined:
      return { place: 'REFUSED', code: 'NOT_IN_WAVE' };
  }
}

/** Where a difference batch belongs: its municipality's numbering has begun, and is not halted. */
export function placeOfDifference(members: readonly MemberStanding[]): Place {
  const [first] = members;
  if (first === undefined) return { place: 'FREE' };
  if (members.some(({ state }) => state === 'HALTED')) return { place: 'REFUSED', code: 'WAVE_HALTED' };
  const begun = members.every(({ state }) => state !== 'PLANNED' && state !== 'OPEN');
  return begun ? { place: 'WAVE', waveId: first.waveId } : { place: 'REFUSED', code: 'NOT_IN_WAVE' };
}

/** What the reconciliation of a batch found. */
export interface BatchFindings {
  readonly kind: 'MASS' | 'DIFFERENCE' | 'FREE';
  readonly reconciled: boolean;
  readonly duplicates: number;
  readonly lines: number;
  readonly refused: number;
}

/** One refused line in so many is borne. */
const BORNE = 10_000;

/**
 * Stop rules (NUM-4.7): any duplicate designated number, any count mismatch, more than 0.01 % refused lines. The lines of a
 * difference run are the odd ones by nature, those of a batch without a wave are daily work; refusals among them stop nobody.
 */
export function stopCause({ kind, reconciled, duplicates, lines, refused }: BatchFindings): HaltCause | undefined {
  if (duplicates > 0) return 'DUPLICATE_NUMBER';
  if (!reconciled) return 'COUNT_MISMATCH';
  return kind === 'MASS' && refused * BORNE > lines ? 'REFUSED_LINES' : undefined;
}

/** NUM-3.2 for a municipality or a wave. */
export interface WaveCounts {
  readonly lines: number;
  readonly designated: number;
  readonly tentative: number;
  readonly refused: number;
  readonly pending: number;
}

export function addsUp({ lines, designated, tentative, refused, pending }: WaveCounts): boolean {
  return lines === designated + tentative + refused + pending;
}
