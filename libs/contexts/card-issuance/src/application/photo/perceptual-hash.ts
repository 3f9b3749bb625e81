import sharp from 'sharp';
import type { Raster } from './photo-file.js';

/** Pictures whose hashes differ in at most so many of 64 bits may be the same photo (CARD-4.3 P09). */
export const SAME_PHOTO_BITS = 6;

const SIDE = 32;
const LOW = 8;
const BANDS = 4;
const BAND_BITS = 16;

/**
 * 64 bits that survive scaling, recompression and slight corrections: the signs of the low frequencies (DCT-II of 32 by 32 pixels)
 * against their median.
 */
export async function perceptualHash({ width, height, pixels }: Raster): Promise<bigint> {
  const grey = await sharp(pixels, { raw: { width, height, channels: 3 } }).greyscale().resize(SIDE, SIDE, { fit: 'fill' }).raw().toBuffer();
  const rows = Array.from({ length: SIDE }, (_, y) => lowFrequencies(Array.from({ length: SIDE }, (_pixel, x) => grey[y * SIDE + x] ?? 0)));
  const columns = Array.from({ length: LOW }, (_, u) => lowFrequencies(rows.map((row) => row[u] ?? 0)));
  const values = columns.flat();
  // The first is the mean brightness of all, which says nothing of the picture.
  const ordered = values.slice(1).toSorted((a, b) => a - b);
  const median = ordered[Math.floor(ordered.length / 2)] ?? 0;
  return values.reduce((hash, value) => (hash << 1n) | (value > median ? 1n : 0n), 0n);
}

function lowFrequencies(line: readonly number[]): number[] {
  return Array.from({ length: LOW }, (_, k) => line.reduce((sum, value, n) => sum + value * Math.cos((Math.PI * k * (2 * n + 1)) / (2 * line.length)), 0));
}

/** The four bands of 16 bits under which a hash is found. */
export function bandsOf(hash: bigint): number[] {
  return Array.from({ length: BANDS }, (_, band) => Number((hash >> BigInt(band * BAND_BITS)) & 0xffffn));
}

/**
 * Where to look for hashes at most six bits away: six differences over four bands leave one band with one at most, so each band is
 * asked for itself and its sixteen neighbours. That is 68 look-ups of an index, however many photos there are.
 */
export function probesOf(hash: bigint): { readonly band: number; readonly values: readonly number[] }[] {
  return bandsOf(hash).map((value, band) => ({ band, values: [value, ...Array.from({ length: BAND_BITS }, (_, bit) => value ^ (1 << bit))] }));
}

/** A hash as PostgreSQL's signed bigint. */
export function asBigint(hash: bigint): string {
  return BigInt.asIntN(64, hash).toString();
}
