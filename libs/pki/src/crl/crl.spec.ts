import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { CA_NAME_DER, FILLED_PARTITION } from '../authority.fixture.js';
import { encodeExtension } from '../der/extension.js';
import { encodeGeneralName } from '../der/general-name.js';
import { OID } from '../der/oid.js';
import { encodeName, parseName } from '../der/name.js';
import { valuesOf } from '../der/read.js';
import { time } from '../der/time.js';
import { bitString, contextConstructed, enumerated, integer, sequence } from '../der/write.js';
import { type SigningKey, generateRsaKey, signatureAlgorithmIdentifier, signingKeyOf } from '../key/signing-key.js';
import { lintCrl } from '../lint/lint-crl.js';
import { type CrlContent, type IssuingDistributionPoint, buildCrl } from './build-crl.js';
import { type CrlEntry, CRL_REASON, MAX_ENTRY_LENGTH, isCrlReason, writeCrlEntry } from './crl-entry.js';
import { crlEntriesOf } from './crl-entries.js';
import { CrlCheck, type CheckedCrl, type CrlExpectation } from './check-crl.js';
import { isCrlSignedBy, parseCrl } from './crl.js';
import type { ParsedIssuingDistributionPoint } from './issuing-distribution-point.js';

const REVOKED_AT = new Date('2016-01-04T00:30:00Z');
const POINT = { fullName: [{ kind: 'directoryName', name: FILLED_PARTITION }], only: 'userCerts' } as const;

let key: SigningKey;
beforeAll(async () => {
  key = signingKeyOf('ca', await generateRsaKey(2048));
});

function content(changes: Partial<CrlContent> = {}): CrlContent {
  return {
    issuerDer: CA_NAME_DER,
    thisUpdate: new Date('2016-01-04T17:00:00Z'),
    nextUpdate: new Date('2016-01-06T17:00:00Z'),
    crlNumber: 5n,
    distributionPoint: POINT,
    entries: [],
    ...changes,
  };
}

function verifyCrl(der: Buffer, expected: CrlExpectation): CheckedCrl {
  const check = new CrlCheck(expected, { distributionPoint: POINT, maxSeconds: 48 * 3600 });
  check.push(der);
  return check.end();
}

function written(entry: CrlEntry): Buffer {
  const target = Buffer.alloc(MAX_ENTRY_LENGTH);
  return target.subarray(0, writeCrlEntry(target, 0, entry));
}

/** What is read of a point that was written. */
function asParsed({ fullName = [], only }: IssuingDistributionPoint): ParsedIssuingDistributionPoint {
  return {
    name: { kind: 'full', names: valuesOf(Buffer.concat(fullName.map(encodeGeneralName))) },
    indirect: false,
    ...(only === undefined ? {} : { only }),
  };
}

