import { describe, expect, it } from 'vitest';
import { type DistributionPointName, distributionPointNameOf, reasonMaskOf } from '../crl/issuing-distribution-point.js';
import { encodeExtension } from '../der/extension.js';
import { type GeneralName, encodeGeneralName } from '../der/general-name.js';
import { OID } from '../der/oid.js';
import { valuesOf } from '../der/read.js';
import { contextConstructed, contextPrimitive, integer, namedBits, sequence } from '../der/write.js';
import * as fixture from './crl.fixture.js';
import { distributionPointsOf, impliedPointOf } from './distribution-points.js';
import { generalNameKeys, haveCommon, pointNameKeys } from './point-name.js';
import { uriKeyOf } from './uri-key.js';

const key = fixture.testKey();
const BAD_CERTIFICATE = expect.objectContaining({ code: 'BAD_CERTIFICATE' });

describe('URIs (RFC 5280 7.4, RFC 3986 section 6)', () => {
  it.each([
    ['scheme and host in any case', 'HTTP://Crl.Example.JP/a', 'http://crl.example.jp/a'],
    ['default port of http', 'http://a:80/', 'http://a/'],
    ['default port of ldap', 'LDAP://a:389/cn=x', 'ldap://a/cn=x'],
    ['empty port', 'ftp://a:/x', 'ftp://a:21/x'],
    ['no path', 'https://a', 'https://a:443/'],
    ['percent encoding of an unreserved character', 'http://a/%7euser%41', 'http://a/~userA'],
    ['percent encoding in either case', 'http://a/%c3%a9', 'http://a/%C3%A9'],
    ['dot segments', 'http://a/b/./c/../d', 'http://a/b/d'],
    ['dot segments at the end', 'http://a/b/c/..', 'http://a/b/'],
    ['dot segments above the root', 'http://a/../b', 'http://a/b'],
    ['encoded dots', 'http://a/x/%2e%2E/b', 'http://a/b'],
  ])('the same: %s', (_name, one, other) => {
    expect(uriKeyOf(one)).toBe(uriKeyOf(other));
  });

  it.each([
    ['another scheme', 'http://a/', 'https://a/'],
    ['path in another case', 'http://a/B', 'http://a/b'],
    ['another port', 'http://a:8080/', 'http://a/'],
    ['port of another scheme', 'https://a:80/', 'https://a/'],
    ['user in another case', 'ftp://U@a/', 'ftp://u@a/'],
    ['query', 'ldap://a/x?b', 'ldap://a/x?c'],
    ['query against none', 'http://a/?', 'http://a/'],
    ['percent encoding of a reserved character', 'http://a/b%2Fc', 'http://a/b/c'],
    ['a slash more', 'http://a//b', 'http://a/b'],
    ['no path of an unknown scheme', 'x://a', 'x://a/'],
    ['text that is no URI', 'A/b', 'a/b'],
  ])('not the same: %s', (_name, one, other) => {
    expect(uriKeyOf(one)).not.toBe(uriKeyOf(other));
  });

  it('hostile text takes linear time', () => {
    const [letters, authority, path] = ['a'.repeat(1_000_000), `http://${'@:'.repeat(500_000)}`, `http://a${'/..'.repeat(300_000)}`];
    const port = `x://a:${'1'.repeat(1_000_000)}x`;
    for (const text of [letters, authority, path, port]) expect(uriKeyOf(text).length).toBeGreaterThan(0);
  }, 5_000);
});

function full(...names: readonly GeneralName[]): DistributionPointName {
  return { kind: 'full', names: valuesOf(Buffer.concat(names.map(encodeGeneralName))) };
}

