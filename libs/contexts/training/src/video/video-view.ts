import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { found, type Ctx } from '#platform';
import { DELIVERIES, VIDEO_STATES, type VideoState } from './video.js';
import type { VideoRecord, VideoStore } from './video.store.js';

export const byVideo = z.strictObject({ videoId: z.uuid() });
/** As in the `srclang` of a track (BCP 47). */
export const language = z.string().regex(/^[a-z]{2}(?:-[A-Z]{2})?$/);

export const videoView = z.object({
  videoId: z.uuid(), courseId: z.uuid().nullable(), title: z.string(), state: z.enum(VIDEO_STATES),
  delivery: z.enum(DELIVERIES).describe('AS_IS: no transcoder is configured, the film is sent as it was uploaded'),
  sha256: z.string(), length: z.int(), durationMs: z.int(), expiresOn: z.string().nullable(),
});

export function videoViewOf({ id, ...video }: VideoRecord): z.input<typeof videoView> {
  return { videoId: id, ...video };
}

/** The locked video in one of these states; refuses NOT_FOUND, NOT_IN_STATE. */
export async function heldVideo(ctx: Ctx, videos: VideoStore, id: string, ...states: readonly VideoState[]): Promise<VideoRecord> {
  const video = found(await videos.lock(ctx.db, id));
  if (!states.includes(video.state)) throw trainingProblems.refuse('NOT_IN_STATE', { facts: { state: video.state } });
  return video;
}
