import { officerOf, type Ctx } from '#platform';
import { MAILING_EVENTS, type MovedMailingState } from './mailing.js';
import type { MailingStep, MailingStore } from './mailing.store.js';

export type Move = MailingStep & { readonly to: MovedMailingState };

/** Moves envelopes that the caller has locked and may move, each once, with its event (CARD-3.2). */
export async function moveMailings(ctx: Ctx, mailings: MailingStore, moves: readonly Move[]): Promise<void> {
  await mailings.move(ctx.db, moves, { person: officerOf(ctx), now: ctx.now });
  for (const { mailing: { mailingId, setId, municipalityCode, members, version }, to, reason } of moves) {
    ctx.emit(MAILING_EVENTS[to], { aggregateId: mailingId, sequence: version + 1, data: { mailingId, setId, municipalityCode, members, ...(reason === undefined ? {} : { reason }) } });
  }
  const [first] = moves;
  if (moves.length === 1 && first !== undefined) ctx.audit({ object: `mailing:${first.mailing.mailingId}`, facts: { from: first.mailing.state, to: first.to } });
  else ctx.audit({ object: 'mailings', facts: { envelopes: moves.length, to: [...new Set(moves.map(({ to }) => to))].join(' ') } });
}
