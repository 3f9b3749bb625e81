import { noticeFileCompleted } from '#contracts/juki-net';
import type { Ctx, Job, JobKind, StepOutcome } from '#platform';
import { z } from 'zod';
import type { IntakeRow } from '../change-notice/intake-row.js';
import type { NoticeIntake, NoticeOutcome } from '../change-notice/take-in-notices.js';
import { fieldsOfLine } from './csv-line.js';
import type { LineChunk } from './line-chunks.js';
import { intakeRowOf } from './notice-file.js';
import type { FileCounts, FileFault, NoticeFileStore } from './notice-file.store.js';
import { NOTICE_FILE_JOB } from './receive-notice-file.js';

const parameters = z.object({ fileId: z.uuid(), municipalityCode: z.string(), rows: z.number() });
const position = z.object({ chunk: z.number().int() });

/** Works through a stored file, one chunk a step; the chunk leaves with the step that took it in. */
export class WorkOnNoticeFile implements JobKind {
  readonly kind = NOTICE_FILE_JOB;
  constructor(
    private readonly files: NoticeFileStore,
    private readonly intake: NoticeIntake,
  ) {}

  async step(ctx: Ctx, job: Job): Promise<StepOutcome> {
    const { fileId, municipalityCode, rows } = parameters.parse(job.parameters);
    const { chunk } = job.cursor === null ? { chunk: 0 } : position.parse(job.cursor);
    const lines = await this.files.takeChunk(ctx.db, fileId, chunk);
    if (lines === undefined) return this.complete(ctx, fileId, job.done);
    await this.takeIn(ctx, { fileId, municipalityCode }, lines);
    return { cursor: { chunk: chunk + 1 }, done: job.done + lines.lines.length, total: rows };
  }

  private async takeIn(ctx: Ctx, file: { fileId: string; municipalityCode: string }, chunk: LineChunk): Promise<void> {
    const faults: FileFault[] = [];
    const rows: IntakeRow[] = [];
    const lineOf: number[] = [];
    for (const [index, line] of chunk.lines.entries()) {
      const fields = fieldsOfLine(line);
      const row = fields === undefined ? undefined : intakeRowOf(fields);
      if (row === undefined) {
        faults.push({ line: chunk.firstLine + index, column: null, code: fields === undefined ? 'MALFORMED_ROW' : 'COLUMN_COUNT' });
      } else {
        rows.push(row);
        lineOf.push(chunk.firstLine + index);
      }
    }
    const { outcomes, released } = await this.intake.takeIn(ctx, { ...file, rows });
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.state === 'REJECTED') faults.push({ line: lineOf[index] ?? 0, column: outcome.column ?? null, code: outcome.code });
    }
    const counts = countsOf(outcomes, faults.length);
    await this.files.addFaults(ctx.db, file.fileId, faults);
    await this.files.advance(ctx.db, file.fileId, counts);
    await this.files.release(ctx.db, released);
    const subjects = [...new Set(outcomes.flatMap((outcome) => ('personKey' in outcome ? [outcome.personKey] : [])))];
    ctx.audit({ object: `notice-file:${file.fileId}`, subjects, facts: { firstLine: chunk.firstLine, ...counts } });
  }

  private async complete(ctx: Ctx, fileId: string, done: number): Promise<StepOutcome> {
    const { municipality_code: municipalityCode, rows, applied, repeated, held, quarantined, rejected } = await this.files.complete(ctx.db, fileId);
    ctx.emit(noticeFileCompleted, { aggregateId: fileId, sequence: 1, data: { fileId, municipalityCode, rows, applied, repeated, rejected } });
    return { cursor: null, done, result: { fileId, rows, applied, repeated, held, quarantined, rejected } };
  }
}

function countsOf(outcomes: readonly NoticeOutcome[], rejected: number): FileCounts {
  const count = (state: NoticeOutcome['state']): number => outcomes.filter((outcome) => outcome.state === state).length;
  return { applied: count('APPLIED'), repeated: count('REPEATED'), held: count('HELD'), quarantined: count('QUARANTINED'), rejected };
}
