import { createHash } from 'node:crypto';
import { z } from 'zod';
import { nameText, parseName } from '#pki';
import { AUTHORITY_ID, AUTHORITY_KINDS } from './authority.js';
import type { AuthorityRow, GenerationRow } from './authority.store.js';
import { GENERATION_STATES } from './generation.js';

export const authorityId = z.string().regex(AUTHORITY_ID).describe('`bridge`, `pref-01` to `pref-47`, or the id of an external authority');
export const byAuthority = z.strictObject({ authorityId });
/** A paper that an officer names: minutes, a decision, a letter. */
export const paperRef = z.string().regex(/^[^\p{Cc}]+$/u).max(100).transform((text) => text.normalize('NFC'));
/** SHA-256 as people read and type it: hexadecimal, with colons or spaces. */
export const digest = z.string().regex(/^[0-9A-Fa-f: ]{64,100}$/);

export function typedDigest(text: string): string {
  return text.replaceAll(/[: ]/g, '').toLowerCase();
}

export const generationView = z.object({
  authorityId: z.string(), generation: z.number().int(), state: z.enum(GENERATION_STATES), isReported: z.boolean(), serial: z.string().optional(), sha256: z.string().optional(),
  notBefore: z.iso.datetime().optional(), notAfter: z.iso.datetime().optional(), activateAt: z.iso.datetime().optional(), activatedAt: z.iso.datetime().optional(), ceremonyRef: z.string(),
});

/** Serial numbers are shown in hexadecimal, whole octets, lower case. */
export function serialHex(decimal: string): string {
  const digits = BigInt(decimal).toString(16);
  return digits.length % 2 === 0 ? digits : `0${digits}`;
}

export function viewOfGeneration(row: GenerationRow): z.input<typeof generationView> {
  const { authorityId: id, generation, state, serial, certificate, ceremonyRef } = row;
  return {
    authorityId: id, generation, state, ceremonyRef, isReported: row.reportedBy !== null, serial: serial === null ? undefined : serialHex(serial),
    sha256: certificate === null ? undefined : createHash('sha256').update(certificate).digest('hex'), notBefore: row.notBefore?.toISOString(), notAfter: row.notAfter?.toISOString(),
    activateAt: row.activateAt?.toISOString(), activatedAt: row.activatedAt?.toISOString(),
  };
}

export const authorityView = z.object({
  authorityId: z.string(), kind: z.enum(AUTHORITY_KINDS), prefecture: z.string().optional(), name: z.string().describe('distinguished name, country first'), generations: z.array(generationView),
});

export function viewOfAuthority({ id, kind, prefecture, subjectDer }: AuthorityRow, generations: readonly GenerationRow[]): z.input<typeof authorityView> {
  return { authorityId: id, kind, prefecture: prefecture ?? undefined, name: nameText(parseName(subjectDer)), generations: generations.map(viewOfGeneration) };
}
