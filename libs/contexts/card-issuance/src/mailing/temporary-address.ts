import { localDateOf, type LocalDate } from '#kernel';

/** Why the first notification cannot be received at the registered address (CARD-4.2): evacuated, protected, a long stay in a hospital or home. */
export const TEMPORARY_GROUNDS = ['EVACUEE', 'PROTECTED', 'IN_PATIENT', 'OTHER'] as const;
export type TemporaryGround = (typeof TEMPORARY_GROUNDS)[number];

/** The days on which a registration had to arrive at the municipality (CARD-4.2); later ones are re-routed from what comes back. */
export const REGISTRATION_PERIOD = { first: localDateOf(2015, 8, 24), last: localDateOf(2015, 9, 25) } as const;

/** Why a day of arrival does not do: decisive is when it arrived, not when it was sent or written down. */
export function arrivalFault(arrivedOn: LocalDate, today: LocalDate): 'BEFORE_PERIOD' | 'AFTER_PERIOD' | 'FUTURE' | undefined {
  if (arrivedOn > today) return 'FUTURE';
  if (arrivedOn < REGISTRATION_PERIOD.first) return 'BEFORE_PERIOD';
  return arrivedOn > REGISTRATION_PERIOD.last ? 'AFTER_PERIOD' : undefined;
}
