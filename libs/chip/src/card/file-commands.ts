import { X509Certificate, createPublicKey } from 'node:crypto';
import { MOST_LE, type Command, type Response } from '../apdu/apdu.js';
import { SW } from '../apdu/status-word.js';
import { CardRefusal, keyOf, type Chip } from './chip.js';
import type { ChipContent } from './chip-content.js';
import { APPLICATIONS, type Application, type Ef, type KeyKind } from './layout.js';

const DONE: Response = { data: Buffer.alloc(0), sw: SW.ok };
const BY_AID = 0x04;
const BY_FILE = 0x02;

/** SELECT an application by its AID or an elementary file by its identifier. */
export function select(chip: Chip, { p1, data }: Command): Response {
  if (p1 === BY_AID) {
    const aid = data.toString('hex').toUpperCase();
    const found = Object.keys(APPLICATIONS).find((name): name is Application => isApplication(name) && APPLICATIONS[name] === aid);
    if (found === undefined) throw new CardRefusal(SW.fileNotFound);
    chip.selectApplication(found);
  } else if (p1 === BY_FILE && data.length === 2) {
    chip.selectFile(data.readUInt16BE());
  } else {
    throw new CardRefusal(SW.wrongParameters);
  }
  return DONE;
}

function isApplication(name: string): name is Application {
  return Object.hasOwn(APPLICATIONS, name);
}

/** READ BINARY of the current file from an offset; 6282 when it ends before what was wanted. */
export function readBinary(chip: Chip, { p1, p2, le = 0 }: Command): Response {
  const { ef, place } = chip.current();
  if (ef.kind !== 'DATA') throw new CardRefusal(SW.conditionsNotSatisfied);
  if (!mayRead(chip, ef)) throw new CardRefusal(SW.securityNotSatisfied);
  const stored = chip.content.files[place];
  if (stored === undefined) throw new CardRefusal(SW.fileNotFound);
  const content = Buffer.from(stored, 'base64');
  const offset = p1 * 256 + p2;
  if (p1 >= 0x80 || offset > content.length) throw new CardRefusal(SW.wrongOffset);
  const data = content.subarray(offset, offset + le);
  return { data, sw: data.length < le && le < MOST_LE ? SW.endOfFile : SW.ok };
}

/** The counter compares certificates with keys without the holder's PIN. */
function mayRead(chip: Chip, ef: Ef & { kind: 'DATA' }): boolean {
  return ef.readers.length === 0 || ef.readers.some((secret) => chip.verified.has(secret)) || (ef.certificateOf !== undefined && chip.role !== undefined);
}

/** UPDATE BINARY of a whole file in one command, so that no half of it is ever kept. A certificate brings its key into use. */
export function updateBinary(chip: Chip, { p1, p2, data }: Command): Response {
  const { ef, place } = chip.current();
  if (ef.kind !== 'DATA') throw new CardRefusal(SW.conditionsNotSatisfied);
  if (chip.content.state === 'BLANK') chip.require('MAKER');
  else if (ef.certificateOf !== undefined || ef.authorityOf !== undefined) chip.require('COUNTER');
  else throw new CardRefusal(SW.securityNotSatisfied);
  if (p1 !== 0 || p2 !== 0) throw new CardRefusal(SW.wrongOffset);
  if (data.length === 0) throw new CardRefusal(SW.wrongLength);
  const files = { ...chip.content.files, [place]: data.toString('base64') };
  chip.keep({ files, ...(ef.certificateOf === undefined ? {} : keysWith(chip.content, ef.certificateOf, data)) });
  return DONE;
}

/** The keys once this certificate is there; refuses 6A80 for a certificate of neither the new nor the present key. */
function keysWith({ keys, pending }: ChipContent, kind: KeyKind, der: Buffer): Partial<ChipContent> {
  const certified = spkiOf(der);
  const [present, made] = [keys[kind], pending[kind]];
  if (made !== undefined && publicOf(made).equals(certified)) return { keys: { ...keys, [kind]: made }, pending: { ...pending, [kind]: undefined } };
  if (present !== undefined && publicOf(present).equals(certified)) return {};
  throw new CardRefusal(SW.wrongData);
}

function spkiOf(der: Buffer): Buffer {
  try {
    return new X509Certificate(der).publicKey.export({ format: 'der', type: 'spki' });
  } catch {
    throw new CardRefusal(SW.wrongData);
  }
}

/** SubjectPublicKeyInfo DER of a kept key. */
export function publicOf(pkcs8: string): Buffer {
  return createPublicKey(keyOf(pkcs8)).export({ format: 'der', type: 'spki' });
}
