import { route, type ContextParts, type Platform } from '#platform';
import type { CertificateDesk } from '../certificate/certificate-answer.js';
import { AskDisclosure, ConfirmDisclosure, ReadIssuanceRecord } from './disclose-record.js';
import { DisclosureStore } from './record-disclosure.store.js';

/** Records of what was issued, for the holders who ask to see theirs (JPKI 5). */
export function disclosureParts({ cipher }: Platform, desk: CertificateDesk): Partial<ContextParts> {
  const disclosures = new DisclosureStore(cipher);
  return {
    http: [
      route('POST', '/issuance-records/:ca/:serial/disclosures', new AskDisclosure(desk, disclosures), { status: 201 }),
      route('POST', '/issuance-records/:ca/:serial/disclosures/:disclosureId/confirmation', new ConfirmDisclosure(disclosures)),
      route('GET', '/issuance-records/:ca/:serial', new ReadIssuanceRecord(desk, disclosures)),
    ],
  };
}
