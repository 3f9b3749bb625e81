import { timingSafeEqual } from 'node:crypto';
import type { Command, Response } from '../apdu/apdu.js';
import { SW, triesLeftWord } from '../apdu/status-word.js';
import { hasForm } from '../pin.js';
import { CardRefusal, type Chip } from './chip.js';
import { withSecret } from './chip-content.js';
import type { Secret } from './layout.js';
import { afterMatch, afterTry, triesShown, type StoredSecret } from './try-counter.js';

const DONE: Response = { data: Buffer.alloc(0), sw: SW.ok };
/** The current file is meant, whatever its number. */
const CURRENT = 0x80;
const NEW_VALUE_ONLY = 0x01;
const WITH_NEW_VALUE = 0x02;
const COUNTER_ONLY = 0x03;

/** VERIFY against the current secret: 63Cx with x tries left, 6984 when blocked. Without data it tells the tries and uses none (CARD-4.8). */
export function verify(chip: Chip, { p2, data }: Command): Response {
  const name = currentSecret(chip, p2);
  const secret = chip.content.secrets[name];
  if (data.length === 0) return { data, sw: triesShown(secret) === 0 ? SW.referenceDataBlocked : triesLeftWord(secret.left) };
  chip.verified.delete(name);
  const tried = afterTry(secret);
  if (tried === undefined) throw new CardRefusal(SW.referenceDataBlocked);
  keep(chip, name, tried);
  if (!isEqual(data, secret)) throw new CardRefusal(triesLeftWord(tried.left));
  keep(chip, name, afterMatch(name, tried));
  chip.verified.add(name);
  return DONE;
}

/** CHANGE REFERENCE DATA: a new value after the old one was verified. */
export function changeReferenceData(chip: Chip, { p1, p2, data }: Command): Response {
  const name = currentSecret(chip, p2);
  if (p1 !== NEW_VALUE_ONLY) throw new CardRefusal(SW.wrongParameters);
  if (!chip.verified.has(name)) throw new CardRefusal(SW.securityNotSatisfied);
  set(chip, name, data);
  return DONE;
}

/** RESET RETRY COUNTER by a counter: with a new value, or the tries alone. A and B come from the face and keep their value. */
export function resetRetryCounter(chip: Chip, { p1, p2, data }: Command): Response {
  const name = currentSecret(chip, p2);
  chip.require('COUNTER');
  chip.requireState('PERSONALISED', 'ACTIVATED');
  const secret = chip.content.secrets[name];
  if (p1 === WITH_NEW_VALUE && name !== 'A' && name !== 'B') set(chip, name, data);
  else if (p1 !== COUNTER_ONLY) throw new CardRefusal(SW.wrongParameters);
  else if (secret.value === undefined) throw new CardRefusal(SW.conditionsNotSatisfied);
  else keep(chip, name, afterMatch(name, secret));
  return DONE;
}

/** The maker puts in what is derived from the face. */
export function putSecret(chip: Chip, { p2, data }: Command): Response {
  const name = currentSecret(chip, p2);
  chip.require('MAKER');
  chip.requireState('BLANK');
  set(chip, name, data);
  return DONE;
}

function currentSecret(chip: Chip, p2: number): Secret {
  const { ef } = chip.current();
  if (p2 !== CURRENT) throw new CardRefusal(SW.wrongParameters);
  if (ef.kind !== 'SECRET') throw new CardRefusal(SW.conditionsNotSatisfied);
  return ef.secret;
}

function set(chip: Chip, name: Secret, value: Buffer): void {
  if (!hasForm(name, value)) throw new CardRefusal(SW.wrongData);
  chip.keep(withSecret(chip.content, name, value));
  chip.verified.delete(name);
}

function keep(chip: Chip, name: Secret, secret: StoredSecret): void {
  chip.keep({ secrets: { ...chip.content.secrets, [name]: secret } });
}

function isEqual(presented: Buffer, { value }: StoredSecret): boolean {
  const stored = Buffer.from(value ?? '', 'base64');
  return presented.length === stored.length && timingSafeEqual(presented, stored);
}
