import { defineRpc } from '#kernel';
import { z } from 'zod';
import { certificateType, PROVISION_MODES, VERIFIER_PURPOSES } from './events.js';

export const jpkiCaProto = new URL('./proto/jpki_ca.proto', import.meta.url);

const place = { context: 'jpki-ca', proto: jpkiCaProto, service: 'JpkiCa' } as const;

export const CERTIFICATE_STATES = ['ISSUED_INACTIVE', 'VALID', 'HELD', 'REVOKED', 'EXPIRED'] as const;

const cardSerial = z.string().regex(/^[0-9A-Z]{16}$/);
const octets = z.instanceof(Uint8Array).transform((value) => Buffer.from(value));

/** A certificate of a card, without the holder's attributes. */
export const cardCertificate = z.object({ type: certificateType, serial: z.string(), state: z.enum(CERTIFICATE_STATES), notAfter: z.iso.datetime(), der: octets });

/** The certificates stored on a card; `issuer` is the certificate of the key that signed each, which the card carries beside it. */
export const certificatesOfCard = defineRpc({
  ...place,
  method: 'CertificatesOfCard',
  input: z.object({ cardSerial }),
  output: z.object({ certificates: z.array(cardCertificate.extend({ issuer: octets.optional() })).default([]) }),
});

/** Brings the wished certificates of a card into force and revokes the others, when none is wished also those in force; repeating it changes nothing. */
export const activateCertificates = defineRpc({
  ...place,
  method: 'ActivateCertificates',
  input: z.object({ cardSerial, personKey: z.uuid(), wishSign: z.boolean(), wishAuth: z.boolean() }),
  output: z.object({ certificates: z.array(cardCertificate).default([]) }),
});

/** The present status of an authentication certificate (hex serial); `issuer` is the certificate of the key that signed it, `predecessors` are those it renewed, the latest first. */
export const authCertificateStatus = defineRpc({
  ...place,
  method: 'AuthCertificateStatus',
  input: z.object({ serial: z.string().regex(/^[0-9A-Fa-f]{1,40}$/) }),
  output: z.object({
    status: z.enum(['GOOD', 'REVOKED', 'EXPIRED', 'UNKNOWN']),
    cardSerial: cardSerial.optional(),
    issuer: octets.optional(),
    predecessors: z.array(z.string()).default([]),
  }),
});

/** A certificate of one of several cards, without its octets. */
export const cardCertificateState = cardCertificate.omit({ der: true }).extend({ cardSerial });

/** The states of the certificates on cards; at most 500 cards a call. */
export const statesOfCards = defineRpc({
  ...place,
  method: 'StatesOfCards',
  input: z.object({ cardSerials: z.array(cardSerial).min(1).max(500) }),
  output: z.object({ certificates: z.array(cardCertificateState).default([]) }),
});

/** Tells once more what the events of a card tell, for one whose certificates do not follow it; `sequence` is that of the card's last event. Answers with their states. */
export const followCard = defineRpc({
  ...place,
  method: 'FollowCard',
  input: z.object({ cardSerial, personKey: z.uuid(), sequence: z.coerce.number().int().positive(), state: z.enum(['SUSPENDED', 'RESUMED', 'ENDED']) }),
  output: z.object({ certificates: z.array(cardCertificateState).default([]) }),
});

/** What the running profiles of an authority say: OIDs, lives, intervals, key sizes. */
export const profileFigures = defineRpc({
  ...place,
  method: 'ProfileFigures',
  input: z.object({ ca: z.enum(['sign', 'auth']) }),
  output: z.object({ figures: z.array(z.object({ name: z.string(), value: z.string() })).default([]) }),
});

/** What a committee is told of: each by the topic it belongs to. */
export const COMMITTEE_TOPICS = ['ISSUES', 'REVOCATIONS', 'PROVISION_REQUESTS', 'INCIDENTS', 'ACCESS_REVIEWS'] as const;
export type CommitteeTopic = (typeof COMMITTEE_TOPICS)[number];

/** Counts of a month in Japan; complete once the month is over and its answers to verifiers are counted. */
export const committeeFigures = defineRpc({
  ...place,
  method: 'CommitteeFigures',
  input: z.object({ month: z.string().regex(/^20\d{2}-(0[1-9]|1[0-2])$/) }),
  output: z.object({
    complete: z.boolean().default(false),
    counts: z.array(z.object({ topic: z.enum(COMMITTEE_TOPICS), name: z.string(), count: z.coerce.number().int().default(0) })).default([]),
  }),
});

/** Whether an organisation may have revocation information of an authority in this way, by its notification or as one who tries. */
export const provisionAccess = defineRpc({
  ...place,
  method: 'ProvisionAccess',
  input: z.object({ organisation: z.string(), ca: z.enum(['sign', 'auth']), mode: z.enum(PROVISION_MODES) }),
  output: z.object({ granted: z.boolean().default(false) }),
});

/** What an organisation was answered in a month in Japan, by days; none until the month is over and counted, which is `complete`. */
export const verifierUse = defineRpc({
  ...place,
  method: 'VerifierUse',
  input: z.object({ organisation: z.string(), month: z.string().regex(/^20\d{2}-(0[1-9]|1[0-2])$/) }),
  output: z.object({
    complete: z.boolean().default(false),
    days: z.array(z.object({
      day: z.iso.date(),
      purpose: z.enum(VERIFIER_PURPOSES),
      mode: z.enum(PROVISION_MODES),
      definitive: z.coerce.number().int().default(0),
      free: z.coerce.number().int().default(0).describe('answers that do not count'),
    })).default([]),
  }),
});

/** The verifiers that were kept here once, by their ids; `record` is the row as JSON with its confirmers, grant and statements, `contacts` is JSON too. */
export const formerVerifiers = defineRpc({
  ...place,
  method: 'FormerVerifiers',
  input: z.object({ after: z.uuid().optional() }),
  output: z.object({
    verifiers: z.array(z.object({ verifierId: z.uuid(), record: z.string(), contacts: z.string().optional() })).default([]),
    next: z.uuid().optional(),
  }),
});
