import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClockGuard, type ClockFault } from './clock-guard.js';

/** A clock and the monotonic one beside it, in milliseconds. */
function clocks(hasReference = false) {
  const state = { wall: Date.UTC(2016, 1, 10), elapsed: 0 };
  const told: ClockFault[] = [];
  const guard = new ClockGuard({ now: () => new Date(state.wall) }, (fault) => void told.push(fault), hasReference, () => state.elapsed);
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
    expect(guard.untold()).toBeUndefined();
  });

  it('a step back of more than a second stops it until it has passed what it showed', () => {
    const { guard, pass, told } = clocks();
    guard.isTrusted();
    expect([pass(100, -1_000), pass(100, -1)]).toEqual([true, false]);
    expect([guard.untold(), told]).toEqual([{ cause: 'WENT_BACK', ms: 1_001 }, [{ cause: 'WENT_BACK', ms: 1_001 }]]);
    guard.recorded();
    expect([pass(0), guard.untold()]).toEqual([false, undefined]);
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

  it('with a reference: nothing before its first answer, nor when it differs by more than a second, nor when it is lost; each is told once', () => {
    const { guard, pass, told } = clocks(true);
    expect([guard.isTrusted(), guard.isTrusted()]).toEqual([false, false]);
    guard.noteReference(-1_000);
    expect([pass(0), pass(1_024_000), pass(1), pass(1)]).toEqual([true, true, false, false]);
    guard.noteReference(1_000.6);
    expect(pass(0)).toBe(false);
    guard.noteReference(1_000.4);
    expect(pass(0)).toBe(true);
    guard.noteReference(-1_001);
    expect([pass(0), pass(60_000, -5_000)]).toEqual([false, false]);
    expect(told).toEqual([{ cause: 'REFERENCE_LOST', ms: 0 }, { cause: 'REFERENCE_LOST', ms: 1_024_001 }, { cause: 'REFERENCE_DIFFERS', ms: -1_001 }]);
    expect(guard.untold()).toEqual({ cause: 'REFERENCE_DIFFERS', ms: -1_001 });
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
