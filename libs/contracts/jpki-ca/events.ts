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
  successorOf: z.string().regex(/^[0-9a-f]+$/).optional().describe('serial number of the certificate whose place it took when it came into force'),
});

const certificate = (verb: string, summary: string) => defineEvent('jpki-ca', `certificate.${verb}`, { summary, data: certificateFact });

export const certificateIssued = certificate('issued', 'A certificate was issued');
export const certificateActivated = certificate('activated', 'A certificate stored at production came into force');
export const certificateHeld = certificate('held', 'A certificate was put on hold');
export const certificateReleased = certificate('released', 'A hold was released at a municipal window');
export const certificateRevoked = certificate('revoked', 'A certificate was revoked; `reasonClass` says why');
export const certificateExpiringSoon = certificate('expiring-soon', 'The renewal of a certificate in force or on hold opens today, three months before its end');
export const certificateExpired = certificate('expired', 'The validity of a certificate that was in force or on hold has ended');

export const issuanceRejected = defineEvent('jpki-ca', 'issuance.rejected', {
  summary: 'A request of a production batch was refused; the card must not leave with it',
  data: z.object({ productionBatchId: z.uuid(), cardSerial: z.string(), type: certificateType, code: z.string() }),
});

export const issuanceUndelivered = defineEvent('jpki-ca', 'issuance.undelivered', {
  summary: 'A certificate was issued at a window and did not come onto the card; it is revoked',
  data: z.object({
    ca: z.enum(['sign', 'auth']), serial: z.string().regex(/^[0-9a-f]+$/), type: certificateType, cardSerial: z.string(), municipalityCode: z.string().regex(/^\d{6}$/), windowId: z.string(),
    reported: z.boolean().describe('by the terminal; otherwise it was silent for 24 hours'),
    recordedAt: z.iso.datetime(),
  }),
});

export const crlPublished = defineEvent('jpki-ca', 'crl.published', {
  summary: 'A revocation list was published',
  data: z.object({ ca: z.enum(['sign', 'auth']), partition: z.string(), number: z.number().int(), count: z.number().int(), sha256: z.string() }),
});

export const crlStale = defineEvent('jpki-ca', 'crl.stale', {
  summary: 'A revocation list reached its nextUpdate without a successor: there is none for its certificates until the next one is published',
  data: z.object({ ca: z.enum(['sign', 'auth']), partition: z.string(), number: z.number().int(), nextUpdate: z.iso.datetime() }),
});

export const VERIFIER_CLASSES = ['PUBLIC_BODY', 'COURT', 'DESIGNATED_BODY', 'ACCREDITED_CERTIFIER', 'SPECIFIED_CERTIFIER', 'PRIVATE', 'PROFESSIONAL_GROUP'] as const;
export type VerifierClass = (typeof VERIFIER_CLASSES)[number];

export const VERIFIER_PURPOSES = ['SIGN', 'AUTH'] as const;
export type VerifierPurpose = (typeof VERIFIER_PURPOSES)[number];

/** Ways of the provision; OCSP stands for every online answer. */
export const PROVISION_MODES = ['CRL', 'OCSP', 'BULK_DIFF'] as const;
export type ProvisionMode = (typeof PROVISION_MODES)[number];

export const verifierFact = z.object({
  verifierId: z.uuid(),
  organisation: z.string(),
  class: z.enum(VERIFIER_CLASSES),
  purposes: z.array(z.enum(VERIFIER_PURPOSES)),
  modes: z.array(z.enum(PROVISION_MODES)),
  reason: z.string().optional(),
  at: z.iso.datetime(),
});

const verifier = (verb: string, summary: string) => defineEvent('jpki-ca', `verifier.${verb}`, { summary, data: verifierFact });

export const verifierTestGranted = verifier('test-granted', 'A verifier was admitted to the test environment');
export const verifierProductionGranted = verifier('production-granted', 'A verifier has access to production, for these purposes and modes');
export const verifierSuspended = verifier('suspended', 'The provision to a verifier was suspended; `reason` says why');
export const verifierEnded = verifier('ended', 'The provision to a verifier, or its application, has ended');

export const statementIssued = defineEvent('jpki-ca', 'statement.issued', {
  summary: 'The statement of a verifier for a month was issued',
  data: z.object({ organisation: z.string(), month: z.string().regex(/^\d{4}-\d{2}$/), definitive: z.number().int(), amountYen: z.number().int(), issuedAt: z.iso.datetime() }),
});

export const caFact = z.object({
  ca: z.enum(['sign', 'auth']),
  generation: z.number().int(),
  keyIdentifier: z.string().regex(/^[0-9a-f]{40}$/).optional(),
  notAfter: z.iso.datetime().optional(),
  activateAt: z.iso.datetime().optional().describe('not before this the generation begins to issue'),
  at: z.iso.datetime(),
});

const ca = (verb: string, summary: string) => defineEvent('jpki-ca', `ca.${verb}`, { summary, data: caFact });

export const caKeyGenerated = ca('key-generated', 'A key generation of an authority has its key');
export const caCertified = ca('certified', 'A key generation has its root and link certificates: trust lists take them over');
export const caActivated = ca('activated', 'A key generation began to issue');
export const caRetiring = ca('retiring', 'A key generation signs lists and certificates of responders only');
export const caClosed = ca('closed', 'The key of a generation was destroyed');
export const caCompromised = ca('compromised', 'The key of a generation is in other hands: all its certificates are revoked');

export const auditSegmentSealed = defineEvent('jpki-ca', 'audit.segment-sealed', {
  summary: 'A segment of the audit trail was sealed: `hash` is time-stamped and signed by the audit key',
  data: z.object({ segment: z.number().int(), firstSeq: z.number().int(), entries: z.number().int(), hash: z.string().regex(/^[0-9a-f]{64}$/), sealedAt: z.iso.datetime() }),
});

export const jpkiCaEvents = [
  certificateIssued, certificateActivated, certificateHeld, certificateReleased, certificateRevoked, certificateExpiringSoon, certificateExpired, issuanceRejected, issuanceUndelivered, crlPublished, crlStale,
  verifierTestGranted, verifierProductionGranted, verifierSuspended, verifierEnded, statementIssued,
  caKeyGenerated, caCertified, caActivated, caRetiring, caClosed, caCompromised, auditSegmentSealed,
] as const;
