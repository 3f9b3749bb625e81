import { isSameOfficer } from '#kernel';
import { SECTION_NUMBERS } from './outline.js';

/** Whose practices a document states. */
export const SUBJECTS = ['sign', 'auth', 'bridge'] as const;
export type Subject = (typeof SUBJECTS)[number];

export const DOCUMENT_STATES = ['DRAFT', 'REVIEWED', 'APPROVED', 'PUBLISHED', 'SUPERSEDED'] as const;
export type DocumentState = (typeof DOCUMENT_STATES)[number];

export const LANGUAGES = ['ja', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** A section of RFC 3647; marks like `{caKeyBits}` in its texts stand for figures that the document states. */
export interface Section {
  readonly number: string;
  readonly text: Readonly<Record<Language, string>>;
}

export interface DocumentContent {
  /** What is stated of OIDs, lives, intervals and key sizes, by the names under which the profiles tell them. */
  readonly figures: Readonly<Record<string, string>>;
  readonly sections: readonly Section[];
}

/** What decides about a document. */
export interface PolicyDocument {
  readonly subject: Subject;
  readonly state: DocumentState;
  readonly draftedBy: string;
  readonly reviewedBy: string | null;
  readonly approvedBy: string | null;
  readonly secondApprovedBy: string | null;
}

export type DocumentStep = 'EDIT' | 'REVIEW' | 'APPROVE' | 'RETURN' | 'PUBLISH';
export type StepRefusal = 'NOT_IN_STATE' | 'NOT_POLICY_AUTHORITY' | 'SAME_OFFICER';

export interface StepBy {
  readonly officer: string;
  /** Officers of prefectures make up the council (共通基盤事業運用会議). */
  readonly institution: 'operator' | 'prefecture';
}

/** The documents of the bridge are the council's, those of the agency's authorities its own (JPKI-3.13, 4.1). */
const POLICY_AUTHORITY: Readonly<Record<Subject, StepBy['institution']>> = { sign: 'operator', auth: 'operator', bridge: 'prefecture' };

const FROM: Readonly<Record<DocumentStep, readonly DocumentState[]>> = { EDIT: ['DRAFT'], REVIEW: ['DRAFT'], APPROVE: ['REVIEWED'], RETURN: ['REVIEWED', 'APPROVED'], PUBLISH: ['APPROVED'] };

/**
 * The table of JPKI-3.13: DRAFT -> REVIEWED by another officer -> APPROVED by two named officers of the policy authority -> PUBLISHED; back to
 * DRAFT until then. What changes in the document, or why nothing may.
 */
export function stepDocument(held: PolicyDocument, step: DocumentStep, { officer, institution }: StepBy): { readonly changes: Partial<PolicyDocument> } | { readonly refusal: StepRefusal } {
  if (!FROM[step].includes(held.state)) return { refusal: 'NOT_IN_STATE' };
  const isDoneBy = (...before: readonly (string | null)[]): boolean => before.some((one) => one !== null && isSameOfficer(one, officer));
  switch (step) {
    case 'EDIT':
      return { changes: { draftedBy: officer } };
    case 'REVIEW':
      return isDoneBy(held.draftedBy) ? { refusal: 'SAME_OFFICER' } : { changes: { state: 'REVIEWED', reviewedBy: officer } };
    case 'APPROVE':
      if (institution !== POLICY_AUTHORITY[held.subject]) return { refusal: 'NOT_POLICY_AUTHORITY' };
      if (isDoneBy(held.draftedBy, held.approvedBy)) return { refusal: 'SAME_OFFICER' };
      return { changes: held.approvedBy === null ? { approvedBy: officer } : { state: 'APPROVED', secondApprovedBy: officer } };
    case 'RETURN':
      return { changes: { state: 'DRAFT', reviewedBy: null, approvedBy: null, secondApprovedBy: null } };
    case 'PUBLISH':
      return { changes: { state: 'PUBLISHED' } };
  }
}

/** A figure that a document states otherwise than the profiles run, or that one of them does not know. */
export interface FigureDifference {
  readonly figure: string;
  readonly stated: string | undefined;
  readonly running: string | undefined;
}

/** Every figure of the running profiles is stated, and nothing else is (JPKI-4.19). */
export function figureDifferences(stated: Readonly<Record<string, string>>, running: Readonly<Record<string, string>>): FigureDifference[] {
  const names = [...new Set([...Object.keys(running), ...Object.keys(stated)])].toSorted();
  return names.map((figure) => ({ figure, stated: valueOf(stated, figure), running: valueOf(running, figure) })).filter((one) => one.stated !== one.running);
}

function valueOf(figures: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(figures, name) ? figures[name] : undefined;
}

const MARK = /\{([A-Za-z][A-Za-z0-9]*)\}/g;
/** OIDs and key sizes that are written out, so that nothing compares them. */
const WRITTEN_OUT = /\b\d+(?:\.\d+){4,}\b|\b\d{3,5}\s*(?:bits?\b|-bit\b|ビット)/;

export interface ContentFault {
  readonly section: string;
  readonly code: 'SECTION_MISSING' | 'SECTION_UNKNOWN' | 'SECTION_TWICE' | 'MARK_UNKNOWN' | 'FIGURE_WRITTEN_OUT' | 'FIGURE_UNUSED';
}

/** Whether the content has each section of RFC 3647 once, and says every figure by its mark: what is only in a text is held against nothing. */
export function contentFaults({ figures, sections }: DocumentContent): ContentFault[] {
  const numbers = sections.map(({ number }) => number);
  const texts = sections.flatMap(({ number, text }) => LANGUAGES.map((language) => ({ number, text: text[language] })));
  const marks = texts.flatMap(({ number, text }) => [...text.matchAll(MARK)].map((match) => ({ number, mark: match[1] ?? '' })));
  return [
    ...SECTION_NUMBERS.filter((number) => !numbers.includes(number)).map((section) => ({ section, code: 'SECTION_MISSING' as const })),
    ...numbers.filter((number) => !SECTION_NUMBERS.includes(number)).map((section) => ({ section, code: 'SECTION_UNKNOWN' as const })),
    ...numbers.filter((number, index) => numbers.indexOf(number) !== index).map((section) => ({ section, code: 'SECTION_TWICE' as const })),
    ...marks.filter(({ mark }) => !Object.hasOwn(figures, mark)).map(({ number }) => ({ section: number, code: 'MARK_UNKNOWN' as const })),
    ...texts.filter(({ text }) => WRITTEN_OUT.test(text)).map(({ number }) => ({ section: number, code: 'FIGURE_WRITTEN_OUT' as const })),
    ...Object.keys(figures).filter((figure) => !marks.some(({ mark }) => mark === figure)).map((figure) => ({ section: figure, code: 'FIGURE_UNUSED' as const })),
  ];
}

/** The text with the figures in their places. */
export function filledText(text: string, figures: Readonly<Record<string, string>>): string {
  return text.replace(MARK, (mark, name: string) => valueOf(figures, name) ?? mark);
}

/** Versions count like `1.9`, `1.10`, `2.0`. */
export function isLaterVersion(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [formerMajor = 0, formerMinor = 0] = than.split('.').map(Number);
  return major > formerMajor || (major === formerMajor && minor > formerMinor);
}
