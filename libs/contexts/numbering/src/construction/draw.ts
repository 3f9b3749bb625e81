import { randomBytes } from 'node:crypto';
import { candidateBodies } from './construction.js';

/** Successive candidate bodies for a resident code. */
export type Draw = (residentCode: string) => Iterator<string, void, void>;

/**
 * Draws by KIBAN-NUM-1 with a new salt for each line. The salt lives only as long as the line's candidates are in use: it is
 * never stored, so that no holder of the key can find the code of a number (番号法8条2項3号; NUM-4.4).
 */
export function drawWith(key: Buffer): Draw {
  return (residentCode) => candidateBodies(key, residentCode, randomBytes(16));
}
