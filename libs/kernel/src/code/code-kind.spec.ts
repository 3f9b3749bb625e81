import { describe, expect, it } from 'vitest';
import { codeFault, looksLike } from './code-kind.js';

describe('entries that are no individual number (NUM-4.1, NUM-7)', () => {
  it.each(['123456789018', '983205673214', '000000000019', '012345678903', '990000000019', '990000000027', '990000000124', '999999999996'])('%s is well formed', (number) => {
    expect(codeFault('INDIVIDUAL_NUMBER', number)).toBeUndefined();
  });

  it.each([
    ['INDIVIDUAL_NUMBER', '123456789012', 'CHECK_DIGIT', undefined], ['INDIVIDUAL_NUMBER', '99000000015', 'FORMAT', 'RESIDENT_CODE'],
    ['INDIVIDUAL_NUMBER', '7000012050002', 'FORMAT', 'CORPORATE_NUMBER'], ['INDIVIDUAL_NUMBER', 'ABCD1234EFGH5678', 'FORMAT', 'CARD_SERIAL'],
    ['INDIVIDUAL_NUMBER', '１２３４５６７８９０１８', 'FORMAT', undefined], ['INDIVIDUAL_NUMBER', '', 'FORMAT', undefined], ['INDIVIDUAL_NUMBER', '1234 5678 9018', 'FORMAT', undefined], ['INDIVIDUAL_NUMBER', '1234-5678-9018', 'FORMAT', undefined], ['INDIVIDUAL_NUMBER', '000000000000', 'RESERVED', undefined],
    ['RESIDENT_CODE', '123456789018', 'FORMAT', 'INDIVIDUAL_NUMBER'], ['CORPORATE_NUMBER', '7000012050003', 'CHECK_DIGIT', undefined],
  ] as const)('%s %s: %s, looks like %s', (kind, text, fault, other) => {
    expect([codeFault(kind, text), looksLike(kind, text)]).toEqual([fault, other]);
  });

  it('NUM-4.1 the corporate number of the specification', () => {
    expect(codeFault('CORPORATE_NUMBER', '7000012050002')).toBeUndefined();
  });
});
