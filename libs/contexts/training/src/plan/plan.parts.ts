import { route, type ContextParts } from '#platform';
import { LoadPlan, type LoadPlanParts } from './load-plan.js';

/** The business plan of a fiscal year as data (TRN-4.1). */
export function planParts(parts: LoadPlanParts): Partial<ContextParts> {
  return { http: [route('POST', '/plans/:fiscalYear/loading', new LoadPlan(parts))] };
}
