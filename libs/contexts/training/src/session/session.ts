import type { SessionState } from '#contracts/training';
import { addDays, endOfDayInJapan, localDateInJapan, type LocalDate } from '#kernel';

/** 抽選, 先着, 審査: ways of admission (TRN-2). */
export const SELECTIONS = ['LOTTERY', 'FCFS', 'REVIEW'] as const;
export type Selection = (typeof SELECTIONS)[number];

export type SessionStep = 'PUBLISH' | 'OPEN' | 'FILL' | 'REOPEN' | 'CLOSE' | 'SELECT' | 'CONFIRM' | 'HOLD' | 'REPORT' | 'CANCEL' | 'POSTPONE';

interface StepRow {
  readonly from: readonly SessionState[];
  readonly to: SessionState;
}

/** Where places were, or could have been, applied for and nobody has attended yet. */
const BEFORE_HELD: readonly SessionState[] = ['PLANNED', 'PUBLISHED', 'ACCEPTING', 'FULL', 'SELECTING', 'CLOSED', 'CONFIRMED'];

/**
 * The table of TRN-3.2. A window that closes leaves what is selected SELECTING and what came first CLOSED, which the planner confirms; a typhoon may
 * cancel what still accepts (own decisions, TRN-7).
 */
export const SESSION_STEPS: Readonly<Record<SessionStep, StepRow>> = {
  PUBLISH: { from: ['PLANNED'], to: 'PUBLISHED' },
  OPEN: { from: ['PUBLISHED'], to: 'ACCEPTING' },
  FILL: { from: ['ACCEPTING'], to: 'FULL' },
  REOPEN: { from: ['FULL'], to: 'ACCEPTING' },
  CLOSE: { from: ['ACCEPTING', 'FULL'], to: 'CLOSED' },
  SELECT: { from: ['SELECTING'], to: 'CONFIRMED' },
  CONFIRM: { from: ['CLOSED'], to: 'CONFIRMED' },
  HOLD: { from: ['CONFIRMED'], to: 'HELD' },
  REPORT: { from: ['HELD'], to: 'REPORTED' },
  CANCEL: { from: BEFORE_HELD, to: 'CANCELLED' },
  POSTPONE: { from: ['CONFIRMED'], to: 'POSTPONED' },
};

/** When applications are taken, when their result is known, and when the session is held. */
export interface SessionDates {
  readonly windowOpensAt: Date;
  readonly windowClosesAt: Date;
  /** Day on which applicants learn the result. */
  readonly resultOn: LocalDate;
  readonly startsAt: Date;
  readonly endsAt: Date;
}

/** What decides about a session. */
export interface SessionLife extends SessionDates {
  readonly state: SessionState;
  readonly selection: Selection;
}

export type SessionRefusal = 'NOT_IN_STATE' | 'NOT_STARTED_YET' | 'WINDOW_INVALID';

/** The next state or why not. A session that has begun is not published, one that has not ended was not held. */
export function stepSession(session: SessionLife, step: SessionStep, now: Date): { readonly state: SessionState } | { readonly refusal: SessionRefusal } {
  const { from, to } = SESSION_STEPS[step];
  if (!from.includes(session.state)) return { refusal: 'NOT_IN_STATE' };
  if (step === 'PUBLISH' && session.windowClosesAt <= now) return { refusal: 'WINDOW_INVALID' };
  if (step === 'HOLD' && now < session.endsAt) return { refusal: 'NOT_STARTED_YET' };
  return { state: step === 'CLOSE' && session.selection !== 'FCFS' ? 'SELECTING' : to };
}

/** The step of the clock that is due, if any (TRN-3.2). */
export function timerStep(session: SessionLife, now: Date): 'OPEN' | 'CLOSE' | undefined {
  if (session.state === 'PUBLISHED' && session.windowOpensAt <= now) return 'OPEN';
  return (session.state === 'ACCEPTING' || session.state === 'FULL') && session.windowClosesAt <= now ? 'CLOSE' : undefined;
}

/** Whether an application that arrives now, by the server's clock, is in the window (TRN-7). */
export function isAccepting(session: SessionLife, now: Date): boolean {
  return (session.state === 'ACCEPTING' || session.state === 'FULL') && session.windowOpensAt <= now && now < session.windowClosesAt;
}

/** The first date that does not fit those before it: window, result, session (TRN-5). */
export function datesFault({ windowOpensAt, windowClosesAt, resultOn, startsAt, endsAt }: SessionDates): keyof SessionDates | undefined {
  if (windowClosesAt <= windowOpensAt) return 'windowClosesAt';
  if (endOfDayInJapan(resultOn) < windowClosesAt) return 'resultOn';
  if (startsAt < windowClosesAt || localDateInJapan(startsAt) < resultOn) return 'startsAt';
  return endsAt <= startsAt ? 'endsAt' : undefined;
}

/** Own decision: applicants learn the result a week after the window, unless the plan says otherwise. */
export function defaultResultOn(windowClosesAt: Date): LocalDate {
  return addDays(localDateInJapan(windowClosesAt), 7);
}

/** What limits the places of a session. */
export interface SessionRoom {
  readonly capacity: number;
  readonly roomPlaces: number;
  /** 実機; null where none are used. */
  readonly labMachines: number | null;
  readonly materials: number | null;
}

/** Number of places: the least of room, lab machines, materials and capacity (TRN-4.2). */
export function placesOf({ capacity, roomPlaces, labMachines, materials }: SessionRoom): number {
  return Math.min(capacity, roomPlaces, labMachines ?? Infinity, materials ?? Infinity);
}

/** 団体枠 unless the plan says otherwise: 2, of lab sessions 1 (TRN-4.2, own decision). */
export function defaultBodyQuota(labMachines: number | null): number {
  return labMachines === null ? 2 : 1;
}

/** A session as its planner may change it. */
export interface SessionPlan extends SessionDates, SessionRoom {
  readonly bodyQuota: number;
  readonly selection: Selection;
  readonly plannedMinutes: number;
  readonly venue: string;
  readonly prefecture: string;
}

const SETTLED_BY_OPENING: readonly (keyof SessionPlan)[] = ['selection', 'windowOpensAt', 'startsAt', 'endsAt', 'plannedMinutes', 'prefecture'];
const SETTLED_BY_CLOSING: readonly (keyof SessionPlan)[] = [...SETTLED_BY_OPENING, 'windowClosesAt', 'resultOn'];

/**
 * The first changed field that is settled, or undefined. Once applications are taken the way of selection and the day stay (another day is a
 * postponement), once the window is closed its end too; a held session does not change (own decision).
 */
export function settledField(state: SessionState, changed: readonly (keyof SessionPlan)[]): keyof SessionPlan | undefined {
  if (state === 'PLANNED' || state === 'PUBLISHED') return undefined;
  if (!BEFORE_HELD.includes(state)) return changed[0];
  return changed.find((field) => (state === 'ACCEPTING' || state === 'FULL' ? SETTLED_BY_OPENING : SETTLED_BY_CLOSING).includes(field));
}

/** A published window that is moved lies ahead: what it opened or closed on cannot be undone (TRN-5). */
export function windowPast(state: SessionState, changed: Partial<SessionDates>, now: Date): keyof SessionDates | undefined {
  if (state === 'PLANNED') return undefined;
  if (changed.windowOpensAt !== undefined && changed.windowOpensAt <= now) return 'windowOpensAt';
  return changed.windowClosesAt !== undefined && changed.windowClosesAt <= now ? 'windowClosesAt' : undefined;
}
