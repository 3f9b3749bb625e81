import type { PolicyRow } from '#platform';
import { HANDOVER, LEDGER, nation, town } from '../permitted.js';

const everybody = (action: string): PolicyRow => ({ action: `card-issuance.${action}`, institution: 'guest', scope: 'nation', basis: 'CARD-4.12 Q10' });

export const backlogPolicy: readonly PolicyRow[] = [
  town('backlog.show'), nation('operator', 'backlog.show'), nation('auditor', 'backlog.show'), town('backlog.forecast', LEDGER), nation('operator', 'backlog.forecast', LEDGER),
  town('counter-plan.set'), town('pickup.list'), town('pickup.move', HANDOVER), nation('operator', 'outage.enter'), nation('operator', 'outage.step'),
  everybody('service-state.show'), everybody('service-state.page'),
];
