/** How the index of readings (`segment_kana`) has a folded reading: without vowels, since readings that are nearly the same have the same consonants (JUKI-4.8). */
export function withoutVowels(kana: string): string {
  return `translate(${kana}, 'ーアイウエオ', '')`;
}
