import { z } from 'zod';
import { officerOf, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { LedgerListStore } from './ledger-list.store.js';

const spec = useCase({
  action: 'numbering.ledger.ask-list',
  kind: 'process',
  summary: 'Asks, on a copy of the database, for the numbers that were drawn since a moment, as a restored ledger takes them in; another officer reads them',
  input: z.strictObject({ since: z.iso.datetime(), reason: z.string().min(1).max(200) }),
  output: z.object({ listId: z.uuid(), lines: z.number().int() }),
  refusals: [],
});

/** NUM-7: numbers are in no copy but encrypted, so that only numbering itself, started on the copy with its keys, can tell them. */
export class AskLedgerList implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly lists: LedgerListStore) {}

  async execute(ctx: Ctx, { since, reason }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const listId = uuidv7();
    const lines = await ctx.transaction(async (tx) => {
      const found = await this.lists.ask(tx.db, { listId, since, reason, askedBy: officerOf(tx) }, tx.now);
      tx.audit({ object: `ledger-list:${listId}`, facts: { since, lines: found } });
      return found;
    });
    return { listId, lines };
  }
}
