import { createHash } from 'node:crypto';

/** Prefixes that keep a leaf from passing for a node (RFC 6962 section 2.1). */
const LEAF = Buffer.from([0x00]);
const NODE = Buffer.from([0x01]);

function sha256(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** What a job keeps of a tree between two steps. */
export interface TreeState {
  readonly leaves: number;
  /** Roots of the perfect subtrees from the left, hex: one for each bit of `leaves`. */
  readonly peaks: readonly string[];
}

export const EMPTY_TREE: TreeState = { leaves: 0, peaks: [] };

/**
 * The Merkle tree of RFC 6962 section 2.1 over leaves that come one by one: `H(0x00 || leaf)`, `H(0x01 || left || right)`, the left side
 * of each split as large a power of two as fits; of no leaf the hash of nothing. It holds a hash for each bit of the number of leaves.
 */
export class MerkleTree {
  #leaves: number;
  readonly #peaks: Buffer[];

  constructor({ leaves, peaks }: TreeState = EMPTY_TREE) {
    this.#leaves = leaves;
    this.#peaks = peaks.map((peak) => Buffer.from(peak, 'hex'));
  }

  add(leaf: Buffer): void {
    let hash = sha256(LEAF, leaf);
    for (let size = this.#leaves; size % 2 === 1; size = (size - 1) / 2) hash = sha256(NODE, this.#peaks.pop() ?? Buffer.alloc(0), hash);
    this.#peaks.push(hash);
    this.#leaves += 1;
  }

  get state(): TreeState {
    return { leaves: this.#leaves, peaks: this.#peaks.map((peak) => peak.toString('hex')) };
  }

  root(): Buffer {
    const [last, ...others] = this.#peaks.toReversed();
    return last === undefined ? sha256() : others.reduce((right, left) => sha256(NODE, left, right), last);
  }
}

/**
 * A serial number as a leaf of the tree of a migration (JPKI-4.12): the content octets of its DER INTEGER. `octets` is the unsigned
 * number, with or without leading zeros.
 */
export function serialLeaf(octets: Buffer): Buffer {
  const first = octets.findIndex((octet) => octet !== 0);
  const significant = first < 0 ? Buffer.from([0]) : octets.subarray(first);
  return (significant[0] ?? 0) < 0x80 ? significant : Buffer.concat([LEAF, significant]);
}
