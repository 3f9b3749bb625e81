import { closeSync, constants, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { SLOT_LENGTH, type Nvm } from './slot-memory.js';

/** The power was cut: whatever had been asked of the card has no answer. */
export class PowerLoss extends Error {
  override readonly name = 'PowerLoss';
}

/** Memory of a chip in this process. For tests it can lose power after a number of written octets. */
export class MemoryNvm implements Nvm {
  private readonly octets = Buffer.alloc(2 * SLOT_LENGTH);
  private left = Number.POSITIVE_INFINITY;

  /** Power goes after so many more octets; infinity gives it back. */
  cutAfter(octets: number): void {
    this.left = octets;
  }

  read(offset: number, length: number): Buffer {
    return Buffer.from(this.octets.subarray(offset, offset + length));
  }

  write(offset: number, octets: Buffer): void {
    const written = octets.subarray(0, Math.min(octets.length, this.left));
    written.copy(this.octets, offset);
    this.left -= written.length;
    if (written.length < octets.length || this.left === 0) throw new PowerLoss();
  }
}

/** Memory of a chip in a file that only its owner reads. */
export class FileNvm implements Nvm {
  constructor(private readonly path: string) {}

  read(offset: number, length: number): Buffer {
    const octets = Buffer.alloc(length);
    this.with((file) => readSync(file, octets, 0, length, offset));
    return octets;
  }

  write(offset: number, octets: Buffer): void {
    this.with((file) => {
      for (let done = 0; done < octets.length;) done += writeSync(file, octets, done, octets.length - done, offset + done);
      fsyncSync(file);
    });
  }

  private with(work: (file: number) => void): void {
    const file = openSync(this.path, constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      work(file);
    } finally {
      closeSync(file);
    }
  }
}
