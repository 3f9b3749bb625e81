import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localDateOf, toLocalDate } from '#kernel';
import { afterStep, amended, isDelegated, type Delegation } from '../delegation/delegation.js';
import { afterReissue, reissueFeeYen } from '../notification-card/notification-card.js';
import { destinationsOf, type Listed, type OwnDestination } from './destinations.js';
import { figuresOf, shareOf } from './figures.js';
import { judgeReport, judgeSheets, reasonOfReturn } from './mail-report.js';
import { progressOf } from './mailing-plan.js';
import { decideMailing, envelopesOf, MAILING_EVENTS, MAILING_STATES, mayFollow, requireKeptLongEnough, RETURN_REASONS } from './mailing.js';
import { adviceOn, findingOf, letterText, type Finding } from './return-case.js';
import { arrivalFault } from './temporary-address.js';

const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'DONE';
};

describe('delegation (CARD-3.1, 4.1)', () => {
  const draft: Delegation = { state: 'DRAFT', tasks: ['CARD_MANUFACTURE'], amendedTasks: null, startsOn: localDateOf(2015, 10, 5) };
  const on = (day: string, delegation: Delegation): boolean => isDelegated(delegation, 'CARD_MANUFACTURE', toLocalDate(day));

  it('CARD-4.1 counts from its first day, in force alone; an amendment once it is in force', () => {
    const inForce = afterStep(draft, 'ENTER_INTO_FORCE');
    expect([on('2015-10-05', draft), on('2015-10-04', inForce), on('2015-10-05', inForce)]).toEqual([false, false, true]);
    const proposed = amended(inForce, ['CALL_CENTRE']);
    expect([proposed.state, on('2015-10-06', proposed), on('2015-10-06', afterStep(proposed, 'ENTER_INTO_FORCE'))]).toEqual(['AMENDED', true, false]);
    const ended = afterStep(proposed, 'TERMINATE');
    expect([ended.state, ended.amendedTasks, on('2015-10-06', ended)]).toEqual(['TERMINATED', null, false]);
    expect([codeOf(() => afterStep(ended, 'ENTER_INTO_FORCE')), codeOf(() => afterStep(inForce, 'ENTER_INTO_FORCE')), codeOf(() => amended(ended, ['CALL_CENTRE']))]).toEqual(['BAD_STATE', 'BAD_STATE', 'BAD_STATE']);
    expect(amended(draft, ['CALL_CENTRE'])).toMatchObject({ state: 'DRAFT', tasks: ['CALL_CENTRE'], amendedTasks: null });
  });
});

