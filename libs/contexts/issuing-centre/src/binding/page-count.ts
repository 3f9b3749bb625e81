import { getDocument, VerbosityLevel } from 'pdfjs-dist/legacy/build/pdf.mjs';

/** Pages of a PDF, counted in itself; undefined where it is none. */
export async function pageCountOf(pdf: Uint8Array): Promise<number | undefined> {
  // The library takes the octets over.
  const task = getDocument({ data: Uint8Array.from(pdf), isEvalSupported: false, useSystemFonts: false, verbosity: VerbosityLevel.ERRORS });
  try {
    return (await task.promise).numPages;
  } catch {
    return undefined;
  } finally {
    await task.destroy();
  }
}
