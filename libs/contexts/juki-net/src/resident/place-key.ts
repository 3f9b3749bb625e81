import { hash } from 'node:crypto';
import { addressKey, PREFECTURES } from '#kernel';

const PREFECTURE = new RegExp(`^(?:${PREFECTURES.map(({ name }) => name).join('|')})`, 'u');

/** An address made comparable (JUKI-4.8), the prefecture apart, which may be written or left out; both '' where nothing is written. */
export function comparable(address: string): { readonly prefecture: string; readonly whole: string } {
  const key = addressKey(address);
  const prefecture = PREFECTURE.exec(key)?.[0] ?? '';
  return { prefecture, whole: key.slice(prefecture.length) };
}

/** Under what a row of the register is sought by day of birth and place: 64 bits of a digest, as decimal text; null without an address. */
export function placeKey(birthDate: string, address: string): string | null {
  return placeKeyOf(birthDate, comparable(address).whole);
}

/** The same where the address is comparable already. */
export function placeKeyOf(birthDate: string, whole: string): string | null {
  return whole === '' ? null : String(hash('sha256', `${birthDate} ${whole}`, 'buffer').readBigInt64BE());
}