describe('where a notification goes (CARD-4.2)', () => {
  const listed = (line: number, more: Partial<Listed> = {}): Listed => ({
    position: line, householdRef: 'h', lineInHousehold: line, personKey: `p${line}`, postalCode: '1000001', address: 'registered', addresseeName: 'head', temporaryAddress: false, ...more,
  });
  const own = (name: string, isProtected = false): OwnDestination => ({ postalCode: '1000099', address: 'shelter', addresseeName: name, isProtected });

  it('CARD-4.2 a temporary address before the registered one', () => {
    const [first, second] = destinationsOf([listed(1), listed(2)], new Map([['p2', own('second')]]), () => false);
    expect(first).toMatchObject({ address: 'registered', temporaryAddress: false, isHeld: false });
    expect(second).toMatchObject({ address: 'shelter', addresseeName: 'second', temporaryAddress: true, isHeld: false, isApart: false });
  });

  it('JUKI-4.13 a protected head is not mentioned on the envelope of the others, which waits for an addressee', () => {
    const envelopes = envelopesOf(destinationsOf([listed(1), listed(2), listed(3, { addresseeName: 'third' })], new Map([['p1', own('herself')]]), (key) => key === 'p1'));
    expect(envelopes.map(({ destination, isHeld, members }) => [destination.addresseeName, isHeld, members.length])).toEqual([['herself', false, 1], ['head', true, 1], ['third', false, 1]]);
  });

  it('CARD-4.2 no envelope that goes out mentions a member who is to be apart', () => {
    const member = fc.record({ household: fc.constantFrom('a', 'b'), isProtected: fc.boolean(), registered: fc.option(fc.record({ isProtected: fc.boolean(), address: fc.constantFrom('registered', 'shelter') }), { nil: undefined }), listedElsewhere: fc.boolean() });
    fc.assert(fc.property(fc.array(member, { minLength: 1, maxLength: 12 }), (people) => {
      const lines = new Map<string, number>();
      const list = people.map(({ household, listedElsewhere }, index): Listed => {
        const line = (lines.get(household) ?? 0) + 1;
        lines.set(household, line);
        // As the list has it: addressed to the head, unless the municipality gave another address.
        return listed(index + 1, { householdRef: household, lineInHousehold: line, addresseeName: listedElsewhere ? `name ${index + 1}` : `head ${household}`, temporaryAddress: listedElsewhere, address: listedElsewhere ? 'elsewhere' : 'registered' });
      });
      const registered = new Map(people.flatMap(({ registered: one }, index) => (one === undefined ? [] : [[`p${index + 1}`, { ...own(`name ${index + 1}`, one.isProtected), address: one.address }] as const])));
      const isApart = (key: string): boolean => people[Number(key.slice(1)) - 1]?.isProtected === true || registered.get(`p${Number(key.slice(1))}`)?.isProtected === true;
      const heads = new Map(list.filter((one) => one.lineInHousehold === 1).map((one) => [one.addresseeName, one.personKey]));
      const envelopes = envelopesOf(destinationsOf(list, registered, isApart));
      expect(envelopes.flatMap(({ members }) => members.map((one) => one.personKey)).sort()).toEqual(list.map((one) => one.personKey).sort());
      for (const { destination, isHeld, members } of envelopes) {
        const apart = members.filter((one) => isApart(one.personKey));
        expect([0, members.length]).toContain(apart.length);
        const head = heads.get(destination.addresseeName);
        if (!isHeld && apart.length === 0 && head !== undefined) expect(isApart(head)).toBe(false);
        if (apart.length > 0 && !isHeld) expect(members.every((one) => one.temporaryAddress)).toBe(true);
      }
    }));
  });

  it.each([
    ['2015-08-23', '2015-09-30', 'BEFORE_PERIOD'], ['2015-08-24', '2015-09-30', undefined], ['2015-09-25', '2015-09-30', undefined], ['2015-09-26', '2015-09-30', 'AFTER_PERIOD'], ['2015-09-25', '2015-09-24', 'FUTURE'],
  ])('CARD-4.2 a registration that arrived on %s, looked at on %s: %s', (arrived, today, fault) => {
    expect(arrivalFault(toLocalDate(arrived), toLocalDate(today))).toBe(fault);
  });
});

describe('the way of an envelope (CARD-3.2)', () => {
  const [FEED, TOWN, BOTH] = ['card-maker operator', 'municipality', 'card-maker operator municipality'];

  // The specification's table and who reports each step; beyond it a spoiled envelope is printed again, and one that waits for its municipality may be cancelled.
  it.each([
    ['PLANNED', 'PRINTED', FEED, 'printed'], ['PLANNED', 'CANCELLED', 'operator', 'cancelled'], ['PRINTED', 'POSTED', FEED, 'posted'], ['PRINTED', 'SPOILED', FEED, 'spoiled'],
    ['POSTED', 'DELIVERED', FEED, 'delivered'], ['POSTED', 'HELD_AT_POST', FEED, 'held'], ['POSTED', 'RETURNED', BOTH, 'returned'], ['HELD_AT_POST', 'DELIVERED', FEED, 'delivered'], ['HELD_AT_POST', 'RETURNED', BOTH, 'returned'],
    ['RETURNED', 'INVESTIGATING', TOWN, 'investigation-started'], ['INVESTIGATING', 'REPOSTED', TOWN, 'reposted'], ['INVESTIGATING', 'COLLECTED_AT_COUNTER', TOWN, 'collected'], ['INVESTIGATING', 'DISCARD_DUE', TOWN, 'discard-due'],
    ['REPOSTED', 'DELIVERED', FEED, 'delivered'], ['REPOSTED', 'RETURNED', BOTH, 'returned'], ['DISCARD_DUE', 'DISCARDED', TOWN, 'discarded'], ['DISCARD_DUE', 'COLLECTED_AT_COUNTER', TOWN, 'collected'],
    ['SPOILED', 'PRINTED', FEED, 'printed'], ['AWAITING_DECISION', 'CANCELLED', 'operator', 'cancelled'],
  ] as const)('CARD-3.2 %s to %s by %s: mailing.%s', (from, to, by, event) => {
    expect(['card-maker', 'operator', 'municipality'].filter((kind) => mayFollow(from, to, kind)).join(' ')).toBe(by);
    expect([MAILING_EVENTS[to].name, codeOf(() => decideMailing({ state: from, members: 1, movedBy: 'a' }, { to, sheets: 1, person: 'b' }))]).toEqual([`mailing.${event}`, 'DONE']);
  });

  it('CARD-3.2 nothing else follows on anything', () => {
    const ways = MAILING_STATES.flatMap((from) => MAILING_STATES.filter((to) => ['card-maker', 'operator', 'municipality'].some((kind) => mayFollow(from, to, kind))).map((to) => `${from} ${to}`));
    expect(ways).toHaveLength(19);
    expect(RETURN_REASONS).toEqual(['NO_SUCH_ADDRESSEE', 'HOLD_EXPIRED', 'REFUSED', 'FORWARDING_ACTIVE', 'DECEASED', 'OTHER']);
  });
});

