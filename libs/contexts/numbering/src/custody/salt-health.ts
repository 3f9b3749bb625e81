import { SALT_BYTES } from '../construction/construction.js';

/** REPETITION: an octet again and again; PROPORTION: an octet too often; RECURRENCE: a whole salt for a second time. */
export type SaltFault = 'REPETITION' | 'PROPORTION' | 'RECURRENCE';

/**
 * Cut-offs for octets of full entropy with a false alarm of 2^-64, so that the two thousand million octets of the mass numbering
 * raise none: 1 + 64/8 equal octets, and 1 + the critical number of 512 at a chance of 1/256.
 */
const REPEATED = 9;
const WINDOW = 512;
const TOO_MANY = 26;

/** The continuous tests of NIST SP 800-90B 4.4 over a generator's output, and a look for a salt that comes back. */
export class SaltHealth {
  private last = -1;
  private run = 0;
  private first = -1;
  private seen = 0;
  private left = 0;
  private marker = Buffer.alloc(0);

  /** Tests a block of salts before any of them is used. */
  check(block: Buffer): SaltFault | undefined {
    return this.octetFault(block) ?? this.recurrence(block);
  }

  /** In local variables: it looks at sixteen octets a salt. */
  private octetFault(block: Buffer): SaltFault | undefined {
    let { last, run, first, seen, left } = this;
    for (let index = 0; index < block.length; index += 1) {
      const octet = block[index] ?? -1;
      run = octet === last ? run + 1 : 1;
      if (run >= REPEATED) return 'REPETITION';
      last = octet;
      if (left === 0) {
        first = octet;
        seen = 0;
        left = WINDOW;
      }
      left -= 1;
      if (octet === first && ++seen >= TOO_MANY) return 'PROPORTION';
    }
    Object.assign(this, { last, run, first, seen, left });
    return undefined;
  }

  /** A generator that goes round brings the marker again; each block has its own marker, and is held against the one before as well. */
  private recurrence(block: Buffer): SaltFault | undefined {
    const marker = Buffer.from(block.subarray(0, SALT_BYTES));
    const comesBack = this.marker.length > 0 && block.includes(this.marker);
    this.marker = marker;
    return comesBack || block.includes(marker, 1) ? 'RECURRENCE' : undefined;
  }
}
