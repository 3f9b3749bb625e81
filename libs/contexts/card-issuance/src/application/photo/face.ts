import type { Raster, Region } from './photo-file.js';

/**
 * Where the face is, by the colour of skin and the dark of the eyes. No detector of faces with a model of its own is in use: the
 * ones that run without a graphics processor or network are no more maintained. So this assists the examiner and refuses nobody.
 */
export interface Face {
  readonly region: Region;
  /** Middle of the face, as a share of the picture's width. */
  readonly centre: number;
  /** Width of the face, as a share of the picture's width. */
  readonly size: number;
  /** Angle of the line through both eyes, in degrees; undefined where an eye is not seen. */
  readonly tilt: number | undefined;
  /** How far the middle between the eyes is from the middle of the face, as a share of its width. */
  readonly turn: number | undefined;
  /** Share of the band of the eyes that is dark. */
  readonly darkBand: number;
  /** Share of the parts around the mouth that has the colour of skin. */
  readonly lowerSkin: number;
}

const CELL = 7;
/** Of the picture: less is no face. */
const LEAST = 0.012;
/** Of the largest body of skin: as large another one may be a face. */
const ANOTHER = 0.35;
/** A head is so much higher than wide, from the hairline to the chin. */
const HEIGHT = 1.3;
/** Bands as shares of the face's height; `margin` leaves the sides out, where hair hangs. */
const EYES = { from: 0.08, to: 0.6, margin: 0.03 } as const;
const LOWER = { from: 0.5, to: 0.75, margin: 0.25 } as const;
const INNER = { from: 0.1, to: 0.9, margin: 0.15 } as const;
/** Dark is what has less than so much of the skin's brightness. */
const DARK = 0.55;
/** Brown hair has the colour of skin, but it is darker. */
const DARKEST_SKIN = 45;
/** Share of the band that one eye has at least. */
const EYE = 0.002;
/** How far apart two eyes are, as a share of the face's width, and how steep the line through them may be. */
const APART = { least: 0.22, most: 0.75, steepest: 0.8 } as const;

/** The range that skin of every tone has of Cb and Cr (ITU-R BT.601). */
function isSkin(pixels: Buffer, at: number): boolean {
  const [red, green, blue] = [pixels[at * 3] ?? 0, pixels[at * 3 + 1] ?? 0, pixels[at * 3 + 2] ?? 0];
  const cb = 128 - 0.1687 * red - 0.3313 * green + 0.5 * blue;
  const cr = 128 + 0.5 * red - 0.4187 * green - 0.0813 * blue;
  const light = 0.299 * red + 0.587 * green + 0.114 * blue;
  return light >= DARKEST_SKIN && cb >= 77 && cb <= 125 && cr >= 135 && cr <= 175;
}

/** The largest body of skin as a face, and the others that are nearly as large. */
export function faceOf(raster: Raster, light: Float32Array): { readonly face: Face | undefined; readonly others: readonly Region[] } {
  const [largest, ...rest] = bodiesOfSkin(raster).toSorted((a, b) => b.length - a.length);
  if (largest === undefined || largest.length * CELL * CELL < LEAST * raster.width * raster.height) return { face: undefined, others: [] };
  const head = headOf(largest, raster);
  const others = rest.filter((body) => body.length >= ANOTHER * largest.length).map(regionOf).filter((region) => !hangsBelow(region, head));
  return { face: describe(raster, light, head), others };
}

interface Cell {
  readonly x: number;
  readonly y: number;
}

function bodiesOfSkin(raster: Raster): Cell[][] {
  const [columns, rows] = [Math.floor(raster.width / CELL), Math.floor(raster.height / CELL)];
  const open = new Set<number>();
  for (let y = 0; y < rows; y += 1) for (let x = 0; x < columns; x += 1) if (isSkinCell(raster, { x, y })) open.add(y * columns + x);
  const bodies: Cell[][] = [];
  for (const start of open) {
    const body: Cell[] = [];
    const next = [start];
    open.delete(start);
    for (let cell = next.pop(); cell !== undefined; cell = next.pop()) {
      const x = cell % columns;
      body.push({ x, y: (cell - x) / columns });
      const beside = [...(x > 0 ? [cell - 1] : []), ...(x < columns - 1 ? [cell + 1] : []), cell - columns, cell + columns];
      for (const neighbour of beside) if (open.delete(neighbour)) next.push(neighbour);
    }
    bodies.push(body);
  }
  return bodies;
}

function isSkinCell({ width, pixels }: Raster, cell: Cell): boolean {
  let skin = 0;
  for (let y = 1; y < CELL; y += 2) for (let x = 1; x < CELL; x += 2) skin += Number(isSkin(pixels, (cell.y * CELL + y) * width + cell.x * CELL + x));
  return skin >= 5;
}