describe('feeds (CARD-3.2, 4.2, 5)', () => {
  const at = (hour: number): Date => new Date(Date.UTC(2015, 10, 1, hour));

  it.each([
    ['POSTED', 1, 'DELIVERED', 2, 'MOVES'], ['DELIVERED', 2, 'HELD_AT_POST', 1, 'UNCHANGED'], ['DELIVERED', 2, 'DELIVERED', 3, 'UNCHANGED'], ['DELIVERED', 2, 'RETURNED', 3, 'BAD_STATE'],
    ['HELD_AT_POST', 2, 'RETURNED', 3, 'MOVES'], ['REPOSTED', 5, 'RETURNED', 4, 'UNCHANGED'], ['REPOSTED', 5, 'RETURNED', 6, 'MOVES'], ['PRINTED', 1, 'DELIVERED', 2, 'BAD_STATE'], ['SPOILED', 1, 'PRINTED', 2, 'MOVES'],
    ['RETURNED', 1, 'INVESTIGATING', 2, 'BAD_STATE'],
  ] as const)('CARD-3.2 %s since %i h, then %s of %i h: %s', (state, told, to, hour, verdict) => {
    expect(judgeReport({ state, toldAt: at(told) }, to, at(hour))).toBe(verdict);
  });

  it('CARD-4.2 every sheet of the envelope, each once, and none of another', () => {
    expect(judgeSheets(['a', 'b'], ['b', 'a'])).toEqual({ complete: true, foreign: [] });
    expect([judgeSheets(['a'], ['a', 'b']), judgeSheets(['a', 'a'], ['a', 'b']), judgeSheets(['a', 'c'], ['a', 'b'])].map(({ complete, foreign }) => [complete, foreign])).toEqual([[false, []], [false, []], [false, ['c']]]);
    expect([reasonOfReturn('HELD_AT_POST'), reasonOfReturn('POSTED')]).toEqual(['HOLD_EXPIRED', 'OTHER']);
  });

  it('CARD-4.2 kept for the months of the municipality', () => {
    const returned = localDateOf(2015, 11, 30);
    const on = (day: string, months: number): string => codeOf(() => requireKeptLongEnough(returned, months, new Date(`${day}T03:00:00Z`)));
    expect([on('2016-02-28', 3), on('2016-02-29', 3), on('2016-02-29', 12), on('2016-11-30', 12)]).toEqual(['RETENTION_RUNS', 'DONE', 'RETENTION_RUNS', 'DONE']);
  });
});

describe('figures (CARD-6)', () => {
  it.each([[35_030_000, 61.6], [2_080_000, 3.7], [5_580_000, 9.8], [5_600_000, 9.9]])('CARD-6 %i of 56.84 million envelopes are %d per cent', (count, share) => {
    expect(shareOf(count, 56_840_000)).toBe(share);
  });

  it('CARD-6 the day of 26 November 2015 from what was counted; 42 days at 1.35 million', () => {
    const row = (state: string, entered: number, leaving: number, enteredThatDay = 0) => ({ state, entered, leaving, enteredThatDay });
    const figures = figuresOf([row('PLANNED', 56_840_000, 56_840_000), row('CANCELLED', 7, 0), row('POSTED', 56_840_000, 37_110_000), row('DELIVERED', 35_030_000, 0, 1_200_000), row('RETURNED', 2_080_000, 80_000, 90_000), row('INVESTIGATING', 80_000, 0)]);
    expect(figures).toMatchObject({ envelopes: 56_840_000, delivered: 35_030_000, deliveredShare: 61.6, returned: 2_080_000, returnedShare: 3.7, investigated: 80_000, thatDay: { delivered: 1_200_000, returned: 90_000 } });
    expect(Math.round(56_840_000 / 42 / 10_000)).toBe(135);
    expect(shareOf(0, 0)).toBe(0);
  });

  it('CARD-4.2 pace and time left of a plan', () => {
    const plan = { setId: '', municipalityCode: '', baseDate: null, households: 4, persons: 1_000, jobId: null, startedAt: new Date(0), endedAt: null, plannedPersons: 250 };
    expect(progressOf(plan, new Date(30_000))).toEqual({ state: 'PLANNING', personsPerMinute: 500, remainingSeconds: 90 });
    expect(progressOf({ ...plan, plannedPersons: 1_000, endedAt: new Date(60_000) }, new Date(90_000))).toEqual({ state: 'PLANNED', personsPerMinute: 1_000 });
    expect(progressOf({ ...plan, startedAt: null }, new Date(0))).toEqual({ state: 'WAITING' });
  });
});

