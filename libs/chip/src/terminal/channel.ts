import { CLA, INS, MOST_LE, command, encodeCommand, parseResponse, type Command, type Response } from '../apdu/apdu.js';
import { SW, triesOf } from '../apdu/status-word.js';
import { APPLICATIONS, SECRET_PLACE, type Application, type Secret } from '../card/layout.js';
import { CardFault, type CardFaultCode, type CardReader } from './card-reader.js';

const NONE = Buffer.alloc(0);
const CODES: ReadonlyMap<number, CardFaultCode> = new Map([[SW.securityNotSatisfied, 'NOT_AUTHORISED'], [SW.fileNotFound, 'NOT_FOUND'], [SW.terminated, 'TERMINATED']]);

/** The data of the answer; throws CardFault for any status word but 9000 and 6282. */
export async function send(reader: CardReader, sent: Command): Promise<Buffer> {
  const { data, sw } = await exchange(reader, sent);
  if (sw !== SW.ok && sw !== SW.endOfFile) throw faultOf(sw);
  return data;
}

async function exchange(reader: CardReader, sent: Command): Promise<Response> {
  const octets = encodeCommand(sent);
  try {
    return parseResponse(await reader.transmit(octets));
  } finally {
    // A PIN is in here, once more.
    octets.fill(0);
  }
}

function faultOf(sw: number): CardFault {
  const left = triesOf(sw);
  if (left !== undefined) return new CardFault(left === 0 ? 'PIN_BLOCKED' : 'PIN_WRONG', sw, left);
  return new CardFault(CODES.get(sw) ?? 'REFUSED', sw);
}

/** An own command without a file. */
export function own(ins: number, data: Buffer = NONE, le: number = MOST_LE): Command {
  return command([CLA.own, ins, 0, 0], data, le);
}

/** Selects an application, and a file in it. */
export async function select(reader: CardReader, application: Application, ef?: number): Promise<void> {
  await send(reader, command([CLA.interindustry, INS.select, 0x04, 0x0c], Buffer.from(APPLICATIONS[application], 'hex')));
  if (ef !== undefined) await send(reader, command([CLA.interindustry, INS.select, 0x02, 0x0c], Buffer.of(ef >> 8, ef & 0xff)));
}

/** The whole content of a file. */
export async function readFile(reader: CardReader, application: Application, ef: number): Promise<Buffer> {
  await select(reader, application, ef);
  return send(reader, command([CLA.interindustry, INS.readBinary, 0, 0], NONE, MOST_LE));
}

/** Writes a whole file. */
export async function writeFile(reader: CardReader, place: readonly [Application, number], content: Buffer): Promise<void> {
  await select(reader, ...place);
  await send(reader, command([CLA.interindustry, INS.updateBinary, 0, 0], content));
}

/** Sends a command about a secret, of the current file; its octets are overwritten afterwards, whatever happens. */
export async function sendSecret(reader: CardReader, secret: Secret, header: readonly [cla: number, ins: number, p1: number], octets: Buffer): Promise<void> {
  try {
    await select(reader, ...SECRET_PLACE[secret]);
    await send(reader, command([...header, 0x80], octets));
  } finally {
    octets.fill(0);
  }
}
