import { stripGlyphRefs, stripVariationSelectors } from './name-element.js';
import { representativeOf } from './variant-table.js';

const SMALL_KANA = 'ァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ';
const LARGE_KANA = 'アイウエオツヤユヨワカケクシストヌハヒフヘホムラリルレロ';
const ENLARGED = new Map(Array.from(SMALL_KANA, (small, index) => [small, LARGE_KANA.charAt(index)]));
const MERGED_BEFORE_FOLDING = new Map([
  ['ヂ', 'ジ'],
  ['ヅ', 'ズ'],
]);
const MERGED_AFTER_FOLDING = new Map([
  ['ヰ', 'イ'],
  ['ヱ', 'エ'],
  ['ヲ', 'オ'],
]);
const VOWEL_OF = new Map(
  [
    ['ア', 'アカサタナハマヤラワ'],
    ['イ', 'イキシチニヒミリ'],
    ['ウ', 'ウクスツヌフムユル'],
    ['エ', 'エケセテネヘメレ'],
    ['オ', 'オコソトノホモヨロ'],
  ].flatMap(([vowel = '', row = '']) => Array.from(row, (kana) => [kana, vowel] as const)),
);

/** Katakana and spaces fold one by one; they are most of what is folded, and each is folded once. */
const PLAIN_KANA = /^[\u30A1-\u30FC\u3000 ]*$/;
const FOLDED = new Map(Array.from({ length: 0x30fd - 0x30a1 }, (_, index) => String.fromCharCode(0x30a1 + index)).concat('\u3000', ' ').map((kana) => [kana, foldKana(kana)]));
/** Characters that normalisation leaves as they are, whatever stands beside them. */
const PLAIN_NAME = /^[\u4E00-\u9FA5\u3005\u3041-\u3096\u30A1-\u30FA\u30FC\u3000]*$/;

/**
 * Key for comparing kanji or Latin names (JUKI 4.8): without variation selectors, NFKC, variants of one character made one
 * by the variant table, without spaces. Compute beside the original, never store instead of it. A glyph reference is left
 * in place after 〓 (two unknown characters are equal only when drawn by one image) and dropped after a known character.
 */
export function kanjiKey(text: string): string {
  if (PLAIN_NAME.test(text)) return map(text, representativeOf).replaceAll('\u3000', '');
  const identified = stripVariationSelectors(text).replace(/[^〓]\{glyph:[^}]*\}/gu, stripGlyphRefs);
  return map(identified.normalize('NFKC'), representativeOf).replace(/\s/gu, '');
}

/** 清音化 key, strict (JUKI 4.8): ダイトウ ジュンヂ and だいとう　じゅんじ are both タイトウシユンシ. */
export function kanaKeyStrict(text: string): string {
  return PLAIN_KANA.test(text) ? map(text, (kana) => FOLDED.get(kana) ?? kana) : foldKana(text);
}

function foldKana(text: string): string {
  const toKatakana = (kana: string) => String.fromCharCode(kana.charCodeAt(0) + 0x60);
  const katakana = text.normalize('NFKC').replace(/[\u3041-\u3096\u309D\u309E]/gu, toKatakana);
  const large = map(katakana, (kana) => ENLARGED.get(kana) ?? MERGED_BEFORE_FOLDING.get(kana) ?? kana);
  const voiceless = large.normalize('NFD').replace(/[\u3099\u309A]/gu, '').normalize('NFC');
  return map(voiceless, (kana) => MERGED_AFTER_FOLDING.get(kana) ?? kana).replace(/[\s・\p{Dash_Punctuation}\u2212]/gu, '');
}

/** Loose key (JUKI 4.8), for retrieval only and never to decide: オオノ, オーノ and オノ are all オノ. */
export function kanaKeyLoose(text: string): string {
  let key = '';
  let previous = '';
  for (const kana of kanaKeyStrict(text).replaceAll('ー', '')) {
    if (lengthens(previous, kana)) continue;
    key += kana;
    previous = kana;
  }
  return key;
}

function lengthens(previous: string, kana: string): boolean {
  const vowel = VOWEL_OF.get(previous);
  return vowel === undefined ? false : kana === vowel || (vowel === 'オ' && kana === 'ウ') || (vowel === 'エ' && kana === 'イ');
}

function map(text: string, change: (character: string) => string): string {
  let changed = '';
  for (const character of text) changed += change(character);
  return changed;
}
