import { z } from 'zod';
import { isSameOfficer } from '#kernel';

/** What the common platform changes for residents (JPKI-3.15): the agreed change, not the enquiry behind it. */
export const ITEM_KINDS = ['CLIENT_RELEASE', 'SERVICE_NOTICE', 'MAINTENANCE_WINDOW', 'RESIDENT_NEED', 'READER_CERTIFICATION'] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

export const ITEM_STATES = ['PROPOSED', 'COUNCIL_AGREED', 'RELEASED', 'RETIRED'] as const;
export type ItemState = (typeof ITEM_STATES)[number];

const line = (most: number) => z.string().regex(/^[^\p{Cc}]+$/u).max(most).transform((text) => text.normalize('NFC'));
const text = z.string().min(1).max(4_000).transform((words) => words.normalize('NFC'));
const instant = z.iso.datetime();

/** What an item says beside its texts, by its kind. */
export const itemDetails = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('CLIENT_RELEASE'), version: z.string().regex(/^\d{1,4}(\.\d{1,4}){1,3}$/), systems: z.array(line(60)).min(1).max(20).describe('operating systems and browsers'),
    sha256: z.string().regex(/^[0-9a-f]{64}$/).describe('of the installer'),
  }),
  z.strictObject({ kind: z.literal('SERVICE_NOTICE') }),
  z.strictObject({ kind: z.literal('MAINTENANCE_WINDOW'), from: instant, until: instant }).refine(({ from, until }) => from < until, { path: ['until'], params: { code: 'ORDER' } }),
  z.strictObject({ kind: z.literal('RESIDENT_NEED'), enquiries: z.number().int().min(1).max(10_000_000).describe('how many asked for it'), tickets: z.array(z.string().regex(/^[A-Za-z0-9-]{1,40}$/)).max(20) }),
  z.strictObject({ kind: z.literal('READER_CERTIFICATION'), maker: line(60), model: line(60), certificateNo: z.string().regex(/^[A-Za-z0-9-]{1,40}$/), validThrough: z.iso.date() }),
]);
export type ItemDetails = z.output<typeof itemDetails>;

export const itemTexts = z.strictObject({ title: z.strictObject({ ja: line(200), en: line(200) }), text: z.strictObject({ ja: text, en: text }) });
export type ItemTexts = z.output<typeof itemTexts>;

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
