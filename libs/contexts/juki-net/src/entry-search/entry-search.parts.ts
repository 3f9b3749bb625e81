import { route, type ContextParts, type Platform } from '#platform';
import type { Register } from '../change-notice/register.js';
import type { InquiryStore } from '../inquiry/inquiry.store.js';
import { EntrySearchStore } from './entry-search.store.js';
import { OpenEntrySearch } from './open-search.js';
import { SetEntrySearchDuty } from './set-duty.js';
import { GetEntrySearch, ListEntrySearches } from './show-searches.js';
import { ConfirmEntrySearch, DecideEntryCandidate } from './step-search.js';

/** Searches that precede entries of unknown origin and ex officio (JUKI-7). */
export function entrySearchParts({ cipher }: Platform, register: Register, inquiries: InquiryStore): Partial<ContextParts> {
  const searches = new EntrySearchStore(cipher);
  return {
    http: [
      route('POST', '/entry-searches', new OpenEntrySearch(searches, inquiries), { status: 201 }),
      route('GET', '/entry-searches', new ListEntrySearches(searches)),
      route('GET', '/entry-searches/:searchId', new GetEntrySearch(searches, inquiries)),
      route('POST', '/entry-searches/:searchId/candidates/:candidate/decision', new DecideEntryCandidate(searches, inquiries)),
      route('POST', '/entry-searches/:searchId/confirmation', new ConfirmEntrySearch(searches, inquiries, register)),
      route('PUT', '/entry-search-duties/:municipalityCode', new SetEntrySearchDuty(searches)),
    ],
  };
}
