import sharp from 'sharp';
import { z } from 'zod';

/** Octets of a seal: 30 mm at 400 dpi in black and white stay far below. */
const MOST = 32_768;
const MOST_PIXELS = 1_000_000;
const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

/** A PNG in Base64. */
export const pngImage = z.base64().max(Math.ceil(MOST / 3) * 4).refine((text) => Buffer.from(text, 'base64').subarray(0, SIGNATURE.length).equals(SIGNATURE), { params: { code: 'IMAGE' } });

/** The same picture, written anew without transparency and whatever else a file may carry; undefined where it cannot be read whole. */
export async function cleanPng(base64: string): Promise<string | undefined> {
  try {
    const png = await sharp(Buffer.from(base64, 'base64'), { failOn: 'warning', limitInputPixels: MOST_PIXELS }).flatten({ background: '#fff' }).png({ palette: true, colours: 16 }).toBuffer();
    return png.toString('base64');
  } catch {
    return undefined;
  }
}
