import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SW } from '../apdu/status-word.js';
import type { CardMemory } from '../memory/slot-memory.js';
import { decodeContent, encodeContent, type ChipContent } from './chip-content.js';
import { FILES, type Application, type Ef, type Secret } from './layout.js';

/** A command is answered with a status word and without data. */
export class CardRefusal extends Error {
  override readonly name = 'CardRefusal';

  constructor(readonly sw: number) {
    super(`card answers ${sw.toString(16)}`);
  }
}

export type Role = 'MAKER' | 'COUNTER';

/** What commands work on: the kept content, and what is forgotten with the power. */
export class Chip {
  application: Application | undefined;
  readonly verified = new Set<Secret>();
  role: Role | undefined;
  challenge: Buffer | undefined;
  private ef: number | undefined;
  private kept: ChipContent;

  /** Throws for a memory that holds no chip. */
  constructor(private readonly memory: CardMemory) {
    const value = memory.read();
    if (value === undefined) throw new Error('the memory holds no chip');
    this.kept = decodeContent(value);
  }

  get content(): ChipContent {
    return this.kept;
  }

  /** Kept when this returns; what follows may be answered. */
  keep(change: Partial<ChipContent>): void {
    const content = { ...this.kept, ...change };
    this.memory.write(encodeContent(content));
    this.kept = content;
  }

  selectApplication(application: Application): void {
    // What was proven to one application stays proven to the others until the power goes: A and B are shared, PINs have their own.
    this.application = application;
    this.ef = undefined;
  }

  selectFile(ef: number): void {
    if (this.application === undefined || FILES[this.application][ef] === undefined) throw new CardRefusal(SW.fileNotFound);
    this.ef = ef;
  }

  /** The current file; refuses 6986. */
  current(): { readonly ef: Ef; readonly place: string } {
    const ef = this.application === undefined || this.ef === undefined ? undefined : FILES[this.application][this.ef];
    if (ef === undefined) throw new CardRefusal(SW.noCurrentFile);
    return { ef, place: placeOf(this.application ?? '', this.ef ?? 0) };
  }

  /** Refuses 6982 unless one of the roles has proven itself. */
  require(...roles: Role[]): void {
    if (this.role === undefined || !roles.includes(this.role)) throw new CardRefusal(SW.securityNotSatisfied);
  }

  /** Refuses 6985 unless the chip is in one of the states. */
  requireState(...states: ChipContent['state'][]): void {
    if (!states.includes(this.kept.state)) throw new CardRefusal(SW.conditionsNotSatisfied);
  }
}

export function placeOf(application: string, ef: number): string {
  return `${application}/${ef.toString(16)}`;
}

/** A kept private key. */
export function keyOf(pkcs8: string): KeyObject {
  return createPrivateKey({ key: Buffer.from(pkcs8, 'base64'), format: 'der', type: 'pkcs8' });
}

export function pkcs8Of(key: KeyObject): string {
  return key.export({ format: 'der', type: 'pkcs8' }).toString('base64');
}
