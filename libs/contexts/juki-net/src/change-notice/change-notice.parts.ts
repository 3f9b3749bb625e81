import { route, type ContextParts } from '#platform';
import { SENT_AT } from './clock-skew.js';
import { GetChangeNotice } from './get-change-notice.js';
import { ListSequenceGaps } from './list-sequence-gaps.js';
import { MunicipalSequenceStore } from './municipal-sequence.store.js';
import type { Register } from './register.js';
import { SubmitChangeNotice } from './submit-change-notice.js';
import { SubmitCodeChange } from './submit-code-change.js';

/** Change notices, singly (JUKI-3.3). */
export function changeNoticeParts(register: Register): Partial<ContextParts> {
  const { notices, intake } = register;
  return {
    http: [
      route('POST', '/change-notices', new SubmitChangeNotice(intake), { status: 202, headers: SENT_AT }),
      route('GET', '/change-notices/:noticeId', new GetChangeNotice(notices)),
      route('POST', '/code-changes', new SubmitCodeChange(register), { status: 202, headers: SENT_AT }),
      route('GET', '/sequence-gaps', new ListSequenceGaps(new MunicipalSequenceStore())),
    ],
  };
}
