import { route, type ContextParts } from '#platform';
import { ConfirmReconciliation, ListReconciliations, RequestReconciliation, type ReconciliationParts } from './reconcile.js';
import { Reentry, type ReentryParts } from './reentry.js';
import type { CopierParts, StatusCopier } from './status-copier.js';

/** What a restored database is compared with, and how it is mended (JPKI 7). */
export function reconciliationParts(parts: ReentryParts & CopierParts & { readonly copier: StatusCopier }): Partial<ContextParts> {
  const own: ReconciliationParts = { ...parts, reentry: new Reentry(parts) };
  return {
    http: [
      route('GET', '/reconciliations', new ListReconciliations(own)),
      route('POST', '/reconciliations', new RequestReconciliation(own), { status: 201 }),
      route('POST', '/reconciliations/:id/confirmation', new ConfirmReconciliation(own)),
    ],
    schedules: [parts.copier.schedule()],
  };
}
