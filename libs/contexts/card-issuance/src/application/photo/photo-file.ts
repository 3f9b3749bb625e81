import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import exif from 'exif-reader';
import sharp from 'sharp';
import { cardIssuanceProblems } from '#contracts/card-issuance';

/** Limits of a photo file (CARD-4.3 P02). */
export const PHOTO = { minBytes: 20 * 1024, maxBytes: 7 * 1024 * 1024, minSide: 480, maxSide: 6_000 } as const;

/** Printed size: 35:45 at 300 dpi (CARD-4.3). */
export const PRINTED = { width: 413, height: 531 } as const;

/** The print version as it is measured: three octets (RGB) a pixel, row by row. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly pixels: Buffer;
}

/** Part of a picture in pixels. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface PhotoFile {
  readonly original: Buffer;
  /** 413 by 531 pixels, JPEG without metadata. */
  readonly normalised: Buffer;
  readonly raster: Raster;
  readonly hash: Buffer;
  /** Day of the exposure as the camera noted it (EXIF DateTimeOriginal). */
  readonly takenOn: string | undefined;
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

/** Checks the file itself, not what the sender calls it, and makes the print version. Refuses P02 with the limit that failed. */
export async function openPhoto(original: Buffer): Promise<PhotoFile> {
  if (original.length < PHOTO.minBytes) throw badPhoto('MIN_BYTES');
  // The size is judged below, so that the limit that failed is named; nothing is decoded before.
  const metadata = await sharp(original, { limitInputPixels: false }).metadata().catch(() => undefined);
  if (metadata?.format !== 'jpeg') throw badPhoto('JPEG');
  if (metadata.space !== 'srgb' || metadata.channels !== 3) throw badPhoto('RGB');
  if (Math.min(metadata.width, metadata.height) < PHOTO.minSide) throw badPhoto('MIN_SIDE');
  if (Math.max(metadata.width, metadata.height) > PHOTO.maxSide) throw badPhoto('MAX_SIDE');
  const pixels = await sharp(original, { limitInputPixels: PHOTO.maxSide ** 2, failOn: 'error' })
    .rotate().resize({ ...PRINTED, fit: 'cover', position: 'centre' }).toColourspace('srgb').raw().toBuffer().catch(() => undefined);
  if (pixels === undefined) throw badPhoto('READABLE');
  const raster = { ...PRINTED, pixels };
  const normalised = await sharp(pixels, { raw: { ...PRINTED, channels: 3 } }).jpeg({ quality: 90 }).toBuffer();
  return { original, normalised, raster, hash: createHash('sha256').update(original).digest(), takenOn: takenOnOf(metadata.exif) };
}

/** A note of the camera that cannot be read is none: it proves nothing either way. */
function takenOnOf(block: Buffer | undefined): string | undefined {
  if (block === undefined) return undefined;
  try {
    const taken: unknown = exif(block).Photo?.DateTimeOriginal;
    return taken instanceof Date && !Number.isNaN(taken.getTime()) ? taken.toISOString().slice(0, 10) : undefined;
  } catch {
    return undefined;
  }
}

function badPhoto(limit: string): Error {
  return cardIssuanceProblems.refuse('P02', { facts: { limit } });
}
