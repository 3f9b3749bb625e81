import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, eraOf, eraYear, ERAS, formatEra, partsOfDate, ResidentCode, toLocalDate } from '#kernel';
import { headerFault, intakeRowOf, SHORT } from '../notice-file/notice-file.js';
import { gaijiCounts, INTAKE_COLUMNS, noticeText, parseIntakeRow, type IntakeRow } from './intake-row.js';

const code = ResidentCode.fromBody('9900000001');
const row: IntakeRow = {
  municipalSeq: '1', residentCode: code.reveal(), personSeq: '1', changeReason: '14', changeDate: '20151005', nameKanji: '見本　太郎', birthDate: '19800101', sex: '1',
  address: '架空県試験市見本町2-3-4', municipalityCode: '990019',
};
const today = toLocalDate('2026-01-20');
const parsed = (over: IntakeRow): unknown => {
  const notice = parseIntakeRow({ ...row, ...over }, '990019', today);
  return 'code' in notice ? [notice.code, notice.column] : [notice.changeDate, notice.content.birthDate];
};

describe('JUKI-4.2, 7 items that no register can hold', () => {
  it.each([
    ['sex', ['1', '2', '3', '9'], ['0', '4', '12', 'M', '１', ' 1']],
    ['townCode', ['0', '123456789012'], ['1234567890123', '12a', '-1', '１']],
    ['residencyClass', ['MID_TO_LONG_TERM', 'SPECIAL_PERMANENT', 'PROVISIONAL_STAY', 'TRANSITIONAL'], ['PERMANENT', 'special_permanent', '1', ' ']],
    ['postalCode', ['1000001'], ['100-0001', '100001', '10000011', '１000001']],
    ['nameKanji', ['見'.repeat(100), '葛\u{E0100}'.repeat(100)], ['見'.repeat(101), '葛\u{E0100}'.repeat(101)]],
    ['nameKana', ['ガ'.repeat(100), 'カ\u3099'.repeat(100)], ['ガ'.repeat(101)]],
    ['aliasName', ['A'.repeat(100)], ['A'.repeat(101)]],
    ['formerSurname', ['見'.repeat(50), '葛\u{E0100}'.repeat(50)], ['見'.repeat(51)]],
    ['address', ['町'.repeat(200)], ['町'.repeat(201)]],
    ['managementNo', ['1', 'a'.repeat(40), '2016-000123', '20160120'], ['a'.repeat(41), '見本', '2016/1', 'a b', code.reveal(), '1234-5678-9012']],
    ['changeReasonDetail', ['婚'.repeat(100)], ['婚'.repeat(101)]],
    ['updateLock', ['0', '1'], ['2', 'true', '１', ' ']],
  ] as const)('%s', (column, good, bad) => {
    for (const text of good) expect([text, parsed({ [column]: text })]).toEqual([text, ['2015-10-05', '19800101']]);
    for (const text of bad) expect([text, parsed({ [column]: text })]).toEqual([text, ['FORMAT', column]]);
  });

  it('the first fault in the order of the columns is told', () => expect(parsed({ sex: '4', postalCode: 'x' })).toEqual(['FORMAT', 'sex']));
});

describe('dates written with their era', () => {
  it.each([
    ['昭和64年1月7日', '19890107'], ['S64.01.07', '19890107'], ['昭和６４年１月８日', '19890108'], ['平成1年1月8日', '19890108'], ['平成元年1月8日', '19890108'], ['H1/1/7', '19890107'],
    ['明治45年7月30日', '19120730'], ['19450000', '19450000'],
  ])('JUKI-7 %s is stored as %s', (text, day) => expect(parsed({ birthDate: text })).toEqual(['2015-10-05', day]));

  it('JUKI-7 nobody is born after today; where day or month are unknown, not after this month or year', () => {
    expect(['20260120', '20260100', '20260000', '令和8年1月20日'].map((birthDate) => parsed({ birthDate }))).toEqual(['20260120', '20260100', '20260000', '20260120'].map((day) => ['2015-10-05', day]));
    for (const birthDate of ['20260121', '20260200', '20270000', '令和8年1月21日', '99990101']) expect([birthDate, parsed({ birthDate })]).toEqual([birthDate, ['DATE_IN_FUTURE', 'birthDate']]);
  });

  it('JUKI-7 a change date too', () => expect(parsed({ changeDate: '平成27年10月5日' })).toEqual(['2015-10-05', '19800101']));

  it.each(['昭和65年1月7日', '昭和64年2月29日', '平成0年1月1日', '慶応3年1月1日', '昭和64年1月', 'S64.1-7', '1989-01-07', '昭和'])('JUKI-7 %s is no day', (text) => {
    expect(parsed({ birthDate: text })).toEqual(['DATE', 'birthDate']);
    expect(parsed({ changeDate: text })).toEqual(['DATE', 'changeDate']);
  });

  it('every day since Meiji means the same in both spellings', () => {
    const first = ERAS[0]?.firstDay ?? today;
    fc.assert(fc.property(fc.integer({ min: 0, max: 57_000 }), (days) => {
      const day = addDays(first, days);
      const { month, day: ofMonth } = partsOfDate(day);
      for (const text of [formatEra(day), `${eraOf(day).letter}${eraYear(day)}.${month}.${ofMonth}`]) expect(parsed({ birthDate: text })).toEqual(parsed({ birthDate: day.replaceAll('-', '') }));
    }));
  });
});

