import { defineEvent } from '#kernel';
import { z } from 'zod';
import { governanceEvents } from './governance-events.js';
import { migrationEvents } from './migration-events.js';

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

export const crossCertFact = z.object({
  crossId: z.uuid(),
  counterpart: authority,
  certificates: z.array(z.object({
    direction: z.enum(['TO_COUNTERPART', 'TO_BRIDGE']).describe('issued by the bridge, or to it'), serial: z.string().regex(/^[0-9a-f]+$/).describe('X.509 serial number, hex'), notAfter: z.iso.datetime(),
  })),
  cause: z.string().optional(),
  faults: z.array(z.string()).optional(),
  at: z.iso.datetime(),
});

const crossCert = (verb: string, summary: string) => defineEvent('bridge-ca', `cross-cert.${verb}`, { summary, data: crossCertFact });

export const crossCertReturned = crossCert('returned', 'An exchange of requests broke a rule and begins again; `faults` says why');
export const crossCertIssued = crossCert('issued', 'The bridge and another authority have certified each other');
export const crossCertPublished = crossCert('published', 'A pair of cross certificates stands in the repository');
export const crossCertRenewing = crossCert('renewing', 'The successor of a cross-certification is being exchanged');
export const crossCertRevoked = crossCert('revoked', 'Both certificates of a cross-certification were revoked; `cause` says why');
export const crossCertExpired = crossCert('expired', 'A cross-certification ended with its certificates');

export const revocationListPublished = defineEvent('bridge-ca', 'revocation-list.published', {
  summary: 'A revocation list was published',
  data: z.object({ authority, list: z.enum(['ARL', 'CRL']), generation: z.number().int(), number: z.number().int(), count: z.number().int(), sha256: z.string() }),
});

export const bridgeCaEvents = [
  caKeyGenerated, caCertified, caActivated, caRetiring, caClosed, caCompromised,
  crossCertReturned, crossCertIssued, crossCertPublished, crossCertRenewing, crossCertRevoked, crossCertExpired, revocationListPublished,
  ...migrationEvents, ...governanceEvents,
] as const;
