import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { jukiNetProblems } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import { lockJob, platformProblems, queueJob, refusals, useCase, uuidv7, type Ctx, type Db, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { ExchangeCertificateStore } from '../exchange/exchange-certificate.store.js';
import type { ExchangeKeys } from '../exchange/exchange-key.js';
import { openFile } from '../exchange/sealed-file.js';
import { itemsUnderGrant, KEY_KINDS } from '../inquiry/grant.js';
import type { Grant, GrantStore } from '../inquiry/grant.store.js';
import { BATCH_STATES, MOST_LINES } from './batch.js';
import { tellState } from './batch-event.js';
import type { Batch, BatchStore, Chunk } from './batch.store.js';
import { hashOfDetails, readFrame, type FileKind, type Frame } from './frame.js';

export const BATCH_JOB = 'juki-net.batch';
const CHUNK_LINES = 2_000;
const MOST_BYTES = 32 * 1024 * 1024;

const spec = useCase({
  action: 'juki-net.batch.submit',
  kind: 'process',
  summary: 'Takes in a batch of questions under a grant (一括提供): BREQ, compressed, signed and encrypted; the same file again is the same batch',
  input: z.strictObject({ grantId: z.uuid(), reference: z.string().regex(/^[A-Za-z0-9._-]{1,40}$/) }),
  output: z.object({ batchId: z.uuid(), jobId: z.uuid(), state: z.enum(BATCH_STATES), repeated: z.boolean() }),
  refusals: [
    ...refusals(jukiNetProblems, 'DAILY_QUOTA', 'GRANT_NOT_ACTIVE', 'MODE_NOT_GRANTED', 'KEY_KIND_NOT_GRANTED', 'BAD_SIGNATURE', 'CHARACTER', 'EXCHANGE_CERTIFICATE', 'FRAME', 'EMPTY_FILE', 'COUNT_MISMATCH', 'HASH_MISMATCH', 'TOO_MANY_LINES', 'DUPLICATE_BATCH', 'UPLOAD_BROKEN'),
    ...refusals(platformProblems, 'UNSUPPORTED_MEDIA_TYPE', 'BODY_TOO_LARGE'),
  ],
});

type Input = InputOf<typeof spec>;

/** With what files are opened, and whose signature is believed. */
export interface Exchange {
  readonly keys: ExchangeKeys;
  readonly certificates: ExchangeCertificateStore;
}

/** A batch is accepted as a whole or refused as a whole; what is wrong with single lines is told of each (JUKI-3.5, 5.3, 7). */
export class SubmitBatch implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly parts: Exchange & { readonly grants: GrantStore; readonly batches: BatchStore }) {}

  async execute(ctx: Ctx, input: Input, body?: Readable): Promise<OutputOf<typeof spec>> {
    if (body === undefined) throw platformProblems.refuse('UNSUPPORTED_MEDIA_TYPE');
    try {
      const grant = await this.requireGrant(ctx, input.grantId);
      const sealed = await bytesOf(body);
      const frame = await openQuestions(ctx, this.parts, sealed, { grantId: input.grantId, batchId: input.reference });
      return await ctx.transaction((tx) => this.accept(tx, input, { grant, frame, sha256: createHash('sha256').update(sealed).digest() }));
    } finally {
      body.resume();
    }
  }

  /** The same for a file that the exchange has opened; its header names grant and reference. */
  async takeIn(ctx: Ctx, { frame, sha256 }: { readonly frame: Frame; readonly sha256: Buffer }): Promise<OutputOf<typeof spec>> {
    const named = spec.input.safeParse({ grantId: frame.header.grantId, reference: frame.header.batchId });
    if (!named.success) throw jukiNetProblems.refuse('FRAME', { facts: { record: 'HEADER' } });
    const grant = await this.requireGrant(ctx, named.data.grantId);
    return ctx.transaction((tx) => this.accept(tx, named.data, { grant, frame, sha256 }));
  }

  private async requireGrant(ctx: Ctx, grantId: string): Promise<Grant> {
    const grant = await this.parts.grants.find(ctx.db, grantId);
    const { kind: institution, organisation } = ctx.actor;
    const asked = { institution, organisation, purpose: ctx.permission.purpose, mode: 'BATCH_LINE', items: undefined, day: localDateInJapan(ctx.now) } as const;
    const answers = KEY_KINDS.map((keyKind) => itemsUnderGrant(grant, { ...asked, keyKind }));
    const [first] = answers;
    if (answers.every((answer) => 'refusal' in answer) && first !== undefined && 'refusal' in first) throw jukiNetProblems.refuse(first.refusal, { facts: { resultCode: '40' } });
    if (grant === undefined) throw jukiNetProblems.refuse('GRANT_NOT_ACTIVE');
    return grant;
  }

  private async accept(tx: Ctx, { grantId, reference }: Input, { grant, frame, sha256 }: { readonly grant: Grant; readonly frame: Frame; readonly sha256: Buffer }): Promise<OutputOf<typeof spec>> {
    const { batches } = this.parts;
    const { kind: institution, organisation } = tx.actor;
    const earlier = await batches.byReference(tx.db, { institution, organisation, reference });
    const hash = Buffer.from(hashOfDetails(frame.details), 'hex');
    if (earlier !== undefined) return { ...(await this.again(tx, earlier, { grantId, hashes: [hash, sha256] })), repeated: true };
    if (!(await this.parts.grants.spend(tx.db, grant, localDateInJapan(tx.now), frame.details.length))) throw jukiNetProblems.refuse('DAILY_QUOTA');
    const batchId = uuidv7();
    const jobId = await queueJob(tx, BATCH_JOB, { batchId, lines: frame.details.length });
    await batches.add(tx.db, { batch_id: batchId, institution, organisation, grant_id: grantId, reference, subscription_id: null, sha256: hash, job_id: jobId, lines: frame.details.length }, tx.now);
    await batches.addChunks(tx.db, batchId, chunksOf(frame.details));
    const batch = await batches.find(tx.db, batchId);
    if (batch !== undefined) await tellState(tx, batch);
    return { batchId, jobId, state: 'ACCEPTED', repeated: false };
  }

  /**
   * The same details again, which no two times are sealed to the same bytes, change nothing, but a job that failed or was cancelled goes on
   * where it stopped. Batches of former times are known by the bytes as they were sealed.
   */
  private async again(tx: Ctx, earlier: Batch, { grantId, hashes }: { readonly grantId: string; readonly hashes: readonly Buffer[] }): Promise<Omit<OutputOf<typeof spec>, 'repeated'>> {
    if (earlier.grant_id !== grantId || !hashes.some((hash) => earlier.sha256.equals(hash))) throw jukiNetProblems.refuse('DUPLICATE_BATCH');
    const { batch_id: batchId, state, lines } = earlier;
    const job = await lockJob(tx.db, earlier.job_id);
    if (job?.state !== 'FAILED' && job?.state !== 'CANCELLED') return { batchId, jobId: earlier.job_id, state };
    const jobId = await queueJob(tx, BATCH_JOB, { batchId, lines, firstChunk: await this.parts.batches.firstUnanswered(tx.db, batchId) });
    await this.parts.batches.requeue(tx.db, batchId, jobId);
    return { batchId, jobId, state };
  }
}

