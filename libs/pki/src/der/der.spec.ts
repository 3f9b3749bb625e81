import { createHash } from 'node:crypto';
import { Integer, ObjectIdentifier, fromBER } from 'asn1js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GivenValue, encodeExtensionValue } from '../certificate/extension-value.js';
import { FILLED_PARTITION, PERSON, SIGN_PROFILE } from '../authority.fixture.js';
import { fillProfile } from '../certificate/profile.js';
import { encodeIssuingDistributionPoint } from '../crl/build-crl.js';
import { encodeCertId } from '../ocsp/cert-id.js';
import { PkiError, type PkiErrorCode } from '../pki-error.js';
import { assertDer } from './canonical.js';
import { encodeGeneralName, generalNamesOf } from './general-name.js';
import { type Name, encodeName, nameText, parseName } from './name.js';
import { oid, oidText } from './oid.js';
import { pemDecode, pemEncode } from './pem.js';
import { DerCursor, bitsOf, countOf, integerOf, singleContent } from './read.js';
import { TAG } from './tag.js';
import { generalizedTime, time, timeOf } from './time.js';
import { header, integer, namedBits, octetString, sequence, setOf, tlv, utf8String } from './write.js';

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase();
}

function faultOf(run: () => unknown): PkiErrorCode | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof PkiError) return error.code;
    throw error;
  }
}

function der(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex');
}

