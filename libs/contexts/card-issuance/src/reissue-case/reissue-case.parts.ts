import { route, type ContextParts, type Platform } from '#platform';
import { onCardActivated } from '../on/on-card-activated.js';
import type { Shelf } from '../shelf.js';
import { AbandonReissue, AssessReissue, LinkApplication, RecordPayment, ShowReissueCase } from './advance-reissue-case.js';
import { OpenReissueCase } from './open-reissue-case.js';

/** Re-issue and its fee (CARD-3.7, 4.9). */
export function reissueCaseParts(shelf: Shelf, { peers }: Platform): Partial<ContextParts> {
  const { reissueCases } = shelf;
  return {
    http: [
      route('POST', '/reissue-cases', new OpenReissueCase(shelf, peers), { status: 201 }),
      route('GET', '/reissue-cases/:caseId', new ShowReissueCase(reissueCases)),
      route('POST', '/reissue-cases/:caseId/assessment', new AssessReissue(shelf)),
      route('POST', '/reissue-cases/:caseId/application', new LinkApplication(shelf)),
      route('POST', '/reissue-cases/:caseId/payment', new RecordPayment(reissueCases)),
      route('POST', '/reissue-cases/:caseId/closure', new AbandonReissue(shelf)),
    ],
    subscriptions: [{ name: 'reissue', from: 'card-issuance', filter: 'kiban.card-issuance.card.activated.>', handlers: [onCardActivated(shelf)] }],
  };
}
