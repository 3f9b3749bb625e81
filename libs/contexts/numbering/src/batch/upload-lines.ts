import type { Readable } from 'node:stream';
import { z } from 'zod';
import { numberingProblems } from '#contracts/numbering';
import { platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { AssignmentStore } from '../assignment/assignment.store.js';
import type { Realm } from '../realm/realm.js';
import { chunksOf } from '../upload/csv-chunks.js';
import { readCsv } from '../upload/csv-rows.js';
import { MAX_LINES, REQUEST_COLUMNS, readRequestLine, type RequestLine } from './batch.js';
import { permittedBatch, type BatchRow, type BatchStore } from './batch.store.js';

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
    private readonly realm: Realm,
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
    for await (const lines of chunksOf(upload.rows, MAX_LINES, (fields, line) => readRequestLine(fields, line, this.realm))) {
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
