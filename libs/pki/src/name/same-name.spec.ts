import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Name, encodeName } from '../der/name.js';
import { oid } from '../der/oid.js';
import { TAG } from '../der/tag.js';
import { octetString, sequence, setOf, tlv, utf8String } from '../der/write.js';
import { PkiError } from '../pki-error.js';
import { isInSubtree, nameKeyOf } from './same-name.js';
import { preparedText } from './string-prep.js';

function keyOf(name: Name): string {
  return nameKeyOf(encodeName(name));
}

function keyOfText(value: string, tag: number = TAG.utf8String): string {
  const content = tag === TAG.utf8String ? Buffer.from(value, 'utf8') : Buffer.from(value, 'latin1');
  return nameKeyOf(sequence(setOf(sequence(oid('2.5.4.10'), tlv(tag, content)))));
}

function keyOfValue(value: Buffer, type = '2.5.4.10'): string {
  return nameKeyOf(sequence(setOf(sequence(oid(type), value))));
}

function same(a: string, b: string): boolean {
  return keyOfText(a) === keyOfText(b);
}

function faultOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof PkiError) return error.code;
    throw error;
  }
}

describe('comparison of distinguished names (RFC 5280 7.1)', () => {
  it('compares by characters, whichever string type holds them', () => {
    const text = 'Kasumi 1';
    const wide = Buffer.from(text, 'utf16le').swap16();
    const universal = Buffer.concat(Array.from(text, (character) => Buffer.from([0, 0, 0, character.charCodeAt(0)])));
    const keys = [
      ...[TAG.utf8String, TAG.printableString, TAG.ia5String, TAG.visibleString, TAG.teletexString].map((tag) => keyOfText(text, tag)),
      keyOfValue(tlv(TAG.bmpString, wide)),
      keyOfValue(tlv(TAG.universalString, universal)),
    ];
    expect(new Set(keys).size).toBe(1);
  });

  it('tells types of attributes apart by OID, and knows them by OID', () => {
    const o: Name = [{ type: 'O', value: 'x' }];
    expect(keyOf(o)).toBe(keyOf([{ type: '2.5.4.10', value: 'x' }]));
    expect(keyOf(o)).not.toBe(keyOf([{ type: 'OU', value: 'x' }]));
  });

  it('domainComponent and emailAddress ignore case (7.3, 4.1.2.6)', () => {
    for (const type of ['DC', 'emailAddress']) {
      expect(keyOf([{ type, value: 'Example' }])).toBe(keyOf([{ type, value: 'eXAMPLE' }]));
      expect(keyOf([{ type, value: 'Example' }])).not.toBe(keyOf([{ type, value: 'Example2' }]));
    }
  });

  it('the order of RDNs counts, that inside one does not', () => {
    const [c, o] = [
      { type: 'C', value: 'JP' },
      { type: 'O', value: 'Kiban' },
    ];
    expect(keyOf([c, o])).not.toBe(keyOf([o, c]));
    const [first, second] = [sequence(oid('2.5.4.3'), utf8String('a')), sequence(oid('2.5.4.5'), utf8String('LONGER'))];
    expect(nameKeyOf(sequence(tlv(TAG.set, first, second)))).toBe(nameKeyOf(sequence(tlv(TAG.set, second, first))));
    expect(keyOf([c, { ...o, joined: true }])).not.toBe(keyOf([c, o]));
    // {a, a} and {a, b} have as many attributes, and each of the first has one that matches in the second.
    const third = sequence(oid('2.5.4.3'), utf8String('b'));
    expect(nameKeyOf(sequence(setOf(first, first)))).not.toBe(nameKeyOf(sequence(setOf(first, third))));
  });

  it('values that are no text are compared by octets', () => {
    const unique = '2.5.4.45';
    expect(keyOfValue(octetString(Buffer.from('ab')), unique)).toBe(keyOfValue(octetString(Buffer.from('ab')), unique));
    expect(keyOfValue(octetString(Buffer.from('ab')), unique)).not.toBe(keyOfValue(octetString(Buffer.from('AB')), unique));
    expect(keyOfValue(octetString(Buffer.from('ab')), unique)).not.toBe(keyOfValue(utf8String('ab'), unique));
    expect(keyOfValue(tlv(TAG.octetString, Buffer.from('a')))).not.toBe(keyOfText('#040161'));
  });

  it('no text makes one name look like another', () => {
    const [o, ou] = [
      { type: 'O', value: 'a' },
      { type: 'OU', value: 'b' },
    ];
    const two = [keyOf([o, ou]), keyOf([o, { ...ou, joined: true }])];
    for (const mark of ['', '\u0000', '\u0001', '\u0001\u0000', ',', '+']) {
      expect(two).not.toContain(keyOf([{ type: 'O', value: `a${mark}2.5.4.11=b` }]));
    }
  });

  it('subtree: the RDNs of the base come first (7.1)', () => {
    const base: Name = [
      { type: 'C', value: 'JP' },
      { type: 'O', value: 'Kiban' },
    ];
    const below: Name = [...base, { type: 'CN', value: 'a' }];
    expect(isInSubtree(keyOf(below), keyOf(base))).toBe(true);
    expect(isInSubtree(keyOf(base), keyOf(base))).toBe(true);
    expect(isInSubtree(keyOf(base), keyOf(below))).toBe(false);
    expect(isInSubtree(keyOf(below), keyOf([]))).toBe(true);
    expect(isInSubtree(keyOf([{ type: 'C', value: 'JP' }, { type: 'O', value: 'Kiban 2' }]), keyOf(base))).toBe(false);
    // A multi-valued RDN is one step: the base must hold all of it.
    expect(isInSubtree(keyOf([...base, { type: 'OU', value: 'x', joined: true }]), keyOf(base))).toBe(false);
  });

  it('what is no Name faults', () => {
    const noNames = ['3100', '30023000', '3004310230', '300931073005060355040a', '300b31093107060355040a0c00', '300f310d300b060355040a0c01610c0161'];
    for (const der of noNames) {
      expect(faultOf(() => nameKeyOf(Buffer.from(der, 'hex')))).toBe('BAD_DER');
    }
  });
});

