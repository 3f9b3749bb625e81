/**
 * Digits as a person types them: full-width digits become ASCII, spaces and hyphens go (NUM 4.1). Only for screens, which
 * show the result before it is used; files and interfaces take codes as they are (NUM 7).
 */
export function digitsFromUserEntry(text: string): string {
  return text.normalize('NFKC').replace(/[\s\p{Dash_Punctuation}\u2212ー]/gu, '');
}
