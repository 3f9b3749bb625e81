import { daysBetween, type LocalDate } from '#kernel';

export const CODE_STATES = ['ALLOCATED', 'WRITTEN', 'SUPERSEDED', 'RETIRED', 'WITHDRAWN', 'VOID'] as const;
export type CodeState = (typeof CODE_STATES)[number];

/** What may follow (JUKI-3.1). A pooled code is a serial that is stored nowhere; a restoration (回復) undoes a death. */
const NEXT: Readonly<Record<CodeState, readonly CodeState[]>> = {
  ALLOCATED: ['WRITTEN', 'WITHDRAWN', 'VOID'],
  WRITTEN: ['SUPERSEDED', 'RETIRED', 'VOID'],
  SUPERSEDED: ['VOID'],
  RETIRED: ['WRITTEN', 'VOID'],
  WITHDRAWN: ['VOID'],
  VOID: [],
};

export const BLOCK_STATES = ['ACTIVE', 'WITHDRAWN'] as const;
export type BlockState = (typeof BLOCK_STATES)[number];

/** Reasons of a municipality: its first stock, stock that runs out, more entries ahead than the last year had. */
export const REQUEST_REASONS = ['INITIAL', 'RESTOCK', 'MORE_ENTRIES'] as const;
export type BlockReason = (typeof REQUEST_REASONS)[number] | 'LOW_WATER';

export const LARGEST_BLOCK = 10_000;
/** The use of so many days is averaged. */
export const USE_DAYS = 365;
/** A shorter experience is no average. */
const FEWEST_USE_DAYS = 30;
/** Unused codes of a municipality: a year's use, and what the smallest may have. */
const QUOTA_DAYS = 365;
const SMALLEST_QUOTA = 2_000;
/** Reorder below 90 days of use and 200 codes, to twice of each (JUKI-3.1). */
const LOW_WATER_DAYS = 90;
const LOW_WATER_CODES = 200;
const REFILL = 2;

/** Codes of one municipality that are not written yet, and those that it has written in the last `USE_DAYS` days. */
export interface CodeStock {
  readonly unused: number;
  readonly written: number;
  /** Day of the first block. */
  readonly since?: LocalDate | undefined;
}

/** Codes for tests and training; they are not of the pool and belong to no municipality (JUKI-4.1). */
export function isReserved(residentCode: string): boolean {
  return residentCode.startsWith('99');
}

/** The states from which a code may come to `state`. */
export function statesBefore(state: CodeState): CodeState[] {
  return CODE_STATES.filter((before) => NEXT[before].includes(state));
}

/** Codes a day, averaged over the time since the first block, a month at least and a year at most. */
export function dailyUse({ written, since }: CodeStock, today: LocalDate): number {
  const days = since === undefined ? FEWEST_USE_DAYS : daysBetween(since, today) + 1;
  return written / Math.min(USE_DAYS, Math.max(FEWEST_USE_DAYS, days));
}

/** Whether a municipality may have so many more codes: what is guessed at random must stay unlikely to be somebody's (JUKI-4.1). */
export function isWithinQuota(stock: CodeStock, size: number, today: LocalDate): boolean {
  return stock.unused + size <= Math.max(SMALLEST_QUOTA, Math.ceil(dailyUse(stock, today) * QUOTA_DAYS));
}

/** How many codes a municipality needs at its low-water mark; undefined above it (JUKI-3.1). */
export function refillSize(stock: CodeStock, today: LocalDate): number | undefined {
  const mark = Math.max(LOW_WATER_CODES, Math.ceil(dailyUse(stock, today) * LOW_WATER_DAYS));
  return stock.unused < mark ? Math.min(LARGEST_BLOCK, REFILL * mark - stock.unused) : undefined;
}
