import { route, type ContextParts, type Platform } from '#platform';
import { ActivateWishedCertificates } from './activate-wished-certificates.js';
import { OpenHandover } from './open-handover.js';
import { NotifyResident, PresetCard } from './preset-card.js';
import { activationSchedule, RetryActivations } from './retry-activations.js';
import { RegisterChipKeys } from './register-chip-keys.js';
import { ReportChipRecord } from './report-chip-record.js';
import { reconcilerSchedule } from './settle-abandoned-sessions.js';
import { ListChipDoubts, SetConnections, ShowConnections } from './show-connections.js';
import { ShowSession } from './show-session.js';
import { CancelHandover, ConfirmHandover, RecordChipWritten, RecordIdentity, RecordPins, RenewLease } from './take-step.js';
import { WithdrawCertificates, withdrawalSchedule } from './withdraw-certificates.js';
import type { Shelf } from '../shelf.js';

/** Preset, invitation and hand-over (CARD-3.6, 4.7). */
export function handoverParts(shelf: Shelf, { cipher, peers }: Platform): Partial<ContextParts> {
  const { cards, production } = shelf;
  const parts = { stores: shelf, cipher };
  return {
    http: [
      route('POST', '/cards/:cardSerial/preset', new PresetCard(shelf, peers)),
      route('POST', '/cards/:cardSerial/notices', new NotifyResident(cards, shelf.pickups)),
      route('POST', '/handover-sessions', new OpenHandover(shelf), { status: 201 }),
      route('GET', '/handover-sessions/:sessionId', new ShowSession(shelf.handovers, cipher)),
      route('POST', '/handover-sessions/:sessionId/steps/identity', new RecordIdentity(parts, production)),
      route('POST', '/handover-sessions/:sessionId/steps/pins', new RecordPins(parts)),
      route('POST', '/handover-sessions/:sessionId/steps/certificates', new ActivateWishedCertificates(parts, peers)),
      route('POST', '/handover-sessions/:sessionId/steps/chip-written', new RecordChipWritten(parts)),
      route('POST', '/handover-sessions/:sessionId/steps/confirmation', new ConfirmHandover(parts)),
      route('POST', '/handover-sessions/:sessionId/cancellation', new CancelHandover(parts)),
      route('POST', '/handover-sessions/:sessionId/lease', new RenewLease(parts)),
      route('POST', '/handover-sessions/:sessionId/chip-record', new ReportChipRecord(shelf, cipher)),
      route('POST', '/production-batches/:batchId/chip-keys', new RegisterChipKeys(production, shelf.chipKeys)),
      route('GET', '/chip-doubts', new ListChipDoubts(shelf.doubts)),
      route('GET', '/connection-budgets/:municipalityCode', new ShowConnections(shelf.connections, shelf.doubts)),
      route('PUT', '/connection-budgets/:municipalityCode', new SetConnections(shelf.connections)),
    ],
    jobs: [new RetryActivations(shelf.handovers, peers), new WithdrawCertificates(shelf.withdrawals, peers)],
    schedules: [reconcilerSchedule(shelf), activationSchedule(shelf.handovers), withdrawalSchedule(shelf.withdrawals)],
  };
}
