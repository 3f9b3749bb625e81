import { cardIssuanceEvents, cardIssuanceProto } from '#contracts/card-issuance';
import { route, type ContextModule, type HttpRoute, type Platform, type Subscription } from '#platform';
import { ApplicationStore } from './application/application.store.js';
import { FindForms, IssueForm } from './application/issue-form.js';
import { ReviewApplication } from './application/review-application.js';
import { ListWaitingApplications, ShowApplication, ShowApplicationPhoto } from './application/show-application.js';
import { SubmitApplication } from './application/submit-application.js';
import { AbolishCard } from './card/abolish-card.js';
import { CardStore } from './card/card.store.js';
import { PersonFactStore } from './card/person-fact.store.js';
import { ListCards, ShowCard } from './card/show-card.js';
import { ActivateWishedCertificates } from './handover/activate-wished-certificates.js';
import { HandoverStore } from './handover/handover.store.js';
import { OpenHandover } from './handover/open-handover.js';
import { NotifyResident, PresetCard } from './handover/preset-card.js';
import { RetryActivations, activationSchedule } from './handover/retry-activations.js';
import { reconcilerSchedule } from './handover/settle-abandoned-sessions.js';
import { ShowSession } from './handover/show-session.js';
import { CancelHandover, ConfirmHandover, RecordChipWritten, RecordIdentity, RecordPins } from './handover/take-step.js';
import { DecideDestination } from './mailing/decide-destination.js';
import { ListMailings } from './mailing/list-mailings.js';
import { MailingStore } from './mailing/mailing.store.js';
import { MoveMailing, ScanReturnedMailing } from './mailing/move-mailing.js';
import { PlanMailings } from './mailing/plan-mailings.js';
import { ShowMailingForms } from './mailing/show-mailing-forms.js';
import { overdueNoticesSchedule } from './on/follow-overdue-notices.js';
import { leaveOutStrangers } from './on/leave-out-strangers.js';
import { onCertificateIssued } from './on/on-certificate-issued.js';
import { onIssuanceRejected } from './on/on-issuance-rejected.js';
import { onNotificationListPrepared } from './on/on-notification-list-prepared.js';
import { onResidentChanged } from './on/on-resident-changed.js';
import { onResidentCodeChanged } from './on/on-resident-code-changed.js';
import { onResidentDied } from './on/on-resident-died.js';
import { onResidentMovedIn } from './on/on-resident-moved-in.js';
import { onResidentMovedOut } from './on/on-resident-moved-out.js';
import { onResidentRecordDeleted } from './on/on-resident-record-deleted.js';
import { onResidentsWithoutEffect } from './on/on-resident-without-effect.js';
import { onSupportChanged } from './on/on-support-changed.js';
import { policy } from './policy.js';
import { FillBatch } from './production/fill-batch.js';
import { ListCertificationRequests } from './production/list-certification-requests.js';
import { OpenBatch } from './production/open-batch.js';
import { ProductionStore } from './production/production.store.js';
import { ReadCertificates } from './production/read-certificates.js';
import { ReceiveBox } from './production/receive-box.js';
import { AcknowledgeBatch, ReportInspection, ReportManufacture, ReportShipment } from './production/report-manufacture.js';
import { DispatchBatch, SealBatch } from './production/seal-batch.js';
import { ReadProductionPhoto, ReadProductionRecords, ShowBatch } from './production/show-batch.js';
import { SubmitCertificationRequests } from './production/submit-certification-requests.js';
import { ConvertStopOrder, LiftStopOrder, ListStopLettersDue, RecordStopLetter } from './stop-order/end-stop-order.js';
import { PlaceStopOrder } from './stop-order/place-stop-order.js';
import { StopOrderStore } from './stop-order/stop-order.store.js';

/** Media types that applicants send; what is not JPEG is refused as P02, not by its name. */
const PHOTO_TYPES = ['image/jpeg', 'image/png', 'image/heic'];

type Stores = ReturnType<typeof storesOf>;

function storesOf({ cipher }: Platform) {
  return {
    applications: new ApplicationStore(cipher), cards: new CardStore(), facts: new PersonFactStore(), handovers: new HandoverStore(),
    mailings: new MailingStore(cipher), production: new ProductionStore(cipher), stopOrders: new StopOrderStore(),
  };
}

/** Notification cards, number cards and their hand-over. */
export const cardIssuanceModule: ContextModule = {
  name: 'card-issuance',
  title: '通知カード・個人番号カード発行 (card issuance)',
  migrations: new URL('./migrations/', import.meta.url),
  proto: cardIssuanceProto,
  events: cardIssuanceEvents,
  policy,
  build: (platform) => {
    const stores = storesOf(platform);
    return {
      http: [...mailingRoutes(stores), ...applicationRoutes(stores, platform), ...productionRoutes(stores, platform), ...cardRoutes(stores, platform), ...stopOrderRoutes(stores, platform)],
      grpc: { 'Production.ListCertificationRequests': new ListCertificationRequests(stores.production) },
      subscriptions: subscriptionsOf(stores),
      jobs: [new PlanMailings(stores.mailings, platform.peers), new FillBatch(stores, platform.peers), new RetryActivations(stores.handovers, platform.peers)],
      schedules: [reconcilerSchedule(stores), activationSchedule(stores.handovers), overdueNoticesSchedule(stores)],
    };
  },
};

function mailingRoutes({ mailings }: Stores): HttpRoute[] {
  return [
    route('GET', '/mailings', new ListMailings(mailings)),
    route('GET', '/mailings/:mailingId/forms', new ShowMailingForms(mailings)),
    route('POST', '/mailings/:mailingId/destination', new DecideDestination(mailings)),
    route('POST', '/mailings/:mailingId/transitions', new MoveMailing(mailings)),
    route('POST', '/mailing-return-scans', new ScanReturnedMailing(mailings)),
  ];
}

