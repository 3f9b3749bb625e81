import { z } from 'zod';
import { CROSS_YEARS } from '../authority/profiles.js';

const policyOid = z.string().regex(/^[0-2](\.(0|[1-9]\d{0,14})){1,20}$/);
const skip = z.number().int().min(0).max(10).optional();

/** What is agreed for one direction (JPKI 4.3 CROSS_CERT). */
export const crossTerms = z.strictObject({
  policies: z.array(policyOid).min(1).max(20).describe('policies of the issuer\'s domain'),
  mappings: z.array(z.strictObject({ issuerDomainPolicy: policyOid, subjectDomainPolicy: policyOid })).max(20),
  mappingsCritical: z.boolean().default(false), requireExplicitPolicy: skip, inhibitPolicyMapping: skip, inhibitAnyPolicy: skip, pathLength: skip,
  years: z.number().int().min(1).max(CROSS_YEARS).default(CROSS_YEARS),
});
export const bothTerms = z.strictObject({ TO_COUNTERPART: crossTerms, TO_BRIDGE: crossTerms });
