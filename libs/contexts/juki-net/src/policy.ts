import type { PolicyRow } from '#platform';

const REGISTER = ['RESIDENT_REGISTER'] as const;
const DISCLOSURE = ['DISCLOSURE'] as const;
const STATISTICS = ['MIGRATION_STATISTICS'] as const;

/** Who may do what in the register, for which affairs, by which article of the Basic Resident Registration Act (住基法). */
export const policy: readonly PolicyRow[] = [
  { action: 'juki-net.change-notice.submit', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法30条の6' },
  { action: 'juki-net.change-notice.try', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法30条の6, JUKI-8' },
  { action: 'juki-net.change-notice.get', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法30条の6' },
  { action: 'juki-net.code-change.submit', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法30条の4' },
  { action: 'juki-net.code-block.request', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法30条の2' },
  { action: 'juki-net.code-block.list', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法30条の2' },
  { action: 'juki-net.code-block.get', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法30条の2' },
  { action: 'juki-net.code-block.list-codes', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法30条の2' },
  { action: 'juki-net.notice-file.submit', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法30条の6' },
  { action: 'juki-net.notice-file.get', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法30条の6' },
  { action: 'juki-net.notice-file.list-faults', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法30条の6' },
  { action: 'juki-net.support-measure.register', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: 'JUKI-4.13' },
  ...['apply', 'consult', 'note-opinion', 'decide', 'renew', 'withdraw', 'get', 'check', 'list-ending'].map((verb): PolicyRow => (
    { action: `juki-net.support-measure.${verb}`, institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法12条6項・20条5項, JUKI-3.8' })),
  { action: 'juki-net.reconciliation.open', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法30条の6' },
  { action: 'juki-net.reconciliation.submit-leaves', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法30条の6' },
  { action: 'juki-net.reconciliation.get', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法30条の6' },
  { action: 'juki-net.reconciliation.get', institution: 'prefecture', purposes: REGISTER, scope: 'area', basis: '住基法30条の7' },
  { action: 'juki-net.reconciliation.list-differences', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法30条の6' },
  { action: 'juki-net.reconciliation-difference.explain', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法30条の6' },

  // Waiting notices without what they say; suspicions with the code to the municipality of the record only.
  ...['held-notice', 'quarantined-notice', 'sequence-gap'].flatMap((aggregate): PolicyRow[] => [
    { action: `juki-net.${aggregate}.list`, institution: 'municipality', scope: 'own', basis: '住基法30条の6' },
    { action: `juki-net.${aggregate}.list`, institution: 'prefecture', scope: 'area', basis: '住基法30条の7' },
    { action: `juki-net.${aggregate}.list`, institution: 'operator', scope: 'nation', basis: '住基法30条の7' },
  ]),
  { action: 'juki-net.held-notice.reject', institution: 'operator', scope: 'nation', basis: 'JUKI-3.3' },
  { action: 'juki-net.quarantined-notice.decide', institution: 'operator', purposes: REGISTER, scope: 'nation', basis: '住基法30条の7, JUKI-3.3' },
  ...['open', 'decide', 'confirm', 'get', 'list'].map((verb): PolicyRow => ({ action: `juki-net.entry-search.${verb}`, institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法8条・30条の6, JUKI-7' })),
  { action: 'juki-net.entry-search-duty.set', institution: 'operator', scope: 'nation', basis: '住基法8条, JUKI-7' },
  { action: 'juki-net.error-report.make', institution: 'operator', purposes: REGISTER, scope: 'nation', basis: '住基法30条の8' },
  { action: 'juki-net.error-report.review', institution: 'operator', scope: 'nation', basis: '住基法30条の8' },
  { action: 'juki-net.error-report.list', institution: 'municipality', scope: 'own', basis: '住基法30条の8' },
  { action: 'juki-net.error-report.list', institution: 'prefecture', scope: 'area', basis: '住基法30条の8' },
  { action: 'juki-net.error-report.list', institution: 'operator', scope: 'nation', basis: '住基法30条の8' },
  { action: 'juki-net.error-report.get', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法30条の8' },
  { action: 'juki-net.error-report.answer', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法30条の8' },

  { action: 'juki-net.transfer.notify-out', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法24条' },
  { action: 'juki-net.transfer.withdraw', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法24条' },
  { action: 'juki-net.transfer.request-certificate', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法24条の2' },
  { action: 'juki-net.transfer.send-certificate', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法24条の2' },
  { action: 'juki-net.transfer.read-certificate', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法24条の2' },
  { action: 'juki-net.transfer.notify-in', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法9条・22条' },
  { action: 'juki-net.transfer.get', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法22条・24条' },
  { action: 'juki-net.transfer.list', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法22条・24条' },
  { action: 'juki-net.transfer.list-in-transit', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法24条' },
  { action: 'juki-net.transfer.list-in-transit', institution: 'prefecture', purposes: REGISTER, scope: 'area', basis: 'JUKI-4.4' },
  { action: 'juki-net.record-conflict.list', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法30条の6・30条の8, JUKI-7' },
  { action: 'juki-net.record-conflict.list', institution: 'prefecture', purposes: REGISTER, scope: 'area', basis: '住基法30条の7・30条の8, JUKI-7' },
  { action: 'juki-net.record-conflict.list', institution: 'operator', purposes: REGISTER, scope: 'nation', basis: '住基法30条の8, JUKI-7' },
  { action: 'juki-net.unsettled-person.list', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法24条, JUKI-8' },
  { action: 'juki-net.unsettled-person.list', institution: 'prefecture', purposes: REGISTER, scope: 'area', basis: 'JUKI-8' },

  { action: 'juki-net.reconciliation.get', institution: 'operator', scope: 'nation', basis: 'JUKI-4.6' },
  // Lists of what is under way: states and counts, nothing of persons.
  ...['notice-file', 'reconciliation', 'missing-reconciliation'].flatMap((aggregate): PolicyRow[] => [
    { action: `juki-net.${aggregate}.list`, institution: 'municipality', scope: 'own', basis: '住基法30条の6' },
    { action: `juki-net.${aggregate}.list`, institution: 'prefecture', scope: 'area', basis: '住基法30条の7' },
    { action: `juki-net.${aggregate}.list`, institution: 'operator', scope: 'nation', basis: '住基法30条の7' },
  ]),
  { action: 'juki-net.notice-file.get', institution: 'operator', scope: 'nation', basis: '住基法30条の7' },
  { action: 'juki-net.notice-file.list-faults', institution: 'operator', scope: 'nation', basis: '住基法30条の7' },
  { action: 'juki-net.initial-match.list', institution: 'prefecture', scope: 'area', basis: '住基法30条の15' },
  { action: 'juki-net.initial-match.list', institution: 'operator', scope: 'nation', basis: '住基法30条の15' },
  { action: 'juki-net.statistics-extract.make', institution: 'operator', purposes: STATISTICS, scope: 'nation', basis: '住基法37条' },
  { action: 'juki-net.statistics-extract.get', institution: 'operator', scope: 'nation', basis: '住基法37条' },
  { action: 'juki-net.statistics-extract.read-rows', institution: 'operator', purposes: STATISTICS, scope: 'nation', basis: '住基法37条' },

  ...['plan', 'approve', 'withdraw', 'get', 'list'].map((verb): PolicyRow => ({ action: `juki-net.municipality-change.${verb}`, institution: 'operator', scope: 'nation', basis: '地方自治法7条, JUKI-5.4' })),
  ...['get', 'list'].map((verb): PolicyRow => ({ action: `juki-net.municipality-change.${verb}`, institution: 'municipality', scope: 'own', basis: '地方自治法7条, JUKI-5.4' })),
  { action: 'juki-net.code-block.list', institution: 'operator', scope: 'nation', basis: '住基法30条の2' },
  { action: 'juki-net.code-block.get', institution: 'operator', scope: 'nation', basis: '住基法30条の2' },
  { action: 'juki-net.code-block.withdraw', institution: 'operator', scope: 'nation', basis: '住基法30条の2' },
  { action: 'juki-net.code-conflict.report', institution: 'operator', purposes: REGISTER, scope: 'nation', basis: '住基法30条の3' },
  { action: 'juki-net.code-conflict.list', institution: 'operator', scope: 'nation', basis: '住基法30条の3' },
  { action: 'juki-net.code-conflict.confirm', institution: 'operator', purposes: REGISTER, scope: 'nation', basis: '住基法30条の3' },
  { action: 'juki-net.code-conflict.dismiss', institution: 'operator', purposes: REGISTER, scope: 'nation', basis: '住基法30条の3' },

  ...['enter', 'approve', 'withdraw', 'list'].map((verb): PolicyRow => ({ action: `juki-net.schedule-row.${verb}`, institution: 'operator', scope: 'nation', basis: '住基法30条の9・別表, JUKI-4.7' })),
  { action: 'juki-net.grant.draft', institution: 'operator', scope: 'nation', basis: '住基法30条の9' },
  // The legal officer; who drafted it is the second person (JUKI-3.5).
  { action: 'juki-net.grant.approve', institution: 'operator', clients: ['legal-office'], scope: 'nation', basis: '住基法30条の9' },
  { action: 'juki-net.grant.suspend', institution: 'operator', scope: 'nation', basis: '住基法30条の9' },
  { action: 'juki-net.grant.resume', institution: 'operator', scope: 'nation', basis: '住基法30条の9' },
  { action: 'juki-net.grant.end', institution: 'operator', scope: 'nation', basis: '住基法30条の9' },
  { action: 'juki-net.grant.get', institution: 'operator', scope: 'nation', basis: '住基法30条の9' },

  // A grant’s schedule says whose residents (`reachOf`); the scope is what grants without one reach.
  { action: 'juki-net.inquiry.ask', institution: 'national-agency', purposes: ['PENSION_CURRENT_STATUS'], scope: 'nation', basis: '住基法30条の9 別表第一' },
  { action: 'juki-net.inquiry.ask', institution: 'prefecture', purposes: REGISTER, scope: 'area', basis: '住基法30条の11 別表第三・30条の15 別表第五' },
  { action: 'juki-net.inquiry.ask', institution: 'municipality', purposes: REGISTER, scope: 'own', basis: '住基法30条の12 別表第四・30条の13 別表第二' },

  ...['submit', 'get', 'list-faults', 'list-cases', 'decide-case', 'confirm-case', 'read-result', 'close'].map((verb): PolicyRow => (
    { action: `juki-net.initial-match.${verb}`, institution: 'prefecture', purposes: ['INITIAL_MATCHING'], scope: 'area', basis: '住基法30条の15' })),

  // Servers are opened and closed by those who run them; of what they keep, no row of theirs reads anything (JUKI-6).
  { action: 'juki-net.server.set-state', institution: 'operator', scope: 'nation', basis: 'JUKI-7' },
  { action: 'juki-net.server.list', institution: 'operator', scope: 'nation', basis: 'JUKI-7' },
  { action: 'juki-net.server.list', institution: 'prefecture', scope: 'area', basis: 'JUKI-7' },
  { action: 'juki-net.server.list', institution: 'municipality', scope: 'own', basis: 'JUKI-7' },
  ...['open', 'get', 'list-differences'].map((verb): PolicyRow => (
    { action: `juki-net.prefecture-reconciliation.${verb}`, institution: 'prefecture', purposes: REGISTER, scope: 'area', basis: '住基法30条の7' })),
  { action: 'juki-net.prefecture-reconciliation.get', institution: 'operator', scope: 'nation', basis: 'JUKI-4.6' },
  { action: 'juki-net.prefecture-difference.explain', institution: 'prefecture', purposes: REGISTER, scope: 'area', basis: '住基法30条の7' },
  ...['give', 'withdraw', 'list'].map((verb): PolicyRow => ({ action: `juki-net.resend-order.${verb}`, institution: 'prefecture', scope: 'area', basis: '住基法30条の7, JUKI-7' })),
  { action: 'juki-net.resend-order.list', institution: 'municipality', scope: 'own', basis: '住基法30条の6, JUKI-7' },

  { action: 'juki-net.symbol-acquisition.request', institution: 'national-agency', purposes: ['PENSION_CURRENT_STATUS'], scope: 'nation', basis: '番号法21条の2' },
  { action: 'juki-net.symbol-acquisition.request', institution: 'municipality', purposes: ['SYMBOL_ACQUISITION'], scope: 'own', basis: '番号法21条の2' },
  ...['get', 'list'].flatMap((verb): PolicyRow[] => [
    { action: `juki-net.symbol-acquisition.${verb}`, institution: 'national-agency', scope: 'nation', basis: '番号法21条の2' },
    { action: `juki-net.symbol-acquisition.${verb}`, institution: 'municipality', scope: 'own', basis: '番号法21条の2' },
  ]),
  ...['forward', 'confirm'].map((verb): PolicyRow => (
    { action: `juki-net.symbol-acquisition.${verb}`, institution: 'service', clients: ['svc-info-exchange'], purposes: ['SYMBOL_ACQUISITION'], scope: 'nation', basis: '番号法21条の2' })),

  { action: 'juki-net.exchange-certificate.register', institution: 'operator', scope: 'nation', basis: 'JUKI-5.3' },
  { action: 'juki-net.exchange-certificate.read', institution: 'national-agency', scope: 'nation', basis: 'JUKI-5.3' },
  { action: 'juki-net.exchange-certificate.read', institution: 'operator', scope: 'nation', basis: 'JUKI-5.3' },
  ...(['national-agency', 'prefecture', 'operator'] as const).map((institution): PolicyRow => ({ action: 'juki-net.exchange-certificate.list', institution, scope: 'nation', basis: 'JUKI-5.3' })),
  { action: 'juki-net.exchange-certificate.read', institution: 'prefecture', scope: 'area', basis: 'JUKI-5.3' },
  ...['propose', 'effect', 'withdraw'].map((verb): PolicyRow => ({ action: `juki-net.exchange-key.${verb}`, institution: 'operator', scope: 'nation', basis: 'JUKI-5.3' })),
  ...['drop', 'fetch', 'resend'].flatMap((verb): PolicyRow[] => [
    { action: `juki-net.exchange-file.${verb}`, institution: 'national-agency', purposes: ['PENSION_CURRENT_STATUS', ...STATISTICS], scope: 'nation', basis: '住基法30条の9 別表第一・37条' },
    { action: `juki-net.exchange-file.${verb}`, institution: 'prefecture', purposes: ['INITIAL_MATCHING'], scope: 'area', basis: '住基法30条の15' },
  ]),
  ...['list', 'list-dropped', 'confirm'].flatMap((verb): PolicyRow[] => [
    { action: `juki-net.exchange-file.${verb}`, institution: 'national-agency', scope: 'nation', basis: '住基法30条の9 別表第一・37条' },
    { action: `juki-net.exchange-file.${verb}`, institution: 'prefecture', scope: 'area', basis: '住基法30条の15' },
  ]),
  { action: 'juki-net.exchange-file.list-unresolved', institution: 'operator', scope: 'nation', basis: 'JUKI-5.3' },
  ...['submit', 'fetch-result'].map((verb): PolicyRow => ({ action: `juki-net.batch.${verb}`, institution: 'national-agency', purposes: ['PENSION_CURRENT_STATUS'], scope: 'nation', basis: '住基法30条の9 別表第一' })),
  ...['get', 'list', 'list-faults'].flatMap((verb): PolicyRow[] => [
    { action: `juki-net.batch.${verb}`, institution: 'national-agency', scope: 'nation', basis: '住基法30条の9 別表第一' },
    { action: `juki-net.batch.${verb}`, institution: 'operator', scope: 'nation', basis: '住基法30条の9 別表第一' },
  ]),
  { action: 'juki-net.batch.confirm-receipt', institution: 'national-agency', scope: 'nation', basis: '住基法30条の9 別表第一' },
  // Batches of prefectures and municipalities, under schedules 2 to 5; without a grant of theirs nothing is taken in.
  ...(['prefecture', 'municipality'] as const).flatMap((institution): PolicyRow[] => {
    const row = { institution, scope: institution === 'prefecture' ? 'area' : 'own', basis: institution === 'prefecture' ? '住基法30条の11 別表第三・30条の15 別表第五' : '住基法30条の12 別表第四・30条の13 別表第二' } as const;
    return [
      ...['submit', 'fetch-result', 'resume'].map((verb) => ({ action: `juki-net.batch.${verb}`, purposes: REGISTER, ...row })),
      ...['get', 'list', 'list-faults', 'confirm-receipt'].map((verb) => ({ action: `juki-net.batch.${verb}`, ...row })),
      { action: 'juki-net.exchange-certificate.read', ...row, basis: 'JUKI-5.3' },
    ];
  }),
  { action: 'juki-net.batch.resume', institution: 'national-agency', purposes: ['PENSION_CURRENT_STATUS'], scope: 'nation', basis: '住基法30条の9 別表第一' },
  ...['set', 'change-list', 'receive-list', 'preview'].map((verb): PolicyRow => ({ action: `juki-net.subscription.${verb}`, institution: 'national-agency', purposes: ['PENSION_CURRENT_STATUS'], scope: 'nation', basis: '住基法30条の9 別表第一' })),
  ...['end', 'get', 'list'].map((verb): PolicyRow => ({ action: `juki-net.subscription.${verb}`, institution: 'national-agency', scope: 'nation', basis: '住基法30条の9 別表第一' })),
  ...['get', 'list'].map((verb): PolicyRow => ({ action: `juki-net.subscription.${verb}`, institution: 'operator', scope: 'nation', basis: 'JUKI-3.5' })),

  // The governor or the organisation decides (30条の32); a municipality's counter takes in, passes on and hands over.
  ...['receive', 'identify', 'give', 'get', 'list-overdue', 'ask-correction', 'list-corrections'].map((verb): PolicyRow => ({ action: `juki-net.disclosure.${verb}`, institution: 'municipality', purposes: DISCLOSURE, scope: 'own', basis: '住基法30条の32' })),
  ...['receive', 'identify', 'decide', 'give', 'get', 'list-overdue', 'ask-correction', 'list-corrections'].map((verb): PolicyRow => ({ action: `juki-net.disclosure.${verb}`, institution: 'prefecture', purposes: DISCLOSURE, scope: 'area', basis: '住基法30条の32・30条の33' })),
  ...['decide', 'get', 'list-overdue'].map((verb): PolicyRow => ({ action: `juki-net.disclosure.${verb}`, institution: 'operator', purposes: DISCLOSURE, scope: 'nation', basis: '住基法30条の32・30条の33' })),
  { action: 'juki-net.provision.report', institution: 'operator', scope: 'nation', basis: 'JUKI-5.6' },
  { action: 'juki-net.committee-report.read', institution: 'operator', scope: 'nation', basis: 'JUKI-5.6' },
  { action: 'juki-net.public-report.read', institution: 'operator', scope: 'nation', basis: 'JUKI-5.6' },
  ...['list', 'explain', 'suspect', 'confirm'].map((verb): PolicyRow => ({ action: `juki-net.log-alert.${verb}`, institution: 'operator', scope: 'nation', basis: '住基法30条の24, JUKI-5.5' })),
  ...(['municipality', 'prefecture', 'national-agency'] as const).map((institution): PolicyRow => ({ action: 'juki-net.log-alert.list', institution, scope: 'own', basis: '住基法30条の29, JUKI-5.5' })),
  ...['watch', 'end', 'list'].flatMap((verb): PolicyRow[] => [
    { action: `juki-net.watched-person.${verb}`, institution: 'municipality', purposes: REGISTER, scope: 'own', basis: 'JUKI-5.5' },
    { action: `juki-net.watched-person.${verb}`, institution: 'operator', purposes: REGISTER, scope: 'nation', basis: 'JUKI-5.5' },
  ]),
  ...['set', 'list'].map((verb): PolicyRow => ({ action: `juki-net.duty-hours.${verb}`, institution: 'operator', scope: 'nation', basis: 'JUKI-5.5' })),
  { action: 'juki-net.retention-lot.list', institution: 'operator', scope: 'nation', basis: '住基法施行令34条' },
  { action: 'juki-net.retention-lot.get', institution: 'operator', scope: 'nation', basis: '住基法施行令34条' },
  { action: 'juki-net.retention-lot.approve', institution: 'operator', scope: 'nation', basis: '住基法施行令34条' },

  { action: 'juki-net.resident-code.resolve', institution: 'service', clients: ['svc-numbering'], purposes: ['NUMBER_DESIGNATION', 'NOTIFICATION'], scope: 'nation', basis: '番号法8条' },
  { action: 'juki-net.resident-code.resolve', institution: 'service', clients: ['svc-card-issuance'], purposes: ['NOTIFICATION', 'CARD_PRODUCTION', 'CARD_HANDOVER'], scope: 'nation', basis: '番号法17条' },
  { action: 'juki-net.resident-code.resolve', institution: 'service', clients: ['svc-juki-card'], purposes: ['JUKI_CARD'], scope: 'nation', basis: '旧住基法30条の44, CARD-4.14' },
  { action: 'juki-net.resident-code.resolve', institution: 'service', clients: ['svc-jpki-ca'], purposes: ['CERTIFICATE_ISSUE'], scope: 'nation', basis: '公的個人認証法3条' },
  { action: 'juki-net.resident-code.of-persons', institution: 'service', clients: ['svc-numbering'], purposes: ['NUMBER_DESIGNATION'], scope: 'nation', basis: '番号法8条・住基法30条の4' },
  { action: 'juki-net.resident-code.of-persons', institution: 'service', clients: ['svc-card-issuance'], purposes: ['CARD_PRODUCTION'], scope: 'nation', basis: '番号法17条' },
  { action: 'juki-net.person.get', institution: 'service', clients: ['svc-numbering'], purposes: ['NUMBER_DESIGNATION', 'NOTIFICATION'], scope: 'nation', basis: '番号法8条' },
  { action: 'juki-net.person.get', institution: 'service', clients: ['svc-numbering'], purposes: ['NUMBER_CHANGE'], scope: 'nation', basis: '番号法7条2項' },
  { action: 'juki-net.person.get', institution: 'service', clients: ['svc-numbering'], purposes: ['NUMBER_VERIFICATION'], scope: 'nation', basis: '番号法16条' },
  { action: 'juki-net.person.get', institution: 'service', clients: ['svc-card-issuance'], purposes: ['NOTIFICATION', 'CARD_PRODUCTION', 'CARD_HANDOVER', 'CALL_CENTRE'], scope: 'nation', basis: '番号法17条' },
  { action: 'juki-net.person.find', institution: 'service', clients: ['svc-card-issuance'], purposes: ['CALL_CENTRE'], scope: 'nation', basis: '番号法17条, CARD-4.18' },
  { action: 'juki-net.person.get', institution: 'service', clients: ['svc-jpki-ca'], purposes: ['CERTIFICATE_ISSUE', 'CERTIFICATE_STATUS'], scope: 'nation', basis: '公的個人認証法3条' },
  // Of one person: what the affair needs, where they are, and whether a code or number is anybody's.
  ...['get-by-ref', 'current-municipality'].flatMap((verb): PolicyRow[] => [
    { action: `juki-net.person.${verb}`, institution: 'service', clients: ['svc-numbering'], purposes: ['NUMBER_DESIGNATION', 'NOTIFICATION'], scope: 'nation', basis: '番号法8条' },
    { action: `juki-net.person.${verb}`, institution: 'service', clients: ['svc-numbering'], purposes: ['NUMBER_CHANGE'], scope: 'nation', basis: '番号法7条2項' },
    { action: `juki-net.person.${verb}`, institution: 'service', clients: ['svc-card-issuance'], purposes: ['NOTIFICATION', 'CARD_PRODUCTION', 'CARD_HANDOVER', 'CALL_CENTRE'], scope: 'nation', basis: '番号法17条' },
    { action: `juki-net.person.${verb}`, institution: 'service', clients: ['svc-jpki-ca'], purposes: ['CERTIFICATE_ISSUE', 'CERTIFICATE_STATUS'], scope: 'nation', basis: '公的個人認証法3条' },
  ]),
  { action: 'juki-net.person.exists', institution: 'service', clients: ['svc-numbering'], purposes: ['NUMBER_DESIGNATION'], scope: 'nation', basis: '番号法8条' },
  { action: 'juki-net.person.exists', institution: 'service', clients: ['svc-numbering'], purposes: ['NUMBER_VERIFICATION'], scope: 'nation', basis: '番号法16条' },
  { action: 'juki-net.code-block.request', institution: 'service', clients: ['svc-numbering'], purposes: REGISTER, scope: 'nation', basis: '住基法30条の2, JUKI-5.2' },
  ...(['auditor', 'operator'] as const).map((institution): PolicyRow => ({ action: 'juki-net.use-record.verify', institution, scope: 'nation', basis: 'JUKI-3.9' })),
  { action: 'juki-net.use-record.append', institution: 'service', clients: ['svc-numbering', 'svc-card-issuance', 'svc-jpki-ca', 'svc-info-exchange'], purposes: ['USE_LOG'], scope: 'nation', basis: '住基法30条の24, JUKI-3.9' },
  { action: 'juki-net.statistics-extract.open', institution: 'operator', purposes: STATISTICS, scope: 'nation', basis: '住基法37条' },
  { action: 'juki-net.support-measure.is-protected', institution: 'service', clients: ['svc-card-issuance'], purposes: ['NOTIFICATION', 'CARD_PRODUCTION', 'CARD_HANDOVER', 'CALL_CENTRE'], scope: 'nation', basis: '番号法17条, JUKI-4.13' },
  { action: 'juki-net.support-measure.is-protected', institution: 'service', clients: ['svc-numbering'], purposes: ['NOTIFICATION'], scope: 'nation', basis: '番号法8条, JUKI-4.13' },
];
