import { glyphMask } from './glyph-mask.js';

/** Points from line to line, and the width of one. */
const [PITCH, LINE] = [1.2, 0.6];
/** Points between places where a line may change over. */
const STEP = 0.5;

export interface Field {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * A latent image (検出画像, CARD-4.16): lines of one tone, moved by half their distance inside of the word, which shows when a screen of the same
 * lines is laid on it; a copier's own raster blurs it.
 */
export function lineScreen(doc: PDFKit.PDFDocument, { x, y, width, height, text }: Field & { readonly text: string }): void {
  doc.rect(x, y, width, height).fill('#fff');
  for (const { from, to, down } of linesOf(text, width, height)) doc.moveTo(x + from, y + down).lineTo(x + to, y + down);
  doc.lineWidth(LINE).strokeColor('#5f7f95').stroke();
}

interface Line {
  readonly from: number;
  readonly to: number;
  readonly down: number;
}

/** The same few fields are on every certificate. */
const known = new Map<string, readonly Line[]>();

function linesOf(text: string, width: number, height: number): readonly Line[] {
  const key = `${text} ${width} ${height}`;
  const lines = known.get(key) ?? drawnLines(text, width, height);
  known.set(key, lines);
  return lines;
}

function drawnLines(text: string, width: number, height: number): Line[] {
  const isWord = glyphMask(text, height * 0.9, { width, height });
  const lines: Line[] = [];
  for (const [shift, inWord] of [[0, false], [PITCH / 2, true]] as const) {
    for (let line = PITCH / 2; line + shift < height; line += PITCH) {
      let from: number | undefined;
      for (let at = 0; at <= width; at += STEP) {
        const belongs = at < width && isWord(at + STEP / 2, line + shift) === inWord;
        if (belongs) from ??= at;
        else if (from !== undefined) {
          lines.push({ from, to: at, down: line + shift });
          from = undefined;
        }
      }
    }
  }
  return lines;
}
