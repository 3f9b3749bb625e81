import type { LocalDate } from '#kernel';
import { cardIssuanceProblems, type DELEGATED_TASKS } from '#contracts/card-issuance';

export type DelegatedTask = (typeof DELEGATED_TASKS)[number];

/** States of a delegation (CARD-3.1). */
export const DELEGATION_STATES = ['DRAFT', 'IN_FORCE', 'AMENDED', 'TERMINATED'] as const;
export type DelegationState = (typeof DELEGATION_STATES)[number];

export interface Delegation {
  readonly state: DelegationState;
  readonly tasks: readonly DelegatedTask[];
  readonly amendedTasks: readonly DelegatedTask[] | null;
  readonly startsOn: LocalDate;
}

const STEPS = {
  ENTER_INTO_FORCE: { from: ['DRAFT', 'AMENDED'], to: 'IN_FORCE' },
  TERMINATE: { from: ['DRAFT', 'IN_FORCE', 'AMENDED'], to: 'TERMINATED' },
} as const satisfies Record<string, { from: readonly DelegationState[]; to: DelegationState }>;
export type DelegationStep = keyof typeof STEPS;

/** The delegation after a step (CARD-3.1); refuses BAD_STATE. An amendment takes the place of the tasks when it enters into force. */
export function afterStep(delegation: Delegation, step: DelegationStep): Delegation {
  const { from, to } = STEPS[step];
  if (!from.some((state) => state === delegation.state)) throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state: delegation.state, to } });
  const tasks = to === 'IN_FORCE' ? (delegation.amendedTasks ?? delegation.tasks) : delegation.tasks;
  return { ...delegation, state: to, tasks, amendedTasks: null };
}

/** Other tasks: at once in a draft, else as an amendment beside those in force (CARD-3.1); refuses BAD_STATE. */
export function amended(delegation: Delegation, tasks: readonly DelegatedTask[]): Delegation {
  if (delegation.state === 'TERMINATED') throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state: delegation.state, to: 'AMENDED' } });
  return delegation.state === 'DRAFT' ? { ...delegation, tasks } : { ...delegation, state: 'AMENDED', amendedTasks: tasks };
}

/** CARD-4.1 R2, Ministerial Ordinance 85 of 2014 art. 35: from its first day to its end; an amendment counts once it is in force. */
export function isDelegated(delegation: Delegation, task: DelegatedTask, on: LocalDate): boolean {
  return (delegation.state === 'IN_FORCE' || delegation.state === 'AMENDED') && delegation.startsOn <= on && delegation.tasks.includes(task);
}
