import { route, type ContextParts, type Platform } from '#platform';
import { FindForms, IssueForm } from './issue-form.js';
import { ReviewApplication } from './review-application.js';
import { ListWaitingApplications, ShowApplication, ShowApplicationPhoto } from './show-application.js';
import { SubmitApplication } from './submit-application.js';
import type { Shelf } from '../shelf.js';

/** Media types that applicants send; what is not JPEG is refused as P02, not by its name. */
const PHOTO_TYPES = ['image/jpeg', 'image/png', 'image/heic'];

/** Applications with their forms and photos (CARD-3.3, 4.3). */
export function applicationParts({ applications, cards }: Shelf, { peers }: Platform): Partial<ContextParts> {
  return {
    http: [
      route('GET', '/application-forms', new FindForms(applications)),
      route('POST', '/application-forms', new IssueForm(applications, peers), { status: 201 }),
      route('GET', '/applications', new ListWaitingApplications(applications)),
      route('POST', '/applications', new SubmitApplication(applications, cards, peers), { status: 201, upload: PHOTO_TYPES }),
      route('GET', '/applications/:applicationId', new ShowApplication(applications)),
      route('GET', '/applications/:applicationId/photo', new ShowApplicationPhoto(applications), { binary: ['image/jpeg'] }),
      route('POST', '/applications/:applicationId/reviews', new ReviewApplication(applications)),
    ],
  };
}
