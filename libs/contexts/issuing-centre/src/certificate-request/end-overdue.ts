import { certificateCardLeft } from '#contracts/issuing-centre';
import type { Ctx, Schedule } from '#platform';
import { TIME_LIMITS } from './certificate-request.js';
import type { CertificateRequest } from './certificate-request.store.js';
import type { RequestDesk } from './request-desk.js';

const [EVERY_MS, CHUNK] = [2_000, 200];

/** The timers of CARD-4.17, for requests whose kiosk says nothing any more. */
export function overdueRequests(desk: RequestDesk): Schedule {
  return {
    name: 'overdue-requests',
    due: (last, now) => {
      const occasion = new Date(now.getTime() - (now.getTime() % EVERY_MS)).toISOString();
      return last !== undefined && last >= occasion ? undefined : occasion;
    },
    hasWork: (ctx) => desk.requests.hasOverdue(ctx.db, ctx.now),
    run: async (ctx) => {
      for (const request of await desk.requests.lockOverdue(ctx.db, ctx.now, CHUNK)) await endOverdue(ctx, desk, request);
    },
  };
}

async function endOverdue(ctx: Ctx, desk: RequestDesk, request: CertificateRequest): Promise<void> {
  const then = TIME_LIMITS[request.state]?.then;
  if (then !== undefined) {
    await desk.move(ctx, request, then, { reason: 'TIMED_OUT' });
    return;
  }
  // The card is still on the reader: the shop is told, and the session stays.
  const told = { ...request, version: request.version + 1, deadline: null };
  await desk.requests.save(ctx.db, told, ctx.now);
  desk.tell(ctx, told, certificateCardLeft);
  ctx.audit({ object: `certificate:${request.id}`, facts: { state: request.state, told: 'CARD_LEFT' } });
}
