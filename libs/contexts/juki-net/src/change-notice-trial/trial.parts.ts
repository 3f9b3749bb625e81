import { route, type ContextParts } from '#platform';
import type { Register } from '../change-notice/register.js';
import { SubmitChangeNotice } from '../change-notice/submit-change-notice.js';
import type { PersonViewStore } from '../resident/person-view.store.js';
import { StatisticsStore } from '../statistics/statistics.store.js';
import { TrialStore } from './trial.store.js';
import { TryChangeNotices } from './try-change-notices.js';

/** What the register would answer to a notice (JUKI-8). */
export function changeNoticeTrialParts({ residents, intake }: Register, views: PersonViewStore): Partial<ContextParts> {
  const trial = new TryChangeNotices(new SubmitChangeNotice(intake), residents, views, new TrialStore(new StatisticsStore()));
  return { http: [route('POST', '/change-notice-trials', trial)] };
}
