import { daily, type Schedule } from '#platform';
import { localDateInJapan } from '#kernel';
import { lapseStep } from './verifier.js';
import type { VerifierSteps } from './verifier-steps.js';
import type { VerifierStore } from './verifier.store.js';

/** On the day after the last one of a certification (JPKI 3.11). A few each year, so all in one transaction. */
export function lapseDaily(verifiers: VerifierStore, steps: VerifierSteps): Schedule {
  return daily('verifier-certifications', async (ctx) => {
    const today = localDateInJapan(ctx.now);
    for (const held of await verifiers.lockLapsed(ctx.db, today)) {
      const step = lapseStep(held, today);
      if (step !== undefined) await steps.take(ctx, held, step, { reason: 'CERTIFICATION_ENDED' });
    }
  });
}
