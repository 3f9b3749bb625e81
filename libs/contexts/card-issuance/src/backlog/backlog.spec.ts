import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toLocalDate } from '#kernel';
import { STAGE_NAMES, alarmsOf, counterCapacity, daysToClear, forecastDays, leadDays, municipalStock, perDay, stageLevel, stockLevel, watchEndsAfter, COUNTERS, type Figures } from './backlog.js';

const figures = (stock: Partial<Record<string, number>>, counters: Partial<Record<string, number>> = {}): Figures => ({
  counters: Object.fromEntries(Object.keys(COUNTERS).map((name) => [name, counters[name] ?? 0])) as Figures['counters'],
  stages: Object.fromEntries(STAGE_NAMES.map((stage) => [stage, { stock: stock[stage] ?? 0, p50: 1, p95: 2, oldest: 3 }])) as Figures['stages'],
});

describe('backlog (CARD-4.11)', () => {
  it('CARD-4.11 Little: 1,540,000 under way at 110,000 a day are 14 days; where nothing moves there is no end', () => expect([leadDays(1_540_000, 110_000), leadDays(1, 0)]).toEqual([14, undefined]));

  it.each([[42, 897.75], [30, 641.25]])('CARD-4.11 counter capacity with connection limit %i: %d', (connectionLimit, capacity) => {
    expect(counterCapacity({ terminals: 42, hours: 7.5, minutesPerHandover: 20, availability: 0.95, connectionLimit })).toBeCloseTo(capacity, 9);
  });

  it('CARD-4.11 spring 2016: 39,412 a day, 12,353 new, 212.5 days, 145.9 without new ones; never where as many come as go', () => {
    const [out, coming] = [(4_650_000 - 3_310_000) / 34, (10_400_000 - 9_980_000) / 34];
    expect([Math.round(out), Math.round(coming)]).toEqual([39_412, 12_353]);
    expect(daysToClear(5_750_000, { out, in: coming })).toBeCloseTo(212.5, 1);
    expect(daysToClear(5_750_000, { out, in: 0 })).toBeCloseTo(145.9, 1);
    expect(daysToClear(1, { out: 5, in: 5 })).toBe(Infinity);
    expect(daysToClear(0, { out: 0, in: 5 })).toBe(0);
  });

  it('CARD-4.11 stock alarms lie at one and two times of 20 days, beyond and not at', () => {
    expect([20, 20.1, 40, 40.1].map((days) => stockLevel(days * 100, 100))).toEqual([undefined, 'YELLOW', 'YELLOW', 'RED']);
  });

  it.each([['REVIEW', 3], ['MAKE', 10], ['SHIP', 3], ['PRESET', 5], ['HANDOVER', 30]] as const)('CARD-4.11 %s stands still beyond %i days', (stage, days) => {
    const at = (p95: number, stock = 1) => stageLevel(stage, { stock, p50: 0, p95, oldest: p95 });
    expect([at(days), at(days + 1), at(2 * days + 1), at(2 * days + 1, 0)]).toEqual([undefined, 'YELLOW', 'RED', undefined]);
  });

  it('CARD-4.11 each hand-over has its alarm by its own subject', () => {
    const standing = { ...figures({ HANDOVER: 100_000, SHIP: 1 }), stages: { ...figures({ HANDOVER: 100_000, SHIP: 1 }).stages, SHIP: { stock: 1, p50: 4, p95: 4, oldest: 4 } } };
    expect(alarmsOf(standing, 897.75)).toEqual(new Map([['SHIP', 'YELLOW'], ['MUNICIPAL_STOCK', 'RED']]));
    expect(alarmsOf(standing, undefined)).toEqual(new Map([['SHIP', 'YELLOW']]));
  });

  it('CARD-8 the forecast adds those ahead and the stages to come; a stage that stands still gives none', () => {
    const now = figures({ ORDER: 10, MAKE: 100, SHIP: 30, PRESET: 20, NOTICE: 0, HANDOVER: 70 }, { shipped: 140, received: 70, preset: 70, notified: 70, handedOver: 70, ordered: 70 });
    const pace = perDay(figures({}), now, 7);
    expect(pace).toMatchObject({ MAKE: 20, SHIP: 10, PRESET: 10, HANDOVER: 10 });
    expect(forecastDays({ stage: 'MAKE', ahead: 39 }, now.stages, pace)).toBe(2 + 3 + 2 + 0 + 7);
    expect(forecastDays({ stage: 'HANDOVER', ahead: 0 }, now.stages, pace)).toBe(1);
    expect(forecastDays({ stage: 'SHIP', ahead: 0 }, now.stages, { ...pace, PRESET: 0 })).toBeUndefined();
    expect(forecastDays({ stage: 'CORRECTION', ahead: 0 }, now.stages, pace)).toBeUndefined();
  });

  it('CARD-8 nobody who came later is promised an earlier day', () => {
    const stages = figures({ ORDER: 50, MAKE: 9, SHIP: 8, PRESET: 7, NOTICE: 6, HANDOVER: 5 }).stages;
    const pace = { REVIEW: 3, ORDER: 4, MAKE: 2, SHIP: 3, PRESET: 9, NOTICE: 1, HANDOVER: 2 };
    fc.assert(fc.property(fc.nat(1_000), fc.nat(1_000), (one, other) => {
      const [first, second] = [Math.min(one, other), Math.max(one, other)].map((ahead) => forecastDays({ stage: 'ORDER', ahead }, stages, pace) ?? -1);
      return (first ?? 0) <= (second ?? -1);
    }));
  });

  it('CARD-4.11 what lies in town halls', () => expect(municipalStock(figures({ MAKE: 5, SHIP: 4, PRESET: 1, NOTICE: 2, HANDOVER: 3, UNCOLLECTED: 4 }))).toBe(10));

  it('CARD-4.12 Q12 repaired on 2 May 2016, watched until after the holidays', () => expect(watchEndsAfter(toLocalDate('2016-05-02'))).toBe('2016-05-19'));
});
