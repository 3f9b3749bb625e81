import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCrl, CRL_REASON, generateRsaKey, HeldPieces, isCrlReason, signingKeyOf, type CrlEntry, type SigningKey } from '#pki';
import { serialsFile, serialsLength } from './serials-file.js';

let key: SigningKey;
beforeAll(async () => {
  key = signingKeyOf('ca', await generateRsaKey(2048));
});

const REVOKED_AT = new Date('2016-01-04T00:30:00Z');
const list = async (entries: readonly CrlEntry[]): Promise<Buffer> => {
  const { der, entryCount } = await buildCrl({ issuerDer: Buffer.from('3000', 'hex'), thisUpdate: REVOKED_AT, nextUpdate: new Date('2016-01-06T00:30:00Z'), crlNumber: 258n, entries }, key);
  const pieces = new HeldPieces();
  await pieces.put(0, der);
  const file: Buffer[] = [];
  for await (const piece of serialsFile({ keyIdentifier: key.keyIdentifier, number: 258, entryCount }, pieces.read())) file.push(piece);
  return Buffer.concat(file);
};

describe('serials of a list (JPKI-5)', () => {
  it('magic, key, number, count, then serials of 8 octets with a reason', async () => {
    const head = `${Buffer.from('KBSR1').toString('hex')}${key.keyIdentifier.toString('hex')}0000000000000102`;
    expect((await list([])).toString('hex')).toBe(`${head}00000000`);
    const file = await list([{ serial: 5n, revokedAt: REVOKED_AT }, { serial: 0x06d18006n, revokedAt: REVOKED_AT, reason: 'affiliationChanged' }, { serial: 2n ** 63n, revokedAt: REVOKED_AT, reason: 'certificateHold' }]);
    expect(file.toString('hex')).toBe(`${head}000000030000000000000005000000000006d1800603800000000000000006`);
    await expect(list([{ serial: 2n ** 64n, revokedAt: REVOKED_AT }])).rejects.toMatchObject({ code: 'BAD_CRL' });
  });

  it('a search by halves finds each serial with its reason, and no other', async () => {
    const entry = fc.record({ serial: fc.bigInt({ min: 1n, max: 2n ** 53n }), reason: fc.constantFrom(...Object.keys(CRL_REASON).filter(isCrlReason)) });
    await fc.assert(fc.asyncProperty(fc.uniqueArray(entry, { selector: ({ serial }) => serial, maxLength: 60 }), fc.bigInt({ min: 1n, max: 2n ** 53n }), async (entries, other) => {
      entries.sort((a, b) => (a.serial < b.serial ? -1 : 1));
      const file = await list(entries.map((one) => ({ ...one, revokedAt: REVOKED_AT })));
      expect(file.length).toBe(serialsLength(entries.length));
      for (const { serial, reason } of entries) expect(search(file, serial)).toBe(CRL_REASON[reason]);
      if (!entries.some(({ serial }) => serial === other)) expect(search(file, other)).toBeUndefined();
    }), { numRuns: 40 });
  });
});

function search(file: Buffer, serial: bigint): number | undefined {
  let [low, high] = [0, file.readUInt32BE(33)];
  while (low < high) {
    const middle = (low + high) >> 1;
    const found = file.readBigUInt64BE(37 + 9 * middle);
    if (found === serial) return file[37 + 9 * middle + 8];
    if (found < serial) low = middle + 1;
    else high = middle;
  }
  return undefined;
}
