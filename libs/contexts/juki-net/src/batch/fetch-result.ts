import { jukiNetProblems } from '#contracts/juki-net';
import { sealFile } from '#pki';
import { platformProblems, refusals, useCase, type BinaryAnswer, type Ctx, type Db, type InputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { ExchangeCertificateStore } from '../exchange/exchange-certificate.store.js';
import type { ExchangeKeys } from '../exchange/exchange-key.js';
import { fileName } from '../exchange-box/exchange-box.js';
import type { OutFileStore } from '../exchange-box/out-file.store.js';
import { tellState } from './batch-event.js';
import { mayBecome } from './batch.js';
import type { BatchStore } from './batch.store.js';
import { requireOwn } from './follow-batch.js';
import { createdAt, writeFrame } from './frame.js';

/** This side in the headers of files. */
export const SENDER = 'juki-net';

const spec = useCase({
  action: 'juki-net.batch.fetch-result',
  kind: 'process',
  summary: 'The answers of a batch (BRES), or a file of changes (CFED), compressed, signed and encrypted for the organisation; all lines, or the chunk of a range again',
  input: z.strictObject({ batchId: z.uuid(), fromLine: z.coerce.number().int().min(1).optional(), toLine: z.coerce.number().int().min(1).optional() }),
  output: z.custom<BinaryAnswer>(),
  refusals: [...refusals(jukiNetProblems, 'BATCH_STATE', 'EXCHANGE_CERTIFICATE', 'EMPTY_FILE'), ...refusals(platformProblems, 'NOT_FOUND')],
});

type Input = InputOf<typeof spec>;

export interface ResultParts {
  readonly batches: BatchStore;
  readonly keys: ExchangeKeys;
  readonly certificates: ExchangeCertificateStore;
  readonly outFiles: OutFileStore;
}

/** Delivered as often as asked, until it is purged; the receipt closes it (JUKI-5.3). */
export class FetchResult implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly parts: ResultParts) {}

  async execute(ctx: Ctx, input: Input): Promise<BinaryAnswer> {
    const batch = requireOwn(ctx, await this.parts.batches.find(ctx.db, input.batchId));
    if (batch.result_sha256 === null || batch.state === 'PURGED') throw jukiNetProblems.refuse('BATCH_STATE', { facts: { state: batch.state } });
    const { institution, organisation } = batch;
    const receiver = await this.parts.certificates.current(ctx.db, { institution, organisation }, ctx.now);
    if (receiver === undefined) throw jukiNetProblems.refuse('EXCHANGE_CERTIFICATE');
    const { batchId, fromLine = 1, toLine = Number.MAX_SAFE_INTEGER } = input;
    const details = await resultLines(ctx.db, this.parts.batches, batchId, { fromLine, toLine });
    if (details.length === 0) throw jukiNetProblems.refuse('EMPTY_FILE');
    const kind = batch.subscription_id === null ? 'BRES' : 'CFED';
    const header = { kind, sender: SENDER, receiver: organisation, grantId: batch.grant_id, batchId: batch.reference, createdAt: createdAt(ctx.now) } as const;
    // A file of changes is numbered by its subscription.
    const whole = kind === 'BRES' ? await this.parts.outFiles.ofBatch(ctx.db, batchId) : undefined;
    const name = whole === undefined ? `${organisation}_${batch.reference.replace('/', '_')}.p7m` : fileName(whole);
    const body = await sealFile(writeFrame(header, details), await this.parts.keys.current(ctx.db), receiver, ctx.now);
    await ctx.transaction((tx) => markDelivered(tx, this.parts.batches, batchId, details.length));
    return { contentType: 'application/pkcs7-mime', body, headers: { 'content-disposition': `attachment; filename="${name}"` } };
  }
}

/** Lines of a result whose numbers are in the range. */
export async function resultLines(db: Db, batches: BatchStore, batchId: string, { fromLine, toLine }: { readonly fromLine: number; readonly toLine: number }): Promise<string[]> {
  const details: string[] = [];
  let place = 0;
  for (let chunk = 0; ; chunk += 1) {
    const stored = await batches.chunk(db, batchId, chunk, true);
    if (stored === undefined) return details;
    for (const line of stored.lines) {
      place += 1;
      // Lines of a file of changes have no number of their own.
      const number = Number(/^D,(\d+),/.exec(line)?.[1] ?? place);
      if (number >= fromLine && number <= toLine) details.push(line);
    }
  }
}

/** The result leaves; that it arrived is known by the receipt only (JUKI-7). */
export async function markDelivered(tx: Ctx, batches: BatchStore, batchId: string, lines: number): Promise<void> {
  const batch = await batches.lock(tx.db, batchId);
  tx.audit({ object: `batch:${batchId}`, facts: { delivered: lines } });
  if (batch !== undefined && mayBecome(batch.state, 'DELIVERED')) await tellState(tx, await batches.setState(tx.db, batchId, { state: 'DELIVERED', at: tx.now }));
}
