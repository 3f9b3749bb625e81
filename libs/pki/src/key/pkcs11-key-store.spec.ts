import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type SoftToken, softToken, softTokenAbsence } from '#testing';
import { PkiError } from '../pki-error.js';
import { Pkcs11KeyStore } from './pkcs11-key-store.js';
import { keyIdentifierOf } from './public-key.js';
import { type SigningKey, generateRsaKey, signChecked, signDigestChecked } from './signing-key.js';

const absence = await softTokenAbsence();
const TBS = Buffer.from('to be signed');
const BITS = { bits: 2048 };

function isSigned(tbs: Buffer, key: SigningKey, signature: Buffer): boolean {
  return verify('sha256', tbs, createPublicKey({ key: key.publicKeySpki, format: 'der', type: 'spki' }), signature);
}

describe('settings of a token', () => {
  it('fault before anything is asked of it', async () => {
    const store = new Pkcs11KeyStore({ module: '/no/library.so', token: 'ca', pin: '4321' });
    await expect(store.open('../x')).rejects.toMatchObject({ code: 'KEY_STORE', message: 'key id is not a plain name' });
    await expect(store.create('weak', { bits: 1024 })).rejects.toMatchObject({ code: 'WEAK_KEY' });
    await expect(store.list()).rejects.toMatchObject({ code: 'KEY_STORE' });
  });
});

