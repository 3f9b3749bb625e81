import { route, type ContextParts, type Platform } from '#platform';
import type { FrontProtection } from '../back-side/back-side.parts.js';
import { anyone, anyoneByUpload } from './anyone.js';
import { dropShown } from './drop-shown.js';
import { ShownFrontStore } from './shown-front.store.js';
import { AnswerVerificationPage, ShowVerificationPage } from './verification-page.js';
import { ShowFront, VerificationDesk, VerifyBack } from './verify-back.js';

const HEADERS = { 'client-address': 'set by the gateway: whom the quota of 20 an hour is for' };

/** Everybody verifies certificates by their backs (CARD-4.16). */
export function verificationParts({ cipher }: Platform, protection: FrontProtection): Partial<ContextParts> {
  const shown = new ShownFrontStore(cipher);
  const desk = new VerificationDesk(protection, shown);
  return {
    http: [
      route('POST', '/verifications', new VerifyBack(desk, shown), { guest: anyoneByUpload, upload: ['image/png', 'image/jpeg'], headers: HEADERS }),
      route('GET', '/verifications/:token/front', new ShowFront(shown), { guest: anyone, binary: ['image/webp'] }),
      route('GET', '/verification-page', new ShowVerificationPage(), { guest: anyone, binary: ['text/html'] }),
      route('POST', '/verification-page', new AnswerVerificationPage(desk), { guest: anyoneByUpload, upload: ['multipart/form-data'], binary: ['text/html'], headers: { ...HEADERS, 'content-type': 'with the boundary of the form' } }),
    ],
    schedules: [dropShown(shown)],
  };
}
