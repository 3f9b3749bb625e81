import { cardIssuanceProblems } from '#contracts/card-issuance';
import { found, officerOf, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { MAILING_STATES, RETURN_REASONS, TRACKING_NO, decideMailing, isEnvelopeBarcode, reportsMailing, requireKeptLongEnough, type MailingMove } from './mailing.js';
import { requireDelegated } from '../delegation/require-delegated.js';
import type { DelegationStore } from '../delegation/delegation.store.js';
import type { Mailing, MailingStep, MailingStore } from './mailing.store.js';
import { moveMailings } from './move-mailings.js';
import type { ReturnRetentionStore } from './return-retention.store.js';

const output = z.object({ mailingId: z.uuid(), state: z.enum(MAILING_STATES) });
const moved = z.enum(['PRINTED', 'SPOILED', 'CANCELLED', 'POSTED', 'HELD_AT_POST', 'DELIVERED', 'RETURNED', 'INVESTIGATING', 'REPOSTED', 'COLLECTED_AT_COUNTER', 'DISCARD_DUE', 'DISCARDED']);

const spec = useCase({
  action: 'card-issuance.mailing.move',
  kind: 'command',
  summary: 'Reports what became of an envelope: print contractor and carrier up to its delivery or return, the municipality after a return',
  input: z.strictObject({
    mailingId: z.uuid(),
    to: moved,
    reason: z.enum(RETURN_REASONS).optional(),
    sheets: z.number().int().min(0).optional().describe('sheets counted by the inserting machine, with PRINTED'),
    trackingNo: z.string().regex(TRACKING_NO).optional().describe('under which a returned envelope was posted again'),
  }),
  output,
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE', 'NOT_DELEGATED', 'RETENTION_RUNS', 'SHEETS_MISMATCH', 'SAME_PERSON'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

/** One step of an envelope's way (CARD-3.2). */
export class MoveMailing implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly mailings: MailingStore,
    private readonly delegations: DelegationStore,
    private readonly retentions: ReturnRetentionStore,
  ) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    if (!reportsMailing(ctx.actor.kind, input.to)) throw platformProblems.refuse('ACTION_NOT_PERMITTED', { facts: { to: input.to } });
    const mailing = found(await this.mailings.lock(ctx.db, { mailingId: input.mailingId }));
    if (input.to === 'PRINTED') await requireDelegated(ctx, this.delegations, mailing.municipalityCode, 'NOTIFICATION_CARD_PRINT_MAIL');
    if (input.to === 'DISCARD_DUE') requireKeptLongEnough(mailing.returnedOn, await this.retentions.monthsOf(ctx.db, mailing.municipalityCode), ctx.now);
    const { trackingNo } = input;
    if (trackingNo !== undefined && trackingNo !== mailing.trackingNo && (await this.mailings.trackingNosInUse(ctx.db, [trackingNo])).size > 0) {
      throw platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: '/trackingNo', code: 'TRACKING_NO_USED' }] });
    }
    return move(ctx, this.mailings, mailing, input);
  }
}

const scanSpec = useCase({
  action: 'card-issuance.mailing.return',
  kind: 'command',
  summary: 'A returned envelope was scanned at the municipality',
  input: z.strictObject({ barcode: z.string(), reason: z.enum(RETURN_REASONS), scannedAt: z.iso.datetime().optional() }),
  output,
  refusals: [...refusals(cardIssuanceProblems, 'UNKNOWN_BARCODE', 'BAD_STATE'), ...refusals(platformProblems, 'OUT_OF_JURISDICTION')],
});

/** Takes a returned envelope in by its barcode (CARD-4.2). */
export class ScanReturnedMailing implements UseCase<typeof scanSpec> {
  readonly spec = scanSpec;

  constructor(private readonly mailings: MailingStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof scanSpec>): Promise<OutputOf<typeof scanSpec>> {
    const mailing = isEnvelopeBarcode(input.barcode) ? await this.mailings.lock(ctx.db, { barcode: input.barcode }) : undefined;
    if (mailing === undefined) throw cardIssuanceProblems.refuse('UNKNOWN_BARCODE');
    requireJurisdiction(ctx, mailing.municipalityCode);
    // The carrier may have told of the return before the desk says why.
    if (mailing.state === 'RETURNED') {
      await this.mailings.setReason(ctx.db, mailing.mailingId, input.reason);
      ctx.audit({ object: `mailing:${mailing.mailingId}`, facts: { reason: input.reason } });
      return { mailingId: mailing.mailingId, state: 'RETURNED' };
    }
    const at = input.scannedAt === undefined ? undefined : new Date(input.scannedAt);
    if (at !== undefined && at > ctx.now) throw platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: '/scannedAt', code: 'FUTURE' }] });
    return move(ctx, this.mailings, mailing, { to: 'RETURNED', reason: input.reason, at });
  }
}

async function move(ctx: Ctx, mailings: MailingStore, mailing: Mailing, to: Pick<MailingMove, 'to' | 'sheets'> & Pick<MailingStep, 'reason' | 'trackingNo' | 'at'>): Promise<z.output<typeof output>> {
  requireJurisdiction(ctx, mailing.municipalityCode);
  decideMailing(mailing, { to: to.to, sheets: to.sheets, person: officerOf(ctx) });
  await moveMailings(ctx, mailings, [{ mailing, to: to.to, reason: to.reason, at: to.at, trackingNo: to.trackingNo }]);
  return { mailingId: mailing.mailingId, state: to.to };
}
