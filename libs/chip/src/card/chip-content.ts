import { TRIES, type KeyKind, type Secret } from './layout.js';
import { UNSET, type StoredSecret } from './try-counter.js';
import type { ChipState } from './chip-record.js';

/** Everything a chip keeps; octets as base64, keys as PKCS#8. */
export interface ChipContent {
  readonly state: ChipState;
  readonly cardSerial: string;
  /** Proves the maker while the chip is blank. */
  readonly makerKey: string;
  /** Proves a counter; its own for each card. */
  readonly counterKey: string;
  /** Signs the records of the chip. */
  readonly chipKey: string;
  readonly bound: string | undefined;
  readonly activated: string | undefined;
  readonly counter: number;
  readonly secrets: Readonly<Record<Secret, StoredSecret>>;
  /** By application and identifier. */
  readonly files: Readonly<Record<string, string>>;
  readonly keys: Readonly<Partial<Record<KeyKind, string>>>;
  /** Made, not yet certified; takes the place of the key when its certificate is written. */
  readonly pending: Readonly<Partial<Record<KeyKind, string>>>;
}

const NO_SECRETS: ChipContent['secrets'] = { SIGN: UNSET, AUTH: UNSET, INPUT: UNSET, JUKI: UNSET, ORDINANCE: UNSET, A: UNSET, B: UNSET };

/** A chip as it comes to the maker. */
export function blankChip(makerKey: Buffer): ChipContent {
  const nothing = { cardSerial: '', counterKey: '', chipKey: '', bound: undefined, activated: undefined, counter: 0, files: {}, keys: {}, pending: {} };
  return { state: 'BLANK', makerKey: makerKey.toString('base64'), secrets: NO_SECRETS, ...nothing };
}

/** A chip that has ended: it only tells so; keys, secrets and data are gone. */
export function terminatedChip(chip: ChipContent): ChipContent {
  return { ...chip, state: 'TERMINATED', makerKey: '', counterKey: '', secrets: NO_SECRETS, files: {}, keys: {}, pending: {}, counter: chip.counter + 1 };
}

/** The secret with a new value and all its tries. */
export function withSecret({ secrets }: ChipContent, secret: Secret, value: Buffer): Pick<ChipContent, 'secrets'> {
  return { secrets: { ...secrets, [secret]: { value: value.toString('base64'), left: TRIES[secret] } } };
}

export function encodeContent(chip: ChipContent): Buffer {
  return Buffer.from(JSON.stringify(chip), 'utf8');
}

/** Only this module wrote it, and the memory checks its digest. */
export function decodeContent(octets: Buffer): ChipContent {
  return JSON.parse(octets.toString('utf8'));
}