describe('JUKI-4.10 the day of the notification at the counter', () => {
  it('is a day up to today, or left out', () => {
    expect(parseIntakeRow({ ...row, notifiedOn: '20260120' }, '990019', today)).toMatchObject({ notifiedOn: '2026-01-20' });
    expect(['20260121', '20260230', '20260100', '令和'].map((notifiedOn) => parsed({ notifiedOn }))).toEqual([
      ['DATE_IN_FUTURE', 'notifiedOn'], ['DATE', 'notifiedOn'], ['DATE', 'notifiedOn'], ['DATE', 'notifiedOn'],
    ]);
  });

  it('makes another notice of it; without it the notice is what it was before there was the column', () => {
    const before = INTAKE_COLUMNS.slice(0, SHORT).map((column) => row[column] ?? '').join('\u001f');
    expect([noticeText(row), noticeText({ ...row, notifiedOn: '' })]).toEqual([before, before]);
    expect(noticeText({ ...row, notifiedOn: '20260120' })).toBe(`${before}\u001f20260120`);
    const texts = ['', '20260120'].flatMap((notifiedOn) => ['', '990027'].flatMap((previousMunicipalityCode) => ['', '見本'].flatMap((formerSurname) => ['', 'TRANSITIONAL'].map((residencyClass) => (
      noticeText({ ...row, notifiedOn, previousMunicipalityCode, formerSurname, residencyClass }))))));
    expect(new Set(texts).size).toBe(16);
  });

  it('a file may end before any of the columns behind it, and then says nothing of them', () => {
    const short = INTAKE_COLUMNS.slice(0, SHORT);
    const headers = [INTAKE_COLUMNS, short, [...short, 'notifiedOn'], INTAKE_COLUMNS.slice(0, -1), short.slice(0, -1), [...short, 'formerSurname'], [...INTAKE_COLUMNS, 'sex']];
    const malformed = { code: 'MALFORMED_HEADER' };
    expect(headers.map(headerFault)).toEqual([undefined, undefined, undefined, undefined, malformed, malformed, malformed]);
    const fields = short.map((column) => row[column] ?? '');
    const read = (more: readonly string[], columns: number): unknown => {
      const { notifiedOn, formerSurname, residencyClass } = intakeRowOf([...fields, ...more], columns) ?? { notifiedOn: 'COLUMN_COUNT' };
      return [notifiedOn, formerSurname, residencyClass];
    };
    expect([read([], 15), read([''], 16), read(['20260120'], 16), read(['', ''], 17), read(['', '見本', 'TRANSITIONAL'], 18)]).toEqual([
      [undefined, undefined, undefined], ['', undefined, undefined], ['20260120', undefined, undefined], ['', '', undefined], ['', '見本', 'TRANSITIONAL'],
    ]);
    expect([read([''], 15), read([], 16), read(['', ''], 16), read([''], 17), read(['', ''], 18)]).toEqual(Array(5).fill(['COLUMN_COUNT', undefined, undefined]));
  });
});

describe('JUKI-4.2 items about the notice and the record', () => {
  it('are told with every notice, a deletion too; empty or left out they say nothing, and make no other notice of it', () => {
    const told = { managementNo: '2016-1', changeReasonDetail: '婚姻', updateLock: '1' };
    for (const changeReason of ['14', '30', '20']) expect(parseIntakeRow({ ...row, ...told, changeReason }, '990019', today)).toMatchObject({ ...told, updateLock: true });
    expect(parseIntakeRow({ ...row, updateLock: '0' }, '990019', today)).toMatchObject({ updateLock: false });
    const none = { managementNo: '', changeReasonDetail: '', updateLock: '' };
    expect(Object.keys(parseIntakeRow({ ...row, ...none }, '990019', today))).toEqual(Object.keys(parseIntakeRow(row, '990019', today)));
    expect(new Set([row, { ...row, ...none }].map(noticeText)).size).toBe(1);
    expect(new Set([{}, ...Object.entries(told).map(([column, text]) => ({ [column]: text }))].map((over) => noticeText({ ...row, ...over }))).size).toBe(4);
  });
});

describe('JUKI-4.2 the former surname (旧氏)', () => {
  const on = (day: string, formerSurname?: string): unknown => {
    const notice = parseIntakeRow({ ...row, ...(formerSurname === undefined ? {} : { formerSurname }) }, '990019', toLocalDate(day));
    return 'code' in notice ? [notice.code, notice.column] : notice.content.formerSurname;
  };

  it('is an item of the register from 2019-11-05 on; empty or left out it is always taken', () => {
    expect([on('2019-11-04', '見本'), on('2019-11-05', '見本')]).toEqual([['ITEM_NOT_ALLOWED', 'formerSurname'], '見本']);
    expect([on('2019-11-04', ''), on('2019-11-04')]).toEqual(['', undefined]);
  });

  it('is a name: its characters are checked, and counted where they have no code point', () => {
    expect(on('2020-01-01', '見\u0007')).toEqual(['CHARACTER', 'formerSurname']);
    expect(gaijiCounts({ nameKanji: '見本〓', formerSurname: '〓例' })).toEqual({ gaijiCountName: 2, gaijiCountAddress: 0 });
  });
});
