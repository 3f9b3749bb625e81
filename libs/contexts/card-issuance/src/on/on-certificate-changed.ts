import { certificateActivated, certificateHeld, certificateIssued, certificateReleased, certificateRevoked } from '#contracts/jpki-ca';
import { onEvent, type EventHandler } from '#platform';
import type { CardCertificateStore } from '../state-mismatch/card-certificate.store.js';

const STATES = [[certificateIssued, 'ISSUED_INACTIVE'], [certificateActivated, 'VALID'], [certificateHeld, 'HELD'], [certificateReleased, 'VALID'], [certificateRevoked, 'REVOKED']] as const;

/** What became of the certificates on a card is recorded beside it: the answers of jpki-ca to stops, resumptions and ends (CARD-4.9). */
export function onCertificateChanged(certificates: CardCertificateStore): EventHandler[] {
  return STATES.map(([event, state]) =>
    onEvent(event, async (ctx, { data, sequence }) => {
      const { ca, serial, type, cardSerial, notAfter, recordedAt, reasonClass = null } = data;
      await certificates.keep(ctx.db, { ca, serial, type, cardSerial, state, reasonClass, notAfter, recordedAt, sequence: Number(sequence) });
    }),
  );
}
