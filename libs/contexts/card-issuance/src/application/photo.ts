import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import sharp from 'sharp';
import { cardIssuanceProblems } from '#contracts/card-issuance';

/** Limits of a photo file (CARD-4.3 P02). */
export const PHOTO = { minBytes: 20 * 1024, maxBytes: 7 * 1024 * 1024, minSide: 480, maxSide: 6_000 } as const;

/** Printed size: 35:45 at 300 dpi (CARD-4.3). */
const PRINTED = { width: 413, height: 531 } as const;

export interface CheckedPhoto {
  readonly original: Buffer;
  /** 413 by 531 pixels, without metadata. */
  readonly normalised: Buffer;
  readonly hash: Buffer;
}

/** What is read of an upload before its sender is cut off. */
const READ_LIMIT = 8 * PHOTO.maxBytes;

/**
 * Reads an upload to its end, keeping no more than a photo may have, so that the sender of a larger one hears why it is
 * refused. Refuses P02.
 */
export async function readPhoto(body: Readable | undefined): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size <= PHOTO.maxBytes) chunks.push(bytes);
    if (size > READ_LIMIT) break;
  }
  if (size > PHOTO.maxBytes) throw badPhoto('MAX_BYTES');
  return Buffer.concat(chunks);
}

/** Checks the picture itself, not what the sender calls it, and makes the print version. Refuses P02 with the limit that failed. */
export async function checkPhoto(original: Buffer): Promise<CheckedPhoto> {
  if (original.length < PHOTO.minBytes) throw badPhoto('MIN_BYTES');
  const image = sharp(original, { limitInputPixels: PHOTO.maxSide ** 2, failOn: 'error' });
  const metadata = await image.metadata().catch(() => undefined);
  if (metadata?.format !== 'jpeg') throw badPhoto('JPEG');
  if (metadata.space !== 'srgb' || metadata.channels !== 3) throw badPhoto('RGB');
  if (Math.min(metadata.width, metadata.height) < PHOTO.minSide) throw badPhoto('MIN_SIDE');
  if (Math.max(metadata.width, metadata.height) > PHOTO.maxSide) throw badPhoto('MAX_SIDE');
  const normalised = await image.rotate().resize({ ...PRINTED, fit: 'cover', position: 'centre' }).toColourspace('srgb').jpeg({ quality: 90 }).toBuffer().catch(() => undefined);
  if (normalised === undefined) throw badPhoto('READABLE');
  return { original, normalised, hash: createHash('sha256').update(original).digest() };
}

function badPhoto(limit: string): Error {
  return cardIssuanceProblems.refuse('P02', { facts: { limit } });
}
