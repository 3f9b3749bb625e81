import { Refusal } from '#kernel';
import { activateCertificates } from '#contracts/jpki-ca';
import { log, queueJob, type Ctx, type Job, type JobKind, type Peers, type Schedule, type StepOutcome } from '#platform';
import type { HandoverStore, RefusedActivation, WaitingActivation } from './handover.store.js';
import { occasionEvery } from './occasion.js';

const KIND = 'activate-certificates';
const CHUNK = 50;
const SECONDS = 30;

interface Tried {
  readonly done: readonly string[];
  readonly refused: readonly RefusedActivation[];
}

/** Activates certificates of cards that were handed over while the authority was away (CARD-7). */
export class RetryActivations implements JobKind<Tried> {
  readonly kind = KIND;

  constructor(
    private readonly handovers: HandoverStore,
    private readonly peers: Peers,
  ) {}

  async prepare(ctx: Ctx, job: Job): Promise<Tried> {
    const done: string[] = [];
    const refused: RefusedActivation[] = [];
    for (const waiting of await this.handovers.waitingActivations(ctx.db, CHUNK)) {
      const code = await this.activate(ctx, waiting);
      // Still away: what is waiting stays in its table for the next occasion.
      if (code === 'UNAVAILABLE') break;
      if (code === undefined) done.push(waiting.cardSerial);
      else refused.push({ cardSerial: waiting.cardSerial, code });
    }
    if (refused.length > 0) log.warn('activations of certificates were refused', { job: job.id, count: refused.length, ...(refused[0] === undefined ? {} : { code: refused[0].code }) });
    return { done, refused };
  }

  async step(ctx: Ctx, job: Job, tried: Tried | undefined): Promise<StepOutcome> {
    const { done: cards, refused } = tried ?? { done: [], refused: [] };
    await this.handovers.activationsDone(ctx.db, cards, ctx.now);
    for (const cardSerial of cards) ctx.audit({ object: `card:${cardSerial}`, facts: { certificates: 'ACTIVATED' } });
    for (const one of refused) {
      await this.handovers.activationRefused(ctx.db, one);
      ctx.audit({ object: `card:${one.cardSerial}`, facts: { certificates: 'REFUSED', code: one.code } });
    }
    const done = job.done + cards.length;
    return { cursor: done, done, ...(cards.length === CHUNK ? {} : { result: { activated: done, refused: refused.length } }) };
  }

  /** The code of the refusal; undefined when the certificates are in force. */
  private async activate(ctx: Ctx, { cardSerial, personKey, wishSign, wishAuth }: WaitingActivation): Promise<string | undefined> {
    const call = { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: 'CARD_HANDOVER', idempotencyKey: `activate:${cardSerial}` };
    try {
      await this.peers.call(activateCertificates, call, { cardSerial, personKey, wishSign, wishAuth });
      return undefined;
    } catch (error) {
      if (error instanceof Refusal) return error.code;
      throw error;
    }
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
