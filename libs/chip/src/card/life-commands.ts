import { createHmac, createPublicKey, generateKeyPairSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Command, Response } from '../apdu/apdu.js';
import { SW } from '../apdu/status-word.js';
import { CardRefusal, keyOf, pkcs8Of, placeOf, type Chip } from './chip.js';
import { terminatedChip, type ChipContent } from './chip-content.js';
import { signChipRecord, uuidOf } from './chip-record.js';
import { JPKI_PLACE, PERSONAL_FILES, type KeyKind } from './layout.js';

const CHALLENGE = 16;
const ANSWER = 16;
const SERIAL = 16;
const COUNTER_KEY = 32;
const MAKER = 0x01;

/** A challenge for the proof of a maker or a counter; good for one answer. */
export function getChallenge(chip: Chip, { le }: Command): Response {
  if (le !== CHALLENGE) throw new CardRefusal(SW.wrongLength);
  chip.challenge = randomBytes(CHALLENGE);
  return { data: chip.challenge, sw: SW.ok };
}

/** EXTERNAL AUTHENTICATE of a maker (P2 01) or counter (P2 02): `proofOf` the challenge. */
export function externalAuthenticate(chip: Chip, { p2, data }: Command): Response {
  const { challenge, content } = chip;
  chip.challenge = undefined;
  chip.role = undefined;
  const key = Buffer.from(p2 === MAKER ? content.makerKey : content.counterKey, 'base64');
  if (challenge === undefined || key.length === 0) throw new CardRefusal(SW.conditionsNotSatisfied);
  if (data.length !== ANSWER || !timingSafeEqual(data, proofOf(key, challenge))) throw new CardRefusal(SW.securityNotSatisfied);
  chip.role = p2 === MAKER ? 'MAKER' : 'COUNTER';
  return { data: Buffer.alloc(0), sw: SW.ok };
}

/** The first 16 octets of HMAC-SHA256 over the challenge. */
export function proofOf(key: Buffer, challenge: Buffer): Buffer {
  return createHmac('sha256', key).update(challenge).digest().subarray(0, ANSWER);
}

/** Gives the blank chip its serial and counter key and makes its own key, which never leaves it; answers the public half (SubjectPublicKeyInfo DER). Once. */
export function initialise(chip: Chip, { data }: Command): Response {
  chip.require('MAKER');
  chip.requireState('BLANK');
  if (data.length !== SERIAL + COUNTER_KEY) throw new CardRefusal(SW.wrongLength);
  const [cardSerial, counterKey] = [data.toString('latin1', 0, SERIAL), data.toString('base64', SERIAL)];
  if (!/^[0-9A-Z]{16}$/.test(cardSerial)) throw new CardRefusal(SW.wrongData);
  const { content } = chip;
  if (content.cardSerial !== '' && content.cardSerial !== cardSerial) throw new CardRefusal(SW.conditionsNotSatisfied);
  if (content.chipKey === '') chip.keep({ cardSerial, counterKey, chipKey: pkcs8Of(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey) });
  return { data: createPublicKey(keyOf(chip.content.chipKey)).export({ format: 'der', type: 'spki' }), sw: SW.ok };
}

/** The chip leaves the maker: its data are there, and the maker's key is worth nothing any more. */
export function finishPersonalisation(chip: Chip): Response {
  chip.require('MAKER');
  chip.requireState('BLANK');
  const { content } = chip;
  const isWhole = content.chipKey !== '' && content.secrets.A.value !== undefined && content.secrets.B.value !== undefined && PERSONAL_FILES.every(([application, ef]) => content.files[placeOf(application, ef)] !== undefined);
  if (!isWhole) throw new CardRefusal(SW.conditionsNotSatisfied);
  chip.keep({ state: 'PERSONALISED', makerKey: '' });
  chip.role = undefined;
  return { data: Buffer.alloc(0), sw: SW.ok };
}

/** Binds the chip to a hand-over or to the question of one: whatever it was bound to before can activate it no more. Answers the chip record. */
export function bindSession(chip: Chip, { data }: Command): Response {
  chip.require('COUNTER');
  chip.requireState('PERSONALISED', 'ACTIVATED');
  const bound = sessionOf(data);
  if (bound !== chip.content.bound) chip.keep({ bound, counter: chip.content.counter + 1 });
  return readChipRecord(chip);
}

/** Activates the chip for the session it is bound to; its PINs must be set. Repeating it answers the same record. */
export function activate(chip: Chip, { data }: Command): Response {
  chip.require('COUNTER');
  chip.requireState('PERSONALISED', 'ACTIVATED');
  const { content } = chip;
  const session = sessionOf(data);
  if (session !== content.bound || !pinsAreSet(content)) throw new CardRefusal(SW.conditionsNotSatisfied);
  if (content.activated !== session) chip.keep({ state: 'ACTIVATED', activated: session, counter: content.counter + 1 });
  return readChipRecord(chip);
}

function pinsAreSet({ secrets, files }: ChipContent): boolean {
  const kinds: readonly KeyKind[] = ['SIGN', 'AUTH'];
  const certified = kinds.filter((kind) => files[placeOf('JPKI_AP', JPKI_PLACE[kind].certificate)] !== undefined);
  return (['INPUT', 'JUKI', ...certified] as const).every((name) => secrets[name].value !== undefined);
}

function sessionOf(data: Buffer): string {
  const session = data.length === 16 ? uuidOf(data) : undefined;
  if (session === undefined) throw new CardRefusal(SW.wrongData);
  return session;
}

/** The chip's signed word on itself; anybody may read it. */
export function readChipRecord({ content }: Chip): Response {
  if (content.chipKey === '') throw new CardRefusal(SW.conditionsNotSatisfied);
  return { data: signChipRecord(content, keyOf(content.chipKey)), sw: SW.ok };
}

/** Ends the chip for good. */
export function terminate(chip: Chip): Response {
  chip.require('COUNTER');
  chip.keep(terminatedChip(chip.content));
  chip.role = undefined;
  chip.verified.clear();
  return readChipRecord(chip);
}
