import { cardAbolished, cardCollected } from '#contracts/card-issuance';
import { route, type ContextParts } from '#platform';
import type { Numbers } from '../numbers.js';
import { onCardAbolished, onCardCollected } from '../on/on-former-card.js';
import type { ChangeCaseStore } from './change-case.store.js';
import { FileChangeCase } from './file-case.js';
import { CloseCase, DecideCase, ExamineCase, ReadChangeCase, SettleCase } from './step-case.js';

/** Another number after a leak (NUM-3.3). */
export function changeCaseParts({ links, realm, register }: Numbers, cases: ChangeCaseStore): Partial<ContextParts> {
  return {
    http: [
      route('POST', '/change-cases', new FileChangeCase(cases, links, { realm, register }), { status: 201 }),
      route('GET', '/change-cases/:caseId', new ReadChangeCase(cases)),
      route('POST', '/change-cases/:caseId/evidence', new ExamineCase(cases)),
      route('POST', '/change-cases/:caseId/decision', new DecideCase(cases)),
      route('POST', '/change-cases/:caseId/consequences', new SettleCase(cases)),
      route('POST', '/change-cases/:caseId/closure', new CloseCase(cases)),
    ],
    subscriptions: [
      { name: 'abolished-cards', from: 'card-issuance', filter: cardAbolished.subject, handlers: [onCardAbolished(cases)] },
      { name: 'cards', from: 'card-issuance', filter: cardCollected.subject, handlers: [onCardCollected(cases)] },
    ],
  };
}
