import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { InquiryStore } from '../inquiry/inquiry.store.js';
import { SEARCH_STATES } from './entry-search.js';
import type { EntrySearchStore } from './entry-search.store.js';
import { ownSearch, searchView, viewOfSearch } from './search-view.js';

const getSpec = useCase({
  action: 'juki-net.entry-search.get', kind: 'question', summary: 'A search before an entry, with its candidates and what was decided of them',
  input: z.strictObject({ searchId: z.uuid() }), output: searchView, refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

export class GetEntrySearch implements UseCase<typeof getSpec> {
  readonly spec = getSpec;
  constructor(
    private readonly searches: EntrySearchStore,
    private readonly register: InquiryStore,
  ) {}

  async execute(ctx: Ctx, { searchId }: InputOf<typeof getSpec>): Promise<OutputOf<typeof getSpec>> {
    return viewOfSearch(ctx, this.register, ownSearch(ctx, await this.searches.find(ctx.db, searchId)));
  }
}

const listSpec = useCase({
  action: 'juki-net.entry-search.list', kind: 'question', summary: 'Searches of the municipality before its entries, the newest first; states and counts',
  input: z.strictObject({ state: z.enum(SEARCH_STATES).optional(), before: z.uuid().optional(), limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
  output: z.object({
    items: z.array(z.object({ searchId: z.uuid(), state: z.enum(SEARCH_STATES), found: z.number().int(), openedAt: z.string() })),
    next: z.uuid().optional().describe('`before` of the next page'),
  }),
  refusals: [],
});

export class ListEntrySearches implements UseCase<typeof listSpec> {
  readonly spec = listSpec;
  constructor(private readonly searches: EntrySearchStore) {}

  async execute(ctx: Ctx, { state, before, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const found = await this.searches.list(ctx.db, ctx.actor.organisation, { state, before, limit: limit + 1 });
    const shown = found.slice(0, limit);
    const last = found.length > limit ? shown.at(-1) : undefined;
    ctx.audit({ object: 'entry-searches', subjects: [], facts: { searches: shown.length } });
    return { items: shown.map(({ openedAt, ...search }) => ({ ...search, openedAt: openedAt.toISOString() })), ...(last === undefined ? {} : { next: last.searchId }) };
  }
}
