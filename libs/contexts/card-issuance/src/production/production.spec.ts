import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decryptData } from '#pki';
import { glyphRefsOf } from './face.js';
import { encryptedMakerFile, makerLine } from './maker-file.js';
import { hasOpenssl, makerParty, openedByOpenssl } from './maker.fixture.js';
import { acknowledgementFault, packBoxes, stopsLine, type Batch } from './production-batch.js';
import type { ProductionRecord } from './production.store.js';
import { placeOf } from './recall-batch.js';

const batch: Batch = {
  batchId: 'b', maker: 'm', state: 'SENT', filled: true, quarantined: false, records: 10_000, count: 10_000, hash: 'f'.repeat(64), requestsMissing: 0, certificatesMissing: 0,
  keyId: 'k', plannedShipDate: '2016-02-02', keyConfirmedBy: null, keyReleasedAt: null, examined: [], releaseDecision: null, releaseBy: null, version: 1,
};
const record: ProductionRecord = {
  recordNo: 7, cardSerial: 'ABCDEFGH12345678', applicationId: '01282044839201755660109', municipalityCode: '990019', expiryDate: '2025-03-31', wishSign: true, wishAuth: false, photoSha256: 'aa', boxNo: 'BX1', seqInBox: 3,
  personKey: 'p', factVersion: 1, state: 'IN', signCsr: null, authCsr: null, signSerial: 's1', authSerial: null, issuingOffice: '002', language: 'pt', residenceExpiry: '2017-11-30',
};
const face = { name: '\u{845b}\u{e0100}飾 \u{e001}子', address: '架空県', birthDate: '19890331', sex: '2' };

describe('the file to the maker (CARD-4.4)', () => {
  it('CARD-4.4 a line has every field; the number and the resident code are messages of their own to the maker', async () => {
    const maker = await makerParty(2_048, 1n);
    const line = JSON.parse(makerLine('b', record, { face: { ...face, address: 'が'.normalize('NFD') }, number: '990000000001', securityCode: '1234', jukiCode: '98000000001' }, maker.certificate)) as Record<string, unknown>;
    expect(Object.keys(line)).toEqual([
      'recordNo', 'cardSerial', 'applicationId', 'municipalityCode', 'issuingOffice', 'nameFace', 'addressFace', 'birthEra', 'birthYmd', 'sex', 'alias', 'nameOverLength', 'addressOverLength', 'birthDateIso', 'number', 'expiryDate',
      'residenceExpiry', 'securityCode', 'photoRef', 'photoSha256', 'faceImageRef', 'glyphRefs', 'wishSign', 'wishAuth', 'signCertSerial', 'authCertSerial', 'jukiCodeBlock', 'keyDiversificationId', 'leafletLanguage', 'boxNo', 'seqInBox', 'specialHandling',
    ]);
    expect(line).toMatchObject({
      recordNo: '00000007', birthYmd: '010331', birthDateIso: '1989-03-31', expiryDate: '20250331', photoRef: 'photos/00000007.jpg', leafletLanguage: 'pt', issuingOffice: '002', addressFace: ['が'],
      glyphRefs: ['U+845B_U+E0100', 'U+E001'], specialHandling: ['EXTERNAL_CHARACTERS'], residenceExpiry: '20171130', alias: null,
    });
    expect(JSON.stringify(line)).not.toMatch(/990000000001|98000000001/);
    expect(['number', 'jukiCodeBlock'].map((name) => decryptData(Buffer.from(String(line[name]), 'base64'), maker.certificate, maker.key).toString())).toEqual(['990000000001', '98000000001']);
    const former = JSON.parse(makerLine('b', { ...record, residenceExpiry: null }, { face: { ...face, alias: '通称' }, number: '990000000001', securityCode: '1234', jukiCode: null }, maker.certificate)) as Record<string, unknown>;
    expect([former['alias'], former['residenceExpiry'], former['jukiCodeBlock']]).toEqual(['通称', null, null]);
    expect([glyphRefsOf({ ...face, name: '見本' }), glyphRefsOf({ ...face, name: '〓{glyph:B}辺{glyph:A.1}', address: '〓{glyph:B}' })]).toEqual([[], ['B', 'A.1']]);
  });

  it.skipIf(!hasOpenssl)('CARD-4.4 is written while it is read, a photo at a time, and OpenSSL opens it', async () => {
    const maker = await makerParty(2_048, 2n);
    const photos = Array.from({ length: 60 }, () => randomBytes(50_000));
    let asked = 0;
    const manifest = { batchId: 'b', maker: 'm', count: 60, hash: 'f'.repeat(64), keyId: 'k', plannedShipDate: null };
    const stream = encryptedMakerFile({
      manifest, recordNos: photos.map((_photo, index) => index + 1), at: new Date('2016-01-20T01:00:00Z'),
      lines: async function* lines() { yield* ['{"a":1}', '{"a":2}']; },
      photo: async (recordNo) => {
        asked += 1;
        return photos[recordNo - 1] ?? Buffer.alloc(0);
      },
    }, maker.certificate);
    const chunks: Buffer[] = [];
    for await (const chunk of stream) {
      chunks.push(Buffer.from(chunk));
      const read = chunks.reduce((sum, one) => sum + one.length, 0);
      expect(asked * 50_000).toBeLessThan(read + 8 * 50_000);
    }
    const entries = await openedByOpenssl(Buffer.concat(chunks), maker);
    expect([...entries.keys()].slice(0, 2)).toEqual(['cards.jsonl', 'photos/00000001.jpg']);
    expect(entries.get('photos/00000060.jpg')?.equals(photos[59] ?? Buffer.alloc(0))).toBe(true);
    expect(JSON.parse(entries.get('manifest.json')?.toString() ?? '')).toMatchObject({ ...manifest, sha256: 'e91bd3062f38c3f1df2165d987872b022fb39a08c642a6fbc3b862dd2a2aaf24' });
  });

  it('CARD-4.4 the file breaks off where a photo cannot be read: half a file is none', async () => {
    const maker = await makerParty(2_048, 3n);
    const stream = encryptedMakerFile({
      manifest: { batchId: 'b', maker: 'm', count: 1, hash: '', keyId: 'k', plannedShipDate: null }, recordNos: [1], at: new Date('2016-01-20T01:00:00Z'),
      lines: async function* lines() { yield '{}'; }, photo: () => Promise.reject(new Error('gone')),
    }, maker.certificate);
    await expect((async () => { for await (const _chunk of stream); })()).rejects.toThrow('gone');
  });
});

