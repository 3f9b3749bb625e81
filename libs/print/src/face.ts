import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font } from 'fontkit';

/** Noto Sans JP (SIL Open Font License 1.1); only the characters that a document shows are embedded in it. */
const FONT = '@expo-google-fonts/noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf';

let face: { readonly octets: Buffer; readonly font: Font } | undefined;

export function loadFace(): { readonly octets: Buffer; readonly font: Font } {
  if (face !== undefined) return face;
  const octets = readFileSync(createRequire(import.meta.url).resolve(FONT));
  const font = create(octets);
  if (!('hasGlyphForCodePoint' in font)) throw new Error('the font file holds no single font');
  face = { octets, font };
  return face;
}