describe('entries (JPKI 4.8)', () => {
  it('vector: 37 octets with a reason', () => {
    expect(written({ serial: 0x06d18006n, revokedAt: REVOKED_AT, reason: 'affiliationChanged' }).toString('hex').toUpperCase()).toBe(
      '3023020406D18006170D3136303130343030333030305A300C300A0603551D1504030A0103',
    );
  });

  it('JPKI 4.18 sizes: 23 without a reason, 63 with invalidityDate, 49 and 52 for serials of 16 and 19 octets', () => {
    const entry = { serial: 0x06d18006n, revokedAt: REVOKED_AT };
    expect(written(entry).length).toBe(23);
    expect(written({ ...entry, reason: 'unspecified' }).length).toBe(23);
    expect(written({ ...entry, reason: 'keyCompromise', invalidityDate: REVOKED_AT }).length).toBe(63);
    expect(written({ ...entry, serial: 1n << 126n, reason: 'superseded' }).length).toBe(49);
    expect(written({ ...entry, serial: 1n << 150n, reason: 'superseded' }).length).toBe(52);
    const longest = {
      serial: (1n << 159n) - 1n,
      revokedAt: new Date('2051-01-01T00:00:00Z'),
      reason: 'superseded',
      invalidityDate: REVOKED_AT,
    } as const;
    expect(written(longest).length).toBeLessThanOrEqual(MAX_ENTRY_LENGTH);
  });

  it('every entry comes back, in order, at the second', async () => {
    const instant = fc.date({ min: new Date('1950-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true });
    const reasons = Object.keys(CRL_REASON)
      .filter(isCrlReason)
      .filter((reason) => reason !== 'unspecified');
    const entry = fc.record(
      {
        serial: fc.bigInt({ min: 1n, max: (1n << 159n) - 1n }),
        revokedAt: instant.map((date) => new Date(Math.floor(date.getTime() / 1000) * 1000)),
        reason: fc.constantFrom(...reasons),
        invalidityDate: instant.map((date) => new Date(Math.floor(date.getTime() / 1000) * 1000)),
      },
      { requiredKeys: ['serial', 'revokedAt'] },
    );
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(entry, { selector: ({ serial }) => serial, maxLength: 40 }), async (entries) => {
        entries.sort((a, b) => (a.serial < b.serial ? -1 : 1));
        const { der, entryCount } = await buildCrl(content({ entries }), key);
        const found = [...crlEntriesOf(parseCrl(der))].map(({ reasonNumber: number, ...rest }) =>
          number === undefined || rest.reason !== undefined ? rest : undefined,
        );
        expect(found).toEqual(entries);
        expect(entryCount).toBe(entries.length);
      }),
      { numRuns: 60 },
    );
  });
});

describe('CRL and ARL', () => {
  it('carries issuer, times, AKI, number and a critical distribution point; empty it has no list and, for the JPKI name, 693 octets (4.18)', async () => {
    const { der } = await buildCrl(content(), key);
    const crl = parseCrl(der);
    expect(crl.issuer).toEqual(parseName(CA_NAME_DER));
    expect([crl.thisUpdate, crl.nextUpdate]).toEqual([content().thisUpdate, content().nextUpdate]);
    expect(crl.number).toBe(5n);
    expect(crl.authorityKeyIdentifier).toEqual(key.keyIdentifier);
    expect(crl.issuingDistributionPoint).toEqual(asParsed(POINT));
    expect(crl.extensions.map(({ oid, critical }) => [oid, critical])).toEqual([
      [OID.authorityKeyIdentifier, false],
      [OID.crlNumber, false],
      [OID.issuingDistributionPoint, true],
    ]);
    expect(crl.entriesDer.length).toBe(0);
    const production = encodeName(parseName(CA_NAME_DER).map((one) => (one.type === 'O' ? { ...one, value: 'JPKI' } : one)));
    expect((await buildCrl(content({ issuerDer: production }), key)).der.length).toBe(693);
    expect(isCrlSignedBy(crl, key.publicKeySpki)).toBe(true);
  });

  it('builds an ARL for the authority entry', async () => {
    const point = { fullName: [{ kind: 'directoryName', name: parseName(CA_NAME_DER) }], only: 'caCerts' } as const;
    const { der } = await buildCrl(content({ distributionPoint: point, nextUpdate: new Date('2016-02-08T17:00:00Z') }), key);
    expect(parseCrl(der).issuingDistributionPoint).toEqual(asParsed(point));
    expect(lintCrl(parseCrl(der), { distributionPoint: point, maxSeconds: 35 * 86_400 })).toEqual([]);
    expect(lintCrl(parseCrl(der), { distributionPoint: POINT, maxSeconds: 48 * 3600 }).map(({ id }) => id)).toEqual([
      'e_crl_idp_dn',
      'e_crl_nextupdate_gt_48h',
    ]);
  });

  it('takes 100,000 entries from a cursor without an array, and verifies to the last', async () => {
    let live = 0;
    let mostLive = 0;
    async function* cursor(): AsyncGenerator<CrlEntry> {
      for (let n = 0; n < 100_000; n += 1) {
        live += 1;
        mostLive = Math.max(mostLive, live);
        yield { serial: 0x06d18006n + BigInt(n) * 3n, revokedAt: REVOKED_AT, reason: 'affiliationChanged' };
        live -= 1;
      }
    }
    const grown = await buildCrl(content({ entries: cursor() }), key);
    expect(mostLive).toBe(1);
    expect(grown.der.length - (await buildCrl(content(), key)).der.length).toBeLessThan(3_700_000 + 20);
    const expected = { issuerDer: CA_NAME_DER, issuerSpki: key.publicKeySpki, number: 5n, entryCount: 100_000 };
    expect(verifyCrl(grown.der, expected)).toMatchObject({ length: grown.der.length, findings: [] });
  });

  it('refuses unsorted, repeated and impossible input before anything is signed', async () => {
    const entry = { serial: 7n, revokedAt: REVOKED_AT };
    await expect(buildCrl(content({ entries: [entry, { ...entry, serial: 6n }] }), key)).rejects.toMatchObject({ code: 'CRL_UNSORTED' });
    await expect(buildCrl(content({ entries: [entry, entry] }), key)).rejects.toMatchObject({ code: 'CRL_UNSORTED' });
    await expect(buildCrl(content({ entries: [{ ...entry, serial: 1n << 159n }] }), key)).rejects.toMatchObject({ code: 'BAD_CRL' });
    await expect(buildCrl(content({ entries: [{ ...entry, revokedAt: new Date(Number.NaN) }] }), key)).rejects.toMatchObject({
      code: 'BAD_TIME',
    });
    for (const text of ['0016-01-04T00:00:00Z', '1949-12-31T23:59:59Z']) {
      await expect(buildCrl(content({ entries: [{ ...entry, invalidityDate: new Date(text) }] }), key)).rejects.toMatchObject({ code: 'BAD_TIME' });
    }
    await expect(buildCrl(content({ nextUpdate: content().thisUpdate }), key)).rejects.toMatchObject({ code: 'BAD_CRL' });
    await expect(buildCrl(content({ crlNumber: 1n << 160n }), key)).rejects.toMatchObject({ code: 'BAD_CRL' });
  });

  it('JPKI 3.7 what is checked before publication: signature, issuer, number and count', async () => {
    const { der } = await buildCrl(content({ entries: [{ serial: 7n, revokedAt: REVOKED_AT }] }), key);
    const right = { issuerDer: CA_NAME_DER, issuerSpki: key.publicKeySpki, number: 5n, entryCount: 1 };
    expect(verifyCrl(der, right)).toEqual({ sha256: createHash('sha256').update(der).digest('hex'), length: der.length, findings: [] });
    const other = signingKeyOf('other', await generateRsaKey(2048));
    expect(() => verifyCrl(der, { ...right, issuerSpki: other.publicKeySpki })).toThrow(expect.objectContaining({ code: 'BAD_SIGNATURE' }));
    expect(() => verifyCrl(der, { ...right, issuerDer: sequence() })).toThrow(expect.objectContaining({ code: 'CRL_MISMATCH' }));
    expect(() => verifyCrl(der, { ...right, number: 6n })).toThrow(expect.objectContaining({ code: 'CRL_MISMATCH' }));
    expect(() => verifyCrl(der, { ...right, entryCount: 2 })).toThrow(expect.objectContaining({ code: 'CRL_MISMATCH' }));
  });

  it('answers damage anywhere with a typed error', async () => {
    const entries = [7n, 9n, 300n].map((serial) => ({ serial, revokedAt: REVOKED_AT, reason: 'superseded' as const }));
    const { der } = await buildCrl(content({ entries }), key);
    const expected = { issuerDer: CA_NAME_DER, issuerSpki: key.publicKeySpki, number: 5n, entryCount: 3 };
    for (let at = 0; at < der.length; at += 1) {
      const damaged = Buffer.from(der);
      damaged[at] = (damaged[at] ?? 0) ^ (1 + ((randomBytes(1)[0] ?? 0) % 255));
      expect(() => verifyCrl(damaged, expected), `octet ${at}`).toThrow(expect.objectContaining({ name: 'PkiError' }));
      expect(() => verifyCrl(der.subarray(0, at), expected)).toThrow(expect.objectContaining({ code: 'BAD_CRL' }));
    }
    const indefinite = Buffer.concat([Buffer.from([0x30, 0x80]), der.subarray(4), Buffer.from([0, 0])]);
    expect(() => parseCrl(indefinite)).toThrow(expect.objectContaining({ code: 'BAD_CRL' }));
  });

  it('JPKI 4.15 lintCrl names what a foreign or broken generator writes', async () => {
    const algorithm = signatureAlgorithmIdentifier('sha256WithRSAEncryption');
    const reason = sequence(encodeExtension(OID.reasonCode, false, enumerated(0)));
    const entry = (serial: number): Buffer => sequence(integer(serial), time(REVOKED_AT), reason);
    const extensions = sequence(
      encodeExtension(OID.crlNumber, false, integer(4)),
      encodeExtension(OID.deltaCrlIndicator, true, integer(3)),
    );
    const tbs = sequence(
      integer(1),
      algorithm,
      CA_NAME_DER,
      time(content().thisUpdate),
      time(new Date('2016-01-07T17:00:00Z')),
      sequence(entry(9), entry(9)),
      contextConstructed(0, extensions),
    );
    const der = sequence(tbs, algorithm, bitString(await key.sign(tbs)));
    const isExpired = (serial: bigint): boolean => serial === 9n;
    expect(lintCrl(parseCrl(der), { distributionPoint: POINT, previousNumber: 4n, maxSeconds: 48 * 3600, isExpired }).map(({ id }) => id)).toEqual([
      'e_crl_idp_missing_or_not_critical',
      'e_crl_idp_dn',
      'e_crl_number_not_increasing',
      'e_crl_nextupdate_gt_48h',
      'e_crl_delta_indicator',
      'e_crl_reason_unspecified_present',
      'e_crl_entry_expired',
      'e_crl_unsorted_or_duplicate',
    ]);
    expect(lintCrl({ ...parseCrl(der), entriesDer: Buffer.alloc(3) }, { distributionPoint: POINT, maxSeconds: 1 }).map(({ id }) => id)).toEqual(['e_der_not_canonical']);
  });
});
