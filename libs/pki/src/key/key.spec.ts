import { spawn } from 'node:child_process';
import { type KeyObject, constants, createHash, createPublicKey, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OID, oid } from '../der/oid.js';
import { bitString, contextConstructed, integer, nullValue, sequence } from '../der/write.js';
import { FileKeyStore } from './file-key-store.js';
import { encodeRsaSpki, isSignedBy, keyIdentifierOf, rsaPublicKeyOf, verifyingKeyOf } from './public-key.js';
import { generateRsaKey, signChecked, signDigestChecked, signingKeyOf } from './signing-key.js';

const folder = mkdtempSync(join(tmpdir(), 'pki-key-'));
const kek = randomBytes(32);
afterAll(() => rmSync(folder, { recursive: true }));

describe('FileKeyStore', () => {
  const store = new FileKeyStore(join(folder, 'keys'), kek);
  const path = join(folder, 'keys', 'sign-ca.g1.key');

  beforeAll(async () => {
    await store.create('sign-ca.g1', { bits: 2048 });
  });

  it('opens the key it created; signatures of octets and of their digest are the same PKCS#1 v1.5 signature', async () => {
    const key = await store.open('sign-ca.g1');
    const tbs = Buffer.from('to be signed');
    const signature = await key.sign(tbs);
    const spki = createPublicKey({ key: key.publicKeySpki, format: 'der', type: 'spki' });
    expect(verify('sha256', tbs, spki, signature)).toBe(true);
    expect(await signDigestChecked(createHash('sha256').update(tbs).digest(), key)).toEqual(signature);
    expect(key.keyIdentifier).toEqual(keyIdentifierOf(key.publicKeySpki));
    expect(encodeRsaSpki(rsaPublicKeyOf(key.publicKeySpki))).toEqual(key.publicKeySpki);
    await expect(key.signDigest(Buffer.alloc(20))).rejects.toMatchObject({ code: 'BAD_KEY' });
  });

  it('keeps the file to its owner, encrypted, with no draft left', () => {
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'keys')).mode & 0o077).toBe(0);
    expect(readdirSync(join(folder, 'keys'))).toEqual(['sign-ca.g1.key']);
    expect(readFileSync(path).includes(Buffer.from('06092a864886f70d010101', 'hex'))).toBe(false);
  });

  it('destroys a key once; after that it is not there', async () => {
    await store.create('retired', { bits: 2048 });
    await store.destroy('retired');
    expect(await store.list()).toEqual(['sign-ca.g1']);
    for (const again of [store.destroy('retired'), store.open('retired')]) await expect(again).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
  });

  it('never overwrites, and says so', async () => {
    const before = readFileSync(path);
    await expect(store.create('sign-ca.g1', { bits: 2048 })).rejects.toMatchObject({ code: 'KEY_EXISTS' });
    expect(readFileSync(path)).toEqual(before);
    expect((await store.openOrCreate('sign-ca.g1', { bits: 2048 })).id).toBe('sign-ca.g1');
  });

  it('does not open under another key-encryption key, another name, or after damage to any part', async () => {
    await expect(new FileKeyStore(join(folder, 'keys'), randomBytes(32)).open('sign-ca.g1')).rejects.toMatchObject({ code: 'KEY_STORE' });
    const sealed = readFileSync(path);
    for (const at of [0, 10, 22, 38, sealed.length - 1]) {
      const damaged = Buffer.from(sealed);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      writeFileSync(path, damaged);
      await expect(store.open('sign-ca.g1')).rejects.toMatchObject({ code: 'KEY_STORE' });
    }
    writeFileSync(path, sealed.subarray(0, 30));
    await expect(store.open('sign-ca.g1')).rejects.toMatchObject({ code: 'KEY_STORE' });
    writeFileSync(path, sealed);
    renameSync(path, join(folder, 'keys', 'auth-ca.g1.key'));
    await expect(store.open('auth-ca.g1')).rejects.toMatchObject({ code: 'KEY_STORE' });
    renameSync(join(folder, 'keys', 'auth-ca.g1.key'), path);
  });

  it('refuses ids that are not plain file names, short keys and short key-encryption keys', async () => {
    for (const id of ['../x', '', 'a/b', '.hidden', 'a\0b']) await expect(store.open(id)).rejects.toMatchObject({ code: 'KEY_STORE' });
    await expect(store.open('none')).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    await expect(store.create('weak', { bits: 1024 })).rejects.toMatchObject({ code: 'WEAK_KEY' });
    expect(() => new FileKeyStore(folder, randomBytes(16))).toThrow('32 octets');
    expect(await new FileKeyStore(join(folder, 'absent'), kek).list()).toEqual([]);
  });

  it('ends with one key when two processes create the same id at once', async () => {
    const entry = fileURLToPath(new URL('./file-key-store.ts', import.meta.url));
    const outDir = join(folder, 'built');
    await build({
      configFile: false,
      logLevel: 'silent',
      build: { ssr: entry, outDir, rollupOptions: { output: { entryFileNames: 'store.mjs' } } },
    });
    const script = `
      const { FileKeyStore } = await import(${JSON.stringify(pathToFileURL(join(outDir, 'store.mjs')).href)});
      const store = new FileKeyStore(process.argv[1], Buffer.from(process.argv[2], 'hex'));
      const made = await store.create('race', { bits: 2048 }).then(() => 'made', (error) => error.code);
      console.log(made, (await store.open('race')).keyIdentifier.toString('hex'));`;
    const shared = join(folder, 'race');
    const lines = await Promise.all([1, 2].map(() => runNode(script, [shared, kek.toString('hex')])));
    const [outcomes, identifiers] = [0, 1].map((column) => lines.map((line) => line.trim().split(' ')[column] ?? ''));
    expect([...(outcomes ?? [])].sort()).toEqual(['KEY_EXISTS', 'made']);
    expect(new Set(identifiers).size).toBe(1);
    expect(readdirSync(shared)).toEqual(['race.key']);
  });

  it('gives every caller of openOrCreate the same key', async () => {
    const stores = [1, 2, 3].map(() => new FileKeyStore(join(folder, 'same'), kek));
    const keys = await Promise.all(stores.map((one) => one.openOrCreate('ocsp', { bits: 2048 })));
    expect(new Set(keys.map((key) => key.keyIdentifier.toString('hex'))).size).toBe(1);
  });
});

