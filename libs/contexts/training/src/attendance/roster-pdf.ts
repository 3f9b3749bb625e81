import type { EnrolmentState } from '#contracts/training';
import { formatEra, localDateInJapan } from '#kernel';
import { drawElements, pdfOf, widthOf } from '#print';
import { japanMinutes } from '../message/message.js';
import { AGENCY } from '../permitted.js';
import type { HalfDay } from './attendance.js';

const [WIDTH, HEIGHT] = [595.28, 841.89];
const MARGIN = 36;
const ROW = 24;
const TOP = 118;
const ROWS_A_PAGE = Math.floor((HEIGHT - TOP - MARGIN - ROW) / ROW);
const INK = '#1a1a1a';
/** Left edges of number, body, staff number and name; the boxes of half-days take what is left. */
const [NO, BODY, STAFF, NAME, BOXES] = [MARGIN, 62, 190, 260, 400] as const;
const WIDEST_BOX = 40;

/** Somebody who may come. */
export interface RosterRow {
  readonly enrolmentId: string;
  readonly bodyCode: string;
  readonly bodyName: string;
  readonly staffNo: string;
  readonly nameKanji: string;
  readonly nameKana: string;
  readonly state: EnrolmentState;
}

export interface Roster {
  readonly courseCode: string;
  readonly courseTitle: string;
  readonly number: number;
  readonly startsAt: Date;
  readonly venue: string;
  /** When it was made. */
  readonly at: Date;
  readonly halfDays: readonly HalfDay[];
  readonly rows: readonly RosterRow[];
}

/** 受講者名簿 as a PDF, A4: a line for each, with a box for each half-day (TRN-4.5, 5). The same roster gives the same octets. */
export async function rosterPdf(roster: Roster): Promise<Buffer> {
  const pages = Math.max(1, Math.ceil(roster.rows.length / ROWS_A_PAGE));
  return pdfOf({ title: `受講者名簿 ${roster.courseCode}-${roster.number}`, author: AGENCY, at: roster.at }, (doc) => {
    for (let page = 0; page < pages; page += 1) {
      if (page > 0) doc.addPage();
      drawHead(doc.fillColor(INK), roster, `${page + 1}／${pages}`);
      roster.rows.slice(page * ROWS_A_PAGE, (page + 1) * ROWS_A_PAGE).forEach((row, index) => drawRow(doc, roster, { row, no: page * ROWS_A_PAGE + index + 1, y: TOP + (index + 1) * ROW }));
    }
  });
}

function drawHead(doc: PDFKit.PDFDocument, { courseTitle, number, startsAt, venue, halfDays, rows }: Roster, page: string): void {
  const right = (text: string, y: number): void => void doc.fontSize(9).text(text, MARGIN, y, { width: WIDTH - 2 * MARGIN, align: 'right', lineBreak: false });
  doc.fontSize(16).text('受講者名簿', MARGIN, 34, { lineBreak: false });
  right(`取扱注意　${page}`, 38);
  doc.fontSize(11).text(`${courseTitle}　第${number}回`, MARGIN, 62, { lineBreak: false });
  doc.fontSize(9).text(`${formatEra(localDateInJapan(startsAt))}　${japanTime(startsAt)}から　${venue}`, MARGIN, 82, { lineBreak: false });
  right(`${rows.length}名`, 82);
  for (const [text, x] of [['番号', NO], ['団体', BODY], ['職員番号', STAFF], ['氏名', NAME]] as const) doc.fontSize(8).text(text, x, TOP + 8, { lineBreak: false });
  const wide = boxWidth(halfDays);
  halfDays.forEach((halfDay, index) => doc.fontSize(7).text(labelOf(halfDay), BOXES + index * wide, TOP + 9, { width: wide, align: 'center', lineBreak: false }));
  doc.lineWidth(1).strokeColor(INK).moveTo(MARGIN, TOP + ROW - 2).lineTo(WIDTH - MARGIN, TOP + ROW - 2).stroke();
}

function drawRow(doc: PDFKit.PDFDocument, { halfDays }: Roster, { row, no, y }: { readonly row: RosterRow; readonly no: number; readonly y: number }): void {
  const fitted = (text: string, [x, width]: readonly [number, number], top: number, size: number): void => drawElements(doc, text, { x, y: top, size: Math.min(size, (size * width) / Math.max(1, widthOf(doc, text, size))) });
  doc.fontSize(8).text(String(no), NO, y + 7, { lineBreak: false });
  fitted(row.bodyName, [BODY, STAFF - BODY - 6], y + 2, 9);
  doc.fontSize(6).text(row.bodyCode, BODY, y + 14, { lineBreak: false });
  fitted(row.staffNo, [STAFF, NAME - STAFF - 6], y + 7, 8);
  fitted(row.nameKana, [NAME, BOXES - NAME - 6], y + 1, 6);
  fitted(row.nameKanji, [NAME, BOXES - NAME - 6], y + 8, 10);
  const wide = boxWidth(halfDays);
  halfDays.forEach((_, index) => doc.lineWidth(0.6).rect(BOXES + index * wide + wide / 2 - 7, y + 4, 14, 14).stroke());
  doc.lineWidth(0.3).moveTo(MARGIN, y + ROW - 2).lineTo(WIDTH - MARGIN, y + ROW - 2).stroke();
}

function boxWidth(halfDays: readonly HalfDay[]): number {
  return Math.min(WIDEST_BOX, (WIDTH - MARGIN - BOXES) / Math.max(1, halfDays.length));
}

/** `10/5 午前` */
function labelOf({ startsAt }: HalfDay): string {
  const [, month, day] = localDateInJapan(startsAt).split('-').map(Number);
  return `${month}/${day} ${japanTime(startsAt) < '12:00' ? '午前' : '午後'}`;
}

function japanTime(instant: Date): string {
  return japanMinutes(instant.toISOString()).slice(-5);
}
