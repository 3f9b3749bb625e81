import { describe, expect, it } from 'vitest';
import { addDays, endOfDayInJapan, toLocalDate } from '#kernel';
import { isDoubleRunDone, keptThrough, stepBatch, trailerDifferences, type Counted } from './migration-batch.js';
import { presentCode } from './municipality-succession.js';

const end = (day: string): Date => endOfDayInJapan(toLocalDate(day));

describe('retention (JPKI-4.12)', () => {
  it('keeps a record of a certificate that ended on 2020-04-01 through 2030-04-01', () => {
    expect(keptThrough(end('2020-04-01'))).toBe('2030-04-01');
  });

  it('counts ten years from the day after the end, also over 29 February', () => {
    expect(keptThrough(end('2019-12-31'))).toBe('2029-12-31');
    expect(keptThrough(end('2020-02-28'))).toBe('2030-02-28');
    expect(keptThrough(end('2020-02-29'))).toBe('2030-02-28');
    expect(keptThrough(end('2018-02-28'))).toBe('2028-02-29');
  });
});

describe('states (JPKI-3.12)', () => {
  it('lead from the plan to the cut-over one by one, and to rejection before the prefecture accepts', () => {
    expect([stepBatch('PLANNED', 'EXTRACT'), stepBatch('EXTRACTED', 'LOAD'), stepBatch('LOADED', 'RECONCILE'), stepBatch('RECONCILED', 'ACCEPT'), stepBatch('ACCEPTED', 'CUT_OVER')])
      .toEqual(['EXTRACTED', 'LOADED', 'RECONCILED', 'ACCEPTED', 'CUT_OVER']);
    expect([stepBatch('LOADED', 'ACCEPT'), stepBatch('RECONCILED', 'CUT_OVER'), stepBatch('ACCEPTED', 'REJECT'), stepBatch('REJECTED', 'EXTRACT')]).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('reconciliation (JPKI-3.12)', () => {
  const counted: Counted = { count: 3, perStatus: { valid: 1, revoked: 1, expired: 1 }, merkleRoot: 'ab'.repeat(32), firstSerial: '01', lastSerial: '0a' };

  it('finds each figure of the trailer that the records do not bear out', () => {
    expect(trailerDifferences({ ...counted, firstSerial: '1', lastSerial: '0A' }, counted)).toEqual([]);
    expect(trailerDifferences({ count: 4, perStatus: { valid: 2, revoked: 1, expired: 0 }, merkleRoot: 'ac'.repeat(32), firstSerial: '02', lastSerial: 'b' }, counted))
      .toEqual(['count', 'perStatus.valid', 'perStatus.expired', 'merkleRoot', 'firstSerial', 'lastSerial']);
  });
});

describe('double run (JPKI-4.12)', () => {
  const today = toLocalDate('2016-01-20');
  const clean = (...back: number[]) => back.map((days) => ({ day: addDays(today, -days), differences: 0 }));

  it('is done after seven days without a difference, up to today or yesterday', () => {
    expect(isDoubleRunDone(clean(6, 5, 4, 3, 2, 1, 0), today)).toBe(true);
    expect(isDoubleRunDone(clean(7, 6, 5, 4, 3, 2, 1), today)).toBe(true);
    expect(isDoubleRunDone(clean(8, 7, 6, 5, 4, 3, 2), today)).toBe(false);
    expect(isDoubleRunDone(clean(5, 4, 3, 2, 1, 0), today)).toBe(false);
    expect(isDoubleRunDone(clean(7, 6, 5, 3, 2, 1, 0), today)).toBe(false);
  });

  it('begins anew after a day on which the lists differed', () => {
    expect(isDoubleRunDone([...clean(7, 6, 5, 4, 3, 2, 1), { day: today, differences: 1 }], today)).toBe(false);
    expect(isDoubleRunDone([...clean(6, 5, 4, 2, 1, 0), { day: addDays(today, -3), differences: 2 }], today)).toBe(false);
  });
});

describe('codes of municipalities (JPKI-4.12)', () => {
  const change = (oldCode: string, newCode: string, day: string) => ({ oldCode, newCode, effectiveDate: toLocalDate(day) });
  const changes = [change('A', 'B', '2014-04-01'), change('B', 'C', '2015-04-01'), change('D', 'E', '2015-01-01'), change('D', 'F', '2015-01-01'), change('X', 'A', '2016-01-01'), change('C', 'C', '2015-06-01')];
  const present = (code: string, issued: string, asOf = '2015-12-31') => presentCode(changes, code, toLocalDate(issued), toLocalDate(asOf));

  it('are followed through every change after the issue and up to the day of the list', () => {
    expect(present('A', '2014-03-31')).toEqual({ code: 'C' });
    expect(present('A', '2014-03-31', '2015-03-31')).toEqual({ code: 'B' });
    expect(present('A', '2014-03-31', '2014-03-31')).toEqual({ code: 'A' });
    expect(present('B', '2014-04-01')).toEqual({ code: 'C' });
  });

  it('may be exchanged on one day', () => {
    const exchanged = [change('S', 'T', '2015-01-01'), change('T', 'S', '2015-01-01')];
    expect(presentCode(exchanged, 'S', toLocalDate('2014-01-01'), toLocalDate('2015-12-31'))).toEqual({ code: 'T' });
  });

  it('must have been in use at the issue, and a divided municipality is not guessed', () => {
    expect(present('A', '2014-04-01')).toEqual({ fault: 'MUNICIPALITY_ENDED' });
    expect(present('A', '2016-02-01', '2016-03-01')).toEqual({ code: 'A' });
    expect(present('D', '2014-12-31')).toEqual({ fault: 'MUNICIPALITY_DIVIDED' });
  });
});
