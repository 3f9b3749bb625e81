import { defineEvent } from '#kernel';
import { z } from 'zod';

const authority = z.string().describe('`bridge`, `pref-01` to `pref-47`, or the id of an external authority');

export const caFact = z.object({
  authority,
  generation: z.number().int(),
  keyIdentifier: z.string().regex(/^[0-9a-f]{40}$/).optional(),
  notAfter: z.iso.datetime().optional(),
  activateAt: z.iso.datetime().optional().describe('not before this the generation begins to issue'),
  at: z.iso.datetime(),
});

const ca = (verb: string, summary: string) => defineEvent('bridge-ca', `ca.${verb}`, { summary, data: caFact });

export const caKeyGenerated = ca('key-generated', 'A key generation of an authority has its key');
export const caCertified = ca('certified', 'A key generation has its root and link certificates: trust lists take them over');
export const caActivated = ca('activated', 'A key generation began to issue');
export const caRetiring = ca('retiring', 'A key generation signs lists only');
export const caClosed = ca('closed', 'The key of a generation was destroyed');
export const caCompromised = ca('compromised', 'The key of a generation is in other hands: its certificates are revoked');

export const bridgeCaEvents = [caKeyGenerated, caCertified, caActivated, caRetiring, caClosed, caCompromised] as const;
