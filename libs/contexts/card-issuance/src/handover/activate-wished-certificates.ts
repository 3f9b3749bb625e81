import { Refusal } from '#kernel';
import { activateCertificates } from '#contracts/jpki-ca';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type Peers, type UseCase } from '#platform';
import { z } from 'zod';
import type { CertificateOutcome, Session } from './handover-session.js';
import { sessionView } from './show-session.js';
import { answerStep, lockForStep, type StepParts } from './take-step.js';

const spec = useCase({
  action: 'card-issuance.handover.certificates',
  kind: 'process',
  summary: 'Brings the wished certificates into force; when the authority is away they are queued and the hand-over goes on',
  input: z.strictObject({ sessionId: z.uuid() }),
  output: sessionView,
  refusals: [...refusals(cardIssuanceProblems, 'STEP_ORDER', 'LEASE_LOST'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

/** Step 4 (CARD-4.7, CARD-7): the call to the authority stands between two transactions and may be repeated. */
export class ActivateWishedCertificates implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly parts: StepParts,
    private readonly peers: Peers,
  ) {}

  async execute(ctx: Ctx, { sessionId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const session = await ctx.transaction((tx) => lockForStep(tx, this.parts, sessionId, 'certificates'));
    if (session === undefined) return answerStep(ctx, this.parts, sessionId);
    const outcome = await this.activate(ctx, session);
    return ctx.transaction(async (tx) => {
      if ((await lockForStep(tx, this.parts, sessionId, 'certificates')) !== undefined) await this.parts.stores.handovers.setCertificates(tx.db, sessionId, outcome);
      return answerStep(tx, this.parts, sessionId);
    });
  }

  private async activate(ctx: Ctx, session: Session): Promise<CertificateOutcome> {
    const card = await this.parts.stores.cards.find(ctx.db, session.cardSerial);
    if (card === undefined) throw platformProblems.refuse('NOT_FOUND');
    const { cardSerial, personKey, wishSign, wishAuth } = card;
    if (!wishSign && !wishAuth) return 'NONE';
    const call = { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: 'CARD_HANDOVER', idempotencyKey: `activate:${session.sessionId}` };
    try {
      await this.peers.call(activateCertificates, call, { cardSerial, personKey, wishSign, wishAuth });
      return 'ACTIVATED';
    } catch (error) {
      if (error instanceof Refusal && error.code === 'UNAVAILABLE') return 'QUEUED';
      throw error;
    }
  }
}
