import { CLA, INS } from '../apdu/apdu.js';
import { uuidOctets } from '../card/chip-record.js';
import { PERSONAL_FILES, type KeyKind } from '../card/layout.js';
import { authenticate, counterKeyOf, type CardAuthority } from './authority.js';
import type { CardReader } from './card-reader.js';
import { own, readFile, send, sendSecret, writeFile } from './channel.js';
import { requestCertificate, writeCertificate } from './keys.js';
import { verifySecret } from './pins.js';

/** What a maker puts into a chip; the files in the order of `PERSONAL_FILES`: number image, face, number, four items, code. */
export interface Personalisation {
  readonly cardSerial: string;
  readonly counterMaster: Buffer;
  readonly numberA: Buffer;
  readonly numberB: Buffer;
  readonly files: readonly Buffer[];
}

/** Begins a blank chip: serial and own key. The public half (SubjectPublicKeyInfo DER) is what the ledger registers. May be repeated. */
export async function initialiseChip(reader: CardReader, maker: CardAuthority, { cardSerial, counterMaster }: Pick<Personalisation, 'cardSerial' | 'counterMaster'>): Promise<Buffer> {
  await authenticate(reader, maker, '');
  return send(reader, own(INS.initialise, Buffer.concat([Buffer.from(cardSerial, 'latin1'), counterKeyOf(counterMaster, cardSerial)])));
}

/** Key pairs in the chip and their PKCS#10 requests, for the kinds that are wished (ADR 0009). */
export async function requestCertificates(reader: CardReader, cardSerial: string, kinds: readonly KeyKind[]): Promise<ReadonlyMap<KeyKind, Buffer>> {
  const requests = new Map<KeyKind, Buffer>();
  for (const kind of kinds) requests.set(kind, await requestCertificate(reader, kind, cardSerial));
  return requests;
}

/** Writes everything and ends the maker's power over the chip. */
export async function personalise(reader: CardReader, maker: CardAuthority, data: Personalisation, certificates: ReadonlyMap<KeyKind, Parameters<typeof writeCertificate>[2]>): Promise<void> {
  await authenticate(reader, maker, '');
  await sendSecret(reader, 'A', [CLA.own, INS.putSecret, 0], data.numberA);
  await sendSecret(reader, 'B', [CLA.own, INS.putSecret, 0], data.numberB);
  for (const [index, place] of PERSONAL_FILES.entries()) await writeFile(reader, place, data.files[index] ?? Buffer.alloc(0));
  for (const [kind, written] of certificates) await writeCertificate(reader, kind, written);
  await send(reader, own(INS.finishPersonalisation));
}

/** The face with the picture, shown to whoever has the card's face before him: by verification number B, which is overwritten (CARD-4.8). */
export async function readFace(reader: CardReader, numberB: Buffer): Promise<Buffer> {
  await verifySecret(reader, 'B', numberB);
  return readFile(reader, 'FACE_AP', 0x0002);
}

/** The text of the four items, by the PIN of INPUT_AP, which is overwritten. */
export async function readFourItems(reader: CardReader, pin: Buffer): Promise<Buffer> {
  await verifySecret(reader, 'INPUT', pin);
  return readFile(reader, 'INPUT_AP', 0x0002);
}

/** The chip's signed record of itself; anybody may ask. */
export async function readChipRecord(reader: CardReader): Promise<Buffer> {
  return send(reader, own(INS.readChipRecord));
}

/** The serial that a chip says it has; only its signed record proves it. */
export async function readSerial(reader: CardReader): Promise<string> {
  return (await readChipRecord(reader)).toString('latin1', 4, 20);
}

/** Binds the chip to a hand-over session (or to the question of one): none before it can activate the chip any more. Answers the record. */
export async function bindSession(reader: CardReader, sessionId: string): Promise<Buffer> {
  return send(reader, own(INS.bindSession, uuidOctets(sessionId)));
}

/** Activates the chip for the session it is bound to; the record is what the ledger wants (CARD-4.7 step 5). May be repeated. */
export async function activateChip(reader: CardReader, sessionId: string): Promise<Buffer> {
  return send(reader, own(INS.activate, uuidOctets(sessionId)));
}

/** Ends the chip for good: abolished or withheld. Answers the record. */
export async function terminateChip(reader: CardReader): Promise<Buffer> {
  return send(reader, own(INS.terminate));
}
