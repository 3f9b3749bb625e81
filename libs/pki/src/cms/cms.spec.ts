import { spawnSync } from 'node:child_process';
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExampleAuthority, exampleAuthority, holderContent } from '../authority.fixture.js';
import {
  PkiError, buildTbsCertificate, decryptData, encryptData, generateRsaKey, parseCertificate, pemEncode, signCertificate, signData, signingKeyOf, verifySignedData,
  type CmsSigner, type ParsedCertificate,
} from '../index.js';

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
    expect(run('-sign', '-outform', 'DER', '-in', 'content', '-signer', 'recipient.pem', '-inkey', 'key.pem', '-nodetach', '-binary', '-md', 'sha256', '-out', 'theirs.der')).toBe('ok');
    expect(verifySignedData(readFileSync(join(folder, 'theirs.der')), recipient).content).toEqual(CONTENT);
    const oaep = ['-keyopt', 'rsa_padding_mode:oaep', '-keyopt', 'rsa_oaep_md:sha256', '-keyopt', 'rsa_mgf1_md:sha256'];
    expect(run('-encrypt', '-outform', 'DER', '-in', 'content', '-binary', '-aes-256-gcm', '-out', 'closed.der', '-recip', 'recipient.pem', ...oaep)).toBe('ok');
    expect(decryptData(readFileSync(join(folder, 'closed.der')), recipient, createPrivateKey(readFileSync(join(folder, 'key.pem'))))).toEqual(CONTENT);
  });
});
