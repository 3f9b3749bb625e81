import { defineRpc } from '#kernel';
import { z } from 'zod';

/** Questions that this context answers to its neighbours, and to programs of verifiers. */
export const bridgeCaProto = new URL('./proto/bridge_ca.proto', import.meta.url);

const listRef = z.object({ issuer: z.string(), number: z.string().optional(), thisUpdate: z.iso.datetime(), nextUpdate: z.iso.datetime().optional(), sha256: z.string() });
const evidence = z.object({ state: z.enum(['GOOD', 'REVOKED', 'UNKNOWN']), lists: z.array(listRef).default([]), reason: z.string().optional(), at: z.iso.datetime().optional(), detail: z.string().optional() });

/** What `POST /path-validations` does (JPKI-5, 4.10): certificates and lists are DER in base64, `anchors` each name an authority or are a certificate. */
export const validatePathOverBridge = defineRpc({
  context: 'bridge-ca',
  proto: bridgeCaProto,
  service: 'BridgeCa',
  method: 'ValidatePath',
  input: z.object({
    target: z.base64(), anchors: z.array(z.object({ authorityId: z.string().optional(), certificate: z.base64().optional() })), source: z.enum(['PUBLISHED', 'GIVEN']).optional(),
    certificates: z.array(z.base64()).optional(), bundle: z.base64().optional(), crls: z.array(z.base64()).optional(), asOf: z.iso.datetime().optional(), initialPolicySet: z.array(z.string()).optional(),
    initialExplicitPolicy: z.boolean().optional(), initialPolicyMappingInhibit: z.boolean().optional(), initialAnyPolicyInhibit: z.boolean().optional(),
    revocation: z.enum(['require', 'soft', 'none']).optional(), maxDepth: z.number().int().optional(),
  }),
  output: z.object({
    valid: z.boolean().default(false), asOf: z.iso.datetime(),
    path: z.array(z.object({ sha256: z.string(), serial: z.string(), issuer: z.string(), isAnchor: z.boolean().default(false), revocation: evidence.optional() })).default([]),
    policies: z.array(z.string()).default([]), qualifiers: z.array(z.object({ policy: z.string(), cpsUri: z.string() })).default([]),
    failure: z.object({ reason: z.string(), step: z.string(), certificateIndex: z.number().int().default(0), detail: z.string() }).optional(),
  }),
});
