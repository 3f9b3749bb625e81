import { describe, expect, it } from 'vitest';
import { municipalityCodeFromBody } from '#kernel';
import { addsUp, openingFault, placeOfBatch, placeOfDifference, planFaults, resumptionBy, stepWave, stopCause, WAVE_STATES, type PlannedMember, type WaveState, type WaveStep } from './wave.js';

const member = (body: string, wardBody?: string): PlannedMember => ({
  municipalityCode: municipalityCodeFromBody(body), wardCode: wardBody === undefined ? '' : municipalityCodeFromBody(wardBody), expected: 100,
});
const pilots = ['99001', '99002', '99003', '99004', '99005'].map((body) => member(body));
const empty = { last: undefined, taken: [] };

describe('states of a wave (NUM-4.7)', () => {
  const allowed: Readonly<Record<WaveStep, readonly WaveState[]>> = { OPEN: ['PLANNED'], START: ['OPEN'], RECONCILE: ['RUNNING'], SIGN_OFF: ['RECONCILED'], HALT: ['OPEN', 'RUNNING', 'RECONCILED'] };

  it.each(Object.entries(allowed))('NUM-4.7 %s from %j and from nowhere else', (step, from) => {
    for (const state of WAVE_STATES) expect(stepWave(state, step as WaveStep) !== undefined, `${state} ${step}`).toBe(from.includes(state));
  });

  it('NUM-4.7 opens in the order of the plan, and nothing while one is halted', () => {
    const plan = (...states: WaveState[]) => states.map((state, index) => ({ waveId: String(index), position: index + 1, state }));
    const last = (...states: WaveState[]) => {
      const waves = plan(...states);
      const wave = waves.at(-1);
      return wave === undefined ? 'none' : openingFault(waves, wave);
    };
    expect(last('PLANNED')).toBeUndefined();
    expect(last('RECONCILED', 'SIGNED_OFF', 'PLANNED')).toBeUndefined();
    for (const before of ['PLANNED', 'OPEN', 'RUNNING'] as const) expect(last(before, 'PLANNED')).toBe('WAVE_ORDER');
    expect(last('HALTED', 'PLANNED')).toBe('WAVE_HALTED');
    expect(last('RECONCILED', 'OPEN')).toBe('WAVE_STATE');
  });

  it('NUM-4.7 a halted wave goes on when two different officers say so', () => {
    expect(resumptionBy(undefined, 'a')).toBe('FIRST_WORD');
    expect(resumptionBy('a', 'a')).toBe('SAME_OFFICER');
    expect(resumptionBy('a', 'b')).toBe('RESUMED');
  });
});

