import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { platformProblems, stillWaiting, type Ctx, type Job, type JobKind, type StepOutcome } from '#platform';
import { RENDITIONS, type Rendition } from './video.js';
import type { KeptFiles } from '../kept-files.js';
import type { RenditionRecord, VideoStore } from './video.store.js';

export const TRANSCODE_VIDEO = 'transcode-video';
const parameters = z.object({ videoId: z.uuid() });
/** One rendition of a day's seminar; a program that takes longer is ended and begun again. */
const LONGEST_MS = 4 * 3_600_000;
/** A process that was killed keeps the others from its film for so long. */
const LEASE_MS = 60_000;
const SOUND_KBPS = 48;

type Made = RenditionRecord | 'BUSY' | undefined;

/** One rendition a step, the smallest first (TRN-4.8). A film that is transcoded in another process is left to it. */
export class TranscodeVideo implements JobKind<Made> {
  readonly kind = TRANSCODE_VIDEO;

  /** `program`: path of ffmpeg. */
  constructor(
    private readonly videos: VideoStore,
    private readonly folder: KeptFiles,
    private readonly program: string | undefined,
  ) {}

  async prepare(ctx: Ctx, job: Job): Promise<Made> {
    const rendition = RENDITIONS[job.done];
    const { videoId } = parameters.parse(job.parameters);
    const video = await this.videos.find(ctx.db, videoId);
    if (rendition === undefined || video === undefined) return undefined;
    const { program } = this;
    if (program === undefined) throw platformProblems.refuse('UNAVAILABLE');
    if (!(await ctx.transaction((tx) => this.videos.claimTranscoding(tx.db, videoId, tx.now, leaseFrom(tx.now))))) return 'BUSY';
    const renewal = setInterval(() => void ctx.transaction((tx) => this.videos.holdTranscoding(tx.db, videoId, leaseFrom(tx.now))).catch(() => undefined), LEASE_MS / 3);
    try {
      const made = await this.folder.produce((draft) => promisify(execFile)(program, commandLine(this.folder.pathOf(video.sha256), rendition, draft), { timeout: LONGEST_MS }));
      return { ...made, kbps: rendition.kbps };
    } catch (error) {
      await ctx.transaction((tx) => this.videos.holdTranscoding(tx.db, videoId, undefined));
      throw error;
    } finally {
      clearInterval(renewal);
    }
  }

  async step(ctx: Ctx, job: Job, made: Made): Promise<StepOutcome> {
    if (made === 'BUSY') return stillWaiting(job);
    const { videoId } = parameters.parse(job.parameters);
    if (made !== undefined) {
      await this.videos.addRendition(ctx.db, videoId, made);
      return { cursor: made.kbps, done: job.done + 1, total: RENDITIONS.length };
    }
    const video = await this.videos.lock(ctx.db, videoId);
    if (video?.state === 'UPLOADED') await this.videos.save(ctx.db, { ...video, state: 'TRANSCODED', delivery: 'RENDITIONS' }, ctx.now);
    ctx.audit({ object: `video:${videoId}`, facts: { renditions: job.done } });
    return { cursor: job.cursor, done: job.done, result: { renditions: job.done } };
  }
}

function leaseFrom(now: Date): Date {
  return new Date(now.getTime() + LEASE_MS);
}

/** H.264 with its index in front, so that a player begins with the first octets. */
function commandLine(film: string, { kbps, height }: Rendition, draft: string): string[] {
  const picture = `${kbps - SOUND_KBPS}k`;
  return [
    '-nostdin', '-loglevel', 'error', '-y', '-i', film, '-vf', `scale=-2:'min(${height},ih)'`, '-c:v', 'libx264', '-b:v', picture, '-maxrate', picture, '-bufsize', `${2 * kbps}k`,
    '-c:a', 'aac', '-b:a', `${SOUND_KBPS}k`, '-movflags', '+faststart', '-f', 'mp4', draft,
  ];
}
