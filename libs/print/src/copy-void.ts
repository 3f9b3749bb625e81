import { glyphMask } from './glyph-mask.js';

const PITCH = 2;
/** Width of a dot in points. The ground of small dots is too fine for a copier; the word of large ones is what it keeps. */
const [FINE, COARSE] = [0.3, 0.6];
const WORD = '複写';
const WORD_SIZE = 116;
/** Points of a tile. */
const [ACROSS, DOWN] = [272, 180];
const COLOUR = '#7f9fb4';

const tiles = new WeakMap<PDFKit.PDFDocument, PDFKit.PDFTilingPattern>();

/**
 * Copy-void ground (けん制文字, CARD-4.16) over the page: 複写 is hidden in dots of one mean tone, and a copier that loses the fine dots shows
 * it. Coarse dots are twice as wide and stand at every second place in each direction, so that both areas carry as much ink.
 */
export function copyVoid(doc: PDFKit.PDFDocument): void {
  const tile = tiles.get(doc) ?? doc.pattern([0, 0, ACROSS, DOWN], ACROSS, DOWN, tileOfDots());
  tiles.set(doc, tile);
  doc.rect(0, 0, doc.page.width, doc.page.height).fill([tile, COLOUR]);
}

let dots: string | undefined;

/** In the operators of a PDF, whose y rises: the dots of a row are the dashes of its lines. */
function tileOfDots(): string {
  dots ??= [layer(FINE, 1, false), layer(COARSE, 2, true)].join('\n');
  return dots;
}

function layer(dot: number, every: number, inWord: boolean): string {
  const isWord = glyphMask(WORD, WORD_SIZE, { width: ACROSS, height: DOWN });
  const step = PITCH * every;
  const lines: string[] = [];
  for (let y = step / 2; y < DOWN; y += step) {
    let from: number | undefined;
    for (let x = 0; x <= ACROSS; x += step) {
      const belongs = x < ACROSS && isWord(x + step / 2, DOWN - y) === inWord;
      if (belongs) from ??= x;
      else if (from !== undefined) {
        lines.push(`${from + (step - dot) / 2} ${y} m ${x} ${y} l`);
        from = undefined;
      }
    }
  }
  return `${dot} w [${dot} ${step - dot}] 0 d ${lines.join(' ')} S`;
}
