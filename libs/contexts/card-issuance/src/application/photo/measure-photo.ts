import { faceOf, type Face } from './face.js';
import type { Raster, Region } from './photo-file.js';

/** What can be measured of a print version without judging it. Brightness is 0–255. */
export interface PhotoMeasures {
  readonly faceRegion: Region;
  readonly backgroundRegion: Region;
  /** Variance of the Laplacian of brightness within the face: small where nothing is sharp. */
  readonly sharpness: number;
  readonly brightness: number;
  /** Share of the face that is blown out. */
  readonly glare: number;
  /** Largest difference between the mean brightness of two parts of the background. */
  readonly backgroundStep: number;
  /** Share of background pixels that lie on an edge. */
  readonly backgroundEdges: number;
  readonly face: Face | undefined;
  /** Bodies of skin beside the face that are large enough to be another one. */
  readonly otherFaces: readonly Region[];
}

const SIDE = 0.1;
const BACKGROUND_HEIGHT = 0.4;
const PARTS = 4;
const EDGE = 24;
const BLOWN_OUT = 250;

/** Measures a print version: brightness, sharpness, background, and where the face is (CARD-4.3 P03–P06, P08). */
export function measurePhoto(raster: Raster): PhotoMeasures {
  const light = brightnessOf(raster);
  const { face, others } = faceOf(raster, light);
  const faceRegion = face?.region ?? boxOf(raster, { x: 0.25, y: 0.2, width: 0.5, height: 0.5 });
  const inFace = valuesIn(light, raster.width, middleOf(faceRegion));
  const strips = [0, 1 - SIDE].flatMap((x) => Array.from({ length: PARTS }, (_, part) => boxOf(raster, { x, y: (part * BACKGROUND_HEIGHT) / PARTS, width: SIDE, height: BACKGROUND_HEIGHT / PARTS })));
  const means = strips.map((strip) => mean(valuesIn(light, raster.width, strip)));
  const edges = strips.flatMap((strip) => edgesIn(light, raster.width, strip));
  return {
    faceRegion, backgroundRegion: boxOf(raster, { x: 0, y: 0, width: 1, height: BACKGROUND_HEIGHT }),
    sharpness: variance(laplaciansIn(light, raster.width, faceRegion)), brightness: mean(inFace), glare: share(inFace, (value) => value >= BLOWN_OUT),
    backgroundStep: Math.max(...means) - Math.min(...means), backgroundEdges: share(edges, (step) => step > EDGE),
    face, otherFaces: others,
  };
}

/** Brightness of each pixel (ITU-R BT.601). */
function brightnessOf({ width, height, pixels }: Raster): Float32Array {
  const light = new Float32Array(width * height);
  for (let at = 0; at < light.length; at += 1) light[at] = 0.299 * (pixels[at * 3] ?? 0) + 0.587 * (pixels[at * 3 + 1] ?? 0) + 0.114 * (pixels[at * 3 + 2] ?? 0);
  return light;
}

function boxOf(raster: Raster, part: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }): Region {
  return { left: Math.round(part.x * raster.width), top: Math.round(part.y * raster.height), width: Math.round(part.width * raster.width), height: Math.round(part.height * raster.height) };
}

/** Without the corners, where the background is seen. */
function middleOf({ left, top, width, height }: Region): Region {
  return { left: left + Math.round(width * 0.25), top: top + Math.round(height * 0.15), width: Math.round(width * 0.5), height: Math.round(height * 0.7) };
}

function* pixelsIn(light: Float32Array, width: number, region: Region): Generator<number> {
  const rows = Math.floor(light.length / width);
  for (let y = Math.max(1, region.top); y < Math.min(rows - 1, region.top + region.height); y += 1) {
    for (let x = Math.max(1, region.left); x < Math.min(width - 1, region.left + region.width); x += 1) yield y * width + x;
  }
}

function valuesIn(light: Float32Array, width: number, region: Region): number[] {
  return Array.from(pixelsIn(light, width, region), (at) => light[at] ?? 0);
}

function laplaciansIn(light: Float32Array, width: number, region: Region): number[] {
  const of = (at: number): number => light[at] ?? 0;
  return Array.from(pixelsIn(light, width, region), (at) => of(at - 1) + of(at + 1) + of(at - width) + of(at + width) - 4 * of(at));
}

function edgesIn(light: Float32Array, width: number, region: Region): number[] {
  const of = (at: number): number => light[at] ?? 0;
  return Array.from(pixelsIn(light, width, region), (at) => Math.hypot(of(at + 1) - of(at - 1), of(at + width) - of(at - width)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** 2));
}

function share(values: readonly number[], holds: (value: number) => boolean): number {
  return values.filter(holds).length / Math.max(1, values.length);
}
