import { z } from 'zod';
import { found, type Ctx } from '#platform';
import { bodyCodeOf } from '../body/body.js';
import { SCOPES, TEXTBOOK_STATES } from './textbook.js';
import type { TextbookRecord } from './textbook.store.js';

export const byTextbook = z.strictObject({ textbookId: z.uuid() });

export const textbookView = z.object({
  textbookId: z.uuid(), owner: z.string(), title: z.string(), scope: z.enum(SCOPES), state: z.enum(TEXTBOOK_STATES).describe('of the latest version'), creditLine: z.string(),
  derivedFrom: z.uuid().nullable(), latestVersion: z.int(), publishedVersion: z.int().nullable(),
});

export function textbookViewOf({ id, ...one }: TextbookRecord): z.input<typeof textbookView> {
  return { textbookId: id, ...one };
}

/** Whose textbooks the caller writes. */
export function ownerOf(ctx: Ctx): string {
  return bodyCodeOf(ctx.actor) ?? 'agency';
}

/** Refuses NOT_FOUND, also where it is another's. */
export function ownTextbook(ctx: Ctx, textbook: TextbookRecord | undefined): TextbookRecord {
  return found(textbook?.owner === ownerOf(ctx) ? textbook : undefined);
}
