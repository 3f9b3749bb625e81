import { addMonths, isSameOfficer, localDateInJapan, mod97CheckDigits, mod97Valid, type LocalDate } from '#kernel';
import {
  cardIssuanceProblems, mailingCancelled, mailingCollected, mailingDelivered, mailingDiscardDue, mailingDiscarded, mailingHeld,
  mailingInvestigationStarted, mailingPosted, mailingPrinted, mailingReposted, mailingReturned, mailingSpoiled,
} from '#contracts/card-issuance';

/** States of a household's envelope (CARD-3.2). */
export const MAILING_STATES = [
  'PLANNED', 'PRINTED', 'SPOILED', 'POSTED', 'HELD_AT_POST', 'DELIVERED', 'RETURNED', 'INVESTIGATING', 'REPOSTED',
  'COLLECTED_AT_COUNTER', 'DISCARD_DUE', 'DISCARDED', 'CANCELLED',
  // Of protected persons (JUKI-4.13): neither planned nor printed before their municipality has decided.
  'AWAITING_DECISION',
] as const;
export type MailingState = (typeof MAILING_STATES)[number];

/** Why an envelope came back (CARD-4.2). */
export const RETURN_REASONS = ['NO_SUCH_ADDRESSEE', 'HOLD_EXPIRED', 'REFUSED', 'FORWARDING_ACTIVE', 'DECEASED', 'OTHER'] as const;

/** The carrier's number of a registered letter. */
export const TRACKING_NO = /^[0-9A-Z-]{8,20}$/;

type Reporter = 'card-maker' | 'operator' | 'municipality';
const FEED: readonly Reporter[] = ['card-maker', 'operator'];
const TOWN_HALL: readonly Reporter[] = ['municipality'];

/** Which state may follow which, and who reports it (CARD-3.2). A spoiled envelope is printed again. */
const MOVES: readonly { readonly from: readonly MailingState[]; readonly to: MailingState; readonly by: readonly Reporter[] }[] = [
  { from: ['PLANNED', 'SPOILED'], to: 'PRINTED', by: FEED },
  { from: ['PLANNED', 'AWAITING_DECISION'], to: 'CANCELLED', by: ['operator'] },
  { from: ['PRINTED'], to: 'SPOILED', by: FEED },
  { from: ['PRINTED'], to: 'POSTED', by: FEED },
  { from: ['POSTED'], to: 'HELD_AT_POST', by: FEED },
  { from: ['POSTED', 'HELD_AT_POST', 'REPOSTED'], to: 'DELIVERED', by: FEED },
  { from: ['POSTED', 'HELD_AT_POST', 'REPOSTED'], to: 'RETURNED', by: [...FEED, ...TOWN_HALL] },
  { from: ['RETURNED'], to: 'INVESTIGATING', by: TOWN_HALL },
  { from: ['INVESTIGATING'], to: 'REPOSTED', by: TOWN_HALL },
  { from: ['INVESTIGATING', 'DISCARD_DUE'], to: 'COLLECTED_AT_COUNTER', by: TOWN_HALL },
  { from: ['INVESTIGATING'], to: 'DISCARD_DUE', by: TOWN_HALL },
  { from: ['DISCARD_DUE'], to: 'DISCARDED', by: TOWN_HALL },
];

/** The event that tells of an envelope in its new state. */
export const MAILING_EVENTS = {
  PRINTED: mailingPrinted, SPOILED: mailingSpoiled, CANCELLED: mailingCancelled, POSTED: mailingPosted, HELD_AT_POST: mailingHeld,
  DELIVERED: mailingDelivered, RETURNED: mailingReturned, INVESTIGATING: mailingInvestigationStarted, REPOSTED: mailingReposted,
  COLLECTED_AT_COUNTER: mailingCollected, DISCARD_DUE: mailingDiscardDue, DISCARDED: mailingDiscarded,
} as const;
export type MovedMailingState = keyof typeof MAILING_EVENTS;

/** Whether institutions of this kind report this state at all. */
export function reportsMailing(kind: string, to: MailingState): boolean {
  return MOVES.some((move) => move.to === to && move.by.some((reporter) => reporter === kind));
}

export interface MailingMove {
  readonly to: MovedMailingState;
  /** Sheets that the inserting machine counted; told with PRINTED. */
  readonly sheets?: number | undefined;
  /** Who acts, and who acted before: discarding needs two persons (CARD-3.2). */
  readonly person: string;
}

/** Refuses BAD_STATE, SHEETS_MISMATCH (CARD-4.2: one sheet a member) and SAME_PERSON. */
export function decideMailing(mailing: { readonly state: MailingState; readonly members: number; readonly movedBy: string }, move: MailingMove): void {
  const allowed = MOVES.some(({ from, to }) => to === move.to && from.includes(mailing.state));
  if (!allowed) throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state: mailing.state, to: move.to } });
  if (move.to === 'PRINTED' && move.sheets !== mailing.members) {
    throw cardIssuanceProblems.refuse('SHEETS_MISMATCH', { facts: { sheets: move.sheets ?? 0, members: mailing.members } });
  }
  if (move.to === 'DISCARDED' && isSameOfficer(move.person, mailing.movedBy)) throw cardIssuanceProblems.refuse('SAME_PERSON');
}

