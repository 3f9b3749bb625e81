import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { softToken, softTokenAbsence, type SoftToken } from '#testing';
import { ConfigFault, readConfig } from '../config/config.js';
import type { MacKey } from './key-store.js';
import { Pkcs11KeyStore } from './pkcs11-key-store.js';
import { SoftwareKeyStore } from './software-key-store.js';

const MESSAGE = Buffer.from('message');
const macOf = (key: MacKey): string => (typeof key === 'function' ? key(MESSAGE) : createHmac('sha256', key).update(MESSAGE).digest()).toString('hex');

describe('settings of the key store', () => {
  const env = { KIBAN_DATABASE: 'h:1/n', KIBAN_DATABASE_SECRET: 'secret of sixteen', NATS_URL: 'nats://h', KIBAN_ISSUER: 'http://issuer.test', KIBAN_KEYS: 'keys' };

  it('is software unless a token is named, and a token is named wholly', () => {
    expect(readConfig(env).pkcs11).toBeUndefined();
    const whole = { KIBAN_PKCS11_MODULE: '/m.so', KIBAN_PKCS11_TOKEN: 'kiban', KIBAN_PKCS11_PIN: '4321' };
    expect(readConfig({ ...env, ...whole }).pkcs11).toEqual({ module: '/m.so', token: 'kiban', pin: '4321' });
    for (const left of Object.keys(whole)) expect(() => readConfig({ ...env, ...whole, [left]: undefined })).toThrow(/KIBAN_PKCS11_MODULE.*all or none/);
  });

  it('reads the PIN from a file and never tells it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kiban-pin-'));
    writeFileSync(join(folder, 'pin'), '4321\n');
    const named = { ...env, KIBAN_PKCS11_MODULE: '/m.so', KIBAN_PKCS11_PIN_FILE: join(folder, 'pin') };
    expect(readConfig({ ...named, KIBAN_PKCS11_TOKEN: 'kiban' }).pkcs11?.pin).toBe('4321');
    expect(() => readConfig(named)).toThrow(expect.not.objectContaining({ message: expect.stringContaining('4321') }));
    rmSync(folder, { recursive: true });
  });
});

describe('the software key store', () => {
  const store = new SoftwareKeyStore(Buffer.alloc(32, 7));

  it('seals keys that only it opens, under their own label', () => {
    const [first, second] = [store.create('a'), store.create('a')];
    expect(store.open(first)).toHaveLength(32);
    expect(macOf(store.open(first))).not.toBe(macOf(store.open(second)));
    expect(() => store.open({ ...first, label: 'b' })).toThrow();
    expect(() => new SoftwareKeyStore(Buffer.alloc(32, 8)).open(first)).toThrow();
    expect(() => store.open({ label: 'a', sealed: null })).toThrow();
  });
});

const absence = await softTokenAbsence();

describe.skipIf(absence !== undefined)(`the PKCS#11 key store ${absence ?? 'with SoftHSM'}`, () => {
  let token: SoftToken;
  let store: Pkcs11KeyStore;

  beforeAll(async () => {
    token = softToken();
    store = new Pkcs11KeyStore(token.config);
    await store.prepare();
  });

  afterAll(() => {
    store.close();
    token.remove();
  });

  it('makes keys that stay in the token, once a label, also after a restart', async () => {
    const kept = store.create('stays', false);
    expect(kept).toEqual({ label: 'stays', sealed: null });
    const first = macOf(store.open(kept));
    expect(store.create('stays', false)).toEqual(kept);
    store.close();
    const restarted = new Pkcs11KeyStore(token.config);
    await restarted.prepare();
    expect(macOf(restarted.open(kept))).toBe(first);
    expect(macOf(restarted.open(restarted.create('other', false)))).not.toBe(first);
    restarted.close();
  });

  it('seals a working key, which opens to the 32 bytes in its own token only', () => {
    const kept = store.create('works', true);
    const opened = store.open(kept);
    expect(opened).toHaveLength(32);
    expect(store.open(kept)).toEqual(opened);
    const broken = Buffer.from(kept.sealed ?? '');
    broken[3] = (broken[3] ?? 0) ^ 1;
    expect(() => store.open({ ...kept, sealed: broken })).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
    expect(store.open(kept)).toEqual(opened);
  });

  it('computes HMAC-SHA-256', () => {
    const value = randomBytes(32);
    token.importKey('known', value);
    expect(macOf(store.open({ label: 'known', sealed: null }))).toBe(macOf(value));
  });

  it('draws random blocks', () => {
    const [first, second] = [store.random(Buffer.alloc(8_192)), store.random(Buffer.alloc(8_192))];
    expect(first.equals(second)).toBe(false);
    expect(new Set(first).size).toBe(256);
  });

  it('destroys a key with all copies of its seal, and may be asked again', () => {
    const [stays, works] = [store.create('gone', false), store.create('gone too', true)];
    const mac = store.open(stays);
    for (const key of [stays, works, stays]) store.destroy(key);
    expect(() => macOf(mac)).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
    expect(() => store.open(works)).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
  });

  it('NUM-7 refuses UNAVAILABLE while the token is away and goes on when it is back', () => {
    const mac = store.open(store.create('outage', false));
    const before = macOf(mac);
    token.unplug();
    expect(() => macOf(mac)).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
    expect(() => store.random(Buffer.alloc(16))).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
    token.plugIn();
    expect(macOf(mac)).toBe(before);
  });

  it('does not start with a wrong PIN or library, and does without a token for now', async () => {
    store.close();
    const wrong = new Pkcs11KeyStore({ ...token.config, pin: '0000' });
    await expect(wrong.prepare()).rejects.toThrow(ConfigFault);
    expect(() => wrong.random(Buffer.alloc(16))).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
    await expect(new Pkcs11KeyStore({ ...token.config, module: '/no/library.so' }).prepare()).rejects.toThrow(ConfigFault);
    const away = new Pkcs11KeyStore({ ...token.config, token: 'another' });
    await away.prepare();
    expect(() => away.random(Buffer.alloc(16))).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
    expect(store.random(Buffer.alloc(16))).toHaveLength(16);
  });
});
