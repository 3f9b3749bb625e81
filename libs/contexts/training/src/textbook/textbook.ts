import type { LocalDate } from '#kernel';

/** TRN-3.5: of the latest version; one that is published stays so while a later one is prepared. */
export const TEXTBOOK_STATES = ['DRAFT', 'RIGHTS_CLEARED', 'PUBLISHED', 'WITHDRAWN'] as const;
export type TextbookState = (typeof TEXTBOOK_STATES)[number];

/** For everybody, or for those who log in for a body. */
export const SCOPES = ['PUBLIC', 'MUNICIPAL'] as const;
export type TextbookScope = (typeof SCOPES)[number];

export const RIGHT_KINDS = ['OWN', 'LICENSED', 'THIRD_PARTY'] as const;

/** A figure of a version and by what right it is in it (TRN-4.12). */
export interface Figure {
  readonly figure: string;
  readonly right: (typeof RIGHT_KINDS)[number];
  /** Last day of the licence or permission; none where it does not end. */
  readonly licensedUntil: LocalDate | null;
  /** Number of the permission's paper. */
  readonly permissionRef: string | null;
}

/** Whether the right is held on that day: a licence has its last day, what belongs to a third party a permission. */
export function isCleared({ right, licensedUntil, permissionRef }: Figure, day: LocalDate): boolean {
  const runs = licensedUntil === null || day <= licensedUntil;
  switch (right) {
    case 'OWN':
      return true;
    case 'LICENSED':
      return licensedUntil !== null && runs;
    case 'THIRD_PARTY':
      return permissionRef !== null && runs;
  }
}

/** Figures that keep a text from being public (TRN-4.12: only when all are cleared). */
export function uncleared(figures: readonly Figure[], day: LocalDate): string[] {
  return figures.filter((figure) => !isCleared(figure, day)).map(({ figure }) => figure);
}

export type TextbookStep = 'CLEAR' | 'PUBLISH' | 'WITHDRAW';

const STEPS: Readonly<Record<TextbookStep, { readonly from: readonly TextbookState[]; readonly to: TextbookState }>> = {
  CLEAR: { from: ['DRAFT'], to: 'RIGHTS_CLEARED' },
  PUBLISH: { from: ['RIGHTS_CLEARED'], to: 'PUBLISHED' },
  WITHDRAW: { from: ['DRAFT', 'RIGHTS_CLEARED', 'PUBLISHED'], to: 'WITHDRAWN' },
};

/** The next state; undefined where the step cannot be taken. */
export function stepTextbook(state: TextbookState, step: TextbookStep): TextbookState | undefined {
  return STEPS[step].from.includes(state) ? STEPS[step].to : undefined;
}

/** TRN-4.12: an edition that a body derives keeps the credit line of its source. */
export function keepsCredit(creditLine: string, source: string): boolean {
  return creditLine.normalize('NFC').includes(source.normalize('NFC'));
}
