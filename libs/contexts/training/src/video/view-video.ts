import { Readable } from 'node:stream';
import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { localDateInJapan } from '#kernel';
import { found, platformProblems, refusals, useCase, uuidv7, type BinaryAnswer, type Ctx, type FieldCipher, type InputOf, type OutputOf, type UseCase } from '#platform';
import { bodyCodeOf } from '../body/body.js';
import { periodFault } from '../registration/registration.js';
import { usableRegistration } from '../registration/usable-registration.js';
import type { StatementDesk } from '../statement/statement-desk.js';
import { signedAccess, type AddressSigner, type SignedAccess } from './signed-address.js';
import type { BodyThrottle } from './throttle.js';
import { isPlausible, isWatched, lengthOf, unionOf, type Interval } from './video.js';
import type { KeptFiles } from '../kept-files.js';
import { byVideo, language } from './video-view.js';
import type { NewViewing, VideoRecord, VideoStore, Viewing } from './video.store.js';

export interface ViewingParts {
  readonly cipher: FieldCipher;
  readonly folder: KeptFiles;
  readonly signer: AddressSigner;
  readonly statements: StatementDesk;
  readonly throttle: BodyThrottle;
  readonly videos: VideoStore;
}

const progress = { playedMs: z.int().describe('played at least once'), durationMs: z.int(), isWatched: z.boolean().describe('nine tenths or more') };
const addressed = [...refusals(trainingProblems, 'ADDRESS_INVALID'), ...refusals(platformProblems, 'NOT_FOUND')];
const access = byVideo.extend(signedAccess);

