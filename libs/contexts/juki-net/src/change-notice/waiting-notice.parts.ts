import { route, type ContextParts } from '#platform';
import { DecideQuarantinedNotice } from './decide-quarantined-notice.js';
import { ListWaitingNotices } from './list-waiting-notices.js';
import type { Register } from './register.js';
import { RejectHeldNotice } from './reject-held-notice.js';
import { WaitingNoticeStore } from './waiting-notice.store.js';

/** Notices that wait for another message or for people (JUKI-3.3). */
export function waitingNoticeParts({ residents, notices }: Register): Partial<ContextParts> {
  const waiting = new WaitingNoticeStore();
  return {
    http: [
      route('GET', '/held-notices', new ListWaitingNotices(waiting, 'HELD')),
      route('POST', '/held-notices/:noticeId/rejection', new RejectHeldNotice(residents, notices)),
      route('GET', '/quarantined-notices', new ListWaitingNotices(waiting, 'QUARANTINED')),
      route('POST', '/quarantined-notices/:noticeId/decision', new DecideQuarantinedNotice(residents, notices, waiting)),
    ],
  };
}
