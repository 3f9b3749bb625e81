import { z } from 'zod';
import type { LocalDate } from '#kernel';
import type { Db, Row } from '#platform';
import type { KeptFile } from '../kept-files.js';
import type { Delivery, Interval, VideoState } from './video.js';

export interface VideoRecord extends KeptFile {
  readonly id: string;
  readonly courseId: string | null;
  readonly title: string;
  readonly state: VideoState;
  readonly delivery: Delivery;
  readonly durationMs: number;
  /** Last day on which it is shown. */
  readonly expiresOn: LocalDate | null;
}

export interface RenditionRecord extends KeptFile {
  readonly kbps: number;
}

/** One person and one video: what the signed addresses of the person name. */
export interface Viewing {
  readonly id: string;
  readonly videoId: string;
  readonly bodyCode: string;
  /** Of whose course the film is a part, if so. */
  readonly registrationId: string | null;
  readonly played: readonly Interval[];
  readonly playedMs: number;
  readonly creditedAt: Date;
  readonly watchedAt: Date | null;
}

export interface NewViewing extends Pick<Viewing, 'id' | 'videoId' | 'bodyCode' | 'registrationId'> {
  /** Keyed hash of the person, or of the registration. */
  readonly viewer: Buffer;
}

const COLUMNS = 'id, course_id AS "courseId", title, state, delivery, sha256, length, duration_ms AS "durationMs", expires_on AS "expiresOn"';
const VIEWING = 'id, video_id AS "videoId", body_code AS "bodyCode", registration_id AS "registrationId", played, played_ms AS "playedMs", credited_at AS "creditedAt", watched_at AS "watchedAt"';
const intervals = z.array(z.tuple([z.number(), z.number()]));

export class VideoStore {
  async find(db: Db, id: string): Promise<VideoRecord | undefined> {
    return db.maybe<VideoRecord & Row>(`SELECT ${COLUMNS} FROM video WHERE id = $1`, id);
  }

  async lock(db: Db, id: string): Promise<VideoRecord | undefined> {
    return db.maybe<VideoRecord & Row>(`SELECT ${COLUMNS} FROM video WHERE id = $1 FOR UPDATE`, id);
  }

  async findFilm(db: Db, sha256: string): Promise<VideoRecord | undefined> {
    return db.maybe<VideoRecord & Row>(`SELECT ${COLUMNS} FROM video WHERE sha256 = $1 AND state <> 'EXPIRED'`, sha256);
  }

