import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeName } from '../der/name.js';
import { dnOf, dnText, parseDn } from './dn.js';

const keyOf = (text: string): string | undefined => parseDn(text)?.key;

describe('names as they are written (RFC 4514)', () => {
  it('section 4: the examples', () => {
    expect(parseDn('UID=jsmith,DC=example,DC=net')?.name.map(({ type, value }) => [type, value])).toEqual([['DC', 'net'], ['DC', 'example'], ['0.9.2342.19200300.100.1.1', 'jsmith']]);
    expect(parseDn('OU=Sales+CN=J.  Smith,DC=example,DC=net')?.name.map(({ value, joined }) => [value, joined])).toEqual([['net', undefined], ['example', undefined], ['Sales', undefined], ['J.  Smith', true]]);
    expect(parseDn('CN=James \\"Jim\\" Smith\\, III,DC=example,DC=net')?.name.at(-1)?.value).toBe('James "Jim" Smith, III');
    expect(parseDn('CN=Before\\0dAfter,DC=example,DC=net')?.name.at(-1)?.value).toBe('Before\rAfter');
    expect(parseDn('CN=Lu\\C4\\8Di\\C4\\87')?.name.at(-1)?.value).toBe('Lučić');
    expect(parseDn('1.3.6.1.4.1.1466.0=#04024869')?.name).toEqual([{ type: '1.3.6.1.4.1.1466.0', value: '#04024869', encoding: 'der' }]);
    expect(parseDn('')).toEqual({ name: [], key: '' });
  });

  it('names are the same in any case, by short name, long name or identifier, whatever string type holds them (RFC 4518; RFC 5280 7.1)', () => {
    const written = ['CN=Kasumi-shi CRLDP,O=JPKI,C=JP', 'cn=KASUMI-SHI  crldp,o=jpki,c=jp', '2.5.4.3=Kasumi-shi\\20CRLDP,organizationName=JPKI,2.5.4.6=JP', 'cn=#13104b6173756d692d7368692043524c4450,o=JPKI,c=jp'];
    expect(new Set(written.map(keyOf)).size).toBe(1);
    expect(keyOf('CN=Kasumi-shi,O=JPKI,C=JP')).not.toBe(keyOf(written[0] ?? ''));
    expect(keyOf('O=JPKI,C=JP')).not.toBe(keyOf('C=JP,O=JPKI'));
    expect(keyOf('O=A+OU=B,C=JP')).toBe(keyOf('OU=b+O=a,C=JP'));
  });

  it.each([
    'O=JPKI,C=JP,', ',O=JPKI', 'O=a,,C=JP', 'O=a++OU=b', 'O', 'O=', 'O= a', 'O=a ', 'O=a\\\\ ', 'O=a, C=JP', ' O=a', 'O =a', 'O=#0', 'O=#zz', 'O=#0401', 'O=\\', 'O=\\zz', 'O=\\FF', 'O=a"b', 'O=a;C=JP', 'O=a<b',
    'O=a\0', 'C=JPN', 'nosuch=a', '1.=a', '1..2=a', `O=${'a'.repeat(5_000)}`,
  ])('is none: %j', (text) => expect(parseDn(text)).toBeUndefined());

  it('a space or a number sign at the edges only with an escape', () => {
    expect(['O=\\ a', 'O=a\\ ', 'O=\\#a', 'O=a\\\\\\ ', 'O=a#b c'].map((text) => parseDn(text)?.name[0]?.value)).toEqual([' a', 'a ', '#a', 'a\\ ', 'a#b c']);
  });

  it('is written from the least significant part, with what is special escaped once; what has no short name in hexadecimal digits', () => {
    expect(dnText([{ type: 'C', value: 'JP' }, { type: 'O', value: 'JPKI' }, { type: 'OU', value: 'Bridge' }])).toBe('OU=Bridge,O=JPKI,C=JP');
    expect(dnText([{ type: 'O', value: 'A, B + "C"' }, { type: 'CN', value: '#1 ' }, { type: 'serialNumber', value: '2', joined: true }, { type: 'L', value: ' ' }])).toBe('L=\\ ,CN=\\#1\\ +serialNumber=2,O=A\\, B \\+ \\"C\\"');
    expect(dnText([{ type: '1.2.3', value: 'x' }])).toBe('1.2.3=#0c0178');
  });

  it('what is written is read as the same name', () => {
    const character = fc.constantFrom('a', 'B', '0', ' ', '#', ',', '+', '"', '\\', '<', '>', ';', '=', '\0', '\n', 'é', 'が', '㍻', '\u{20b9f}', '\u3000');
    const attribute = fc.record({ type: fc.constantFrom('CN', 'OU', 'O', 'L', 'serialNumber', '1.2.3.4', '0.9.2342.19200300.100.1.1'), value: fc.string({ unit: character, minLength: 1, maxLength: 8 }), encoding: fc.constant('utf8' as const) });
    const rdn = fc.array(attribute, { minLength: 1, maxLength: 3 }).map((attributes) => attributes.map((one, at) => (at === 0 ? one : { ...one, joined: true as const })));
    fc.assert(fc.property(fc.array(rdn, { maxLength: 3 }), (rdns) => {
      const name = rdns.flat();
      const again = parseDn(dnText(name));
      expect(again?.key).toBe(dnOf(name).key);
      expect(encodeName(again?.name ?? [])).toEqual(encodeName(name));
    }));
  });

  it('reads whatever it is given, and either it is a name or none', () => {
    const piece = fc.constantFrom('O=', 'C=JP', ',', '+', '\\', '\\2C', '#', ' ', '"', 'cn=a', '=', '04', '1.2=', 'é', '\0', ';');
    fc.assert(fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const read = parseDn(pieces.join(''));
      if (read !== undefined) expect(parseDn(dnText(read.name))?.key).toBe(read.key);
    }));
  });
});