describe.skipIf(absence !== undefined)(`keys in a PKCS#11 token ${absence ?? 'of SoftHSM'} (JPKI 4.16)`, () => {
  let token: SoftToken;
  let store: Pkcs11KeyStore;
  let key: SigningKey;

  beforeAll(async () => {
    token = softToken();
    store = new Pkcs11KeyStore({ ...token.config, waiting: 1_000 });
    key = await store.create('sign-ca.g1', BITS);
  });

  afterAll(() => {
    store.close();
    token.remove();
  });

  it('sign octets and their digest to the same PKCS#1 v1.5 signature', async () => {
    const signature = await signChecked(TBS, key);
    expect(isSigned(TBS, key, signature)).toBe(true);
    expect(await signDigestChecked(createHash('sha256').update(TBS).digest(), key)).toEqual(signature);
    expect(key.keyIdentifier).toEqual(keyIdentifierOf(key.publicKeySpki));
    await expect(key.signDigest(Buffer.alloc(20))).rejects.toMatchObject({ code: 'BAD_KEY' });
  });

  it('are opened by their id and listed; there are never two of one id', async () => {
    expect((await store.open('sign-ca.g1')).publicKeySpki).toEqual(key.publicKeySpki);
    await expect(store.create('sign-ca.g1', BITS)).rejects.toMatchObject({ code: 'KEY_EXISTS' });
    expect((await store.openOrCreate('sign-ca.g1', BITS)).keyIdentifier).toEqual(key.keyIdentifier);
    const second = await store.openOrCreate('auth-ca.g1', { bits: 3072 });
    expect(isSigned(TBS, second, await second.sign(TBS))).toBe(true);
    expect(await store.list()).toEqual(['auth-ca.g1', 'sign-ca.g1']);
    await expect(store.open('none')).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    await expect(store.create('a/b', BITS)).rejects.toMatchObject({ code: 'KEY_STORE' });
  });

  it('are attested for the minutes: the checksum, the token, and that they were made in it and cannot leave (JPKI 3.2)', async () => {
    const attestation = await store.attest('sign-ca.g1');
    expect(attestation).toMatchObject({ id: 'sign-ca.g1', publicKeySpki: key.publicKeySpki });
    expect(attestation.token).toMatchObject({ label: token.config.token, manufacturer: 'SoftHSM project' });
    expect(attestation.checksum).toBe(createHash('sha256').update(key.publicKeySpki).digest('hex'));
    expect(attestation.token.serialNumber).toMatch(/^[0-9a-f]{16}$/);
    expect(Object.fromEntries(attestation.attributes.map(({ name, value }) => [name, value]))).toEqual({
      CKA_TOKEN: true, CKA_PRIVATE: true, CKA_SENSITIVE: true, CKA_ALWAYS_SENSITIVE: true, CKA_EXTRACTABLE: false, CKA_NEVER_EXTRACTABLE: true,
      CKA_LOCAL: true, CKA_SIGN: true,
    });
  });

  it('are not opened when they were made outside of the token', async () => {
    token.importRsaKey('imported', await generateRsaKey(2048));
    await expect(store.open('imported')).rejects.toMatchObject({ code: 'KEY_STORE', message: expect.stringContaining('CKA_ALWAYS_SENSITIVE') });
    expect((await store.attest('imported')).attributes).toContainEqual({ name: 'CKA_LOCAL', value: false });
    token.importRsaKey('imported', await generateRsaKey(2048));
    await expect(store.open('imported')).rejects.toMatchObject({ code: 'KEY_STORE', message: expect.stringContaining('several') });
    await store.destroy('imported');
  });

  it('sign 1,000 times over four sessions, and every signature is counted and verifies', async () => {
    const before = store.signatures('sign-ca.g1');
    const all = Array.from({ length: 1_000 }, () => randomBytes(200));
    const signatures = await Promise.all(all.map((tbs) => key.sign(tbs)));
    expect(signatures.filter((signature, n) => !isSigned(all[n] ?? TBS, key, signature))).toEqual([]);
    expect(store.signatures('sign-ca.g1')).toBe(before + 1_000);
    await expect(Promise.all(Array.from({ length: 1_005 }, () => key.sign(TBS)))).rejects.toMatchObject({ code: 'TOKEN_BUSY' });
    await vi.waitFor(() => expect(store.signatures('sign-ca.g1')).toBe(before + 2_004), 30_000);
  });

  it('leave the event loop free', async () => {
    let [turns, done] = [0, false];
    const work = Promise.all([store.create('slow', { bits: 3072 }), ...Array.from({ length: 50 }, () => key.sign(TBS))]).then(() => (done = true));
    for (; !done; turns += 1) await new Promise((later) => setTimeout(later, 1));
    await work;
    expect(turns).toBeGreaterThan(10);
    await store.destroy('slow');
  });

  it('go on after their sessions were ended', async () => {
    token.endSessions();
    expect(isSigned(TBS, key, await key.sign(TBS))).toBe(true);
  });

  it('are away with the token, and back with it without a restart (JPKI 7, "HSM down")', async () => {
    const codeOf = (error: unknown): string => (error instanceof PkiError ? error.code : String(error));
    const signOnce = (): Promise<string> => key.sign(TBS).then((signature) => String(isSigned(TBS, key, signature)), codeOf);
    const load = async (): Promise<Set<string>> => new Set(await Promise.all(Array.from({ length: 12 }, signOnce)));
    expect(await load()).toEqual(new Set(['true']));
    const counted = store.signatures('sign-ca.g1');
    token.unplug();
    expect(await load()).toEqual(new Set(['TOKEN_UNAVAILABLE']));
    await expect(store.open('sign-ca.g1')).rejects.toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
    expect(store.signatures('sign-ca.g1')).toBe(counted);
    token.plugIn();
    await vi.waitFor(async () => expect(await load()).toEqual(new Set(['true'])), { timeout: 15_000, interval: 500 });
  });

  it('are gone once destroyed; a later key of the same id is another key', async () => {
    const former = await store.create('closed', BITS);
    await former.sign(TBS);
    await store.destroy('closed');
    expect(await store.list()).not.toContain('closed');
    await expect(former.sign(TBS)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    await expect(store.destroy('closed')).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    const later = await store.create('closed', BITS);
    await expect(former.sign(TBS)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    expect(isSigned(TBS, later, await later.sign(TBS))).toBe(true);
    expect(store.signatures('closed')).toBe(2);
  });

  it('are not created while another creator has not ended, or until what it left is destroyed', async () => {
    token.importData('begun~');
    vi.useFakeTimers({ toFake: ['performance'] });
    const created = store.create('begun', BITS);
    setTimeout(() => vi.advanceTimersByTime(60_000), 1_000);
    await expect(created).rejects.toMatchObject({ code: 'KEY_STORE' });
    vi.useRealTimers();
    expect(await store.list()).not.toContain('begun');
    await expect(store.destroy('begun')).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    expect((await store.create('begun', BITS)).id).toBe('begun');
  });

  it('are refused with a wrong PIN, which is not tried until the token locks', async () => {
    store.close();
    const wrong = new Pkcs11KeyStore({ ...token.config, pin: 'wrong pin' });
    for (let n = 0; n < 20; n += 1) await expect(wrong.list()).rejects.toMatchObject({ code: 'KEY_STORE', message: 'token does not accept the PIN' });
    store = new Pkcs11KeyStore(token.config);
    expect(await store.list()).toContain('sign-ca.g1');
  });

  describe('of several processes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pki-token-'));
    let program: string;

    beforeAll(async () => {
      symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
      const entry = fileURLToPath(new URL('./pkcs11-key-store.ts', import.meta.url));
      await build({
        configFile: false,
        logLevel: 'silent',
        build: { ssr: entry, outDir: join(folder, 'built'), rollupOptions: { output: { entryFileNames: 'store.mjs' } } },
      });
      program = pathToFileURL(join(folder, 'built', 'store.mjs')).href;
    });

    afterAll(() => rmSync(folder, { recursive: true }));

    const start = (script: string): ChildProcess => {
      const prelude = `
        const { Pkcs11KeyStore } = await import(${JSON.stringify(program)});
        const store = new Pkcs11KeyStore(${JSON.stringify(token.config)});
        // SoftHSM may say that the token is away while another process writes it, and go on saying so: who opens tries again, as the store says, then as another process.
        const opened = (id, tries = 20) => store.open(id).catch((error) => {
          if (error.code !== 'TOKEN_UNAVAILABLE') throw error;
          if (tries === 0) process.exit(0);
          return new Promise((again) => setTimeout(again, 100)).then(() => opened(id, tries - 1));
        });`;
      return spawn(process.execPath, ['--input-type=module', '-e', `${prelude}${script}`], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, SOFTHSM2_CONF: token.settings },
      });
    };
    const lineOf = async (child: ChildProcess): Promise<string> => {
      let out = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        out += chunk.toString();
      });
      await once(child, 'close');
      return out.trim();
    };

    /** Of the first process that the token does not leave without an answer. */
    const answerOf = async (script: string): Promise<string> => {
      const child = start(script);
      const line = await lineOf(child);
      expect(child.exitCode, 'a process that fails otherwise is not asked again').toBe(0);
      return line || answerOf(script);
    };

    it('one gets the id and the others KEY_EXISTS', async () => {
      for (const id of ['race-1', 'race-2', 'race-3']) {
        const found = `console.log((await opened('${id}')).keyIdentifier.toString('hex'));`;
        const script = `console.log(await store.create('${id}', { bits: 2048 }).then(() => 'made', (error) => error.code)); ${found}`;
        const rival = async (): Promise<string[]> => {
          const told = (await lineOf(start(script))).split('\n');
          return told[0] === 'TOKEN_UNAVAILABLE' ? rival() : told;
        };
        const told = await Promise.all([1, 2, 3].map(rival));
        expect(told.map(([made]) => made).sort()).toEqual(['KEY_EXISTS', 'KEY_EXISTS', 'made']);
        for (const [, key] of told) expect(key ?? (await answerOf(found))).toBe((await store.open(id)).keyIdentifier.toString('hex'));
      }
    });

    it('all that open or create end with one key', async () => {
      const script = `console.log(await store.openOrCreate('ocsp', { bits: 2048 }).then(
        (key) => key.keyIdentifier.toString('hex'),
        (error) => (error.code === 'TOKEN_UNAVAILABLE' ? '' : error.code),
      ));`;
      const lines = await Promise.all([1, 2, 3].map(() => answerOf(script)));
      expect(new Set(lines)).toEqual(new Set([(await store.open('ocsp')).keyIdentifier.toString('hex')]));
    });

    it('a killed one leaves its keys', async () => {
      const child = start(`
        const key = await store.create('survivor', { bits: 2048 });
        console.log(key.keyIdentifier.toString('hex'));
        for (;;) await Promise.all([1, 2, 3, 4].map(() => key.sign(Buffer.from('x'))));`);
      const line = lineOf(child);
      child.stdout?.once('data', () => setTimeout(() => child.kill('SIGKILL'), 100));
      const identifier = await line;
      const left = await store.open('survivor');
      expect(left.keyIdentifier.toString('hex')).toBe(identifier);
      expect(isSigned(TBS, left, await left.sign(TBS))).toBe(true);
    });
  });
});
