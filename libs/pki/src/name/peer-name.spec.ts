import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PkiError } from '../pki-error.js';
import { certificateWith, dns, ip, mail, uri } from './name.fixture.js';
import { isNamed } from './peer-name.js';

function isNamedBy(peerName: string, ...alternativeNames: readonly Buffer[]): boolean {
  return isNamed(certificateWith({ alternativeNames }), peerName);
}

const V6 = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9];
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 1];

describe('peer names (RFC 9525)', () => {
  it.each([
    ['www.example.com', 'www.example.com'],
    ['WWW.example.COM', 'www.EXAMPLE.com'],
    ['www.example.com.', 'www.example.com'],
    ['localhost', 'localhost'],
    ['a_b.example.com', 'a_b.example.com'],
    ['xn--r8jz45g.JP', 'XN--R8JZ45G.jp'],
    ['www.example.com', '*.example.com'],
    ['xn--r8jz45g.example.com', '*.Example.com'],
    ['example.com', '*.com'],
  ])('%s is named by %s', (peerName, name) => {
    expect(isNamedBy(peerName, dns('other.example'), dns(name))).toBe(true);
  });

  it.each([
    ['www.example.com', 'example.com'],
    ['example.com', 'www.example.com'],
    // 6.3: exactly one label, as a whole, the first.
    ['example.com', '*.example.com'],
    ['a.b.example.com', '*.example.com'],
    ['www.example.com', 'w*.example.com'],
    ['www.example.com', '*w.example.com'],
    ['www.example.com', 'www.*.com'],
    ['a.b.example.com', '*.*.example.com'],
    ['localhost', '*'],
    ['localhost', '*.'],
    ['localhost', '*.localhost'],
    ['*.example.com', '*.example.com'],
    ['a.example.com', '.example.com'],
    ['.example.com', '*.example.com'],
    ['www.example.com', 'www.example.com.'],
    ['www.example.com..', 'www.example.com'],
    ['www.example.com', 'www.example.com\u0000.example.org'],
    ['www.example.com\u0000', 'www.example.com'],
    ['www.example.com', ' www.example.com'],
    // The Kelvin sign is k in lower case.
    ['\u212aasumi.example.com', 'kasumi.example.com'],
    ['例え.jp', '例え.jp'],
    ['é.jp', 'é.jp'],
    ['', ''],
    ['.', ''],
    ['256.0.2.1', '256.0.2.1'],
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1', '*.0.2.1'],
    ['192.0.2.1.', '192.0.2.1'],
    ['192.0.2', '192.0.2'],
    ['0xc0000201', '0xc0000201'],
    ['www.example.com:443', 'www.example.com:443'],
    ['https://www.example.com', 'https://www.example.com'],
    [`${'a'.repeat(64)}.example.com`, `${'a'.repeat(64)}.example.com`],
    [`${'a.'.repeat(126)}com`, `${'a.'.repeat(126)}com`],
    ['::1', '::1'],
  ])('%s is not named by %s', (peerName, name) => {
    expect(isNamedBy(peerName, dns(name))).toBe(false);
  });

  it('a name of 253 characters is a name', () => {
    const longest = `${'a.'.repeat(125)}com`;
    expect(longest).toHaveLength(253);
    expect(isNamedBy(longest, dns(longest))).toBe(true);
  });

  it.each([
    ['192.0.2.1', [192, 0, 2, 1]],
    ['2001:db8::9', V6],
    ['2001:0DB8:0:0:0:0:0:9', V6],
    ['2001:db8::0.0.0.9', V6],
    ['::', new Array<number>(16).fill(0)],
    ['::1', [...new Array<number>(15).fill(0), 1]],
    ['1::', [0, 1, ...new Array<number>(14).fill(0)]],
    ['::ffff:192.0.2.1', MAPPED],
  ])('%s is named by its octets', (peerName, octets) => {
    expect(isNamedBy(peerName, ip(...octets))).toBe(true);
    expect(isNamedBy(peerName, ip(...octets.slice(1), 77))).toBe(false);
  });

  it('any IPv6 address is named by the octets of its groups', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        if (!isIPv6(text)) return;
        // The URL standard writes every address in one form, without the dotted part.
        const host = new URL(`http://[${text}]/`).hostname.slice(1, -1);
        const [head = '', tail] = host.split('::');
        const groups = (part: string): number[] => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
        const missing = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length;
        const all = [...groups(head), ...new Array<number>(missing).fill(0), ...groups(tail ?? '')];
        expect(isNamedBy(text, ip(...all.flatMap((group) => [group >> 8, group & 255])))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('an address is compared with addresses of its family only', () => {
    expect(isNamedBy('192.0.2.1', ip(...MAPPED))).toBe(false);
    expect(isNamedBy('::ffff:192.0.2.1', ip(192, 0, 2, 1))).toBe(false);
    expect(isNamedBy('192.0.2.1', ip(192, 0, 2, 1, 255, 255, 255, 255))).toBe(false);
    for (const text of ['192.0.2.01', '192.0.2', '3221225985', '0xc0.0.2.1', ' 192.0.2.1', '[2001:db8::9]', '2001:db8::9%eth0', '2001:db8::9/64']) {
      expect(isNamedBy(text, ip(192, 0, 2, 1), ip(...V6)), text).toBe(false);
    }
  });

  it('only dNSName and iPAddress of subjectAltName name a peer', () => {
    const subject = [{ type: 'CN', value: 'www.example.com' }];
    expect(isNamed(certificateWith({ subject }), 'www.example.com')).toBe(false);
    const others = [uri('http://www.example.com/'), mail('www.example.com')];
    expect(isNamed(certificateWith({ subject, alternativeNames: others }), 'www.example.com')).toBe(false);
    expect(isNamed(certificateWith({ subject, alternativeNames: [dns('example.org')] }), 'www.example.com')).toBe(false);
  });

  it('an extension that cannot be read faults; a name that cannot is only no name', () => {
    expect(() => isNamedBy('example.com', Buffer.from([0x82, 9]))).toThrow(PkiError);
    expect(isNamedBy('example.com', ip(1), dns('\u0000\u00ff'), dns('example.com'))).toBe(true);
  });
});
