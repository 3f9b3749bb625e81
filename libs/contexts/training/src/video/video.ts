/** TRN-3.5. */
export const VIDEO_STATES = ['UPLOADED', 'TRANSCODED', 'CAPTIONED', 'PUBLISHED', 'EXPIRED'] as const;
export type VideoState = (typeof VIDEO_STATES)[number];

/** How it is sent: as it was uploaded where no transcoder is configured, else in renditions as well. */
export const DELIVERIES = ['PENDING', 'AS_IS', 'RENDITIONS'] as const;
export type Delivery = (typeof DELIVERIES)[number];

export interface Rendition {
  /** Whole stream, sound included. */
  readonly kbps: number;
  readonly height: number;
}

/** TRN-4.8: viewers on LGWAN are poor in bandwidth, so the smallest is made and offered first. */
export const RENDITIONS: readonly Rendition[] = [{ kbps: 300, height: 240 }, { kbps: 800, height: 480 }, { kbps: 1_500, height: 720 }];

/** A signed address is good for so long (TRN-4.8). */
export const ACCESS_SECONDS = 6 * 3_600;

const MAX_SPEED = 2;

/** A part of the video that was played: milliseconds from its start, `from` below `to`. */
export type Interval = readonly [from: number, to: number];

/** What was played at least once: intervals that neither touch nor overlap, in order (TRN-4.8). */
export function unionOf(intervals: readonly Interval[]): Interval[] {
  const union: Interval[] = [];
  for (const [from, to] of [...intervals].sort((a, b) => a[0] - b[0])) {
    const last = union.at(-1);
    if (last !== undefined && from <= last[1]) union[union.length - 1] = [last[0], Math.max(last[1], to)];
    else union.push([from, to]);
  }
  return union;
}

/** Length of intervals that do not overlap. */
export function lengthOf(union: readonly Interval[]): number {
  return union.reduce((sum, [from, to]) => sum + to - from, 0);
}

/** TRN-4.8: nobody plays faster than twice the speed of the clock. What was played before, or on another device in the same seconds, adds nothing. */
export function isPlausible(addedMs: number, wallMs: number): boolean {
  return addedMs <= wallMs * MAX_SPEED;
}

/** TRN-4.8: watched is who has played at least nine tenths. */
export function isWatched(playedMs: number, durationMs: number): boolean {
  return playedMs * 100 >= durationMs * 90;
}
