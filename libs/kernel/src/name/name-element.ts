/**
 * One written character of a name or address (JUKI 4.8): a code point, an optional ideographic variation selector and an
 * optional id of a glyph image (外字). As text these stand in a row: `邉󠄁` is code point + selector; `〓{glyph:99001-0042}` is
 * a character without code point, drawn by the image `99001-0042`; `辺{glyph:99001-0043}` is one identified as 辺 but drawn
 * by its image. Every text round-trips: `formatNameElements(parseNameElements(text)) === text`.
 */
export interface NameElement {
  readonly character: string;
  readonly selector?: string;
  readonly glyph?: string;
}

/** Stands where a character has no code point, or none inside a repertoire (下駄記号). */
export const GETA = '〓';

const ELEMENT = /(?<character>.)(?<selector>[\uFE00-\uFE0F\u{E0100}-\u{E01EF}])?(?:\{glyph:(?<glyph>[0-9A-Za-z._-]{1,64})\})?/gsu;
const GLYPH_REFERENCE = /\{glyph:[0-9A-Za-z._-]{1,64}\}/gu;
const SELECTOR = /[\uFE00-\uFE0F\u{E0100}-\u{E01EF}]/gu;

export function parseNameElements(text: string): NameElement[] {
  return Array.from(text.matchAll(ELEMENT), ({ groups }) => ({
    character: groups?.['character'] ?? '',
    ...(groups?.['selector'] !== undefined && { selector: groups['selector'] }),
    ...(groups?.['glyph'] !== undefined && { glyph: groups['glyph'] }),
  }));
}

export function formatNameElements(elements: readonly NameElement[]): string {
  const reference = (glyph: string | undefined) => (glyph === undefined ? '' : `{glyph:${glyph}}`);
  return elements.map(({ character, selector = '', glyph }) => character + selector + reference(glyph)).join('');
}

/** Ids of the glyph images in the order of the text, repeated where they repeat. */
export function glyphRefs(text: string): string[] {
  return parseNameElements(text).flatMap(({ glyph }) => (glyph === undefined ? [] : [glyph]));
}

/** The text without its glyph references; the characters they draw remain. */
export function stripGlyphRefs(text: string): string {
  return text.replace(GLYPH_REFERENCE, '');
}

/** Drops U+FE00..FE0F and U+E0100..E01EF, so that forms of one character compare equal. */
export function stripVariationSelectors(text: string): string {
  return text.replace(SELECTOR, '');
}
