import { route, type ContextParts, type Platform } from '#platform';
import { CarrierResultStore } from './carrier-result.store.js';
import { DecideDestination } from './decide-destination.js';
import { ImportCarrierResults, ImportPostingList } from './import-carrier-files.js';
import { ImportInserterFeed } from './import-inserter-feed.js';
import { ListMailings } from './list-mailings.js';
import { MailingTallyStore } from './mailing-tally.store.js';
import { MoveMailing, ScanReturnedMailing } from './move-mailing.js';
import { PlanMailings } from './plan-mailings.js';
import { ReadPrintFile } from './read-print-file.js';
import { ImportTemporaryAddresses, RegisterTemporaryAddress } from './register-temporary-address.js';
import { ReturnRetentionStore } from './return-retention.store.js';
import { SetReturnRetention } from './set-return-retention.js';
import { compactTally, ShowMailingFigures } from './show-figures.js';
import { ListMailingPlans, ShowMailingPlan } from './show-mailing-plan.js';
import { ShowMailingForms } from './show-mailing-forms.js';
import { ShowReturnCase } from './show-return-case.js';
import { StartMailingPlan } from './start-mailing-plan.js';
import { TemporaryAddressStore } from './temporary-address.store.js';
import { onNotificationListPrepared } from '../on/on-notification-list-prepared.js';
import { onSupportChanged } from '../on/on-support-changed.js';
import type { Shelf } from '../shelf.js';

const CSV = { upload: ['text/csv'] } as const;

/** Notification cards in their envelopes (CARD-3.2, 4.2). */
export function mailingParts({ delegations, mailings, plans }: Shelf, { cipher, peers }: Platform): Partial<ContextParts> {
  const retentions = new ReturnRetentionStore();
  const temporaryAddresses = new TemporaryAddressStore(cipher);
  const tally = new MailingTallyStore();
  const carrier = { mailings, results: new CarrierResultStore() };
  return {
    http: [
      route('POST', '/mailing-plans', new StartMailingPlan(plans, delegations)),
      route('GET', '/mailing-plans', new ListMailingPlans(plans)),
      route('GET', '/mailing-plans/:setId', new ShowMailingPlan(plans)),
      route('GET', '/mailing-plans/:setId/lots/:lotNo/print-file', new ReadPrintFile({ mailings, plans, delegations }, peers), { binary: ['text/csv'] }),
      route('POST', '/mailing-inserter-feeds', new ImportInserterFeed(mailings), CSV),
      route('POST', '/mailing-posting-lists', new ImportPostingList(carrier), CSV),
      route('POST', '/mailing-carrier-results', new ImportCarrierResults(carrier), CSV),
      route('GET', '/mailing-figures', new ShowMailingFigures(mailings, tally)),
      route('GET', '/mailings', new ListMailings(mailings)),
      route('GET', '/mailings/:mailingId/forms', new ShowMailingForms(mailings)),
      route('GET', '/mailings/:mailingId/return-case', new ShowReturnCase(mailings, retentions, peers)),
      route('POST', '/mailings/:mailingId/destination', new DecideDestination(mailings)),
      route('POST', '/mailings/:mailingId/transitions', new MoveMailing(mailings, delegations, retentions)),
      route('POST', '/mailing-return-scans', new ScanReturnedMailing(mailings)),
      route('PUT', '/return-retentions/:municipalityCode', new SetReturnRetention(retentions)),
      route('POST', '/temporary-addresses', new RegisterTemporaryAddress(temporaryAddresses, peers)),
      route('POST', '/temporary-address-files', new ImportTemporaryAddresses(temporaryAddresses, peers), CSV),
    ],
    subscriptions: [
      { name: 'notification-list', from: 'numbering', filter: 'kiban.numbering.notification-list.>', handlers: [onNotificationListPrepared(plans, delegations)] },
      { name: 'support', from: 'juki-net', filter: 'kiban-restricted.juki-net.support.>', handlers: [onSupportChanged(mailings)] },
    ],
    jobs: [new PlanMailings({ mailings, plans, temporaryAddresses }, peers)],
    schedules: [compactTally(tally)],
  };
}
