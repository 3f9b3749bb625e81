import type { Branded } from '../branded.js';
import { InvalidValue } from '../invalid-value.js';

/** Random 128-bit id of a person inside Kiban (UUID text, lower case); means nothing outside (JUKI 5.4). */
export type PersonKey = Branded<string, 'PersonKey'>;

/** Throws InvalidValue FORMAT unless the text is a UUID; upper case is folded. */
export function toPersonKey(text: string): PersonKey {
  const key = text.toLowerCase();
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(key)) throw new InvalidValue('personKey', 'FORMAT');
  return key as PersonKey;
}
