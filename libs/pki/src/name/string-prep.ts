/** Mapped to nothing (RFC 4518 2.2). */
const NOTHING = new RegExp(
  `[${[
    // Soft hyphens, the grapheme joiner, variation selectors, the object replacement.
    '\\u00ad\\u1806\\u034f\\u180b-\\u180d\\ufe00-\\ufe0f\\ufffc',
    // Controls, and code points with a control function.
    '\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u0084\\u0086-\\u009f\\u06dd\\u070f\\u180e\\u200c-\\u200f\\u202a-\\u202e',
    '\\u2060-\\u2063\\u206a-\\u206f\\ufeff\\ufff9-\\ufffb\\u{1d173}-\\u{1d17a}\\u{e0001}\\u{e0020}-\\u{e007f}',
    // The space without width.
    '\\u200b',
  ].join('')}]`,
  'gu',
);

/** Mapped to SPACE: the controls that move a line on, and every separator (RFC 4518 2.2). */
const SPACES = /[\u0009-\u000d\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/gu;

/**
 * Longer than the stream-safe format allows (UAX #15 13): no writing has it, and sorting such a run takes the normalizer time that
 * grows with its square.
 */
const ENDLESS_MARKS = /\p{M}{31}/u;

/** Private use, surrogates, unassigned code points, the replacement character, and a mark at the start (RFC 4518 2.4). */
const PROHIBITED = /[\p{Co}\p{Cs}\p{Cn}\ufffd]|^\p{M}/u;

/** A space with a mark after it is not a space (RFC 4518 2.6). */
const SPACE_RUN = / +(?!\p{M})/gu;

/** Full case folding: lower, then upper, unites ß with SS and every sigma. Only dotless i must be kept apart from i. */
function folded(text: string): string {
  return text.replace(/[^ı]+/gu, (run) => run.toLowerCase().toUpperCase()).normalize('NFKC');
}

/**
 * Text prepared for caseIgnoreMatch (RFC 4518 section 2): two values match exactly when their prepared texts are equal. Undefined when
 * the text is prohibited, so that the rule is. Outer spaces are left out and inner runs are one, which tells the same values apart as
 * the one and two of 2.6.1. Code points count as assigned by the Unicode of the runtime, not of the year 2002: it has more kanji.
 */
export function preparedText(text: string): string | undefined {
  const mapped = text.replace(NOTHING, '').replace(SPACES, ' ');
  if (ENDLESS_MARKS.test(mapped)) return undefined;
  // Twice, as table B.2 of RFC 3454 does: compatibility characters show only after the first round what their case is.
  const normal = folded(folded(mapped));
  if (PROHIBITED.test(normal)) return undefined;
  return normal.replace(SPACE_RUN, ' ').replace(/^ (?!\p{M})/u, '').replace(/ $/u, '');
}
