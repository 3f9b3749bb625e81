import { addDays, isSameOfficer, kanaKeyStrict, kanjiKey, type LocalDate } from '#kernel';

export const SEARCH_STATES = ['SEARCHED', 'TOO_WIDE', 'DECIDED', 'CONFIRMED', 'REFUSED'] as const;
export type SearchState = (typeof SEARCH_STATES)[number];
export const VERDICTS = ['SAME', 'DIFFERENT'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** More candidates are only counted: no fishing (JUKI-4.7). */
const MOST_CANDIDATES = 10;
/** So long a confirmed search stands for an entry: afterwards others may have been recorded. */
const VALID_DAYS = 30;

/** Whom a municipality is about to enter. */
export interface Sought {
  readonly nameKanji: string;
  readonly nameKana?: string | undefined;
  readonly birthDate: string;
  readonly sex: string;
}

/** A person found, with what an officer says of them. */
export interface Candidate {
  readonly candidate: number;
  readonly personKey: string;
  readonly verdict?: Verdict | undefined;
  readonly decidedBy?: string | undefined;
}

/** The search that a municipality makes before an entry with reason 13 or 14 (JUKI-7). */
export interface EntrySearch {
  readonly searchId: string;
  readonly municipalityCode: string;
  readonly state: SearchState;
  /** States reached so far. */
  readonly steps: number;
  readonly openedBy: string;
  readonly candidates: readonly Candidate[];
}

export type SearchRefusal = 'CANDIDATE_UNKNOWN' | 'ENTRY_SEARCH_STATE' | 'SAME_OFFICER' | 'SAME_PERSON_TWICE';
type Stepped = { readonly search: EntrySearch } | { readonly refusal: SearchRefusal };

/** What the register found: of too many none is named, of nobody there is nothing to say. */
export function stateOfFound(found: number): SearchState {
  if (found > MOST_CANDIDATES) return 'TOO_WIDE';
  return found === 0 ? 'DECIDED' : 'SEARCHED';
}

/** An officer says whether a candidate is the person; until the confirmation they may say otherwise. One person is nobody else. */
export function decideCandidate(search: EntrySearch, said: { readonly candidate: number; readonly verdict: Verdict; readonly officer: string }): Stepped {
  if (search.state !== 'SEARCHED' && search.state !== 'DECIDED') return { refusal: 'ENTRY_SEARCH_STATE' };
  const { candidate: number, verdict, officer } = said;
  if (!search.candidates.some(({ candidate }) => candidate === number)) return { refusal: 'CANDIDATE_UNKNOWN' };
  if (verdict === 'SAME' && search.candidates.some((other) => other.candidate !== number && other.verdict === 'SAME')) return { refusal: 'SAME_PERSON_TWICE' };
  const candidates = search.candidates.map((each) => (each.candidate === number ? { ...each, verdict, decidedBy: officer } : each));
  return { search: reach({ ...search, candidates }, candidates.every((each) => each.verdict !== undefined) ? 'DECIDED' : 'SEARCHED') };
}

/** Another officer than all who decided, or who searched and found nobody, confirms; who disagrees ends the search, and it is made anew. */
export function confirmSearch(search: EntrySearch, { officer, agrees }: { readonly officer: string; readonly agrees: boolean }): Stepped {
  if (search.state !== 'DECIDED') return { refusal: 'ENTRY_SEARCH_STATE' };
  const first = search.candidates.length === 0 ? [search.openedBy] : search.candidates.flatMap(({ decidedBy }) => decidedBy ?? []);
  if (first.some((one) => isSameOfficer(one, officer))) return { refusal: 'SAME_OFFICER' };
  return { search: reach(search, agrees ? 'CONFIRMED' : 'REFUSED') };
}

function reach(search: EntrySearch, state: SearchState): EntrySearch {
  return state === search.state ? search : { ...search, state, steps: search.steps + 1 };
}

export function samePerson({ candidates }: EntrySearch): string | undefined {
  return candidates.find(({ verdict }) => verdict === 'SAME')?.personKey;
}

export const EVIDENCE = ['SAME_KANJI', 'SAME_KANA', 'SAME_SEX', 'SAME_BIRTH_DATE', 'SAME_KANA_OTHER_KANJI', 'OTHER_KANA', 'OTHER_SEX', 'BIRTH_DATE_INCOMPLETE'] as const;
export type Evidence = (typeof EVIDENCE)[number];

/**
 * What speaks for and against: the same reading with other kanji is evidence against, and never a link (JUKI-8, the mix-up of 2016);
 * a birth date not known to the day says little.
 */
export function evidenceOf(sought: Sought, person: Sought): { readonly for: Evidence[]; readonly against: Evidence[] } {
  const isSameKanji = kanjiKey(sought.nameKanji) === kanjiKey(person.nameKanji);
  const kana = [sought.nameKana ?? '', person.nameKana ?? ''].map(kanaKeyStrict);
  const isKanaKnown = kana.every((key) => key !== '');
  const isSameKana = isKanaKnown && kana[0] === kana[1];
  const isSexKnown = [sought.sex, person.sex].every((sex) => sex === '1' || sex === '2');
  const isDayKnown = !sought.birthDate.endsWith('00');
  const speaks = (evidence: Evidence, does: boolean): Evidence[] => (does ? [evidence] : []);
  return {
    for: [...speaks('SAME_KANJI', isSameKanji), ...speaks('SAME_KANA', isSameKana && isSameKanji), ...speaks('SAME_BIRTH_DATE', isDayKnown), ...speaks('SAME_SEX', isSexKnown && sought.sex === person.sex)],
    against: [
      ...speaks('SAME_KANA_OTHER_KANJI', isSameKana && !isSameKanji), ...speaks('OTHER_KANA', isKanaKnown && !isSameKana), ...speaks('OTHER_SEX', isSexKnown && sought.sex !== person.sex),
      ...speaks('BIRTH_DATE_INCOMPLETE', !isDayKnown),
    ],
  };
}

/**
 * Whether an entry must have been searched for (JUKI-7). One of unknown origin (13) always; one ex officio (14) from the day on that
 * the operator sets when the municipality is past its initial load, because a register that is loaded anew comes whole with that
 * reason and nobody could search for everyone in it.
 */
export function mustBeSearched(changeReason: string, since: LocalDate | undefined, today: LocalDate): boolean {
  return changeReason === '13' || (changeReason === '14' && since !== undefined && since <= today);
}

/** A confirmed search as entries are compared with it. */
export interface ConfirmedSearch {
  readonly searchIndex: Buffer;
  readonly samePersonKey: string | undefined;
}

/**
 * Whether a confirmed search speaks of an entry: of the person of its code where the officers found them the same, else of its name
 * and birth date. Whoever was found the same is not entered under a new code. That the code is live elsewhere is no matter here:
 * the entry then is a conflict, as ever (JUKI-4.5 V7).
 */
export function isCovered(entry: { readonly personKey: string; readonly searchIndex: Buffer }, searches: readonly ConfirmedSearch[]): boolean {
  return searches.some(({ searchIndex, samePersonKey }) => (samePersonKey === undefined ? searchIndex.equals(entry.searchIndex) : samePersonKey === entry.personKey));
}

/** First day of whose confirmations a search is still good. */
export function goodSince(today: LocalDate): LocalDate {
  return addDays(today, -VALID_DAYS);
}

/** The day from which a municipality must search: it may be moved until it has come, and never into the past. */
export function dutyFault(known: LocalDate | undefined, since: LocalDate, today: LocalDate): 'TERM' | 'ENTRY_SEARCH_DUTY' | undefined {
  if (known !== undefined && known <= today) return 'ENTRY_SEARCH_DUTY';
  return since < today ? 'TERM' : undefined;
}
