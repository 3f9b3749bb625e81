import { stripVariationSelectors } from '../name/name-element.js';

const NUMERAL_VALUES = new Map(Array.from('〇一二三四五六七八九', (numeral, value) => [numeral, value]));
const NUMERAL_UNITS = new Map([
  ['十', 10],
  ['百', 100],
  ['千', 1000],
]);
/** 番 before 町 or 丁 belongs to a name (一番町, 三番丁), not to a number. */
const UNIT = '丁目|番地|番(?![町丁])|号室|号(?!館|棟)';
/** Before a unit, or after 番地の where the unit is not repeated (十番地の五). */
const NUMERAL = new RegExp(`[〇一二三四五六七八九十百千]+(?=${UNIT})|(?<=番地?の)[〇一二三四五六七八九十百千]+`, 'gu');
const DIGITS_WITH_UNIT = new RegExp(`(?<=[0-9])(?:${UNIT})の?`, 'gu');

/**
 * Key for comparing addresses (JUKI 4.8): 見本町二丁目３番４号, 見本町２丁目３－４ and 見本町2-3-4 are one. Prefecture and
 * municipality must be written or omitted alike; resolving the town code and the history is the caller's part.
 */
export function addressKey(text: string): string {
  return stripVariationSelectors(text)
    .normalize('NFKC')
    .replace(/\s/gu, '')
    .replace(/大?字/gu, '')
    .replace(/[ヶが]/gu, 'ケ')
    .replace(NUMERAL, (numeral) => String(valueOfKanjiNumeral(numeral)))
    .replace(DIGITS_WITH_UNIT, '-')
    .replace(/(?<=[0-9])[\p{Dash_Punctuation}\u2212ーの](?=[0-9])/gu, '-')
    .replace(/-(?![0-9])/gu, '');
}

/** 十二 -> 12, 百五 -> 105, 一〇三 -> 103. */
function valueOfKanjiNumeral(numeral: string): number {
  let total = 0;
  let digits: number | undefined;
  for (const character of numeral) {
    const unit = NUMERAL_UNITS.get(character);
    if (unit === undefined) {
      digits = (digits ?? 0) * 10 + (NUMERAL_VALUES.get(character) ?? 0);
    } else {
      total += (digits ?? 1) * unit;
      digits = undefined;
    }
  }
  return total + (digits ?? 0);
}
