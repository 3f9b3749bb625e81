import { defineRpc } from '#kernel';
import { z } from 'zod';
import { CARD_STATES } from './events.js';

/** Record numbers are stored as 32-bit integers. A check of its own: a limit in the schema would narrow what was released. */
export function isRecordNo(value: number): boolean {
  return value <= 2_147_483_647;
}

export const cardIssuanceProto = new URL('./proto/card_issuance.proto', import.meta.url);

const bytes = z.instanceof(Uint8Array).transform((value) => Buffer.from(value));

/** What the certification authority needs to certify the keys of one card: ids, wishes, dates and the two PKCS#10 requests. */
export const certificationRequest = z.object({
  recordNo: z.coerce.number().int().positive(),
  cardSerial: z.string(),
  personKey: z.uuid(),
  municipalityCode: z.string(),
  /** Version of the person's facts that the card face shows; certificates of other facts must not go onto it. */
  factVersion: z.coerce.number().int().positive(),
  cardExpiry: z.iso.date(),
  signCsr: bytes.optional(),
  authCsr: bytes.optional(),
});

/** Certification requests of a sealed production batch, page by page by record number. */
export const listCertificationRequests = defineRpc({
  context: 'card-issuance',
  proto: cardIssuanceProto,
  service: 'Production',
  method: 'ListCertificationRequests',
  input: z.object({ batchId: z.uuid(), after: z.coerce.number().int().min(0).refine(isRecordNo, { params: { code: 'RANGE' } }).optional(), limit: z.coerce.number().int().min(1).max(500).optional() }),
  output: z.object({ requests: z.array(certificationRequest).default([]), next: z.coerce.number().int().optional() }),
});

/** The state of a card in the ledger; none for a card that the ledger does not have. Whose it is and its last day are not told, only whether they are those of the question. */
export const cardLedgerState = defineRpc({
  context: 'card-issuance',
  proto: cardIssuanceProto,
  service: 'CardLedger',
  method: 'GetState',
  input: z.object({ cardSerial: z.string().regex(/^[0-9A-Z]{16}$/), personKey: z.uuid().optional(), expiryDate: z.iso.date().optional() }),
  output: z.object({ state: z.enum(CARD_STATES).optional(), agrees: z.boolean().optional() }),
});
