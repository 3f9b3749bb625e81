import PDFDocument from 'pdfkit';
import { loadFace } from './face.js';

export interface PdfSettings {
  readonly title: string;
  readonly author: string;
  /** Stands in the document: the same contents give the same octets. */
  readonly at: Date;
  readonly layout?: 'portrait' | 'landscape';
}

/**
 * A PDF with A4 pages in the one Japanese face, which is embedded. `draw` finds the first page open and no margin, and may answer further
 * entries of the information dictionary, in ASCII.
 */
export async function pdfOf({ title, author, at, layout = 'portrait' }: PdfSettings, draw: (doc: PDFKit.PDFDocument) => Readonly<Record<string, string>> | void): Promise<Buffer> {
  const doc = new PDFDocument({ size: 'A4', layout, margin: 0, bufferPages: true, info: { Title: title, Author: author, CreationDate: at }, font: '' });
  const chunks: Buffer[] = [];
  doc.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise((resolve) => doc.on('end', resolve));
  doc.registerFont('face', loadFace().octets).font('face');
  Object.assign(doc.info, draw(doc));
  doc.end();
  await ended;
  return Buffer.concat(chunks);
}
