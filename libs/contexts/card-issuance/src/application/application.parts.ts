import { deriveKey, macOf, route, type ContextParts, type GuestDoor, type Platform } from '#platform';
import { ListApplicationNotices, MarkApplicationNoticeSent, ReadApplicationNotice } from './application-notices.js';
import { ApplicationNoticeStore } from './application-notice.store.js';
import { attemptSchedule, lapseSchedule, photoRetentionSchedule } from './application-schedules.js';
import { AssignApplications } from './assign-applications.js';
import { AttemptLimit } from './attempt-limit.js';
import { AttemptStore } from './attempt.store.js';
import { CheckPhoto, CheckPhotoPicture, ShowAnnotatedPhoto } from './check-photo.js';
import { FindForms, IssueForm } from './issue-form.js';
import { KeepContact } from './keep-contact.js';
import { KeepStay } from './keep-stay.js';
import { RESUBMISSION_TOKEN, ResubmitApplication } from './resubmit-application.js';
import { ReviewApplication } from './review-application.js';
import { ListWaitingApplications, ShowApplication, ShowApplicationPhoto } from './show-application.js';
import { ChallengeApplicant, ShowStatus } from './show-status.js';
import { SubmitApplication } from './submit-application.js';
import { WithdrawApplication } from './withdraw-application.js';
import type { Shelf } from '../shelf.js';

/** Media types that applicants send; what is not JPEG is refused as P02, not by its name. */
const PHOTO_TYPES = ['image/jpeg', 'image/png', 'image/heic'];

/** Applicants have no access token; what they prove is the 23-digit ID and work (CARD-5). */
const applicant: GuestDoor = { scheme: {}, takesJson: true, admit: async () => ({ clientId: 'applicant', kind: 'guest', organisation: 'applicant' }) };

/** Applications with their forms and photos (CARD-3.3, 4.3). */
export function applicationParts({ applications, delegations, carryOvers, cards }: Shelf, { cipher, masterKey, peers }: Platform): Partial<ContextParts> {
  const [attempts, notices] = [new AttemptStore(), new ApplicationNoticeStore(cipher)];
  const mac = macOf(deriveKey(masterKey, 'card-issuance:application-challenge'));
  const limit = new AttemptLimit(attempts, mac);
  const picture = { binary: ['image/jpeg'] };
  return {
    http: [
      route('GET', '/application-forms', new FindForms(applications)),
      route('POST', '/application-forms', new IssueForm(applications, peers), { status: 201 }),
      route('GET', '/applications', new ListWaitingApplications(applications)),
      route('POST', '/applications', new SubmitApplication({ applications, cards, delegations, peers, limit }), { status: 201, upload: PHOTO_TYPES }),
      route('GET', '/applications/:applicationId', new ShowApplication(applications)),
      route('GET', '/applications/:applicationId/photo', new ShowApplicationPhoto(applications), picture),
      route('GET', '/applications/:applicationId/annotated-photo', new ShowAnnotatedPhoto(applications), picture),
      route('PUT', '/applications/:applicationId/contact', new KeepContact(applications)),
      route('PUT', '/applications/:applicationId/stay', new KeepStay(applications)),
      route('POST', '/applications/:applicationId/reviews', new ReviewApplication(applications, notices)),
      route('POST', '/applications/:applicationId/resubmission', new ResubmitApplication(applications), { upload: PHOTO_TYPES, headers: { [RESUBMISSION_TOKEN]: 'the token of the deficiency notice' } }),
      route('POST', '/applications/:applicationId/withdrawal', new WithdrawApplication(applications)),
      route('GET', '/applications/:applicationId/status', new ShowStatus(applications, attempts, mac), { guest: applicant }),
      route('POST', '/application-challenges', new ChallengeApplicant(mac), { guest: applicant }),
      route('POST', '/application-assignments', new AssignApplications(applications)),
      route('GET', '/application-notices', new ListApplicationNotices(notices)),
      route('GET', '/application-notices/:noticeId', new ReadApplicationNotice(notices, applications, peers)),
      route('POST', '/application-notices/:noticeId/sending', new MarkApplicationNoticeSent(notices)),
      route('POST', '/photo-checks', new CheckPhoto(), { upload: PHOTO_TYPES }),
      route('POST', '/photo-checks/picture', new CheckPhotoPicture(), { upload: PHOTO_TYPES, ...picture }),
    ],
    schedules: [lapseSchedule(applications), photoRetentionSchedule(carryOvers), attemptSchedule(attempts)],
  };
}
