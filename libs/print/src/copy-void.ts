import { loadFace } from './face.js';

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
  const isWord = wordMask();
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

/** Whether a place of the tile lies in the word: the even-odd rule over the outlines of its glyphs. */
function wordMask(): (x: number, y: number) => boolean {
  const { font } = loadFace();
  const scale = WORD_SIZE / font.unitsPerEm;
  const edges: Edge[] = [];
  let left = (ACROSS - WORD.length * WORD_SIZE) / 2;
  for (const glyph of font.layout(WORD).glyphs) {
    edges.push(...outline(glyph.path.commands, (x, y) => ({ x: left + x * scale, y: DOWN / 2 + WORD_SIZE * 0.38 - y * scale })));
    left += glyph.advanceWidth * scale;
  }
  return (x, y) => edges.filter(({ from, to }) => from.y > y !== to.y > y && x < ((to.x - from.x) * (y - from.y)) / (to.y - from.y) + from.x).length % 2 === 1;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Edge {
  readonly from: Point;
  readonly to: Point;
}

/** The outline with straight edges: a curve is its chord, which is finer than the dots. */
function outline(commands: readonly { readonly command: string; readonly args: readonly number[] }[], place: (x: number, y: number) => Point): Edge[] {
  const edges: Edge[] = [];
  let [start, from]: [Point, Point] = [{ x: 0, y: 0 }, { x: 0, y: 0 }];
  for (const { command, args } of commands) {
    const to = command === 'closePath' ? start : place(args.at(-2) ?? 0, args.at(-1) ?? 0);
    if (command === 'moveTo') start = to;
    else edges.push({ from, to });
    from = to;
  }
  return edges;
}
