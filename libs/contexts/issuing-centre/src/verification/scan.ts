import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import sharp from 'sharp';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { platformProblems } from '#platform';
import { MOST_SYMBOLS } from '../back-side/front-symbol.js';

/** Pixels of a page at 600 dpi, and a little. */
const MOST_PIXELS = 40_000_000;
/** Pixels a side that a page at 300 dpi has: more is made smaller. */
const LONGEST_SIDE = 3_700;
/** Scans that wait; each takes a second of a processor. */
const MOST_WAITING = 8;

/** RGBA. */
interface Pixels {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
  readonly colorSpace: 'srgb';
}

let ready = false;
let waiting = 0;
let last: Promise<unknown> = Promise.resolve();

/** What the symbols on a picture say, PNG or JPEG, in no order; nothing where it is none, or too large. One at a time: refuses UNAVAILABLE when too many wait (CARD-4.12 Q3). */
export async function readScan(picture: Buffer): Promise<Buffer[]> {
  if (waiting >= MOST_WAITING) throw platformProblems.refuse('UNAVAILABLE');
  waiting += 1;
  const mine = last.then(() => read(picture));
  last = mine.catch(() => undefined);
  try {
    return await mine;
  } finally {
    waiting -= 1;
  }
}

async function read(picture: Buffer): Promise<Buffer[]> {
  const pixels = await pixelsOf(picture);
  if (pixels === undefined) return [];
  if (!ready) {
    const wasm = readFileSync(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm'));
    // The library would fetch it from the network otherwise.
    await prepareZXingModule({ overrides: { wasmBinary: Uint8Array.from(wasm).buffer }, fireImmediately: true });
    ready = true;
  }
  const found = await readBarcodes(pixels, { formats: ['QRCode'], tryHarder: true, tryInvert: false, tryDownscale: false, maxNumberOfSymbols: MOST_SYMBOLS + 8 });
  return found.map(({ bytes }) => Buffer.from(bytes));
}

async function pixelsOf(picture: Buffer): Promise<Pixels | undefined> {
  try {
    const image = sharp(picture, { limitInputPixels: MOST_PIXELS, failOn: 'truncated' });
    const { format } = await image.metadata();
    if (format !== 'png' && format !== 'jpeg') return undefined;
    const { data, info } = await image.autoOrient().resize({ width: LONGEST_SIDE, height: LONGEST_SIDE, fit: 'inside', withoutEnlargement: true }).flatten({ background: '#fff' }).toColourspace('srgb').ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    return { data: new Uint8ClampedArray(data), width: info.width, height: info.height, colorSpace: 'srgb' };
  } catch {
    return undefined;
  }
}
