import { corporateNumberFault } from './corporate-number.js';
import { IndividualNumber } from './individual-number.js';
import { ResidentCode } from './resident-code.js';

export type CodeKind = 'RESIDENT_CODE' | 'INDIVIDUAL_NUMBER' | 'CORPORATE_NUMBER';

/** Form and check digit of a code; undefined when it is right (NUM-4.1). */
export function codeFault(kind: CodeKind, text: string): 'FORMAT' | 'CHECK_DIGIT' | 'RESERVED' | undefined {
  switch (kind) {
    case 'RESIDENT_CODE':
      return ResidentCode.fault(text);
    case 'INDIVIDUAL_NUMBER':
      return IndividualNumber.fault(text);
    case 'CORPORATE_NUMBER':
      return corporateNumberFault(text);
  }
}

const LENGTHS: ReadonlyMap<number, CodeKind> = new Map([[11, 'RESIDENT_CODE'], [12, 'INDIVIDUAL_NUMBER'], [13, 'CORPORATE_NUMBER']]);

/** Which other kind a wrong entry looks like: 11 digits a resident code, 12 an individual number, 13 a corporate number, 16 signs the number of a card (NUM-7). */
export function looksLike(kind: CodeKind, text: string): CodeKind | 'CARD_SERIAL' | undefined {
  if (/^[0-9A-Z]{16}$/.test(text)) return 'CARD_SERIAL';
  const other = /^[0-9]+$/.test(text) ? LENGTHS.get(text.length) : undefined;
  return other === kind ? undefined : other;
}
