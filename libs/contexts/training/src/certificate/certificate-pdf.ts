import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font } from 'fontkit';
import PDFDocument from 'pdfkit';
import { encode } from 'uqr';
import { formatEra, GETA, parseNameElements, partsOfDate, type LocalDate, type NameElement } from '#kernel';

/** Noto Sans JP (SIL Open Font License 1.1); only the characters of a certificate are embedded in it. */
const FONT = '@expo-google-fonts/noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf';
const [WIDTH, HEIGHT] = [841.89, 595.28];
const MARGIN = 36;
const CODE = 130;
const INK = '#1a1a1a';
const FRAME = '#8a6d1f';

/** What stands on a certificate. */
export interface CertificateSheet {
  readonly no: string;
  readonly holderName: string;
  readonly title: string;
  readonly issuedOn: LocalDate;
  readonly issuer: string;
  /** Of the 2-D code. */
  readonly code: string;
}

let face: { readonly octets: Buffer; readonly font: Font } | undefined;

function loadFace(): { readonly octets: Buffer; readonly font: Font } {
  if (face !== undefined) return face;
  const octets = readFileSync(createRequire(import.meta.url).resolve(FONT));
  const font = create(octets);
  if (!('hasGlyphForCodePoint' in font)) throw new Error('the font file holds no single font');
  face = { octets, font };
  return face;
}

/** 修了証 as a PDF, A4 across (TRN-4.9). The same certificate gives the same octets. */
export async function certificatePdf(sheet: CertificateSheet): Promise<Buffer> {
  const { octets } = loadFace();
  const { year, month, day } = partsOfDate(sheet.issuedOn);
  const info = { Title: `修了証 ${sheet.no}`, Author: sheet.issuer, CreationDate: new Date(Date.UTC(year, month - 1, day)) };
  const doc = new PDFDocument({ size: 'A4', layout: 'landscape', margin: MARGIN, info, font: '' });
  const chunks: Buffer[] = [];
  doc.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise((resolve) => doc.on('end', resolve));
  doc.registerFont('face', octets).font('face').fillColor(INK);
  drawFrame(doc);
  const middle = (text: string, y: number, size: number, spacing = 0): void => void doc.fontSize(size).text(text, MARGIN, y, { width: WIDTH - 2 * MARGIN, align: 'center', characterSpacing: spacing });
  middle('修了証', 80, 40, 24);
  drawName(doc, sheet.holderName, 172);
  middle('下記の研修を修了したことを証する', 240, 15);
  middle(sheet.title, 285, 24);
  middle(formatEra(sheet.issuedOn), 400, 14);
  middle(sheet.issuer, 430, 18);
  doc.fontSize(10).text(`証明番号  ${sheet.no}`, 72, HEIGHT - 98).fontSize(8).text('この証の真正性は、証明番号または右の二次元コードにより確認できます。', 72, HEIGHT - 80);
  drawCode(doc, sheet.code, WIDTH - 72 - CODE, HEIGHT - 66 - CODE);
  doc.end();
  await ended;
  return Buffer.concat(chunks);
}

function drawFrame(doc: PDFKit.PDFDocument): void {
  for (const [inset, line] of [[MARGIN, 3], [MARGIN + 8, 0.8]] as const) {
    doc.lineWidth(line).strokeColor(FRAME).rect(inset, inset, WIDTH - 2 * inset, HEIGHT - 2 * inset).stroke();
  }
}

/** In the middle of the sheet. What has no glyph is a box with its reference, never another character (TRN-7). */
function drawName(doc: PDFKit.PDFDocument, name: string, y: number): void {
  const elements = parseNameElements(`${name}　様`);
  const size = Math.min(34, 600 / elements.length);
  doc.fontSize(size);
  const measured = elements.map((element) => ({ element, width: isDrawable(element) ? doc.widthOfString(textOf(element)) : size }));
  let x = (WIDTH - measured.reduce((sum, { width }) => sum + width, 0)) / 2;
  for (const { element, width } of measured) {
    if (isDrawable(element)) doc.fontSize(size).text(textOf(element), x, y, { lineBreak: false });
    else drawBox(doc, element, { x: x + 1, y: y + size * 0.25, size: size - 2 });
    x += width;
  }
}

function drawBox(doc: PDFKit.PDFDocument, { character, glyph }: NameElement, { x, y, size }: { readonly x: number; readonly y: number; readonly size: number }): void {
  const reference = glyph ?? `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}`;
  doc.lineWidth(0.8).strokeColor(INK).rect(x, y, size, size).stroke();
  doc.fontSize(size / 6).text(reference, x + 1, y + size / 5, { width: size - 2, height: size, align: 'center' });
}

/** A character that only an image draws is none of the font, and one that is drawn by an image is not shown by another form. */
function isDrawable({ character, glyph }: NameElement): boolean {
  return glyph === undefined && character !== GETA && loadFace().font.hasGlyphForCodePoint(character.codePointAt(0) ?? 0);
}

function textOf({ character, selector = '' }: NameElement): string {
  return character + selector;
}

function drawCode(doc: PDFKit.PDFDocument, text: string, x: number, y: number): void {
  const { data, size } = encode(text, { ecc: 'M', border: 0 });
  const module = CODE / size;
  data.forEach((row, down) => row.forEach((isDark, across) => {
    if (isDark) doc.rect(x + across * module, y + down * module, module + 0.05, module + 0.05);
  }));
  doc.fillColor(INK).fill();
}
