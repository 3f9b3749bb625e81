import type { ContextParts } from '#platform';
import type { Numbers } from '../numbers.js';
import { followTogether, onResidentChanges } from '../on/on-resident-changes.js';
import { FollowCodes } from './follow-codes.js';
import type { StandingParts } from './follow-person.js';
import { settleStandings } from './follow-register.js';

/** What the register tells of people, and its effect on their numbers (NUM-3.1, NUM-4.8). */
export function standingParts({ links, register }: Numbers, standing: StandingParts): Partial<ContextParts> {
  return {
    subscriptions: [
      {
        name: 'residents', from: 'juki-net', filter: 'kiban.juki-net.resident.>', purpose: 'NUMBER_DESIGNATION', together: followTogether(standing),
        handlers: [], inSets: onResidentChanges(standing),
      },
    ],
    jobs: [new FollowCodes({ ...standing, links, register })],
    schedules: [settleStandings(standing)],
  };
}
