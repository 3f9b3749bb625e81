import { InvalidValue } from '../invalid-value.js';

/** Sum of digit times weight, where `weightAt(n)` is the weight of the n-th digit from the right, n from 1. */
export function weightedSumFromRight(digits: string, weightAt: (n: number) => number): number {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) sum += Number(digits[index]) * weightAt(digits.length - index);
  return sum;
}

/**
 * Modulus 11 with weights 2..7 repeating from the right; remainders 0 and 1 share check digit 0 (Order 85 of 2014 art. 5;
 * NUM 4.1, JUKI 4.1). `digits` must be digits.
 */
export function mod11CheckDigit(digits: string): string {
  const remainder = weightedSumFromRight(digits, (n) => ((n - 1) % 6) + 2) % 11;
  return remainder <= 1 ? '0' : String(11 - remainder);
}

/** Two check digits of ISO 7064 MOD 97-10 for a body of digits; throws InvalidValue `mod97` / FORMAT. */
export function mod97CheckDigits(body: string): string {
  if (!/^[0-9]+$/.test(body)) throw new InvalidValue('mod97', 'FORMAT');
  return String(98 - mod97(`${body}00`)).padStart(2, '0');
}

/** True when the digits with their two check digits leave remainder 1 (ISO 7064 MOD 97-10). */
export function mod97Valid(text: string): boolean {
  return /^[0-9]{3,}$/.test(text) && mod97(text) === 1;
}

function mod97(digits: string): number {
  return [...digits].reduce((remainder, digit) => (remainder * 10 + Number(digit)) % 97, 0);
}
