import type { Ctx, Schedule } from '#platform';
import type { CertificateStore } from '../certificate/certificate.store.js';
import type { StatusChanges } from '../certificate/status-changes.js';
import type { IssuanceStore } from './issuance.store.js';

const WAIT_MS = 24 * 3_600_000;
const AT_ONCE = 100;

export interface UndeliveredParts {
  readonly issuances: IssuanceStore;
  readonly certificates: CertificateStore;
  readonly changes: StatusChanges;
}

/** Every ten minutes: what a window did not confirm within 24 hours was not written and is revoked (JPKI 3.3). */
export function undeliveredSchedule({ issuances, certificates, changes }: UndeliveredParts): Schedule {
  return {
    name: 'undelivered-certificates',
    due: (last, now) => {
      const occasion = `${now.toISOString().slice(0, 15)}0`;
      return last === occasion ? undefined : occasion;
    },
    run: async (ctx: Ctx) => {
      const requests = await issuances.undelivered(ctx.db, new Date(ctx.now.getTime() - WAIT_MS), AT_ONCE);
      await certificates.lockPersons(ctx.db, requests.map((request) => request.person_key));
      for (const request of requests) {
        await issuances.setState(ctx.db, request.id, 'UNDELIVERED', ctx.now);
        const row = await certificates.ofRequest(ctx.db, request.id);
        if (row !== undefined) await changes.revoke(ctx, row, { cause: 'WRITE_FAILED', sourceRef: `issuance-request:${request.id}` });
      }
    },
  };
}
