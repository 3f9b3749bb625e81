import { addDays, addYears, endOfDayInJapan, localDateInJapan } from '#kernel';

/** The agency's two authorities of the amended act: signature and user authentication (JPKI 3.1). */
export const CA_IDS = ['sign', 'auth'] as const;
export type CaId = (typeof CA_IDS)[number];

/** What a holder's certificate is for; each type comes from its own authority. */
export type CertificateType = 'SIGN_CERT' | 'AUTH_CERT';

export const CA_OF_TYPE: Readonly<Record<CertificateType, CaId>> = { SIGN_CERT: 'sign', AUTH_CERT: 'auth' };

/** `O` of the authorities: the real name exists in production only (JPKI 4.2). */
export type Organisation = 'JPKI' | 'JPKI-TEST';

export function organisationFor(environment: 'embedded' | 'test' | 'production'): Organisation {
  return environment === 'production' ? 'JPKI' : 'JPKI-TEST';
}

/** Name of a generation's key in the key store. */
export function caKeyId(ca: CaId, generation: number): string {
  return `${ca}-ca-g${generation}`;
}

/** End of a root: 10 years less the first day, 23:59:59 in Japan, as `151020024028Z`-`251019145959Z` (JPKI 4.3). */
export function rootEnd(notBefore: Date): Date {
  return endOfDayInJapan(addDays(addYears(localDateInJapan(notBefore), 10), -1));
}

/** Serial numbers are written in hexadecimal, whole octets, lower case. */
export function serialHex(serial: number | bigint): string {
  const digits = serial.toString(16);
  return digits.length % 2 === 0 ? digits : `0${digits}`;
}

/** Reads what `serialHex` wrote; upper case too, as verifiers print it. */
export function serialFromHex(hex: string): number {
  return Number.parseInt(hex, 16);
}

/** Fits the counter of an authority; longer numbers were never issued. */
export const SERIAL_HEX = /^[0-9A-Fa-f]{1,12}$/;
