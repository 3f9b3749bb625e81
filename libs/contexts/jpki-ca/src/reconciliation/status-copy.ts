import { z } from 'zod';
import { CA_IDS } from '../ca/ca.js';
import { CERTIFICATE_STATES } from '../certificate/certificate.js';
import { REASON } from '../certificate/revocation-cause.js';

const SHA256 = /^[0-9a-f]{64}$/;
/** What a copy says of the database that it is of: a link of the audit chain, which only this database and its later states have. */
const copyHead = z.strictObject({
  copy: z.number().int().positive(), at: z.iso.datetime(), link: z.number().int(), linkHash: z.string().regex(SHA256),
  counters: z.strictObject({ sign_serial: z.number().int(), auth_serial: z.number().int(), timestamp_serial: z.number().int() }),
});
export type CopyHead = z.output<typeof copyHead>;

/** A certificate as it was when it was copied; no personal data. */
const publishedStatus = z.strictObject({
  ca: z.enum(CA_IDS), serial: z.number().int(), generation: z.number().int(), municipalityCode: z.string(), partitionId: z.string(), notAfter: z.iso.datetime(),
  state: z.enum(CERTIFICATE_STATES), reason: z.enum(REASON).optional(), revokedAt: z.iso.datetime().optional(), invalidityDate: z.iso.datetime().optional(),
});
export type PublishedStatus = z.output<typeof publishedStatus>;

export interface StatusCopy {
  readonly head: CopyHead;
  readonly statuses: readonly PublishedStatus[];
}

/** JSON Lines: the head, then a line a certificate. */
export function encodeCopy({ head, statuses }: StatusCopy): Buffer {
  return Buffer.from([head, ...statuses].map((line) => `${JSON.stringify(line)}\n`).join(''));
}

export function decodeCopy(octets: Buffer): StatusCopy {
  const [head, ...statuses] = octets.toString('utf8').trimEnd().split('\n').map((line): unknown => JSON.parse(line));
  return { head: copyHead.parse(head), statuses: z.array(publishedStatus).parse(statuses) };
}
