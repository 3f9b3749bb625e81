/** Attributes of an authority's entry (RFC 4523); all of them are transferred in binary. */
export const ENTRY_ATTRIBUTES = ['cACertificate', 'crossCertificatePair', 'authorityRevocationList'] as const;
export type EntryAttribute = (typeof ENTRY_ATTRIBUTES)[number];

/** An authority as the directory shows it. */
export interface Entry {
  /** RFC 4514: the most significant part last. */
  readonly dn: string;
  readonly values: Readonly<Record<EntryAttribute, readonly Buffer[]>>;
}

const LINE = 76;

/** Two strings of one name have the same key: case, and spaces around its parts, mean nothing. */
export function dnKey(dn: string): string {
  return dn.trim().replaceAll(/\s*(?<!\\)([,=+])\s*/g, '$1').toLowerCase();
}

/** Whether an entry is the base, or with `sub` below it (RFC 4511 4.5.1.2). */
export function isInScope(dn: string, base: string, scope: 'base' | 'sub'): boolean {
  const [one, root] = [dnKey(dn), dnKey(base)];
  return one === root || (scope === 'sub' && one.endsWith(`,${root}`));
}

/** LDIF content record of RFC 2849, with the attributes that are asked for. */
export function ldifRecord({ dn, values }: Entry, attributes: readonly EntryAttribute[]): string {
  const lines = [
    /^[\x21-\x7e][\x20-\x7e]*$/.test(dn) && !/^[:<]/.test(dn) ? `dn: ${dn}` : `dn:: ${Buffer.from(dn, 'utf8').toString('base64')}`,
    'objectClass: pkiCA',
    ...ENTRY_ATTRIBUTES.filter((attribute) => attributes.includes(attribute)).flatMap((attribute) => values[attribute].map((octets) => `${attribute};binary:: ${octets.toString('base64')}`)),
  ];
  return `${lines.map(folded).join('\n')}\n`;
}

/** Longer lines go on in the next one after a space. */
function folded(line: string): string {
  const rest = line.slice(LINE).match(new RegExp(`.{1,${LINE - 1}}`, 'g')) ?? [];
  return [line.slice(0, LINE), ...rest.map((part) => ` ${part}`)].join('\n');
}
