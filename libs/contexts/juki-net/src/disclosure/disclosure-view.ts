import { z } from 'zod';
import { DISCLOSURE_KINDS, DISCLOSURE_STATES, type DisclosureRequest, OUTCOMES } from './disclosure.js';

/** A request as its counter sees it; the person is in the counter's own file. */
export const disclosureView = z.object({
  requestId: z.uuid(), kind: z.enum(DISCLOSURE_KINDS), state: z.enum(DISCLOSURE_STATES), receivedOn: z.string(), targetOn: z.string(),
  dueOn: z.string().describe('last day by law'),
  period: z.object({ from: z.string(), until: z.string() }).optional(), outcome: z.enum(OUTCOMES).optional(), reason: z.string().optional(),
});

export function viewOfDisclosure(request: DisclosureRequest): z.input<typeof disclosureView> {
  const { requestId, kind, state, receivedOn, targetOn, dueOn, periodFrom, periodUntil, outcome, reason } = request;
  return {
    requestId, kind, state, receivedOn, targetOn, dueOn,
    ...(periodFrom === null || periodUntil === null ? {} : { period: { from: periodFrom, until: periodUntil } }),
    ...(outcome === null ? {} : { outcome }), ...(reason === null ? {} : { reason }),
  };
}
