import { createHash } from 'node:crypto';

/** Octets that survive loss of power; a write may end after any octet. */
export interface Nvm {
  read(offset: number, length: number): Buffer;
  write(offset: number, octets: Buffer): void;
}

/** What a chip keeps, as one value. */
export interface CardMemory {
  /** The value written last; undefined for a new chip. */
  read(): Buffer | undefined;
  /** When this returns the value is kept; when power is lost before, the former one is. */
  write(value: Buffer): void;
}

const HEADER = 40;
export const SLOT_LENGTH = 65_536;

/** Two slots written in turn: sequence, length, SHA-256, value. The valid one with the higher sequence counts, so that a torn write changes nothing. */
export class SlotMemory implements CardMemory {
  constructor(private readonly nvm: Nvm) {}

  read(): Buffer | undefined {
    return this.newest()?.value;
  }

  write(value: Buffer): void {
    if (value.length > SLOT_LENGTH - HEADER) throw new RangeError('the chip is full');
    const sequence = (this.newest()?.sequence ?? 0) + 1;
    const numbers = Buffer.alloc(8);
    numbers.writeUInt32BE(sequence, 0);
    numbers.writeUInt32BE(value.length, 4);
    this.nvm.write((sequence % 2) * SLOT_LENGTH, Buffer.concat([numbers, digest(numbers, value), value]));
  }

  private newest(): Slot | undefined {
    const [even, odd] = [this.slot(0), this.slot(1)];
    return even !== undefined && (odd === undefined || even.sequence > odd.sequence) ? even : odd;
  }

  private slot(index: number): Slot | undefined {
    const header = this.nvm.read(index * SLOT_LENGTH, HEADER);
    const [sequence, length] = [header.readUInt32BE(0), header.readUInt32BE(4)];
    if (sequence === 0 || length > SLOT_LENGTH - HEADER) return undefined;
    const value = this.nvm.read(index * SLOT_LENGTH + HEADER, length);
    return digest(header.subarray(0, 8), value).equals(header.subarray(8)) ? { sequence, value } : undefined;
  }
}

interface Slot {
  readonly sequence: number;
  readonly value: Buffer;
}

function digest(numbers: Buffer, value: Buffer): Buffer {
  return createHash('sha256').update(numbers).update(value).digest();
}
