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

type Grey = { readonly data: Uint8Array; readonly info: Raw };

/** Each page as grey WebP at 200 dpi, of at most 40 KB: few tones without loss are smaller than many with it, and stay legible. Throws where it is no PDF. */
export async function rasterOf(pdf: Buffer): Promise<Buffer[]> {
  return openedPdf(pdf, async (document) => {
    const images: Buffer[] = [];
    for (const page of document.pages()) {
      const { originalWidth, originalHeight } = page.getOriginalSize();
      const scale = Math.min(DPI / POINTS, LONGEST_SIDE / Math.max(originalWidth, originalHeight));
      const { data, width, height } = await page.render({ scale, colorSpace: 'Gray', render: async (bitmap) => bitmap.data });
      images.push(await smallWebp({ data, info: { width, height, channels: 1 } }));
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

function inTones(data: Uint8Array, tones: number): Uint8Array {
  const table = Uint8Array.from({ length: 256 }, (_, value) => {
    const share = Math.min(1, Math.max(0, (value - INK) / (PAPER - INK)));
    return Math.round((Math.round(share * (tones - 1)) / (tones - 1)) * 255);
  });
  const toned = new Uint8Array(data.length);
  // Millions of pixels a page: a call for each would take ten times as long.
  for (let at = 0; at < data.length; at += 1) toned[at] = table[data[at] ?? 0] ?? 0;
  return toned;
}
