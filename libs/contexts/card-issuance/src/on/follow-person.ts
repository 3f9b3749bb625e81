import type { ResidentFact } from '#contracts/juki-net';
import { addDays, localDateInJapan, toLocalDate } from '#kernel';
import type { CloudEvent, Ctx } from '#platform';
import { carryOver, voidApplication } from '../application/carry-over.js';
import type { CarryOverStore } from '../application/carry-over.store.js';
import { moveEffect } from '../card/continued-use.js';
import type { DeadlineStore } from '../card/deadline.store.js';
import { endCards } from '../card/end-card.js';
import { moveCards } from '../card/move-cards.js';
import { abolishes, invalidates, withholds, type MadeCard, type PersonChange } from '../card/person-change.js';
import type { PersonFactStore } from '../card/person-fact.store.js';
import { settleBeforeChange, type HandoverStores } from '../handover/settle-session.js';
import { reorderApplications } from '../production/reorder-applications.js';
import type { StopOrderStore } from '../stop-order/stop-order.store.js';

export interface FollowStores extends HandoverStores {
  readonly carryOvers: CarryOverStore;
  readonly deadlines: DeadlineStore;
  readonly facts: PersonFactStore;
  readonly stopOrders: StopOrderStore;
}

/** Whom, where and which day a notice of the register is about, in which version, and the day on which it was told. */
export function noticeOf({ data, time }: CloudEvent<ResidentFact>): Pick<PersonChange, 'personKey' | 'factVersion' | 'municipalityCode' | 'on' | 'toldOn'> {
  const { personKey, factVersion, municipalityCode, factDate } = data;
  return { personKey, factVersion, municipalityCode, on: toLocalDate(factDate), toldOn: localDateInJapan(new Date(time)) };
}

/**
 * Takes in a fact about a person who has an application or card and applies it to their application and cards, once and in the order of versions (CARD-4.13):
 * a late one changes nothing, an early one waits for its predecessor. The first one may have any version where nothing is
 * known of the facts before it.
 */
export async function followPerson(ctx: Ctx, stores: FollowStores, change: PersonChange): Promise<void> {
  const { personKey, factVersion } = change;
  await stores.facts.lockPerson(ctx.db, personKey);
  const followed = await stores.facts.followedUpTo(ctx.db, personKey);
  if (followed !== undefined && factVersion <= followed) return;
  if (followed !== undefined && factVersion > followed + 1) await stores.facts.keepWaiting(ctx.db, change, ctx.now);
  else await applyRun(ctx, stores, change);
}

/** Applies a change and those that waited for it. */
export async function applyRun(ctx: Ctx, stores: FollowStores, first: PersonChange): Promise<void> {
  for (let change: PersonChange | undefined = first; change !== undefined; change = await stores.facts.takeWaiting(ctx.db, change.personKey, change.factVersion + 1)) {
    await stores.facts.setFollowed(ctx.db, change.personKey, change.factVersion);
    await applyChange(ctx, stores, change);
  }
}

async function applyChange(ctx: Ctx, stores: FollowStores, change: PersonChange): Promise<void> {
  if (change.kind === 'NO_EFFECT') return;
  await invalidateApplication(ctx, stores, change);
  for (const { cardSerial, madeOf } of await stores.facts.cardsToLookAt(ctx.db, change.personKey)) {
    // A hand-over under way is settled first, so that the card stands on firm ground; the session is locked before the card.
    const session = await stores.handovers.lockOpenOfCard(ctx.db, cardSerial);
    if (session !== undefined) await settleBeforeChange(ctx, stores, session);
    const card = await stores.cards.lock(ctx.db, cardSerial);
    if (card !== undefined) await followCard(ctx, stores, change, { ...card, madeOf });
  }
  ctx.audit({ object: `person:${change.personKey}`, subjects: [change.personKey], facts: { factVersion: change.factVersion, change: change.kind } });
}

async function followCard(ctx: Ctx, stores: FollowStores, change: PersonChange, card: MadeCard): Promise<void> {
  if (withholds(change, card)) {
    await moveCards(ctx, stores.cards, [card], { to: 'WITHHELD', reason: change.abolish ?? 'FACTS_CHANGED' });
    await reorderApplications(ctx, stores.applications, [card.applicationId]);
  } else if (abolishes(change, card)) {
    await endCards(ctx, stores, [card], { to: 'ABOLISHED', reason: change.abolish });
  } else {
    await followMove(ctx, stores, change, card);
  }
}

/** The deadlines that a move sets, meets or makes void (CARD-4.10). */
async function followMove(ctx: Ctx, stores: FollowStores, change: PersonChange, card: MadeCard): Promise<void> {
  const { ends, lapses, opens } = moveEffect(change, card, await stores.deadlines.open(ctx.db, card.cardSerial));
  if (ends.length > 0) await stores.deadlines.end(ctx.db, [card.cardSerial], ends, { outcome: change.kind, now: ctx.now });
  if (opens !== undefined) await stores.deadlines.add(ctx.db, card, change.factVersion, opens);
  // The day's end makes it final: an entry by mistake that is struck the same day takes no card.
  if (lapses !== undefined) await stores.deadlines.add(ctx.db, card, change.factVersion, { kind: lapses, municipalityCode: change.municipalityCode, begunOn: change.toldOn, lastDay: addDays(change.toldOn, -1) });
}

async function invalidateApplication(ctx: Ctx, stores: FollowStores, change: PersonChange): Promise<void> {
  const open = await stores.applications.lockOpen(ctx.db, change.personKey);
  if (open !== undefined && invalidates(change, open.municipalityCode)) await voidApplication(ctx, stores, open, change.kind !== 'ENDED');
  if (change.kind === 'MOVED_IN') await carryOver(ctx, stores, change);
}
