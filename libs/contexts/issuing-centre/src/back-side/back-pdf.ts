import { copyVoid, drawSymbol, lineScreen, pdfOf } from '#print';
import { SYMBOL_VERSION } from './front-symbol.js';

const MILLIMETRE = 72 / 25.4;
/** At 300 dpi a module has 3.5 pixels. */
const MODULE = 0.3 * MILLIMETRE;
const MODULES = 17 + 4 * SYMBOL_VERSION;
/** Symbols share a quiet zone of four modules. */
const QUIET = 4;
const PITCH = (MODULES + QUIET) * MODULE;
const ACROSS = 4;
const TOP = 24;
const [FOOT, SIGNATURE] = [752, 68];
const INK = '#1a1a1a';

/** What stands on one back. */
export interface BackPage {
  readonly requestId: string;
  readonly page: number;
  readonly pages: number;
  /** Contents of the symbols with the image. */
  readonly frames: readonly Buffer[];
  readonly statement: string;
}

/** The backs of a certificate, A4, one a page of its front (CARD-4.16). The same contents give the same octets. */
export async function backPdf(backs: readonly BackPage[], issuedAt: Date): Promise<Buffer> {
  return pdfOf({ title: '偽造防止情報', author: '証明書交付センター', at: issuedAt }, (doc) => backs.forEach((back, index) => {
    if (index > 0) doc.addPage();
    drawBack(doc, back);
  }));
}

function drawBack(doc: PDFKit.PDFDocument, { requestId, page, pages, frames, statement }: BackPage): void {
  copyVoid(doc);
  const left = (doc.page.width - ACROSS * PITCH) / 2;
  frames.forEach((frame, index) => {
    const place = { x: left + (index % ACROSS) * PITCH, y: TOP + Math.floor(index / ACROSS) * PITCH, size: MODULES * MODULE };
    // The content is encrypted and so as good as random: the mask does not matter, and to choose one takes most of the time.
    symbolOn(doc, place, (at) => drawSymbol(doc, frame, { ...at, ecc: 'L', minVersion: SYMBOL_VERSION, maxVersion: SYMBOL_VERSION, boostEcc: false, maskPattern: 0 }));
  });
  symbolOn(doc, { x: left, y: FOOT, size: SIGNATURE }, (at) => drawSymbol(doc, statement, at));
  lineScreen(doc, { x: left + 96, y: FOOT, width: 180, height: SIGNATURE, text: '真正' });
  const text = (line: string, y: number, size: number): void => void doc.fillColor(INK).fontSize(size).text(line, left + 290, FOOT + y, { lineBreak: false });
  text('偽造防止情報', 0, 9);
  text('この面を300dpi以上で読み取り、確認サイトに送信すると', 16, 6);
  text('表面の画像を5分間表示します。', 25, 6);
  text('Scan this side at 300 dpi and send it to the', 37, 6);
  text('verification site: it shows the front for five minutes.', 46, 6);
  text(`${requestId}　${page} / ${pages}`, 58, 7);
}

function symbolOn(doc: PDFKit.PDFDocument, place: { readonly x: number; readonly y: number; readonly size: number }, draw: (place: { readonly x: number; readonly y: number; readonly size: number }) => void): void {
  const quiet = QUIET * MODULE;
  doc.rect(place.x - quiet, place.y - quiet, place.size + 2 * quiet, place.size + 2 * quiet).fill('#fff');
  draw(place);
}
