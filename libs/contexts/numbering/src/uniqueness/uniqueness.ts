import { isSameOfficer } from '#kernel';
import type { AssignmentState } from '../assignment/assignment.js';
import { endsLink } from '../assignment/lifecycle.js';

/** What a pass may find (NUM-3.4, NUM-7), and the fault of the generator, which halts drawing like them (NUM-4.5). */
export const VIOLATIONS = [
  'ASSIGNMENT_STATE', 'CODE_INDEX', 'GENERATOR_FAULT', 'LEDGER_LOST', 'LEDGER_NOT_IN_LINK', 'LINK_NOT_IN_LEDGER', 'LINK_WITHOUT_ASSIGNMENT', 'ASSIGNMENT_WITHOUT_LINK',
  'NUMBER_FORM', 'NUMBER_INDEX', 'OPEN_PER_CODE', 'OPEN_PER_NUMBER', 'TWO_PEOPLE', 'UNREADABLE',
] as const;
export type Violation = (typeof VIOLATIONS)[number];
export type Violations = Readonly<Partial<Record<Violation, number>>>;

export type RunState = 'RUNNING' | 'CLEAN' | 'VIOLATED' | 'CLEARED';

/** A link row as the pass has opened it: what the indexes say, and what its contents say anew. */
export interface OpenedLink {
  readonly open: boolean;
  readonly codeAgrees: boolean;
  readonly numberAgrees: boolean;
  readonly formFault: boolean;
  readonly assignmentState: AssignmentState | null;
  /** Whether the assignment points to this row; a former code's row is no longer pointed to. */
  readonly present: boolean;
}

/** The faults of one row by itself. */
export function linkViolations({ open, codeAgrees, numberAgrees, formFault, assignmentState, present }: OpenedLink): Violation[] {
  const found: Violation[] = [];
  if (!codeAgrees) found.push('CODE_INDEX');
  if (!numberAgrees) found.push('NUMBER_INDEX');
  if (formFault) found.push('NUMBER_FORM');
  if (assignmentState === null) found.push('LINK_WITHOUT_ASSIGNMENT');
  else if (open !== (present && !endsLink(assignmentState))) found.push('ASSIGNMENT_STATE');
  return found;
}

/** Rows of a page without the last code, whose other rows may stand on the next page; a page that is not full is whole. */
export function wholeCodes<R extends { readonly codeIndex: string }>(rows: readonly R[], limit: number): readonly R[] {
  const last = rows.at(-1)?.codeIndex;
  const whole = rows.filter(({ codeIndex }) => codeIndex !== last);
  return rows.length < limit || whole.length === 0 ? rows : whole;
}

/** Codes with more than one open row. */
export function doubledCodes(rows: readonly { readonly codeIndex: string; readonly open: boolean }[]): number {
  const open = new Map<string, number>();
  for (const row of rows) if (row.open) open.set(row.codeIndex, (open.get(row.codeIndex) ?? 0) + 1);
  return [...open.values()].filter((count) => count > 1).length;
}

export function addViolations(before: Violations, found: readonly Violation[]): Violations {
  const sum: Partial<Record<Violation, number>> = { ...before };
  for (const violation of found) sum[violation] = (sum[violation] ?? 0) + 1;
  return sum;
}

/** What the ledger as a whole adds: rows that are gone; of the numbers without a link, those that came back into the ledger alone are in order. */
export function settleViolations(found: Violations, { lost, unlinked }: { readonly lost: number; readonly unlinked: number }): Violations {
  const { LEDGER_NOT_IN_LINK: alone = 0, ...others } = found;
  return { ...others, ...(alone > unlinked ? { LEDGER_NOT_IN_LINK: alone - unlinked } : {}), ...(lost > 0 ? { LEDGER_LOST: lost } : {}) };
}

export function countOf(violations: Violations): number {
  return Object.values(violations).reduce((sum, count) => sum + count, 0);
}

/** Drawing goes on when two different officers have said so (NUM-7). */
export function clearanceBy(run: { readonly state: RunState; readonly clearanceBy: string | null }, officer: string): 'FIRST_WORD' | 'CLEARED' | 'SAME_OFFICER' | 'UNIQUENESS_STATE' {
  if (run.state !== 'VIOLATED') return 'UNIQUENESS_STATE';
  if (run.clearanceBy === null) return 'FIRST_WORD';
  return isSameOfficer(run.clearanceBy, officer) ? 'SAME_OFFICER' : 'CLEARED';
}