describe('string preparation (RFC 4518)', () => {
  it('case (2.2): full folding, no letter mixed up with another', () => {
    expect(same('Straße', 'STRASSE')).toBe(true);
    expect(same('ΟΔΟΣ', 'οδος')).toBe(true);
    expect(same('ＫＡＳＵＭＩ', 'kasumi')).toBe(true);
    expect(same('𝐀', 'a')).toBe(true);
    expect(same('𝐚', 'A')).toBe(true);
    expect(same('ı', 'i')).toBe(false);
    expect(same('は', 'ば')).toBe(false);
  });

  it('mapped to nothing (2.2)', () => {
    const joiners = ['\u00ad', '\u1806', '\u034f', '\u180c', '\ufe0f', '\ufffc'];
    const controls = ['\u0000', '\u001f', '\u007f', '\u0090', '\u06dd', '\u200d', '\u202b', '\u2061', '\ufeff', '\u{1d173}', '\u{e0041}'];
    for (const nothing of [...joiners, ...controls, '\u200b']) {
      expect(same(`Ka${nothing}sumi`, 'Kasumi'), nothing.codePointAt(0)?.toString(16)).toBe(true);
    }
    expect(same('Ka-sumi', 'Kasumi')).toBe(false);
  });

  it('spaces (2.2, 2.6.1): outer ones do not count, inner runs are one, no run is none', () => {
    for (const text of ['a b', ' a b', 'a b  ', 'a    b', 'a\tb', 'a\r\nb', 'a\u3000b', '\u00a0a \u2003 b\u2028', 'a\u0085b']) {
      expect(same(text, 'A B'), JSON.stringify(text)).toBe(true);
    }
    expect(same('ab', 'a b')).toBe(false);
    expect(same('', '   ')).toBe(true);
    expect(same('', 'a')).toBe(false);
  });

  it('a space with a mark after it is none (2.6)', () => {
    expect(same('a \u0301', 'a\u0301')).toBe(false);
    expect(same('a  \u0301', 'a \u0301')).toBe(false);
    expect(same('\u00b4b', ' \u0301b')).toBe(true);
    expect(same('\u00b4b', '\u0301b')).toBe(false);
  });

  it('normalized (2.3)', () => {
    expect(same('か\u3099', 'が')).toBe(true);
    expect(same('㍻', '平成')).toBe(true);
    expect(same('ｶﾞ', 'ガ')).toBe(true);
    expect(same('葛', '葛\u{e0100}')).toBe(false);
  });

  it('prohibited text (2.4) is the same only as its own octets', () => {
    for (const text of ['a\ue000', 'a\ufffd', '\u0301a', 'a\u{10ffff}', 'a\u0378']) {
      expect(same(text, text)).toBe(true);
      expect(same(text, text.replace('a', 'A')), JSON.stringify(text)).toBe(false);
      expect(same(text, 'a')).toBe(false);
    }
    const lone = tlv(TAG.bmpString, Buffer.from('d800', 'hex'));
    expect(keyOfValue(lone)).not.toBe(keyOfValue(tlv(TAG.bmpString, Buffer.from('d801', 'hex'))));
  });

  it('prepared text is prepared: writings that count as the same have one key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        const once = preparedText(text);
        if (once === undefined) return;
        expect(preparedText(once)).toBe(once);
        expect(preparedText(`  ${text}\u00ad\u3000`)).toBe(once);
      }),
    );
  });

  it('hostile text takes time by its length only', () => {
    const started = process.cpuUsage();
    for (const part of ['\u0301\u0323', ' ', ' \u0301', '\ufdfa', 'Σ', '\u00ad', '\ue000', 'ı', '\u1161', `a${'\u0323\u0301'.repeat(15)}`]) {
      keyOfText(`a${part.repeat(Math.ceil(30_000 / part.length))}`);
    }
    expect(process.cpuUsage(started).user).toBeLessThan(1_500_000);
  });
});
