import { formatNameElements, GETA, parseNameElements, type NameElement } from '#kernel';
import { loadFace } from './face.js';

/** Points between the baseline's box and the frame of a character that the face does not have. */
const INSET = 1;

/** Points that a line of written characters takes, whatever draws them. */
export function widthOf(doc: PDFKit.PDFDocument, text: string, size: number): number {
  doc.fontSize(size);
  return parseNameElements(text).reduce((sum, element) => sum + elementWidth(doc, element, size), 0);
}

/** The text in lines of at most `width` points, each of which is drawn by itself; line feeds end a line too. */
export function linesOf(doc: PDFKit.PDFDocument, text: string, { size, width }: { readonly size: number; readonly width: number }): string[] {
  doc.fontSize(size);
  return text.split('\n').flatMap((paragraph) => {
    const lines: NameElement[][] = [[]];
    let used = 0;
    for (const element of parseNameElements(paragraph)) {
      const wide = elementWidth(doc, element, size);
      if (used + wide > width && used > 0) {
        lines.push([]);
        used = 0;
      }
      lines.at(-1)?.push(element);
      used += wide;
    }
    return lines.map(formatNameElements);
  });
}

/** One line from the left. What has no glyph is a box with its reference, never another character (TRN-7, JUKI-4.8). */
export function drawElements(doc: PDFKit.PDFDocument, text: string, at: { readonly x: number; readonly y: number; readonly size: number }): void {
  let x = at.x;
  let run = '';
  const flush = (): void => {
    if (run === '') return;
    doc.fontSize(at.size).text(run, x, at.y, { lineBreak: false });
    x += doc.widthOfString(run);
    run = '';
  };
  for (const element of parseNameElements(text)) {
    if (isDrawable(element)) run += textOf(element);
    else {
      flush();
      drawBox(doc, element, { x: x + INSET, y: at.y + at.size * 0.25, size: at.size - 2 * INSET });
      x += at.size;
    }
  }
  flush();
}

function elementWidth(doc: PDFKit.PDFDocument, element: NameElement, size: number): number {
  return isDrawable(element) ? doc.widthOfString(textOf(element)) : size;
}

function drawBox(doc: PDFKit.PDFDocument, { character, glyph }: NameElement, { x, y, size }: { readonly x: number; readonly y: number; readonly size: number }): void {
  const reference = glyph ?? `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}`;
  doc.lineWidth(size / 40).strokeColor('#1a1a1a').rect(x, y, size, size).stroke();
  doc.fontSize(size / 6).text(reference, x + 1, y + size / 5, { width: size - 2, height: size, align: 'center' });
}

/** A character that only an image draws is none of the face, and one that is drawn by an image is not shown by another form. */
function isDrawable({ character, glyph }: NameElement): boolean {
  return glyph === undefined && character !== GETA && loadFace().font.hasGlyphForCodePoint(character.codePointAt(0) ?? 0);
}

function textOf({ character, selector = '' }: NameElement): string {
  return character + selector;
}
