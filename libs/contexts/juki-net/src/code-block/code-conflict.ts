import { isSameOfficer } from '#kernel';

export const CONFLICT_STATES = ['REPORTED', 'CONFIRMED', 'DISMISSED'] as const;
export type ConflictState = (typeof CONFLICT_STATES)[number];

/** A code reported as written to two persons (JUKI-3.1). */
export interface CodeConflict {
  readonly caseId: string;
  readonly codeIndex: Buffer;
  readonly state: ConflictState;
  readonly reportedBy: string;
}

export type ConflictStep = 'CONFIRM' | 'DISMISS';

const TO = { CONFIRM: 'CONFIRMED', DISMISS: 'DISMISSED' } as const satisfies Record<ConflictStep, ConflictState>;

/** The next state of the case or why not: that a code ends is a second officer's decision; whoever reported may take it back. */
export function stepConflict(conflict: CodeConflict, step: ConflictStep, officer: string): { readonly state: ConflictState } | { readonly refusal: 'CONFLICT_DECIDED' | 'SAME_OFFICER' } {
  if (conflict.state !== 'REPORTED') return { refusal: 'CONFLICT_DECIDED' };
  if (step === 'CONFIRM' && isSameOfficer(officer, conflict.reportedBy)) return { refusal: 'SAME_OFFICER' };
  return { state: TO[step] };
}
