import { queueJob, uuidv7, type Ctx } from '#platform';
import { heldUntil, type HeldRequest } from './held-request.js';
import { type HeldRequestStore, RESUME_HELD } from './held-request.store.js';

/** A request of a mover, or one for which nothing can be drawn, waits from now on and answers itself (NUM-7). */
export async function holdRequest(ctx: Ctx, store: HeldRequestStore, request: { readonly municipalityCode: string; readonly requestId: string; readonly residentCode: string; readonly personKey: string }): Promise<HeldRequest> {
  const { municipalityCode, requestId, residentCode, personKey } = request;
  const heldId = uuidv7();
  const held = { heldId, municipalityCode, requestId, personKey, state: 'HELD', fault: null, jobId: await queueJob(ctx, RESUME_HELD, { heldId }), heldUntil: heldUntil(ctx.now) } as const;
  await store.add(ctx.db, held, residentCode);
  ctx.audit({ object: `held-request:${heldId}`, subjects: [personKey], facts: { heldUntil: held.heldUntil.toISOString() } });
  return held;
}
