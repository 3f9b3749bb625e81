import { oidText } from '../der/oid.js';
import { DerCursor, booleanOf, integerOf, readHeader, singleContent, smallIntegerOf } from '../der/read.js';
import { TAG } from '../der/tag.js';
import { timeOf } from '../der/time.js';
import { PkiError, parsingAs } from '../pki-error.js';
import { type CrlEntry, crlReasonOf } from './crl-entry.js';
import type { ParsedCrl } from './crl.js';

/** A revoked certificate as found in a CRL. `reasonNumber` tells an explicit `unspecified` (0) from an absent reason. */
export interface ParsedCrlEntry extends CrlEntry {
  readonly reasonNumber?: number;
}

/** What its entries are read by. */
export type EntryOctets = Pick<ParsedCrl, 'entriesDer' | 'version'> & Partial<Pick<ParsedCrl, 'issuingDistributionPoint'>>;

/** Last arcs of the entry extensions 2.5.29.n. holdInstructionCode (RFC 3280) adds nothing: a certificate on hold is revoked to us. */
const ARC = { reasonCode: 21, holdInstructionCode: 23, invalidityDate: 24, certificateIssuer: 29 } as const;
const KNOWN = Object.values(ARC).reduce((mask, arc) => mask | (1 << arc), 0);

function reasonOf(reasonNumber: number | undefined): Pick<ParsedCrlEntry, 'reason' | 'reasonNumber'> {
  if (reasonNumber === undefined) return {};
  const reason = crlReasonOf(reasonNumber);
  if (reason === undefined) throw new PkiError('BAD_CRL', 'reasonCode is not one of RFC 5280');
  return { reason, reasonNumber };
}

function invalidityDateOf(value: Buffer | undefined): Pick<ParsedCrlEntry, 'invalidityDate'> {
  if (value === undefined) return {};
  const cursor = new DerCursor(value);
  const invalidityDate = timeOf(cursor.read(TAG.generalizedTime));
  cursor.finish();
  return { invalidityDate };
}

/**
 * Moves over the entries of a CRL in file order. It holds offsets only, so that a search over a million entries makes no object for any
 * of them. Faults `BAD_CRL` at the entry that is not well formed, or has an extension that may not be passed over (RFC 5280 5.3).
 */
export class CrlEntryCursor {
  readonly #bytes: Buffer;
  readonly #version: 1 | 2;
  readonly #indirect: boolean;
  #next = 0;
  /** Where the content of the value opened last starts. */
  #contentAt = 0;
  #serialAt = 0;
  #serialEnd = 0;
  #dateAt = 0;
  #dateEnd = 0;
  /** Known extensions of the entry as bits of their arcs, and by arc where their values start and end. */
  #present = 0;
  readonly #valueAt = new Uint32Array(32);
  readonly #valueEnd = new Uint32Array(32);
  #certificateIssuer: Buffer | undefined;

  constructor({ entriesDer, version, issuingDistributionPoint }: EntryOctets) {
    this.#bytes = entriesDer;
    this.#version = version;
    this.#indirect = issuingDistributionPoint?.indirect === true;
  }

  /** GeneralNames of the issuer of the certificate, inherited from the entry before; undefined for the CRL issuer (RFC 5280 5.3.3). */
  get certificateIssuer(): Buffer | undefined {
    return this.#certificateIssuer;
  }

