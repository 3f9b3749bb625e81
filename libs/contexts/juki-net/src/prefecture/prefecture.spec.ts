import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INSTITUTION_KINDS } from '#platform';
import { isOfPrefecture, scheduleFault } from '../inquiry/grant.js';
import { CHAIN_EXPLANATIONS, chainClass, chainExplainFault } from './chain.js';
import { MOST_ORDERED, orderFault, RESEND_STATES, withdrawalFault } from './resend-order.js';
import { asOf, isAnsweredByCopy, isOwnResident, isServer, noticeFault, SERVERS, serverOf, stateFault } from './server.js';

describe('servers (JUKI-1, 7)', () => {
  it('has one of each prefecture and the national one', () => {
    expect(SERVERS).toHaveLength(49);
    expect(SERVERS.every(isServer)).toBe(true);
    expect([isServer('48'), isServer('990019'), isServer('national')]).toEqual([false, false, false]);
    expect(serverOf('131016')).toBe('13');
  });

  it('is never set to the state that it has', () => {
    expect([stateFault('OPEN', 'CLOSED'), stateFault('CLOSED', 'OPEN'), stateFault('OPEN', 'OPEN'), stateFault('CLOSED', 'CLOSED')]).toEqual([undefined, undefined, 'SERVER_STATE', 'SERVER_STATE']);
  });

  it('lets notices wait for either server, the nearer one first', () => {
    expect([noticeFault([]), noticeFault(['13']), noticeFault(['NATIONAL']), noticeFault(['NATIONAL', '13'])]).toEqual([undefined, 'PREFECTURE_CLOSED', 'NATIONAL_CLOSED', 'PREFECTURE_CLOSED']);
  });

  it('says of which moment an answer is', () => {
    const now = new Date('2016-01-20T01:00:00Z');
    const [early, late] = [new Date('2016-01-19T00:00:00Z'), new Date('2016-01-20T00:00:00Z')];
    const closures = [{ server: '13', since: late }, { server: '99', since: early }];
    expect(asOf(now, [], { told: ['131016'], within: '' })).toBe(now);
    expect(asOf(now, closures, { told: ['131016'], within: '' })).toBe(late);
    expect(asOf(now, closures, { told: ['131016', '990019'], within: '' })).toBe(early);
    expect(asOf(now, closures, { told: ['011002'], within: '' })).toBe(now);
    // Nobody found: any server within reach may have what was not taken in.
    expect(asOf(now, closures, { told: [], within: '' })).toBe(early);
    expect(asOf(now, closures, { told: [], within: '13' })).toBe(late);
    expect(asOf(now, closures, { told: [], within: '011002' })).toBe(now);
    expect(asOf(now, [{ server: 'NATIONAL', since: late }], { told: ['011002'], within: '01' })).toBe(late);
  });

  it('is answered by the copy for organs of a prefecture only, and of its residents only', () => {
    expect(['prefecture', 'municipality', 'national-agency', 'service', 'operator'].filter(isAnsweredByCopy)).toEqual(['prefecture', 'municipality']);
    expect((['RESIDENT', 'CONFLICT', 'IN_TRANSIT', 'ABROAD', 'DECEASED', 'DELETED'] as const).filter(isOwnResident)).toEqual(['RESIDENT', 'CONFLICT']);
  });
});

describe('schedules (JUKI-4.7)', () => {
  const all = [1, 2, 3, 4, 5] as const;

  it('are each for one kind of organ; of 2 and 5 the prefecture answers', () => {
    const kinds = all.map((schedule) => INSTITUTION_KINDS.filter((institution) => scheduleFault({ schedule, institution }) === undefined));
    expect(kinds).toEqual([['national-agency'], ['municipality'], ['prefecture'], ['municipality'], ['prefecture']]);
    expect(all.filter((schedule) => isOfPrefecture({ schedule }))).toEqual([2, 5]);
    expect([scheduleFault({ institution: 'operator' }), isOfPrefecture({})]).toEqual([undefined, false]);
  });
});

describe('differences of the two copies (JUKI-4.6)', () => {
  it('are classed by what either has', () => {
    expect(chainClass({ prefectureVersion: 1, nationalVersion: null })).toBe('MISSING_UP');
    expect(chainClass({ prefectureVersion: null, nationalVersion: 1 })).toBe('MISSING_DOWN');
    expect(chainClass({ prefectureVersion: 1, nationalVersion: 2 })).toBe('STALE');
    expect(chainClass({ prefectureVersion: 2, nationalVersion: 2 })).toBe('CONTENT');
  });

  it('are explained by a resend only if one was ordered', () => {
    expect(CHAIN_EXPLANATIONS.map((reason) => chainExplainFault(reason, false))).toEqual(['RESEND_NOT_ORDERED', undefined, undefined, undefined]);
    expect(CHAIN_EXPLANATIONS.map((reason) => chainExplainFault(reason, true))).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('orders to send again (JUKI-7)', () => {
  it('have a range of a size that can come', () => {
    expect(orderFault({ firstSeq: 5, lastSeq: 5 }, [])).toBeUndefined();
    expect(orderFault({ firstSeq: 5, lastSeq: 4 }, [])).toBe('RESEND_RANGE');
    expect(orderFault({ firstSeq: 1, lastSeq: MOST_ORDERED }, [])).toBeUndefined();
    expect(orderFault({ firstSeq: 1, lastSeq: MOST_ORDERED + 1 }, [])).toBe('RESEND_RANGE');
  });

  it('never ask twice at once for one number', () => {
    const range = fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 20 })).map(([firstSeq, more]) => ({ firstSeq, lastSeq: firstSeq + more }));
    const numbers = ({ firstSeq, lastSeq }: { firstSeq: number; lastSeq: number }): number[] => Array.from({ length: lastSeq - firstSeq + 1 }, (_value, index) => firstSeq + index);
    fc.assert(fc.property(range, fc.array(range, { maxLength: 4 }), (asked, open) => {
      const twice = open.some((other) => numbers(other).some((number) => numbers(asked).includes(number)));
      expect(orderFault(asked, open)).toBe(twice ? 'RESEND_ORDERED' : undefined);
    }));
  });

  it('are withdrawn while they are open', () => {
    expect(RESEND_STATES.map(withdrawalFault)).toEqual([undefined, 'RESEND_STATE', 'RESEND_STATE']);
  });
});
