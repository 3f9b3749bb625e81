import { platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { MAILING_STATES } from './mailing.js';
import type { MailingStore } from './mailing.store.js';

const spec = useCase({
  action: 'card-issuance.mailing.list',
  kind: 'question',
  summary: 'Envelopes of a municipality, or of one of its lists of addressees, with their state, page by page; nothing about people',
  input: z.strictObject({
    municipalityCode: z.string().regex(/^\d{6}$/),
    setId: z.uuid().optional(),
    state: z.enum(MAILING_STATES).optional(),
    after: z.coerce.number().int().min(0).default(0),
    limit: z.coerce.number().int().min(1).max(1_000).default(100),
  }),
  output: z.object({
    items: z.array(z.object({ mailingId: z.uuid(), mailingNo: z.number(), barcode: z.string(), members: z.number(), state: z.enum(MAILING_STATES), reason: z.string().nullable(), movedAt: z.iso.datetime() })),
    next: z.number().optional(),
  }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

/** The return desk's and the contractor's view of a municipality's mailing. */
export class ListMailings implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly mailings: MailingStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    requireJurisdiction(ctx, input.municipalityCode);
    const rows = await this.mailings.list(ctx.db, { ...input, setId: input.setId, state: input.state });
    const items = rows.map(({ mailingId, mailingNo, barcode, members, state, reason, movedAt }) => ({ mailingId, mailingNo, barcode, members, state, reason, movedAt: movedAt.toISOString() }));
    const last = rows.at(-1);
    return { items, ...(rows.length === input.limit && last !== undefined ? { next: last.mailingNo } : {}) };
  }
}
