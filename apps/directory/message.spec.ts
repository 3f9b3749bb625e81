import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtocolFault } from './ber.js';
import { Framing } from './framing.js';
import { EXTENSION, MESSAGE_LIMIT, messageLength, readMessage, writeDisconnection, writeEntry, writeExtended, writeResult } from './message.js';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
const ascii = (text: string): string => Buffer.from(text).toString('hex');
const read = (text: string) => readMessage(hex(text));
const OBJECT_CLASS = `870b ${ascii('objectClass')}`;
/** A search of the root DSE with this filter and these attributes behind it. */
const rootSearch = (rest: string): string => {
  const content = hex(`0400 0a0100 0a0100 020100 020100 010100 ${rest}`);
  return `30${(content.length + 5).toString(16).padStart(2, '0')} 020102 63${content.length.toString(16).padStart(2, '0')} ${content.toString('hex')}`;
};

describe('messages of RFC 4511 in octets', () => {
  it('4.2: a bind, anonymous and by name, of the first version and by SASL', () => {
    expect(read('300c 020101 6007 020103 0400 8000')).toEqual({ id: 1, request: { kind: 'bind', version: 3, name: '', password: '' }, criticalControls: [] });
    expect(read('3010 020102 600b 020103 0402 434e 8002 7077').request).toEqual({ kind: 'bind', version: 3, name: 'CN', password: 'pw' });
    expect(read('300c 020101 6007 020102 0400 8000').request).toMatchObject({ version: 2 });
    expect(read(`3017 020101 6012 020103 0400 a30b 0409 ${ascii('GSS-SPNEG')}`).request).toEqual({ kind: 'bind', version: 3, name: '', password: undefined });
  });

  it('5.1: lengths in more octets than they need, as Active Directory writes them', () => {
    expect(read('308400000010 020101 608400000007 020103 0400 8000').request).toMatchObject({ kind: 'bind', name: '' });
    expect(messageLength(hex('308400000010'))).toBe(22);
    expect([messageLength(hex('30')), messageLength(hex('3084000000')), messageLength(Buffer.alloc(0))]).toEqual([undefined, undefined, undefined]);
  });

  it('4.3, 4.11: unbind and abandon', () => {
    expect(read('3005 020103 4200').request).toEqual({ kind: 'unbind' });
    expect(read('3006 020106 500105')).toEqual({ id: 6, request: { kind: 'abandon', id: 5 }, criticalControls: [] });
  });

  it('4.5: a search', () => {
    expect(read(rootSearch(`${OBJECT_CLASS} 3000`)).request).toEqual({
      kind: 'search', base: '', scope: 'base', sizeLimit: 0, timeLimit: 0, typesOnly: false, filter: { kind: 'present', attribute: 'objectclass' }, attributes: [],
    });
    const filter = `a018 a30a 0402 636e 0404 4b617375 a20a a308 0401 6f 0403 c3bc78`;
    expect(read(rootSearch(`${filter} 3005 0403 312e31`)).request).toMatchObject({
      filter: { kind: 'and', parts: [{ kind: 'equal', attribute: 'cn', value: 'KASU' }, { kind: 'not', part: { kind: 'equal', attribute: 'o', value: 'ÜX' } }] }, attributes: ['1.1'],
    });
    expect(read(rootSearch(`a407 0402 636e 3001 00 3000`)).request).toMatchObject({ filter: { kind: 'undefined' } });
  });

  it('4.1.11: controls, critical or not', () => {
    const [managed, paged] = ['2.16.840.1.113730.3.4.2', '1.2.840.113556.1.4.319'].map(ascii);
    const controls = hex(`301c 0417 ${managed} 0101ff 3018 0416 ${paged}`);
    const bytes = hex(`30${(7 + controls.length).toString(16)} 020103 4200 a0${controls.length.toString(16)} ${controls.toString('hex')}`);
    expect(readMessage(bytes).criticalControls).toEqual(['2.16.840.1.113730.3.4.2']);
  });

  it('4.6 to 4.10: what would change something is answered by its own answer', () => {
    for (const [asked, answerTag] of [['6600', 0x67], ['6800', 0x69], ['4a00', 0x6b], ['6c00', 0x6d], ['6e00', 0x6f]] as const) expect(read(`3005 020101 ${asked}`).request).toEqual({ kind: 'unserved', answerTag });
  });

  it('answers: results, entries, extensions, the notice of disconnection', () => {
    expect(writeResult(1, 'bind', { code: 'success' })).toEqual(hex('300c 020101 6107 0a0100 0400 0400'));
    expect(writeResult(2, 'search', { code: 'noSuchObject', matched: 'C=JP', diagnostic: 'x' })).toEqual(hex('3011 020102 650c 0a0120 0404 433d4a50 0401 78'));
    expect(writeResult(3, 0x69, { code: 'unwillingToPerform' })).toEqual(hex('300c 020103 6907 0a0135 0400 0400'));
    expect(Buffer.concat(writeEntry(2, 'C=JP', [{ description: 'cACertificate;binary', values: [] }]))).toEqual(hex(`3027 020102 6422 0404 433d4a50 301a 3018 0414 ${ascii('cACertificate;binary')} 3100`));
    expect(Buffer.concat(writeEntry(2, 'C=JP', [{ description: 'c', values: ['JP', hex('3000')] }]))).toEqual(hex('301c 020102 6417 0404 433d4a50 300f 300d 0401 63 3108 0402 4a50 0402 3000'));
    expect(writeExtended(4, { code: 'success' }, { value: 'dn:C=JP' })).toEqual(hex(`3015 020104 7810 0a0100 0400 0400 8b07 ${ascii('dn:C=JP')}`));
    expect(writeDisconnection({ code: 'protocolError' })).toEqual(hex(`3024 020100 781f 0a0102 0400 0400 8a16 ${ascii(EXTENSION.disconnection)}`));
  });

  it.each([
    ['a message that is none', '3105 020103 4200'], ['a message that ends within', '3006 020103 4200'], ['octets behind it', '3005 020103 4200 00'], ['a negative number', '3005 0201ff 4200'],
    ['a number of five octets', '3009 02050100000000 4200'], ['an operation that is none', '3005 020101 7f00'], ['an unknown operation', '3005 020101 7900'], ['a name that is not UTF-8', '300d 020101 6008 020103 0401ff 8000'],
    ['an indefinite length', '3080 020103 4200 0000'], ['no filter', rootSearch('')], ['an unknown filter', rootSearch('ab00 3000')], ['a scope that is none', '300f 020102 630a 0400 0a0107 0a0100 0201'],
    ['a control that is none', '3009 020103 4200 a002 0400'],
  ])('%s is a protocol error', (_what, text) => expect(() => read(text)).toThrow(ProtocolFault));

  it('filters are neither deep nor many, names and controls not many', () => {
    const nested = (depth: number): Buffer => {
      let filter = hex(OBJECT_CLASS);
      for (let n = 1; n < depth; n += 1) filter = Buffer.concat([hex(`a2 82 ${filter.length.toString(16).padStart(4, '0')}`), filter]);
      return filter;
    };
    const many = (count: number): Buffer => Buffer.concat([hex(`a0 82 ${(count * 3).toString(16).padStart(4, '0')}`), ...Array.from({ length: count }, () => hex('870161'))]);
    const search = (filter: Buffer, attributes = hex('3000')): Buffer => {
      const content = Buffer.concat([hex('0400 0a0100 0a0100 020100 020100 010100'), filter, attributes]);
      return Buffer.concat([hex(`30 82 ${(content.length + 7).toString(16).padStart(4, '0')} 020102 63 82 ${content.length.toString(16).padStart(4, '0')}`), content]);
    };
    for (const good of [nested(16), many(127)]) expect(readMessage(search(good)).request.kind).toBe('search');
    for (const bad of [nested(17), many(128), nested(2_000)]) expect(() => readMessage(search(bad))).toThrow(ProtocolFault);
    const names = (count: number): Buffer => Buffer.concat([hex(`30 82 ${(count * 3).toString(16).padStart(4, '0')}`), ...Array.from({ length: count }, () => hex('040161'))]);
    expect(readMessage(search(hex(OBJECT_CLASS), names(64))).request.kind).toBe('search');
    expect(() => readMessage(search(hex(OBJECT_CLASS), names(65)))).toThrow(ProtocolFault);
  });
});

