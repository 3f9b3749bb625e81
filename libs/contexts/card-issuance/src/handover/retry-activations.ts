import { Refusal } from '#kernel';
import { activateCertificates } from '#contracts/jpki-ca';
import { queueJob, type Ctx, type Job, type JobKind, type Peers, type Schedule, type StepOutcome } from '#platform';
import type { HandoverStore } from './handover.store.js';
import { occasionEvery } from './occasion.js';

const KIND = 'activate-certificates';
const CHUNK = 50;
const SECONDS = 30;

/** Activates certificates of cards that were handed over while the authority was away (CARD-7). */
export class RetryActivations implements JobKind<readonly string[]> {
  readonly kind = KIND;

  constructor(
    private readonly handovers: HandoverStore,
    private readonly peers: Peers,
  ) {}

  async prepare(ctx: Ctx): Promise<readonly string[]> {
    const done: string[] = [];
    for (const { cardSerial, personKey, wishSign, wishAuth } of await this.handovers.waitingActivations(ctx.db, CHUNK)) {
      const call = { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: 'CARD_HANDOVER', idempotencyKey: `activate:${cardSerial}` };
      try {
        await this.peers.call(activateCertificates, call, { cardSerial, personKey, wishSign, wishAuth });
        done.push(cardSerial);
      } catch (error) {
        // Still away: what is waiting stays in its table for the next occasion.
        if (error instanceof Refusal && error.code === 'UNAVAILABLE') return done;
        throw error;
      }
    }
    return done;
  }

  async step(ctx: Ctx, job: Job, activated: readonly string[] | undefined): Promise<StepOutcome> {
    const cards = activated ?? [];
    await this.handovers.activationsDone(ctx.db, cards, ctx.now);
    for (const cardSerial of cards) ctx.audit({ object: `card:${cardSerial}`, facts: { certificates: 'ACTIVATED' } });
    const done = job.done + cards.length;
    return { cursor: done, done, ...(cards.length === CHUNK ? {} : { result: { activated: done } }) };
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
