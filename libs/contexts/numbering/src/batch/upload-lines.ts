import type { Readable } from 'node:stream';
import { z } from 'zod';
import { numberingProblems } from '#contracts/numbering';
import { platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { AssignmentStore } from '../assignment/assignment.store.js';
import type { Realm } from '../realm/realm.js';
import { SEAL_REFUSALS, type FileExchange } from '../exchange/file-exchange.js';
import { chunksOf } from '../upload/csv-chunks.js';
import { MAX_LINES, REQUEST_COLUMNS, readRequestLine, type RequestLine } from './batch.js';
import { permittedBatch, type BatchRow, type BatchStore } from './batch.store.js';

const spec = useCase({
  action: 'numbering.batch.upload',
  kind: 'process',
  summary: 'Uploads the lines of a batch (NREQ, as CSV or sealed); a later upload replaces an earlier one',
  input: z.object({ batchId: z.uuid() }),
  output: z.object({ batchId: z.uuid(), lineCount: z.number().int(), sha256: z.string() }),
  refusals: [...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'), ...refusals(numberingProblems, 'BATCH_TOO_LARGE', 'FILE_FAULTS', 'FILE_MALFORMED', 'SEALED', 'UPLOAD_SUPERSEDED'), ...SEAL_REFUSALS],
});

/** NUM-4.6 step 1: the file goes in by COPY, in constant memory, with its resident codes encrypted on the way. */
export class UploadLines implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly parts: { readonly batches: BatchStore; readonly assignments: AssignmentStore; readonly files: FileExchange },
    private readonly realm: Realm,
  ) {}

  async execute(ctx: Ctx, { batchId }: InputOf<typeof spec>, body?: Readable): Promise<OutputOf<typeof spec>> {
    const uploadId = uuidv7();
    const municipalityCode = await ctx.transaction(async (tx) => {
      const batch = permittedBatch(tx, await this.parts.batches.lock(tx.db, batchId));
      if (batch.state !== 'OPEN') throw numberingProblems.refuse('SEALED');
      await this.parts.batches.beginUpload(tx.db, batchId, uploadId);
      return batch.municipality_code;
    });
    const upload = await this.parts.files.receive(ctx, body, { kind: 'NREQ', columns: REQUEST_COLUMNS, municipalityCode, batchId });
    let lineCount = 0;
    for await (const lines of chunksOf(upload.rows, MAX_LINES, (fields, line) => readRequestLine(fields, line, this.realm))) {
      lineCount += lines.length;
      await ctx.transaction((tx) => this.add(tx, { batchId, uploadId }, lines));
    }
    const sha256 = upload.sha256();
    await ctx.transaction(async (tx) => {
      await this.current(tx, { batchId, uploadId });
      await this.parts.batches.completeUpload(tx.db, batchId, { lines: lineCount, sha256 });
      tx.audit({ object: `batch:${batchId}`, facts: { lines: lineCount, ...upload.seal } });
    });
    return { batchId, lineCount, sha256 };
  }

  private async add(ctx: Ctx, upload: Upload, lines: readonly RequestLine[]): Promise<void> {
    await this.current(ctx, upload);
    await this.parts.batches.addLines(ctx.db, upload.batchId, lines.map(({ residentCode, ...line }) => ({ ...line, code: this.parts.assignments.sealCode(residentCode) })));
  }

  /** Another upload that began meanwhile has taken the place of this one. */
  private async current(ctx: Ctx, { batchId, uploadId }: Upload): Promise<BatchRow> {
    const batch = permittedBatch(ctx, await this.parts.batches.lock(ctx.db, batchId));
    if (batch.upload_id !== uploadId || batch.state !== 'OPEN') throw numberingProblems.refuse('UPLOAD_SUPERSEDED');
    return batch;
  }
}

interface Upload {
  readonly batchId: string;
  readonly uploadId: string;
}