function runNode(script: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, '--', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', () => resolve(out));
  });
}

describe('signatures of a broken token', () => {
  it('never leave: a signature that does not verify is refused', async () => {
    const key = signingKeyOf('good', await generateRsaKey(2048));
    const damaged = (signature: Buffer): Buffer => signature.fill((signature[0] ?? 0) ^ 1, 0, 1);
    const broken = { ...key, sign: async (tbs: Buffer) => damaged(await key.sign(tbs)) };
    await expect(signChecked(Buffer.from('x'), broken)).rejects.toMatchObject({ code: 'BAD_SIGNATURE' });
    const other = createHash('sha256').update('other').digest();
    for (const signDigest of [async (digest: Buffer) => damaged(await key.signDigest(digest)), () => key.signDigest(other), async () => Buffer.alloc(3)]) {
      await expect(signDigestChecked(createHash('sha256').update('x').digest(), { ...key, signDigest })).rejects.toMatchObject({ code: 'BAD_SIGNATURE' });
    }
  });
});

describe('signatures of others', () => {
  const octets = Buffer.from('to be signed');
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const SHA256_RSA = '1.2.840.113549.1.1.11';
  const ECDSA_SHA256 = '1.2.840.10045.4.3.2';

  function spkiOf(key: KeyObject): Buffer {
    return key.export({ type: 'spki', format: 'der' });
  }

  it('are checked with a key of their own kind only: an RSA signature that calls itself ECDSA is none', () => {
    const signature = sign('sha256', octets, rsa.privateKey);
    expect(isSignedBy({ tbs: octets, signature, algorithmOid: SHA256_RSA }, spkiOf(rsa.publicKey))).toBe(true);
    expect(isSignedBy({ tbs: octets, signature, algorithmOid: ECDSA_SHA256 }, spkiOf(rsa.publicKey))).toBe(false);
    const other = sign('sha256', octets, ec.privateKey);
    expect(isSignedBy({ tbs: octets, signature: other, algorithmOid: ECDSA_SHA256 }, spkiOf(ec.publicKey))).toBe(true);
    expect(isSignedBy({ tbs: octets, signature: other, algorithmOid: SHA256_RSA }, spkiOf(ec.publicKey))).toBe(false);
  });

  it('RSASSA-PSS: one hash for both uses, written out, salt as said (RFC 4055 3.1)', () => {
    function pss(hash: string, mask: string, salt: number, ...more: Buffer[]): Buffer {
      const generator = sequence(oid(OID.mgf1), sequence(oid(mask)));
      const parts = [sequence(oid(hash)), generator, integer(salt)].map((part, tag) => contextConstructed(tag, part));
      return sequence(oid('1.2.840.113549.1.1.10'), sequence(...parts, ...more));
    }
    const signature = sign('sha256', octets, { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
    function holds(signatureAlgorithm: Buffer): boolean {
      return isSignedBy({ tbs: octets, signature, algorithmOid: '', signatureAlgorithm }, spkiOf(rsa.publicKey));
    }
    expect(holds(pss(OID.sha256, OID.sha256, 32))).toBe(true);
    expect(holds(pss(OID.sha256, OID.sha256, 32, contextConstructed(3, integer(1))))).toBe(true);
    expect(holds(pss(OID.sha256, OID.sha256, 32, contextConstructed(3, integer(2))))).toBe(false);
    expect(holds(pss(OID.sha256, OID.sha512, 32))).toBe(false);
    expect(holds(pss(OID.sha256, OID.sha256, 31))).toBe(false);
    expect(holds(pss(OID.sha256, OID.sha256, 100_000))).toBe(false);
  });

  it('keys that cannot be read are none: explicit curve parameters, RSA without NULL, hostile sizes', () => {
    expect(verifyingKeyOf(spkiOf(ec.publicKey))).toMatchObject({ type: 'ec', curve: '1.2.840.10045.3.1.7' });
    const explicit = generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }).publicKey;
    expect(verifyingKeyOf(spkiOf(explicit))).toBeUndefined();
    const key = bitString(sequence(integer((1n << 2047n) + 1n), integer(65537)));
    const rsaKey = verifyingKeyOf(sequence(sequence(oid(OID.rsaEncryption), nullValue()), key));
    expect(rsaKey?.rsa).toEqual({ modulusBits: 2048, odd: true, exponent: 65537n });
    expect(verifyingKeyOf(sequence(sequence(oid(OID.rsaEncryption)), key))).toBeUndefined();
    expect(verifyingKeyOf(encodeRsaSpki({ modulus: (1n << 100_000n) + 1n, exponent: 3n }))).toBeUndefined();
  });
});
