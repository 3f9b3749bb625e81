import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { InquiryItem } from '#contracts/juki-net';
import { addDays, dayOfWeek, toLocalDate } from '#kernel';
import { describe, expect, it } from 'vitest';
import type { FoundPerson } from '../inquiry/inquiry.js';
import { costOf, linesOfHistory } from './cost.js';
import { compareItems, FEED_ITEMS, type Digest, feedLine, goneLine, isWanted, NOTHING_TOLD } from './feed-line.js';
import { type Calendar, dueAfter, fileReference, isCalendar, placeOf, settingFault } from './subscription.js';

const day = toLocalDate;

describe('the calendar of a subscription (JUKI-3.5)', () => {
  it.each<[Calendar, string, string]>([
    [{ every: 'DAILY' }, '2016-02-28', '2016-02-29'],
    [{ every: 'WEEKLY', day: 1 }, '2016-02-28', '2016-02-29'],
    [{ every: 'WEEKLY', day: 1 }, '2016-02-29', '2016-03-07'],
    [{ every: 'WEEKLY', day: 7 }, '2016-02-27', '2016-02-28'],
    [{ every: 'WEEKLY', day: 7 }, '2016-02-28', '2016-03-06'],
    [{ every: 'MONTHLY', day: 15 }, '2016-02-14', '2016-02-15'],
    [{ every: 'MONTHLY', day: 15 }, '2016-02-15', '2016-03-15'],
    [{ every: 'MONTHLY', day: 31 }, '2016-01-31', '2016-02-29'],
    [{ every: 'MONTHLY', day: 31 }, '2016-02-29', '2016-03-31'],
    [{ every: 'MONTHLY', day: 30 }, '2015-12-31', '2016-01-30'],
  ])('%j after %s is due on %s', (calendar, after, due) => expect(dueAfter(calendar, day(after))).toBe(due));

  it('is due on the named weekday within seven days, whatever the day', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 800 }), (weekday, offset) => {
      const from = addDays(day('2015-10-05'), offset);
      const due = dueAfter({ every: 'WEEKLY', day: weekday }, from);
      expect([dayOfWeek(due), due > from, due <= addDays(from, 7)]).toEqual([weekday % 7, true, true]);
    }));
  });

  it.each<[Calendar, boolean]>([
    [{ every: 'DAILY' }, true], [{ every: 'DAILY', day: 1 }, false], [{ every: 'WEEKLY' }, false], [{ every: 'WEEKLY', day: 8 }, false], [{ every: 'MONTHLY', day: 31 }, true], [{ every: 'MONTHLY' }, false],
  ])('%j is one: %s', (calendar, good) => expect(isCalendar(calendar)).toBe(good));
});

describe('a subscription', () => {
  it('stays ended, and under its grant', () => {
    expect(settingFault({ state: 'ENDED', grantId: 'g' }, { grantId: 'g' })).toBe('SUBSCRIPTION_STATE');
    expect(settingFault({ state: 'ACTIVE', grantId: 'g' }, { grantId: 'h' })).toBe('SUBSCRIPTION_GRANT');
    expect(settingFault({ state: 'ACTIVE', grantId: 'g' }, { grantId: 'g' })).toBeUndefined();
  });

  it('names its file by day and number, as no reference of a client can be (JUKI-5.3)', () => {
    expect(fileReference(7, '2016-02-29')).toBe('CFED/20160229_0007');
    expect(/^[A-Za-z0-9._-]{1,40}$/.test(fileReference(7, '2016-02-29'))).toBe(false);
  });

  it('lists a person once, with one reference', () => {
    const listed = { refOfPerson: new Map([['p', 'r']]), personOfRef: new Map([['r', 'p']]) };
    expect([placeOf(listed, 'p', 'r'), placeOf(listed, 'p', 's'), placeOf(listed, 'q', 'r'), placeOf(listed, 'q', 's')]).toEqual(['REPEATED', 'PERSON_REPEATED', 'REF_REPEATED', 'NEW']);
  });
});

const digest: Digest = (person, item, text) => createHash('sha256').update(`${person.personKey}/${item}/${text}`).digest();
const GRANTED: readonly InquiryItem[] = ['nameKanji', 'aliasName', 'address', 'changeReason', 'changeDate', 'formerSurname'];
const personWith = (items: Partial<Record<InquiryItem, string>> = {}): FoundPerson => ({
  personKey: 'p', factVersion: 1, status: 'RESIDENT', municipalityCode: '990019', isProtected: false, closedDate: '2016-01-05',
  items: {
    residentCode: '99000000015', individualNumber: '', nameKanji: '見本太郎', nameKana: '', aliasName: '', birthDate: '19800101', sex: '1', address: '見本町1', municipalityCode: '990019', townCode: '', postalCode: '',
    changeReason: '30', changeDate: '2016-01-05', formerSurname: '', ...items,
  },
});
const known = compareItems(personWith(), '00', { granted: GRANTED, told: NOTHING_TOLD, digest }).told;
const changedOf = (person: FoundPerson, resultCode: '00' | '20' | '41' = '00', told = known) => compareItems(person, resultCode, { granted: GRANTED, told, digest });

