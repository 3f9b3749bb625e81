import { jukiNetProblems, writtenText } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { Register } from '../change-notice/register.js';
import type { InquiryStore } from '../inquiry/inquiry.store.js';
import { confirmSearch, decideCandidate, samePerson, VERDICTS } from './entry-search.js';
import type { EntrySearchStore } from './entry-search.store.js';
import { tellSearch } from './open-search.js';
import { namedOfficer, ownSearch, searchView, viewOfSearch } from './search-view.js';

const notYours = refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION');

const decideSpec = useCase({
  action: 'juki-net.entry-search.decide',
  kind: 'command',
  summary: 'An officer says of one candidate whether it is the person to be entered, and why',
  input: z.strictObject({
    searchId: z.uuid(), candidate: z.coerce.number().int().min(1).max(10), verdict: z.enum(VERDICTS), reason: writtenText(400).describe('why the same, why not'),
  }),
  output: searchView,
  refusals: [...refusals(jukiNetProblems, 'CANDIDATE_UNKNOWN', 'ENTRY_SEARCH_STATE', 'OPERATOR_NOT_ASSERTED', 'SAME_PERSON_TWICE'), ...notYours],
});

/** JUKI-7: every candidate is decided with a reason, by a named officer. */
export class DecideEntryCandidate implements UseCase<typeof decideSpec> {
  readonly spec = decideSpec;
  constructor(
    private readonly searches: EntrySearchStore,
    private readonly register: InquiryStore,
  ) {}

  async execute(ctx: Ctx, { searchId, candidate, verdict, reason }: InputOf<typeof decideSpec>): Promise<OutputOf<typeof decideSpec>> {
    const before = ownSearch(ctx, await this.searches.lock(ctx.db, searchId));
    const officer = namedOfficer(ctx);
    const stepped = decideCandidate(before, { candidate, verdict, officer });
    if ('refusal' in stepped) throw jukiNetProblems.refuse(stepped.refusal, { facts: { state: before.state } });
    await this.searches.decide(ctx.db, searchId, { candidate, verdict, reason, officer, at: ctx.now });
    await this.searches.setState(ctx.db, stepped.search);
    if (stepped.search.state !== before.state) tellSearch(ctx, { ...before, ...stepped.search });
    return viewOfSearch(ctx, this.register, ownSearch(ctx, await this.searches.find(ctx.db, searchId)));
  }
}

const confirmSpec = useCase({
  action: 'juki-net.entry-search.confirm',
  kind: 'command',
  summary: 'Another officer confirms what was decided of all candidates, and entries that wait for the search take effect; or the search ends',
  input: z.strictObject({ searchId: z.uuid(), agrees: z.boolean() }),
  output: searchView.extend({ released: z.number().int().describe('persons whose entries had waited') }),
  refusals: [...refusals(jukiNetProblems, 'ENTRY_SEARCH_STATE', 'NATIONAL_CLOSED', 'OPERATOR_NOT_ASSERTED', 'PREFECTURE_CLOSED', 'SAME_OFFICER'), ...notYours],
});

/** JUKI-7: the second officer. Waiting notices are decided in the transaction of the confirmation, so that none is left behind. */
export class ConfirmEntrySearch implements UseCase<typeof confirmSpec> {
  readonly spec = confirmSpec;
  constructor(
    private readonly searches: EntrySearchStore,
    private readonly inquiries: InquiryStore,
    private readonly register: Register,
  ) {}

  async execute(ctx: Ctx, { searchId, agrees }: InputOf<typeof confirmSpec>): Promise<OutputOf<typeof confirmSpec>> {
    const municipalityCode = ctx.actor.organisation;
    await this.searches.shutOut(ctx.db, municipalityCode);
    const before = ownSearch(ctx, await this.searches.lock(ctx.db, searchId));
    const officer = namedOfficer(ctx);
    const stepped = confirmSearch(before, { officer, agrees });
    if ('refusal' in stepped) throw jukiNetProblems.refuse(stepped.refusal, { facts: { state: before.state } });
    const samePersonKey = agrees ? samePerson(stepped.search) : undefined;
    await this.searches.setState(ctx.db, stepped.search);
    await this.searches.confirm(ctx.db, stepped.search, { officer, on: localDateInJapan(ctx.now), samePersonKey });
    const waiting = agrees ? await this.register.notices.awaitingSearch(ctx.db, municipalityCode, { searchIndex: before.nameIndex, samePersonKey }) : [];
    if (waiting.length > 0) await this.register.intake.takeInSearched(ctx, municipalityCode, waiting);
    const after = { ...before, ...stepped.search, candidates: before.candidates };
    tellSearch(ctx, after);
    ctx.audit({ object: `entry-search:${searchId}`, subjects: waiting, facts: { state: after.state, released: waiting.length } });
    return { ...(await viewOfSearch(ctx, this.inquiries, after)), released: waiting.length };
  }
}