describe('batches (CARD-3.4, CARD-4.5)', () => {
  it('CARD-7 9,999 of 10,000, or other data of the same count, is not accepted', () => {
    expect(acknowledgementFault(batch, { count: 9_999, hash: batch.hash ?? '' })).toBe('COUNT_MISMATCH');
    expect(acknowledgementFault(batch, { count: 10_000, hash: '0'.repeat(64) })).toBe('HASH_MISMATCH');
    expect(acknowledgementFault(batch, { count: 10_000, hash: batch.hash ?? '' })).toBeUndefined();
  });

  it('CARD-4.5 Q01 stops the line once for each card; other defects never do', () => {
    expect([stopsLine(batch, [{ cardSerial: 'A', code: 'Q02' }, { cardSerial: 'B', code: 'Q05' }]), stopsLine(batch, [{ cardSerial: 'A', code: 'Q01' }])]).toEqual([false, true]);
    expect([stopsLine({ examined: ['A'] }, [{ cardSerial: 'A', code: 'Q01' }]), stopsLine({ examined: ['A'] }, [{ cardSerial: 'A', code: 'Q01' }, { cardSerial: 'B', code: 'Q01' }])]).toEqual([false, true]);
  });

  it('CARD-4.4 every box holds at most 200 cards of one office of one municipality, and every card is in one box', () => {
    const item = fc.record({ municipalityCode: fc.constantFrom('990019', '990027'), issuingOffice: fc.constantFrom('000', '001') });
    fc.assert(fc.property(fc.array(item, { maxLength: 900 }), (items) => {
      const numbered = items.map((one, recordNo) => ({ ...one, recordNo }));
      const boxes = packBoxes(numbered);
      for (const box of boxes) {
        expect(box.items.length).toBeLessThanOrEqual(200);
        expect(box.items.every((one) => one.municipalityCode === box.municipalityCode && one.issuingOffice === box.issuingOffice)).toBe(true);
      }
      expect(boxes.flatMap((box) => box.items.map((one) => one.recordNo)).toSorted((a, b) => a - b)).toEqual(numbered.map((one) => one.recordNo));
    }), { numRuns: 30 });
  });

  it('CARD-4.12 Q13 a withheld card is where its box is', () => {
    expect([placeOf('WITHHELD', null), placeOf('WITHHELD', 'PLANNED'), placeOf('WITHHELD', 'SHIPPED'), placeOf('WITHHELD', 'RECEIVED'), placeOf('SHIPPED', 'SHIPPED'), placeOf('ACTIVE', 'RECEIVED')])
      .toEqual(['MAKER', 'MAKER', 'ON_THE_WAY', 'MUNICIPALITY', 'ON_THE_WAY', 'HOLDER']);
  });
});
