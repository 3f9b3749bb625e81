import type { Readable } from 'node:stream';
import { z } from 'zod';
import { PkiError, decodeOcspGet } from '#pki';
import { useCase, type BinaryAnswer, type Ctx, type InputOf, type UseCase } from '#platform';
import { CA_IDS } from '../ca/ca.js';
import type { OcspDesk } from './ocsp-desk.js';

const ACTION = 'jpki-ca.ocsp.answer';
/** A hundred items with SHA-256 and a nonce stay far below. */
const REQUEST_LIMIT = 64 * 1024;

const postSpec = useCase({
  action: ACTION,
  kind: 'question',
  summary: 'Status of certificates (RFC 6960), request in the body',
  input: z.strictObject({ ca: z.enum(CA_IDS) }),
  output: z.custom<BinaryAnswer>(),
  refusals: [],
});

const getSpec = useCase({
  action: ACTION,
  kind: 'question',
  summary: 'Status of certificates (RFC 6960 appendix A), request in the path',
  input: z.strictObject({ ca: z.enum(CA_IDS), request: z.string().describe('percent-encoded base64 of the request') }),
  output: z.custom<BinaryAnswer>(),
  refusals: [],
});

/** POST with `application/ocsp-request`. */
export class AnswerOcspPost implements UseCase<typeof postSpec> {
  readonly spec = postSpec;

  constructor(private readonly desk: OcspDesk) {}

  async execute(ctx: Ctx, { ca }: InputOf<typeof postSpec>, body?: Readable): Promise<BinaryAnswer> {
    return this.desk.answer(ctx, ca, () => readBody(body));
  }
}

/** GET with the request in the path. */
export class AnswerOcspGet implements UseCase<typeof getSpec> {
  readonly spec = getSpec;

  constructor(private readonly desk: OcspDesk) {}

  async execute(ctx: Ctx, { ca, request }: InputOf<typeof getSpec>): Promise<BinaryAnswer> {
    return this.desk.answer(ctx, ca, async () => decodeOcspGet(request));
  }
}

/** What is too long is read and dropped: who is still sending would not hear the answer. By events: to iterate over a stream costs more than to read what it holds. */
async function readBody(body: Readable | undefined): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  const take = (octets: Buffer): void => {
    length += octets.length;
    if (length <= REQUEST_LIMIT) chunks.push(octets);
  };
  // A request that breaks off ends with an error or is closed; after its end neither means anything.
  if (body !== undefined) await new Promise((resolve, reject) => void body.on('data', take).on('end', resolve).on('error', reject).on('close', reject));
  if (length > REQUEST_LIMIT) throw new PkiError('OCSP_MALFORMED', 'request is too long');
  return Buffer.concat(chunks);
}
