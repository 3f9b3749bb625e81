import type { Branded } from '../branded.js';
import { InvalidValue } from '../invalid-value.js';
import { weightedSumFromRight } from './check-digit.js';

/** 法人番号: 13 digits, the check digit first; public. */
export type CorporateNumber = Branded<string, 'CorporateNumber'>;

export type CorporateNumberFault = 'FORMAT' | 'CHECK_DIGIT';

/** Check digit 1..9 in front: 9 minus the sum mod 9, weights 1, 2, 1, 2 ... from the right (NUM 4.1). */
export function corporateNumberFault(text: string): CorporateNumberFault | undefined {
  if (!/^[0-9]{13}$/.test(text)) return 'FORMAT';
  const sum = weightedSumFromRight(text.slice(1), (n) => (n % 2 === 1 ? 1 : 2));
  return String(9 - (sum % 9)) === text.slice(0, 1) ? undefined : 'CHECK_DIGIT';
}

/** Throws InvalidValue with the fault. */
export function toCorporateNumber(text: string): CorporateNumber {
  const fault = corporateNumberFault(text);
  if (fault !== undefined) throw new InvalidValue('corporateNumber', fault);
  return text as CorporateNumber;
}
