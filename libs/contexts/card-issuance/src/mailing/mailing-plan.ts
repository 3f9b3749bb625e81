import type { MailingPlan } from './mailing-plan.store.js';

/** Where the planning of a list stands: it waits for the delegation, is under way, or done (CARD-4.2). */
export const PLAN_STATES = ['WAITING', 'PLANNING', 'PLANNED'] as const;
export type PlanState = (typeof PLAN_STATES)[number];

/** State of a plan, its pace in people a minute, and the seconds that are left at that pace. */
export function progressOf({ startedAt, endedAt, persons, plannedPersons }: MailingPlan, now: Date): { readonly state: PlanState; readonly personsPerMinute?: number; readonly remainingSeconds?: number } {
  if (startedAt === null) return { state: 'WAITING' };
  const seconds = ((endedAt ?? now).getTime() - startedAt.getTime()) / 1000;
  const pace = seconds > 0 && plannedPersons > 0 ? plannedPersons / seconds : undefined;
  if (pace === undefined) return { state: endedAt === null ? 'PLANNING' : 'PLANNED' };
  const personsPerMinute = Math.round(pace * 60);
  return endedAt === null ? { state: 'PLANNING', personsPerMinute, remainingSeconds: Math.max(0, Math.ceil((persons - plannedPersons) / pace)) } : { state: 'PLANNED', personsPerMinute };
}
