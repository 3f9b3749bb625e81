import { InvalidValue } from '../invalid-value.js';
import { MaskedValue } from '../masked-value.js';
import { mod11CheckDigit } from './check-digit.js';

const KIND = 'individualNumber';

export type IndividualNumberFault = 'FORMAT' | 'CHECK_DIGIT' | 'RESERVED';

/** Check digit of the eleven-digit body (Order 85 of 2014 art. 5; NUM 4.1). Throws InvalidValue FORMAT. */
export function checkDigitOfIndividualNumber(body11: string): string {
  if (!/^[0-9]{11}$/.test(body11)) throw new InvalidValue(KIND, 'FORMAT');
  return mod11CheckDigit(body11);
}

/**
 * 個人番号: 12 digits, the last a check digit. A right check digit is not enough to link a person: one wrong digit in
 * fifty passes (NUM 4.1), so name and date of birth are always compared too.
 */
export class IndividualNumber extends MaskedValue {
  override readonly kind = KIND;

  private constructor(text: string) {
    super(text);
  }

  /** Throws InvalidValue with the fault. */
  static of(text: string): IndividualNumber {
    const fault = IndividualNumber.fault(text);
    if (fault !== undefined) throw new InvalidValue(KIND, fault);
    return new IndividualNumber(text);
  }

  /** Eleven digits without check digit; throws InvalidValue FORMAT or RESERVED. */
  static fromBody(body11: string): IndividualNumber {
    return IndividualNumber.of(body11 + checkDigitOfIndividualNumber(body11));
  }

  /** RESERVED is the all-zero number, which is never drawn; numbers beginning 99 are well formed (`isReserved99`). */
  static fault(text: string): IndividualNumberFault | undefined {
    if (!/^[0-9]{12}$/.test(text)) return 'FORMAT';
    if (checkDigitOfIndividualNumber(text.slice(0, 11)) !== text.slice(11)) return 'CHECK_DIGIT';
    return text === '000000000000' ? 'RESERVED' : undefined;
  }

  /** The eleven digits before the check digit. */
  get body(): string {
    return this.reveal().slice(0, 11);
  }

  /** Numbers for tests and training, never given to a person (NUM 4.3). */
  get isReserved99(): boolean {
    return this.reveal().startsWith('99');
  }
}
