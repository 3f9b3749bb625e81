import type { PolicyRow } from '#platform';

/** 番号法7条1項 (designation and notification), 8条 (generation), 施行令2条 (designation on receipt), 8条 (generation by the system alone). */
const DESIGNATION = '番号法7条1項・8条、同法施行令2条・8条';
const NOTIFICATION = '番号法7条1項 (通知)';
/** The number is an item of the residence record and of the identity information. */
const IDENTITY = '住基法7条8号の2・30条の6';
const CARD = '番号法17条1項';
const CHANGE = '番号法7条2項、同法施行令3条';
const VERIFICATION = '番号法16条';
/** What may be done before the Act is in force: the plan of the mass numbering and its support centre. */
const PREPARATION = '番号法附則2条 (準備行為; NUM-3.6, NUM-4.7)';

const municipality = (action: string): PolicyRow => ({ action, institution: 'municipality', purposes: ['NUMBER_DESIGNATION'], scope: 'own', basis: DESIGNATION });
const notifying = (action: string): PolicyRow => ({ action, institution: 'municipality', purposes: ['NUMBER_DESIGNATION', 'NOTIFICATION'], scope: 'own', basis: NOTIFICATION });
/** Progress: counters without personal data. */
const following = (action: string): PolicyRow[] => [
  { action, institution: 'municipality', scope: 'own', basis: DESIGNATION },
  { action, institution: 'operator', scope: 'nation', basis: 'NUM-8' },
];
/** The plan and the board: counters and codes of municipalities, no personal data. */
const steering = (action: string): PolicyRow => ({ action, institution: 'operator', scope: 'nation', basis: PREPARATION });
const overseeing = (action: string): PolicyRow[] => [
  { action, institution: 'municipality', scope: 'own', basis: PREPARATION },
  { action, institution: 'prefecture', scope: 'area', basis: PREPARATION },
  { action, institution: 'auditor', scope: 'nation', basis: PREPARATION },
  steering(action),
];

/** Another number after a leak is the mayor's decision. */
const changing = (step: string): PolicyRow => ({ action: `numbering.change-case.${step}`, institution: 'municipality', purposes: ['NUMBER_CHANGE'], scope: 'own', basis: CHANGE });
const disputing = (step: string): PolicyRow => ({ action: `numbering.dispute.${step}`, institution: 'operator', purposes: ['NUMBER_DESIGNATION'], scope: 'nation', basis: '番号法8条2項1号 (NUM-4.8)' });
const UNIQUENESS = '番号法8条2項1号 (NUM-7)';
const guarding = (step: string): PolicyRow => ({ action: `numbering.ledger.${step}`, institution: 'operator', scope: 'nation', basis: UNIQUENESS });
/** The generator's key: steps of the operator's officers, and a look for the auditor as well. */
const keeping = (action: string): PolicyRow => ({ action: `numbering.${action}`, institution: 'operator', scope: 'nation', basis: '番号法8条・12条 (NUM-3.7, NUM-4.9)' });
/** Who handles numbers must make sure whose they are; files under a former number are joined again (番号法9条, 19条). */
const verifying = (institution: PolicyRow['institution']): PolicyRow[] => [
  { action: 'numbering.verification.verify', institution, purposes: ['NUMBER_VERIFICATION'], scope: 'nation', basis: VERIFICATION },
  { action: 'numbering.link.status-by-number', institution, purposes: ['NUMBER_VERIFICATION'], scope: 'nation', basis: `${VERIFICATION}・9条・19条` },
  { action: 'numbering.check-digit.validate', institution, scope: 'nation', basis: '平成26年総務省令85号5条 (NUM-4.1)' },
];

