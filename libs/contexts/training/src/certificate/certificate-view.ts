import { z } from 'zod';
import { characterFault, stripGlyphRefs } from '#kernel';
import { CERTIFICATE_STATES, isCertificateNumber } from './certificate.js';
import type { CertificateRecord } from './certificate.store.js';

export const certificateNo = z.string().refine(isCertificateNumber, { params: { code: 'CHECK_DIGITS' } });
export const byNumber = z.strictObject({ no: certificateNo });

/** A name of a person as it is written; `{glyph:…}` names the image of a character without code point. */
export const personName = z.string().normalize('NFC').trim().min(1).max(120).refine((text) => characterFault(stripGlyphRefs(text)) === undefined, { params: { code: 'CHARACTER' } });

export const certificateView = z.object({
  no: z.string(), state: z.enum(CERTIFICATE_STATES), bodyCode: z.string(), courseCode: z.string(), fiscalYear: z.int(), sessionNo: z.int(), title: z.string(),
  holderRef: z.string(), holderName: z.string(), issuedOn: z.string(), kid: z.string(), supersedes: z.string().nullable(), reason: z.string().nullable(),
});

export function certificateViewOf({ no, state, bodyCode, courseCode, fiscalYear, sessionNo, title, holderRef, holderName, issuedOn, kid, supersedes, reason }: CertificateRecord): z.input<typeof certificateView> {
  return { no, state, bodyCode, courseCode, fiscalYear, sessionNo, title, holderRef, holderName, issuedOn, kid, supersedes, reason };
}
