import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toLocalDate } from '#kernel';
import { decideRotation, ROTATION_STATES, type KeyRotation } from '../exchange/key-rotation.js';
import { acknowledgement, droppedKind, fileName, isRangeOf, OUT_STATES, partsOf, stateAfter, stateOf } from './exchange-box.js';

const pension = { kind: 'national-agency', organisation: 'pension' };
const prefecture = { kind: 'prefecture', organisation: '99' };

describe('names of files (JUKI-5.3)', () => {
  it.each([
    ['pension_BREQ_20160120_0001.p7m', pension, 'BREQ'],
    ['99_IMIN_20160229_9999.p7m', prefecture, 'IMIN'],
    ['health_BREQ_20160120_0001.p7m', pension, 'FILE_ORGANISATION'],
    ['pension_IMIN_20160120_0001.p7m', pension, 'FILE_KIND'],
    ['99_BREQ_20160120_0001.p7m', prefecture, 'FILE_KIND'],
    ['pension_BRES_20160120_0001.p7m', pension, 'FILE_KIND'],
    ['pension_BREQ_20150229_0001.p7m', pension, 'FILE_NAME'],
    ['pension_BREQ_20160120_0000.p7m', pension, 'FILE_NAME'],
    ['pension_BREQ_20160120_001.p7m', pension, 'FILE_NAME'],
    ['pension_BREQ_20160120_0001.P7M', pension, 'FILE_NAME'],
    ['../pension_BREQ_20160120_0001.p7m', pension, 'FILE_NAME'],
    ['pension_BREQ_20160120_0001.p7m\u0000', pension, 'FILE_NAME'],
    ['', pension, 'FILE_NAME'],
  ])('%j is %s', (name, sender, found) => expect(droppedKind(name, sender)).toBe(found));

  it('are read as they are written', () => {
    const number = fc.integer({ min: 1, max: 9_999 });
    fc.assert(fc.property(number, (at) => {
      expect(droppedKind(fileName({ organisation: 'pension', kind: 'BREQ', day: toLocalDate('2016-01-20'), number: at }), pension)).toBe('BREQ');
    }));
  });
});

describe('states of files (JUKI-5.3)', () => {
  it('are fetched before they are confirmed, as often as asked', () => {
    const steps = OUT_STATES.flatMap((from) => (['FETCH', 'RECEIVE'] as const).map((step) => `${from} ${step} ${stateAfter(from, step) ?? '-'}`));
    expect(steps).toEqual([
      'READY FETCH FETCHED', 'READY RECEIVE -', 'FETCHED FETCH FETCHED', 'FETCHED RECEIVE RECEIPTED', 'RECEIPTED FETCH RECEIPTED', 'RECEIPTED RECEIVE RECEIPTED',
      'REPLACED FETCH -', 'REPLACED RECEIVE -',
    ]);
  });

  it.each([
    [{ lines: 3, faulty: 0, reason: undefined }, 'VERIFIED'],
    [{ lines: 3, faulty: 2, reason: undefined }, 'VERIFIED'],
    [{ lines: 3, faulty: 3, reason: undefined }, 'REJECTED'],
    [{ lines: 3, faulty: 0, reason: 'DUPLICATE_BATCH' }, 'REJECTED'],
  ])('%j is %s', (opened, state) => expect(stateOf(opened)).toBe(state));

  it('are acknowledged with the faults of lines', () => {
    const name = 'pension_BREQ_20160120_0001.p7m';
    expect(acknowledgement({ name, state: 'VERIFIED', reason: undefined }, [{ line: 5, column: 'code', code: 'FORMAT' }])).toEqual([`D,0,${name},VERIFIED`, 'D,5,code,FORMAT']);
    expect(acknowledgement({ name, state: 'REJECTED', reason: 'BAD_SIGNATURE' }, [])).toEqual([`D,0,${name},REJECTED`, 'D,0,,BAD_SIGNATURE']);
  });
});

describe('parts', () => {
  it('make up the whole, in order and without a gap', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 60 }), (lines, most) => {
      const parts = partsOf(lines, most);
      expect(parts.flatMap(({ firstLine, lastLine }) => Array.from({ length: lastLine - firstLine + 1 }, (_, at) => firstLine + at))).toEqual(Array.from({ length: lines }, (_, at) => at + 1));
      expect(parts.every(({ firstLine, lastLine }) => lastLine - firstLine < most)).toBe(true);
    }));
  });

  it.each([[1, 1, true], [1, 10, true], [10, 10, true], [3, 2, false], [1, 11, false]])('%i to %i of ten lines: %s', (firstLine, lastLine, fits) => {
    expect(isRangeOf({ firstLine, lastLine }, 10)).toBe(fits);
  });
});

describe('a change of the exchange key', () => {
  const proposed: KeyRotation = { rotationId: 'r', overlapDays: 30, state: 'PROPOSED', proposedBy: 'o-1@operator-1' };

  it('needs another officer, and is withdrawn by anybody', () => {
    expect(decideRotation(proposed, 'EFFECT', 'o-1@operator-2')).toEqual({ refusal: 'SAME_OFFICER' });
    expect(decideRotation(proposed, 'EFFECT', 'o-2@operator-1')).toEqual({ state: 'EFFECTED' });
    expect(decideRotation(proposed, 'WITHDRAW', 'o-1@operator-1')).toEqual({ state: 'WITHDRAWN' });
  });

  it.each(ROTATION_STATES.filter((state) => state !== 'PROPOSED'))('is decided once: %s stays', (state) => {
    for (const step of ['EFFECT', 'WITHDRAW'] as const) expect(decideRotation({ ...proposed, state }, step, 'o-2@operator-1')).toEqual({ refusal: 'ROTATION_STATE' });
  });
});
