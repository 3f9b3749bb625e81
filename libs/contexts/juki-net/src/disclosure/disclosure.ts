import { INQUIRY_ITEMS } from '#contracts/juki-net';
import { addDays, type LocalDate, localDateOf, partsOfDate, toLocalDate } from '#kernel';

/** Own identity information (30条の32), or who received it, when and why (JUKI-4.12). */
export const DISCLOSURE_KINDS = ['SELF', 'USE_HISTORY'] as const;
export const DISCLOSURE_STATES = ['RECEIVED', 'IDENTIFIED', 'DECIDED', 'GIVEN'] as const;
export const OUTCOMES = ['FULL', 'PARTIAL', 'NONE', 'NONEXISTENT'] as const;
/** By what the counter knew the person. */
export const MEANS = ['INDIVIDUAL_NUMBER_CARD', 'DRIVING_LICENCE', 'PASSPORT', 'RESIDENCE_CARD', 'TWO_DOCUMENTS', 'LEGAL_REPRESENTATIVE'] as const;

/** Days after the one of reception: by law 30 with that day as the first (30条の33), our own aim 14 without it, as prefectures count theirs. */
const DAYS_AFTER = { law: 29, target: 14 } as const;
const ITEMS: readonly string[] = INQUIRY_ITEMS;
/** Uses are told from the beginning of this kind of record. */
const FIRST_USE = toLocalDate('2003-10-01');

export interface DisclosureRequest {
  readonly requestId: string;
  readonly kind: (typeof DISCLOSURE_KINDS)[number];
  readonly organisation: string;
  readonly personKey: string | null;
  readonly state: (typeof DISCLOSURE_STATES)[number];
  readonly receivedOn: LocalDate;
  readonly targetOn: LocalDate;
  readonly dueOn: LocalDate;
  readonly periodFrom: LocalDate | null;
  readonly periodUntil: LocalDate | null;
  readonly means: (typeof MEANS)[number] | null;
  readonly outcome: (typeof OUTCOMES)[number] | null;
  /** Items, or affairs of a use history, that a partial disclosure leaves out. */
  readonly withheld: readonly string[];
  readonly reason: string | null;
  readonly decidedBy: string | null;
}

export interface Period {
  readonly from: LocalDate;
  readonly until: LocalDate;
}

export type DisclosureStep =
  | { readonly kind: 'IDENTIFY'; readonly means: (typeof MEANS)[number] }
  | { readonly kind: 'DECIDE'; readonly outcome: (typeof OUTCOMES)[number]; readonly withheld: readonly string[]; readonly reason: string | null; readonly officer: string }
  | { readonly kind: 'GIVE' };

export type DisclosureRefusal = 'DISCLOSURE_STATE' | 'ITEM_NOT_ALLOWED' | 'REASON_MISSING' | 'REQUIRED' | 'RESIDENT_UNKNOWN';

const FROM: Readonly<Record<DisclosureStep['kind'], DisclosureRequest['state']>> = { IDENTIFY: 'RECEIVED', DECIDE: 'IDENTIFIED', GIVE: 'DECIDED' };

/** The request after a step, or why it is refused (JUKI-3.9). */
export function decideDisclosure(request: DisclosureRequest, step: DisclosureStep): DisclosureRequest | { readonly refusal: DisclosureRefusal } {
  if (request.state !== FROM[step.kind]) return { refusal: 'DISCLOSURE_STATE' };
  switch (step.kind) {
    case 'IDENTIFY':
      return { ...request, state: 'IDENTIFIED', means: step.means };
    case 'DECIDE': {
      const { outcome, withheld, reason, officer } = step;
      if (request.personKey === null && outcome !== 'NONEXISTENT') return { refusal: 'RESIDENT_UNKNOWN' };
      if (outcome !== 'FULL' && reason === null) return { refusal: 'REASON_MISSING' };
      if ((outcome === 'PARTIAL') !== withheld.length > 0) return { refusal: 'REQUIRED' };
      if (request.kind === 'SELF' && !withheld.every((item) => ITEMS.includes(item))) return { refusal: 'ITEM_NOT_ALLOWED' };
      return { ...request, state: 'DECIDED', outcome, withheld, reason, decidedBy: officer };
    }
    case 'GIVE':
      return { ...request, state: 'GIVEN' };
  }
}

/** Whether the person has seen their own information and may say that it is wrong (JUKI-4.12). */
export function isCorrectable({ kind, state, outcome }: DisclosureRequest): boolean {
  return kind === 'SELF' && state === 'GIVEN' && (outcome === 'FULL' || outcome === 'PARTIAL');
}

export function dueDays(receivedOn: LocalDate): { readonly targetOn: LocalDate; readonly dueOn: LocalDate } {
  return { targetOn: addDays(receivedOn, DAYS_AFTER.target), dueOn: addDays(receivedOn, DAYS_AFTER.law) };
}

/** Uses up to the end of the month before the request (JUKI-4.12); undefined when nothing of the period asked for lies in it. */
export function historyPeriod(asked: Partial<Period>, receivedOn: LocalDate): Period | undefined {
  const { year, month } = partsOfDate(receivedOn);
  const last = addDays(localDateOf(year, month, 1), -1);
  const from = asked.from !== undefined && asked.from > FIRST_USE ? asked.from : FIRST_USE;
  const until = asked.until !== undefined && asked.until < last ? asked.until : last;
  return from <= until ? { from, until } : undefined;
}

export interface Stay {
  readonly municipalityCode: string;
  readonly entryDate: LocalDate;
}

export interface Use {
  readonly day: LocalDate;
  readonly institution: string;
  readonly organisation: string;
  readonly affair: string;
}

/** Who received: where a support measure stands, not which municipality it was (JUKI-4.13). */
export function recipientOf(use: Use, isProtected: boolean): string {
  return isProtected && use.institution === 'municipality' ? 'MUNICIPALITY' : use.organisation;
}

/** One national answer, by the prefecture in which the person lived on the day of the use (JUKI-4.12). Uses in the order of their days. */
export function byPrefecture<U extends Use>(stays: readonly Stay[], uses: readonly U[]): { readonly prefecture: string; readonly uses: readonly U[] }[] {
  const ordered = [...stays].sort((a, b) => (a.entryDate < b.entryDate ? -1 : 1));
  const parts: { prefecture: string; uses: U[] }[] = [];
  for (const use of uses) {
    const stay = ordered.filter(({ entryDate }) => entryDate <= use.day).at(-1) ?? ordered[0];
    const prefecture = stay?.municipalityCode.slice(0, 2) ?? '';
    const part = parts.at(-1);
    if (part?.prefecture === prefecture) part.uses.push(use);
    else parts.push({ prefecture, uses: [use] });
  }
  return parts;
}