describe('the stream', () => {
  it('gives the same messages whatever its pieces', () => {
    const one = fc.integer({ min: 0, max: 300 }).map((length) => Buffer.concat([hex(`30 82 ${length.toString(16).padStart(4, '0')}`), Buffer.alloc(length, 7)]));
    fc.assert(fc.property(fc.array(one, { maxLength: 6 }), fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (messages, cuts) => {
      const stream = Buffer.concat(messages);
      const [framing, taken] = [new Framing(), [] as Buffer[]];
      for (let at = 0, turn = 0; at < stream.length; turn += 1) {
        const size = cuts[turn % cuts.length] ?? 1;
        taken.push(...framing.take(stream.subarray(at, at + size)));
        at += size;
      }
      expect(taken).toEqual(messages);
      expect(framing.isPartial).toBe(false);
    }));
  });

  it('cuts thousands of messages that came in one piece from it where it lies', () => {
    const piece = Buffer.concat(Array<Buffer>(3_000).fill(hex('30 05 020101 4200')));
    const taken = [...new Framing().take(piece)];
    expect([taken.length, taken.every(({ buffer }) => buffer === piece.buffer)]).toEqual([3_000, true]);
  });

  it('ends at the first octet that begins no message, and at a length beyond the limit, before the octets come', () => {
    expect(() => [...new Framing().take(Buffer.from('GET / HTTP/1.1\r\n'))]).toThrow(ProtocolFault);
    expect(() => [...new Framing().take(hex(`30 84 ${(MESSAGE_LIMIT).toString(16).padStart(8, '0')}`))]).toThrow(ProtocolFault);
    const framing = new Framing();
    expect([...framing.take(hex(`30 84 ${(MESSAGE_LIMIT - 6).toString(16).padStart(8, '0')}`))]).toEqual([]);
    expect(framing.isPartial).toBe(true);
  });
});
