import { describe, expect, it } from 'vitest';
import { endOfDayInJapan, toLocalDate } from '#kernel';
import { itemDetails } from './platform-item.input.js';
import { endsAt, stepItem, type PlatformItem } from './platform-item.js';

const now = new Date('2016-02-01T00:00:00Z');
const window = itemDetails.parse({ kind: 'MAINTENANCE_WINDOW', from: '2016-02-06T12:00:00Z', until: '2016-02-06T20:00:00Z' });
const proposed: PlatformItem = { state: 'PROPOSED', details: window, proposedBy: 'a@1', agreedBy: null, secondAgreedBy: null };
const by = (officer: string, at = now) => ({ officer, now: at });

describe('items of the common platform (JPKI-3.15)', () => {
  it('are agreed on by two officers of the council, released and retired, in this order', () => {
    expect(stepItem(proposed, 'AGREE', by('x@13'))).toEqual({ changes: { agreedBy: 'x@13' } });
    const once = { ...proposed, agreedBy: 'x@13' };
    expect(stepItem(once, 'AGREE', by('x@27'))).toEqual({ refusal: 'SAME_OFFICER' });
    expect(stepItem(once, 'AGREE', by('y@27'))).toEqual({ changes: { state: 'COUNCIL_AGREED', secondAgreedBy: 'y@27' } });
    expect(stepItem(once, 'RELEASE', by('a@1'))).toEqual({ refusal: 'NOT_IN_STATE' });
    const agreed = { ...once, state: 'COUNCIL_AGREED' } as const;
    expect(stepItem(agreed, 'RELEASE', by('a@1'))).toEqual({ changes: { state: 'RELEASED' } });
    expect(stepItem(agreed, 'RETIRE', by('a@1'))).toEqual({ refusal: 'NOT_IN_STATE' });
    expect(stepItem({ ...agreed, state: 'RELEASED' }, 'RETIRE', by('a@1'))).toEqual({ changes: { state: 'RETIRED' } });
  });

  it('tell of a maintenance before it begins', () => {
    expect(stepItem({ ...proposed, state: 'COUNCIL_AGREED' }, 'RELEASE', by('a@1', new Date('2016-02-06T12:00:00Z')))).toEqual({ refusal: 'WINDOW_BEGUN' });
    expect(itemDetails.safeParse({ kind: 'MAINTENANCE_WINDOW', from: '2016-02-06T20:00:00Z', until: '2016-02-06T20:00:00Z' }).success).toBe(false);
  });

  it.each([
    ['CLIENT_RELEASE', { version: '2.6.1', systems: ['Windows 10'], sha256: 'a'.repeat(64) }, [{ version: 'v2' }, { systems: [] }, { sha256: 'A'.repeat(64) }, { from: '2016-02-06T12:00:00Z' }]],
    ['RESIDENT_NEED', { enquiries: 120, tickets: ['T-2016-001'] }, [{ enquiries: 0 }, { tickets: ['基盤 花子'] }, { version: '2.6.1' }]],
  ])('of kind %s carry what belongs to it and nothing else, and begin and end with no date', (kind, details, odd) => {
    const item = itemDetails.parse({ kind, ...details });
    expect(item).toEqual({ kind, ...details });
    for (const change of odd) expect(itemDetails.safeParse({ kind, ...details, ...change }).success, JSON.stringify(change)).toBe(false);
    for (const key of Object.keys(details)) expect(itemDetails.safeParse({ kind, ...details, [key]: undefined }).success, key).toBe(false);
    expect([stepItem({ ...proposed, state: 'COUNCIL_AGREED', details: item }, 'RELEASE', by('a@1')), endsAt(item, () => now)]).toEqual([{ changes: { state: 'RELEASED' } }, null]);
  });

  it('end by themselves where they say until when', () => {
    const end = (day: string): Date => endOfDayInJapan(toLocalDate(day));
    expect(endsAt(window, end)).toEqual(new Date('2016-02-06T20:00:00Z'));
    expect(endsAt(itemDetails.parse({ kind: 'READER_CERTIFICATION', maker: 'M', model: 'R-1', certificateNo: 'C-1', validThrough: '2018-03-31' }), end)).toEqual(new Date('2018-03-31T14:59:59Z'));
    expect(endsAt({ kind: 'SERVICE_NOTICE' }, end)).toBeNull();
  });
});
