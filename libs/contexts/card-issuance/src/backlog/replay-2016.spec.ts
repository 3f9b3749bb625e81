import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { addDays, daysBetween, toLocalDate, type LocalDate } from '#kernel';
import { daysToClear, stockLevel } from './backlog.js';

/** What was reported (CARD-6), in cards; begun in January, by the makers' pace on the 8th. After 6 March they went on with 110,000 a day until all was sent. */
const HANDED_OVER = [['2016-01-08', 0], ['2016-03-02', 910_000], ['2016-03-06', 1_060_000], ['2016-04-25', 3_310_000], ['2016-05-29', 4_650_000]] as const;
const SHIPPED = [['2016-01-08', 0], ['2016-03-02', 5_810_000], ['2016-03-06', 6_270_000]] as const;
const APPLIED = [['2016-03-06', 9_000_000], ['2016-04-25', 9_980_000], ['2016-05-29', 10_400_000]] as const;
const SHIPPED_A_DAY = 110_000;
const FIRST = toLocalDate('2016-01-08');
const LAST = toLocalDate('2016-05-29');

function reported(series: readonly (readonly [string, number])[], day: LocalDate): number {
  const next = series.findIndex(([date]) => date >= day);
  const [[from, low], [to, high]] = [series[Math.max(0, next - 1)] ?? ['', 0], series[next] ?? ['', 0]];
  return from === to || day === to ? high : low + ((high - low) * daysBetween(toLocalDate(from), day)) / daysBetween(toLocalDate(from), toLocalDate(to));
}

function shippedBy(day: LocalDate): number {
  const [last, sent] = SHIPPED[2];
  return day <= last ? reported(SHIPPED, day) : Math.min(sent + SHIPPED_A_DAY * daysBetween(toLocalDate(last), day), reported(APPLIED, day));
}

interface Replay {
  readonly yellow: LocalDate | undefined;
  readonly red: LocalDate | undefined;
  readonly most: number;
  readonly heldBack: number;
  readonly end: number;
  readonly endDays: number;
}

/** The days as they were reported (`served` undefined), or with counters that serve so many a day; alarms measured against `capacity`. */
function replay(capacity: number, served?: number): Replay {
  let [yellow, red]: (LocalDate | undefined)[] = [];
  let [handed, most, stock] = [0, 0, 0];
  for (let day = FIRST; day <= LAST; day = addDays(day, 1)) {
    const shipped = shippedBy(day);
    handed = served === undefined ? reported(HANDED_OVER, day) : Math.min(shipped, handed + served);
    stock = shipped - handed;
    most = Math.max(most, stock);
    const level = stockLevel(stock, capacity);
    yellow ??= level === undefined ? undefined : day;
    red ??= level === 'RED' ? day : undefined;
  }
  const applications = (10_400_000 - 9_980_000) / 34;
  return { yellow, red, most, heldBack: Math.max(0, most - 20 * capacity), end: stock, endDays: daysToClear(stock, { out: served ?? (4_650_000 - 3_310_000) / 34, in: applications }) };
}

const count = (value: number): string => Math.round(value).toLocaleString('en');
function table(): string {
  const rows = [['as reported, against 39,412 a day', 39_412, undefined], ['39,412 a day', 39_412, 39_412], ['60,000', 60_000, 60_000], ['80,000', 80_000, 80_000], ['100,000', 100_000, 100_000], ['110,000', 110_000, 110_000]] as const;
  return ['| counters of the nation serve | yellow | red | most in town halls | of these not to be invited yet | on 29 May | days to clear then |', '|---|---|---|---|---|---|---|', ...rows.map(([what, capacity, served]) => {
    const one = replay(capacity, served);
    return `| ${[what, one.yellow ?? 'never', one.red ?? 'never', count(one.most), count(one.heldBack), count(one.end), Number.isFinite(one.endDays) ? one.endDays.toFixed(1) : 'never'].join(' | ')} |`;
  })].join('\n');
}

describe('the spring of 2016 replayed (CARD-6, CARD-4.11)', () => {
  it('CARD-6 4.90 million lay in town halls on 2 March', () => {
    expect(shippedBy(toLocalDate('2016-03-02')) - reported(HANDED_OVER, toLocalDate('2016-03-02'))).toBe(4_900_000);
  });

  it('CARD-4.11 the alarm would have come in January; the table of docs/backlog-2016.md is this one', () => {
    const asReported = replay(39_412);
    expect([asReported.yellow, asReported.red]).toEqual(['2016-01-17', '2016-01-26']);
    expect(replay(110_000, 110_000).yellow).toBeUndefined();
    expect(readFileSync(new URL('../../../../../docs/backlog-2016.md', import.meta.url), 'utf8'), table()).toContain(table());
  });
});