const openSpec = useCase({
  action: 'training.video.view', kind: 'command', summary: 'Addresses of a published video for the person who asks, good for six hours; with a registration for the learner whose course it is a part of, on whatever device',
  input: byVideo.extend({ registrationId: z.uuid().optional() }),
  output: z.object({
    ...progress,
    expiresAt: z.iso.datetime(),
    files: z.array(z.object({ kbps: z.int().optional().describe('none: as it was uploaded'), address: z.string() })).describe('the one for the slowest line first'),
    captions: z.array(z.object({ language: z.string(), address: z.string() })),
    playedAddress: z.string(),
  }),
  refusals: [...refusals(trainingProblems, 'EXPIRED', 'NOT_IN_STATE', 'NOT_STARTED_YET', 'OPERATOR_NOT_ASSERTED'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** TRN-4.8. */
export class ViewVideo implements UseCase<typeof openSpec> {
  readonly spec = openSpec;

  constructor(private readonly parts: ViewingParts) {}

  async execute(ctx: Ctx, { videoId, registrationId }: InputOf<typeof openSpec>): Promise<OutputOf<typeof openSpec>> {
    const { videos, signer } = this.parts;
    const video = shown(ctx, await videos.find(ctx.db, videoId));
    const viewingId = await videos.openViewing(ctx.db, { id: uuidv7(), videoId, ...(await this.viewerOf(ctx, video, registrationId)) }, ctx.now);
    const viewing = found(await videos.findViewing(ctx.db, viewingId));
    const signed = signer.sign(videoId, viewing.id, ctx.now);
    const address = (place: string, more: Readonly<Record<string, string>> = {}): string => `/api/training/v1/videos/${videoId}/${place}?${new URLSearchParams({ ...signed, expires: String(signed.expires), ...more }).toString()}`;
    const renditions = await videos.renditions(ctx.db, videoId);
    ctx.audit({ object: `video:${videoId}`, facts: { viewing: viewing.id } });
    return {
      ...progressOf(video, viewing),
      expiresAt: new Date(signed.expires * 1_000).toISOString(),
      files: [...renditions.map(({ kbps }) => ({ kbps, address: address('file', { kbps: String(kbps) }) })), { address: address('file') }],
      captions: (await videos.captionLanguages(ctx.db, videoId)).map((one) => ({ language: one, address: address(`captions/${one}`) })),
      playedAddress: address('played'),
    };
  }

  /** Who plays it: the person who asks, or the learner of a registration, which begins with it. */
  private async viewerOf(ctx: Ctx, { courseId }: VideoRecord, registrationId: string | undefined): Promise<Pick<NewViewing, 'bodyCode' | 'registrationId' | 'viewer'>> {
    const { cipher, statements } = this.parts;
    const { operator, organisation } = ctx.actor;
    if (operator === undefined) throw trainingProblems.refuse('OPERATOR_NOT_ASSERTED');
    if (registrationId === undefined) return { bodyCode: bodyCodeOf(ctx.actor) ?? organisation, registrationId: null, viewer: cipher.blindIndex('video-viewer', `${organisation}\0${operator}`) };
    const { registrations } = statements.parts;
    const registration = await usableRegistration(ctx, registrations, registrationId);
    if (registration.courseId !== courseId) throw platformProblems.refuse('NOT_FOUND');
    await registrations.start(ctx.db, registrationId, ctx.now);
    return { bodyCode: registration.bodyCode, registrationId, viewer: cipher.blindIndex('video-viewer', `registration\0${registrationId}`) };
  }
}

const fileSpec = useCase({
  action: 'training.video.read', kind: 'question', summary: 'The film or a rendition of it under a signed address; ranges as players ask for them', input: access.extend({ kbps: z.coerce.number().int().optional() }),
  output: z.custom<BinaryAnswer>(), refusals: addressed,
});

export class ReadVideoFile implements UseCase<typeof fileSpec> {
  readonly spec = fileSpec;

  constructor(private readonly parts: ViewingParts) {}

  async execute(ctx: Ctx, { videoId, kbps, ...signed }: InputOf<typeof fileSpec>): Promise<BinaryAnswer> {
    const { folder, throttle, videos } = this.parts;
    const { video, viewing } = await permitted(ctx, this.parts, videoId, signed);
    const { sha256, length } = kbps === undefined ? video : found((await videos.renditions(ctx.db, videoId)).find((one) => one.kbps === kbps));
    ctx.audit({ object: `video:${videoId}`, facts: { viewing: viewing.id } });
    return {
      contentType: 'video/mp4',
      headers: { etag: `"${sha256}"`, 'cache-control': 'private, max-age=21600' },
      body: { length, read: (stretch) => Readable.from(throttle.through(viewing.bodyCode, folder.read(sha256, stretch)), { objectMode: false }) },
    };
  }
}

const captionsSpec = useCase({ action: 'training.video.read-captions', kind: 'question', summary: 'Captions under a signed address', input: access.extend({ language }), output: z.custom<BinaryAnswer>(), refusals: addressed });

export class ReadCaptions implements UseCase<typeof captionsSpec> {
  readonly spec = captionsSpec;

  constructor(private readonly parts: ViewingParts) {}

  async execute(ctx: Ctx, { videoId, language: spoken, ...signed }: InputOf<typeof captionsSpec>): Promise<BinaryAnswer> {
    const { viewing } = await permitted(ctx, this.parts, videoId, signed);
    const content = found(await this.parts.videos.caption(ctx.db, videoId, spoken));
    ctx.audit({ object: `video:${videoId}`, facts: { viewing: viewing.id } });
    return { contentType: 'text/vtt; charset=utf-8', body: Buffer.from(content) };
  }
}

const DAY_MS = 86_400_000;
const playedSpec = useCase({
  action: 'training.video.report-played', kind: 'process', summary: 'What a player has played, in milliseconds of the video, under a signed address; telling it twice changes nothing',
  input: access.extend({ intervals: z.array(z.tuple([z.int().min(0), z.int().max(DAY_MS)]).refine(([from, to]) => from < to, { params: { code: 'ORDER' } })).min(1).max(200) }),
  output: z.object(progress), refusals: [...addressed, ...refusals(trainingProblems, 'IMPLAUSIBLE_PROGRESS')],
});

/**
 * TRN-4.8: what was not played before has to fit into the time since something was last credited, on whatever device, at twice the speed. So what two
 * devices play in the same seconds counts once, and nobody gains by opening more of them. The last film of a course may complete its registration (WATCHED_90), in
 * the same transaction.
 */
export class ReportPlayed implements UseCase<typeof playedSpec> {
  readonly spec = playedSpec;

  constructor(private readonly parts: ViewingParts) {}

  async execute(ctx: Ctx, { videoId, intervals, ...signed }: InputOf<typeof playedSpec>): Promise<OutputOf<typeof playedSpec>> {
    const { video, viewing: { registrationId } } = await permitted(ctx, this.parts, videoId, signed);
    const { statements, videos } = this.parts;
    return ctx.transaction(async (tx) => {
      // The registration before the viewing, as by whoever opens one.
      const registration = registrationId === null ? undefined : await statements.parts.registrations.lock(tx.db, registrationId);
      const viewing = found(await videos.lockViewing(tx.db, signed.viewing));
      const seen = credited(tx, { video, viewing, intervals });
      if (seen !== viewing) {
        await videos.saveViewing(tx.db, seen);
        tx.audit({ object: `video:${videoId}`, facts: { viewing: viewing.id, playedMs: seen.playedMs } });
      }
      if (seen.watchedAt !== null && registration !== undefined && periodFault(registration, tx.now) === undefined) await statements.settle(tx, registration.id);
      return progressOf(video, seen);
    });
  }
}

/** The viewing with what is new of it; the same where nothing is. Refuses IMPLAUSIBLE_PROGRESS. */
function credited({ now }: Ctx, { video, viewing, intervals }: { readonly video: VideoRecord; readonly viewing: Viewing; readonly intervals: readonly Interval[] }): Viewing {
  const within = intervals.filter(([from]) => from < video.durationMs).map(([from, to]) => [from, Math.min(to, video.durationMs)] as const);
  const played = unionOf([...viewing.played, ...within]);
  const playedMs = lengthOf(played);
  const addedMs = playedMs - viewing.playedMs;
  if (addedMs === 0) return viewing;
  if (!isPlausible(addedMs, now.getTime() - viewing.creditedAt.getTime())) throw trainingProblems.refuse('IMPLAUSIBLE_PROGRESS', { facts: { addedMs } });
  return { ...viewing, played, playedMs, creditedAt: now, watchedAt: viewing.watchedAt ?? (isWatched(playedMs, video.durationMs) ? now : null) };
}

/** Refuses ADDRESS_INVALID, NOT_FOUND. */
async function permitted(ctx: Ctx, { signer, videos }: ViewingParts, videoId: string, signed: SignedAccess): Promise<{ readonly video: VideoRecord; readonly viewing: Viewing }> {
  signer.check(videoId, signed, ctx.now);
  return { video: shown(ctx, await videos.find(ctx.db, videoId)), viewing: found(await videos.findViewing(ctx.db, signed.viewing)) };
}

/** What is published and not past its last day; refuses NOT_FOUND. */
function shown(ctx: Ctx, video: VideoRecord | undefined): VideoRecord {
  const there = found(video);
  if (there.state !== 'PUBLISHED' || (there.expiresOn ?? '') < localDateInJapan(ctx.now)) throw platformProblems.refuse('NOT_FOUND');
  return there;
}

function progressOf({ durationMs }: VideoRecord, { playedMs, watchedAt }: Viewing): { playedMs: number; durationMs: number; isWatched: boolean } {
  return { playedMs, durationMs, isWatched: watchedAt !== null };
}
