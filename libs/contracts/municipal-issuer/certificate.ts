import { z } from 'zod';

/** What a kiosk may ask of a municipality; each municipality serves those that it chose (CARD-4.15). */
export const CERTIFICATE_TYPES = ['RESIDENT_RECORD', 'SEAL_CERT', 'INCOME_TAX_CERT', 'FAMILY_REGISTER_FULL', 'FAMILY_REGISTER_INDIVIDUAL', 'REGISTER_ADDENDUM'] as const;

/** Of a resident record only: the whole household instead of the asker alone, and what is left out otherwise. The juki code is no option. */
export const CERTIFICATE_OPTIONS = ['HOUSEHOLD', 'DOMICILE', 'RELATION', 'NUMBER'] as const;

/** CARD-4.15: of one request. */
export const MOST_COPIES = 10;

export const certificateType = z.enum(CERTIFICATE_TYPES);
export const certificateOption = z.enum(CERTIFICATE_OPTIONS);

/** The centre's id of a request, as `REQ-20160201-0000001`. */
export const certificateRequestId = z.string().regex(/^[A-Z0-9-]{8,40}$/);

/** Names a resident between one municipality and the centre; the municipality chooses it, and it is no code of any register. */
export const residentKey = z.string().regex(/^[A-Za-z0-9_-]{8,40}$/);

export type CertificateType = z.infer<typeof certificateType>;
export type CertificateOption = z.infer<typeof certificateOption>;
