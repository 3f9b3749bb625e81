import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { found, platformProblems, type Ctx } from '#platform';
import { stepSubsidy, SUBSIDY_STATES, type SubsidyStep } from './subsidy.js';
import type { SubsidyCase, SubsidyStore } from './subsidy.store.js';

export const byCase = z.strictObject({ caseId: z.uuid() });
const yen = z.coerce.number().int().min(0).max(100_000_000);
/** What a meeting costs, in yen. */
export const costFields = { room: yen, lecturer: yen.describe('fee'), travel: yen.describe('of the lecturer'), materials: yen, meals: yen.describe('not eligible') };
export const costs = z.strictObject(costFields);

export const caseView = z.object({
  caseId: z.uuid(), host: z.string(), prefecture: z.string(), fiscalYear: z.int(), title: z.string(), municipalities: z.array(z.string()), plannedOn: z.string(), plannedParticipants: z.int(),
  plannedCosts: costs, state: z.enum(SUBSIDY_STATES), approvedYen: z.int().nullable(), heldOn: z.string().nullable(), actualCosts: costs.nullable(), participants: z.int().nullable(),
  fixedYen: z.int().nullable(), note: z.string().nullable(),
});

export function caseViewOf({ id, municipalities, ...one }: SubsidyCase): z.input<typeof caseView> {
  return { caseId: id, municipalities: [...municipalities], ...one };
}

/** The locked case if it is the caller's, or the caller may see all, in the state after the step; refuses NOT_FOUND, OUT_OF_JURISDICTION, NOT_IN_STATE. */
export async function steppedCase(ctx: Ctx, store: SubsidyStore, caseId: string, step: SubsidyStep): Promise<SubsidyCase> {
  const held = found(await store.lock(ctx.db, caseId));
  if (ctx.permission.scope !== 'nation' && held.host !== ctx.actor.organisation) throw platformProblems.refuse('OUT_OF_JURISDICTION');
  const state = stepSubsidy(held.state, step);
  if (state === undefined) throw trainingProblems.refuse('NOT_IN_STATE', { facts: { state: held.state } });
  return { ...held, state };
}
