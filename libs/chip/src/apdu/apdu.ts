/** A command to a card (ISO/IEC 7816-4 clause 5). */
export interface Command {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  readonly data: Buffer;
  /** How many octets are wanted at most, 1 to 65,536; undefined: none. */
  readonly le: number | undefined;
}

export interface Response {
  readonly data: Buffer;
  readonly sw: number;
}

/** Classes: of the standard, and own commands. */
export const CLA = { interindustry: 0x00, own: 0x80 } as const;

/** Instructions of ISO/IEC 7816-4 and 7816-8; those from 0xE0 on are our own. */
export const INS = {
  verify: 0x20,
  changeReferenceData: 0x24,
  performSecurityOperation: 0x2a,
  resetRetryCounter: 0x2c,
  generateKeyPair: 0x46,
  externalAuthenticate: 0x82,
  getChallenge: 0x84,
  select: 0xa4,
  readBinary: 0xb0,
  updateBinary: 0xd6,
  putSecret: 0xda,
  initialise: 0xe0,
  finishPersonalisation: 0xe2,
  bindSession: 0xe4,
  activate: 0xe6,
  readChipRecord: 0xe8,
  terminate: 0xea,
} as const;

const SHORT_DATA = 255;
const SHORT_LE = 256;
const MOST_DATA = 65_535;
export const MOST_LE = 65_536;

/** A command from its header; without data and wanting nothing unless told. */
export function command(header: readonly [cla: number, ins: number, p1: number, p2: number], data: Buffer = Buffer.alloc(0), le?: number): Command {
  const [cla, ins, p1, p2] = header;
  return { cla, ins, p1, p2, data, le };
}

/** Octets of a command: short form where it fits, else extended lengths. */
export function encodeCommand({ cla, ins, p1, p2, data, le }: Command): Buffer {
  const header = Buffer.of(cla, ins, p1, p2);
  if (data.length > MOST_DATA) throw new RangeError('data of a command are too long');
  if (data.length <= SHORT_DATA && (le ?? 0) <= SHORT_LE) {
    return Buffer.concat([header, data.length > 0 ? Buffer.of(data.length) : Buffer.alloc(0), data, le === undefined ? Buffer.alloc(0) : Buffer.of(le % SHORT_LE)]);
  }
  const lc = data.length > 0 ? two(data.length) : Buffer.alloc(0);
  return Buffer.concat([header, Buffer.of(0), lc, data, le === undefined ? Buffer.alloc(0) : two(le % MOST_LE)]);
}

/** Reads a command in any of its seven cases; undefined when its lengths contradict each other (answered 6700). */
export function parseCommand(octets: Buffer): Command | undefined {
  if (octets.length < 4) return undefined;
  const [cla, ins, p1, p2] = [octets.readUInt8(0), octets.readUInt8(1), octets.readUInt8(2), octets.readUInt8(3)];
  const body = octets.subarray(4);
  const lengths = body.length === 0 ? { data: body, le: undefined } : body.readUInt8(0) === 0 && body.length > 1 ? extended(body.subarray(1)) : short(body);
  return lengths === undefined ? undefined : { cla, ins, p1, p2, ...lengths };
}

type Lengths = Pick<Command, 'data' | 'le'>;

function short(body: Buffer): Lengths | undefined {
  const first = body.readUInt8(0);
  if (body.length === 1) return { data: body.subarray(1), le: first === 0 ? SHORT_LE : first };
  const rest = body.length - 1 - first;
  if (first === 0 || rest < 0 || rest > 1) return undefined;
  return { data: body.subarray(1, 1 + first), le: rest === 0 ? undefined : body.readUInt8(1 + first) || SHORT_LE };
}

function extended(body: Buffer): Lengths | undefined {
  if (body.length < 2) return undefined;
  const first = body.readUInt16BE(0);
  if (body.length === 2) return { data: body.subarray(2), le: first || MOST_LE };
  const rest = body.length - 2 - first;
  if (first === 0 || (rest !== 0 && rest !== 2)) return undefined;
  return { data: body.subarray(2, 2 + first), le: rest === 0 ? undefined : body.readUInt16BE(2 + first) || MOST_LE };
}

/** Octets of an answer: data, then the status word. */
export function encodeResponse({ data, sw }: Response): Buffer {
  return Buffer.concat([data, two(sw)]);
}

/** Throws RangeError for an answer without a status word. */
export function parseResponse(octets: Buffer): Response {
  return { data: octets.subarray(0, -2), sw: octets.readUInt16BE(octets.length - 2) };
}

function two(value: number): Buffer {
  const octets = Buffer.alloc(2);
  octets.writeUInt16BE(value);
  return octets;
}
