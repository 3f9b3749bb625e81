import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ParsedCertificate, type ParsedCrl, pemEncode } from '#pki';

/** Kinds of question that the programs are asked. */
export type Kind = 'path' | 'list' | 'ocsp' | 'timestamp' | 'cms' | 'sealed';

/** A question to which the answer is yes or no, with ours. */
export interface Case {
  readonly id: string;
  readonly kind: Kind;
  /** The rule that decides it. */
  readonly clause: string;
  /** What the rule says. */
  readonly accept: boolean;
  /** What the engine answers. */
  readonly ours: boolean;
  readonly files: Readonly<Record<string, Buffer | string>>;
  /** Asked for, with a policy required (RFC 5280 6.1.1 (c), (e)). */
  readonly policy?: string;
  /** Revocation is to be checked. */
  readonly revocation: boolean;
}

export function pemOf(label: string, objects: readonly { readonly der: Buffer }[]): string {
  return objects.map(({ der }) => pemEncode(label, der)).join('');
}

export const certificates = (...list: readonly ParsedCertificate[]): string => pemOf('CERTIFICATE', list);
export const lists = (...list: readonly ParsedCrl[]): string => pemOf('X509 CRL', list);

/** Writes the files of a case into a folder of its own and tells its path. */
export function writeCase(folder: string, { id, files }: Case): string {
  const path = join(folder, id);
  mkdirSync(path, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return path;
}
