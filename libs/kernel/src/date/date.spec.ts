import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  addMonths,
  addYears,
  ageOn,
  birthdayIn,
  compareDates,
  completeBirthDate,
  dayOfWeek,
  daysBetween,
  endOfDayInJapan,
  eraOf,
  eraOfBirthDate,
  ERAS,
  eraYear,
  fiscalYearOf,
  formatBirthDate8,
  formatEra,
  type LocalDate,
  localDateFault,
  localDateInJapan,
  localDateOf,
  nthBirthdayAfter,
  parseBirthDate,
  parseEraDate,
  partsOfDate,
  retentionLastDay,
  startOfDayInJapan,
  toLocalDate,
} from '../index.js';

const d = toLocalDate;
const earlier = (a: LocalDate, b: LocalDate) => (compareDates(a, b) < 0 ? a : b);
const anyRule = fc.constantFrom('FEB28_EVERY_YEAR', 'FEB28_NON_LEAP');
const anyDate = fc.integer({ min: -36_000, max: 66_000 }).map((days) => addDays(d('1970-01-01'), days));

describe('local date', () => {
  it.each([
    ['2015-10-05', undefined],
    ['2016-02-29', undefined],
    ['2000-02-29', undefined],
    ['2015-02-29', 'NO_SUCH_DAY'],
    ['1900-02-29', 'NO_SUCH_DAY'],
    ['2015-04-31', 'NO_SUCH_DAY'],
    ['2015-13-01', 'NO_SUCH_DAY'],
    ['2015-00-10', 'NO_SUCH_DAY'],
    ['0000-01-01', 'NO_SUCH_DAY'],
    ['2015-1-5', 'FORMAT'],
    ['20151005', 'FORMAT'],
    ['２０１５-10-05', 'FORMAT'],
    ['2015-10-05T00:00:00Z', 'FORMAT'],
  ])('%s: %s', (text, fault) => {
    expect(localDateFault(text)).toBe(fault);
    if (fault !== undefined) expect(() => toLocalDate(text)).toThrow(`localDate:${fault}`);
  });

  it('counts days as the platform calendar does', () => {
    fc.assert(
      fc.property(fc.integer({ min: -36_000, max: 66_000 }), (days) => {
        const date = addDays(d('1970-01-01'), days);
        const reference = new Date(days * 86_400_000);
        expect(date).toBe(reference.toISOString().slice(0, 10));
        expect(dayOfWeek(date)).toBe(reference.getUTCDay());
        expect(daysBetween(d('1970-01-01'), date)).toBe(days);
      }),
    );
  });

  it('text order is time order', () => {
    fc.assert(fc.property(anyDate, anyDate, (a, b) => compareDates(b, a) === Math.sign(daysBetween(a, b))));
  });

  it('months and years clamp to the end of the month', () => {
    expect(addMonths(d('2016-01-31'), 1)).toBe('2016-02-29');
    expect(addMonths(d('2015-12-31'), 2)).toBe('2016-02-29');
    expect(addMonths(d('2016-03-31'), -1)).toBe('2016-02-29');
    expect(addMonths(d('2016-01-15'), -13)).toBe('2014-12-15');
    expect(addYears(d('2016-02-29'), 1)).toBe('2017-02-28');
    expect(addYears(d('2016-02-29'), 4)).toBe('2020-02-29');
    expect(addYears(d('2016-02-29'), -1)).toBe('2015-02-28');
    expect(() => localDateOf(2015, 2, 29)).toThrow('localDate:NO_SUCH_DAY');
    expect(() => localDateOf(2015, 2.5, 1)).toThrow('localDate:NO_SUCH_DAY');
    expect(() => addYears(d('9999-12-31'), 1)).toThrow('localDate:NO_SUCH_DAY');
  });

  it('the day in Japan begins at 15:00 UTC of the day before', () => {
    expect(localDateInJapan(new Date('2015-10-04T14:59:59.999Z'))).toBe('2015-10-04');
    expect(localDateInJapan(new Date('2015-10-04T15:00:00Z'))).toBe('2015-10-05');
    expect(startOfDayInJapan(d('2015-10-05')).toISOString()).toBe('2015-10-04T15:00:00.000Z');
    expect(() => localDateInJapan(new Date(Number.NaN))).toThrow('localDate:FORMAT');
    fc.assert(
      fc.property(anyDate, (date) => {
        expect(localDateInJapan(startOfDayInJapan(date))).toBe(date);
        expect(localDateInJapan(endOfDayInJapan(date))).toBe(date);
        expect(startOfDayInJapan(addDays(date, 1)).getTime() - endOfDayInJapan(date).getTime()).toBe(1000);
      }),
    );
  });

  it('JUKI-4.4 card transfer and move-in deadlines', () => {
    const lastDay = (planned: string, started: string) => earlier(addDays(d(planned), 30), addDays(d(started), 14));
    expect(lastDay('2016-04-01', '2016-04-03')).toBe('2016-04-17');
    expect(lastDay('2016-04-01', '2016-04-25')).toBe('2016-05-01');
    expect(addDays(d('2015-10-05'), 14)).toBe('2015-10-19');
  });

  it('CARD-4.10 continued use after a move', () => {
    expect(addDays(d('2016-03-20'), 30)).toBe('2016-04-19');
    expect(earlier(addDays(d('2016-03-20'), 30), addDays(d('2016-03-25'), 14))).toBe('2016-04-08');
    expect(addDays(d('2016-04-01'), 90)).toBe('2016-06-30');
  });
});