function sha256Hex(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const CA_DN = (ou: string): Name => [
  { type: 'C', value: 'JP' },
  { type: 'O', value: 'JPKI' },
  { type: 'OU', value: ou },
  { type: 'OU', value: 'Japan Agency for Local Authority Information Systems' },
];

describe('vectors of the profile specification', () => {
  const values: readonly (readonly [string, GivenValue, string])[] = [
    ['keyUsage keyCertSign, cRLSign', { kind: 'keyUsage', bits: ['keyCertSign', 'cRLSign'] }, '03020106'],
    ['keyUsage digitalSignature, nonRepudiation', { kind: 'keyUsage', bits: ['digitalSignature', 'nonRepudiation'] }, '030206C0'],
    ['keyUsage digitalSignature', { kind: 'keyUsage', bits: ['digitalSignature'] }, '03020780'],
    ['keyUsage decipherOnly', { kind: 'keyUsage', bits: ['decipherOnly'] }, '0303070080'],
    ['basicConstraints of an authority', { kind: 'basicConstraints', ca: true }, '30030101FF'],
    ['basicConstraints with path length', { kind: 'basicConstraints', ca: true, pathLength: 0 }, '30060101FF020100'],
    ['basicConstraints of an end entity', { kind: 'basicConstraints', ca: false }, '3000'],
    ['ocsp-nocheck', { kind: 'ocspNoCheck' }, '0500'],
    ['policyConstraints', { kind: 'policyConstraints', requireExplicitPolicy: 0 }, '3003800100'],
  ];

  it.each(values)('JPKI 4.3 %s', (_name, value, expected) => {
    expect(hex(encodeExtensionValue(value))).toBe(expected);
  });

  it.each([
    ['1.2.392.200149', '06062A83088C9B55'],
    ['1.2.392.200149.8.5.1.1.20', '060B2A83088C9B550805010114'],
    ['1.2.392.200149.8.5.1.3.30', '060B2A83088C9B55080501031E'],
  ])('JPKI 4.3 object identifier %s', (dotted, expected) => {
    expect(hex(oid(dotted))).toBe(expected);
    expect(oidText(oid(dotted).subarray(2))).toBe(dotted);
  });

  it('JPKI 4.4 otherName of name and birth date, and the whole subjectAltName of 193 octets', () => {
    const arc = '1.2.392.200149.8.5.5';
    expect(hex(encodeGeneralName({ kind: 'otherName', oid: `${arc}.4`, utf8: '419900401' }))).toBe(
      'A019060A2A83088C9B5508050504A00B0C09343139393030343031',
    );
    expect(hex(encodeGeneralName({ kind: 'otherName', oid: `${arc}.1`, utf8: '基盤　花子' }))).toBe(
      'A01F060A2A83088C9B5508050501A0110C0FE59FBAE79BA4E38080E88AB1E5AD90',
    );
    const value = profileValueOf('subjectAltName');
    const encoded = encodeExtensionValue(value);
    expect(encoded.length).toBe(193);
    expect(sha256Hex(encoded)).toBe('aa5c25a377e8a6384e33b3b9fc70267efbff1c192599f075fa57a9382784132b');
    expect({ kind: 'subjectAltName', names: generalNamesOf(singleContent(encoded, TAG.sequence)) }).toEqual(value);
  });

  it('JPKI 4.8 distribution point of a municipality in certificate and CRL', () => {
    const crldp = encodeExtensionValue(profileValueOf('crlDistributionPoints'));
    expect([crldp.length, sha256Hex(crldp)]).toEqual([165, '66513633d7a0d78b5b40fdc9d80beb8381a73513c8db09312cf8fa61845649a5']);
    const idp = encodeIssuingDistributionPoint({ fullName: [{ kind: 'directoryName', name: FILLED_PARTITION }], only: 'userCerts' });
    expect([idp.length, sha256Hex(idp)]).toEqual([165, 'ada89afa94d08880038f76c6caef3f156201d76b2487f778380eacc7657cd733']);
  });

  it('JPKI 4.9 issuer name hashes of both authorities', () => {
    const sign = encodeName(CA_DN('JPKI for digital signature'));
    const auth = encodeName(CA_DN('JPKI for user authentication'));
    expect(createHash('sha1').update(sign).digest('hex')).toBe('e25d59524dc9b0bcabdcbdf53c6c027bc0e58dd5');
    expect(sha256Hex(sign)).toBe('8fbdd31f3d6c6e75ba3f77224f168ec02e11525dad627f11ffd91dab0ef47213');
    expect(createHash('sha1').update(auth).digest('hex')).toBe('5187560a6483d5b120a581fc2e025b02d11a2b98');
    expect(nameText(parseName(sign))).toBe(
      'C=JP, O=JPKI, OU=JPKI for digital signature, OU=Japan Agency for Local Authority Information Systems',
    );
    const id = encodeCertId({ hash: 'sha1', issuerNameHash: Buffer.alloc(20), issuerKeyHash: Buffer.alloc(20), serial: 1234567n });
    expect(hex(id.der)).toContain('020312D687');
  });

  it('JPKI 4.3 times: UTCTime to 2049, GeneralizedTime after, to the second', () => {
    expect(time(new Date('2025-10-19T14:59:59.999Z')).toString('latin1')).toBe('\u0017\r251019145959Z');
    expect(time(new Date('2049-12-31T23:59:59Z'))[0]).toBe(TAG.utcTime);
    expect(time(new Date('2050-01-01T00:00:00Z')).toString('latin1')).toBe('\u0018\u000f20500101000000Z');
    expect(faultOf(() => time(new Date(Number.NaN)))).toBe('BAD_TIME');
  });
});

function profileValueOf(kind: 'subjectAltName' | 'crlDistributionPoints'): GivenValue {
  const value = fillProfile(SIGN_PROFILE, PERSON).extensions.find((one) => one.value.kind === kind)?.value;
  if (value?.kind !== 'subjectAltName' && value?.kind !== 'crlDistributionPoints') throw new Error(`profile lacks ${kind}`);
  return value;
}

describe('strict DER (assertDer)', () => {
  it.each([
    ['indefinite length', '30 80 02 01 01 00 00'],
    ['trailing octets', '02 01 01 00'],
    ['long form for a short length', '04 81 01 00'],
    ['leading zero in the length', '04 82 00 81' + '00'.repeat(129)],
    ['truncated content', '30 05 02 01 01'],
    ['truncated header', '30'],
    ['empty input', ''],
    ['five length octets', '04 85 00 00 00 00 01 00'],
    ['child overruns parent', '30 03 02 05 01'],
    ['high tag number', '1f 81 01 00'],
    ['constructed octet string', '24 04 04 02 00 00'],
    ['primitive sequence', '10 00'],
    ['boolean 01', '01 01 01'],
    ['padded integer', '02 02 00 01'],
    ['padded negative integer', '02 02 ff ff'],
    ['empty integer', '02 00'],
    ['non-zero unused bits', '03 02 01 07'],
    ['unused bits above 7', '03 02 08 00'],
    ['NULL with content', '05 01 00'],
    ['padded OID arc', '06 03 2a 80 01'],
    ['OID ending inside an arc', '06 02 2a 83'],
    ['invalid UTF-8', '0c 01 ff'],
    ['unsorted SET OF', '31 06 02 01 02 02 01 01'],
  ])('rejects %s', (_name, text) => {
    expect(faultOf(() => assertDer(der(text)))).toBe('BAD_DER');
  });

  it('refuses hostile sizes in linear time', () => {
    const large = Buffer.alloc(1_000_000, 0xff);
    expect(faultOf(() => assertDer(tlv(TAG.oid, large)))).toBe('BAD_DER');
    expect(faultOf(() => bitsOf(Buffer.concat([Buffer.from([0]), large])))).toBe('BAD_DER');
    expect(faultOf(() => pemDecode(`-----BEGIN X-----${' '.repeat(1_000_000)}`, ['X']))).toBe('BAD_PEM');
    expect(faultOf(() => assertDer(tlv(TAG.sequence, Buffer.alloc(400_000, Buffer.from([0x30, 0])))))).toBeUndefined();
  }, 5_000);

  it('stops at hostile nesting without exhausting the stack', () => {
    let nested = Buffer.from([0x30, 0]);
    for (let depth = 0; depth < 3000; depth += 1) nested = Buffer.from(sequence(nested));
    expect(faultOf(() => assertDer(nested))).toBe('BAD_DER');
  });

  it('accepts what the writers write, and nothing with one octet cut off', () => {
    const strings = setOf(utf8String('基盤'), octetString(Buffer.alloc(300)));
    const tree = sequence(integer(-129), strings, tlv(TAG.bitString, namedBits([0, 9])));
    assertDer(tree);
    for (let length = 0; length < tree.length; length += 1) expect(faultOf(() => assertDer(tree.subarray(0, length)))).toBe('BAD_DER');
  });

  it('never hangs or throws another error on random octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect([undefined, 'BAD_DER']).toContain(faultOf(() => assertDer(Buffer.from(bytes))));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('round trips', () => {
  it('writes a negative integer of many octets in time that does not grow with the square of its length', () => {
    const value = -(1n << BigInt(8 * 100_000 - 1));
    const before = process.cpuUsage();
    expect(integer(value).length).toBe(100_005);
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
    expect([-1n, -128n, -129n, -32_768n, -32_769n].map((one) => integer(one).toString('hex'))).toEqual(['0201ff', '020180', '0202ff7f', '02028000', '0203ff7fff']);
  });

  it('INTEGER agrees with asn1js and comes back', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 170n), max: 2n ** 170n }), (value) => {
        expect(integerOf(new DerCursor(integer(value)).read(TAG.integer).content)).toBe(value);
        const other = fromBER(Uint8Array.from(integer(value))).result;
        if (!(other instanceof Integer)) throw new Error('not an integer to asn1js');
        expect(other.toBigInt()).toBe(value);
      }),
    );
  });

  it('OBJECT IDENTIFIER agrees with asn1js and comes back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 }), fc.nat(39), fc.array(fc.nat(), { maxLength: 8 }), (root, second, rest) => {
        const dotted = [root, second, ...rest].join('.');
        expect(oidText(oid(dotted).subarray(2))).toBe(dotted);
        expect(hex(oid(dotted))).toBe(hex(new Uint8Array(new ObjectIdentifier({ value: dotted }).toBER())));
      }),
    );
    expect(oidText(oid('2.25.340282366920938463463374607431768211455').subarray(2))).toBe('2.25.340282366920938463463374607431768211455');
    for (const bad of ['', '1', '3.1', '1.40', '1.02', '1.-1']) expect(faultOf(() => oid(bad))).toBe('BAD_DER');
  });

  it('lengths agree with what the reader finds', () => {
    for (const length of [0, 127, 128, 255, 256, 65535, 65536, 70_000]) {
      const bytes = octetString(Buffer.alloc(length, 7));
      expect(new DerCursor(bytes).read(TAG.octetString).content.length).toBe(length);
      expect(header(TAG.octetString, length).length + length).toBe(bytes.length);
    }
  });

  it('named bits drop trailing zeros and come back', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(20)), (bits) => {
        const content = namedBits(bits);
        expect(bitsOf(content)).toEqual([...bits].sort((a, b) => a - b));
        assertDer(tlv(TAG.bitString, content));
      }),
    );
  });

  it('names keep every octet: own encoding, foreign encodings and multi-valued RDNs', () => {
    const attribute = fc.record({
      type: fc.constantFrom('O', 'OU', 'CN', 'L', 'ST', '1.2.392.1.2'),
      value: fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !/\p{Surrogate}/u.test(text)),
    });
    fc.assert(
      fc.property(fc.array(attribute, { maxLength: 6 }), (attributes) => {
        const name: Name = [{ type: 'C', value: 'JP' }, ...attributes];
        assertDer(encodeName(name));
        expect(parseName(encodeName(name))).toEqual(name);
      }),
    );
    const foreign: Name = [
      { type: 'C', value: 'JP' },
      { type: 'O', value: 'Old CA', encoding: 'printable' },
      { type: 'CN', value: 'é', encoding: 'teletex' },
      { type: 'OU', value: '機構', encoding: 'bmp', joined: true },
      { type: 'serialNumber', value: '0042' },
      { type: 'DC', value: 'example' },
    ];
    expect(encodeName(parseName(encodeName(foreign)))).toEqual(encodeName(foreign));
    expect(hex(encodeName([{ type: 'C', value: 'JP' }]))).toBe('300D310B3009060355040613024A50');
    expect(faultOf(() => parseName(der('30 02 31 00')))).toBe('BAD_NAME');
  });

  it.each([
    ['country of three letters', [{ type: 'C', value: 'JPN' }]],
    ['empty attribute', [{ type: 'O', value: '' }]],
    ['not printable', [{ type: 'serialNumber', value: '番号' }]],
    ['lone surrogate', [{ type: 'CN', value: '\ud842' }]],
    ['mail outside ASCII', [{ type: 'emailAddress', value: 'あ@example.invalid' }]],
  ])('refuses a name with %s', (_name, name) => {
    expect(faultOf(() => encodeName(name))).toBe('BAD_NAME');
  });

  it('instants come back in the one DER form; offsets, fractions and impossible dates do not', () => {
    const instant = fc.date({ min: new Date('1950-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true });
    fc.assert(
      fc.property(instant, (date) => {
        const second = Math.floor(date.getTime() / 1000) * 1000;
        expect(timeOf(new DerCursor(time(date)).read()).getTime()).toBe(second);
        expect(timeOf(new DerCursor(generalizedTime(date)).read()).getTime()).toBe(second);
      }),
    );
    for (const [tag, text] of [
      [TAG.utcTime, '2510191459Z'],
      [TAG.utcTime, '251019145959+0900'],
      [TAG.generalizedTime, '20251019145959.5Z'],
      [TAG.generalizedTime, '20250230000000Z'],
      [TAG.utcTime, '251019245959Z'],
      [TAG.octetString, '251019145959Z'],
    ] as const) {
      expect(faultOf(() => timeOf(new DerCursor(tlv(tag, Buffer.from(text))).read()))).toBe('BAD_TIME');
    }
  });

  it('PEM comes back; other labels, junk and broken base64 do not', () => {
    const bytes = Buffer.alloc(150, 0xa5);
    const text = pemEncode('CERTIFICATE', bytes);
    expect(pemDecode(text.replaceAll('\n', '\r\n'), ['CERTIFICATE'])).toEqual(bytes);
    expect(faultOf(() => pemDecode(text, ['X509 CRL']))).toBe('BAD_PEM');
    expect(faultOf(() => pemDecode(`${text}${text}`, ['CERTIFICATE']))).toBe('BAD_PEM');
    expect(faultOf(() => pemDecode(text.replace('pa', 'p='), ['CERTIFICATE']))).toBe('BAD_PEM');
  });
});

describe('what other authorities write', () => {
  it('names of every string type, and values that are no text, come back as they were', () => {
    const name: Name = [
      { type: 'C', value: 'JP' },
      { type: 'O', value: '霞市𠮷', encoding: 'universal' },
      { type: 'OU', value: '霞市', encoding: 'bmp' },
      { type: '2.5.4.45', value: '#03020780', encoding: 'der' },
      { type: '2.5.4.24', value: '0123 4', encoding: 'numeric', joined: true },
    ];
    expect(parseName(encodeName(name))).toEqual(name);
    const beyond = sequence(setOf(sequence(oid('2.5.4.3'), tlv(TAG.universalString, Buffer.from('00110000', 'hex')))));
    expect(faultOf(() => parseName(beyond))).toBe('BAD_DER');
  });

  it('addresses, and the forms of general names that nothing reads; not what is no general name', () => {
    const forms = ['8704c0000201', '88022a03', 'a3003000', 'a5023000'].map(der);
    expect(generalNamesOf(Buffer.concat(forms.slice(0, 2)))).toEqual([
      { kind: 'ip', octets: der('c0000201') },
      { kind: 'unread', der: der('88022a03') },
    ]);
    expect(encodeGeneralName({ kind: 'ip', octets: der('c0000201') })).toEqual(forms[0]);
    for (const bad of ['8900', 'a700', '8500', '0500']) expect(faultOf(() => generalNamesOf(der(bad)))).toBe('BAD_DER');
  });

  it('counts beyond any path are as good as none; object identifiers of any size', () => {
    expect([countOf(der('00')), countOf(der('05')), countOf(der('00ffffffffffffffff'))]).toEqual([0, 5, 0x7fffffff]);
    expect(faultOf(() => countOf(der('ff')))).toBe('BAD_DER');
    for (const dotted of ['0.39', '1.0', '2.999.1', '2.25.329800735698586629295641978511506172918', '2.340282366920938463463374607431768211455']) {
      expect(oidText(oid(dotted).subarray(2))).toBe(dotted);
    }
  });
});
