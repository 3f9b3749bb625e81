export { copyVoid } from './copy-void.js';
export { drawElements, linesOf, widthOf } from './elements.js';
export { lineScreen } from './line-screen.js';
export { drawSymbol } from './symbol.js';
export { pdfOf, type PdfSettings } from './pdf.js';
