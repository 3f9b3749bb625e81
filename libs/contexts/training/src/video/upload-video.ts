import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { found, platformProblems, queueJob, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { oneLine } from '../course/course-view.js';
import type { CourseStore } from '../course/course.store.js';
import { durationMsOf } from './mp4.js';
import { TRANSCODE_VIDEO } from './transcode-video.js';
import type { KeptFile, KeptFiles } from '../kept-files.js';
import { videoView, videoViewOf } from './video-view.js';
import type { VideoRecord, VideoStore } from './video.store.js';

const spec = useCase({
  action: 'training.video.upload',
  kind: 'process',
  summary: 'Takes in a film (MP4, streamed); a film that is on file already is not taken in twice',
  input: z.strictObject({ title: oneLine(100), courseId: z.uuid().optional() }),
  output: videoView,
  refusals: [...refusals(trainingProblems, 'NOT_A_VIDEO'), ...refusals(platformProblems, 'BODY_TOO_LARGE', 'NOT_FOUND')],
});

export interface UploadParts {
  readonly courses: CourseStore;
  readonly folder: KeptFiles;
  /** Whether a transcoder is configured; without it the film is sent as it is. */
  readonly isTranscoded: boolean;
  readonly videos: VideoStore;
}

/** TRN-4.8: written once under its digest, then recorded; what was killed in between is uploaded again. */
export class UploadVideo implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly parts: UploadParts) {}

  async execute(ctx: Ctx, { title, courseId }: InputOf<typeof spec>, body?: Readable): Promise<OutputOf<typeof spec>> {
    const { courses, folder } = this.parts;
    if (courseId !== undefined) found(await courses.find(ctx.db, courseId));
    if (body === undefined) throw trainingProblems.refuse('NOT_A_VIDEO');
    const film = await folder.receive(body);
    const durationMs = await this.durationMs(film);
    if (durationMs === undefined) throw trainingProblems.refuse('NOT_A_VIDEO');
    const { isTranscoded } = this.parts;
    const video: VideoRecord = {
      ...film, id: uuidv7(), courseId: courseId ?? null, title, durationMs, expiresOn: null, state: isTranscoded ? 'UPLOADED' : 'TRANSCODED', delivery: isTranscoded ? 'PENDING' : 'AS_IS',
    };
    return videoViewOf(await ctx.transaction((tx) => this.record(tx, video)));
  }

  private async record(ctx: Ctx, video: VideoRecord): Promise<VideoRecord> {
    const { videos, isTranscoded } = this.parts;
    if (!(await videos.add(ctx.db, video, ctx.now))) return found(await videos.findFilm(ctx.db, video.sha256));
    ctx.audit({ object: `video:${video.id}`, facts: { sha256: video.sha256, length: video.length } });
    if (isTranscoded) await queueJob(ctx, TRANSCODE_VIDEO, { videoId: video.id });
    return video;
  }

  private async durationMs({ sha256, length }: KeptFile): Promise<number | undefined> {
    const file = await open(this.parts.folder.pathOf(sha256), 'r');
    try {
      return await durationMsOf(async (first, end) => {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(end - first), 0, end - first, first);
        return buffer.subarray(0, bytesRead);
      }, length);
    } finally {
      await file.close();
    }
  }
}
