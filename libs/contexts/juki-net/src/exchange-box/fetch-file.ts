import { jukiNetProblems } from '#contracts/juki-net';
import { sealFile } from '#pki';
import { found, platformProblems, refusals, useCase, type BinaryAnswer, type Ctx, type InputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { BatchStore } from '../batch/batch.store.js';
import { markDelivered, SENDER } from '../batch/fetch-result.js';
import { createdAt, hashOfDetails, writeFrame } from '../batch/frame.js';
import type { Exchange } from '../batch/submit-batch.js';
import type { BoxContent } from './box-content.js';
import { fileName, stateAfter } from './exchange-box.js';
import type { OutFile, OutFileStore } from './out-file.store.js';

const spec = useCase({
  action: 'juki-net.exchange-file.fetch',
  kind: 'process',
  summary: 'A file of the box, compressed, signed and sealed for the organisation, as often as asked; its trailer has the hash that the receipt names',
  input: z.strictObject({ fileId: z.uuid() }),
  output: z.custom<BinaryAnswer>(),
  refusals: [
    ...refusals(jukiNetProblems, 'BATCH_STATE', 'EMPTY_FILE', 'EXCHANGE_CERTIFICATE', 'EXCHANGE_FILE_STATE', 'GRANT_NOT_ACTIVE', 'ITEM_NOT_GRANTED', 'KEY_KIND_NOT_GRANTED', 'MATCH_STATE', 'MODE_NOT_GRANTED'),
    ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION', 'PURPOSE_NOT_PERMITTED'),
  ],
});

export interface BoxParts extends Exchange {
  readonly outFiles: OutFileStore;
  readonly batches: BatchStore;
  readonly content: BoxContent;
}

/** Sealed when it is fetched, to the newest certificate of the organisation and by the newest key (JUKI-5.3). */
export class FetchFile implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly parts: BoxParts) {}

  async execute(ctx: Ctx, { fileId }: InputOf<typeof spec>): Promise<BinaryAnswer> {
    const file = requireOwnFile(ctx, await this.parts.outFiles.find(ctx.db, fileId));
    requirePurpose(ctx, file);
    if (stateAfter(file.state, 'FETCH') === undefined) throw jukiNetProblems.refuse('EXCHANGE_FILE_STATE', { facts: { state: file.state } });
    const { organisation, kind, grantId, reference } = file;
    const receiver = await this.parts.certificates.current(ctx.db, file, ctx.now);
    if (receiver === undefined) throw jukiNetProblems.refuse('EXCHANGE_CERTIFICATE');
    const details = await this.parts.content.details(ctx, file);
    if (details.length === 0) throw jukiNetProblems.refuse('EMPTY_FILE');
    const header = { kind, sender: SENDER, receiver: organisation, grantId: grantId ?? '', batchId: reference, createdAt: createdAt(ctx.now) };
    const body = await sealFile(writeFrame(header, details), await this.parts.keys.current(ctx.db), receiver, ctx.now);
    await ctx.transaction((tx) => this.fetched(tx, file, details));
    return { contentType: 'application/pkcs7-mime', body, headers: { 'content-disposition': `attachment; filename="${fileName(file)}"`, 'cache-control': 'no-store' } };
  }

  /** A batch is locked before its file, as everywhere. */
  private async fetched(tx: Ctx, { fileId, kind, sourceId, firstLine }: OutFile, details: readonly string[]): Promise<void> {
    if ((kind === 'BRES' || kind === 'CFED') && firstLine === null) await markDelivered(tx, this.parts.batches, sourceId, details.length);
    const { state: before } = found(await this.parts.outFiles.lock(tx.db, fileId));
    const state = stateAfter(before, 'FETCH') ?? before;
    await this.parts.outFiles.fetched(tx.db, fileId, { state, sha256: Buffer.from(hashOfDetails(details), 'hex') }, tx.now);
    tx.audit({ object: `exchange-file:${fileId}`, facts: { kind, from: before, to: state, lines: details.length } });
  }
}

/** Another organisation's file is as if there were none. Refuses NOT_FOUND. */
export function requireOwnFile(ctx: Ctx, file: OutFile | undefined): OutFile {
  if (file?.institution !== ctx.actor.kind || file.organisation !== ctx.actor.organisation) throw platformProblems.refuse('NOT_FOUND');
  return file;
}

/** What was asked for one affair is not fetched for another. */
export function requirePurpose(ctx: Ctx, { purpose }: OutFile): void {
  if (ctx.permission.purpose !== purpose) throw platformProblems.refuse('PURPOSE_NOT_PERMITTED');
}
