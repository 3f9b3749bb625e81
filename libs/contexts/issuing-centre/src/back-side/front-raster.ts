import sharp, { type Raw } from 'sharp';
import { openedPdf } from '../binding/opened-pdf.js';

/** CARD-4.16: octets of an image. */
const MOST = 40 * 1_024;
const DPI = 200;
const POINTS = 72;
/** Pixels that A4 has at that resolution, and a little: a larger sheet is drawn smaller. */
const LONGEST_SIDE = 2_400;
/** Darker is ink, lighter is paper: the copy-void ground is paper. */
const [INK, PAPER] = [40, 170];
/** From the best to what always has room: share of the resolution, tones of grey. */
const STEPS = [{ share: 1, tones: 4 }, { share: 1, tones: 2 }, { share: 0.75, tones: 2 }, { share: 0.5, tones: 2 }] as const;

type Grey = { readonly data: Buffer; readonly info: Raw };

/** Each page as grey WebP at 200 dpi, of at most 40 KB: few tones without loss are smaller than many with it, and stay legible. Throws where it is no PDF. */
export async function rasterOf(pdf: Buffer): Promise<Buffer[]> {
  return openedPdf(pdf, async (document) => {
    const images: Buffer[] = [];
    for (const page of document.pages()) {
      const { originalWidth, originalHeight } = page.getOriginalSize();
      const scale = Math.min(DPI / POINTS, LONGEST_SIDE / Math.max(originalWidth, originalHeight));
      const { data, width, height } = await page.render({ scale, render: async (bitmap) => bitmap.data });
      const grey = await sharp(Buffer.from(data), { raw: { width, height, channels: 4 } }).flatten({ background: '#fff' }).greyscale().raw().toBuffer({ resolveWithObject: true });
      images.push(await smallWebp({ data: grey.data, info: { width, height, channels: 1 } }));
    }
    return images;
  });
}

async function smallWebp(grey: Grey): Promise<Buffer> {
  for (const { share, tones } of STEPS) {
    const { data, info } = share === 1 ? grey : await reduced(grey, share);
    const webp = await sharp(inTones(data, tones), { raw: info }).webp({ lossless: true, effort: 1 }).toBuffer();
    if (webp.length <= MOST) return webp;
  }
  // A page of noise rather than of writing.
  return sharp(grey.data, { raw: grey.info }).resize({ width: 600 }).webp({ quality: 1 }).toBuffer();
}

async function reduced({ data, info }: Grey, share: number): Promise<Grey> {
  const [width, height] = [Math.round(info.width * share), Math.round(info.height * share)];
  return { data: await sharp(data, { raw: info }).resize({ width, height, fit: 'fill' }).greyscale().raw().toBuffer(), info: { width, height, channels: 1 } };
}

function inTones(data: Buffer, tones: number): Buffer {
  const table = Buffer.from(Array.from({ length: 256 }, (_, value) => {
    const share = Math.min(1, Math.max(0, (value - INK) / (PAPER - INK)));
    return Math.round((Math.round(share * (tones - 1)) / (tones - 1)) * 255);
  }));
  return data.map((value) => table[value] ?? 0) as Buffer;
}
