import { isSameOfficer } from '#kernel';
import type { ItemDetails } from './platform-item.input.js';

/** What the common platform changes for residents (JPKI-3.15): the agreed change, not the enquiry behind it. */
export const ITEM_KINDS = ['CLIENT_RELEASE', 'SERVICE_NOTICE', 'MAINTENANCE_WINDOW', 'RESIDENT_NEED', 'READER_CERTIFICATION'] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

export const ITEM_STATES = ['PROPOSED', 'COUNCIL_AGREED', 'RELEASED', 'RETIRED'] as const;
export type ItemState = (typeof ITEM_STATES)[number];

/** What decides about an item. */
export interface PlatformItem {
  readonly state: ItemState;
  readonly details: ItemDetails;
  readonly proposedBy: string;
  readonly agreedBy: string | null;
  readonly secondAgreedBy: string | null;
}

export type ItemStep = 'AGREE' | 'RELEASE' | 'RETIRE';
export type ItemRefusal = 'NOT_IN_STATE' | 'SAME_OFFICER' | 'WINDOW_BEGUN';

const FROM: Readonly<Record<ItemStep, ItemState>> = { AGREE: 'PROPOSED', RELEASE: 'COUNCIL_AGREED', RETIRE: 'RELEASED' };

/** The table of JPKI-3.15: two named officers of the council agree; a maintenance is told of before it begins. */
export function stepItem(held: PlatformItem, step: ItemStep, { officer, now }: { readonly officer: string; readonly now: Date }): { readonly changes: Partial<PlatformItem> } | { readonly refusal: ItemRefusal } {
  if (held.state !== FROM[step]) return { refusal: 'NOT_IN_STATE' };
  switch (step) {
    case 'AGREE':
      if (held.agreedBy === null) return { changes: { agreedBy: officer } };
      return isSameOfficer(held.agreedBy, officer) ? { refusal: 'SAME_OFFICER' } : { changes: { state: 'COUNCIL_AGREED', secondAgreedBy: officer } };
    case 'RELEASE':
      return held.details.kind === 'MAINTENANCE_WINDOW' && new Date(held.details.from) <= now ? { refusal: 'WINDOW_BEGUN' } : { changes: { state: 'RELEASED' } };
    case 'RETIRE':
      return { changes: { state: 'RETIRED' } };
  }
}

/** The instant after which an item says nothing any more; of most kinds an officer decides. */
export function endsAt(details: ItemDetails, endOfDay: (day: string) => Date): Date | null {
  if (details.kind === 'MAINTENANCE_WINDOW') return new Date(details.until);
  return details.kind === 'READER_CERTIFICATION' ? endOfDay(details.validThrough) : null;
}
