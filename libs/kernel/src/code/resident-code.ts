import { InvalidValue } from '../invalid-value.js';
import { MaskedValue } from '../masked-value.js';
import { mod11CheckDigit } from './check-digit.js';

const KIND = 'residentCode';

export type ResidentCodeFault = 'FORMAT' | 'CHECK_DIGIT' | 'RESERVED';

/**
 * Check digit of the ten random digits of a resident code (JUKI 4.1). The formula of the ministerial notice is not public:
 * this is the one place to replace it. Throws InvalidValue FORMAT.
 */
export function checkDigitOfResidentCode(body10: string): string {
  if (!/^[0-9]{10}$/.test(body10)) throw new InvalidValue(KIND, 'FORMAT');
  return mod11CheckDigit(body10);
}

/** 住民票コード: 11 digits, the last a check digit (住基法施行規則 art. 1). An identifier, never an authenticator. */
export class ResidentCode extends MaskedValue {
  override readonly kind = KIND;

  private constructor(text: string) {
    super(text);
  }

  /** Throws InvalidValue with the fault. */
  static of(text: string): ResidentCode {
    const fault = ResidentCode.fault(text);
    if (fault !== undefined) throw new InvalidValue(KIND, fault);
    return new ResidentCode(text);
  }

  /** Ten digits without check digit; throws InvalidValue FORMAT or RESERVED. */
  static fromBody(body10: string): ResidentCode {
    return ResidentCode.of(body10 + checkDigitOfResidentCode(body10));
  }

  /** RESERVED is the all-zero code, which is never allocated; codes beginning 99 are well formed (`isReserved99`). */
  static fault(text: string): ResidentCodeFault | undefined {
    if (!/^[0-9]{11}$/.test(text)) return 'FORMAT';
    if (checkDigitOfResidentCode(text.slice(0, 10)) !== text.slice(10)) return 'CHECK_DIGIT';
    return text === '00000000000' ? 'RESERVED' : undefined;
  }

  /** Codes for tests and training, never allocated to a municipality (JUKI 4.1). */
  get isReserved99(): boolean {
    return this.reveal().startsWith('99');
  }
}
