import { cardCollected } from '#contracts/card-issuance';
import { route, type ContextParts } from '#platform';
import type { Numbers } from '../numbers.js';
import { onCardCollected } from '../on/on-card-collected.js';
import type { ChangeCaseStore } from './change-case.store.js';
import { FileChangeCase } from './file-case.js';
import { DecideCase, ExamineCase, FinishCase, ReadChangeCase } from './step-case.js';

/** Another number after a leak (NUM-3.3). */
export function changeCaseParts({ links, realm, register }: Numbers, cases: ChangeCaseStore): Partial<ContextParts> {
  return {
    http: [
      route('POST', '/change-cases', new FileChangeCase(cases, links, { realm, register }), { status: 201 }),
      route('GET', '/change-cases/:caseId', new ReadChangeCase(cases)),
      route('POST', '/change-cases/:caseId/evidence', new ExamineCase(cases)),
      route('POST', '/change-cases/:caseId/decision', new DecideCase(cases)),
      route('POST', '/change-cases/:caseId/consequences', new FinishCase(cases, 'SETTLE')),
      route('POST', '/change-cases/:caseId/closure', new FinishCase(cases, 'CLOSE')),
    ],
    subscriptions: [{ name: 'cards', from: 'card-issuance', filter: cardCollected.subject, handlers: [onCardCollected(cases)] }],
  };
}
