import { ff1Encryption } from './ff1.js';
import { isReserved } from './code-block.js';

/** Bodies of the pool by serial; undefined where the serial's body is never given out. */
export type CodePool = (serial: number) => string | undefined;

const TWEAK = Buffer.from('KIBAN-RCODE-1');
const ALL_ZERO = '0000000000';

/**
 * The ten random digits (住基法施行規則1条) of the code with this serial (JUKI-4.1): a permutation needs no search for doubles,
 * and without the key its order says nothing. Bodies of tests and training, and the all-zero one, are left out.
 */
export function codePool(key: Buffer): CodePool {
  const permute = ff1Encryption(key, TWEAK);
  return (serial) => {
    const body = permute(String(serial).padStart(10, '0'));
    return isReserved(body) || body === ALL_ZERO ? undefined : body;
  };
}
