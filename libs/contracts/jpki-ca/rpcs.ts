import { defineRpc } from '#kernel';
import { z } from 'zod';
import { certificateType } from './events.js';

export const jpkiCaProto = new URL('./proto/jpki_ca.proto', import.meta.url);

const place = { context: 'jpki-ca', proto: jpkiCaProto, service: 'JpkiCa' } as const;

export const CERTIFICATE_STATES = ['ISSUED_INACTIVE', 'VALID', 'HELD', 'REVOKED', 'EXPIRED'] as const;

const cardSerial = z.string().regex(/^[0-9A-Z]{16}$/);

/** A certificate of a card, without the holder's attributes. */
export const cardCertificate = z.object({ type: certificateType, serial: z.string(), state: z.enum(CERTIFICATE_STATES), notAfter: z.iso.datetime(), der: z.instanceof(Uint8Array).transform((value) => Buffer.from(value)) });

/** The certificates stored on a card. */
export const certificatesOfCard = defineRpc({
  ...place,
  method: 'CertificatesOfCard',
  input: z.object({ cardSerial }),
  output: z.object({ certificates: z.array(cardCertificate).default([]) }),
});

/** Brings the wished certificates of a card into force and revokes the others, when none is wished also those in force; repeating it changes nothing. */
export const activateCertificates = defineRpc({
  ...place,
  method: 'ActivateCertificates',
  input: z.object({ cardSerial, personKey: z.uuid(), wishSign: z.boolean(), wishAuth: z.boolean() }),
  output: z.object({ certificates: z.array(cardCertificate).default([]) }),
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
