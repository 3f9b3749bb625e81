import { applicationWithdrawn } from '#contracts/card-issuance';
import type { Ctx } from '#platform';
import type { ApplicationStore } from '../application/application.store.js';
import { BEFORE_HANDOVER, type Card } from '../card/card.js';
import type { CardStore } from '../card/card.store.js';
import { moveCards } from '../card/move-cards.js';
import { advance, type ReissueCase } from './reissue-case.js';
import type { ReissueCaseStore } from './reissue-case.store.js';

export interface ReissueStores {
  readonly reissueCases: ReissueCaseStore;
  readonly applications: ApplicationStore;
  readonly cards: CardStore;
}

/** The card was found: its case ends, and what was begun of another with it (CARD-4.9). */
export async function withdrawReissue(ctx: Ctx, stores: ReissueStores, { cardSerial }: Card): Promise<void> {
  const open = await stores.reissueCases.lockOpenOfCard(ctx.db, cardSerial);
  if (open !== undefined) await endUnfinished(ctx, stores, open, 'FOUND');
}

/** A locked case ends without another card: the application is withdrawn, and what was made for it is withheld. Refuses BAD_STATE. */
export async function endUnfinished(ctx: Ctx, { reissueCases, applications, cards }: ReissueStores, open: ReissueCase, outcome: 'FOUND' | 'ABANDONED'): Promise<void> {
  await reissueCases.save(ctx, advance(open, 'CLOSED', { outcome }));
  const application = await applications.lockOpen(ctx.db, open.personKey);
  if (application === undefined) return;
  const { applicationId, municipalityCode, channel, version } = application;
  await applications.moveTo(ctx.db, [applicationId], { state: 'WITHDRAWN' });
  ctx.emit(applicationWithdrawn, { aggregateId: applicationId, sequence: version + 1, data: { applicationId, municipalityCode, channel } });
  const made = await cards.lockOfApplication(ctx.db, applicationId);
  await moveCards(ctx, cards, made.filter(({ state }) => BEFORE_HANDOVER.includes(state)), { to: 'WITHHELD', reason: `REISSUE_${outcome}` });
}
