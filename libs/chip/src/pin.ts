import type { Secret } from './card/layout.js';

/** The PINs that a holder chooses (CARD-4.8). They are typed into the chip and never reach the server: octets that whoever holds them overwrites. */
export type PinKind = 'SIGN' | 'AUTH' | 'INPUT' | 'JUKI';
export const PIN_KINDS: readonly PinKind[] = ['SIGN', 'AUTH', 'INPUT', 'JUKI'];

export type PinFault = 'FORMAT' | 'REPEATED' | 'BIRTH_DATE' | 'SECURITY_CODE';

/** Lengths of the secrets that are digits only. */
const DIGITS: Readonly<Record<Exclude<Secret, 'SIGN'>, number>> = { AUTH: 4, INPUT: 4, JUKI: 4, ORDINANCE: 4, A: 12, B: 14 };

/** What is easily guessed: parts of the birth date (`YYYY-MM-DD`) and what is printed on the face. */
export interface Guessable {
  readonly birthDate: string;
  readonly securityCode: string;
}

const isDigit = (octet: number): boolean => octet >= 0x30 && octet <= 0x39;
const isCapital = (octet: number): boolean => octet >= 0x41 && octet <= 0x5a;

/** Whether a secret has its form: the signature PIN 6 to 16 of A-Z and 0-9 with one of each at least, the others digits of one length (CARD-4.8). */
export function hasForm(secret: Secret, octets: Buffer): boolean {
  if (secret !== 'SIGN') return octets.length === DIGITS[secret] && octets.every(isDigit);
  return octets.length >= 6 && octets.length <= 16 && octets.every((octet) => isDigit(octet) || isCapital(octet)) && octets.some(isDigit) && octets.some(isCapital);
}

/** The first rule that a PIN breaks, if any. The 4-digit PINs of one card may be equal. */
export function pinFault(kind: PinKind, pin: Buffer, guessable: Guessable): PinFault | undefined {
  if (!hasForm(kind, pin)) return 'FORMAT';
  if (kind === 'SIGN') return undefined;
  if (pin.every((octet) => octet === pin[0])) return 'REPEATED';
  const [year = '', month = '', day = ''] = guessable.birthDate.split('-');
  const isPin = (text: string): boolean => pin.equals(Buffer.from(text, 'latin1'));
  if (isPin(month + day) || isPin(year.slice(2) + month)) return 'BIRTH_DATE';
  return isPin(guessable.securityCode) ? 'SECURITY_CODE' : undefined;
}