describe('names of distribution points', () => {
  it('names of different forms are never the same', () => {
    const host: GeneralName = { kind: 'dns', host: 'A.example.jp' };
    const [one, sameHost, uri] = [host, { ...host, host: 'a.EXAMPLE.jp' }, { kind: 'uri', uri: 'a.example.jp' } as const].map((name) =>
      pointNameKeys(full(name), fixture.ISSUER),
    );
    if (one === undefined || sameHost === undefined || uri === undefined) throw new Error('three sets expected');
    expect([haveCommon(one, sameHost), haveCommon(one, uri), haveCommon(new Set(), one)]).toEqual([true, false, false]);
  });

  it('4.2.1.13: a relative name is an RDN below the CRL issuer, with all its attributes', () => {
    const relative = fixture.points({ name: { relative: 'part' } });
    const [point] = distributionPointsOf(fixture.certificateOf({ extensions: [relative] }, key));
    if (point?.name === undefined) throw new Error('a name expected');
    const whole = full({ kind: 'directoryName', name: [{ type: 'C', value: 'JP' }, { type: 'OU', value: 'issuer' }, { type: 'CN', value: 'part' }] });
    expect(pointNameKeys(point.name, fixture.ISSUER)).toEqual(pointNameKeys(whole, fixture.OTHER_ISSUER));
    expect(pointNameKeys(point.name, fixture.OTHER_ISSUER)).not.toEqual(pointNameKeys(whole, fixture.OTHER_ISSUER));
  });

  it('refuses an empty or unknown choice', () => {
    for (const content of [Buffer.alloc(0), contextConstructed(1), contextPrimitive(0, Buffer.from([1])), integer(1)]) {
      expect(() => distributionPointNameOf(content)).toThrow(expect.objectContaining({ code: 'BAD_DER' }));
    }
  });

  it('a malformed directory name is a fault', () => {
    expect(() => generalNameKeys(valuesOf(contextConstructed(4, sequence(integer(1)))))).toThrow(expect.objectContaining({ code: 'BAD_DER' }));
  });
});

describe('crlDistributionPoints whole (RFC 5280 4.2.1.13)', () => {
  it('reads names, reasons and CRL issuers of every point', () => {
    const extension = fixture.points(
      { name: fixture.uri('http://a/1'), reasons: [1, 8] },
      { crlIssuer: [fixture.ISSUER, fixture.OTHER_ISSUER] },
      { name: { relative: 'part' } },
    );
    expect(distributionPointsOf(fixture.certificateOf({ extensions: [extension] }, key))).toMatchObject([
      { name: { kind: 'full', names: [{ content: Buffer.from('http://a/1') }] }, reasons: 0x102 },
      { reasons: 0x1fe, crlIssuer: [{ content: fixture.ISSUER }, { content: fixture.OTHER_ISSUER }] },
      { name: { kind: 'relative' }, reasons: 0x1fe },
    ]);
    expect(distributionPointsOf(fixture.certificateOf({}, key))).toEqual([]);
  });

  it.each([
    ['fields out of order', Buffer.concat([contextConstructed(2, contextConstructed(4, fixture.ISSUER)), contextPrimitive(1, namedBits([1]))])],
    ['an unknown field', contextConstructed(3, integer(1))],
    ['reasons that are no bits', contextPrimitive(1, Buffer.from([9, 0]))],
  ])('refuses %s', (_name, field) => {
    const extension = encodeExtension(OID.crlDistributionPoints, false, sequence(sequence(field)));
    const certificate = fixture.certificateOf({ extensions: [extension] }, key);
    expect(() => distributionPointsOf(certificate)).toThrow(BAD_CERTIFICATE);
  });

  it('bits that are no reason count for nothing, however many', () => {
    expect(reasonMaskOf(namedBits([0, 3, 9, 31]))).toBe(1 << 3);
    expect(() => reasonMaskOf(namedBits([40]))).toThrow(expect.objectContaining({ code: 'BAD_DER' }));
  });

  it('end of 6.3.3: the implied point has the names of the issuer and all reasons', () => {
    const names = [{ content: fixture.ISSUER }];
    expect(impliedPointOf(fixture.certificateOf({}, key))).toMatchObject({ name: { kind: 'full', names }, reasons: 0x1fe });
  });
});