function applicationRoutes({ applications, cards }: Stores, { peers }: Platform): HttpRoute[] {
  return [
    route('GET', '/application-forms', new FindForms(applications)),
    route('POST', '/application-forms', new IssueForm(applications, peers), { status: 201 }),
    route('GET', '/applications', new ListWaitingApplications(applications)),
    route('POST', '/applications', new SubmitApplication(applications, cards, peers), { status: 201, upload: PHOTO_TYPES }),
    route('GET', '/applications/:applicationId', new ShowApplication(applications)),
    route('GET', '/applications/:applicationId/photo', new ShowApplicationPhoto(applications), { binary: ['image/jpeg'] }),
    route('POST', '/applications/:applicationId/reviews', new ReviewApplication(applications)),
  ];
}

function productionRoutes(stores: Stores, { peers }: Platform): HttpRoute[] {
  const { production, cards, applications } = stores;
  return [
    route('POST', '/production-batches', new OpenBatch(production), { status: 202 }),
    route('GET', '/production-batches/:batchId', new ShowBatch(production)),
    route('POST', '/production-batches/:batchId/seal', new SealBatch(production)),
    route('GET', '/production-batches/:batchId/records', new ReadProductionRecords(production)),
    route('GET', '/production-batches/:batchId/records/:recordNo/photo', new ReadProductionPhoto(production, applications), { binary: ['image/jpeg'] }),
    route('POST', '/production-batches/:batchId/certification-requests', new SubmitCertificationRequests(production)),
    route('GET', '/production-batches/:batchId/certificates', new ReadCertificates(production, peers)),
    route('POST', '/production-batches/:batchId/dispatch', new DispatchBatch(production)),
    route('POST', '/production-batches/:batchId/acknowledgement', new AcknowledgeBatch(production)),
    route('POST', '/production-batches/:batchId/manufacture', new ReportManufacture(production, cards)),
    route('POST', '/production-batches/:batchId/inspection', new ReportInspection(production, cards, applications)),
    route('POST', '/production-batches/:batchId/shipment', new ReportShipment(production, cards)),
    route('POST', '/boxes/:boxNo/receipts', new ReceiveBox(stores)),
  ];
}

function cardRoutes(stores: Stores, { cipher, peers }: Platform): HttpRoute[] {
  const { cards, production } = stores;
  const parts = { stores, cipher };
  return [
    route('GET', '/cards', new ListCards(cards)),
    route('GET', '/cards/:cardSerial', new ShowCard(cards, stores.handovers)),
    route('POST', '/cards/:cardSerial/preset', new PresetCard(stores, peers)),
    route('POST', '/cards/:cardSerial/notices', new NotifyResident(cards)),
    route('POST', '/cards/:cardSerial/abolition', new AbolishCard(cards, stores.stopOrders)),
    route('POST', '/handover-sessions', new OpenHandover(stores), { status: 201 }),
    route('GET', '/handover-sessions/:sessionId', new ShowSession(stores.handovers, cipher)),
    route('POST', '/handover-sessions/:sessionId/steps/identity', new RecordIdentity(parts, production)),
    route('POST', '/handover-sessions/:sessionId/steps/pins', new RecordPins(parts)),
    route('POST', '/handover-sessions/:sessionId/steps/certificates', new ActivateWishedCertificates(parts, peers)),
    route('POST', '/handover-sessions/:sessionId/steps/chip-written', new RecordChipWritten(parts)),
    route('POST', '/handover-sessions/:sessionId/steps/confirmation', new ConfirmHandover(parts)),
    route('POST', '/handover-sessions/:sessionId/cancellation', new CancelHandover(parts)),
  ];
}

function stopOrderRoutes({ stopOrders, cards }: Stores, { peers }: Platform): HttpRoute[] {
  return [
    route('POST', '/stop-orders', new PlaceStopOrder(stopOrders, cards, peers)),
    route('GET', '/stop-orders', new ListStopLettersDue(stopOrders)),
    route('POST', '/stop-orders/:stopOrderId/lift', new LiftStopOrder(stopOrders, cards)),
    route('POST', '/stop-orders/:stopOrderId/conversion', new ConvertStopOrder(stopOrders, cards)),
    route('POST', '/stop-orders/:stopOrderId/letter', new RecordStopLetter(stopOrders)),
  ];
}

function subscriptionsOf(stores: Stores): Subscription[] {
  return [
    { name: 'notification-list', from: 'numbering', filter: 'kiban.numbering.notification-list.>', handlers: [onNotificationListPrepared] },
    {
      name: 'resident', from: 'juki-net', filter: 'kiban.juki-net.resident.>', together: leaveOutStrangers(stores.facts),
      handlers: [onResidentMovedIn(stores), onResidentMovedOut(stores), onResidentDied(stores), onResidentRecordDeleted(stores), onResidentChanged(stores), onResidentCodeChanged(stores), ...onResidentsWithoutEffect(stores)],
    },
    { name: 'support', from: 'juki-net', filter: 'kiban-restricted.juki-net.support.>', handlers: [onSupportChanged(stores.mailings)] },
    { name: 'certificate', from: 'jpki-ca', filter: 'kiban.jpki-ca.certificate.issued.>', handlers: [onCertificateIssued(stores.production)] },
    { name: 'issuance', from: 'jpki-ca', filter: 'kiban.jpki-ca.issuance.>', handlers: [onIssuanceRejected(stores)] },
  ];
}
