import { route, type ContextParts, type Platform } from '#platform';
import type { Provision } from '../inquiry/provision.js';
import { MunicipalityChangeStore } from '../merger/municipality-change.store.js';
import { keyPlacesOfOld } from '../resident/key-places.js';
import { CloseInitialMatch } from './close-initial-match.js';
import { dropBrokenMatches } from './drop-broken-matches.js';
import { GetInitialMatch, ListInitialMatchFaults } from './follow-initial-match.js';
import { InitialMatchStore } from './initial-match.store.js';
import { ListInitialMatches } from './list-initial-matches.js';
import { MatchCaseStore } from './match-case.store.js';
import { ReadMatchResult } from './read-match-result.js';
import { ReceiveInitialMatch } from './receive-initial-match.js';
import { RegisterSearch } from './register-search.store.js';
import { ConfirmMatchCase, DecideMatchCase, ListMatchCases } from './review-case.js';
import { WorkOnInitialMatch } from './work-on-initial-match.js';

/** Initial matching (JUKI-3.6). */
export function initialMatchParts({ cipher }: Platform, { grants, inquiries }: Provision): Partial<ContextParts> {
  const matches = new InitialMatchStore(cipher);
  const cases = new MatchCaseStore(cipher);
  return {
    http: [
      route('POST', '/initial-matches', new ReceiveInitialMatch(matches), { status: 202, upload: ['text/csv'] }),
      route('GET', '/initial-matches', new ListInitialMatches(matches)),
      route('GET', '/initial-matches/:matchId', new GetInitialMatch(matches)),
      route('GET', '/initial-matches/:matchId/faults', new ListInitialMatchFaults(matches)),
      route('GET', '/initial-matches/:matchId/cases', new ListMatchCases(matches, cases, inquiries)),
      route('POST', '/initial-matches/:matchId/cases/:caseId/decision', new DecideMatchCase({ matches, cases })),
      route('POST', '/initial-matches/:matchId/cases/:caseId/confirmation', new ConfirmMatchCase({ matches, cases })),
      route('GET', '/initial-matches/:matchId/result', new ReadMatchResult(matches, cases, grants), { binary: ['text/csv'] }),
      route('POST', '/initial-matches/:matchId/closure', new CloseInitialMatch(matches, cases)),
    ],
    jobs: [new WorkOnInitialMatch(matches, cases, new RegisterSearch(), new MunicipalityChangeStore())],
    schedules: [dropBrokenMatches(matches), keyPlacesOfOld],
  };
}
