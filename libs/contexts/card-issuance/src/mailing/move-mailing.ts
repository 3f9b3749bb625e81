import { cardIssuanceProblems } from '#contracts/card-issuance';
import { platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { MAILING_EVENTS, MAILING_STATES, RETURN_REASONS, decideMailing, isEnvelopeBarcode, reportsMailing, type MailingMove } from './mailing.js';
import type { Mailing, MailingStore } from './mailing.store.js';

const output = z.object({ mailingId: z.uuid(), state: z.enum(MAILING_STATES) });
const moved = z.enum(['PRINTED', 'SPOILED', 'CANCELLED', 'POSTED', 'HELD_AT_POST', 'DELIVERED', 'RETURNED', 'INVESTIGATING', 'REPOSTED', 'COLLECTED_AT_COUNTER', 'DISCARD_DUE', 'DISCARDED']);

const spec = useCase({
  action: 'card-issuance.mailing.move',
  kind: 'command',
  summary: 'Reports what became of an envelope: print contractor and carrier up to its delivery or return, the municipality after a return',
  input: z.strictObject({ mailingId: z.uuid(), to: moved, reason: z.enum(RETURN_REASONS).optional(), sheets: z.number().int().min(0).optional().describe('sheets counted by the inserting machine, with PRINTED') }),
  output,
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE', 'SHEETS_MISMATCH', 'SAME_PERSON'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

/** One step of an envelope's way (CARD-3.2). */
export class MoveMailing implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly mailings: MailingStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    if (!reportsMailing(ctx.actor.kind, input.to)) throw platformProblems.refuse('ACTION_NOT_PERMITTED', { facts: { to: input.to } });
    const mailing = await this.mailings.lock(ctx.db, { mailingId: input.mailingId });
    if (mailing === undefined) throw platformProblems.refuse('NOT_FOUND');
    return move(ctx, this.mailings, mailing, { to: input.to, sheets: input.sheets, reason: input.reason });
  }
}

const scanSpec = useCase({
  action: 'card-issuance.mailing.return',
  kind: 'command',
  summary: 'A returned envelope was scanned at the municipality',
  input: z.strictObject({ barcode: z.string(), reason: z.enum(RETURN_REASONS) }),
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
    return move(ctx, this.mailings, mailing, { to: 'RETURNED', reason: input.reason });
  }
}

async function move(ctx: Ctx, mailings: MailingStore, mailing: Mailing, to: Pick<MailingMove, 'to' | 'sheets'> & { readonly reason?: string | undefined }): Promise<z.output<typeof output>> {
  requireJurisdiction(ctx, mailing.municipalityCode);
  const person = ctx.actor.operator ?? ctx.actor.clientId;
  decideMailing(mailing, { ...to, person });
  await mailings.move(ctx.db, mailing, { state: to.to, reason: to.reason, person, now: ctx.now });
  const { mailingId, setId, municipalityCode, members } = mailing;
  ctx.emit(MAILING_EVENTS[to.to], { aggregateId: mailingId, sequence: mailing.version + 1, data: { mailingId, setId, municipalityCode, members, ...(to.reason === undefined ? {} : { reason: to.reason }) } });
  ctx.audit({ object: `mailing:${mailingId}`, facts: { from: mailing.state, to: to.to } });
  return { mailingId, state: to.to };
}
