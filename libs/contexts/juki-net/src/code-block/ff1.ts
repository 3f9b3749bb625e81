import { createCipheriv } from 'node:crypto';

/** Ten decimal digits are cut into two numbers of five (NIST SP 800-38G, 5.1). */
const HALF = 5;
const MODULUS = 100_000;
const ROUNDS = 10;
const BLOCK = 16;
/** Round and half stand in the last bytes of the last block: 1 + b of algorithm 7. It makes d, what is taken of each round, 8 bytes. */
const VARIED = 4;

/** A permutation of the texts of ten decimal digits. */
export type Permutation = (digits: string) => string;

/** FF1 encryption (NIST SP 800-38G, algorithm 7) for radix 10 and ten digits; the length of the key, 16 or 32 bytes, chooses the AES. */
export function ff1Encryption(key: Buffer, tweak: Buffer): Permutation {
  const cipher = createCipheriv(`aes-${key.length * 8}-ecb`, key, null);
  cipher.setAutoPadding(false);
  const filled = Buffer.alloc(Math.ceil((tweak.length + VARIED) / BLOCK) * BLOCK);
  tweak.copy(filled);
  // CBC-MAC of all that is the same in every round.
  const block = Buffer.of(1, 2, 1, 0, 0, 10, ROUNDS, HALF, 0, 0, 0, 2 * HALF, 0, 0, 0, tweak.length);
  for (let at = 0; at < filled.length; at += BLOCK) {
    cipher.update(block).copy(block);
    for (let index = 0; index < BLOCK; index += 1) block.writeUInt8(block.readUInt8(index) ^ filled.readUInt8(at + index), index);
  }
  const same = block.readUInt32BE(BLOCK - VARIED);
  return (digits) => {
    if (!/^\d{10}$/.test(digits)) throw new RangeError('FF1 permutes texts of ten digits');
    let [a, b] = [Number(digits.slice(0, HALF)), Number(digits.slice(HALF))];
    for (let round = 0; round < ROUNDS; round += 1) {
      block.writeUInt32BE((same ^ ((round << 24) | b)) >>> 0, BLOCK - VARIED);
      const mixed = Number(cipher.update(block).readBigUInt64BE() % BigInt(MODULUS));
      [a, b] = [b, (a + mixed) % MODULUS];
    }
    return String(a).padStart(HALF, '0') + String(b).padStart(HALF, '0');
  };
}
