import { z } from 'zod';

/** Octets of a seal: 30 mm at 400 dpi in black and white stay far below. */
const MOST = 32_768;
const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

/** A PNG in Base64. */
export const pngImage = z.base64().max(Math.ceil(MOST / 3) * 4).refine((text) => Buffer.from(text, 'base64').subarray(0, SIGNATURE.length).equals(SIGNATURE), { params: { code: 'IMAGE' } });
