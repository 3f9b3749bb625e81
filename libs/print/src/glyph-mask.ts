import { loadFace } from './face.js';

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Edge {
  readonly from: Point;
  readonly to: Point;
}

/** Whether a place lies in a word of this size that stands in the middle of a field, y falling: the even-odd rule over the outlines of its glyphs. */
export function glyphMask(word: string, size: number, field: { readonly width: number; readonly height: number }): (x: number, y: number) => boolean {
  const { font } = loadFace();
  const scale = size / font.unitsPerEm;
  const edges: Edge[] = [];
  let left = (field.width - word.length * size) / 2;
  for (const glyph of font.layout(word).glyphs) {
    edges.push(...outline(glyph.path.commands, (x, y) => ({ x: left + x * scale, y: field.height / 2 + size * 0.38 - y * scale })));
    left += glyph.advanceWidth * scale;
  }
  return (x, y) => edges.filter(({ from, to }) => from.y > y !== to.y > y && x < ((to.x - from.x) * (y - from.y)) / (to.y - from.y) + from.x).length % 2 === 1;
}

/** The outline with straight edges: a curve is its chord, which is finer than what is drawn with it. */
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
