import { mod97CheckDigits, mod97Valid } from '#kernel';

const FORM_VERSION = '01';

/**
 * The 23 digits of a form: version 2, municipality without check digit 5, random 12, print sequence 2, check 2 by ISO 7064
 * MOD 97-10 (CARD-4.3). It reveals nothing of the individual number.
 */
export function applicationIdOf(municipalityCode: string, random: number, printSequence: number): string {
  const body = FORM_VERSION + municipalityCode.slice(0, 5) + String(random).padStart(12, '0') + String(printSequence).padStart(2, '0');
  return body + mod97CheckDigits(body);
}

/** Whether the 23 digits agree with their check digits. */
export function isApplicationId(text: string): boolean {
  return /^\d{23}$/.test(text) && mod97Valid(text);
}
