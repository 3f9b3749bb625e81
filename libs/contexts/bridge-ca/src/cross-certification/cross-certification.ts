/** From the proposal to the end of both certificates (JPKI 3.10). */
export const CROSS_STATES = ['PROPOSED', 'POLICY_MAPPED', 'REQUEST_EXCHANGED', 'FINGERPRINT_CONFIRMED', 'ISSUED', 'PUBLISHED', 'RENEWING', 'REVOKED', 'EXPIRED'] as const;
export type CrossState = (typeof CROSS_STATES)[number];

/** The certificate that the bridge issues to the other authority, and the one it gets. */
export const DIRECTIONS = ['TO_COUNTERPART', 'TO_BRIDGE'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** In these its certificates stand in the repository. */
export const PUBLIC_STATES: readonly CrossState[] = ['PUBLISHED', 'RENEWING'];

/** What was done in one direction; null is still to be done. */
export interface DirectionProgress {
  readonly direction: Direction;
  readonly receivedBy: string | null;
  readonly confirmedBy: string | null;
  readonly issuedBy: string | null;
}

export type DirectionStep = 'RECEIVE' | 'CONFIRM' | 'ISSUE';

/** The state in which a step is taken, what says that it was taken, and the state when it was taken in both directions. */
const STEPS = {
  RECEIVE: { from: 'POLICY_MAPPED', mark: 'receivedBy', to: 'REQUEST_EXCHANGED' },
  CONFIRM: { from: 'REQUEST_EXCHANGED', mark: 'confirmedBy', to: 'FINGERPRINT_CONFIRMED' },
  ISSUE: { from: 'FINGERPRINT_CONFIRMED', mark: 'issuedBy', to: 'ISSUED' },
} as const satisfies Record<DirectionStep, { from: CrossState; mark: keyof DirectionProgress; to: CrossState }>;

/** Whether the step may be taken in the direction: once, and in its turn (JPKI 3.10). */
export function mayStep(state: CrossState, progress: DirectionProgress, step: DirectionStep): boolean {
  return state === STEPS[step].from && progress[STEPS[step].mark] === null;
}

/** The state after a step in one direction, with the marks of both as they are now: it goes on when both were taken (JPKI 3.10). */
export function stateAfter(step: DirectionStep, both: readonly DirectionProgress[]): CrossState {
  const { from, mark, to } = STEPS[step];
  return both.every((one) => one[mark] !== null) ? to : from;
}

/** Who acted last in a direction, and must not be the one who acts next (JPKI 3.10: two people at each crossing). */
export function lastActor(step: DirectionStep, { receivedBy, confirmedBy }: DirectionProgress): string | null {
  return step === 'RECEIVE' ? null : step === 'CONFIRM' ? receivedBy : confirmedBy;
}

/** What may be ended before its time: from the first certificate on. */
export function isRevocable(state: CrossState, both: readonly DirectionProgress[]): boolean {
  return state === 'ISSUED' || PUBLIC_STATES.includes(state) || (state === 'FINGERPRINT_CONFIRMED' && both.some(({ issuedBy }) => issuedBy !== null));
}

/** Why a cross-certification ends early, with the reason that the lists show (JPKI 4.7). */
export const CAUSES = { KEY_COMPROMISE: 'cACompromise', POLICY_BREACH: 'affiliationChanged', REPLACED: 'superseded', CESSATION: 'cessationOfOperation' } as const;
export type Cause = keyof typeof CAUSES;

const NOTICE_MS = 90 * 86_400_000;

/** A renewal takes so long that it has to begin 90 days before the end. */
export function isRenewalDue(state: CrossState, firstEnd: Date, now: Date): boolean {
  return state === 'PUBLISHED' && firstEnd.getTime() - now.getTime() <= NOTICE_MS;
}
