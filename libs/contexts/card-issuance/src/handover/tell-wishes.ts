import { Refusal } from '#kernel';
import { activateCertificates } from '#contracts/jpki-ca';
import { log, type Ctx, type Peers } from '#platform';
import type { WaitingActivation } from './handover.store.js';

/** What jpki-ca has done, and what it refused with which code. */
export interface Told<Waiting> {
  readonly done: readonly Waiting[];
  readonly refused: readonly { readonly waiting: Waiting; readonly code: string }[];
}

/** Tells jpki-ca of one card after another which certificates are wished. Where it is away, what waits stays in its table for the next occasion. */
export async function tellWishes<Waiting extends WaitingActivation>(ctx: Ctx, peers: Peers, all: readonly Waiting[], keyOf: (waiting: Waiting) => string): Promise<Told<Waiting>> {
  const [done, refused]: [Waiting[], { waiting: Waiting; code: string }[]] = [[], []];
  for (const waiting of all) {
    const { cardSerial, personKey, wishSign, wishAuth } = waiting;
    const call = { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: 'CARD_HANDOVER', idempotencyKey: keyOf(waiting) };
    try {
      await peers.call(activateCertificates, call, { cardSerial, personKey, wishSign, wishAuth });
      done.push(waiting);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code === 'UNAVAILABLE') break;
      refused.push({ waiting, code: error.code });
    }
  }
  const [first] = refused;
  if (first !== undefined) log.warn('wishes for certificates were refused', { count: refused.length, code: first.code });
  return { done, refused };
}
