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
    run: async (ctx) => {
      const persons = new Set((await certificates.ended(ctx.db, ctx.now, AT_ONCE)).map((row) => row.person_key));
      await certificates.lockPersons(ctx.db, [...persons]);
      // Again, as they are now that nobody else changes them.
      await changes.expire(ctx, (await certificates.ended(ctx.db, ctx.now, AT_ONCE)).filter((row) => persons.has(row.person_key)));
    },
  };
}