describe('birthdays and validity', () => {
  it.each([
    ['1989-03-31', '2016-01-15', undefined, 26, '2025-03-31', '2020-03-31'],
    ['1989-03-31', '2016-03-31', undefined, 27, '2026-03-31', '2021-03-31'],
    ['1989-03-31', '2016-04-01', undefined, 27, '2026-03-31', '2021-03-31'],
    ['1996-05-10', '2016-01-20', undefined, 19, '2020-05-10', '2020-05-10'],
    ['1996-01-21', '2016-01-20', undefined, 19, '2020-01-21', '2020-01-21'],
    ['1996-01-20', '2016-01-20', undefined, 20, '2026-01-20', '2021-01-20'],
    ['1992-02-29', '2016-01-20', undefined, 23, '2025-02-28', '2020-02-28'],
    ['1985-07-01', '2016-02-01', '2017-11-30', 30, '2017-11-30', '2017-11-30'],
    ['2015-12-01', '2016-02-01', undefined, 0, '2020-12-01', '2020-12-01'],
  ])('CARD-4.6 born %s, issued %s, stay until %s', (birthText, issueText, stayEnd, age, cardExpiry, certificateExpiry) => {
    const [birth, issue] = [d(birthText), d(issueText)];
    const byAge = nthBirthdayAfter(birth, issue, ageOn(birth, issue) >= 20 ? 10 : 5);
    const card = stayEnd === undefined ? byAge : earlier(byAge, d(stayEnd));
    expect(ageOn(birth, issue)).toBe(age);
    expect(card).toBe(cardExpiry);
    expect(earlier(nthBirthdayAfter(birth, issue, 5), card)).toBe(certificateExpiry);
  });

  it.each([
    ['2016-01-04', '1990-04-01', '2026-04-01', 5, '2020-04-01', '200401145959Z'],
    ['2016-04-01', '1990-04-01', '2026-04-01', 5, '2021-04-01', '210401145959Z'],
    ['2016-03-31', '1990-04-01', '2025-04-01', 5, '2020-04-01', '200401145959Z'],
    ['2018-05-10', '1980-07-07', '2020-07-07', 5, '2020-07-07', '200707145959Z'],
    ['2021-01-01', '1990-04-01', '2026-04-01', 5, '2025-04-01', '250401145959Z'],
    ['2021-01-02', '1990-04-01', '2026-04-01', 6, '2026-04-01', '260401145959Z'],
  ])('JPKI-4.5 issued %s, born %s, card until %s, n = %i', (issue, birth, cardExpiry, n, notAfter, utcTime) => {
    const last = earlier(nthBirthdayAfter(d(birth), d(issue), n), d(cardExpiry));
    expect(last).toBe(notAfter);
    expect(endOfDayInJapan(last).toISOString().replace(/[-:T]|\.000/gu, '').slice(2)).toBe(utcTime);
  });

  it('JPKI-4.5 the renewal window opens the day after the date three months before the end', () => {
    expect(addDays(addMonths(d('2021-04-01'), -3), 1)).toBe('2021-01-02');
  });

  it('JPKI-4.5 29 February under both rules', () => {
    const [birth, issue] = [d('1992-02-29'), d('2016-02-28')];
    expect(nthBirthdayAfter(birth, issue, 5, 'FEB28_NON_LEAP')).toBe('2020-02-29');
    expect(nthBirthdayAfter(birth, issue, 5, 'FEB28_EVERY_YEAR')).toBe('2021-02-28');
    expect(nthBirthdayAfter(birth, issue, 5)).toBe('2021-02-28');
    expect(birthdayIn(birth, 2016, 'FEB28_EVERY_YEAR')).toBe('2016-02-28');
    expect(birthdayIn(birth, 2016, 'FEB28_NON_LEAP')).toBe('2016-02-29');
    expect(birthdayIn(birth, 2017, 'FEB28_NON_LEAP')).toBe('2017-02-28');
    expect(ageOn(birth, d('2016-02-28'))).toBe(24);
    expect(ageOn(birth, d('2016-02-28'), 'FEB28_NON_LEAP')).toBe(23);
  });

  it('CARD-4.6 the n-th birthday is strictly after, and n years of age later', () => {
    fc.assert(
      fc.property(anyDate, fc.nat(40_000), fc.integer({ min: 1, max: 10 }), anyRule, (birth, days, n, rule) => {
        const date = addDays(birth, days);
        const nth = nthBirthdayAfter(birth, date, n, rule);
        expect(nth > date).toBe(true);
        expect(ageOn(birth, nth, rule) - ageOn(birth, date, rule)).toBe(n);
        expect(ageOn(birth, addDays(nth, -1), rule)).toBe(ageOn(birth, nth, rule) - 1);
      }),
    );
  });

  it('refuses a count of birthdays below one and an age before birth', () => {
    expect(() => nthBirthdayAfter(d('1990-04-01'), d('2016-01-04'), 0)).toThrow('birthdayCount:RANGE');
    expect(() => ageOn(d('2016-01-05'), d('2016-01-04'))).toThrow('age:BEFORE_BIRTH');
  });
});

