/** A value as the engine describes it, for a terminal. */
export function shown(text: string): string {
  // What a certificate says may be hostile: no character of it moves the cursor or turns the direction of writing.
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
