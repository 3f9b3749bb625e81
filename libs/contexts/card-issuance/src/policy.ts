import type { InstitutionKind, PolicyRow } from '#platform';

const NOTIFICATION = ['NOTIFICATION'] as const;
const APPLICATION = ['CARD_APPLICATION', 'CARD_PRODUCTION'] as const;
const PRODUCTION = ['CARD_PRODUCTION'] as const;
const HANDOVER = ['CARD_HANDOVER'] as const;
const LEDGER = ['CARD_HANDOVER', 'CARD_PRODUCTION', 'CALL_CENTRE'] as const;
const CALL_CENTRE = ['CALL_CENTRE'] as const;

/** Delegated tasks: Ministerial Ordinance 85 of 2014 art. 35; the mayor's own: Number Act art. 17. */
const DELEGATED = '個人番号カード省令35条';
const MAYOR = '番号法17条';

const town = (action: string, purposes?: readonly string[], basis = MAYOR): PolicyRow => ({ action: `card-issuance.${action}`, institution: 'municipality', scope: 'own', basis, ...(purposes === undefined ? {} : { purposes }) });
const nation = (institution: InstitutionKind, action: string, purposes?: readonly string[]): PolicyRow => ({ action: `card-issuance.${action}`, institution, scope: 'nation', basis: DELEGATED, ...(purposes === undefined ? {} : { purposes }) });

/** Who may do what with notification cards and number cards, for which affairs, by which article. Rows without purposes touch no personal data. */
export const policy: readonly PolicyRow[] = [
  town('mailing.move'), town('mailing.return'), town('mailing.list'), town('mailing.print-data', NOTIFICATION), town('mailing.decide-destination', NOTIFICATION),
  nation('operator', 'mailing.move'), nation('operator', 'mailing.list'), nation('operator', 'mailing.print-data', NOTIFICATION),
  nation('card-maker', 'mailing.move'), nation('card-maker', 'mailing.list'), nation('card-maker', 'mailing.print-data', NOTIFICATION),

  town('form.find', [...NOTIFICATION, ...APPLICATION]), town('form.issue', APPLICATION),
  nation('operator', 'form.find', [...NOTIFICATION, ...APPLICATION]),
  town('application.submit', APPLICATION), town('application.status', APPLICATION),
  nation('operator', 'application.submit', APPLICATION), nation('operator', 'application.status', APPLICATION),
  nation('operator', 'application.review', APPLICATION), nation('operator', 'application.list-waiting'), nation('operator', 'application.photo', APPLICATION),

  nation('operator', 'production-batch.open'), nation('operator', 'production-batch.seal'), nation('operator', 'production-batch.dispatch'), nation('operator', 'production-batch.show'),
  nation('card-maker', 'production-batch.show'), nation('card-maker', 'production-record.read', PRODUCTION), nation('card-maker', 'production-record.photo', PRODUCTION),
  nation('card-maker', 'certification-request.submit', PRODUCTION), nation('card-maker', 'production-certificate.read', PRODUCTION),
  nation('card-maker', 'production-batch.acknowledge'), nation('card-maker', 'production-batch.manufacture'), nation('card-maker', 'production-batch.inspect'), nation('card-maker', 'production-batch.ship'),
  { action: 'card-issuance.certification-request.list', institution: 'service', clients: ['svc-jpki-ca'], purposes: ['CERTIFICATE_ISSUE'], scope: 'nation', basis: '公的個人認証法3条・22条' },
  town('box.receive', HANDOVER),

  town('card.show', LEDGER), town('card.list', LEDGER), nation('operator', 'card.show', LEDGER), nation('operator', 'card.list', LEDGER),
  town('card.preset', HANDOVER), town('card.notify', HANDOVER), town('card.abolish', HANDOVER),
  town('handover.open', HANDOVER), town('handover.show', HANDOVER), town('handover.identity', HANDOVER), town('handover.pins', HANDOVER),
  town('handover.certificates', HANDOVER), town('handover.chip-written', HANDOVER), town('handover.confirm', HANDOVER), town('handover.cancel', HANDOVER),

  nation('operator', 'stop-order.place', CALL_CENTRE), town('stop-order.place', [...CALL_CENTRE, ...HANDOVER]),
  nation('operator', 'stop-order.lift', CALL_CENTRE), town('stop-order.lift', HANDOVER),
  nation('operator', 'stop-order.convert', CALL_CENTRE), town('stop-order.convert', HANDOVER),
  nation('operator', 'stop-order.letter', CALL_CENTRE), town('stop-order.letter', HANDOVER),
  nation('operator', 'stop-order.list-letters-due', CALL_CENTRE), town('stop-order.list-letters-due', HANDOVER),
];
