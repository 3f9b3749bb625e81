import { GETA, parseNameElements } from './name-element.js';
import { representativeOf } from './variant-table.js';

/** Name or address as a certificate carries it (JPKI 4.4): `positions` has one `0`/`1` per code point of `text`. */
export interface CertificateText {
  readonly text: string;
  readonly positions: string;
}

export type CertificateRepertoireFault = 'OUTSIDE_REPERTOIRE';

/** Rows of JIS X 0208 in use: 1 to 8 signs, letters, kana; 16 to 84 kanji. Row 13 is a maker's extension. */
const ROWS = [...range(1, 8), ...range(16, 84)];

/** The other Unicode readings of JIS signs that decoders render as ～ ∥ － ― ￠ ￡ ￢ (JIS X 0221 against CP932). */
const OTHER_READINGS = '\u301C\u2016\u2212\u2014\u00A2\u00A3\u00AC';

let repertoire: ReadonlySet<string> | undefined;

/** True for JIS X 0208 characters and printable ASCII (JPKI 4.4 b). */
export function inCertificateRepertoire(character: string): boolean {
  repertoire ??= buildRepertoire();
  return repertoire.has(character);
}

export function certificateRepertoireFault(text: string): CertificateRepertoireFault | undefined {
  return Array.from(text).every(inCertificateRepertoire) ? undefined : 'OUTSIDE_REPERTOIRE';
}

/**
 * Replaces what a certificate cannot carry (JPKI 4.4 b): by the representative of the character's variant family when that
 * is in the repertoire, else by 〓. Variation selectors and glyph references go, and their character counts as substituted
 * because its exact form is lost. A result put in again keeps its text.
 */
export function substituteForCertificate(text: string): CertificateText {
  const cells = parseNameElements(stripLeadingSelectors(text)).map(({ character, selector, glyph }) => {
    const carried = carriedCharacter(character);
    const exact = carried === character && carried !== GETA && selector === undefined && glyph === undefined;
    return { carried, flag: exact ? '0' : '1' };
  });
  return { text: cells.map(({ carried }) => carried).join(''), positions: cells.map(({ flag }) => flag).join('') };
}

function carriedCharacter(character: string): string {
  if (inCertificateRepertoire(character)) return character;
  const representative = representativeOf(character.normalize('NFKC'));
  return inCertificateRepertoire(representative) ? representative : GETA;
}

/** Selectors without a base, at the start or doubled, select nothing. */
function stripLeadingSelectors(text: string): string {
  return text.replace(/(?<=^|[\uFE00-\uFE0F\u{E0100}-\u{E01EF}])[\uFE00-\uFE0F\u{E0100}-\u{E01EF}]+/gu, '');
}

function buildRepertoire(): ReadonlySet<string> {
  const decoder = new TextDecoder('euc-jp');
  const ascii = range(0x20, 0x7e).map((code) => String.fromCodePoint(code));
  const cells = ROWS.flatMap((row) => range(1, 94).map((cell) => decoder.decode(Uint8Array.of(0xa0 + row, 0xa0 + cell))));
  return new Set([...ascii, ...cells.filter((decoded) => Array.from(decoded).length === 1 && decoded !== '\uFFFD'), ...OTHER_READINGS]);
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
