import { addDays, type LocalDate } from '#kernel';

const DAYS_AFTER_PLANNED_MOVE_OUT = 30;
const DAYS_AFTER_MOVE_IN = 14;
const DAYS_FOR_CONTINUED_USE = 90;

/** Last day on which a move-in may be notified without the card lapsing: 30 days from the planned move-out or 14 from the move-in, whichever is first (CARD-4.10 a). */
export function lastNotificationDay(plannedMoveOut: LocalDate, movedIn: LocalDate): LocalDate {
  const [byMoveOut, byMoveIn] = [addDays(plannedMoveOut, DAYS_AFTER_PLANNED_MOVE_OUT), addDays(movedIn, DAYS_AFTER_MOVE_IN)];
  return byMoveOut < byMoveIn ? byMoveOut : byMoveIn;
}

/** Last day for continuing to use the card in the new municipality; the card lapses at the start of the next (CARD-4.10 b). */
export function lastDayForContinuedUse(notifiedOn: LocalDate): LocalDate {
  return addDays(notifiedOn, DAYS_FOR_CONTINUED_USE);
}
