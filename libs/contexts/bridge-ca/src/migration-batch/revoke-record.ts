import { z } from 'zod';
import { bridgeCaProblems } from '#contracts/bridge-ca';
import { officerOf, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { toSecond } from '../authority/authority.js';
import { prefecture, serial } from './batch-view.js';
import { issueAtOnce } from './issue-lists.js';
import type { RecordRow, RecordStore } from './migrated-record.store.js';
import type { BatchRow, BatchStore } from './migration-batch.store.js';
import { RECORD_STATUSES, REVOCATION_KINDS } from './migration-batch.js';
import { serialOctets, serialText } from './migration-record.js';

const byCertificate = z.strictObject({ prefecture, serial });
const recordView = z.object({
  prefecture: z.string(), serial: z.string(), status: z.enum(RECORD_STATUSES), kind: z.enum(REVOCATION_KINDS).optional(), recordedAt: z.iso.datetime().optional(),
  notBefore: z.iso.datetime(), notAfter: z.iso.datetime(), municipalityCode: z.string().describe('the present one'), issuedIn: z.string().describe('municipality code at the issue'),
  windowId: z.string(), keptThrough: z.iso.date(),
});

function viewOf(of: string, row: RecordRow, now: Date): z.input<typeof recordView> {
  const { kind, recordedAt, notBefore, notAfter, municipalityCode, sourceMunicipality, windowId, keptThrough } = row;
  return {
    prefecture: of, serial: serialText(row.serial), status: row.status === 'valid' && notAfter < now ? 'expired' : row.status, kind: kind ?? undefined, recordedAt: recordedAt?.toISOString(),
    notBefore: notBefore.toISOString(), notAfter: notAfter.toISOString(), municipalityCode, issuedIn: sourceMunicipality, windowId, keptThrough,
  };
}

const getSpec = useCase({
  action: 'bridge-ca.migrated-record.read',
  kind: 'question',
  summary: 'The state of a certificate that a prefecture issued, without what it says of its holder',
  input: byCertificate,
  output: recordView,
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export class GetRecord implements UseCase<typeof getSpec> {
  readonly spec = getSpec;

  constructor(
    private readonly batches: BatchStore,
    private readonly records: RecordStore,
  ) {}

  async execute(ctx: Ctx, input: InputOf<typeof getSpec>): Promise<OutputOf<typeof getSpec>> {
    await reconciled(ctx, this.batches, input.prefecture);
    const row = await this.records.find(ctx.db, input.prefecture, serialOctets(input.serial));
    if (row === undefined) throw platformProblems.refuse('NOT_FOUND');
    ctx.audit({ object: `migrated-record:${input.prefecture}:${serialText(row.serial)}` });
    return viewOf(input.prefecture, row, ctx.now);
  }
}

const REASONS = ['keyCompromise', 'cACompromise', 'affiliationChanged', 'superseded', 'cessationOfOperation'] as const;
/** Their lists do not wait for the night (JPKI-4.8). */
const URGENT: readonly (typeof REASONS)[number][] = ['keyCompromise', 'cACompromise'];

const revokeSpec = useCase({
  action: 'bridge-ca.migrated-record.revoke',
  kind: 'command',
  summary: 'Records the revocation of a certificate that a prefecture issued; during the double run with the time at which the former system recorded it',
  input: byCertificate.extend({
    kind: z.enum(REVOCATION_KINDS), reason: z.enum(REASONS), evidenceRef: z.string().regex(/^[^\p{Cc}]+$/u).max(100),
    recordedAt: z.iso.datetime().transform((text) => new Date(text)).optional().describe('before the cut-over only'),
  }),
  output: recordView,
  refusals: [...refusals(bridgeCaProblems, 'ALREADY_FINAL', 'NOT_IN_STATE'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** JPKI-4.7: effect begins with the recording, so that after the cut-over no other time can be named. */
export class RevokeRecord implements UseCase<typeof revokeSpec> {
  readonly spec = revokeSpec;

  constructor(
    private readonly batches: BatchStore,
    private readonly records: RecordStore,
  ) {}

  async execute(ctx: Ctx, { prefecture: of, kind, reason, recordedAt, evidenceRef, ...input }: InputOf<typeof revokeSpec>): Promise<OutputOf<typeof revokeSpec>> {
    const { state } = await reconciled(ctx, this.batches, of);
    if (recordedAt !== undefined && (state === 'CUT_OVER' || recordedAt > ctx.now)) throw bridgeCaProblems.refuse('NOT_IN_STATE', { facts: { state } });
    const octets = serialOctets(input.serial);
    const revoked = await this.records.revoke(ctx.db, { prefecture: of, serial: octets, kind, reason, at: toSecond(recordedAt ?? ctx.now) });
    const row = await this.records.find(ctx.db, of, octets);
    if (row === undefined) throw platformProblems.refuse('NOT_FOUND');
    if (!revoked) throw bridgeCaProblems.refuse('ALREADY_FINAL');
    if (state === 'CUT_OVER' && URGENT.includes(reason)) await issueAtOnce(ctx, of);
    ctx.audit({ object: `migrated-record:${of}:${serialText(octets)}`, facts: { kind, reason, evidenceRef, by: officerOf(ctx) } });
    return viewOf(of, row, ctx.now);
  }
}

/** Records are those of a batch that was reconciled; before, they may still be dropped. Refuses NOT_FOUND. */
async function reconciled(ctx: Ctx, batches: BatchStore, of: string): Promise<BatchRow> {
  const batch = await batches.ofPrefecture(ctx.db, of);
  if (batch === undefined || !['RECONCILED', 'ACCEPTED', 'CUT_OVER'].includes(batch.state)) throw platformProblems.refuse('NOT_FOUND');
  return batch;
}
