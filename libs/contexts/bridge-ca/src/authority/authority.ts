import { PREFECTURES, addDays, addYears, endOfDayInJapan, localDateInJapan } from '#kernel';

/** The bridge, the authorities in the governors' names, and those of others (JPKI 3.1). */
export const AUTHORITY_KINDS = ['BRIDGE', 'PREFECTURAL', 'EXTERNAL'] as const;
export type AuthorityKind = (typeof AUTHORITY_KINDS)[number];

export const BRIDGE_ID = 'bridge';
const FICTIONAL = '99';

/** The numbers of the 47 prefectures; the fictional one of tests and training has no authority. */
export const PREFECTURE_NUMBERS: readonly string[] = PREFECTURES.map(({ number }) => number as string).filter((number) => number !== FICTIONAL);

export function prefecturalId(prefecture: string): string {
  return `pref-${prefecture}`;
}

/** What the agency runs: the bridge and 47 prefectural authorities. */
export const OWN_AUTHORITIES: readonly { readonly id: string; readonly kind: Exclude<AuthorityKind, 'EXTERNAL'>; readonly prefecture: string | null }[] = [
  { id: BRIDGE_ID, kind: 'BRIDGE', prefecture: null },
  ...PREFECTURE_NUMBERS.map((prefecture) => ({ id: prefecturalId(prefecture), kind: 'PREFECTURAL', prefecture }) as const),
];

/** What an id may look like in a path. */
export const AUTHORITY_ID = /^[a-z][a-z0-9-]{1,39}$/;

/** Whether an external authority may have the id. */
export function isForeignId(id: string): boolean {
  return AUTHORITY_ID.test(id) && id !== BRIDGE_ID && !id.startsWith('pref-');
}

/** `O` of the authorities: the real name exists in production only (JPKI 4.2). */
export type Organisation = 'JPKI' | 'JPKI-TEST';

export function organisationFor(environment: 'embedded' | 'test' | 'production'): Organisation {
  return environment === 'production' ? 'JPKI' : 'JPKI-TEST';
}

/** Name of a generation's key in the key store. */
export function keyIdOf(authorityId: string, generation: number): string {
  return `${authorityId}-g${generation}`;
}

/** End of a certificate of so many years less its first day, 23:59:59 in Japan (JPKI 4.3). */
export function endAfterYears(notBefore: Date, years: number): Date {
  return endOfDayInJapan(addDays(addYears(localDateInJapan(notBefore), years), -1));
}

/** Times in certificates and lists have no fractions (RFC 5280 4.1.2.5). */
export function toSecond(instant: Date): Date {
  return new Date(Math.floor(instant.getTime() / 1000) * 1000);
}

/** Certificates that connect so many authorities with each other: directly, each to each, or by a bridge, both ways (JPKI 4.10). */
export function certificatesNeeded(authorities: number): { readonly mesh: number; readonly bridge: number } {
  return { mesh: authorities * (authorities - 1), bridge: 2 * authorities };
}
