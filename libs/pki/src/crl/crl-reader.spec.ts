import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CA_NAME_DER, FILLED_PARTITION } from '../authority.fixture.js';
import { time } from '../der/time.js';
import { bitString, integer, sequence } from '../der/write.js';
import { generateRsaKey, signatureAlgorithmIdentifier, signingKeyOf } from '../key/signing-key.js';
import { PkiError } from '../pki-error.js';
import { buildCrl } from './build-crl.js';
import { CrlEntryCursor, crlEntriesOf, type ParsedCrlEntry } from './crl-entries.js';
import type { CrlEntry } from './crl-entry.js';
import { CrlReader } from './crl-reader.js';
import { type CrlFrame, parseCrl } from './crl.js';

const key = signingKeyOf('list', await generateRsaKey(2048));
const AT = new Date('2016-01-04T00:00:00Z');
const list = async (entries: readonly CrlEntry[]): Promise<Buffer> => {
  const distributionPoint = { fullName: [{ kind: 'directoryName', name: FILLED_PARTITION }], only: 'userCerts' } as const;
  return (await buildCrl({ issuerDer: CA_NAME_DER, thisUpdate: AT, nextUpdate: new Date('2016-01-06T00:00:00Z'), crlNumber: 5n, distributionPoint, entries }, key)).der;
};
const entriesFrom = (count: number): CrlEntry[] => Array.from({ length: count }, (_, index) => ({ serial: BigInt(1 + index * 7), revokedAt: AT, reason: 'superseded' }));
const few = await list([{ serial: 7n, revokedAt: AT }, { serial: 300n, revokedAt: AT, reason: 'keyCompromise', invalidityDate: AT }, { serial: (1n << 159n) - 1n, revokedAt: AT, reason: 'superseded' }]);
const none = await list([]);
const many = await list(entriesFrom(4_000));

interface Read {
  readonly frame: CrlFrame;
  readonly entries: ParsedCrlEntry[];
  readonly signed: Buffer;
}

function readAtOnce(der: Buffer): Read {
  const crl = parseCrl(der);
  return { frame: crl, entries: [...crlEntriesOf({ ...crl, issuingDistributionPoint: undefined })], signed: crl.tbs };
}

/** In pieces that end at these places. */
function readInPieces(der: Buffer, cuts: readonly number[]): Read {
  const [signed, entries]: [Buffer[], ParsedCrlEntry[]] = [[], []];
  const reader = new CrlReader({
    signed: (octets) => void signed.push(Buffer.from(octets)),
    entries: (come) => {
      for (const cursor = new CrlEntryCursor(come); cursor.move();) entries.push(cursor.entry());
    },
  });
  const places = [...cuts].map((cut) => cut % (der.length + 1)).sort((a, b) => a - b);
  for (const [index, place] of [...places, der.length].entries()) reader.push(der.subarray(places[index - 1] ?? 0, place));
  return { frame: reader.end(), entries, signed: Buffer.concat(signed) };
}

/** What a list says, or the fault. */
function said(read: () => Read): unknown {
  try {
    const { frame: { number, issuerDer, thisUpdate, nextUpdate, signature, extensions, version, algorithmOid }, entries, signed } = read();
    const listed = entries.map(({ serial, revokedAt, reasonNumber, invalidityDate }) => [serial, revokedAt.getTime(), reasonNumber, invalidityDate?.getTime()].join()).join(' ');
    const octets = [issuerDer, signature, signed, ...extensions.map(({ value }) => value)].map((one) => createHash('sha1').update(one).digest('hex'));
    return { number, thisUpdate, nextUpdate, version, algorithmOid, listed, octets };
  } catch (error) {
    if (error instanceof PkiError) return error.code;
    throw error;
  }
}

const cuts = fc.array(fc.nat(1_000_000), { maxLength: 12 });

describe('a list that comes in pieces', () => {
  it('says, wherever it is cut, what it says at once', () => {
    fc.assert(fc.property(fc.constantFrom(none, few, many), cuts, (der, places) => {
      expect(said(() => readInPieces(der, places))).toEqual(said(() => readAtOnce(der)));
    }), { numRuns: 40 });
  });

  it('is refused when one of its octets or its length is changed exactly where it is refused at once', () => {
    const change = fc.record({ at: fc.nat(), octet: fc.integer({ min: 1, max: 255 }), cut: fc.option(fc.nat(), { freq: 4 }), places: cuts });
    fc.assert(fc.property(fc.constantFrom(none, few), change, (der, { at, octet, cut, places }) => {
      const changed = Buffer.from(der);
      changed[at % der.length] = (changed[at % der.length] ?? 0) ^ octet;
      const short = cut === null ? changed : changed.subarray(0, cut % der.length);
      expect(said(() => readInPieces(short, places))).toEqual(said(() => readAtOnce(short)));
    }), { numRuns: 1_000 });
  });

  it('has its entries at one place, and nothing behind its end', () => {
    const algorithm = signatureAlgorithmIdentifier(key.algorithm);
    const entry = sequence(integer(1), time(AT));
    const twice = sequence(sequence(integer(1), algorithm, CA_NAME_DER, time(AT), sequence(entry), sequence(entry)), algorithm, bitString(Buffer.alloc(8)));
    for (const der of [twice, Buffer.concat([few, Buffer.alloc(1)]), few.subarray(0, -1), Buffer.alloc(0)]) expect(said(() => readInPieces(der, [40]))).toBe('BAD_CRL');
  });

  it('holds neither the list nor an entry without end', () => {
    const [head] = [many.subarray(0, 300)];
    const endless = new CrlReader({ entries: () => undefined });
    endless.push(head);
    const huge = Buffer.concat([Buffer.from('3083ffffff', 'hex'), Buffer.alloc(30_000)]);
    expect(() => {
      for (let turn = 0; turn < 20; turn += 1) endless.push(huge);
    }).toThrow(PkiError);
  });
});
