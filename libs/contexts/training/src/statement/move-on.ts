export const MOVE_ON = ['Passed', 'Completed', 'CompletedAndPassed', 'CompletedOrPassed', 'NotApplicable'] as const;
export type MoveOn = (typeof MOVE_ON)[number];

/** How far a registration is in one assignable unit. */
export interface AuProgress {
  readonly completed: boolean;
  readonly passed: boolean;
  readonly waived: boolean;
}

/** A part of a course: an assignable unit, by its number in the package, or a block of such parts. */
export type CoursePart = { readonly au: number } | { readonly block: string; readonly parts: readonly CoursePart[] };

/** Whether an assignable unit is satisfied (cmi5 13.1.4, TRN-4.6): by its moveOn criterion, or because it was waived. */
export function isSatisfied(moveOn: MoveOn, { completed, passed, waived }: AuProgress): boolean {
  if (waived) return true;
  switch (moveOn) {
    case 'Passed':
      return passed;
    case 'Completed':
      return completed;
    case 'CompletedAndPassed':
      return completed && passed;
    case 'CompletedOrPassed':
      return completed || passed;
    case 'NotApplicable':
      return true;
  }
}

/** The blocks that are satisfied, the inner ones first, and whether the course is: each when all of its parts are (cmi5 9.3.9, TRN-4.6). */
export function satisfaction(parts: readonly CoursePart[], isAuSatisfied: (au: number) => boolean): { readonly blocks: readonly string[]; readonly course: boolean } {
  const blocks: string[] = [];
  const walk = (part: CoursePart): boolean => {
    if ('au' in part) return isAuSatisfied(part.au);
    const whole = part.parts.map(walk).every(Boolean);
    if (whole) blocks.push(part.block);
    return whole;
  };
  return { course: parts.map(walk).every(Boolean), blocks };
}

/** TRN-4.6: a score that reaches the mastery score is passed. Both are 0 to 1. */
export function isMastered(scaled: number, masteryScore: number): boolean {
  return scaled >= masteryScore;
}
