import { addDays, dayOfWeek, type LocalDate } from '#kernel';
import { isRed, overdueOn, scoreOf, stateOf, type Milestone, type ReadinessItem } from './readiness.js';

/** What keeps a municipality back: milestones that a ticket blocks or whose day is past, and tickets that hold its wave. */
export interface RedEntry {
  readonly municipalityCode: string;
  /** Weighted milestones that are done, of 100. */
  readonly score: number;
  readonly blocked: readonly Milestone[];
  readonly overdue: readonly Milestone[];
  readonly tickets: readonly string[];
}

/** How a municipality stands with its items and the tickets that hold it. */
interface Seen {
  readonly municipalityCode: string;
  readonly items: readonly ReadinessItem[];
  readonly tickets: readonly string[];
}

/** A list is of the week that begins with its Monday. */
export function weekOf(today: LocalDate): LocalDate {
  return addDays(today, -((dayOfWeek(today) + 6) % 7));
}

/** The red municipalities of each prefecture, the lowest score first (NUM-5.5). */
export function redLists(nation: readonly Seen[], today: string): Map<string, RedEntry[]> {
  const lists = new Map<string, RedEntry[]>();
  for (const { municipalityCode, items, tickets } of nation) {
    const overdue = overdueOn(items, today);
    if (!isRed({ state: stateOf(items, tickets.length > 0), overdue })) continue;
    const prefecture = municipalityCode.slice(0, 2);
    const blocked = items.filter(({ state }) => state === 'BLOCKED').map(({ milestone }) => milestone);
    const entry = { municipalityCode, score: scoreOf(items), blocked, overdue, tickets };
    lists.set(prefecture, [...(lists.get(prefecture) ?? []), entry]);
  }
  for (const entries of lists.values()) entries.sort((a, b) => a.score - b.score || (a.municipalityCode < b.municipalityCode ? -1 : 1));
  return lists;
}