/** The frame of a sealed file of questions from the caller, named as it should be; refuses the file as a whole otherwise. */
export async function openQuestions(ctx: Ctx, exchange: Exchange, sealed: Buffer, named: { readonly grantId: string; readonly batchId: string }): Promise<Frame> {
  const { kind: institution, organisation } = ctx.actor;
  const frame = await openFrame(ctx.db, exchange, sealed, { kind: 'BREQ', institution, organisation, at: ctx.now });
  if (frame.header.grantId !== named.grantId || frame.header.batchId !== named.batchId) throw jukiNetProblems.refuse('FRAME', { facts: { record: 'HEADER' } });
  return frame;
}

/** The frame of a sealed file that an organisation sent at a moment; refuses the file as a whole otherwise. */
export async function openFrame(db: Db, exchange: Exchange, sealed: Buffer, from: { kind: FileKind; institution: string; organisation: string; at: Date }): Promise<Frame> {
  const senders = await exchange.certificates.valid(db, from, from.at);
  if (senders.length === 0) throw jukiNetProblems.refuse('EXCHANGE_CERTIFICATE');
  const frame = readFrame(await openFile(sealed, await exchange.keys.opening(db, from.at), senders), from.kind);
  if (frame === 'HEADER' || frame === 'TRAILER') throw jukiNetProblems.refuse('FRAME', { facts: { record: frame } });
  if (typeof frame === 'string') throw jukiNetProblems.refuse(frame);
  if (frame.header.sender !== from.organisation) throw jukiNetProblems.refuse('FRAME', { facts: { record: 'HEADER' } });
  if (frame.details.length > MOST_LINES) throw jukiNetProblems.refuse('TOO_MANY_LINES', { facts: { most: MOST_LINES } });
  return frame;
}

function chunksOf(details: readonly string[]): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 0; at < details.length; at += CHUNK_LINES) chunks.push({ firstLine: at + 1, lines: details.slice(at, at + CHUNK_LINES) });
  return chunks;
}

/** A file whole; refuses BODY_TOO_LARGE, UPLOAD_BROKEN. */
export async function bytesOf(body: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of body.iterator({ destroyOnReturn: false })) {
      if (!Buffer.isBuffer(part)) throw new Error('the stream must be of bytes');
      bytes += part.length;
      if (bytes > MOST_BYTES) throw platformProblems.refuse('BODY_TOO_LARGE');
      parts.push(part);
    }
  } catch (error) {
    throw body.errored === null ? error : jukiNetProblems.refuse('UPLOAD_BROKEN');
  }
  return Buffer.concat(parts);
}
