import { queueJob, type Ctx, type Job, type JobKind, type Peers, type Schedule, type StepOutcome } from '#platform';
import type { HandoverStore, WaitingActivation } from './handover.store.js';
import { occasionEvery } from './occasion.js';
import { tellWishes, type Told } from './tell-wishes.js';

const KIND = 'activate-certificates';
const CHUNK = 50;
const SECONDS = 30;

/** Activates certificates of cards that were handed over while the authority was away (CARD-7). */
export class RetryActivations implements JobKind<Told<WaitingActivation>> {
  readonly kind = KIND;

  constructor(
    private readonly handovers: HandoverStore,
    private readonly peers: Peers,
  ) {}

  async prepare(ctx: Ctx): Promise<Told<WaitingActivation>> {
    return tellWishes(ctx, this.peers, await this.handovers.waitingActivations(ctx.db, CHUNK), ({ cardSerial }) => `activate:${cardSerial}`);
  }

  async step(ctx: Ctx, job: Job, told: Told<WaitingActivation> | undefined): Promise<StepOutcome> {
    const { done: activated, refused } = told ?? { done: [], refused: [] };
    await this.handovers.activationsDone(ctx.db, activated.map(({ cardSerial }) => cardSerial), ctx.now);
    for (const { cardSerial } of activated) ctx.audit({ object: `card:${cardSerial}`, facts: { certificates: 'ACTIVATED' } });
    for (const { waiting: { cardSerial }, code } of refused) {
      await this.handovers.activationRefused(ctx.db, cardSerial, code);
      ctx.audit({ object: `card:${cardSerial}`, facts: { certificates: 'REFUSED', code } });
    }
    const done = job.done + activated.length;
    return { cursor: done, done, ...(activated.length === CHUNK ? {} : { result: { activated: done, refused: refused.length } }) };
  }
}

/** Looks every half minute whether certificates wait, and queues one job for them. */
export function activationSchedule(handovers: HandoverStore): Schedule {
  return {
    name: 'certificate-activation',
    due: occasionEvery(SECONDS),
    run: async (ctx) => {
      if ((await handovers.waitingActivations(ctx.db, 1)).length > 0) await queueJob(ctx, KIND, {});
    },
  };
}
