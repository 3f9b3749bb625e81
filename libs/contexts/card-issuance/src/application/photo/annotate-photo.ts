import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font } from 'fontkit';
import sharp from 'sharp';
import { textOf, type NoticeLanguage } from '../deficiency-texts.js';
import { PRINTED } from './photo-file.js';
import type { PhotoFinding } from './photo-findings.js';

/** Noto Sans JP (SIL Open Font License 1.1), drawn as outlines, so that no font of the host is needed. */
const FONT = '@expo-google-fonts/noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf';
const SIZE = 15;
const LINE = 22;
const INK = '#c4161c';

let font: Font | undefined;

function loadFont(): Font {
  if (font !== undefined) return font;
  const found = create(readFileSync(createRequire(import.meta.url).resolve(FONT)));
  if (!('layout' in found)) throw new Error('the font file holds no single font');
  font = found;
  return font;
}

/**
 * The print version with the reasons drawn on it: a frame with a number around what each finding means, and the numbers with their
 * texts below (CARD-8). JPEG, 413 pixels wide.
 */
export async function annotatePhoto(normalised: Buffer, findings: readonly PhotoFinding[], language: NoticeLanguage): Promise<Buffer> {
  const lines = findings.flatMap((finding, index) => wrapped(`${index + 1}  ${finding.code}  ${textOf(language, finding.code)}`));
  const height = PRINTED.height + (lines.length === 0 ? 0 : lines.length * LINE + 12);
  const frames = findings.flatMap(({ region }, index) => (region === undefined ? [] : [
    `<rect x="${region.left + 2}" y="${region.top + 2}" width="${Math.max(8, region.width - 4)}" height="${Math.max(8, region.height - 4)}" fill="none" stroke="${INK}" stroke-width="3"/>`,
    outline(String(index + 1), region.left + 8 + index * 16, region.top + 22),
  ]));
  const texts = lines.map((line, index) => outline(line, 8, PRINTED.height + 20 + index * LINE));
  const overlay = `<svg xmlns="http://www.w3.org/2000/svg" width="${PRINTED.width}" height="${height}" fill="${INK}">${frames.join('')}${texts.join('')}</svg>`;
  return sharp(normalised).extend({ bottom: height - PRINTED.height, background: '#fff' }).composite([{ input: Buffer.from(overlay) }]).jpeg({ quality: 85 }).toBuffer();
}

/** Lines of the picture's width; a text without blanks is cut anywhere, as Japanese and Chinese are. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const part of text.match(/[\u3000-\u9fff\uac00-\ud7ff\uff00-\uffef]|[^\s\u3000-\u9fff\uac00-\ud7ff\uff00-\uffef]+\s*|\s+/g) ?? []) {
    if (line !== '' && widthOf(line + part) > PRINTED.width - 16) {
      lines.push(line);
      line = '';
    }
    line += part;
  }
  return [...lines, line];
}

function widthOf(text: string): number {
  const face = loadFont();
  return (face.layout(text).advanceWidth * SIZE) / face.unitsPerEm;
}

function outline(text: string, x: number, y: number): string {
  const face = loadFont();
  const run = face.layout(text);
  let at = 0;
  const paths = run.glyphs.map((glyph, index) => {
    const path = `<path transform="translate(${at} 0)" d="${glyph.path.toSVG()}"/>`;
    at += run.positions[index]?.xAdvance ?? glyph.advanceWidth;
    return path;
  });
  const scale = SIZE / face.unitsPerEm;
  return `<g transform="translate(${x} ${y}) scale(${scale} ${-scale})">${paths.join('')}</g>`;
}
