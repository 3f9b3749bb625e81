import { defineEvent } from '#kernel';
import { z } from 'zod';

export const VERIFIER_CLASSES = ['PUBLIC_BODY', 'COURT', 'DESIGNATED_BODY', 'ACCREDITED_CERTIFIER', 'SPECIFIED_CERTIFIER', 'PRIVATE', 'PROFESSIONAL_GROUP'] as const;
export type VerifierClass = (typeof VERIFIER_CLASSES)[number];

/** From the first inquiry to the end (JPKI 3.11). */
export const VERIFIER_STATES = ['INQUIRY', 'SPEC_DISCLOSED', 'TEST_ACCESS', 'CERTIFIED', 'NOTIFIED', 'RETURNED', 'PRODUCTION', 'SUSPENDED', 'ENDED', 'LAPSED'] as const;
export type VerifierState = (typeof VERIFIER_STATES)[number];

export const VERIFIER_PURPOSES = ['SIGN', 'AUTH'] as const;
export type VerifierPurpose = (typeof VERIFIER_PURPOSES)[number];

/** Ways of the provision; OCSP stands for every online answer. */
export const PROVISION_MODES = ['CRL', 'OCSP', 'BULK_DIFF'] as const;
export type ProvisionMode = (typeof PROVISION_MODES)[number];

/** What a verifier may ask now, for whoever answers it; what it filed beside that stays here. */
export const verifierAccess = z.object({
  verifierId: z.uuid(),
  organisation: z.string(),
  class: z.enum(VERIFIER_CLASSES),
  state: z.enum(VERIFIER_STATES),
  purposes: z.array(z.enum(VERIFIER_PURPOSES)).default([]),
  modes: z.array(z.enum(PROVISION_MODES)).default([]),
  confirmers: z.array(z.string()).default([]).describe('members of a professional group that ask under its notification'),
  reason: z.string().optional().describe('why it is suspended'),
  grantedAt: z.iso.datetime().optional().describe('first access to production'),
  told: z.coerce.number().int().nonnegative().default(0).describe('how often it was admitted to tests or production, suspended or ended'),
});
export type VerifierAccess = z.output<typeof verifierAccess>;

export const verifierChanged = defineEvent('jpki-verifier', 'verifier.changed', {
  restricted: true,
  summary: 'A step of a verifier or its confirmers, for whoever answers it; partners hear of access from jpki-ca, which gives and takes it',
  data: verifierAccess,
});

export const statementIssued = defineEvent('jpki-verifier', 'statement.issued', {
  summary: 'The statement of a verifier for a month was issued',
  data: z.object({ organisation: z.string(), month: z.string().regex(/^\d{4}-\d{2}$/), definitive: z.number().int(), amountYen: z.number().int(), issuedAt: z.iso.datetime() }),
});

/** Events of this context, in the order of the life of what they tell of. */
export const jpkiVerifierEvents = [verifierChanged, statementIssued] as const;
