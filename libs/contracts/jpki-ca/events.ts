import { defineEvent } from '#kernel';
import { z } from 'zod';

export const CERTIFICATE_TYPES = ['SIGN_CERT', 'AUTH_CERT'] as const;
export const certificateType = z.enum(CERTIFICATE_TYPES);

export const certificateFact = z.object({
  ca: z.enum(['sign', 'auth']),
  type: certificateType,
  serial: z.string().regex(/^[0-9a-f]+$/).describe('X.509 serial number, hex'),
  municipalityCode: z.string().regex(/^\d{6}$/),
  cardSerial: z.string(),
  productionBatchId: z.uuid().optional(),
  windowId: z.string().optional(),
  notAfter: z.iso.datetime(),
  reasonClass: z.string().optional(),
  recordedAt: z.iso.datetime(),
});

const certificate = (verb: string, summary: string) => defineEvent('jpki-ca', `certificate.${verb}`, { summary, data: certificateFact });

export const certificateIssued = certificate('issued', 'A certificate was issued');
export const certificateActivated = certificate('activated', 'A certificate stored at production came into force');
export const certificateHeld = certificate('held', 'A certificate was put on hold');
export const certificateReleased = certificate('released', 'A hold was released at a municipal window');
export const certificateRevoked = certificate('revoked', 'A certificate was revoked; `reasonClass` says why');

export const issuanceRejected = defineEvent('jpki-ca', 'issuance.rejected', {
  summary: 'A request of a production batch was refused; the card must not leave with it',
  data: z.object({ productionBatchId: z.uuid(), cardSerial: z.string(), type: certificateType, code: z.string() }),
});

export const crlPublished = defineEvent('jpki-ca', 'crl.published', {
  summary: 'A revocation list was published',
  data: z.object({ ca: z.enum(['sign', 'auth']), partition: z.string(), number: z.number().int(), count: z.number().int(), sha256: z.string() }),
});

export const jpkiCaEvents = [
  certificateIssued, certificateActivated, certificateHeld, certificateReleased, certificateRevoked, issuanceRejected, crlPublished,
] as const;
