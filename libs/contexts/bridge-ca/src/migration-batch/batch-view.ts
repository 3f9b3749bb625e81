import { z } from 'zod';
import { bridgeCaProblems } from '#contracts/bridge-ca';
import { PkiError, parseCertificate, verifyDetachedSignature, type ParsedCertificate } from '#pki';
import { platformProblems, requireJurisdiction, type Ctx } from '#platform';
import { PREFECTURE_NUMBERS, prefecturalId } from '../authority/authority.js';
import type { Authorities } from '../authority/authorities.js';
import type { BatchRow, BatchStore } from './migration-batch.store.js';
import { BATCH_STATES, CONTINUITIES, stepBatch, type BatchStep } from './migration-batch.js';

export const batchId = z.uuid();
export const byBatch = z.strictObject({ batchId });
export const prefecture = z.string().refine((text) => PREFECTURE_NUMBERS.includes(text), { params: { code: 'UNKNOWN' } }).describe('`01` to `47`');
export const serial = z.string().regex(/^[0-9A-Fa-f]{1,40}$/).describe('X.509 serial number, hex');
/** CMS SignedData without its content, DER. */
export const detachedSignature = z.base64().max(16_384).transform((text) => Buffer.from(text, 'base64'));

const digest = z.string().regex(/^[0-9a-f]{64}$/);
export const batchView = z.object({
  batchId, prefecture: z.string(), continuity: z.enum(CONTINUITIES), state: z.enum(BATCH_STATES), plannedAt: z.iso.datetime(), jobId: z.uuid().optional(),
  file: z.object({ sha256: digest, lines: z.number().int() }).optional(),
  lastList: z.object({ number: z.number().int(), at: z.iso.datetime(), entries: z.number().int(), sha256: digest }).optional(),
  faults: z.number().int().describe('all differences; the first 1,000 are listed'), acceptedBy: z.string().optional(),
});

export function viewOf(row: BatchRow): z.input<typeof batchView> {
  const { id, prefecture: of, continuity, state, plannedAt, jobId, fileSha256, lines, listNumber, listAt, listEntries, listSha256, faults, acceptedBy } = row;
  return {
    batchId: id, prefecture: of, continuity, state, plannedAt: plannedAt.toISOString(), faults, jobId: jobId ?? undefined, acceptedBy: acceptedBy ?? undefined,
    file: fileSha256 === null || lines === null ? undefined : { sha256: fileSha256.toString('hex'), lines },
    lastList: listNumber === null || listAt === null || listEntries === null || listSha256 === null
      ? undefined : { number: listNumber, at: listAt.toISOString(), entries: listEntries, sha256: listSha256.toString('hex') },
  };
}

/** Batches of other prefectures look like none. */
export function permittedBatch(ctx: Ctx, batch: BatchRow | undefined): BatchRow {
  if (batch === undefined) throw platformProblems.refuse('NOT_FOUND');
  requireJurisdiction(ctx, batch.prefecture);
  return batch;
}

/** The batch, locked until the transaction ends. Refuses NOT_FOUND, OUT_OF_JURISDICTION. */
export async function lockedBatch(ctx: Ctx, batches: BatchStore, id: string): Promise<BatchRow> {
  return permittedBatch(ctx, await batches.lock(ctx.db, id));
}

/** What becomes of the batch by the step. Refuses NOT_IN_STATE. */
export function stepped(batch: BatchRow, step: BatchStep, changes: Partial<BatchRow> = {}): BatchRow {
  const state = stepBatch(batch.state, step);
  if (state === undefined) throw bridgeCaProblems.refuse('NOT_IN_STATE', { facts: { state: batch.state } });
  return { ...batch, ...changes, state };
}

/** Certificates of all key generations of a prefecture's authority. */
export async function generationCertificates(ctx: Ctx, authorities: Authorities, of: string): Promise<ParsedCertificate[]> {
  const generations = await authorities.parts.store.generations(ctx.db, prefecturalId(of));
  return generations.filter(({ certificate }) => certificate !== null).map((row) => authorities.certificateOf(row));
}

/** Refuses SIGNATURE_INVALID unless the prefecture signed octets of this digest. */
export function requireSignature({ signer }: BatchRow, cms: Buffer, sha256: Buffer): void {
  try {
    verifyDetachedSignature(cms, parseCertificate(signer), sha256);
  } catch (error) {
    if (error instanceof PkiError) throw bridgeCaProblems.refuse('SIGNATURE_INVALID');
    throw error;
  }
}
