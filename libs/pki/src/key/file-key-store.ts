import { type KeyObject, createCipheriv, createDecipheriv, createPrivateKey, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { PkiError } from '../pki-error.js';
import { type NewKeyOptions, type SigningKey, type SigningKeyStore, generateRsaKey, signingKeyOf } from './signing-key.js';
import { watchedKey } from './watched-key.js';

export const KEY_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const SUFFIX = '.key';
/** File = magic, 12-octet IV, 16-octet GCM tag, encrypted PKCS#8. */
const MAGIC = Buffer.from('KIBANKEY1\n', 'latin1');
const IV_AT = MAGIC.length;
const TAG_AT = IV_AT + 12;
const BODY_AT = TAG_AT + 16;

function hasErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/**
 * Signing keys in a folder, one file of mode 0600 each, AES-256-GCM under a key-encryption key that the caller takes from its secret
 * store. The key id is authenticated with the key, so that a renamed or exchanged file does not open. For test and small installations;
 * production keys live behind the same `SigningKey` in an HSM (JPKI 4.16).
 */
export class FileKeyStore implements SigningKeyStore {
  readonly #folder: string;
  readonly #kek: Buffer;
  readonly #signatures = new Map<string, number>();

  /** `keyEncryptionKey` is 32 octets; faults `KEY_STORE` otherwise. */
  constructor(folder: string, keyEncryptionKey: Buffer) {
    if (keyEncryptionKey.length !== 32) throw new PkiError('KEY_STORE', 'key-encryption key is not 32 octets');
    this.#folder = folder;
    this.#kek = Buffer.from(keyEncryptionKey);
  }

  /** Generates and stores a key. Never overwrites: of two processes creating one id, one gets the key and the other `KEY_EXISTS`. */
  async create(id: string, { bits }: NewKeyOptions): Promise<SigningKey> {
    const path = this.#path(id);
    if ((await this.list()).includes(id)) throw new PkiError('KEY_EXISTS', `key ${id} exists`);
    const privateKey = await generateRsaKey(bits);
    const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
    const sealed = this.#seal(id, pkcs8);
    pkcs8.fill(0);
    await this.#place(path, id, sealed);
    return this.#counted(id, privateKey);
  }

  /** Faults `KEY_NOT_FOUND`, or `KEY_STORE` when the file is damaged, was renamed, or the key-encryption key is another. */
  async open(id: string): Promise<SigningKey> {
    const path = this.#path(id);
    const sealed = await readFile(path).catch((error: unknown) => {
      throw hasErrno(error, 'ENOENT') ? new PkiError('KEY_NOT_FOUND', `no key ${id}`) : error;
    });
    const pkcs8 = this.#unseal(id, sealed);
    const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    pkcs8.fill(0);
    return this.#counted(id, privateKey);
  }

  /** Opens the key or creates it; of several processes doing so at once all end with the same key. */
  async openOrCreate(id: string, options: NewKeyOptions): Promise<SigningKey> {
    try {
      return (await this.list()).includes(id) ? await this.open(id) : await this.create(id, options);
    } catch (error) {
      if (error instanceof PkiError && error.code === 'KEY_EXISTS') return this.open(id);
      throw error;
    }
  }

  /** Ids of the stored keys, sorted. */
  async list(): Promise<string[]> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if (hasErrno(error, 'ENOENT')) return [];
      throw error;
    });
    return names
      .filter((name) => name.endsWith(SUFFIX))
      .map((name) => name.slice(0, -SUFFIX.length))
      .filter((id) => KEY_ID.test(id))
      .sort();
  }

  /** Removes the key's file. Faults `KEY_NOT_FOUND` when there was none. */
  async destroy(id: string): Promise<void> {
    await unlink(this.#path(id)).catch((error: unknown) => {
      throw hasErrno(error, 'ENOENT') ? new PkiError('KEY_NOT_FOUND', `no key ${id}`) : error;
    });
    await this.#syncFolder();
  }

  /** Signatures by the key through this store since it was made, as of a token's. */
  signatures(id: string): number {
    return this.#signatures.get(id) ?? 0;
  }

  #counted(id: string, privateKey: KeyObject): SigningKey {
    return watchedKey(signingKeyOf(id, privateKey), { after: () => void this.#signatures.set(id, this.signatures(id) + 1) });
  }

  #path(id: string): string {
    if (!KEY_ID.test(id)) throw new PkiError('KEY_STORE', 'key id is not a plain file name');
    return join(this.#folder, `${id}${SUFFIX}`);
  }

  #seal(id: string, pkcs8: Buffer): Buffer {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#kek, iv);
    cipher.setAAD(Buffer.from(id, 'utf8'));
    const body = Buffer.concat([cipher.update(pkcs8), cipher.final()]);
    return Buffer.concat([MAGIC, iv, cipher.getAuthTag(), body]);
  }

  #unseal(id: string, sealed: Buffer): Buffer {
    if (sealed.length <= BODY_AT || !sealed.subarray(0, IV_AT).equals(MAGIC)) {
      throw new PkiError('KEY_STORE', `file of key ${id} is damaged`);
    }
    const decipher = createDecipheriv('aes-256-gcm', this.#kek, sealed.subarray(IV_AT, TAG_AT), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(id, 'utf8'));
    decipher.setAuthTag(sealed.subarray(TAG_AT, BODY_AT));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(BODY_AT)), decipher.final()]);
    } catch (error) {
      throw new PkiError('KEY_STORE', `key ${id} does not open with this key-encryption key`, error);
    }
  }

  /** Writes beside the target, flushes, then links: the link is the atomic "create if absent" between processes; rename would overwrite. */
  async #place(path: string, id: string, sealed: Buffer): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const draft = join(this.#folder, `.${id}.${randomBytes(8).toString('hex')}.draft`);
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(sealed);
      await file.sync();
      await link(draft, path);
    } catch (error) {
      throw hasErrno(error, 'EEXIST') ? new PkiError('KEY_EXISTS', `key ${id} exists`) : error;
    } finally {
      await file.close();
      await unlink(draft);
    }
    await this.#syncFolder();
  }

  async #syncFolder(): Promise<void> {
    const folder = await open(this.#folder, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}
