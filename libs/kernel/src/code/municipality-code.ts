import type { Branded } from '../branded.js';
import { InvalidValue } from '../invalid-value.js';
import { weightedSumFromRight } from './check-digit.js';
import { isPrefectureNumber, type PrefectureNumber, toPrefectureNumber } from './prefecture.js';

const KIND = 'municipalityCode';

/** 全国地方公共団体コード: 2 digits prefecture, 3 digits municipality, 1 check digit (JIS X 0401/0402). */
export type MunicipalityCode = Branded<string, 'MunicipalityCode'>;

export type MunicipalityCodeFault = 'FORMAT' | 'CHECK_DIGIT' | 'PREFECTURE';

/** PREFECTURE: the first two digits are neither 01..47 nor the fictional 99. */
export function municipalityCodeFault(text: string): MunicipalityCodeFault | undefined {
  if (!/^[0-9]{6}$/.test(text)) return 'FORMAT';
  if (checkDigit(text.slice(0, 5)) !== text.slice(5)) return 'CHECK_DIGIT';
  return isPrefectureNumber(text.slice(0, 2)) ? undefined : 'PREFECTURE';
}

/** Throws InvalidValue with the fault. */
export function toMunicipalityCode(text: string): MunicipalityCode {
  const fault = municipalityCodeFault(text);
  if (fault !== undefined) throw new InvalidValue(KIND, fault);
  return text as MunicipalityCode;
}

/** Five digits without check digit; throws InvalidValue FORMAT or PREFECTURE. */
export function municipalityCodeFromBody(body5: string): MunicipalityCode {
  if (!/^[0-9]{5}$/.test(body5)) throw new InvalidValue(KIND, 'FORMAT');
  return toMunicipalityCode(body5 + checkDigit(body5));
}

/** The prefecture in which the municipality lies. */
export function prefectureOf(code: MunicipalityCode): PrefectureNumber {
  return toPrefectureNumber(code.slice(0, 2));
}

/** Weights 6..2 from the left. CARD 4.3 splits at S < 11; both halves are this formula, also at S = 11 (11000 -> 1). */
function checkDigit(body5: string): string {
  const sum = weightedSumFromRight(body5, (n) => n + 1);
  return String((11 - (sum % 11)) % 10);
}