describe('what is told of a changed person (JUKI-4.7)', () => {
  it('is the items granted that differ from what was last told, an emptied one too', () => {
    expect(changedOf(personWith()).changed).toEqual([]);
    expect(changedOf(personWith({ address: '見本町2', sex: '2' })).changed).toEqual([['address', '見本町2']]);
    const aliased = changedOf(personWith({ aliasName: 'TARO' }));
    expect(aliased.changed).toEqual([['aliasName', 'TARO']]);
    expect(changedOf(personWith(), '00', aliased.told).changed).toEqual([['aliasName', '']]);
  });

  it('is all that has a value where nothing was told before', () => {
    expect(changedOf(personWith(), '00', NOTHING_TOLD).changed.map(([item]) => item)).toEqual(['nameKanji', 'address']);
  });

  it('is an item that was none when it was last told: of what was told before nothing is told again', () => {
    // What was told is kept by place: an item may only be added at the end.
    expect(FEED_ITEMS).toEqual([
      'residentCode', 'individualNumber', 'nameKanji', 'nameKana', 'aliasName', 'birthDate', 'sex', 'address', 'municipalityCode', 'townCode', 'postalCode', 'formerSurname',
    ]);
    const shorter = known.subarray(0, -8);
    expect(changedOf(personWith(), '00', shorter)).toEqual({ changed: [], told: known });
    const named = changedOf(personWith({ formerSurname: '例示' }), '00', shorter);
    expect(named.changed).toEqual([['formerSurname', '例示']]);
    expect(changedOf(personWith(), '00', named.told).changed).toEqual([['formerSurname', '']]);
  });

  it('leaves the address of a protected person out until it may be told (JUKI-4.13)', () => {
    const moved = personWith({ address: '見本町9', nameKanji: '見本花' });
    const hidden = changedOf(moved, '41');
    expect(hidden.changed).toEqual([['nameKanji', '見本花']]);
    expect(changedOf(moved, '00', hidden.told).changed).toEqual([['address', '見本町9']]);
  });

  it('is no item of the dead', () => expect(changedOf(personWith({ address: '見本町9' }), '20').changed).toEqual([]));

  it.each([
    ['a wanted reason among several', { resultCode: '00', toldResult: '00', reasons: new Set(['30', '34']) }, true],
    ['an unwanted reason', { resultCode: '00', toldResult: '00', reasons: new Set(['34']) }, false],
    ['an unwanted reason that changes the result', { resultCode: '23', toldResult: '00', reasons: new Set(['21']) }, false],
    ['protection that begins', { resultCode: '41', toldResult: '00', reasons: new Set(['34']) }, true],
    ['protection that ends', { resultCode: '00', toldResult: '41', reasons: new Set(['34']) }, true],
    ['data older than the last change', { resultCode: '00', toldResult: undefined, reasons: new Set(['34']) }, true],
  ] as const)('depends on the reasons wanted: %s', (_what, news, told) => expect(isWanted(news, ['30', '20'])).toBe(told));

  it('is a record of six columns and the changed items, quoted where needed (JUKI-5.3)', () => {
    const about = { subscriptionId: 's', requesterRef: 'r,1', resultCode: '00' } as const;
    expect(feedLine(about, personWith(), { granted: GRANTED, changed: [['address', '町,"2"'], ['aliasName', '']] })).toBe('D,s,"r,1",30,2016-01-05,00,"address=町,""2""",aliasName=');
    expect(feedLine({ ...about, resultCode: '20' }, personWith(), { granted: ['nameKanji'], changed: [] })).toBe('D,s,"r,1",,2016-01-05,20');
    expect(feedLine(about, personWith(), { granted: ['address'], changed: [] })).toBe('D,s,"r,1",,,00');
    expect(goneLine(about)).toBe('D,s,"r,1",,,10');
  });
});

describe('the cost preview (JUKI-4.7, 8)', () => {
  it('counts the changes of a person until the next file as one line', () => {
    const changes = [{ personKey: 'p', day: day('2016-02-01') }, { personKey: 'p', day: day('2016-02-14') }, { personKey: 'p', day: day('2016-02-15') }, { personKey: 'q', day: day('2016-02-01') }];
    expect(linesOfHistory({ every: 'MONTHLY', day: 15 }, changes)).toBe(3);
    expect(linesOfHistory({ every: 'DAILY' }, changes)).toBe(4);
  });

  it('shows its arithmetic', () => {
    const { fullAsking, changeFeed, saved } = costOf({ sample: 1_000, historyLines: 61, listSize: 40_500, full: { timesPerYear: 12 }, feeClass: 'STANDARD' });
    expect(fullAsking).toEqual({ lines: 486_000, yen: 4_860_000, arithmetic: '40500 persons × 12 times = 486000 lines; 486000 × 10 yen = 4860000 yen' });
    expect(changeFeed).toEqual({ lines: 2_471, yen: 24_710, arithmetic: '61 lines of the past year × 40500 persons / 1000 sampled, rounded up = 2471 lines; 2471 × 10 yen = 24710 yen' });
    expect(saved).toEqual({ lines: 483_529, yen: 4_835_290 });
    expect(costOf({ sample: 20, historyLines: 0, listSize: 20, full: { batches: 6, lines: 120 }, feeClass: 'EXEMPT' }).fullAsking).toMatchObject({ lines: 120, yen: 0 });
  });
});
