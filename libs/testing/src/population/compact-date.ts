import type { LocalDate } from '#kernel';

/** `YYYYMMDD`, as files write dates (JUKI-R5.3). */
export function compactDate(date: LocalDate): string {
  return date.slice(0, 4) + date.slice(5, 7) + date.slice(8, 10);
}
