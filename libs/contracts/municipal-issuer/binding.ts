import { z } from 'zod';
import { certificateRequestId, certificateType } from './certificate.js';

const DOMAIN = 'KIBAN-BINDING-1';

const octets = z.instanceof(Uint8Array).transform((value) => Buffer.from(value));

/**
 * Binds a PDF to the request that it answers (CARD-4.15; the lesson of 2023, when a package under load served other people's
 * certificates). `residentKeyMac`: HMAC-SHA-256 of `bindingMessage` under the key that municipality and centre share.
 */
export const bindingBlock = z.object({ requestId: certificateRequestId, residentKeyMac: octets, type: certificateType, pageCount: z.coerce.number().int().min(1).max(99), issuedAt: z.iso.datetime() });

export type BindingBlock = z.infer<typeof bindingBlock>;

/** Octets of the shared key. */
export const BINDING_KEY_OCTETS = 32;

/** What the shared key authenticates, for both sides: everything that a PDF of another request would have otherwise. No part can hold a line feed. */
export function bindingMessage(municipalityCode: string, residentKey: string, { requestId, type, pageCount, issuedAt }: Omit<BindingBlock, 'residentKeyMac'>): string {
  return [DOMAIN, municipalityCode, requestId, type, String(pageCount), issuedAt, residentKey, ''].join('\n');
}

/** Entry of the document information dictionary. */
export const BINDING_ENTRY = 'KibanBinding';

/** What the entry says: a literal string, uncompressed, so that it is found without a PDF library. */
export function bindingText({ requestId, residentKeyMac, type, pageCount, issuedAt }: BindingBlock): string {
  return [DOMAIN, requestId, residentKeyMac.toString('hex'), type, pageCount, issuedAt].join(' ');
}

/** The block that a PDF itself carries; undefined where there is none, or more than one. */
export function bindingInPdf(pdf: Uint8Array): BindingBlock | undefined {
  const [first, ...others] = Buffer.from(pdf).toString('latin1').matchAll(/\(KIBAN-BINDING-1 ([^()\\]{1,300})\)/g);
  if (first === undefined || others.length > 0) return undefined;
  const [requestId, mac = '', type, pageCount, issuedAt] = (first[1] ?? '').split(' ');
  const block = bindingBlock.safeParse({ requestId, residentKeyMac: Buffer.from(mac, 'hex'), type, pageCount, issuedAt });
  return block.success ? block.data : undefined;
}
