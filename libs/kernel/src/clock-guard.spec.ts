import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClockGuard } from './clock-guard.js';

/** A clock and the monotonic one beside it, in milliseconds. */
function clocks() {
  const state = { wall: Date.UTC(2016, 1, 10), elapsed: 0 };
  const told: number[] = [];
  const guard = new ClockGuard({ now: () => new Date(state.wall) }, (ms) => void told.push(ms), () => state.elapsed);
  const pass = (ms: number, step = 0): boolean => {
    state.elapsed += ms;
    state.wall += ms + step;
    return guard.isTrusted();
  };
  return { guard, pass, told };
}

describe('clock guard (JPKI-7)', () => {
  it('trusts a clock that runs, also over a step forward', () => {
    const { guard, pass } = clocks();
    expect([guard.isTrusted(), pass(10), pass(60_000, 3_600_000), pass(1)]).toEqual([true, true, true, true]);
    expect(guard.untoldStepMs()).toBe(0);
  });

  it('a step back of more than a second stops it until it has passed what it showed', () => {
    const { guard, pass, told } = clocks();
    guard.isTrusted();
    expect([pass(100, -1_000), pass(100, -1)]).toEqual([true, false]);
    expect(guard.untoldStepMs()).toBe(1_001);
    expect(told).toEqual([1_001]);
    guard.stepRecorded();
    expect([pass(0), guard.untoldStepMs()]).toEqual([false, 0]);
    expect([pass(1), pass(1)]).toEqual([true, true]);
    expect(pass(0, -60_000)).toBe(false);
    expect(pass(59_998)).toBe(false);
    expect(pass(1)).toBe(true);
  });

  it('small steps back add up', () => {
    const { guard, pass } = clocks();
    guard.isTrusted();
    expect([pass(5, -600), pass(5, -600)]).toEqual([true, false]);
  });

  it('is held against what other processes signed', () => {
    const { guard, pass } = clocks();
    guard.noteSigned(new Date(Date.UTC(2016, 1, 10) + 1_500));
    expect([guard.isTrusted(), pass(499), pass(1)]).toEqual([false, false, true]);
  });

  it('never trusts an instant more than a second before one that it trusted', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(5_000), fc.integer({ min: -5_000, max: 5_000 })), { maxLength: 40 }), (steps) => {
      const { pass } = clocks();
      let [wall, greatest] = [0, -Infinity];
      for (const [ms, step] of steps) {
        wall += ms + step;
        if (!pass(ms, step)) continue;
        expect(wall).toBeGreaterThanOrEqual(greatest - 1_000);
        greatest = Math.max(greatest, wall);
      }
    }));
  });
});
