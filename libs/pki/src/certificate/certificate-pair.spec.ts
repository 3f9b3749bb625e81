import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT_PROFILE } from '../authority.fixture.js';
import { type Name, encodeName } from '../der/name.js';
import { contextConstructed, sequence } from '../der/write.js';
import { type SigningKey, generateRsaKey, signingKeyOf } from '../key/signing-key.js';
import { PkiError } from '../pki-error.js';
import { buildTbsCertificate, signCertificate } from './build-certificate.js';
import { type CertificatePair, certificatePairFaultOf, encodeCertificatePair, parseCertificatePair } from './certificate-pair.js';
import { type ParsedCertificate, parseCertificate } from './certificate.js';
import type { CertificateProfile, ProfileExtension } from './profile.js';

interface Party {
  readonly subjectDer: Buffer;
  readonly key: SigningKey;
  readonly spki: Buffer;
}

const NAMES: readonly Name[] = ['Prefecture', 'Bridge', 'Other'].map((value) => [{ type: 'C', value: 'JP' }, { type: 'O', value }]);
let prefecture: Party;
let bridge: Party;
let other: Party;
let forward: ParsedCertificate;
let reverse: ParsedCertificate;

beforeAll(async () => {
  const parties = await Promise.all(NAMES.map(async (name): Promise<Party> => {
    const key = signingKeyOf('cross', await generateRsaKey(2048));
    return { subjectDer: encodeName(name), key, spki: key.publicKeySpki };
  }));
  const [first, second, third] = parties;
  if (first === undefined || second === undefined || third === undefined) throw new Error('three parties expected');
  [prefecture, bridge, other] = [first, second, third];
  [forward, reverse] = [await cross(bridge, prefecture), await cross(prefecture, bridge)];
});

const AUTHORITY: readonly ProfileExtension[] = [
  { critical: true, value: { kind: 'keyUsage', bits: ['keyCertSign', 'cRLSign'] } },
  { critical: true, value: { kind: 'basicConstraints', ca: true } },
];

/** Cross certificate from one authority to another. */
async function cross(from: Party, to: Party, extensions = AUTHORITY): Promise<ParsedCertificate> {
  const profile: CertificateProfile = { ...ROOT_PROFILE, id: 'cross', extensions };
  const tbs = buildTbsCertificate({
    profile, serial: 9n, subjectDer: to.subjectDer, spki: to.spki,
    issuer: { nameDer: from.subjectDer, keyIdentifier: from.key.keyIdentifier },
    notBefore: new Date('2016-01-04T00:00:00Z'), notAfter: new Date('2018-12-31T14:59:59Z'),
  });
  return parseCertificate(await signCertificate(tbs, from.key));
}

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof PkiError) return error.code;
    throw error;
  }
}

describe('CertificatePair (JPKI 4.10, X.509 11.2.3)', () => {
  it('reads back what was written, of one certificate or both', () => {
    const both = encodeCertificatePair({ forward: forward.der, reverse: reverse.der });
    expect(both).toEqual(sequence(contextConstructed(0, forward.der), contextConstructed(1, reverse.der)));
    expect(parseCertificatePair(both)).toEqual({ forward, reverse });
    expect(parseCertificatePair(encodeCertificatePair({ reverse: reverse.der }))).toEqual({ reverse });
    expect(parseCertificatePair(encodeCertificatePair({ forward: forward.der }))).toEqual({ forward });
    expect(codeOf(() => encodeCertificatePair({}))).toBe('BAD_CERTIFICATE');
  });

  it('is a pair at its own authority, and turned round at the other', () => {
    expect(certificatePairFaultOf({ forward, reverse }, prefecture)).toBeUndefined();
    expect(certificatePairFaultOf({ forward: reverse, reverse: forward }, bridge)).toBeUndefined();
    for (const pair of [{ forward }, { reverse }]) expect(certificatePairFaultOf(pair, prefecture)).toBeUndefined();
    // The same name in another string type and case (RFC 5280 7.1).
    const subjectDer = encodeName([{ type: 'C', value: 'jp' }, { type: 'O', value: 'PREFECTURE', encoding: 'printable' }]);
    expect(certificatePairFaultOf({ forward, reverse }, { ...prefecture, subjectDer })).toBeUndefined();
  });

  it('every fault has its name', async () => {
    const fault = (pair: CertificatePair, at = prefecture) => certificatePairFaultOf(pair, at);
    const [rekeyedPrefecture, rekeyedBridge] = [{ ...prefecture, ...keysOf(other) }, { ...bridge, ...keysOf(other) }];
    expect(fault({})).toBe('EMPTY');
    expect(fault({ forward, reverse }, bridge)).toBe('FORWARD_NAME');
    expect(fault({ forward: await cross(bridge, rekeyedPrefecture), reverse })).toBe('FORWARD_KEY');
    expect(fault({ forward, reverse: await cross(other, bridge) })).toBe('REVERSE_NAME');
    expect(fault({ forward, reverse: await cross(rekeyedPrefecture, bridge) })).toBe('REVERSE_SIGNATURE');
    expect(fault({ forward: await cross(prefecture, prefecture) })).toBe('SAME_AUTHORITY');
    expect(fault({ forward, reverse: await cross(prefecture, other) })).toBe('NAMES_DO_NOT_CROSS');
    expect(fault({ forward, reverse: await cross(prefecture, rekeyedBridge) })).toBe('KEYS_DO_NOT_CROSS');
    const extensions: readonly (readonly ProfileExtension[])[] = [
      [], [{ critical: true, value: { kind: 'basicConstraints', ca: false } }],
      [{ critical: true, value: { kind: 'keyUsage', bits: ['cRLSign'] } }, { critical: true, value: { kind: 'basicConstraints', ca: true } }],
    ];
    for (const list of extensions) expect(fault({ forward, reverse: await cross(prefecture, bridge, list) })).toBe('NOT_AN_AUTHORITY');
    expect(fault({ forward, reverse: await cross(prefecture, bridge, AUTHORITY.slice(1)) })).toBeUndefined();
  });

  it('other forms are BAD_CERTIFICATE, and so is any damage or nothing at all', () => {
    const both = encodeCertificatePair({ forward: forward.der, reverse: reverse.der });
    for (const bad of [
      sequence(contextConstructed(1, reverse.der), contextConstructed(0, forward.der)), sequence(forward.der), sequence(contextConstructed(0)),
      sequence(contextConstructed(0, forward.der, forward.der)), sequence(contextConstructed(0, forward.der), contextConstructed(2)),
      Buffer.concat([both, both]), sequence(),
    ]) expect(codeOf(() => parseCertificatePair(bad))).toBe('BAD_CERTIFICATE');
    fc.assert(fc.property(fc.nat(both.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
      const changed = Buffer.from(both);
      changed[at] = (changed[at] ?? 0) ^ mask;
      const code = codeOf(() => expect(certificatePairFaultOf(parseCertificatePair(changed), prefecture)).toBeDefined());
      expect([undefined, 'BAD_CERTIFICATE']).toContain(code);
      expect(codeOf(() => parseCertificatePair(both.subarray(0, at)))).toBe('BAD_CERTIFICATE');
    }), { numRuns: 200 });
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
      expect([undefined, 'BAD_CERTIFICATE']).toContain(codeOf(() => parseCertificatePair(Buffer.from(octets))));
    }));
  });
});

function keysOf({ key, spki }: Party): Pick<Party, 'key' | 'spki'> {
  return { key, spki };
}
