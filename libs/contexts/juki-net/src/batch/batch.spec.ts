import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BATCH_STATES, mayBecome, readLine, writeAnswer } from './batch.js';
import { createdAt, readFrame, writeFrame, type FrameHeader } from './frame.js';
import { fieldsOfLine } from '../notice-file/csv-line.js';

const HEADER: FrameHeader = { kind: 'BREQ', sender: 'pension', receiver: 'juki-net', grantId: 'g', batchId: 'b-1', createdAt: '2016-02-01T09:00:00Z' };

describe('a file (JUKI-5.3)', () => {
  const text = writeFrame(HEADER, ['D,1,a', 'D,2,b']);

  it('has header, details and a trailer with count and hash, and is read again', () => {
    expect(text).toMatch(/^H,BREQ,1,pension,juki-net,g,b-1,2016-02-01T09:00:00Z,2\r\nD,1,a\r\nD,2,b\r\nT,2,[0-9a-f]{64}\r\n$/);
    expect(readFrame(text, 'BREQ')).toEqual({ header: HEADER, details: ['D,1,a', 'D,2,b'] });
  });

  it.each([
    ['another kind', text.replace('BREQ', 'BRES'), 'HEADER'],
    ['no header', text.slice(1), 'HEADER'],
    ['a byte order mark', `\uFEFF${text}`, 'HEADER'],
    ['no trailer', text.slice(0, text.indexOf('T,')), 'TRAILER'],
    ['something after the trailer', `${text}D,3,c`, 'TRAILER'],
    ['no details', writeFrame(HEADER, []), 'EMPTY_FILE'],
    ['another count in the header', text.replace('Z,2', 'Z,3'), 'COUNT_MISMATCH'],
    ['a line less than counted', text.replace('D,2,b\r\n', ''), 'COUNT_MISMATCH'],
    ['a changed detail', text.replace('D,2,b', 'D,2,c'), 'HASH_MISMATCH'],
  ])('with %s is refused as a whole', (_what, changed, fault) => expect(readFrame(changed, 'BREQ')).toBe(fault));

  it('is read as it was written, whatever the details', () => {
    const detail = fc.string({ unit: fc.constantFrom('D', ',', 'T', 'H', '"', 'あ', ' ', '1') });
    fc.assert(fc.property(fc.array(detail, { minLength: 1 }), (details) => {
      expect(readFrame(writeFrame(HEADER, details), 'BREQ')).toEqual({ header: HEADER, details });
    }));
  });
});

const line = (changes: Partial<Record<number, string>> = {}): string[] =>
  ['D', '1', '1', '99000000015', '', '', '', '', '', '', '20151005', 'ref-1'].map((field, index) => changes[index] ?? field);

describe('the header of a file', () => {
  it('has the time of Japan', () => expect(createdAt(new Date('2015-12-31T15:00:00.001Z'))).toBe('2016-01-01T00:00:00.001+09:00'));
});

describe('a question of a batch', () => {
  it('is read with its key and the day of the last answer', () => {
    expect(readLine(line(), 1)).toMatchObject({ lineNo: 1, keyKind: 'RESIDENT_CODE', code: '99000000015', sinceDate: '2015-10-05', requesterRef: 'ref-1' });
  });

  it.each([
    ['another line number', line({ 1: '2' }), 'lineNo', 'FORMAT'],
    ['an unknown key', line({ 2: '4' }), 'keyType', 'FORMAT'],
    ['a code of ten digits', line({ 3: '9900000001' }), 'code', 'FORMAT'],
    ['a number that is missing', line({ 2: '2' }), 'number', 'FORMAT'],
    ['four items without a name', line({ 2: '3', 7: '19800101' }), 'nameKanji', 'REQUIRED'],
    ['four items without a birth date', line({ 2: '3', 6: '見本太郎' }), 'birthDate', 'FORMAT'],
    ['a sex that is none', line({ 2: '3', 6: '見本太郎', 7: '19800101', 8: '4' }), 'sex', 'FORMAT'],
    ['a control character', line({ 9: 'a\u0000' }), 'address', 'CHARACTER'],
    ['a reference too long', line({ 11: 'x'.repeat(41) }), 'requesterRef', 'FORMAT'],
    ['a day that is none', line({ 10: '20151305' }), 'sinceDate', 'DATE'],
    ['a column too few', line().slice(1), undefined, 'COLUMN_COUNT'],
  ])('is none with %s', (_what, fields, column, code) => expect(readLine(fields, 1)).toEqual({ column, code }));
});

describe('an answer', () => {
  it('quotes what needs it and leaves empty what is not told', () => {
    const read = readLine(line(), 1);
    if (!('keyKind' in read)) throw new Error('a question expected');
    const text = writeAnswer({ line: read, resultCode: '00', told: { nameKanji: '見本,太郎', address: '架空県"試験市"' } });
    expect(text).toBe('D,1,ref-1,00,,,"見本,太郎",,,,,"架空県""試験市""",,,,,');
    expect(fieldsOfLine(text)).toHaveLength(17);
  });

  it('has its items in the order of JUKI-5.3, the former address and the glyphs of all last', () => {
    const read = readLine(line(), 1);
    if (!('keyKind' in read)) throw new Error('a question expected');
    const told = {
      changeDate: 'date', changeReason: 'reason', municipalityCode: 'place', address: 'address〓{glyph:B}', sex: 'sex', birthDate: 'born', aliasName: 'alias', nameKana: 'kana', nameKanji: 'kanji〓{glyph:A}',
      individualNumber: 'number', residentCode: 'code', formerAddress: 'former〓{glyph:C}',
    };
    expect(writeAnswer({ line: read, resultCode: '01', told, isProtected: true })).toBe(
      'D,1,ref-1,01,code,number,kanji〓{glyph:A},kana,alias,born,sex,address〓{glyph:B},place,reason,date,former〓{glyph:C},A B C,1',
    );
  });
});

describe('states of a batch (JUKI-3.5)', () => {
  it('go forward, back only to answer what was postponed, and nothing follows PURGED', () => {
    const steps = BATCH_STATES.flatMap((from) => BATCH_STATES.filter((to) => mayBecome(from, to)).map((to) => `${from} ${to}`));
    expect(steps).toEqual([
      'ACCEPTED PROCESSING', 'PROCESSING PACKAGED', 'PACKAGED PROCESSING', 'PACKAGED DELIVERED', 'PACKAGED PURGED', 'DELIVERED PROCESSING',
      'DELIVERED RECEIPT_CONFIRMED', 'DELIVERED PURGED', 'RECEIPT_CONFIRMED PURGED',
    ]);
  });
});
