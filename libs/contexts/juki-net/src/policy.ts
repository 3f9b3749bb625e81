import type { PolicyRow } from '#platform';

const REGISTER = ['RESIDENT_REGISTER'] as const;

/** Who may do what in the register, for which affairs, by which article of the Basic Resident Registration Act (住基法). */
export const policy: readonly PolicyRow[] = [
  { action: 'juki-net.change-notice.submit', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法30条の6' },
  { action: 'juki-net.change-notice.get', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法30条の6' },
  { action: 'juki-net.code-change.submit', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法30条の4' },
  { action: 'juki-net.notice-file.submit', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法30条の6' },
  { action: 'juki-net.notice-file.get', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法30条の6' },
  { action: 'juki-net.notice-file.list-faults', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法30条の6' },
  { action: 'juki-net.support-measure.register', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: 'JUKI-4.13' },

  { action: 'juki-net.grant.draft', institution: 'operator', scope: 'nation', basis: '住基法30条の9' },
  { action: 'juki-net.grant.approve', institution: 'operator', scope: 'nation', basis: '住基法30条の9' },
  { action: 'juki-net.grant.suspend', institution: 'operator', scope: 'nation', basis: '住基法30条の9' },
  { action: 'juki-net.grant.resume', institution: 'operator', scope: 'nation', basis: '住基法30条の9' },
  { action: 'juki-net.grant.end', institution: 'operator', scope: 'nation', basis: '住基法30条の9' },
  { action: 'juki-net.grant.get', institution: 'operator', scope: 'nation', basis: '住基法30条の9' },

  { action: 'juki-net.inquiry.ask', institution: 'national-agency', purposes: ['PENSION_CURRENT_STATUS'], scope: 'nation', basis: '住基法30条の9 別表第一' },
  { action: 'juki-net.inquiry.ask', institution: 'prefecture', purposes: REGISTER, scope: 'area', basis: '住基法30条の15' },
  { action: 'juki-net.inquiry.ask', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法30条の13' },

  { action: 'juki-net.resident-code.resolve', institution: 'service', clients: ['svc-numbering'], purposes: ['NUMBER_DESIGNATION', 'NOTIFICATION'], scope: 'nation', basis: '番号法8条' },
  { action: 'juki-net.resident-code.resolve', institution: 'service', clients: ['svc-card-issuance'], purposes: ['NOTIFICATION', 'CARD_PRODUCTION', 'CARD_HANDOVER'], scope: 'nation', basis: '番号法17条' },
  { action: 'juki-net.resident-code.resolve', institution: 'service', clients: ['svc-jpki-ca'], purposes: ['CERTIFICATE_ISSUE'], scope: 'nation', basis: '公的個人認証法3条' },
  { action: 'juki-net.person.get', institution: 'service', clients: ['svc-numbering'], purposes: ['NUMBER_DESIGNATION', 'NOTIFICATION'], scope: 'nation', basis: '番号法8条' },
  { action: 'juki-net.person.get', institution: 'service', clients: ['svc-card-issuance'], purposes: ['NOTIFICATION', 'CARD_PRODUCTION', 'CARD_HANDOVER', 'CALL_CENTRE'], scope: 'nation', basis: '番号法17条' },
  { action: 'juki-net.person.get', institution: 'service', clients: ['svc-jpki-ca'], purposes: ['CERTIFICATE_ISSUE', 'CERTIFICATE_STATUS'], scope: 'nation', basis: '公的個人認証法3条' },
];
