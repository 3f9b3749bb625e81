import sharp from 'sharp';

const MOST_PIXELS = 1_000_000;

/** The same picture, written anew without transparency and whatever else a file may carry; undefined where it cannot be read whole. */
export async function cleanPng(base64: string): Promise<string | undefined> {
  try {
    const png = await sharp(Buffer.from(base64, 'base64'), { failOn: 'warning', limitInputPixels: MOST_PIXELS }).flatten({ background: '#fff' }).png({ palette: true, colours: 16 }).toBuffer();
    return png.toString('base64');
  } catch {
    return undefined;
  }
}
