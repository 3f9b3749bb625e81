import { setImmediate } from 'node:timers/promises';
import { noticeFileCompleted } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import type { Ctx, Job, JobKind, StepOutcome } from '#platform';
import { z } from 'zod';
import type { NoticeOutcome, ReadRow } from '../change-notice/intake-work.js';
import type { NoticeIntake } from '../change-notice/take-in-notices.js';
import { noticesWait } from '../prefecture/server.store.js';
import { fieldsOfLine } from './csv-line.js';
import { intakeRowOf, SHORT } from './notice-file.js';
import type { FileCounts, FileFault, NoticeFileStore } from './notice-file.store.js';
import { NOTICE_FILE_JOB } from './receive-notice-file.js';

const parameters = z.object({ fileId: z.uuid(), municipalityCode: z.string(), rows: z.number(), firstChunk: z.number().int().default(0), columns: z.number().int().default(SHORT) });
const position = z.object({ chunk: z.number().int() });

/** How long a file waits before it looks again whether the municipality's server is open (JUKI-7). */
const CLOSED_PAUSE_SECONDS = 10;
/** Rows begin after the header. */
const FIRST_ROW_LINE = 2;
/** Lines read without a pause: about a millisecond, which a step under way does not notice. */
const READ_AT_ONCE = 50;

/** A chunk whose rows were checked one by one; undefined after the last. */
type Prepared = ReadChunk | undefined;

interface ReadChunk {
  readonly firstLine: number;
  readonly lines: number;
  readonly rows: readonly ReadRow[];
  /** Line of each row. */
  readonly lineOf: readonly number[];
  /** Lines that are no rows. */
  readonly faults: readonly FileFault[];
}

/** The chunk after the present one, read while that is being written. */
interface Ahead {
  readonly jobId: string;
  readonly chunk: number;
  readonly read: Promise<Prepared>;
}

/** Works through a stored file, one chunk a step; the chunk leaves with the step that took it in. */
export class WorkOnNoticeFile implements JobKind<Prepared> {
  readonly kind = NOTICE_FILE_JOB;
  private ahead: Ahead | undefined;

  constructor(
    private readonly files: NoticeFileStore,
    private readonly intake: NoticeIntake,
  ) {}

  async prepare(ctx: Ctx, job: Job): Promise<Prepared> {
    const chunk = chunkOf(job);
    const { ahead } = this;
    this.ahead = undefined;
    const prepared = await (ahead?.jobId === job.id && ahead.chunk === chunk ? ahead.read : this.read(ctx, job, chunk));
    if (prepared !== undefined) {
      const read = this.read(ctx, job, chunk + 1);
      // Its failure is met when it is awaited; a step that fails first leaves it unread.
      read.catch(() => undefined);
      this.ahead = { jobId: job.id, chunk: chunk + 1, read };
    }
    return prepared;
  }

  private async read(ctx: Ctx, job: Job, chunk: number): Promise<Prepared> {
    const { fileId, municipalityCode, columns } = parameters.parse(job.parameters);
    const stored = await this.files.chunk(ctx.db, fileId, chunk);
    if (stored === undefined) return undefined;
    const { firstLine, lines } = stored;
    const today = localDateInJapan(ctx.now);
    const rows: ReadRow[] = [];
    const lineOf: number[] = [];
    const faults: FileFault[] = [];
    for (const [index, line] of lines.entries()) {
      if (index % READ_AT_ONCE === 0) await setImmediate();
      const fields = fieldsOfLine(line);
      const row = fields === undefined ? undefined : intakeRowOf(fields, columns);
      if (row === undefined) {
        faults.push({ line: firstLine + index, column: null, code: fields === undefined ? 'MALFORMED_ROW' : 'COLUMN_COUNT' });
      } else {
        rows.push(this.intake.read(row, municipalityCode, today));
        lineOf.push(firstLine + index);
      }
    }
    return { firstLine, lines: lines.length, rows, lineOf, faults };
  }

  async step(ctx: Ctx, job: Job, prepared: Prepared): Promise<StepOutcome> {
    const { fileId, municipalityCode, rows } = parameters.parse(job.parameters);
    if (prepared === undefined) return this.complete(ctx, fileId);
    if ((await noticesWait(ctx.db, municipalityCode)) !== undefined) return { cursor: job.cursor, done: job.done, pauseSeconds: CLOSED_PAUSE_SECONDS };
    const chunk = chunkOf(job);
    await this.files.dropChunk(ctx.db, fileId, chunk);
    await this.takeIn(ctx, { fileId, municipalityCode }, prepared);
    return { cursor: { chunk: chunk + 1 }, done: prepared.firstLine + prepared.lines - FIRST_ROW_LINE, total: rows };
  }

  private async takeIn(ctx: Ctx, file: { fileId: string; municipalityCode: string }, { firstLine, rows, lineOf, faults }: ReadChunk): Promise<void> {
    const outcomes = await this.intake.takeIn(ctx, { ...file, rows, lineOf });
    const refused = [...faults];
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.state === 'REJECTED') refused.push({ line: lineOf[index] ?? 0, column: outcome.column ?? null, code: outcome.code });
    }
    const counts = countsOf(outcomes, refused.length);
    await this.files.addFaults(ctx.db, file.fileId, refused);
    await this.files.advance(ctx.db, file.fileId, counts);
    const subjects = [...new Set(outcomes.flatMap((outcome) => ('personKey' in outcome ? [outcome.personKey] : [])))];
    ctx.audit({ object: `notice-file:${file.fileId}`, subjects, facts: { firstLine, ...counts } });
  }

  private async complete(ctx: Ctx, fileId: string): Promise<StepOutcome> {
    const { municipality_code: municipalityCode, rows, applied, repeated, held, quarantined, rejected } = await this.files.complete(ctx.db, fileId);
    ctx.emit(noticeFileCompleted, { aggregateId: fileId, sequence: 1, data: { fileId, municipalityCode, rows, applied, repeated, rejected } });
    return { cursor: null, done: rows, result: { fileId, rows, applied, repeated, held, quarantined, rejected } };
  }
}

function countsOf(outcomes: readonly NoticeOutcome[], rejected: number): FileCounts {
  const count = (state: NoticeOutcome['state']): number => outcomes.filter((outcome) => outcome.state === state).length;
  return { applied: count('APPLIED'), repeated: count('REPEATED'), held: count('HELD'), quarantined: count('QUARANTINED'), rejected };
}

/** The chunk that comes next; a job that goes on with another's file begins where that one stopped. */
function chunkOf(job: Job): number {
  return job.cursor === null ? parameters.parse(job.parameters).firstChunk : position.parse(job.cursor).chunk;
}
