/** From the plan of a key to its destruction (JPKI 3.1). */
export const GENERATION_STATES = ['PLANNED', 'KEY_GENERATED', 'CERTIFIED', 'ACTIVE', 'RETIRING', 'COMPROMISED', 'CLOSED'] as const;
export type GenerationState = (typeof GENERATION_STATES)[number];

/** One that leaks before its activation is never used. */
export const NEXT_GENERATION_STATES: Readonly<Record<GenerationState, readonly GenerationState[]>> = {
  PLANNED: ['KEY_GENERATED'],
  KEY_GENERATED: ['CERTIFIED'],
  CERTIFIED: ['ACTIVE', 'COMPROMISED'],
  ACTIVE: ['RETIRING', 'COMPROMISED'],
  RETIRING: ['CLOSED', 'COMPROMISED'],
  COMPROMISED: ['CLOSED'],
  CLOSED: [],
};

/** Their certificates are public, and stay so (JPKI 3.1). */
export const PUBLISHED_STATES: readonly GenerationState[] = ['CERTIFIED', 'ACTIVE', 'RETIRING', 'COMPROMISED', 'CLOSED'];
/** They sign revocation lists; of these the first one alone issues certificates. */
export const LISTING_STATES: readonly GenerationState[] = ['ACTIVE', 'RETIRING', 'COMPROMISED'];

const NOTICE_MS = 30 * 86_400_000;

/** When a certified generation may begin: as planned, and where another one issues not before everybody had 30 days to take its root over (JPKI 4.11). */
export function activationFrom(planned: Date, certifiedAt: Date, succeeds: boolean): Date {
  return new Date(Math.max(planned.getTime(), succeeds ? certifiedAt.getTime() + NOTICE_MS : 0));
}

/** RETIRING ends with the last certificate it issued and the lists that may still name it; COMPROMISED as soon as all of them are revoked (JPKI 3.1). */
export function isClosable(state: GenerationState, lastEnd: Date | undefined, listLifeMs: number, now: Date): boolean {
  if (!NEXT_GENERATION_STATES[state].includes('CLOSED')) return false;
  return lastEnd === undefined || now.getTime() > lastEnd.getTime() + (state === 'RETIRING' ? listLifeMs : 0);
}
