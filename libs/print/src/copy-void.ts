import { loadFace } from './face.js';

const PITCH = 3;
/** The ground of small dots is too fine for a copier; the word of large ones is what it keeps. Both have the same mean tone. */
const [FINE, COARSE] = [0.42, 0.85];
const WORD = '複写';
const WORD_SIZE = 84;
const [ACROSS, DOWN] = [198, 168];

/**
 * Copy-void ground (けん制文字, CARD-4.16) over the page: 複写 is hidden in dots of one mean tone, and a copier that loses the fine dots shows
 * it. Coarse dots stand at every second place of the grid in each direction, so that both areas carry as much ink. One tile, repeated.
 */
export function copyVoid(doc: PDFKit.PDFDocument): void {
  const tile = doc.pattern([0, 0, ACROSS, DOWN], ACROSS, DOWN, tileOfDots());
  doc.rect(0, 0, doc.page.width, doc.page.height).fill([tile, '#86a5b9']);
}

let dots: string | undefined;

/** In the operators of a PDF, whose y rises. */
function tileOfDots(): string {
  if (dots !== undefined) return dots;
  const isWord = wordMask();
  const rects: string[] = [];
  for (let row = 0; row < DOWN / PITCH; row += 1) {
    for (let column = 0; column < ACROSS / PITCH; column += 1) {
      const [x, y] = [(column + 0.5) * PITCH, (row + 0.5) * PITCH];
      const size = isWord(x, DOWN - y) ? (row % 2 === 0 && column % 2 === 0 ? COARSE : 0) : FINE;
      if (size > 0) rects.push(`${(x - size / 2).toFixed(2)} ${(y - size / 2).toFixed(2)} ${size} ${size} re`);
    }
  }
  dots = `${rects.join('\n')} f`;
  return dots;
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
