import type { Readable } from 'node:stream';
import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { localDateInJapan } from '#kernel';
import { daily, nextOf, pageLimit, platformProblems, refusals, useCase, wholeBody, type Ctx, type InputOf, type OutputOf, type Schedule, type UseCase } from '#platform';
import { localDate } from '../course/course-view.js';
import { captionFault } from './caption.js';
import { VIDEO_STATES } from './video.js';
import { byVideo, heldVideo, language, videoView, videoViewOf } from './video-view.js';
import type { VideoStore } from './video.store.js';

/** Octets of a caption file. */
const MOST = 1024 * 1024;
const found = [...refusals(trainingProblems, 'NOT_IN_STATE'), ...refusals(platformProblems, 'NOT_FOUND')];

const captionSpec = useCase({
  action: 'training.video.caption', kind: 'process', summary: 'Captions of a video in a language (WebVTT); they may be replaced', input: byVideo.extend({ language }), output: videoView,
  refusals: [...found, ...refusals(trainingProblems, 'CAPTIONS_FAULTY'), ...refusals(platformProblems, 'BODY_TOO_LARGE')],
});

/** TRN-4.8: nothing is published without captions. */
export class CaptionVideo implements UseCase<typeof captionSpec> {
  readonly spec = captionSpec;

  constructor(private readonly videos: VideoStore) {}

  async execute(ctx: Ctx, { videoId, language: spoken }: InputOf<typeof captionSpec>, body?: Readable): Promise<OutputOf<typeof captionSpec>> {
    const content = await textOf(body);
    return ctx.transaction(async (tx) => {
      const video = await heldVideo(tx, this.videos, videoId, 'TRANSCODED', 'CAPTIONED', 'PUBLISHED');
      const fault = captionFault(content, video.durationMs);
      if (fault !== undefined) throw trainingProblems.refuse('CAPTIONS_FAULTY', { facts: { ...fault } });
      await this.videos.putCaption(tx.db, { videoId, language: spoken, content }, tx.now);
      const captioned = video.state === 'TRANSCODED' ? { ...video, state: 'CAPTIONED' as const } : video;
      await this.videos.save(tx.db, captioned, tx.now);
      tx.audit({ object: `video:${videoId}`, facts: { captions: spoken, state: captioned.state } });
      return videoViewOf(captioned);
    });
  }
}

async function textOf(body: Readable | undefined): Promise<string> {
  const octets = await wholeBody(body, MOST);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    throw trainingProblems.refuse('CAPTIONS_FAULTY', { facts: { line: 1, reason: 'ENCODING' } });
  }
}

const publishSpec = useCase({
  action: 'training.video.publish', kind: 'command', summary: 'Shows a captioned video until its last day', input: byVideo.extend({ expiresOn: localDate }), output: videoView,
  refusals: [...found, ...refusals(trainingProblems, 'TOO_LATE')],
});

export class PublishVideo implements UseCase<typeof publishSpec> {
  readonly spec = publishSpec;

  constructor(private readonly videos: VideoStore) {}

  async execute(ctx: Ctx, { videoId, expiresOn }: InputOf<typeof publishSpec>): Promise<OutputOf<typeof publishSpec>> {
    const video = await heldVideo(ctx, this.videos, videoId, 'CAPTIONED');
    if (expiresOn < localDateInJapan(ctx.now)) throw trainingProblems.refuse('TOO_LATE');
    const published = { ...video, state: 'PUBLISHED' as const, expiresOn };
    await this.videos.save(ctx.db, published, ctx.now);
    ctx.audit({ object: `video:${videoId}`, facts: { state: 'PUBLISHED', expiresOn } });
    return videoViewOf(published);
  }
}

const listSpec = useCase({
  action: 'training.video.list', kind: 'question', summary: 'Videos, the newest first; bodies see those that are published',
  input: z.strictObject({ state: z.enum(VIDEO_STATES).optional(), before: z.uuid().optional(), limit: pageLimit }),
  output: z.object({ items: z.array(videoView), next: z.string().optional() }), refusals: [],
});

export class ListVideos implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly videos: VideoStore) {}

  async execute(ctx: Ctx, { state, before, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const items = await this.videos.list(ctx.db, { state: ctx.actor.kind === 'operator' ? state : 'PUBLISHED', before, limit });
    return { items: items.map(videoViewOf), ...nextOf(items, limit, ({ id }) => id) };
  }
}

/** After its last day a video is shown no more. */
export function expireVideos(videos: VideoStore): Schedule {
  return daily('videos-expired', async (ctx) => {
    for (const id of await videos.expire(ctx.db, localDateInJapan(ctx.now), ctx.now)) ctx.audit({ object: `video:${id}`, facts: { state: 'EXPIRED' } });
  });
}
