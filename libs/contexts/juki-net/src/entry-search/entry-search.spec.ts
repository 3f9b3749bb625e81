import { describe, expect, it } from 'vitest';
import { toLocalDate } from '#kernel';
import { type Candidate, confirmSearch, decideCandidate, dutyFault, type EntrySearch, evidenceOf, isCovered, mustBeSearched, SEARCH_STATES, stateOfFound } from './entry-search.js';

const day = toLocalDate;
const search = (over: Partial<EntrySearch> = {}): EntrySearch => ({
  searchId: 's', municipalityCode: '990019', state: 'SEARCHED', steps: 1, openedBy: 'a', candidates: [{ candidate: 1, personKey: 'p' }, { candidate: 2, personKey: 'q' }], ...over,
});
const said = (candidate: number, verdict: Candidate['verdict'] = 'DIFFERENT', officer = 'a') => ({ candidate, verdict: verdict ?? 'DIFFERENT', officer });
function after(start: EntrySearch, ...words: ReturnType<typeof said>[]): EntrySearch {
  return words.reduce((now, word) => {
    const stepped = decideCandidate(now, word);
    if ('refusal' in stepped) throw new Error(stepped.refusal);
    return stepped.search;
  }, start);
}
const refusal = (stepped: object): unknown => ('refusal' in stepped ? stepped.refusal : undefined);

describe('JUKI-7 the search before an entry of unknown origin or ex officio', () => {
  it('names ten at most; of nobody there is nothing to decide', () => {
    expect([0, 1, 10, 11].map(stateOfFound)).toEqual(['DECIDED', 'SEARCHED', 'SEARCHED', 'TOO_WIDE']);
  });

  it('is decided when every candidate is, and may be said otherwise until it is confirmed', () => {
    expect(after(search(), said(1)).state).toBe('SEARCHED');
    const decided = after(search(), said(1), said(2, 'SAME'));
    expect([decided.state, decided.steps]).toEqual(['DECIDED', 2]);
    expect(after(decided, said(2)).candidates.map(({ verdict }) => verdict)).toEqual(['DIFFERENT', 'DIFFERENT']);
    expect(refusal(decideCandidate(decided, said(1, 'SAME')))).toBe('SAME_PERSON_TWICE');
    expect(refusal(decideCandidate(decided, said(3)))).toBe('CANDIDATE_UNKNOWN');
  });

  it('is confirmed by an officer who decided none of it; whoever found nobody is no second one', () => {
    const decided = after(search(), said(1, 'DIFFERENT', 'a'), said(2, 'SAME', 'b'));
    for (const officer of ['a', 'b']) expect(refusal(confirmSearch(decided, { officer, agrees: true }))).toBe('SAME_OFFICER');
    expect(confirmSearch(decided, { officer: 'c', agrees: true })).toMatchObject({ search: { state: 'CONFIRMED', steps: 3 } });
    expect(confirmSearch(decided, { officer: 'c', agrees: false })).toMatchObject({ search: { state: 'REFUSED' } });
    const nobody = search({ state: 'DECIDED', candidates: [] });
    expect(refusal(confirmSearch(nobody, { officer: 'a', agrees: true }))).toBe('SAME_OFFICER');
    expect(confirmSearch(nobody, { officer: 'b', agrees: true })).toMatchObject({ search: { state: 'CONFIRMED' } });
  });

  it('no other step is allowed', () => {
    for (const state of SEARCH_STATES) {
      expect([state, refusal(decideCandidate(search({ state }), said(1)))]).toEqual([state, ['SEARCHED', 'DECIDED'].includes(state) ? undefined : 'ENTRY_SEARCH_STATE']);
      expect([state, refusal(confirmSearch(search({ state }), { officer: 'z', agrees: true }))]).toEqual([state, state === 'DECIDED' ? undefined : 'ENTRY_SEARCH_STATE']);
    }
  });

  it('JUKI-8 the same reading with other kanji speaks against', () => {
    const sought = { nameKanji: '見本　太郎', nameKana: 'ミホン　タロウ', birthDate: '19800101', sex: '1' };
    expect(evidenceOf(sought, { ...sought, nameKanji: '見本太郎' })).toEqual({ for: ['SAME_KANJI', 'SAME_KANA', 'SAME_BIRTH_DATE', 'SAME_SEX'], against: [] });
    expect(evidenceOf(sought, { ...sought, nameKanji: '見本　太朗' })).toEqual({ for: ['SAME_BIRTH_DATE', 'SAME_SEX'], against: ['SAME_KANA_OTHER_KANJI'] });
    expect(evidenceOf({ ...sought, birthDate: '19800000' }, { ...sought, nameKana: 'ミモト　タロウ', sex: '2', birthDate: '19800000' })).toEqual({ for: ['SAME_KANJI'], against: ['OTHER_KANA', 'OTHER_SEX', 'BIRTH_DATE_INCOMPLETE'] });
    expect(evidenceOf({ ...sought, nameKana: undefined, sex: '9' }, sought)).toEqual({ for: ['SAME_KANJI', 'SAME_BIRTH_DATE'], against: [] });
  });

  it('13 is always searched for, 14 from the day after the initial load, nothing else', () => {
    const today = day('2016-01-20');
    expect(mustBeSearched('13', undefined, today)).toBe(true);
    expect([undefined, day('2016-01-21'), today].map((since) => mustBeSearched('14', since, today))).toEqual([false, false, true]);
    expect(['10', '11', '12', '15', '18'].some((reason) => mustBeSearched(reason, today, today))).toBe(false);
    expect([dutyFault(undefined, today, today), dutyFault(undefined, day('2016-01-19'), today), dutyFault(today, day('2016-02-01'), today), dutyFault(day('2016-01-21'), today, today)]).toEqual([undefined, 'TERM', 'ENTRY_SEARCH_DUTY', undefined]);
  });

  it('covers the person found the same under their code, else the name and birth date, never one found the same under a new code', () => {
    const [mine, other] = [Buffer.from('a'), Buffer.from('b')];
    expect(isCovered({ personKey: 'p', searchIndex: mine }, [{ searchIndex: mine, samePersonKey: undefined }])).toBe(true);
    expect(isCovered({ personKey: 'p', searchIndex: mine }, [{ searchIndex: other, samePersonKey: undefined }])).toBe(false);
    expect(isCovered({ personKey: 'new', searchIndex: mine }, [{ searchIndex: mine, samePersonKey: 'p' }])).toBe(false);
    expect(isCovered({ personKey: 'p', searchIndex: other }, [{ searchIndex: mine, samePersonKey: 'p' }])).toBe(true);
  });
});