/** What becomes of the cards in an envelope: what reached its person is in force, what was destroyed is not (CARD-3.2). */
export function cardStateAfter(state: MailingState): 'IN_FORCE' | 'INVALID' | undefined {
  if (state === 'DELIVERED' || state === 'COLLECTED_AT_COUNTER') return 'IN_FORCE';
  return state === 'DISCARDED' || state === 'CANCELLED' ? 'INVALID' : undefined;
}

/** Whether an institution of this kind may move an envelope from one state to another (CARD-3.2). */
export function mayFollow(from: MailingState, to: MailingState, kind: string): boolean {
  return MOVES.some((move) => move.to === to && move.from.includes(from) && move.by.some((reporter) => reporter === kind));
}

/** Months for which returned envelopes are kept where the municipality has said nothing else, and the least of them (CARD-4.2). */
export const LEAST_MONTHS_KEPT = 3;

/** Refuses RETENTION_RUNS before a returned envelope was kept for the municipality's months (CARD-4.2). */
export function requireKeptLongEnough(returnedOn: LocalDate | null, months: number, now: Date): void {
  const keptUntil = returnedOn === null ? undefined : addMonths(returnedOn, months);
  if (keptUntil !== undefined && localDateInJapan(now) < keptUntil) throw cardIssuanceProblems.refuse('RETENTION_RUNS', { facts: { keptUntil } });
}

/** Refuses BAD_STATE where no decision on the destination is awaited, as after a first one (JUKI-4.13). */
export function requireAwaitingDecision({ state }: { readonly state: MailingState }): void {
  if (state !== 'AWAITING_DECISION') throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state, to: 'PLANNED' } });
}

/** Municipality (6), household mailing number (10), pages (2), check (2, MOD 97-10): CARD-4.2. */
export function envelopeBarcode(municipalityCode: string, mailingNo: number, pages: number): string {
  const body = municipalityCode + String(mailingNo).padStart(10, '0') + String(pages).padStart(2, '0');
  return body + mod97CheckDigits(body);
}

export function isEnvelopeBarcode(text: string): boolean {
  return /^\d{20}$/.test(text) && mod97Valid(text);
}

/** A member as the notification list names them. */
export interface Addressed {
  readonly position: number;
  readonly householdRef: string;
  readonly lineInHousehold: number;
  readonly personKey: string;
  readonly postalCode: string;
  readonly address: string;
  readonly addresseeName: string;
  readonly temporaryAddress: boolean;
  /** Where the notification goes is the municipality's to say: protected and without a destination of their own, or addressed to somebody who is. */
  readonly isHeld?: boolean;
  /** Protected: in no envelope with others of the household. */
  readonly isApart?: boolean;
}

export interface Envelope<Member extends Addressed = Addressed> {
  /** Position of the first member in the list: what the envelope is known by within its set. */
  readonly position: number;
  readonly householdRef: string;
  readonly destination: { readonly postalCode: string; readonly address: string; readonly addresseeName: string };
  readonly temporaryAddress: boolean;
  readonly isHeld: boolean;
  readonly members: readonly Member[];
}

const PAGES_IN_BARCODE = 99;

/**
 * The envelopes of a run of households. A member whose mail goes elsewhere (temporary address, protected persons) gets an
 * envelope of their own, and the household's envelope says nothing of them (CARD-4.2); it is addressed to its first member.
 */
export function envelopesOf<Member extends Addressed>(members: readonly Member[]): Envelope<Member>[] {
  const households = groupedBy(members, (member) => member.householdRef);
  return [...households.values()].flatMap((household) => {
    const destinations = groupedBy(household, (member) => `${member.postalCode}\0${member.address}\0${member.isHeld === true}\0${member.isApart === true}`);
    const groups = [...destinations.values()].flatMap((group) => inChunks(group.toSorted((a, b) => a.lineInHousehold - b.lineInHousehold)));
    return groups.flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const { position, householdRef, postalCode, address, addresseeName, temporaryAddress, isHeld = false } = first;
      return [{ position, householdRef, destination: { postalCode, address, addresseeName }, temporaryAddress, isHeld, members: group }];
    });
  });
}

export function groupedBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

function inChunks<Item>(items: readonly Item[]): Item[][] {
  const chunks: Item[][] = [];
  for (let at = 0; at < items.length; at += PAGES_IN_BARCODE) chunks.push(items.slice(at, at + PAGES_IN_BARCODE));
  return chunks;
}

/**
 * What of a page can be planned now: a household that may go on in the next page is left for it. Only its rows at the page's
 * end are left: the list promises no order, and a row before a planned one would never be read again (CARD-4.2).
 */
export function wholeHouseholds<Member extends Addressed>(members: readonly Member[], last: boolean): readonly Member[] {
  if (last) return members;
  const open = members.at(-1)?.householdRef;
  return members.slice(0, members.findLastIndex((member) => member.householdRef !== open) + 1);
}
