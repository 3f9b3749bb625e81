import { beforeAll, describe, expect, it } from 'vitest';
import { endOfDayInJapan, toLocalDate } from '#kernel';
import { readRecord, serialOctets, serialText, trailer, type RecordCheck } from './migration-record.js';
import { formerAuthority, impostor, issue, MUNICIPALITY, recordOf, type Former } from './prefecture.fixture.js';

const AS_OF = new Date('2015-12-20T15:00:00Z');
const ISSUED = { serial: 0x06d18006n, notBefore: new Date('2014-01-06T01:00:00Z'), notAfter: endOfDayInJapan(toLocalDate('2017-01-05')) };
const OVER = { serial: 7n, notBefore: new Date('2012-01-06T01:00:00Z'), notAfter: endOfDayInJapan(toLocalDate('2015-01-05')) };

let former: Former;
let check: RecordCheck;
let good: Record<string, unknown>;

beforeAll(async () => {
  former = await formerAuthority();
  check = { prefecture: '13', asOf: AS_OF, authorities: [former.certificate], changes: [{ oldCode: MUNICIPALITY, newCode: '131024', effectiveDate: toLocalDate('2015-04-01') }] };
  good = await recordOf(former, ISSUED);
});

const faults = (changes: Readonly<Record<string, unknown>>, against = check): string[] => {
  const read = readRecord(JSON.stringify({ ...good, ...changes }), against);
  return 'faults' in read ? read.faults.map(({ column, code }) => `${column ?? '-'} ${code}`) : [];
};

describe('records of a file (JPKI-4.12)', () => {
  it('are taken as they are, with the present code of their municipality beside that of the issue', () => {
    const read = readRecord(JSON.stringify(good), check);
    expect(read).toMatchObject({ record: { status: 'valid', kind: null, recordedAt: null, sourceMunicipality: MUNICIPALITY, municipalityCode: '131024', notAfter: ISSUED.notAfter } });
    expect('record' in read && serialText(read.record.serial)).toBe('06d18006');
  });

  it('are refused with each column that is wrong', () => {
    expect(faults({ pref: '14' })).toEqual(['pref OTHER_PREFECTURE']);
    expect(faults({ municipalityCode: '141003' })).toEqual(['municipalityCode MUNICIPALITY_UNKNOWN']);
    expect(faults({ municipalityCode: '131015' })).toEqual(['municipalityCode MUNICIPALITY_UNKNOWN']);
    expect(faults({ status: 'held' })).toEqual(['status UNKNOWN_STATUS']);
    expect(faults({ windowId: '13101001a', extra: 1 })).toEqual(['windowId BAD_VALUE', 'extra UNKNOWN_COLUMN']);
    expect(faults({ serial: undefined })).toEqual(['serial MISSING']);
    expect(faults({ recordSha256: 'ab'.repeat(32) })).toEqual(['recordSha256 HASH_DIFFERS']);
    expect(faults({ serial: '06d18007' })).toEqual(['serial SERIAL_DIFFERS']);
    expect(faults({ notAfter: '2017-01-05T15:00:00Z' })).toEqual(['notAfter VALIDITY_DIFFERS']);
    expect(faults({ caSerial: '02' })).toEqual(['caSerial GENERATION_UNKNOWN']);
    const before = { ...check, changes: [{ oldCode: MUNICIPALITY, newCode: '131024', effectiveDate: toLocalDate('2014-01-06') }] };
    expect(faults({}, before)).toEqual(['municipalityCode MUNICIPALITY_ENDED']);
    const garbled = readRecord('{"pref":', check);
    expect('faults' in garbled && garbled.faults).toEqual([{ column: null, code: 'BAD_JSON' }]);
  });

  it('need kind and time when revoked, and have neither otherwise', () => {
    const revoked = { status: 'revoked', kind: 'APPLICATION', recordedAt: '2015-06-01T00:00:00Z' };
    expect(faults(revoked)).toEqual([]);
    expect(faults({ ...revoked, kind: undefined })).toEqual(['kind MISSING']);
    expect(faults({ ...revoked, recordedAt: undefined })).toEqual(['recordedAt MISSING']);
    expect(faults({ ...revoked, status: 'valid' })).toEqual(['kind NOT_REVOKED', 'recordedAt NOT_REVOKED']);
    expect(faults({ ...revoked, recordedAt: '2014-01-06T00:59:59Z' })).toEqual(['recordedAt OUT_OF_TIME']);
    expect(faults({ ...revoked, recordedAt: '2015-12-20T15:00:01Z' })).toEqual(['recordedAt OUT_OF_TIME']);
  });

  it('are expired when their certificate has ended at the time of the last list, and not before', async () => {
    expect(faults({ status: 'expired' })).toEqual(['status STATUS_DIFFERS']);
    const over = await recordOf(former, OVER, { status: 'expired' });
    expect(faults(over)).toEqual([]);
    expect(faults({ ...over, status: 'valid' })).toEqual(['status STATUS_DIFFERS']);
  });

  it('hold a certificate that the key of the named generation signed; a name proves nothing', async () => {
    expect(faults({ recordDer: Buffer.from('3000', 'hex').toString('base64'), recordSha256: '2a8b2d2b2ba1ba2d4e4f2b9e8f1c0a34f3e9b1f34a6b6d3a8d9c0b1e2f3a4b5c' })).toEqual(['recordSha256 HASH_DIFFERS', 'recordDer BAD_DER']);
    const other = await impostor(former);
    const forged = await recordOf(other, ISSUED);
    expect(faults(forged)).toEqual(['recordDer NOT_ISSUED_BY_GENERATION']);
    expect(faults(forged, { ...check, authorities: [former.certificate, other.certificate] })).toEqual([]);
    const cut = (await issue(former, ISSUED)).subarray(0, -1);
    expect(faults({ recordDer: cut.toString('base64') })).toEqual(['recordSha256 HASH_DIFFERS', 'recordDer BAD_DER']);
  });

  it('have serials that sort like numbers, however long they are', () => {
    const sorted = [1n, 255n, 256n, 1n << 100n, (1n << 160n) - 1n];
    expect(sorted.map(serialOctets).toSorted((left, right) => left.compare(right))).toEqual(sorted.map(serialOctets));
    expect(sorted.map((serial) => serialText(serialOctets(serial)))).toEqual(['01', 'ff', '0100', `10${'00'.repeat(12)}`, 'ff'.repeat(20)]);
  });

  it('end with a trailer', () => {
    const stated = { count: 1, perStatus: { valid: 1 }, merkleRoot: 'ab'.repeat(32), firstSerial: '1', lastSerial: '1' };
    expect(trailer.parse(stated).perStatus).toEqual({ valid: 1, revoked: 0, expired: 0 });
    expect([trailer.safeParse({ ...stated, perStatus: { held: 1 } }).success, trailer.safeParse(good).success]).toEqual([false, false]);
  });
});
