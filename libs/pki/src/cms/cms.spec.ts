import { spawnSync } from 'node:child_process';
import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExampleAuthority, exampleAuthority, holderContent } from '../authority.fixture.js';
import { OID, oid } from '../der/oid.js';
import { time } from '../der/time.js';
import { octetString } from '../der/write.js';
import {
  PkiError, buildTbsCertificate, decryptData, encryptData, generateRsaKey, parseCertificate, pemEncode, signCertificate, signData, signingKeyOf, verifyDetachedSignature, verifySignedData,
  type CmsSigner, type ParsedCertificate,
} from '../index.js';
import { attribute, buildSignedData } from './signed-data.js';

const AT = new Date('2016-02-01T09:00:00Z');
const CONTENT = Buffer.from('H,BREQ,1\r\nD,1,高橋花子\r\nT,1\r\n');

let ca: ExampleAuthority;
let signer: CmsSigner;
let recipient: ParsedCertificate;
let recipientKey: KeyObject;

async function certified(serial: bigint): Promise<{ certificate: ParsedCertificate; key: KeyObject }> {
  const key = await generateRsaKey(2048);
  const tbs = buildTbsCertificate(holderContent(ca, { serial, spki: signingKeyOf('key', key).publicKeySpki }));
  return { certificate: parseCertificate(await signCertificate(tbs, ca.key)), key };
}

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof PkiError) return error.code;
    throw error;
  }
}

beforeAll(async () => {
  ca = await exampleAuthority();
  const { certificate, key } = await certified(0x1234n);
  [recipient, recipientKey] = [certificate, key];
  signer = { certificate: ca.holder, key: ca.holderKey };
});

describe('SignedData', () => {
  it('gives the content and the time back to whoever knows the signer', async () => {
    const der = await signData(CONTENT, signer, AT);
    expect(verifySignedData(der, ca.holder)).toEqual({ content: CONTENT, signedAt: AT });
  });

  it('is not believed when another signed, with a certificate of the same names too', async () => {
    const der = await signData(CONTENT, signer, AT);
    expect(codeOf(() => verifySignedData(der, recipient))).toBe('BAD_SIGNATURE');
    const tbs = buildTbsCertificate(holderContent(ca, { spki: signingKeyOf('key', recipientKey).publicKeySpki }));
    const namesake = parseCertificate(await signCertificate(tbs, ca.key));
    expect(codeOf(() => verifySignedData(der, namesake))).toBe('BAD_SIGNATURE');
  });
});

describe('RFC 5652 5.3, 5.4, 11: what is signed', () => {
  const said = { type: OID.cmsData, content: CONTENT, attributes: [], certificates: [] };

  it('may be kept beside the message, and is asked for then', async () => {
    const der = await buildSignedData({ ...said, detached: true }, signer);
    expect(der.includes(CONTENT)).toBe(false);
    expect(verifySignedData(der, ca.holder, CONTENT)).toEqual({ content: CONTENT, signedAt: undefined });
    expect(codeOf(() => verifySignedData(der, ca.holder, Buffer.from('other')))).toBe('BAD_SIGNATURE');
    expect(codeOf(() => verifySignedData(der, ca.holder))).toBe('BAD_CMS');
    const inside = await buildSignedData(said, signer);
    expect(codeOf(() => verifySignedData(inside, ca.holder, CONTENT))).toBe('BAD_CMS');
  });

  it('may be at hand as its digest alone', async () => {
    const sha256 = (octets: Buffer): Buffer => createHash('sha256').update(octets).digest();
    const der = await buildSignedData({ ...said, detached: true, attributes: [attribute(OID.cmsSigningTime, time(AT))] }, signer);
    expect(verifyDetachedSignature(der, ca.holder, sha256(CONTENT))).toEqual(AT);
    expect(codeOf(() => verifyDetachedSignature(der, ca.holder, sha256(Buffer.from('other'))))).toBe('BAD_SIGNATURE');
    expect(codeOf(() => verifyDetachedSignature(der, recipient, sha256(CONTENT)))).toBe('BAD_SIGNATURE');
    const inside = await buildSignedData(said, signer);
    expect(codeOf(() => verifyDetachedSignature(inside, ca.holder, sha256(CONTENT)))).toBe('BAD_CMS');
  });

  it('has one content type, that of the content, and one digest', async () => {
    const twice = async (...attributes: Buffer[]) => buildSignedData({ ...said, attributes }, signer);
    const digest = await twice(attribute(OID.cmsMessageDigest, octetString(Buffer.alloc(32))));
    const type = await twice(attribute(OID.cmsContentType, oid(OID.cmsTstInfo)));
    expect([digest, type].map((der) => codeOf(() => verifySignedData(der, ca.holder)))).toEqual(['BAD_CMS', 'BAD_CMS']);
    const other = await buildSignedData({ ...said, type: OID.cmsTstInfo }, signer);
    expect(codeOf(() => verifySignedData(other, ca.holder))).toBe('BAD_CMS');
    // The type outside is not signed itself: of two of one length, the signed attribute tells.
    const data = oid(OID.cmsData);
    const enveloped = oid('1.2.840.113549.1.7.3');
    const passedOff = await buildSignedData({ ...said, type: '1.2.840.113549.1.7.3' }, signer);
    data.copy(passedOff, passedOff.indexOf(enveloped));
    expect(codeOf(() => verifySignedData(passedOff, ca.holder))).toBe('BAD_SIGNATURE');
  });
});

