import { formatEra, parseNameElements, partsOfDate, type LocalDate } from '#kernel';
import { drawElements, drawSymbol, pdfOf, widthOf } from '#print';

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

/** 修了証 as a PDF, A4 across (TRN-4.9). The same certificate gives the same octets. */
export async function certificatePdf(sheet: CertificateSheet): Promise<Buffer> {
  const { year, month, day } = partsOfDate(sheet.issuedOn);
  return pdfOf({ title: `修了証 ${sheet.no}`, author: sheet.issuer, at: new Date(Date.UTC(year, month - 1, day)), layout: 'landscape' }, (doc) => draw(doc.fillColor(INK), sheet));
}

function draw(doc: PDFKit.PDFDocument, sheet: CertificateSheet): void {
  drawFrame(doc);
  const middle = (text: string, y: number, size: number, spacing = 0): void => void doc.fontSize(size).text(text, MARGIN, y, { width: WIDTH - 2 * MARGIN, align: 'center', characterSpacing: spacing });
  middle('修了証', 80, 40, 24);
  drawName(doc, sheet.holderName, 172);
  middle('下記の研修を修了したことを証する', 240, 15);
  middle(sheet.title, 285, 24);
  middle(formatEra(sheet.issuedOn), 400, 14);
  middle(sheet.issuer, 430, 18);
  doc.fontSize(10).text(`証明番号  ${sheet.no}`, 72, HEIGHT - 98).fontSize(8).text('この証の真正性は、証明番号または右の二次元コードにより確認できます。', 72, HEIGHT - 80);
  drawSymbol(doc, sheet.code, { x: WIDTH - 72 - CODE, y: HEIGHT - 66 - CODE, size: CODE });
}

function drawFrame(doc: PDFKit.PDFDocument): void {
  for (const [inset, line] of [[MARGIN, 3], [MARGIN + 8, 0.8]] as const) {
    doc.lineWidth(line).strokeColor(FRAME).rect(inset, inset, WIDTH - 2 * inset, HEIGHT - 2 * inset).stroke();
  }
}

/** In the middle of the sheet. */
function drawName(doc: PDFKit.PDFDocument, holder: string, y: number): void {
  const name = `${holder}　様`;
  const size = Math.min(34, 600 / parseNameElements(name).length);
  drawElements(doc, name, { x: (WIDTH - widthOf(doc, name, size)) / 2, y, size });
}
