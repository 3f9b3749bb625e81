import { localDateInJapan } from '#kernel';
import { daily, type Schedule } from '#platform';
import type { TakenOver } from '../take-over/taken-over.js';
import { lapseStep } from './verifier.js';
import type { VerifierSteps } from './verifier-steps.js';
import type { VerifierStore } from './verifier.store.js';

/** On the day after the last one of a certification (JPKI 3.11). A few each year, so all in one transaction. */
export function lapseDaily(verifiers: VerifierStore, steps: VerifierSteps, takenOver: TakenOver): Schedule {
  const schedule = daily('verifier-certifications', async (ctx) => {
    const today = localDateInJapan(ctx.now);
    for (const held of await verifiers.lockLapsed(ctx.db, today)) {
      const step = lapseStep(held, today);
      if (step !== undefined) await steps.take(ctx, held, step, { reason: 'CERTIFICATION_ENDED' });
    }
  });
  return { ...schedule, hasWork: (ctx) => takenOver.isDone(ctx.db) };
}