  /** Goes to the next entry; false when there is none. */
  move(): boolean {
    if (this.#next >= this.#bytes.length) return false;
    parsingAs('BAD_CRL', () => this.#open(this.#next));
    return true;
  }

  /** Whether the serial has this content of an INTEGER. */
  hasSerial(content: Buffer): boolean {
    if (this.#serialEnd - this.#serialAt !== content.length) return false;
    // From the end: serials of one authority mostly differ in their last octets.
    for (let at = content.length - 1; at >= 0; at -= 1) if (this.#bytes[this.#serialAt + at] !== content[at]) return false;
    return true;
  }

  /** Writes the serial as an unsigned number into `length` octets of `target`; false when it has more, or is negative. */
  writeSerial(target: Buffer, at: number, length: number): boolean {
    const first = this.#bytes[this.#serialAt] ?? 0;
    const from = first === 0 ? this.#serialAt + 1 : this.#serialAt;
    const pad = length - (this.#serialEnd - from);
    if (first >= 0x80 || pad < 0) return false;
    target.fill(0, at, at + pad);
    for (let n = pad; n < length; n += 1) target[at + n] = this.#bytes[from + n - pad] ?? 0;
    return true;
  }

  get serial(): bigint {
    return integerOf(this.#bytes.subarray(this.#serialAt, this.#serialEnd));
  }

  /** ENUMERATED value of its reason; undefined when none is told. */
  get reasonNumber(): number | undefined {
    return parsingAs('BAD_CRL', () => reasonOf(this.#reasonValue()).reasonNumber);
  }

  /** The entry with its values. */
  entry(): ParsedCrlEntry {
    return parsingAs('BAD_CRL', () => {
      const revokedAt = timeOf({ tag: this.#bytes[this.#serialEnd] ?? 0, content: this.#bytes.subarray(this.#dateAt, this.#dateEnd) });
      const entry = { serial: this.serial, revokedAt, ...reasonOf(this.#reasonValue()) };
      const invalidityDate = this.#value(ARC.invalidityDate);
      return invalidityDate === undefined ? entry : { ...entry, ...invalidityDateOf(invalidityDate) };
    });
  }

  #reasonValue(): number | undefined {
    if ((this.#present & (1 << ARC.reasonCode)) === 0) return undefined;
    const at = this.#valueAt[ARC.reasonCode] ?? 0;
    const isOneOctet = this.#valueEnd[ARC.reasonCode] === at + 3 && this.#bytes[at] === TAG.enumerated && this.#bytes[at + 1] === 1;
    return isOneOctet ? this.#bytes[at + 2] : smallIntegerOf(singleContent(this.#value(ARC.reasonCode) ?? Buffer.alloc(0), TAG.enumerated));
  }

  #value(arc: number): Buffer | undefined {
    return (this.#present & (1 << arc)) === 0 ? undefined : this.#bytes.subarray(this.#valueAt[arc], this.#valueEnd[arc]);
  }

  /** End of the value of this type; short lengths, which nearly all have, are read without an object. */
  #endOf(at: number, limit: number, tag: number): number {
    const end = at + 2 + (this.#bytes[at + 1] ?? 0x80);
    if (this.#bytes[at] === tag && end < at + 0x82 && end <= limit) {
      this.#contentAt = at + 2;
      return end;
    }
    const found = readHeader(this.#bytes, at, limit);
    if (found.tag !== tag) throw new PkiError('BAD_CRL', `tag 0x${found.tag.toString(16)} where 0x${tag.toString(16)} is due in an entry`);
    this.#contentAt = found.contentAt;
    return found.end;
  }

  #open(at: number): void {
    const end = this.#endOf(at, this.#bytes.length, TAG.sequence);
    this.#serialEnd = this.#endOf(this.#contentAt, end, TAG.integer);
    this.#serialAt = this.#contentAt;
    this.#dateEnd = this.#endOf(this.#serialEnd, end, this.#bytes[this.#serialEnd] ?? TAG.utcTime);
    this.#dateAt = this.#contentAt;
    this.#present = 0;
    if (this.#dateEnd < end) this.#openExtensions(end);
    this.#next = end;
  }

  #openExtensions(end: number): void {
    if (this.#version === 1) throw new PkiError('BAD_CRL', 'entry of a version 1 CRL has extensions');
    if (this.#endOf(this.#dateEnd, end, TAG.sequence) !== end) throw new PkiError('BAD_CRL', 'entry has more than extensions');
    for (let at = this.#contentAt; at < end;) {
      const itemEnd = this.#endOf(at, end, TAG.sequence);
      const idEnd = this.#endOf(this.#contentAt, itemEnd, TAG.oid);
      const idAt = this.#contentAt;
      const flagged = this.#bytes[idEnd] === TAG.boolean;
      const flagEnd = flagged ? this.#endOf(idEnd, itemEnd, TAG.boolean) : idEnd;
      const critical = flagged && booleanOf(this.#bytes.subarray(this.#contentAt, flagEnd));
      if (this.#endOf(flagEnd, itemEnd, TAG.octetString) !== itemEnd) throw new PkiError('BAD_CRL', 'entry extension is more than a value');
      if (!this.#keep(idAt, idEnd, itemEnd) && critical) {
        throw new PkiError('BAD_CRL', `critical entry extension ${oidText(this.#bytes.subarray(idAt, idEnd))} is not understood`);
      }
      at = itemEnd;
    }
  }

  /** Keeps where the value opened last stands; false when the extension is none that we know. */
  #keep(idAt: number, idEnd: number, valueEnd: number): boolean {
    const arc = this.#bytes[idAt + 2] ?? 0;
    const bit = arc < 32 ? 1 << arc : 0;
    if (idEnd - idAt !== 3 || this.#bytes[idAt] !== 0x55 || this.#bytes[idAt + 1] !== 0x1d || (KNOWN & bit) === 0) return false;
    if ((this.#present & bit) !== 0) throw new PkiError('BAD_CRL', `entry repeats the extension 2.5.29.${arc}`);
    this.#present |= bit;
    this.#valueAt[arc] = this.#contentAt;
    this.#valueEnd[arc] = valueEnd;
    if (arc === ARC.certificateIssuer) {
      if (!this.#indirect) throw new PkiError('BAD_CRL', 'CRL that is not indirect names another issuer');
      this.#certificateIssuer = this.#bytes.subarray(this.#contentAt, valueEnd);
    }
    return true;
  }
}

/** Entries in file order, read one at a time. Faults `BAD_CRL` at the entry that is not well formed. */
export function* crlEntriesOf(crl: EntryOctets): Generator<ParsedCrlEntry, void, void> {
  const cursor = new CrlEntryCursor(crl);
  while (cursor.move()) yield cursor.entry();
}
