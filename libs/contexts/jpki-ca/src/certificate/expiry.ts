import type { Schedule } from '#platform';
import type { CertificateStore } from './certificate.store.js';
import type { StatusChanges } from './status-changes.js';

const AT_ONCE = 500;

/** Tells of certificates that have ended, a page a transaction (JPKI 3.4). The state is the cursor: what was told of is not found again, and what nobody told of yet is, however long no process ran. */
export function expirySchedule(certificates: CertificateStore, changes: StatusChanges): Schedule {
  return {
    name: 'certificate-expiry',
    due: (_last, now) => now.toISOString(),
    hasWork: async ({ db, now }) => (await certificates.ended(db, now, 1)).length > 0,
    run: async (ctx) => changes.expire(ctx, await certificates.locked(ctx.db, () => certificates.ended(ctx.db, ctx.now, AT_ONCE))),
  };
}
