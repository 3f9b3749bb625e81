import { issuanceUndelivered } from '#contracts/jpki-ca';
import type { Ctx, Schedule } from '#platform';
import { serialHex } from '../ca/ca.js';
import type { CertificateRow, CertificateStore } from '../certificate/certificate.store.js';
import type { StatusChanges } from '../certificate/status-changes.js';
import type { IssuanceStore } from './issuance.store.js';

const WAIT_MS = 24 * 3_600_000;
const AT_ONCE = 100;

export interface UndeliveredParts {
  readonly issuances: IssuanceStore;
  readonly certificates: CertificateStore;
  readonly changes: StatusChanges;
}

/** SIGNED -> UNDELIVERED: the certificate is not on the card and is revoked. Callers hold the person's lock (JPKI 3.3). */
export async function endUndelivered(ctx: Ctx, { issuances, changes }: UndeliveredParts, row: CertificateRow, reported: boolean): Promise<void> {
  const { issuance_request_id: id, ca, type, card_serial: cardSerial, municipality_code: municipalityCode, window_id: windowId } = row;
  await issuances.setState(ctx.db, id, 'UNDELIVERED', ctx.now);
  ctx.emit(issuanceUndelivered, { aggregateId: id, sequence: 1, data: { ca, serial: serialHex(row.serial), type, cardSerial, municipalityCode, windowId, reported, recordedAt: ctx.now.toISOString() } });
  await changes.revoke(ctx, row, { cause: 'WRITE_FAILED', sourceRef: `issuance-request:${id}` });
}

/** Every ten minutes: what a window did not confirm within 24 hours was not written (JPKI 3.3). */
export function undeliveredSchedule(parts: UndeliveredParts): Schedule {
  const { issuances, certificates } = parts;
  return {
    name: 'undelivered-certificates',
    due: (last, now) => {
      const occasion = `${now.toISOString().slice(0, 15)}0`;
      return last === occasion ? undefined : occasion;
    },
    run: async (ctx: Ctx) => {
      const requests = await issuances.undelivered(ctx.db, new Date(ctx.now.getTime() - WAIT_MS), AT_ONCE);
      await certificates.lockPersons(ctx.db, requests.map((request) => request.person_key));
      for (const request of requests) {
        const row = await certificates.ofRequest(ctx.db, request.id);
        if (row !== undefined) await endUndelivered(ctx, parts, row, false);
      }
    },
  };
}
