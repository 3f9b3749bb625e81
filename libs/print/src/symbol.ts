import { encode, type QrCodeGenerateOptions } from 'uqr';

/** Dark modules of neighbouring rows overlap by this many points, so that no printer shows a seam. */
const OVERLAP = 0.05;

/** A QR symbol (ISO/IEC 18004) as vectors, `size` points wide without its quiet zone; octets are kept as they are. */
export function drawSymbol(doc: PDFKit.PDFDocument, content: string | Uint8Array, { x, y, size, ...options }: QrCodeGenerateOptions & { readonly x: number; readonly y: number; readonly size: number }): void {
  const { data, size: modules } = encode(typeof content === 'string' ? content : [...content], { ecc: 'M', border: 0, ...options });
  const module = size / modules;
  for (const [down, row] of data.entries()) {
    for (let across = row.indexOf(true); across !== -1; ) {
      const light = row.indexOf(false, across);
      const end = light === -1 ? modules : light;
      doc.rect(x + across * module, y + down * module, (end - across) * module + OVERLAP, module + OVERLAP);
      across = row.indexOf(true, end);
    }
  }
  doc.fillColor('#1a1a1a').fill();
}