describe('returns (CARD-8)', () => {
  const envelope = { municipalityCode: '990019', address: 'here', temporaryAddress: false };
  const person = (status: string, municipalityCode = '990019', address = 'here') => ({ status, municipalityCode, address });

  it.each([
    [person('RESIDENT'), false, 'UNCHANGED'], [person('DECEASED'), false, 'DIED'], [person('RESIDENT', '990027'), false, 'MOVED_AWAY'], [person('RESIDENT', '990019', 'there'), false, 'MOVED_WITHIN'],
    [person('ABROAD'), false, 'GONE_ABROAD'], [person('IN_TRANSIT'), false, 'IN_TRANSIT'], [undefined, false, 'UNKNOWN'], [person('RESIDENT', '990027'), true, 'HIDDEN'],
  ] as const)('CARD-8 %o, protected %s: %s', (present, isProtected, finding) => {
    expect(findingOf(envelope, present, isProtected)).toBe(finding);
  });

  it('CARD-8 at a temporary address the registered one tells nothing', () => {
    expect(findingOf({ ...envelope, temporaryAddress: true }, person('RESIDENT', '990019', 'there'), false)).toBe('UNCHANGED');
  });

  it.each([
    [['UNCHANGED'], 'INVITE_TO_COUNTER'], [['DIED', 'UNCHANGED'], 'INVITE_TO_COUNTER'], [['DIED', 'GONE_ABROAD'], 'DISCARD_AFTER_RETENTION'], [['MOVED_WITHIN', 'DIED'], 'REPOST_TO_PRESENT_ADDRESS'],
    [['MOVED_AWAY', 'MOVED_WITHIN'], 'ASK_NEW_MUNICIPALITY'], [['HIDDEN', 'UNCHANGED'], 'DECIDE_BY_HAND'],
  ] as readonly (readonly [Finding[], string])[])('CARD-8 %j: %s', (findings, advice) => {
    expect(adviceOn(findings)).toBe(advice);
  });

  it('CARD-8 the letter says why and until when, and is none for the protected and those who are gone', () => {
    const letter = letterText({ advice: 'INVITE_TO_COUNTER', reason: 'HOLD_EXPIRED', keptUntil: localDateOf(2016, 2, 29) });
    expect(letter).toContain('（理由：郵便局での保管期間経過）');
    expect(letter).toContain('2016年2月29日まで');
    expect(letterText({ advice: 'DECIDE_BY_HAND', reason: 'OTHER', keptUntil: localDateOf(2016, 2, 29) })).toBeUndefined();
  });
});

describe('notification cards again (CARD-3.2, 4.2)', () => {
  it.each([
    ['LOST', 'LOST', 1, 'REISSUED'], ['IN_FORCE', 'LOST', 1, 'NOTHING_LOST'], ['IN_FORCE', 'DAMAGED', 1, 'SURRENDERED'], ['INVALID', 'DISCARDED', 1, 'INVALID'], ['ISSUED', 'AGENCY_FAULT', 1, 'NOTHING_LOST'],
    ['SURRENDERED', 'NUMBER_CHANGED', 2, 'SURRENDERED'], ['SURRENDERED', 'NUMBER_CHANGED', 1, 'NOTHING_LOST'],
  ] as const)('CARD-3.2 the last one %s, ground %s, number %i: %s', (state, ground, version, after) => {
    expect(((): string => { try { return afterReissue({ state, numberVersion: 1 }, ground, version); } catch (error) { return (error as { code: string }).code; } })()).toBe(after);
  });

  it('CARD-4.2 500 yen, nothing for a new number or the agency\'s fault', () => {
    expect((['LOST', 'DAMAGED', 'DISCARDED', 'NUMBER_CHANGED', 'AGENCY_FAULT'] as const).map(reissueFeeYen)).toEqual([500, 500, 500, 0, 0]);
    expect(codeOf(() => afterReissue(undefined, 'LOST', 1))).toBe('NOTHING_LOST');
  });
});
