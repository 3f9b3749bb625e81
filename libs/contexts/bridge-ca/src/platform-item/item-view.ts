import { z } from 'zod';
import { itemDetails, itemTexts } from './platform-item.input.js';
import { ITEM_STATES } from './platform-item.js';
import type { ItemRow } from './platform-item.store.js';

export const itemId = z.uuid();
export const byItem = z.strictObject({ itemId });

export const itemView = z.object({
  itemId, state: z.enum(ITEM_STATES), details: itemDetails, texts: itemTexts, proposedAt: z.iso.datetime(), agreements: z.number().int().describe('officers of the council who agreed'),
  releasedAt: z.iso.datetime().optional(), endsAt: z.iso.datetime().optional(), retiredAt: z.iso.datetime().optional(),
});

export function viewOf({ id, state, details, texts, agreedBy, secondAgreedBy, proposedAt, releasedAt, endsAt, retiredAt }: ItemRow): z.input<typeof itemView> {
  return {
    itemId: id, state, details, texts, proposedAt: proposedAt.toISOString(), agreements: [agreedBy, secondAgreedBy].filter((officer) => officer !== null).length,
    releasedAt: releasedAt?.toISOString(), endsAt: endsAt?.toISOString(), retiredAt: retiredAt?.toISOString(),
  };
}
