import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDigitOfIndividualNumber } from './individual-number.js';
import { checkDigitOfResidentCode } from './resident-code.js';
import { holdsPersonalNumber } from './personal-number.js';

describe('personal numbers in a text (NUM-5.5)', () => {
  it.each([
    '123456789018', '個人番号は123456789018です', '１２３４５６７８９０１８', '1234 5678 9018', '1234-5678-9018', '1234－5678－9018', '1234　5678　9018', '1234 -5678 - 9018',
    '2015-10-05 1234-5678-9018', '7 1234 5678 9018 3', '99000000015', 'コード:99000000015', '7000012050002', 'x123456789018x', '1234\n5678\n9018',
  ])('NUM-5.5 %j holds one', (text) => {
    expect(holdsPersonalNumber(text)).toBe(true);
  });

  it.each(['', '123456789012', '99000000014', '1234567890', '12345678901800', '平成27年10月5日、議事録第12号', '2015-10-05 2015-10-06', '03-1234-5678', '1234-5678 9018', '0'.repeat(11)])('NUM-5.5 %j holds none', (text) => {
    expect(holdsPersonalNumber(text)).toBe(false);
  });

  it('NUM-5.5 finds every number and code, however it is grouped', () => {
    const bodies = (length: number) => fc.stringMatching(new RegExp(`^[1-9]\\d{${length - 1}}$`));
    fc.assert(fc.property(bodies(11), bodies(10), fc.integer({ min: 1, max: 10 }), fc.constantFrom('', ' ', '-', '　', '‐'), (body11, body10, at, separator) => {
      for (const number of [body11 + checkDigitOfIndividualNumber(body11), body10 + checkDigitOfResidentCode(body10)]) {
        expect(holdsPersonalNumber(`番号 : ${number.slice(0, at)}${separator}${number.slice(at)}。`)).toBe(true);
      }
    }));
  });
});
