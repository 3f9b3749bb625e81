import { describe, expect, it } from 'vitest';
import { BATCH_STATES, mayBecome, readLine, writeAnswer } from './batch.js';
import { fieldsOfLine } from '../notice-file/csv-line.js';

const line = (changes: Partial<Record<number, string>> = {}): string[] =>
  ['D', '1', '1', '99000000015', '', '', '', '', '', '', '20151005', 'ref-1'].map((field, index) => changes[index] ?? field);

describe('a question of a batch', () => {
  it('is read with its key and the day of the last answer', () => {
    expect(readLine(line(), 1)).toMatchObject({ lineNo: 1, keyKind: 'RESIDENT_CODE', code: '99000000015', sinceDate: '2015-10-05', requesterRef: 'ref-1' });
  });

  it.each(['19450000', '19450800', '20000229'])('JUKI-7 may name who was born on a day of which parts are unknown: %s', (birthDate) => {
    expect(readLine(line({ 2: '3', 6: '見本太郎', 7: birthDate }), 1)).toMatchObject({ keyKind: 'FOUR_ITEMS', birthDate });
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
    ['a day that its month has not', line({ 10: '20150230' }), 'sinceDate', 'DATE'],
    ['a birth date that its month has not', line({ 2: '3', 6: '見本太郎', 7: '19800230' }), 'birthDate', 'DATE'],
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

  it('has a former surname in a column of its own, after the flag of protection, with its glyphs', () => {
    const read = readLine(line(), 1);
    if (!('keyKind' in read)) throw new Error('a question expected');
    const told = { nameKanji: '見本〓{glyph:A}', formerSurname: '例〓{glyph:B}' };
    expect([undefined, false].map((isProtected) => writeAnswer({ line: read, resultCode: '00', told, isProtected }))).toEqual([
      'D,1,ref-1,00,,,見本〓{glyph:A},,,,,,,,,,A B,例〓{glyph:B}', 'D,1,ref-1,00,,,見本〓{glyph:A},,,,,,,,,,A B,0,例〓{glyph:B}',
    ]);
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
