/** Items of identity information that a notice carries about the person (JUKI-4.2). */
export const CONTENT_ITEMS = ['nameKanji', 'nameKana', 'aliasName', 'birthDate', 'sex', 'address', 'townCode', 'postalCode', 'formerSurname'] as const;
export type ContentItem = (typeof CONTENT_ITEMS)[number];
/** What a notice may change: beside the items the class of a foreign resident (30条の45), which is none. */
export type NoticeItem = ContentItem | 'residencyClass';

export type ResidentEventKind = 'entered' | 'moved-in' | 'moved-out' | 'died' | 'record-deleted' | 'changed' | 'minor-correction' | 'code-changed';

export type ClosedState = 'CLOSED_MOVED' | 'CLOSED_ABROAD' | 'CLOSED_DEAD' | 'CLOSED_EX_OFFICIO' | 'CLOSED_ERROR';

/** What a change reason does to the segment of the notifying municipality. */
export type ReasonEffect =
  | { readonly act: 'ENTRY'; readonly effect: 'OPEN' | 'REOPEN' }
  | { readonly act: 'DELETION'; readonly effect: 'CLOSE'; readonly closes: ClosedState; readonly mayBePlanned?: true }
  | { readonly act: 'ENTRY' | 'MODIFICATION'; readonly effect: 'CHANGE'; readonly items: readonly NoticeItem[] }
  | { readonly act: 'MODIFICATION'; readonly effect: 'NEW_CODE' };

export type ChangeReason = ReasonEffect & {
  readonly event: ResidentEventKind;
  /** The reason itself tells whether the resident is a foreign national (30条の45). */
  readonly foreign?: boolean;
  /** Not served by a notice: it comes from numbering (42-44), or has its own command (40, 41). */
  readonly byNotice: boolean;
};

const NAMES = ['nameKanji', 'nameKana', 'aliasName', 'formerSurname'] as const;
const PLACE = ['address', 'townCode', 'postalCode'] as const;
const open = { act: 'ENTRY', effect: 'OPEN', event: 'entered', byNotice: true } as const;
const change = (items: readonly NoticeItem[]) => ({ act: 'MODIFICATION', effect: 'CHANGE', items, event: 'changed', byNotice: true }) as const;
const close = (closes: ClosedState, event: ResidentEventKind) => ({ act: 'DELETION', effect: 'CLOSE', closes, event, byNotice: true }) as const;

/** The change reasons (異動事由) of JUKI-4.3 with the events of JUKI-5.4. */
export const CHANGE_REASONS: Readonly<Record<string, ChangeReason>> = {
  10: open,
  11: { ...open, event: 'moved-in' },
  12: open,
  13: open,
  14: open,
  15: { act: 'ENTRY', effect: 'REOPEN', event: 'entered', byNotice: true },
  16: { ...change(NAMES), act: 'ENTRY', foreign: false },
  17: { ...change([...NAMES, 'residencyClass']), act: 'ENTRY', foreign: true },
  18: { ...open, foreign: true },
  20: close('CLOSED_DEAD', 'died'),
  21: { ...close('CLOSED_MOVED', 'moved-out'), mayBePlanned: true },
  22: { ...close('CLOSED_ABROAD', 'moved-out'), mayBePlanned: true },
  23: close('CLOSED_EX_OFFICIO', 'record-deleted'),
  24: close('CLOSED_DEAD', 'died'),
  25: close('CLOSED_EX_OFFICIO', 'record-deleted'),
  26: close('CLOSED_ERROR', 'record-deleted'),
  30: change(PLACE),
  31: change(['nameKanji', 'nameKana', 'formerSurname']),
  32: change(['birthDate']),
  33: change(['sex']),
  34: { ...change([...NAMES, ...PLACE]), event: 'minor-correction' },
  35: change([...CONTENT_ITEMS, 'residencyClass']),
  36: change(['aliasName', 'formerSurname']),
  40: { act: 'MODIFICATION', effect: 'NEW_CODE', event: 'code-changed', byNotice: false },
  41: { act: 'MODIFICATION', effect: 'NEW_CODE', event: 'code-changed', byNotice: false },
  42: { ...change([]), byNotice: false },
  43: { ...change([]), byNotice: false },
  44: { ...change([]), byNotice: false },
};

/** A death, a deletion ex officio or one of a mistaken entry. */
export function isEndWithoutMove(changeReason: string): boolean {
  const reason = CHANGE_REASONS[changeReason];
  return reason?.effect === 'CLOSE' && reason.event !== 'moved-out';
}
