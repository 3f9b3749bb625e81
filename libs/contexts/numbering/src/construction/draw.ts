import { candidateBodies, SALT_BYTES, type DrawKey } from './construction.js';

/** Successive candidate bodies for a resident code. */
export type Draw = (residentCode: string) => Iterator<string, void, void>;

/** Salts of one call to the key store. */
const DRAWN_AT_ONCE = 512;

/**
 * Draws by KIBAN-NUM-1 with a new salt for each line. A salt lives in memory only, until its line's candidates end or are returned:
 * never stored, so that no holder of the key can find the code of a number (番号法8条2項3号; NUM-4.4). `fill` fills a block with salts.
 */
export function drawWith(key: DrawKey, fill: (block: Buffer) => Buffer): Draw {
  let salts: Buffer = Buffer.alloc(0);
  return (residentCode) => {
    // A new block each time: the lines that are still drawing keep theirs.
    if (salts.length === 0) salts = fill(Buffer.allocUnsafeSlow(SALT_BYTES * DRAWN_AT_ONCE));
    const salt = salts.subarray(0, SALT_BYTES);
    salts = salts.subarray(SALT_BYTES);
    return candidateBodies(key, residentCode, salt);
  };
}
