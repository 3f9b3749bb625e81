import type { Readable } from 'node:stream';
import { jukiNetProblems } from '#contracts/juki-net';
import { lockJob, platformProblems, queueJob, refusals, requireJurisdiction, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { INTAKE_COLUMNS } from '../change-notice/intake-row.js';
import { requireClock } from '../change-notice/clock-skew.js';
import { requireNotPassed } from '../merger/municipality-change.store.js';
import { fieldsOfLine } from './csv-line.js';
import { headerFault } from './notice-file.js';
import { FILE_STATES, type NoticeFile, type NoticeFileStore } from './notice-file.store.js';
import { stageLines, type StagedLines } from './stage-lines.js';

export const NOTICE_FILE_JOB = 'juki-net.notice-file';
/** Lines of one step: small enough for a short transaction, large enough that its statements cost little a row. */
export const CHUNK_LINES = 2_000;

const spec = useCase({
  action: 'juki-net.notice-file.submit',
  kind: 'process',
  summary: 'Takes in a file of change notices of a municipality (text/csv); the same bytes again have no effect',
  input: z.object({ municipalityCode: z.string().regex(/^\d{6}$/) }),
  output: z.object({ fileId: z.uuid(), jobId: z.uuid(), state: z.enum(FILE_STATES), repeated: z.boolean() }),
  refusals: [
    ...refusals(jukiNetProblems, 'ITEM_NOT_ALLOWED', 'MALFORMED_HEADER', 'EMPTY_FILE', 'LINE_TOO_LONG', 'MUNICIPALITY_CHANGED', 'UPLOAD_BROKEN', 'CLOCK_SKEW'),
    ...refusals(platformProblems, 'OUT_OF_JURISDICTION', 'UNSUPPORTED_MEDIA_TYPE'),
  ],
});

interface Received extends StagedLines {
  readonly fileId: string;
  /** Columns of the header. */
  readonly columns: number;
}

type FileAtWork = Pick<NoticeFile, 'file_id' | 'job_id' | 'state'>;

/** Stores the lines encrypted as they stream in, then queues the job that works on them. */
export class ReceiveNoticeFile implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly files: NoticeFileStore) {}

  async execute(ctx: Ctx, { municipalityCode }: InputOf<typeof spec>, body?: Readable): Promise<OutputOf<typeof spec>> {
    if (body === undefined) throw platformProblems.refuse('UNSUPPORTED_MEDIA_TYPE');
    try {
      requireClock(ctx);
      requireJurisdiction(ctx, municipalityCode);
      await requireNotPassed(ctx, municipalityCode);
      const received = await this.store(ctx, body);
      return await this.register(ctx, municipalityCode, received);
    } finally {
      // A client that is still sending hears the refusal only when it has been read to the end.
      body.resume();
    }
  }

  private async store(ctx: Ctx, body: Readable): Promise<Received> {
    const fileId = uuidv7();
    let columns = 0;
    const staged = await stageLines(body, {
      size: CHUNK_LINES,
      withoutHeader: ({ firstLine, lines }) => {
        columns = columnsOf(lines[0] ?? '');
        return { firstLine: firstLine + 1, lines: lines.slice(1) };
      },
      add: (chunk, lines) => this.files.addChunk(ctx.db, { fileId, chunk, at: ctx.now }, lines),
      drop: () => this.files.dropChunks(ctx.db, fileId),
    });
    return { fileId, columns, ...staged };
  }

  private async register(ctx: Ctx, municipalityCode: string, received: Received): Promise<OutputOf<typeof spec>> {
    const { fileId, sha256, rows } = received;
    return ctx.transaction(async (tx) => {
      const earlier = await this.files.bySha256(tx.db, municipalityCode, sha256);
      if (earlier !== undefined) await this.files.dropChunks(tx.db, fileId);
      const file = earlier === undefined ? await this.begin(tx, { municipalityCode, ...received }) : await this.continued(tx, earlier);
      tx.audit({ object: `notice-file:${file.file_id}`, facts: { rows, repeated: earlier !== undefined } });
      return { fileId: file.file_id, jobId: file.job_id, state: file.state, repeated: earlier !== undefined };
    });
  }

  private async begin(tx: Ctx, file: Received & { readonly municipalityCode: string }): Promise<FileAtWork> {
    const { fileId, municipalityCode, rows, columns } = file;
    const jobId = await queueJob(tx, NOTICE_FILE_JOB, { fileId, municipalityCode, rows, columns });
    await this.files.add(tx.db, { ...file, jobId, at: tx.now });
    return { file_id: fileId, job_id: jobId, state: 'QUEUED' };
  }

  /** A job that was cancelled or failed left its chunks: another goes on with the first of them. The dead one takes no further step. */
  private async continued(tx: Ctx, earlier: NoticeFile): Promise<FileAtWork> {
    const job = await lockJob(tx.db, earlier.job_id);
    if (job?.state !== 'FAILED' && job?.state !== 'CANCELLED') return earlier;
    const { file_id: fileId, municipality_code: municipalityCode, rows } = earlier;
    const firstChunk = await this.files.firstChunk(tx.db, fileId);
    const jobId = await queueJob(tx, NOTICE_FILE_JOB, { ...job.parameters, fileId, municipalityCode, rows, firstChunk });
    await this.files.requeue(tx.db, fileId, jobId);
    return { file_id: fileId, job_id: jobId, state: 'QUEUED' };
  }
}

function columnsOf(header: string): number {
  const fields = fieldsOfLine(header) ?? [];
  const fault = headerFault(fields);
  if (fault?.code === 'ITEM_NOT_ALLOWED') throw jukiNetProblems.refuse('ITEM_NOT_ALLOWED', { facts: { column: fault.column }, fields: [{ pointer: `/${fault.column}`, code: fault.code }] });
  if (fault !== undefined) throw jukiNetProblems.refuse(fault.code, { facts: { expected: INTAKE_COLUMNS.join(',') } });
  return fields.length;
}
