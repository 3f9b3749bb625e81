import type { Readable } from 'node:stream';
import { z } from 'zod';
import { PkiError, buildTimestampRefusal, buildTimestampResponse, parseTimestampRequest, type TimestampFailure, type TimestampRequest } from '#pki';
import { useCase, type BinaryAnswer, type Ctx, type InputOf, type UseCase } from '#platform';
import type { Timestamp, TimestampAuthority } from './timestamp-authority.js';

/** A digest, an OID and a nonce stay far below. */
const REQUEST_LIMIT = 4_096;

const spec = useCase({
  action: 'jpki-ca.timestamp.issue',
  kind: 'question',
  summary: 'A time-stamp (RFC 3161), request in the body',
  input: z.strictObject({}),
  output: z.custom<BinaryAnswer>(),
  refusals: [],
});

/** POST with `application/timestamp-query` (RFC 3161 3.4). A refusal is a TimeStampResp too, never a problem document. */
export class AnswerTimestamp implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly authority: TimestampAuthority) {}

  async execute(ctx: Ctx, _input: InputOf<typeof spec>, body?: Readable): Promise<BinaryAnswer> {
    const stamped = await this.stamp(ctx, await requestOf(body));
    if (typeof stamped === 'string') ctx.audit({ object: 'timestamp', facts: { failure: stamped } });
    else ctx.audit({ object: `timestamp:${stamped.serial}` });
    const reply = typeof stamped === 'string' ? buildTimestampRefusal(stamped) : buildTimestampResponse(stamped.token);
    return { contentType: 'application/timestamp-reply', body: reply, headers: { 'cache-control': 'no-store' } };
  }

  private async stamp(ctx: Ctx, request: TimestampRequest | undefined): Promise<Timestamp | TimestampFailure> {
    return request === undefined ? 'badDataFormat' : this.authority.stamp(ctx, request);
  }
}

/** Undefined for what is no request. */
async function requestOf(body: Readable | undefined): Promise<TimestampRequest | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    const octets = Buffer.from(chunk);
    length += octets.length;
    // The rest is read and dropped: who breaks off reading breaks off the connection, and the refusal with it.
    if (length <= REQUEST_LIMIT) chunks.push(octets);
  }
  if (length > REQUEST_LIMIT) return undefined;
  try {
    return parseTimestampRequest(Buffer.concat(chunks));
  } catch (error) {
    if (error instanceof PkiError) return undefined;
    throw error;
  }
}