describe('the plan (NUM-4.7)', () => {
  it('NUM-4.7 begins with five pilots', () => {
    expect(planFaults({ kind: 'PILOT', members: pilots }, empty)).toEqual([]);
    expect(planFaults({ kind: 'PILOT', members: pilots.slice(1) }, empty)).toEqual([{ pointer: '/members', code: 'PILOT_SIZE' }]);
    expect(planFaults({ kind: 'SIZE_CLASS', members: pilots }, empty)).toEqual([{ pointer: '/kind', code: 'ORDER' }]);
    expect(planFaults({ kind: 'PILOT', members: pilots }, { last: 'PILOT', taken: [] })).toContainEqual({ pointer: '/kind', code: 'ORDER' });
  });

  it('NUM-4.7 then size classes, then designated cities ward by ward, nobody twice', () => {
    const town = member('99006');
    const ward = member('99100', '99101');
    expect(planFaults({ kind: 'SIZE_CLASS', members: [town] }, { last: 'SIZE_CLASS', taken: [] })).toEqual([]);
    expect(planFaults({ kind: 'SIZE_CLASS', members: [town] }, { last: 'DESIGNATED_CITY', taken: [] })).toEqual([{ pointer: '/kind', code: 'ORDER' }]);
    expect(planFaults({ kind: 'DESIGNATED_CITY', members: [ward, member('99100', '99102')] }, { last: 'SIZE_CLASS', taken: [] })).toEqual([]);
    const fault = (column: string, code: string) => [{ pointer: `/members/0/${column}`, code }];
    expect(planFaults({ kind: 'DESIGNATED_CITY', members: [town] }, { last: 'PILOT', taken: [] })).toEqual(fault('wardCode', 'WARD'));
    expect(planFaults({ kind: 'DESIGNATED_CITY', members: [member('99100', '13101')] }, { last: 'PILOT', taken: [] })).toEqual(fault('wardCode', 'WARD'));
    expect(planFaults({ kind: 'DESIGNATED_CITY', members: [member('99100', '99100')] }, { last: 'PILOT', taken: [] })).toEqual(fault('wardCode', 'WARD'));
    expect(planFaults({ kind: 'SIZE_CLASS', members: [town] }, { last: 'PILOT', taken: [town] })).toEqual(fault('municipalityCode', 'IN_PLAN'));
    expect(planFaults({ kind: 'DESIGNATED_CITY', members: [ward] }, { last: 'PILOT', taken: [member('99100')] })).toEqual(fault('municipalityCode', 'IN_PLAN'));
    expect(planFaults({ kind: 'SIZE_CLASS', members: [{ ...town, municipalityCode: '990061' }] }, { last: 'PILOT', taken: [] })).toEqual(fault('municipalityCode', 'CHECK_DIGIT'));
    expect(planFaults({ kind: 'SIZE_CLASS', members: [town, town] }, { last: 'PILOT', taken: [] })).toEqual([{ pointer: '/members/1/municipalityCode', code: 'IN_PLAN' }]);
  });

  it('NUM-4.7 a batch is free without a plan and bound with one', () => {
    const standing = (state: WaveState, wardCode = '') => [{ waveId: 'w', wardCode, state }];
    expect(placeOfBatch([], '')).toEqual({ place: 'FREE' });
    expect(placeOfBatch([], '991015')).toEqual({ place: 'REFUSED', code: 'NOT_IN_WAVE' });
    for (const state of ['OPEN', 'RUNNING'] as const) expect(placeOfBatch(standing(state), '')).toEqual({ place: 'WAVE', waveId: 'w' });
    for (const state of ['PLANNED', 'RECONCILED', 'SIGNED_OFF'] as const) expect(placeOfBatch(standing(state), '')).toEqual({ place: 'REFUSED', code: 'NOT_IN_WAVE' });
    expect(placeOfBatch(standing('HALTED'), '')).toEqual({ place: 'REFUSED', code: 'WAVE_HALTED' });
    expect(placeOfBatch(standing('OPEN', '991015'), '')).toEqual({ place: 'REFUSED', code: 'NOT_IN_WAVE' });
    expect(placeOfBatch(standing('OPEN', '991015'), '991015')).toEqual({ place: 'WAVE', waveId: 'w' });
  });

  it('NUM-4.7 a difference batch comes after the mass numbering has begun', () => {
    const standing = (...states: WaveState[]) => states.map((state) => ({ waveId: 'w', wardCode: '', state }));
    expect(placeOfDifference([])).toEqual({ place: 'FREE' });
    for (const state of ['RUNNING', 'RECONCILED', 'SIGNED_OFF'] as const) expect(placeOfDifference(standing(state))).toEqual({ place: 'WAVE', waveId: 'w' });
    for (const state of ['PLANNED', 'OPEN'] as const) expect(placeOfDifference(standing('SIGNED_OFF', state))).toEqual({ place: 'REFUSED', code: 'NOT_IN_WAVE' });
    expect(placeOfDifference(standing('RUNNING', 'HALTED'))).toEqual({ place: 'REFUSED', code: 'WAVE_HALTED' });
  });
});

describe('stop rules (NUM-4.7)', () => {
  const good = { kind: 'MASS', reconciled: true, duplicates: 0, lines: 10_000, refused: 1 } as const;

  it('NUM-4.7 any duplicate, any mismatch, more than 0.01 % refused', () => {
    expect(stopCause(good)).toBeUndefined();
    expect(stopCause({ ...good, refused: 2 })).toBe('REFUSED_LINES');
    expect(stopCause({ ...good, lines: 9_999 })).toBe('REFUSED_LINES');
    expect(stopCause({ ...good, lines: 0, refused: 0 })).toBeUndefined();
    expect(stopCause({ ...good, reconciled: false })).toBe('COUNT_MISMATCH');
    expect(stopCause({ ...good, reconciled: false, duplicates: 1 })).toBe('DUPLICATE_NUMBER');
  });

  it('NUM-4.7 refusals of a difference run or a batch of no wave stop nobody, its duplicates and mismatches do', () => {
    for (const kind of ['DIFFERENCE', 'FREE'] as const) {
      expect(stopCause({ ...good, kind, refused: 9_999 })).toBeUndefined();
      expect(stopCause({ ...good, kind, duplicates: 1 })).toBe('DUPLICATE_NUMBER');
      expect(stopCause({ ...good, kind, reconciled: false })).toBe('COUNT_MISMATCH');
    }
  });

  it('NUM-3.2 lines = designated + tentative + refused + pending', () => {
    const counts = { lines: 10, designated: 4, tentative: 3, refused: 2, pending: 1 };
    expect(addsUp(counts)).toBe(true);
    for (const column of ['lines', 'designated', 'tentative', 'refused', 'pending'] as const) expect(addsUp({ ...counts, [column]: 9 })).toBe(false);
  });
});
