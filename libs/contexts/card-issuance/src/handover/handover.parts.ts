import { route, type ContextParts, type Platform } from '#platform';
import { ActivateWishedCertificates } from './activate-wished-certificates.js';
import { OpenHandover } from './open-handover.js';
import { NotifyResident, PresetCard } from './preset-card.js';
import { activationSchedule, RetryActivations } from './retry-activations.js';
import { reconcilerSchedule } from './settle-abandoned-sessions.js';
import { ShowSession } from './show-session.js';
import { CancelHandover, ConfirmHandover, RecordChipWritten, RecordIdentity, RecordPins } from './take-step.js';
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
    ],
    jobs: [new RetryActivations(shelf.handovers, peers)],
    schedules: [reconcilerSchedule(shelf), activationSchedule(shelf.handovers)],
  };
}