describe('eras', () => {
  it.each([
    ['1868-01-25', 'M', 1, 1, '明治元年1月25日'],
    ['1912-07-29', 'M', 1, 45, '明治45年7月29日'],
    ['1912-07-30', 'T', 2, 1, '大正元年7月30日'],
    ['1926-12-24', 'T', 2, 15, '大正15年12月24日'],
    ['1926-12-25', 'S', 3, 1, '昭和元年12月25日'],
    ['1989-01-07', 'S', 3, 64, '昭和64年1月7日'],
    ['1989-01-08', 'H', 4, 1, '平成元年1月8日'],
    ['1989-03-31', 'H', 4, 1, '平成元年3月31日'],
    ['2019-04-30', 'H', 4, 31, '平成31年4月30日'],
    ['2019-05-01', 'R', 5, 1, '令和元年5月1日'],
  ])('JPKI-4.4c %s is %s (%i), year %i', (text, letter, number, year, written) => {
    const date = d(text);
    expect(eraOf(date)).toMatchObject({ letter, number });
    expect(eraYear(date)).toBe(year);
    expect(formatEra(date)).toBe(written);
  });

  it('there is no era before Meiji', () => {
    expect(() => eraOf(d('1868-01-24'))).toThrow('era:BEFORE_MEIJI');
    expect(ERAS.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
  });

  it.each([
    ['昭和64年1月7日', '1989-01-07'],
    ['昭和64年1月8日', '1989-01-08'],
    ['平成1年1月7日', '1989-01-07'],
    ['平成元年1月8日', '1989-01-08'],
    ['S64.1.7', '1989-01-07'],
    ['h1/1/8', '1989-01-08'],
    ['Ｓ６４．１．７', '1989-01-07'],
    ['昭和 ２０年 ３月１０日', '1945-03-10'],
    ['H31-5-1', '2019-05-01'],
    ['R元.5.1', '2019-05-01'],
  ])('JUKI-7 %s is stored as %s', (text, date) => {
    expect(parseEraDate(text)).toBe(date);
  });

  it.each([
    ['昭和65年1月1日', 'eraDate:ERA_YEAR'],
    ['平成0年1月1日', 'eraDate:ERA_YEAR'],
    ['平成27年2月29日', 'localDate:NO_SUCH_DAY'],
    ['昭和64年', 'eraDate:FORMAT'],
    ['S64.1-7', 'eraDate:FORMAT'],
    ['X1.1.1', 'eraDate:FORMAT'],
    ['1989-01-07', 'eraDate:FORMAT'],
  ])('refuses %s with %s', (text, fault) => {
    expect(() => parseEraDate(text)).toThrow(fault);
  });

  it('what is written is read back', () => {
    const afterMeiji = anyDate.filter((date) => date >= '1868-01-25');
    fc.assert(fc.property(afterMeiji, (date) => parseEraDate(formatEra(date)) === date));
  });
});

describe('birth dates with unknown parts (JUKI 4.2, 7)', () => {
  it.each([
    ['19450312', { year: 1945, month: 3, day: 12 }, '19450312', '1945-03-12'],
    ['1945-03-12', { year: 1945, month: 3, day: 12 }, '19450312', '1945-03-12'],
    ['19450000', { year: 1945 }, '19450000', undefined],
    ['1945-00-00', { year: 1945 }, '19450000', undefined],
    ['19450300', { year: 1945, month: 3 }, '19450300', undefined],
    ['20000229', { year: 2000, month: 2, day: 29 }, '20000229', '2000-02-29'],
  ])('JUKI-7 %s', (text, birth, eight, complete) => {
    expect(parseBirthDate(text)).toEqual(birth);
    expect(formatBirthDate8(parseBirthDate(text))).toBe(eight);
    expect(completeBirthDate(parseBirthDate(text))).toBe(complete);
  });

  it.each([
    ['19450012', 'NO_SUCH_DAY'],
    ['19450230', 'NO_SUCH_DAY'],
    ['19451300', 'NO_SUCH_DAY'],
    ['00000000', 'NO_SUCH_DAY'],
    ['1945-0312', 'FORMAT'],
    ['194503', 'FORMAT'],
  ])('refuses %s', (text, fault) => {
    expect(() => parseBirthDate(text)).toThrow(`birthDate:${fault}`);
  });

  it('JPKI-4.4 the era is known only when every possible day lies in it', () => {
    expect(eraOfBirthDate({ year: 1945 })?.letter).toBe('S');
    expect(eraOfBirthDate({ year: 1989 })).toBeUndefined();
    expect(eraOfBirthDate({ year: 1989, month: 1 })).toBeUndefined();
    expect(eraOfBirthDate({ year: 1989, month: 2 })?.letter).toBe('H');
    expect(eraOfBirthDate({ year: 1989, month: 1, day: 7 })?.letter).toBe('S');
  });
});

describe('terms', () => {
  it.each([
    ['2015-10-05', 5, '2020-10-04'],
    ['2015-10-05', 150, '2165-10-04'],
    ['2016-02-29', 5, '2021-02-28'],
    ['2015-10-05', 7, '2022-10-04'],
    ['2015-07-01', 1, '2016-06-30'],
    ['2016-02-29', 1, '2017-02-28'],
    ['2016-02-29', 4, '2020-02-28'],
    ['2016-03-01', 1, '2017-02-28'],
  ])('JUKI-4.11 %s, %i years end on %s', (date, years, last) => {
    expect(retentionLastDay(d(date), years)).toBe(last);
  });

  it('the fiscal year begins on 1 April', () => {
    expect(fiscalYearOf(d('2016-03-31'))).toBe(2015);
    expect(fiscalYearOf(d('2016-04-01'))).toBe(2016);
    fc.assert(fc.property(anyDate, (date) => fiscalYearOf(date) === partsOfDate(addMonths(date, -3)).year));
  });
});
