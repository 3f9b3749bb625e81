/** The PINs of the card's applications (CARD-4.8). They are typed into the chip and never reach the server; terminals use these rules. */
export type PinKind = 'SIGN' | 'AUTH' | 'INPUT' | 'JUKI';

export type PinFault = 'FORMAT' | 'REPEATED' | 'BIRTH_DATE' | 'SECURITY_CODE';

const SIGN_PIN = /^(?=.*[A-Z])(?=.*[0-9])[A-Z0-9]{6,16}$/;
const SHORT_PIN = /^[0-9]{4}$/;

/** Tries before the PIN is locked; unlocking is done at the counter. */
export const PIN_TRIES: Readonly<Record<PinKind, number>> = { SIGN: 5, AUTH: 3, INPUT: 3, JUKI: 3 };

/** What is easily guessed: parts of the birth date (`YYYY-MM-DD`) and what is printed on the face. */
export interface Guessable {
  readonly birthDate: string;
  readonly securityCode: string;
}

/** The first rule that a PIN breaks, if any. The 4-digit PINs of one card may be equal. */
export function pinFault(kind: PinKind, pin: string, guessable: Guessable): PinFault | undefined {
  if (kind === 'SIGN') return SIGN_PIN.test(pin) ? undefined : 'FORMAT';
  if (!SHORT_PIN.test(pin)) return 'FORMAT';
  if (/^(\d)\1{3}$/.test(pin)) return 'REPEATED';
  const [year = '', month = '', day = ''] = guessable.birthDate.split('-');
  if (pin === month + day || pin === year.slice(2) + month) return 'BIRTH_DATE';
  return pin === guessable.securityCode ? 'SECURITY_CODE' : undefined;
}