describe('AuthEnvelopedData', () => {
  it('opens for its recipient and for nobody else', () => {
    const der = encryptData(CONTENT, recipient);
    expect(der.includes(CONTENT)).toBe(false);
    expect(decryptData(der, recipient, recipientKey)).toEqual(CONTENT);
    expect(codeOf(() => decryptData(der, ca.holder, recipientKey))).toBe('BAD_CMS');
  });
});

describe('any change of one octet', () => {
  /** Every octet in turn: by chance too few of the changes would meet the content itself. */
  const openings = (der: Buffer, open: (changed: Buffer) => Buffer): (string | undefined)[] => Array.from(der, (octet, at) => {
    const changed = Buffer.from(der);
    changed[at] = octet ^ 1;
    return codeOf(() => expect(open(changed)).toEqual(CONTENT));
  });

  it('spoils a signed message, or changes nothing that it says', async () => {
    const signed = await signData(CONTENT, signer, AT);
    const codes = openings(signed, (changed) => verifySignedData(changed, ca.holder).content);
    expect(new Set(codes)).toEqual(new Set([undefined, 'BAD_CMS', 'BAD_SIGNATURE']));
    const content = signed.indexOf(CONTENT);
    expect(new Set(codes.slice(content, content + CONTENT.length))).toEqual(new Set(['BAD_SIGNATURE']));
  });

  it('spoils an encrypted message, or changes nothing that it says', () => {
    const codes = openings(encryptData(CONTENT, recipient), (changed) => decryptData(changed, recipient, recipientKey));
    expect(codes.filter((code) => code !== 'BAD_CMS' && code !== undefined)).toEqual([]);
    expect(codes.slice(-16)).toEqual(Array.from({ length: 16 }, () => 'BAD_CMS'));
  });
});

const version = spawnSync('openssl', ['version'], { encoding: 'utf8' });
const present = version.status === 0 && /^OpenSSL [3-9]/.test(version.stdout);

describe.skipIf(!present)('with OpenSSL 3 on the other side', () => {
  let folder: string;
  const run = (...args: readonly string[]) => {
    const { status, stderr } = spawnSync('openssl', ['cms', ...args], { cwd: folder, encoding: 'utf8', timeout: 20_000 });
    return status === 0 ? 'ok' : stderr;
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cms-openssl-'));
    const key = recipientKey.export({ type: 'pkcs8', format: 'pem' });
    for (const [name, text] of [['holder.pem', pemEncode('CERTIFICATE', ca.holder.der)], ['recipient.pem', pemEncode('CERTIFICATE', recipient.der)], ['key.pem', key]] as const) writeFileSync(join(folder, name), text);
    writeFileSync(join(folder, 'content'), CONTENT);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reads what we signed and encrypted', async () => {
    writeFileSync(join(folder, 'signed.der'), await signData(CONTENT, signer, AT));
    writeFileSync(join(folder, 'encrypted.der'), encryptData(CONTENT, recipient));
    expect(run('-verify', '-inform', 'DER', '-in', 'signed.der', '-noverify', '-certfile', 'holder.pem', '-out', 'verified', '-binary')).toBe('ok');
    expect(readFileSync(join(folder, 'verified'))).toEqual(CONTENT);
    expect(run('-decrypt', '-inform', 'DER', '-in', 'encrypted.der', '-recip', 'recipient.pem', '-inkey', 'key.pem', '-out', 'decrypted', '-binary')).toBe('ok');
    expect(readFileSync(join(folder, 'decrypted'))).toEqual(CONTENT);
  });

  it('writes what we read', () => {
    const sign = ['-sign', '-outform', 'DER', '-in', 'content', '-signer', 'recipient.pem', '-inkey', 'key.pem', '-binary', '-out', 'theirs.der'];
    expect(run(...sign, '-nodetach', '-md', 'sha256')).toBe('ok');
    expect(verifySignedData(readFileSync(join(folder, 'theirs.der')), recipient).content).toEqual(CONTENT);
    for (const digest of ['sha384', 'sha512']) {
      expect(run(...sign, '-md', digest, '-keyid')).toBe('ok');
      expect(verifySignedData(readFileSync(join(folder, 'theirs.der')), recipient, CONTENT).content).toEqual(CONTENT);
    }
    // Without signed attributes a signature could be moved from attributes to content.
    expect(run(...sign, '-nodetach', '-noattr')).toBe('ok');
    expect(codeOf(() => verifySignedData(readFileSync(join(folder, 'theirs.der')), recipient))).toBe('BAD_SIGNATURE');
    const oaep = ['-keyopt', 'rsa_padding_mode:oaep', '-keyopt', 'rsa_oaep_md:sha256', '-keyopt', 'rsa_mgf1_md:sha256'];
    expect(run('-encrypt', '-outform', 'DER', '-in', 'content', '-binary', '-aes-256-gcm', '-out', 'closed.der', '-recip', 'recipient.pem', ...oaep)).toBe('ok');
    expect(decryptData(readFileSync(join(folder, 'closed.der')), recipient, createPrivateKey(readFileSync(join(folder, 'key.pem'))))).toEqual(CONTENT);
  });
});
