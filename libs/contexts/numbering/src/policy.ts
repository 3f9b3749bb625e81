import type { PolicyRow } from '#platform';

/** 番号法7条1項 (designation and notification), 8条 (generation), 施行令2条 (designation on receipt), 8条 (generation by the system alone). */
const DESIGNATION = '番号法7条1項・8条、同法施行令2条・8条';
const NOTIFICATION = '番号法7条1項 (通知)';
/** The number is an item of the residence record and of the identity information. */
const IDENTITY = '住基法7条8号の2・30条の6';
const CARD = '番号法17条1項';

const municipality = (action: string): PolicyRow => ({ action, institution: 'municipality', purposes: ['NUMBER_DESIGNATION'], scope: 'own', basis: DESIGNATION });
const notifying = (action: string): PolicyRow => ({ action, institution: 'municipality', purposes: ['NUMBER_DESIGNATION', 'NOTIFICATION'], scope: 'own', basis: NOTIFICATION });
/** Progress: counters without personal data. */
const following = (action: string): PolicyRow[] => [
  { action, institution: 'municipality', scope: 'own', basis: DESIGNATION },
  { action, institution: 'operator', scope: 'nation', basis: 'NUM-8' },
];

/** Who may do what with numbers, for which affairs, by which article (番号法9条, 19条: nobody else). */
export const policy: readonly PolicyRow[] = [
  municipality('numbering.request.submit'),
  municipality('numbering.batch.open'),
  municipality('numbering.batch.upload'),
  municipality('numbering.batch.seal'),
  municipality('numbering.batch.read-result'),
  municipality('numbering.batch.confirm-receipt'),
  ...following('numbering.batch.read'),
  notifying('numbering.delivery-target-set.submit'),
  ...following('numbering.delivery-target-set.read'),
  ...following('numbering.delivery-target-set.list-faults'),
  { action: 'numbering.link.by-persons', institution: 'service', clients: ['svc-juki-net'], purposes: ['IDENTITY_INFORMATION'], scope: 'nation', basis: IDENTITY },
  { action: 'numbering.link.by-persons', institution: 'service', clients: ['svc-card-issuance'], purposes: ['NOTIFICATION'], scope: 'nation', basis: NOTIFICATION },
  { action: 'numbering.link.by-persons', institution: 'service', clients: ['svc-card-issuance'], purposes: ['CARD_PRODUCTION', 'CARD_HANDOVER'], scope: 'nation', basis: CARD },
  { action: 'numbering.batch.list-links', institution: 'service', clients: ['svc-juki-net'], purposes: ['IDENTITY_INFORMATION'], scope: 'nation', basis: IDENTITY },
  { action: 'numbering.delivery-target.list', institution: 'service', clients: ['svc-card-issuance'], purposes: ['NOTIFICATION'], scope: 'nation', basis: NOTIFICATION },
  { action: 'numbering.uniqueness.check', institution: 'auditor', scope: 'nation', basis: '番号法8条2項1号 (NUM-7)' },
  { action: 'numbering.uniqueness.check', institution: 'operator', scope: 'nation', basis: '番号法8条2項1号 (NUM-7)' },
];
