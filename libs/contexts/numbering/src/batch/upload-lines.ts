import type { Readable } from 'node:stream';
import { z } from 'zod';
import { v7 as uuidv7 } from 'uuid';
import type { FieldFault } from '#kernel';
import { numberingProblems } from '#contracts/numbering';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { AssignmentStore } from '../assignment/assignment.store.js';
import { readCsv } from '../upload/csv-rows.js';
import { MAX_LINES, REQUEST_COLUMNS, readRequestLine, type RequestLine } from './batch.js';
import { permittedBatch, type BatchRow, type BatchStore } from './batch.store.js';

/** Rows of one transaction: a slow sender must not hold one open, which would hold back all events. */
const CHUNK = 10_000;
const MAX_FAULTS = 50;

const spec = useCase({
  action: 'numbering.batch.upload',
  kind: 'process',
  summary: 'Uploads the lines of a batch (NREQ as CSV); a later upload replaces an earlier one',
  input: z.object({ batchId: z.uuid() }),
  output: z.object({ batchId: z.uuid(), lineCount: z.number().int(), sha256: z.string() }),
  refusals: [...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'), ...refusals(numberingProblems, 'BATCH_TOO_LARGE', 'FILE_FAULTS', 'FILE_MALFORMED', 'SEALED', 'UPLOAD_SUPERSEDED')],
});

/** NUM-4.6 step 1: the file goes in by COPY, in constant memory, with its resident codes encrypted on the way. */
export class UploadLines implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly batches: BatchStore,
    private readonly assignments: AssignmentStore,
  ) {}

  async execute(ctx: Ctx, { batchId }: InputOf<typeof spec>, body?: Readable): Promise<OutputOf<typeof spec>> {
    const uploadId = uuidv7();
    await ctx.transaction(async (tx) => {
      const batch = permittedBatch(tx, await this.batches.lock(tx.db, batchId));
      if (batch.state !== 'OPEN') throw numberingProblems.refuse('SEALED');
      await this.batches.beginUpload(tx.db, batchId, uploadId);
    });
    const upload = readCsv(body, REQUEST_COLUMNS);
    let lineCount = 0;
    for await (const lines of chunksOf(upload.rows)) {
      lineCount += lines.length;
      await ctx.transaction((tx) => this.add(tx, { batchId, uploadId }, lines));
    }
    const sha256 = upload.sha256();
    await ctx.transaction(async (tx) => {
      await this.current(tx, { batchId, uploadId });
      await this.batches.completeUpload(tx.db, batchId, { lines: lineCount, sha256 });
      tx.audit({ object: `batch:${batchId}`, facts: { lines: lineCount } });
    });
    return { batchId, lineCount, sha256 };
  }

  private async add(ctx: Ctx, upload: Upload, lines: readonly RequestLine[]): Promise<void> {
    await this.current(ctx, upload);
    await this.batches.addLines(ctx.db, upload.batchId, lines.map(({ residentCode, ...line }) => ({ ...line, code: this.assignments.sealCode(residentCode) })));
  }

  /** Another upload that began meanwhile has taken the place of this one. */
  private async current(ctx: Ctx, { batchId, uploadId }: Upload): Promise<BatchRow> {
    const batch = permittedBatch(ctx, await this.batches.lock(ctx.db, batchId));
    if (batch.upload_id !== uploadId || batch.state !== 'OPEN') throw numberingProblems.refuse('UPLOAD_SUPERSEDED');
    return batch;
  }
}

interface Upload {
  readonly batchId: string;
  readonly uploadId: string;
}

/** Lines in chunks; a file with lines that are not in its form is refused as a whole, with the first faults. */
async function* chunksOf(rows: AsyncIterable<readonly string[]>): AsyncGenerator<RequestLine[]> {
  let chunk: RequestLine[] = [];
  const faults: FieldFault[] = [];
  let count = 0;
  for await (const fields of rows) {
    count += 1;
    if (count > MAX_LINES) throw numberingProblems.refuse('BATCH_TOO_LARGE', { facts: { limit: MAX_LINES } });
    const read = readRequestLine(fields, count);
    if ('line' in read) chunk.push(read);
    else faults.push(...read);
    if (faults.length >= MAX_FAULTS) break;
    if (chunk.length < CHUNK) continue;
    if (faults.length === 0) yield chunk;
    chunk = [];
  }
  if (faults.length > 0) throw numberingProblems.refuse('FILE_FAULTS', { fields: faults.slice(0, MAX_FAULTS) });
  yield chunk;
}
