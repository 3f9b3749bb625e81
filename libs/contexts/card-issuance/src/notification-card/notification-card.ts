import { cardIssuanceProblems } from '#contracts/card-issuance';

/** States of a notification card (CARD-3.2). */
export const NOTIFICATION_CARD_STATES = ['ISSUED', 'IN_FORCE', 'SURRENDERED', 'LOST', 'REISSUED', 'INVALID'] as const;
export type NotificationCardState = (typeof NOTIFICATION_CARD_STATES)[number];

/** Why a card is issued again: lost, damaged and handed back, discarded after its return, the number was replaced, or the agency's own fault. */
export const REISSUE_GROUNDS = ['LOST', 'DAMAGED', 'DISCARDED', 'NUMBER_CHANGED', 'AGENCY_FAULT'] as const;
export type ReissueGround = (typeof REISSUE_GROUNDS)[number];

/** Which states the last card of a person may have for each ground, and what it becomes. */
const REISSUES: Readonly<Record<ReissueGround, Partial<Record<NotificationCardState, NotificationCardState>>>> = {
  LOST: { LOST: 'REISSUED' },
  DAMAGED: { IN_FORCE: 'SURRENDERED' },
  DISCARDED: { INVALID: 'INVALID' },
  NUMBER_CHANGED: { SURRENDERED: 'SURRENDERED', INVALID: 'INVALID' },
  AGENCY_FAULT: { IN_FORCE: 'INVALID', LOST: 'REISSUED', INVALID: 'INVALID' },
};

export interface LastCard {
  readonly state: NotificationCardState;
  readonly numberVersion: number;
}

/** What the last card becomes when another is issued; refuses NOTHING_LOST. One for a new number needs a number that the last card does not tell (CARD-4.2). */
export function afterReissue(last: LastCard | undefined, ground: ReissueGround, numberVersion: number): NotificationCardState {
  const next = last === undefined ? undefined : REISSUES[ground][last.state];
  const isTold = last?.numberVersion === numberVersion;
  if (next === undefined || (ground === 'NUMBER_CHANGED' && isTold)) throw cardIssuanceProblems.refuse('NOTHING_LOST', { facts: { state: last?.state ?? 'NONE', ground } });
  return next;
}

const FEE_YEN = 500;

/** 500 yen (CARD-4.2); nothing where the holder is not to blame for the new card. */
export function reissueFeeYen(ground: ReissueGround): number {
  return ground === 'NUMBER_CHANGED' || ground === 'AGENCY_FAULT' ? 0 : FEE_YEN;
}