/** Who may do what with numbers, for which affairs, by which article (番号法9条, 19条: nobody else). */
export const policy: readonly PolicyRow[] = [
  municipality('numbering.request.submit'),
  municipality('numbering.request.generate'),
  { action: 'numbering.assignment.read', institution: 'municipality', purposes: ['NUMBER_DESIGNATION', 'NUMBER_CHANGE'], scope: 'own', basis: DESIGNATION },
  { action: 'numbering.assignment.read', institution: 'operator', purposes: ['NUMBER_DESIGNATION'], scope: 'nation', basis: '番号法8条 (NUM-5.1)' },
  { action: 'numbering.assignment.withdraw', institution: 'operator', purposes: ['NUMBER_DESIGNATION'], scope: 'nation', basis: '番号法8条 (NUM-7)' },
  ...['file', 'examine', 'decide', 'settle', 'close', 'read'].map(changing),
  ...['propose', 'confirm', 'propose-resolution', 'resolve'].map(disputing),
  ...(['municipality', 'prefecture', 'national-agency'] as const).flatMap(verifying),
  municipality('numbering.batch.open'),
  municipality('numbering.batch.upload'),
  municipality('numbering.batch.seal'),
  municipality('numbering.batch.read-result'),
  municipality('numbering.batch.confirm-receipt'),
  ...['register', 'withdraw'].map((verb): PolicyRow => ({ ...steering(`numbering.exchange-certificate.${verb}`), basis: '番号法12条 (NUM-5.3)' })),
  ...overseeing('numbering.exchange-certificate.read'),
  ...following('numbering.batch.read'),
  ...following('numbering.batch.list'),
  notifying('numbering.delivery-target-set.submit'),
  ...following('numbering.delivery-target-set.read'),
  ...following('numbering.delivery-target-set.list-faults'),
  municipality('numbering.difference-run.submit'),
  ...following('numbering.difference-run.read'),
  ...['plan', 'open', 'halt', 'resume', 'reconcile'].map((step) => steering(`numbering.wave.${step}`)),
  { action: 'numbering.wave.sign-off', institution: 'municipality', scope: 'own', basis: DESIGNATION },
  ...overseeing('numbering.wave.list'),
  ...overseeing('numbering.wave.read-certificate'),
  ...overseeing('numbering.reconciliation.read'),
  steering('numbering.readiness.schedule'),
  { action: 'numbering.readiness.set', institution: 'municipality', scope: 'own', basis: PREPARATION },
  steering('numbering.readiness.set'),
  ...overseeing('numbering.readiness.list'),
  ...overseeing('numbering.readiness.read'),
  { action: 'numbering.red-list.list', institution: 'prefecture', scope: 'area', basis: PREPARATION },
  steering('numbering.ticket-link.set'),
  steering('numbering.ticket-link.resolve'),
  { action: 'numbering.link.by-code', institution: 'service', clients: ['svc-juki-net'], purposes: ['IDENTITY_INFORMATION'], scope: 'nation', basis: IDENTITY },
  { action: 'numbering.link.by-number', institution: 'service', clients: ['svc-juki-net'], purposes: ['IDENTITY_INFORMATION'], scope: 'nation', basis: IDENTITY },
  { action: 'numbering.link.status-by-number', institution: 'service', clients: ['svc-juki-net'], purposes: ['IDENTITY_INFORMATION'], scope: 'nation', basis: IDENTITY },
  { action: 'numbering.link-reads.release', institution: 'operator', scope: 'nation', basis: '番号法12条 (NUM-4.9)' },
  { action: 'numbering.link.by-persons', institution: 'service', clients: ['svc-juki-net'], purposes: ['IDENTITY_INFORMATION'], scope: 'nation', basis: IDENTITY },
  { action: 'numbering.link.by-persons', institution: 'service', clients: ['svc-card-issuance'], purposes: ['NOTIFICATION'], scope: 'nation', basis: NOTIFICATION },
  { action: 'numbering.link.by-persons', institution: 'service', clients: ['svc-card-issuance'], purposes: ['CARD_PRODUCTION', 'CARD_HANDOVER'], scope: 'nation', basis: CARD },
  { action: 'numbering.batch.list-links', institution: 'service', clients: ['svc-juki-net'], purposes: ['IDENTITY_INFORMATION'], scope: 'nation', basis: IDENTITY },
  { action: 'numbering.delivery-target.list', institution: 'service', clients: ['svc-card-issuance'], purposes: ['NOTIFICATION'], scope: 'nation', basis: NOTIFICATION },
  { action: 'numbering.ledger.read', institution: 'auditor', scope: 'nation', basis: UNIQUENESS },
  ...['read', 'submit-catch-up', 'confirm-catch-up', 'ask-list'].map(guarding),
  { ...guarding('read-list'), purposes: ['NUMBER_DESIGNATION'] },
  ...['plan', 'attend', 'record', 'activate', 'ask-destruction', 'destroy'].map((step) => keeping(`key-ceremony.${step}`)),
  ...['deposit', 'read', 'give'].map((step) => keeping(`key-share.${step}`)),
  ...['key-ceremony.list', 'key-ceremony.read', 'key-ceremony.read-certificate', 'key-custody.state'].flatMap((action) => [keeping(action), { ...keeping(action), institution: 'auditor' as const }]),
  ...(['auditor', 'operator'] as const).flatMap((institution) => ['read', 'list'].map((step): PolicyRow => ({ action: `numbering.uniqueness-run.${step}`, institution, scope: 'nation', basis: UNIQUENESS }))),
  ...['start', 'clear'].map((step): PolicyRow => ({ action: `numbering.uniqueness-run.${step}`, institution: 'operator', scope: 'nation', basis: UNIQUENESS })),
  { action: 'numbering.uniqueness.check', institution: 'auditor', scope: 'nation', basis: '番号法8条2項1号 (NUM-7)' },
  { action: 'numbering.uniqueness.check', institution: 'operator', scope: 'nation', basis: '番号法8条2項1号 (NUM-7)' },
];
