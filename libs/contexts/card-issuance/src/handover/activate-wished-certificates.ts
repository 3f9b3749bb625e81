import { Refusal } from '#kernel';
import { activateCertificates } from '#contracts/jpki-ca';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import { found, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type Peers, type UseCase } from '#platform';
import { z } from 'zod';
import { requireFeeSettled } from '../reissue-case/require-fee-settled.js';
import type { CertificateOutcome, Session } from './handover-session.js';
import { sessionView } from './show-session.js';
import { answerStep, lockForStep, type StepParts } from './take-step.js';

const spec = useCase({
  action: 'card-issuance.handover.certificates',
  kind: 'process',
  summary: 'Brings the wished certificates into force; when the authority is away they are queued and the hand-over goes on',
  input: z.strictObject({ sessionId: z.uuid() }),
  output: sessionView,
  refusals: [...refusals(cardIssuanceProblems, 'FEE_NOT_SETTLED', 'STEP_ORDER', 'LEASE_LOST', 'WINDOW_ISSUE_NEEDED'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION', 'UNAVAILABLE')],
});

/**
 * Step 4 (CARD-4.7, CARD-7): the call to the authority stands between two transactions and may be repeated. From its end on the terminal may
 * activate the chip, so that the mismatch of CARD-3.5 is opened with it. Refuses FEE_NOT_SETTLED (CARD-4.9), WINDOW_ISSUE_NEEDED when what is on the card cannot come into
 * force: the terminal has new keys certified by channel WINDOW and asks again; UNAVAILABLE while an undone hand-over's certificates are withdrawn.
 */
export class ActivateWishedCertificates implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly parts: StepParts,
    private readonly peers: Peers,
  ) {}

  async execute(ctx: Ctx, { sessionId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const session = await ctx.transaction((tx) => this.begin(tx, sessionId));
    if (session === undefined) return answerStep(ctx, this.parts, sessionId);
    const { handovers, doubts } = this.parts.stores;
    const outcome = await this.activate(ctx, session);
    return ctx.transaction(async (tx) => {
      if ((await lockForStep(tx, this.parts, sessionId, 'certificates')) !== undefined) {
        await handovers.setCertificates(tx.db, sessionId, outcome);
        await doubts.open(tx.db, session, tx.now);
      }
      return answerStep(tx, this.parts, sessionId);
    });
  }

  /** The last moment at which a fee can still be asked for: from here on the chip may come into force. */
  private async begin(tx: Ctx, sessionId: string): Promise<Session | undefined> {
    const session = await lockForStep(tx, this.parts, sessionId, 'certificates');
    const card = session === undefined ? undefined : await this.parts.stores.cards.find(tx.db, session.cardSerial);
    if (card !== undefined) await requireFeeSettled(tx.db, this.parts.stores.reissueCases, card.applicationId);
    return session;
  }

  private async activate(ctx: Ctx, session: Session): Promise<CertificateOutcome> {
    const { cards, handovers, withdrawals } = this.parts.stores;
    const card = found(await cards.find(ctx.db, session.cardSerial));
    const { cardSerial, personKey, wishSign, wishAuth } = card;
    if (!wishSign && !wishAuth) return 'NONE';
    // Before the call: if no answer comes and the hand-over is undone, what may have come into force is withdrawn.
    await ctx.transaction(async (tx) => {
      if (await withdrawals.waitsForCard(tx.db, cardSerial)) throw platformProblems.refuse('UNAVAILABLE');
      if ((await lockForStep(tx, this.parts, session.sessionId, 'certificates')) !== undefined) await handovers.beginActivation(tx.db, session.sessionId);
    });
    const call = { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: 'CARD_HANDOVER', idempotencyKey: `activate:${session.sessionId}` };
    try {
      const { certificates } = await this.peers.call(activateCertificates, call, { cardSerial, personKey, wishSign, wishAuth });
      const lacking = certificatesLacking({ wishSign, wishAuth }, certificates);
      if (lacking.length > 0) throw cardIssuanceProblems.refuse('WINDOW_ISSUE_NEEDED', { facts: { types: lacking.join(' ') } });
      return 'ACTIVATED';
    } catch (error) {
      if (error instanceof Refusal && error.code === 'UNAVAILABLE') return 'QUEUED';
      throw error;
    }
  }
}

/** Wished types of which no certificate of the card is in force. */
function certificatesLacking(wish: { readonly wishSign: boolean; readonly wishAuth: boolean }, certificates: readonly { readonly type: string; readonly state: string }[]): string[] {
  const wished = [...(wish.wishSign ? ['SIGN_CERT'] : []), ...(wish.wishAuth ? ['AUTH_CERT'] : [])];
  return wished.filter((type) => !certificates.some((one) => one.type === type && one.state === 'VALID'));
}
