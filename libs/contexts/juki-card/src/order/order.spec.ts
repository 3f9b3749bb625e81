import { describe, expect, it } from 'vitest';
import { localDateOf, toLocalDate } from '#kernel';
import { ORDER_STATES } from '#contracts/juki-card';
import { isLastNewYear, requireBeforeCutOff, requireEligible } from '../commission/commission.js';
import { cardStateOn, mayFollow, readAnswer, readOrder, type MovedOrderState } from './order.js';

const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'DONE';
};

describe('commission (CARD-4.14)', () => {
  it.each([[30_000, 'DONE'], [30_001, 'NOT_ELIGIBLE']])('CARD-4.14 %i people: %s', (population, verdict) => {
    expect(codeOf(() => requireEligible(population))).toBe(verdict);
  });

  it('CARD-4.14 the last 1 January; orders up to and with the last issuing day', () => {
    const on = (counted: string, today: string): boolean => isLastNewYear(toLocalDate(counted), toLocalDate(today));
    expect([on('2015-01-01', '2015-12-31'), on('2014-01-01', '2015-01-01'), on('2015-01-02', '2015-12-31'), on('2016-01-01', '2015-12-31')]).toEqual([true, false, false, false]);
    const end = { lastIssuingDay: localDateOf(2015, 12, 28), numberCardStart: localDateOf(2016, 1, 1) };
    expect([codeOf(() => requireBeforeCutOff(end, localDateOf(2015, 12, 28))), codeOf(() => requireBeforeCutOff(end, localDateOf(2015, 12, 29)))]).toEqual(['DONE', 'PAST_CUT_OFF']);
  });
});

describe('orders (CARD-3.8, 4.14)', () => {
  it('CARD-3.8 every way through the states', () => {
    const ways = (Object.keys({ ACCEPTED: 0, PRINTED: 0, SHIPPED: 0, RECEIVED: 0, HANDED_OVER: 0, RETURNED_DEFECTIVE: 0 }) as MovedOrderState[]).map((to) => ORDER_STATES.filter((from) => mayFollow(from, to)).map((from) => `${from}>${to}`).join());
    expect(ways).toEqual(['REQUESTED>ACCEPTED', 'ACCEPTED>PRINTED', 'PRINTED>SHIPPED', 'SHIPPED>RECEIVED', 'RECEIVED>HANDED_OVER', 'RECEIVED>RETURNED_DEFECTIVE']);
    expect(ORDER_STATES.filter((from) => !mayFollow(from, 'CANCELLED'))).toEqual(['HANDED_OVER', 'RETURNED_DEFECTIVE', 'CANCELLED']);
  });

  const today = localDateOf(2015, 10, 1);
  const fields = (over: Record<number, string> = {}): string[] => ['N-1', '990019', 'A', '見本　太郎', '架空県試験市1', '19800331', '1', '', '2025-10-01'].map((field, index) => over[index] ?? field);

  it.each([
    [{ 2: 'C' }, 'type', 'TYPE'], [{ 2: 'B' }, 'photoRef', 'PHOTO_MISSING'], [{ 7: 'p.jpg' }, 'photoRef', 'PHOTO_UNEXPECTED'], [{ 7: '!' }, 'photoRef', 'PHOTO_UNEXPECTED'], [{ 8: '2025-10-02' }, 'expiry', 'VALIDITY'],
    [{ 8: '2015-10-01' }, 'expiry', 'VALIDITY'], [{ 8: '2015-02-30' }, 'expiry', 'DATE'], [{ 1: '990018' }, 'municipalityCode', 'MUNICIPALITY'], [{ 3: 'カ\u3099' }, 'nameFace', 'TEXT'], [{ 0: '' }, 'orderNo', 'FORMAT'], [{ 6: '4' }, 'sex', 'SEX'],
  ] as const)('CARD-4.14 a row with %o: %s %s', (over, column, code) => {
    expect(readOrder(fields(over), today)).toEqual({ column, code });
  });

  it('CARD-4.14 types A and B, ten years; the answer; validity to the day on the face', () => {
    expect(readOrder(fields(), today)).toMatchObject({ type: 'A', expiry: '2025-10-01' });
    expect(readOrder(fields({ 2: 'B', 7: 'photo-1.jpg' }), today)).toMatchObject({ type: 'B', face: { photoRef: 'photo-1.jpg' } });
    expect([readAnswer(['N-1', 'CARD00001', 'PRINTED', ''], today), readAnswer(['N-1', 'CARD00001', 'SHIPPED', ''], today), readAnswer(['N-1', 'CARD00001', 'SHIPPED', '2015-10-02'], today), readAnswer(['N-1', 'CARD00001', 'LOST', ''], today)])
      .toMatchObject([{ status: 'PRINTED', shippedOn: null }, { code: 'DATE' }, { code: 'FUTURE' }, { code: 'STATUS' }]);
    const card = { expiry: localDateOf(2025, 10, 1), surrenderedOn: null };
    expect([cardStateOn(card, localDateOf(2025, 10, 1)), cardStateOn(card, localDateOf(2025, 10, 2)), cardStateOn({ ...card, surrenderedOn: today }, localDateOf(2026, 1, 1))]).toEqual(['VALID', 'EXPIRED', 'SURRENDERED']);
  });
});
