import { createHmac } from 'node:crypto';
import { assert, property, string, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HmacSha256 } from './hmac.js';

describe('HMAC-SHA-256', () => {
  it('gives what RFC 4231 says (test case 2)', () => {
    const digest = new HmacSha256(Buffer.from('Jefe')).digest('what do ya want for nothing?');
    expect(Buffer.from(digest, 'latin1').toString('hex')).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
  });

  it('gives what the library gives, whatever the key and the message, one after the other', () => {
    assert(property(uint8Array({ maxLength: 64 }), string({ unit: 'binary', maxLength: 40 }), string({ unit: 'binary', maxLength: 40 }), (octets, first, second) => {
      const key = Buffer.from(octets);
      const hmac = new HmacSha256(key, 32);
      for (const message of [first, second, Buffer.from(second, 'utf16le')]) expect(hmac.digest(message)).toBe(createHmac('sha256', key).update(message).digest('binary'));
    }));
  });

  it('refuses a key that RFC 2104 would hash first', () => {
    expect(() => new HmacSha256(Buffer.alloc(65))).toThrow(RangeError);
  });
});
