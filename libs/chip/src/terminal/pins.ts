import { CLA, INS, command, encodeCommand, parseResponse } from '../apdu/apdu.js';
import { triesOf } from '../apdu/status-word.js';
import { SECRET_PLACE, type Secret } from '../card/layout.js';
import { pinFault, type Guessable, type PinFault, type PinKind } from '../pin.js';
import type { CardReader } from './card-reader.js';
import { select, sendSecret } from './channel.js';

/** A PIN that the rules do not allow (CARD-4.8); which one and why, never the PIN. */
export class PinRefused extends Error {
  override readonly name = 'PinRefused';

  constructor(
    readonly kind: PinKind,
    readonly fault: PinFault,
  ) {
    super(`the ${kind} PIN is refused: ${fault}`);
  }
}

export type ChosenPins = Readonly<Partial<Record<PinKind, Buffer>>>;

/** Tries left of a secret; asking uses none (CARD-4.8). */
export async function triesLeft(reader: CardReader, secret: Secret): Promise<number> {
  await select(reader, ...SECRET_PLACE[secret]);
  const { sw } = parseResponse(await reader.transmit(encodeCommand(command([CLA.interindustry, INS.verify, 0, 0x80]))));
  return triesOf(sw) ?? 0;
}

/** Proves a secret; its octets are overwritten. Throws CardFault PIN_WRONG with the tries left, or PIN_BLOCKED. */
export async function verifySecret(reader: CardReader, secret: Secret, octets: Buffer): Promise<void> {
  await sendSecret(reader, secret, [CLA.interindustry, INS.verify, 0], octets);
}

/** Sets PINs at the counter, which has proven itself; also what unlocks them. All are judged before any is set, and all are overwritten. Throws PinRefused. */
export async function setPins(reader: CardReader, pins: ChosenPins, guessable: Guessable): Promise<void> {
  const chosen = (['SIGN', 'AUTH', 'INPUT', 'JUKI'] as const).flatMap((kind) => (pins[kind] === undefined ? [] : [{ kind, octets: pins[kind] }]));
  try {
    for (const { kind, octets } of chosen) judge(kind, octets, guessable);
    for (const { kind, octets } of chosen) await sendSecret(reader, kind, [CLA.interindustry, INS.resetRetryCounter, 0x02], octets);
  } finally {
    for (const { octets } of chosen) octets.fill(0);
  }
}

/** Gives the tries of A or B back at the counter: their value comes from the face. */
export async function unlock(reader: CardReader, secret: 'A' | 'B'): Promise<void> {
  await sendSecret(reader, secret, [CLA.interindustry, INS.resetRetryCounter, 0x03], Buffer.alloc(0));
}

/** The holder changes a PIN; both are overwritten. */
export async function changePin(reader: CardReader, kind: PinKind, change: { readonly from: Buffer; readonly to: Buffer; readonly guessable: Guessable }): Promise<void> {
  try {
    judge(kind, change.to, change.guessable);
    await verifySecret(reader, kind, change.from);
    await sendSecret(reader, kind, [CLA.interindustry, INS.changeReferenceData, 0x01], change.to);
  } finally {
    change.from.fill(0);
    change.to.fill(0);
  }
}

function judge(kind: PinKind, pin: Buffer, guessable: Guessable): void {
  const fault = pinFault(kind, pin, guessable);
  if (fault !== undefined) throw new PinRefused(kind, fault);
}
