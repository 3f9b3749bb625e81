import { corporateNumberFault } from './corporate-number.js';
import { IndividualNumber } from './individual-number.js';
import { ResidentCode } from './resident-code.js';

/**
 * Whether a text holds 11, 12 or 13 digits with a valid check digit: people paste real numbers (NUM-5.5). Full-width digits and
 * digits in groups count, as long as the groups are divided in one way: a date beside a number does not hide it.
 */
export function holdsPersonalNumber(text: string): boolean {
  const plain = text.normalize('NFKC').replace(/[\p{Dash_Punctuation}\u2212ー]/gu, '-').replace(/\s*-\s*/gu, '-').replace(/\s+/gu, ' ');
  return [/\d+(?: \d+)*/g, /\d+(?:-\d+)*/g].some((grouped) => [...plain.matchAll(grouped)].some(([match]) => holdsNumber(match.split(/[ -]/))));
}

/** Looks at every run of neighbouring groups. */
function holdsNumber(groups: readonly string[]): boolean {
  return groups.some((_, from) => {
    let digits = '';
    for (const group of groups.slice(from)) {
      digits += group;
      if (digits.length > 13) return false;
      if (isValidNumber(digits)) return true;
    }
    return false;
  });
}

function isValidNumber(digits: string): boolean {
  return ResidentCode.fault(digits) === undefined || IndividualNumber.fault(digits) === undefined || corporateNumberFault(digits) === undefined;
}
