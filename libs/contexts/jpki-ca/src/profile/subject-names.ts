import { InvalidValue } from '#kernel';

/** Window: municipality without check digit, 3 digits, 1 letter, as `99999001A` (JPKI 4.2). */
export const WINDOW_ID = /^[0-9]{5}[0-9]{3}[A-Z]$/;
export const SIGN_COMMON_NAME = /^[0-9]{14}[0-9]{5}[0-9]{5}[0-9]{3}[A-Z]$/;
export const AUTH_COMMON_NAME = /^[0-9A-Z]{14}[0-9]{5}[0-9]{3}[A-Z]$/;

const AUTH_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const AUTH_LENGTH = 14;

/** The window that stands for card production in a municipality's certificates; no counter has number 000. */
export function productionWindowId(municipalityCode: string): string {
  return `${municipalityCode.slice(0, 5)}000P`;
}

/** Whether the window is one of the municipality (6-digit code). */
export function isWindowOf(windowId: string, municipalityCode: string): boolean {
  return WINDOW_ID.test(windowId) && windowId.startsWith(municipalityCode.slice(0, 5));
}

/** CN of a signature certificate: time of the request in Japan, sequence below 100,000, window (JPKI 4.2). */
export function signCommonName(requestedAt: Date, sequence: number, windowId: string): string {
  const japan = new Date(requestedAt.getTime() + 9 * 3_600_000).toISOString();
  const name = `${japan.slice(0, 19).replace(/[-T:]/g, '')}${String(sequence % 100_000).padStart(5, '0')}${windowId}`;
  if (!SIGN_COMMON_NAME.test(name)) throw new InvalidValue('windowId', 'FORMAT');
  return name;
}

/** CN of an authentication certificate: 14 opaque characters, so that nothing links it to the person or the other certificate, and the window. */
export function authCommonName(windowId: string, random: (below: number) => number): string {
  const opaque = Array.from({ length: AUTH_LENGTH }, () => AUTH_ALPHABET[random(AUTH_ALPHABET.length)] ?? '').join('');
  const name = `${opaque}${windowId}`;
  if (!AUTH_COMMON_NAME.test(name)) throw new InvalidValue('windowId', 'FORMAT');
  return name;
}
