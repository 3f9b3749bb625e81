import type { AssignmentState } from '../assignment/assignment.js';
import type { MoveCause } from '../assignment/lifecycle.js';

/** Whether the person lives in Japan as the register told it last. */
export type Life = 'PRESENT' | 'AWAY' | 'DEAD';

/** News of the register that concern a number (`juki-net.resident.*`). */
export interface LifeNotice {
  readonly factVersion: number;
  readonly kind: 'entered' | 'moved-in' | 'moved-out' | 'died' | 'record-deleted' | 'code-changed';
  /** Left Japan; only `moved-out` says so. */
  readonly abroad?: boolean | undefined;
  /** Whether another record of the person stands; only `record-deleted` says so. */
  readonly stays?: boolean | undefined;
}

/** What all news of a person so far say together. */
export interface Standing {
  /** Version of the facts that decided `life`; 0 before any. */
  readonly factVersion: number;
  readonly life: Life;
  /** Version of the latest change of the resident code; 0 before any. */
  readonly codeVersion: number;
}

export const FIRST_STANDING: Standing = { factVersion: 0, life: 'PRESENT', codeVersion: 0 };

/** What a notice says about the person's life here; undefined when nothing. */
export function lifeOf({ kind, abroad, stays }: Pick<LifeNotice, 'kind' | 'abroad' | 'stays'>): Life | undefined {
  switch (kind) {
    case 'entered':
    case 'moved-in':
      return 'PRESENT';
    case 'moved-out':
      return abroad === true ? 'AWAY' : undefined;
    case 'record-deleted':
      return stays === true ? 'PRESENT' : 'AWAY';
    case 'died':
      return 'DEAD';
    case 'code-changed':
      return undefined;
  }
}

/**
 * Takes a notice in. The highest version decides and a death decides for ever, so that late, early and repeated notices end in the
 * same standing without waiting for each other (NUM-3.1: CLOSED has no way back).
 */
export function standingAfter(standing: Standing, notice: LifeNotice): Standing {
  const { factVersion } = notice;
  if (notice.kind === 'code-changed') return { ...standing, codeVersion: Math.max(standing.codeVersion, factVersion) };
  const life = lifeOf(notice);
  if (life === undefined) return standing;
  const newest = Math.max(standing.factVersion, factVersion);
  if (life === 'DEAD' || standing.life === 'DEAD') return { ...standing, factVersion: newest, life: 'DEAD' };
  return factVersion > standing.factVersion ? { ...standing, factVersion, life } : standing;
}

/** A first record has no predecessor and ends nothing: the many of a first load need no row. */
export function needsNoLook({ factVersion, kind }: LifeNotice): boolean {
  return kind === 'entered' && factVersion === 1;
}

/** A sign of life after a death: the number stays closed, and an officer must see it. */
export function contradictsDeath(standing: Standing, notice: LifeNotice): boolean {
  return standing.life === 'DEAD' && lifeOf(notice) === 'PRESENT' && notice.factVersion > standing.factVersion;
}

/** Where the standing brings a number: the same one comes back with the person, never a second (NUM-4.8). Undefined leaves it. */
export function moveFor(state: AssignmentState, life: Life): { readonly to: 'DESIGNATED' | 'DORMANT' | 'CLOSED'; readonly cause: MoveCause } | undefined {
  if (state !== 'DESIGNATED' && state !== 'DORMANT') return undefined;
  const move = MOVES[life];
  return move.to === state ? undefined : move;
}

const MOVES = {
  PRESENT: { to: 'DESIGNATED', cause: 'RETURNED' },
  AWAY: { to: 'DORMANT', cause: 'LEFT' },
  DEAD: { to: 'CLOSED', cause: 'DIED' },
} as const;

/** Whether the standing has had its effect: a candidate, a disputed number and a person without a number still wait for it. */
export function isSettled(state: AssignmentState | undefined, life: Life): boolean {
  switch (state) {
    case 'SUPERSEDED':
    case 'CLOSED':
      return true;
    case 'DESIGNATED':
      return life === 'PRESENT';
    case 'DORMANT':
      return life === 'AWAY';
    case 'GENERATED':
    case 'TENTATIVE':
    case 'DISPUTED':
    case 'VOID':
    case undefined:
      return life === 'PRESENT';
  }
}
