import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, eraOf, eraYear, ERAS, formatEra, partsOfDate, ResidentCode, toLocalDate } from '#kernel';
import { parseIntakeRow, type IntakeRow } from './intake-row.js';

const row: IntakeRow = {
  municipalSeq: '1', residentCode: ResidentCode.fromBody('9900000001').reveal(), personSeq: '1', changeReason: '14', changeDate: '20151005', nameKanji: '見本　太郎', birthDate: '19800101', sex: '1',
  address: '架空県試験市見本町2-3-4', municipalityCode: '990019',
};
const today = toLocalDate('2026-01-20');
const parsed = (over: IntakeRow): unknown => {
  const notice = parseIntakeRow({ ...row, ...over }, '990019', today);
  return 'code' in notice ? [notice.code, notice.column] : [notice.changeDate, notice.content.birthDate];
};

describe('dates written with their era', () => {
  it.each([
    ['昭和64年1月7日', '19890107'], ['S64.01.07', '19890107'], ['昭和６４年１月８日', '19890108'], ['平成1年1月8日', '19890108'], ['平成元年1月8日', '19890108'], ['H1/1/7', '19890107'],
    ['明治45年7月30日', '19120730'], ['19450000', '19450000'],
  ])('JUKI-7 %s is stored as %s', (text, day) => expect(parsed({ birthDate: text })).toEqual(['2015-10-05', day]));

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
