import { copyVoid, drawElements, linesOf, widthOf } from '#print';

const INK = '#1a1a1a';
const [LEFT, RIGHT] = [42, 553];
const [TOP, BODY, BOTTOM] = [46, 112, 770];
const LABEL = 84;
const PAD = 5;
/** Height of a line in sizes of its characters. */
const LEADING = 1.4;
const [LARGEST, SMALLEST, RUNNING] = [11, 7, 9.5];
const SEAL = 68;
const CERTIFICATION = 152;
const IMAGE_ROW = 120;

export interface Cell {
  readonly label: string;
  /** Line feeds end a line. */
  readonly value: string;
  readonly isAmount?: true;
  /** PNG that stands instead of the value, at most 30 mm wide. */
  readonly image?: Buffer;
}

/** Cells side by side. */
export type Row = readonly Cell[];

/** Who certifies, and by which words (認証文). */
export interface Certification {
  readonly clause: string;
  readonly date: string;
  readonly mayor: string;
  /** PNG. */
  readonly seal: Buffer;
}

interface Fitted {
  readonly lines: readonly string[];
  readonly size: number;
}

/**
 * A certificate in tables on as many A4 pages as it takes, over the copy-void ground. Rows that belong together stay on one page where a page
 * has room for them; a value is made smaller to stand in two lines, and takes more where it is longer: nothing leaves its frame.
 */
export class Sheet {
  private y = BODY;

  constructor(
    private readonly doc: PDFKit.PDFDocument,
    private readonly title: string,
  ) {
    this.beginPage();
  }

  table(rows: readonly Row[]): void {
    const heights = rows.map((row) => this.heightOf(row));
    const whole = heights.reduce((sum, height) => sum + height, 0);
    if (this.y + whole > BOTTOM && whole <= BOTTOM - BODY) this.nextPage();
    rows.forEach((row, index) => this.row(row, heights[index] ?? 0));
    this.y += 8;
  }

  /** Ends the document: nothing follows, and this certifies it. */
  certify({ clause, date, mayor, seal }: Certification): void {
    if (this.y + CERTIFICATION > BOTTOM) this.nextPage();
    this.ink().fontSize(9).text('（以下余白）', LEFT, this.y, { width: RIGHT - LEFT, align: 'center' });
    this.y += 34;
    this.ink().fontSize(11.5).text(clause, LEFT + 14, this.y, { width: RIGHT - LEFT - 28 });
    this.ink().fontSize(11.5).text(date, LEFT + 30, this.y + 34, { lineBreak: false });
    const width = widthOf(this.doc, mayor, 15);
    const size = Math.min(15, (15 * (RIGHT - LEFT - SEAL - 120)) / width);
    this.doc.image(seal, RIGHT - SEAL - 26, this.y + 44, { fit: [SEAL, SEAL] });
    drawElements(this.ink(), mayor, { x: RIGHT - SEAL - 44 - width * (size / 15), y: this.y + 66, size });
  }

  /** On every page, once their number is known: the number of the page and of the request. */
  number(requestId: string): number {
    const { count } = this.doc.bufferedPageRange();
    for (let page = 0; page < count; page += 1) {
      this.doc.switchToPage(page);
      this.ink().fontSize(8).text(`発行番号　${requestId}`, LEFT, BOTTOM + 14, { lineBreak: false });
      this.ink().fontSize(9).text(`${page + 1} / ${count}`, LEFT, BOTTOM + 13, { width: RIGHT - LEFT, align: 'center', lineBreak: false });
      this.ink().fontSize(6.5).text('コンビニ交付　裏面の偽造防止措置により確認できます', LEFT, BOTTOM + 15, { width: RIGHT - LEFT, align: 'right', lineBreak: false });
    }
    return count;
  }

  private beginPage(): void {
    copyVoid(this.doc);
    const spacing = this.title.length > 8 ? 3 : 14;
    this.ink().fontSize(21).text(this.title, LEFT, TOP, { width: RIGHT - LEFT, align: 'center', characterSpacing: spacing });
    this.doc.lineWidth(1.6).strokeColor(INK).rect(LEFT - 6, BODY - 8, RIGHT - LEFT + 12, BOTTOM - BODY + 14).stroke();
    this.y = BODY;
  }

  private nextPage(): void {
    this.doc.addPage();
    this.beginPage();
  }

  private row(row: Row, height: number): void {
    if (this.y + height > BOTTOM) this.nextPage();
    const share = (RIGHT - LEFT) / row.length;
    row.forEach((cell, index) => this.cell(cell, { x: LEFT + index * share, width: share, height }));
    this.y += height;
  }

  private cell(cell: Cell, { x, width, height }: { readonly x: number; readonly width: number; readonly height: number }): void {
    const { doc, y } = this;
    doc.lineWidth(0.6).strokeColor(INK).rect(x, y, width, height).stroke().moveTo(x + LABEL, y).lineTo(x + LABEL, y + height).stroke();
    this.lines(this.fit(cell.label, LABEL, 9), { x: x + PAD, y, height, right: x + LABEL - PAD }, 'left');
    if (cell.image !== undefined) {
      doc.image(cell.image, x + LABEL + 18, y + (height - 85) / 2, { fit: [85, 85] });
      return;
    }
    this.lines(this.fit(cell.value, width - LABEL), { x: x + LABEL + PAD, y, height, right: x + width - PAD }, cell.isAmount === true ? 'right' : 'left');
  }

  /** In the middle of the height. */
  private lines({ lines, size }: Fitted, place: { readonly x: number; readonly y: number; readonly height: number; readonly right: number }, align: 'left' | 'right'): void {
    const top = place.y + (place.height - lines.length * size * LEADING) / 2;
    lines.forEach((line, index) => {
      const x = align === 'left' ? place.x : place.right - widthOf(this.doc, line, size);
      drawElements(this.ink(), line, { x, y: top + index * size * LEADING, size });
    });
  }

  private heightOf(row: Row): number {
    const share = (RIGHT - LEFT) / row.length;
    return Math.max(...row.map(({ label, value, image }) => {
      if (image !== undefined) return IMAGE_ROW;
      const [name, body] = [this.fit(label, LABEL, 9), this.fit(value, share - LABEL)];
      return Math.max(26, 2 * PAD + Math.max(name.lines.length * name.size, body.lines.length * body.size) * LEADING);
    }));
  }

  /** The largest size at which the text stands in two lines; a running text has its own size and as many lines as it takes. */
  private fit(text: string, width: number, largest = LARGEST): Fitted {
    const inside = width - 2 * PAD;
    const paragraphs = text.split('\n').length;
    for (let size = largest; size >= SMALLEST; size -= 0.5) {
      const lines = linesOf(this.doc, text, { size, width: inside });
      if (lines.length <= Math.max(2, paragraphs)) return { lines, size };
    }
    return { lines: linesOf(this.doc, text, { size: RUNNING, width: inside }), size: RUNNING };
  }

  private ink(): PDFKit.PDFDocument {
    return this.doc.fillColor(INK);
  }
}
