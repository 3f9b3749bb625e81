import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type ParsedCertificate, type ParsedCrl, PkiError, parseCertificate, parseCrl, pemBlocksOf } from '#pki';
import { usageFault } from './command-fault.js';

/** The largest list of revocations of a whole nation is smaller. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;
const MAX_KEPT_BYTES = 64 * 1024 * 1024;
const MAX_KEPT_FILES = 4_096;
/** The clock of a file system moves by steps: a file that changed just before it was read may change again unseen. */
const STEP_MS = 50;

/** Labels of RFC 7468, with those that it lets readers take as well. */
const CERTIFICATE = ['CERTIFICATE', 'X509 CERTIFICATE', 'X.509 CERTIFICATE'];
const CRL = ['X509 CRL', 'CRL'];

/** What stands at one place of a file, or why it is not what was sought. */
export type Read<T> = T | PkiError;

interface Kept {
  readonly stamp: string;
  readonly readAt: number;
  readonly bytes: Buffer;
  certificates?: readonly Read<ParsedCertificate>[];
  crls?: readonly Read<ParsedCrl>[];
}

/** One object of a file: its octets, with the label when the file is PEM; undefined octets are a block that is broken. */
export interface FilePart {
  readonly label?: string;
  readonly der: Buffer | undefined;
}

/** Octets of a regular file of bearable size; a fault of usage when it cannot be read. */
export function readBytes(path: string): Buffer {
  return readStamped(path).bytes;
}

/** Objects of a file that is DER, or text with PEM blocks. */
export function partsOf(bytes: Buffer): readonly FilePart[] {
  // An object of more than 127 octets says so in its second one, which no text can have there; a shorter one has no room for a block.
  const isText = bytes[0] !== 0x30 || (bytes[1] ?? 0) < 0x80;
  return isText && bytes.includes('-----BEGIN ') ? pemBlocksOf(bytes.toString('latin1')) : [{ der: bytes }];
}

/** Reads certificates and CRLs; a file that is named again is parsed again only when it has changed. Keeps a bounded number of octets. */
export class PkiFiles {
  readonly #kept = new Map<string, Kept>();
  #keptBytes = 0;

  /** Certificates of a file in their order, or of all files of a folder. */
  certificates(path: string): readonly Read<ParsedCertificate>[] {
    return filesAt(path).flatMap((file) => {
      const kept = this.#read(file);
      return (kept.certificates ??= readAll(kept.bytes, CERTIFICATE, parseCertificate, 'BAD_CERTIFICATE'));
    });
  }

  /** CRLs of a file, or of all files of a folder. */
  crls(path: string): readonly Read<ParsedCrl>[] {
    return filesAt(path).flatMap((file) => {
      const kept = this.#read(file);
      return (kept.crls ??= readAll(kept.bytes, CRL, parseCrl, 'BAD_CRL'));
    });
  }

  #read(file: string): Kept {
    const known = this.#kept.get(file);
    if (known !== undefined) {
      this.#kept.delete(file);
      this.#keptBytes -= known.bytes.length;
    }
    const kept = known !== undefined && isStill(known, file) ? known : readStamped(file);
    this.#kept.set(file, kept);
    this.#keptBytes += kept.bytes.length;
    for (const [oldest, { bytes }] of this.#kept) {
      if (this.#keptBytes <= MAX_KEPT_BYTES && this.#kept.size <= MAX_KEPT_FILES) break;
      this.#kept.delete(oldest);
      this.#keptBytes -= bytes.length;
    }
    return kept;
  }
}

function filesAt(path: string): string[] {
  const found = statOf(path);
  if (!found.isDirectory()) return [path];
  const names = reading(path, () => readdirSync(path)).sort();
  return names.map((name) => join(path, name)).filter((file) => !statOf(file).isDirectory());
}

function isStill(kept: Kept, file: string): boolean {
  const found = statOf(file);
  return stampOf(found) === kept.stamp && Number(found.ctimeMs) + STEP_MS < kept.readAt;
}

function readStamped(file: string): Kept {
  const found = statOf(file);
  // A pipe or a device could keep the reader waiting for ever.
  if (!found.isFile()) throw usageFault(`${file} is no file.`);
  if (found.size > MAX_FILE_BYTES) throw usageFault(`${file} is larger than ${MAX_FILE_BYTES} octets.`);
  const readAt = Date.now();
  return { stamp: stampOf(found), readAt, bytes: reading(file, () => readFileSync(file)) };
}

type Stat = ReturnType<typeof statOf>;

function statOf(path: string) {
  return reading(path, () => statSync(path, { bigint: true }));
}

function stampOf({ dev, ino, size, ctimeNs }: Stat): string {
  return [dev, ino, size, ctimeNs].join();
}

function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw usageFault(`There is no file ${path} that can be read.`);
  }
}

function readAll<T>(bytes: Buffer, labels: readonly string[], parse: (der: Buffer) => T, code: PkiError['code']): Read<T>[] {
  const parts = partsOf(bytes).filter(({ label }) => label === undefined || labels.includes(label));
  return parts.map(({ der }) => (der === undefined ? new PkiError(code, 'a PEM block is broken') : readOne(der, parse)));
}

function readOne<T>(der: Buffer, parse: (der: Buffer) => T): Read<T> {
  try {
    return parse(der);
  } catch (error) {
    if (error instanceof PkiError) return error;
    throw error;
  }
}