  /** The newest first; ids rise with time. */
  async list(db: Db, filter: { readonly state: VideoState | undefined; readonly before: string | undefined; readonly limit: number }): Promise<VideoRecord[]> {
    return db.many<VideoRecord & Row>(
      `SELECT ${COLUMNS} FROM video WHERE ($1::text IS NULL OR state = $1) AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
      filter.state ?? null, filter.before ?? null, filter.limit,
    );
  }

  /** False when the film is on file. */
  async add(db: Db, video: VideoRecord, at: Date): Promise<boolean> {
    const added = await db.run(
      `INSERT INTO video (id, course_id, title, state, delivery, sha256, length, duration_ms, uploaded_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
       ON CONFLICT (sha256) WHERE state <> 'EXPIRED' DO NOTHING`,
      video.id, video.courseId, video.title, video.state, video.delivery, video.sha256, video.length, video.durationMs, at.toISOString(),
    );
    return added === 1;
  }

  async save(db: Db, { id, state, delivery, expiresOn }: Pick<VideoRecord, 'id' | 'state' | 'delivery' | 'expiresOn'>, at: Date): Promise<void> {
    await db.run('UPDATE video SET state = $2, delivery = $3, expires_on = $4, changed_at = $5 WHERE id = $1', id, state, delivery, expiresOn, at.toISOString());
  }

  /** Those whose last day is over. */
  async expire(db: Db, today: LocalDate, now: Date): Promise<string[]> {
    const rows = await db.many<{ id: string }>("UPDATE video SET state = 'EXPIRED', changed_at = $2 WHERE state = 'PUBLISHED' AND expires_on < $1 RETURNING id", today, now.toISOString());
    return rows.map(({ id }) => id);
  }

  /** Takes the video for one process to transcode until then; false while another one has it. */
  async claimTranscoding(db: Db, id: string, now: Date, until: Date): Promise<boolean> {
    return (await db.run("UPDATE video SET transcoding_until = $3 WHERE id = $1 AND state = 'UPLOADED' AND coalesce(transcoding_until, $2) <= $2", id, now.toISOString(), until.toISOString())) === 1;
  }

  /** Goes on until then, or leaves it to any process. */
  async holdTranscoding(db: Db, id: string, until: Date | undefined): Promise<void> {
    await db.run('UPDATE video SET transcoding_until = $2 WHERE id = $1', id, until?.toISOString() ?? null);
  }

  async addRendition(db: Db, videoId: string, { kbps, sha256, length }: RenditionRecord): Promise<void> {
    await this.holdTranscoding(db, videoId, undefined);
    await db.run('INSERT INTO video_rendition (video_id, kbps, sha256, length) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', videoId, kbps, sha256, length);
  }

  /** The smallest first (TRN-4.8). */
  async renditions(db: Db, videoId: string): Promise<RenditionRecord[]> {
    return db.many<RenditionRecord & Row>('SELECT kbps, sha256, length FROM video_rendition WHERE video_id = $1 ORDER BY kbps', videoId);
  }

  async putCaption(db: Db, { videoId, language, content }: { readonly videoId: string; readonly language: string; readonly content: string }, at: Date): Promise<void> {
    await db.run(
      'INSERT INTO video_caption (video_id, language, content, changed_at) VALUES ($1, $2, $3, $4) ON CONFLICT (video_id, language) DO UPDATE SET content = excluded.content, changed_at = excluded.changed_at',
      videoId, language, content, at.toISOString(),
    );
  }

  async caption(db: Db, videoId: string, language: string): Promise<string | undefined> {
    return (await db.maybe<{ content: string }>('SELECT content FROM video_caption WHERE video_id = $1 AND language = $2', videoId, language))?.content;
  }

  async captionLanguages(db: Db, videoId: string): Promise<string[]> {
    return (await db.many<{ language: string }>('SELECT language FROM video_caption WHERE video_id = $1 ORDER BY language', videoId)).map(({ language }) => language);
  }

  /** The viewing of a person, begun now unless there is one. */
  async openViewing(db: Db, { id, videoId, bodyCode, registrationId, viewer }: NewViewing, at: Date): Promise<string> {
    const row = await db.one<{ id: string }>(
      `INSERT INTO video_viewing (id, video_id, body_code, viewer, played, played_ms, credited_at, registration_id) VALUES ($1, $2, $3, $4, '[]', 0, $5, $6)
       ON CONFLICT (video_id, body_code, viewer) DO UPDATE SET body_code = excluded.body_code RETURNING id`,
      id, videoId, bodyCode, viewer, at.toISOString(), registrationId,
    );
    return row.id;
  }

  async findViewing(db: Db, id: string): Promise<Viewing | undefined> {
    return viewingOf(await db.maybe<Viewing & Row>(`SELECT ${VIEWING} FROM video_viewing WHERE id = $1`, id));
  }

  async lockViewing(db: Db, id: string): Promise<Viewing | undefined> {
    return viewingOf(await db.maybe<Viewing & Row>(`SELECT ${VIEWING} FROM video_viewing WHERE id = $1 FOR UPDATE`, id));
  }

  /** Whether a registration has watched every film that its course shows now, and there is one (TRN-4.8). */
  async areWatched(db: Db, { id, courseId }: { readonly id: string; readonly courseId: string }): Promise<boolean> {
    const { shown, watched } = await db.one<{ shown: number; watched: number }>(
      `SELECT count(*)::int AS shown, count(w.watched_at)::int AS watched FROM video v LEFT JOIN video_viewing w ON w.video_id = v.id AND w.registration_id = $1
       WHERE v.course_id = $2 AND v.state = 'PUBLISHED'`,
      id, courseId,
    );
    return shown > 0 && shown === watched;
  }

  async saveViewing(db: Db, { id, played, playedMs, creditedAt, watchedAt }: Viewing): Promise<void> {
    await db.run(
      'UPDATE video_viewing SET played = $2, played_ms = $3, credited_at = $4, watched_at = $5 WHERE id = $1',
      id, JSON.stringify(played), playedMs, creditedAt.toISOString(), watchedAt?.toISOString() ?? null,
    );
  }
}

function viewingOf(row: Viewing | undefined): Viewing | undefined {
  return row === undefined ? undefined : { ...row, played: intervals.parse(row.played) };
}
