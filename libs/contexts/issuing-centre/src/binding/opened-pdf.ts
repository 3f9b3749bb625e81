import { PDFiumLibrary, type PDFiumDocument } from '@hyzyla/pdfium';

let library: Promise<PDFiumLibrary> | undefined;

/** Reads a PDF while it is open. Throws where it is none. */
export async function openedPdf<T>(pdf: Uint8Array, read: (document: PDFiumDocument) => T | Promise<T>): Promise<T> {
  const document = await (await (library ??= PDFiumLibrary.init())).loadDocument(Buffer.from(pdf));
  try {
    return await read(document);
  } finally {
    document.destroy();
  }
}
