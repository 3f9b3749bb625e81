import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FieldCipher } from './field-cipher.js';

const master = randomBytes(32);
const cipher = new FieldCipher(master, 'here');
const octets = fc.uint8Array({ maxLength: 3_000 }).map((bytes) => Buffer.from(bytes));

describe('FieldCipher', () => {
  it('opens what it sealed, text as text and octets as octets', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), octets, (text, plain) => {
      expect(cipher.decrypt('a.text', cipher.encrypt('a.text', text))).toBe(text);
      expect(cipher.decryptOctets('a.octets', cipher.encryptOctets('a.octets', plain))).toEqual(plain);
    }));
  });

  it('opens octets that were sealed as the text of their Base64', () => {
    fc.assert(fc.property(octets, (plain) => {
      expect(cipher.decryptOctets('a.octets', cipher.encrypt('a.octets', plain.toString('base64')))).toEqual(plain);
    }));
  });

  it('refuses what was changed, moved to another column or context, or is passed off as of the other kind', () => {
    const [text, bytes] = [cipher.encrypt('a.value', 'QUJD'), cipher.encryptOctets('a.value', Buffer.from('QUJD'))];
    const changed = (sealed: Buffer, at: number, by: number): Buffer => Buffer.from(sealed.map((octet, index) => (index === at ? octet ^ by : octet)));
    for (let at = 1; at < text.length; at += 1) {
      expect(() => cipher.decrypt('a.value', changed(text, at, 1))).toThrow();
      expect(() => cipher.decryptOctets('a.value', changed(bytes, at, 1))).toThrow();
    }
    for (const other of [cipher, new FieldCipher(master, 'there')]) {
      const column = other === cipher ? 'a.other' : 'a.value';
      expect(() => other.decrypt(column, text)).toThrow();
      expect(() => other.decryptOctets(column, bytes)).toThrow();
    }
    // 1 is text, 2 octets.
    expect(() => cipher.decrypt('a.value', changed(bytes, 0, 3))).toThrow();
    expect(() => cipher.decryptOctets('a.value', changed(text, 0, 3))).toThrow();
    expect(() => cipher.decrypt('a.value', bytes)).toThrow();
  });
});
