import type { PolicyRow } from '#platform';
import { APPLICATION, nation, NOTIFICATION, town } from '../permitted.js';

export const applicationPolicy: readonly PolicyRow[] = [
  town('form.find', [...NOTIFICATION, ...APPLICATION]), town('form.issue', APPLICATION), nation('operator', 'form.find', [...NOTIFICATION, ...APPLICATION]),
  town('application.submit', APPLICATION), town('application.status', APPLICATION), nation('operator', 'application.submit', APPLICATION), nation('operator', 'application.status', APPLICATION),
  nation('operator', 'application.review', APPLICATION), nation('operator', 'application.list-waiting'), nation('operator', 'application.photo', APPLICATION),
];