/** A neck hangs on the face, or a mask cuts it: it ends where a head of this width ends. */
function headOf(body: readonly Cell[], raster: Raster): Region {
  const whole = regionOf(body);
  const upper = regionOf(body.filter((cell) => cell.y * CELL < whole.top + Math.max(whole.width, whole.height / 2)));
  return { ...upper, height: Math.min(raster.height - upper.top, Math.round(upper.width * HEIGHT)) };
}

/** Chin and neck below a mask. */
function hangsBelow(region: Region, head: Region): boolean {
  const middle = region.left + region.width / 2;
  return region.top > head.top && middle > head.left && middle < head.left + head.width;
}

function regionOf(cells: readonly Cell[]): Region {
  const [xs, ys] = [cells.map((cell) => cell.x), cells.map((cell) => cell.y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { left: left * CELL, top: top * CELL, width: (Math.max(...xs) - left + 1) * CELL, height: (Math.max(...ys) - top + 1) * CELL };
}

function describe(raster: Raster, light: Float32Array, region: Region): Face {
  const middle = region.left + region.width / 2;
  const tone = toneOf(raster, light, region);
  const isDark = (at: number): boolean => (light[at] ?? 0) < DARK * tone;
  const band = insideOf(raster, region, EYES);
  const dark = band.filter(({ at }) => isDark(at));
  const eyes = eyesOf(spotsOf(dark, raster.width).filter((spot) => !touchesEdge(spot, band) && spot.length >= EYE * band.length), region.width);
  const lower = insideOf(raster, region, LOWER);
  return {
    region, centre: middle / raster.width, size: region.width / raster.width,
    tilt: eyes === undefined ? undefined : (Math.atan2(eyes.right.y - eyes.left.y, eyes.right.x - eyes.left.x) * 180) / Math.PI,
    turn: eyes === undefined ? undefined : ((eyes.left.x + eyes.right.x) / 2 - middle) / region.width,
    darkBand: dark.length / Math.max(1, band.length),
    lowerSkin: lower.filter(({ at }) => isSkin(raster.pixels, at)).length / Math.max(1, lower.length),
  };
}

interface Pixel extends Cell {
  readonly at: number;
}

/** Pixels of a band of the face. */
function insideOf(raster: Raster, { left, top, width, height }: Region, band: { readonly from: number; readonly to: number; readonly margin: number }): Pixel[] {
  const pixels: Pixel[] = [];
  for (let y = Math.round(top + band.from * height); y < Math.min(raster.height, top + band.to * height); y += 1) {
    for (let x = Math.round(left + band.margin * width); x < Math.min(raster.width, left + (1 - band.margin) * width); x += 1) pixels.push({ x, y, at: y * raster.width + x });
  }
  return pixels;
}

function toneOf(raster: Raster, light: Float32Array, region: Region): number {
  const skin = insideOf(raster, region, INNER).filter(({ at }) => isSkin(raster.pixels, at)).map(({ at }) => light[at] ?? 0);
  return skin.reduce((sum, value) => sum + value, 0) / Math.max(1, skin.length);
}

/** Connected dark pixels. */
function spotsOf(dark: readonly Pixel[], width: number): Pixel[][] {
  const open = new Map(dark.map((pixel) => [pixel.at, pixel]));
  return dark.flatMap((start) => {
    const spot: Pixel[] = [];
    const next = [start.at];
    for (let at = next.pop(); at !== undefined; at = next.pop()) {
      const pixel = open.get(at);
      if (pixel === undefined) continue;
      open.delete(at);
      spot.push(pixel);
      next.push(at - 1, at + 1, at - width, at + width);
    }
    return spot.length === 0 ? [] : [spot];
  });
}

/** Hair comes in from outside of the band. */
function touchesEdge(spot: readonly Pixel[], band: readonly Pixel[]): boolean {
  const [first, last] = [band[0], band.at(-1)];
  return first === undefined || last === undefined || spot.some(({ x, y }) => x === first.x || x === last.x || y === first.y || y === last.y);
}

/** Of all pairs of spots that may be eyes, the one of the most pixels. */
function eyesOf(spots: readonly (readonly Pixel[])[], faceWidth: number): { readonly left: Cell; readonly right: Cell } | undefined {
  const middles = spots.map((spot) => ({ size: spot.length, x: spot.reduce((sum, { x }) => sum + x, 0) / spot.length, y: spot.reduce((sum, { y }) => sum + y, 0) / spot.length }));
  const pairs = middles.flatMap((left) => middles.map((right) => ({ left, right, size: left.size + right.size })));
  const possible = pairs.filter(({ left, right }) => {
    const apart = (right.x - left.x) / faceWidth;
    return apart >= APART.least && apart <= APART.most && Math.abs(right.y - left.y) <= APART.steepest * (right.x - left.x);
  });
  return possible.toSorted((a, b) => b.size - a.size)[0];
}
