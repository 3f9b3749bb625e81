import { GETA, parseNameElements, stripGlyphRefs } from './name-element.js';

export type CharacterFault = 'LONE_SURROGATE' | 'CONTROL_CHARACTER' | 'NONCHARACTER' | 'GLYPH_REFERENCE';

const GRAPHEMES = new Intl.Segmenter('ja', { granularity: 'grapheme' });
const GAIJI = new RegExp(`[${GETA}\\p{Private_Use}\\p{Unassigned}]`, 'u');
const NONCHARACTER = /[\uFDD0-\uFDEF\uFFFD]|\p{Noncharacter_Code_Point}/u;

/** Code points, not UTF-16 units: 𠮷 is one (JPKI 4.4 a). */
export function codePointCount(text: string): number {
  return Array.from(text).length;
}

/** Written characters: a base with its selectors, marks and glyph reference is one. Length limits count these (JUKI 4.8). */
export function graphemeCount(text: string): number {
  return Array.from(GRAPHEMES.segment(stripGlyphRefs(text))).length;
}

/**
 * What makes a text unfit for the register (JUKI 7): a lone surrogate; a control, format or line-separator character
 * (invisible, or able to reorder the display); a noncharacter or U+FFFD, the trace of bytes that were not UTF-8; a glyph
 * reference that is not well formed. Private-use and unassigned code points are no fault: `gaijiCount` tells them.
 */
export function characterFault(text: string): CharacterFault | undefined {
  if (/\p{Surrogate}/u.test(text)) return 'LONE_SURROGATE';
  if (/[\p{Control}\p{Format}\p{Line_Separator}\p{Paragraph_Separator}]/u.test(text)) return 'CONTROL_CHARACTER';
  if (NONCHARACTER.test(text)) return 'NONCHARACTER';
  return stripGlyphRefs(text).includes('{glyph') ? 'GLYPH_REFERENCE' : undefined;
}

/**
 * Written characters that no standard code point names: private use, unassigned, or 〓 with or without a glyph image. A
 * text with such characters is flagged, and its kanji key must not decide a match: local codes of two places may agree
 * by chance (JUKI 7).
 */
export function gaijiCount(text: string): number {
  if (!GAIJI.test(text)) return 0;
  return parseNameElements(text).filter(({ character }) => GAIJI.test(character)).length;
}
