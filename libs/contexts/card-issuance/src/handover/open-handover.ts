import { cardIssuanceProblems } from '#contracts/card-issuance';
import { platformProblems, refusals, requireJurisdiction, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { LEASE_MINUTES, decideSettlement, leaseRanOut, type Session } from './handover-session.js';
import { sessionView } from './show-session.js';
import { rollBackSession, type HandoverStores } from './settle-session.js';
import { cardSerialInput } from '../card/card-serial.js';
import { moveCards } from '../card/move-cards.js';

const spec = useCase({
  action: 'card-issuance.handover.open',
  kind: 'command',
  summary: 'Begins a hand-over at a terminal with a lease of 30 minutes; opening again from the same terminal continues and renews it',
  input: z.strictObject({ cardSerial: cardSerialInput, terminalId: z.string().min(1).max(64) }),
  output: sessionView,
  refusals: [...refusals(cardIssuanceProblems, 'CARD_IN_DOUBT', 'CARD_NOT_PRESET', 'CONNECTIONS_EXHAUSTED', 'HAS_VALID_CARD'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

/** Step 1 of the saga (CARD-4.7). */
export class OpenHandover implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly stores: HandoverStores) {}

  async execute(ctx: Ctx, { cardSerial, terminalId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { cards, connections, handovers } = this.stores;
    // The session first, then the card: the order in which every step and the reconciler lock them.
    const earlier = await handovers.lockOpenOfCard(ctx.db, cardSerial);
    const found = await cards.lock(ctx.db, cardSerial);
    if (found === undefined) throw platformProblems.refuse('NOT_FOUND');
    requireJurisdiction(ctx, found.municipalityCode);
    ctx.audit({ object: `card:${cardSerial}`, subjects: [found.personKey], facts: { step: 'open' } });
    const leaseUntil = new Date(ctx.now.getTime() + LEASE_MINUTES * 60_000);
    if (earlier !== undefined && earlier.terminalId === terminalId && !leaseRanOut(earlier, ctx.now)) return this.renew(ctx, earlier, leaseUntil);
    if (earlier !== undefined && leaseRanOut(earlier, ctx.now) && decideSettlement(earlier) === 'DOUBT') throw cardIssuanceProblems.refuse('CARD_IN_DOUBT', { facts: doubtOf(earlier) });
    const card = earlier !== undefined && leaseRanOut(earlier, ctx.now) ? await rollBackSession(ctx, this.stores, earlier, 'LEASE_EXPIRED') : found;
    if (card.state !== 'PRESET' && card.state !== 'NOTIFIED') throw cardIssuanceProblems.refuse('CARD_NOT_PRESET', { facts: { state: card.state, ...(earlier === undefined ? {} : doubtOf(earlier)) } });
    if (await cards.holdsCardInUse(ctx.db, card.personKey)) throw cardIssuanceProblems.refuse('HAS_VALID_CARD');
    if (!(await connections.take(ctx.db, card.municipalityCode))) throw cardIssuanceProblems.refuse('CONNECTIONS_EXHAUSTED');
    const sessionId = uuidv7();
    await moveCards(ctx, cards, [card], { to: 'HANDING_OVER', terminal: terminalId });
    await handovers.open(ctx.db, { sessionId, cardSerial, municipalityCode: card.municipalityCode, terminalId, leaseUntil }, ctx.now);
    return { sessionId, cardSerial, state: 'OPEN', certificates: null, leaseUntil: leaseUntil.toISOString() };
  }

  private async renew(ctx: Ctx, session: Session, leaseUntil: Date): Promise<OutputOf<typeof spec>> {
    await this.stores.handovers.renew(ctx.db, session.sessionId, leaseUntil);
    const { sessionId, cardSerial, state, certificates, doubtId } = session;
    return { sessionId, cardSerial, state, certificates, leaseUntil: leaseUntil.toISOString(), ...(doubtId === null ? {} : { doubtId }) };
  }
}

/** Where the next terminal tells what it reads in the chip. */
function doubtOf({ sessionId, doubtId }: Session): Record<string, string> {
  return { sessionId, ...(doubtId === null ? {} : { doubtId }) };
}
