import type { PolicyRow } from '#platform';
import { APPLICATION, nation, NOTIFICATION, town } from '../permitted.js';

const both = (verb: string): PolicyRow[] => [town(verb, APPLICATION), nation('operator', verb, APPLICATION)];
const guest = (verb: string): PolicyRow => ({ action: `card-issuance.${verb}`, institution: 'guest', scope: 'nation', basis: 'CARD-5: the 23 digits of the form' });

export const applicationPolicy: readonly PolicyRow[] = [
  town('form.find', [...NOTIFICATION, ...APPLICATION]), town('form.issue', APPLICATION), nation('operator', 'form.find', [...NOTIFICATION, ...APPLICATION]),
  ...both('application.submit'), ...both('application.status'), ...both('application.keep-contact'), ...both('application.resubmit'), ...both('photo.check'), ...both('photo.check-picture'),
  town('application.withdraw', APPLICATION), town('application.keep-stay', APPLICATION), town('application.list-waiting'), guest('application.challenge'), guest('application.status-page'),
  nation('operator', 'application.assign', APPLICATION), nation('operator', 'application.review', APPLICATION), nation('operator', 'application.list-waiting'),
  nation('operator', 'application.photo', APPLICATION), nation('operator', 'application.annotated-photo', APPLICATION),
  nation('operator', 'application-notice.list'), nation('operator', 'application-notice.read', APPLICATION), nation('operator', 'application-notice.mark-sent'),
];
