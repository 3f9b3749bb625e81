import type { AuProgress } from './move-on.js';

/** LAUNCHED by us, INITIALIZED and TERMINATED by the content, ABANDONED by us (cmi5 9.3). */
export type AuSessionState = 'LAUNCHED' | 'INITIALIZED' | 'TERMINATED' | 'ABANDONED';
export const LAUNCH_MODES = ['Normal', 'Browse', 'Review'] as const;
export type LaunchMode = (typeof LAUNCH_MODES)[number];

/** What the content itself may say by cmi5-defined statements; the other verbs of cmi5 are ours. */
export const AU_VERBS = ['initialized', 'completed', 'passed', 'failed', 'terminated'] as const;
export type AuVerb = (typeof AU_VERBS)[number];

/** One launch of an assignable unit, as far as its statements have come. */
export interface AuSession {
  readonly state: AuSessionState;
  readonly mode: LaunchMode;
  readonly isCompleted: boolean;
  readonly isPassed: boolean;
  readonly isFailed: boolean;
}

/** Why a statement does not fit into its session. */
export type OrderFault = 'NOT_INITIALIZED' | 'SESSION_OVER' | 'VERB_REPEATED' | 'JUDGED_TWICE' | 'FAILED_AFTER_PASSED' | 'NOT_IN_THIS_MODE';

/**
 * The session after a statement: `verb` of a cmi5-defined one, undefined for others that cmi5 allows (cmi5 9.3, TRN-4.6). Initialized is
 * the first, Terminated the last; a session has at most one Completed and one Passed or Failed; a registration at most one Completed and
 * one Passed of a unit, and no Failed after Passed; where nothing is recorded (Browse, Review) none of them.
 */
export function afterStatement(session: AuSession, progress: AuProgress, verb: AuVerb | undefined): AuSession | OrderFault {
  if (session.state === 'TERMINATED' || session.state === 'ABANDONED') return 'SESSION_OVER';
  if (verb === 'initialized') return session.state === 'LAUNCHED' ? { ...session, state: 'INITIALIZED' } : 'VERB_REPEATED';
  if (session.state === 'LAUNCHED') return 'NOT_INITIALIZED';
  if (verb === undefined) return session;
  if (verb === 'terminated') return { ...session, state: 'TERMINATED' };
  if (session.mode !== 'Normal') return 'NOT_IN_THIS_MODE';
  return judged(session, progress, verb);
}

function judged(session: AuSession, progress: AuProgress, verb: 'completed' | 'passed' | 'failed'): AuSession | OrderFault {
  if (verb === 'completed') return session.isCompleted || progress.completed ? 'VERB_REPEATED' : { ...session, isCompleted: true };
  if (session.isPassed || session.isFailed) return session.isPassed === (verb === 'passed') ? 'VERB_REPEATED' : 'JUDGED_TWICE';
  if (verb === 'passed') return progress.passed ? 'VERB_REPEATED' : { ...session, isPassed: true };
  return progress.passed ? 'FAILED_AFTER_PASSED' : { ...session, isFailed: true };
}

/** Without a word from the content for so long a session is closed (TRN-7). */
export const IDLE_MS = 30 * 60_000;
