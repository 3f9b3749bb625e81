import { route, type ContextParts, type Platform } from '#platform';
import { BatchStore } from '../batch/batch.store.js';
import { ExchangeCertificateStore } from '../exchange/exchange-certificate.store.js';
import { ExchangeKeys } from '../exchange/exchange-key.js';
import type { Provision } from '../inquiry/provision.js';
import { ChangeList } from './change-list.js';
import { ListSubscriptions, ShowSubscription } from './follow-subscription.js';
import { ListIntake } from './list-intake.js';
import { makeFeeds } from './make-feeds.js';
import { PreviewCost } from './preview-cost.js';
import { ReceiveList } from './receive-list.js';
import { EndSubscription, SetSubscription } from './set-subscription.js';
import { SubscriptionStore } from './subscription.store.js';
import { WorkOnFeed } from './work-on-feed.js';

/** Subscriptions to changes; their files are batches that nobody asked (JUKI-3.5, 5.1). */
export function subscriptionParts({ cipher, clock }: Platform, { grants, inquiries }: Provision): Partial<ContextParts> {
  const subscriptions = new SubscriptionStore(cipher);
  const intake = new ListIntake({ subscriptions, grants, inquiries });
  return {
    http: [
      route('PUT', '/subscriptions/:subscriptionId', new SetSubscription(subscriptions, grants)),
      route('GET', '/subscriptions', new ListSubscriptions(subscriptions)),
      route('GET', '/subscriptions/:subscriptionId', new ShowSubscription(subscriptions)),
      route('POST', '/subscriptions/:subscriptionId/persons', new ChangeList(intake)),
      route('POST', '/subscriptions/:subscriptionId/list-files', new ReceiveList(intake, { keys: new ExchangeKeys(cipher, clock), certificates: new ExchangeCertificateStore() }), { upload: ['application/pkcs7-mime'] }),
      route('POST', '/subscriptions/:subscriptionId/end', new EndSubscription(subscriptions)),
      route('POST', '/subscription-previews', new PreviewCost(subscriptions, grants, inquiries)),
    ],
    jobs: [new WorkOnFeed({ subscriptions, batches: new BatchStore(cipher), grants, inquiries })],
    schedules: [makeFeeds(subscriptions)],
  };
}
