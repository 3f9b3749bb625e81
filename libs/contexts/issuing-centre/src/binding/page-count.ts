import { openedPdf } from './opened-pdf.js';

/** Pages of a PDF, counted in itself; undefined where it is none. */
export async function pageCountOf(pdf: Uint8Array): Promise<number | undefined> {
  try {
    return await openedPdf(pdf, (document) => document.getPageCount());
  } catch {
    return undefined;
  }
}
