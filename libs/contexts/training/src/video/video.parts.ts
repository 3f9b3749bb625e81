import { join } from 'node:path';
import { deriveKey, route, type ContextParts, type Platform } from '#platform';
import { anyone } from '../anyone.js';
import type { TrainingShelf } from '../shelf.js';
import { CaptionVideo, expireVideos, ListVideos, PublishVideo } from './change-video.js';
import { AddressSigner } from './signed-address.js';
import { BodyThrottle } from './throttle.js';
import { TranscodeVideo } from './transcode-video.js';
import { UploadVideo } from './upload-video.js';
import { KeptFiles } from '../kept-files.js';
import { ReadCaptions, ReadVideoFile, ReportPlayed, ViewVideo } from './view-video.js';

/** Films of seminars: taken in, captioned, published, and played under signed addresses (TRN-4.8). */
export function videoParts({ cipher, config, masterKey }: Platform, { courses, statements }: TrainingShelf): Partial<ContextParts> {
  const { videos } = statements.parts;
  const folder = new KeptFiles(config.video?.store ?? join(config.keys, 'videos'), 'mp4');
  const ffmpeg = config.video?.ffmpeg;
  const parts = { cipher, folder, statements, videos, signer: new AddressSigner(deriveKey(masterKey, 'training-video-address')), throttle: new BodyThrottle(config.video?.bodyKbps ?? 20_000) };
  return {
    http: [
      route('POST', '/videos', new UploadVideo({ courses, folder, videos, isTranscoded: ffmpeg !== undefined }), { status: 201, upload: ['video/mp4'] }),
      route('GET', '/videos', new ListVideos(videos)),
      route('PUT', '/videos/:videoId/captions/:language', new CaptionVideo(videos), { upload: ['text/vtt'] }),
      route('POST', '/videos/:videoId/steps/publication', new PublishVideo(videos)),
      route('POST', '/videos/:videoId/viewings', new ViewVideo(parts), { status: 201 }),
      route('GET', '/videos/:videoId/file', new ReadVideoFile(parts), { guest: anyone, binary: ['video/mp4'] }),
      route('GET', '/videos/:videoId/captions/:language', new ReadCaptions(parts), { guest: anyone, binary: ['text/vtt'] }),
      route('POST', '/videos/:videoId/played', new ReportPlayed(parts), { guest: anyone }),
    ],
    jobs: [new TranscodeVideo(videos, folder, ffmpeg)],
    schedules: [expireVideos(videos)],
  };
}
