import { found, type Ctx, type Schedule } from '#platform';
import type { RegistrationStore } from '../registration/registration.store.js';
import type { StatementDesk } from '../statement/statement-desk.js';
import type { AssessmentStore } from './assessment.store.js';
import { overdueBefore } from './attempt.js';
import type { AttemptRecord, AttemptStore } from './attempt.store.js';
import { itemScore, totalScore } from './item-score.js';

const AT_ONCE = 100;

export interface AttemptDeskParts {
  readonly attempts: AttemptStore;
  readonly assessments: AssessmentStore;
  readonly registrations: RegistrationStore;
  readonly desk: StatementDesk;
}

/** Grades attempts (TRN-4.7). */
export class AttemptDesk {
  constructor(private readonly parts: AttemptDeskParts) {}

  /** By the answers that are saved; a pass may complete the registration, which the caller holds. */
  async grade(ctx: Ctx, { id, assessmentId, registrationId }: AttemptRecord): Promise<{ readonly score: number; readonly isPassed: boolean }> {
    const { attempts, assessments, desk } = this.parts;
    const items = new Map((await assessments.items(ctx.db, assessmentId)).map((item) => [item.itemId, item]));
    const scores = (await attempts.answers(ctx.db, id)).map(({ itemId, answer }) => {
      const { key, points } = found(items.get(itemId));
      return { itemId, points, score: itemScore(key, answer ?? []) };
    });
    const score = totalScore(scores);
    await attempts.grade(ctx.db, id, { score, items: new Map(scores.map((item) => [item.itemId, item.score])), at: ctx.now });
    const { passScore } = found(await assessments.find(ctx.db, assessmentId));
    ctx.audit({ object: `attempt:${id}`, facts: { to: 'GRADED', isPassed: score >= passScore } });
    if (score >= passScore) await desk.settle(ctx, registrationId);
    return { score, isPassed: score >= passScore };
  }
}

/** What was saved of an attempt counts, also when nobody submits it. */
export function overdueAttempts({ attempts, registrations }: AttemptDeskParts, attemptDesk: AttemptDesk): Schedule {
  return {
    name: 'overdue-attempts',
    due: (_last, now) => now.toISOString(),
    hasWork: async (ctx) => (await attempts.overdue(ctx.db, overdueBefore(ctx.now), 1)).length > 0,
    run: async (ctx) => {
      for (const id of await attempts.overdue(ctx.db, overdueBefore(ctx.now), AT_ONCE)) {
        const { registrationId } = found(await attempts.find(ctx.db, id));
        await registrations.lock(ctx.db, registrationId);
        const attempt = await attempts.lock(ctx.db, id);
        if (attempt?.state === 'OPEN') await attemptDesk.grade(ctx, attempt);
      }
    },
  };
}
