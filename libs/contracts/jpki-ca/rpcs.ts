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

/** Brings the wished certificates of a card into force and revokes the others; repeating it changes nothing. */
export const activateCertificates = defineRpc({
  ...place,
  method: 'ActivateCertificates',
  input: z.object({ cardSerial, personKey: z.uuid(), wishSign: z.boolean(), wishAuth: z.boolean() }),
  output: z.object({ certificates: z.array(cardCertificate).default([]) }),
});
