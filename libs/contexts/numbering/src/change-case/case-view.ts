import { z } from 'zod';
import { characterFault, holdsPersonalNumber } from '#kernel';
import { platformProblems, requireJurisdiction, type Ctx } from '#platform';
import { CASE_KINDS, CASE_STATES, OCCASIONS } from './change-case.js';
import type { CaseRecord } from './change-case.store.js';

/** Text that an officer writes; it may tell of the person's affairs and is told to nobody. A number or code has no place in it (NUM-5.5). */
export const writtenText = z.string().min(1).max(1_000).refine((text) => text.trim() !== '' && characterFault(text.replaceAll('\n', '')) === undefined, { params: { code: 'CHARACTER' } })
  .refine((text) => !holdsPersonalNumber(text), { params: { code: 'PERSONAL_NUMBER' } });

export const caseView = z.object({
  caseId: z.uuid(),
  municipalityCode: z.string(),
  assignmentId: z.uuid(),
  kind: z.enum(CASE_KINDS),
  occasion: z.enum(OCCASIONS),
  state: z.enum(CASE_STATES),
  newAssignmentId: z.uuid().optional(),
});

export function viewOf({ caseId, municipalityCode, assignmentId, kind, occasion, state, newAssignmentId }: CaseRecord): z.input<typeof caseView> {
  return { caseId, municipalityCode, assignmentId, kind, occasion, state, ...(newAssignmentId === null ? {} : { newAssignmentId }) };
}

/** The case if it exists and the caller may see it; refuses NOT_FOUND or OUT_OF_JURISDICTION. */
export function permittedCase(ctx: Ctx, found: CaseRecord | undefined): CaseRecord {
  if (found === undefined) throw platformProblems.refuse('NOT_FOUND');
  requireJurisdiction(ctx, found.municipalityCode);
  return found;
}
