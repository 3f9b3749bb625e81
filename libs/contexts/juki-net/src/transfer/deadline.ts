import { addBusinessDays, addDays, addYears, type LocalDate } from '#kernel';

/** Within so many days of the fact a move is notified (住基法22条), and before or after the move-out (JUKI-4.4). */
export const NOTIFICATION_DAYS = 14;
const CARD_ROUTE_DAYS = 30;
const IN_TRANSIT_DAYS = 30;
const ACKNOWLEDGEMENT_WORKING_DAYS = 3;

/** Last day to move in (住基法22条): living since 2015-10-05, by 2015-10-19. */
export function lastDayOfMoveIn(livingSince: LocalDate): LocalDate {
  return addDays(livingSince, NOTIFICATION_DAYS);
}

/** Last day of the card route (転入届の特例, 住基法24条の2): the earlier of planned day + 30 days and start of living + 14 days. */
export function lastDayOfCardRoute(plannedOn: LocalDate, livingSince?: LocalDate): LocalDate {
  const byPlan = addDays(plannedOn, CARD_ROUTE_DAYS);
  const byLiving = livingSince === undefined ? byPlan : lastDayOfMoveIn(livingSince);
  return byLiving < byPlan ? byLiving : byPlan;
}

/** From this day on a person without a new record is on the list of those in transit: more than 30 days (JUKI-4.5 V2). */
export function firstDayOnTransitList(movedOutOn: LocalDate): LocalDate {
  return addDays(movedOutOn, IN_TRANSIT_DAYS + 1);
}

/** A year or more between leaving and arriving is no move of the migration statistics (JUKI-4.10), by the year of the calendar as in the extract. */
export function isOutOfStatistics(movedOutOn: LocalDate, day: LocalDate): boolean {
  return day >= addYears(movedOutOn, 1);
}

/** Last day on which the former municipality may leave a move-in notice unacknowledged (JUKI-4.4). */
export function lastDayOfAcknowledgement(noticeOn: LocalDate): LocalDate {
  return addBusinessDays(noticeOn, ACKNOWLEDGEMENT_WORKING_DAYS);
}
