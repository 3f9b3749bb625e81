import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { PkiError } from '../pki-error.js';
import { KEY_ID } from './file-key-store.js';
import { type KeyAttestation, type TokenKey, destroyKeys, generateKey, handleOf, hasKey, labelsOf, readKey, requireSound } from './pkcs11-key.js';
import { CKM, loadPkcs11 } from './pkcs11-library.js';
import { type Pkcs11Settings, Pkcs11Token } from './pkcs11-token.js';
import { keyIdentifierOf } from './public-key.js';
import { type NewKeyOptions, type SigningKey, type SigningKeyStore, digestInfoOf } from './signing-key.js';

/** Longer than a token takes to generate a key; and between two looks, at random so that rivals do not meet again. */
const CREATE_MS = 60_000;
const LOOK_MS = 500;
/** A token may show the key that another process is making before it has written all of what it says of it. */
const SETTLING_MS = 1_000;
const SETTLING = new Set<string>(['KEY_NOT_FOUND', 'KEY_STORE', 'WEAK_KEY']);

/**
 * RSA signing keys in a token behind PKCS#11 2.40 (JPKI 4.16): generated there, never outside. The id is CKA_LABEL; CKA_ID is
 * drawn. Every method faults `TOKEN_UNAVAILABLE` while the token is away (retry later), `TOKEN_BUSY` when too many wait for a session
 * (retry soon), and `KEY_STORE` when only a change of settings helps, as for a refused PIN.
 */
export class Pkcs11KeyStore implements SigningKeyStore {
  readonly #token: Pkcs11Token;
  readonly #signatures = new Map<string, number>();

  constructor(settings: Pkcs11Settings) {
    this.#token = new Pkcs11Token(settings, () => loadPkcs11(settings.module));
  }

  /**
   * Generates a key. Never a second one: of two processes creating one id, one gets the key and the other `KEY_EXISTS`. A creation that is
   * cut off by an outage or a kill may leave a claim that stands in the way (`KEY_STORE`) until `destroy` removes it.
   */
  async create(id: string, { bits }: NewKeyOptions): Promise<SigningKey> {
    requireKeyId(id);
    if (bits < 2048) throw new PkiError('WEAK_KEY', 'modulus below 2048 bits');
    const until = performance.now() + CREATE_MS;
    do {
      if (await this.#token.use((session) => hasKey(session, id))) throw new PkiError('KEY_EXISTS', `key ${id} exists`);
      // Not repeated by itself: whether the token made the key is not known after a fault.
      if (await this.#token.use((session) => generateKey(session, id, bits), false)) return this.open(id);
      await pause(randomInt(LOOK_MS));
    } while (performance.now() < until);
    throw new PkiError('KEY_STORE', `creation of key ${id} was cut off; destroy it first`);
  }

  /** Faults `KEY_NOT_FOUND`, `KEY_STORE` when the key is not sure to have never left the token, `WEAK_KEY`. */
  async open(id: string): Promise<SigningKey> {
    requireKeyId(id);
    const key = await this.#settled(id);
    const { publicKeySpki } = key.attestation;
    const keyIdentifier = keyIdentifierOf(publicKeySpki);
    const length = Math.ceil(key.publicKey.modulus.toString(16).length / 2);
    const sign = (mechanism: number, message: Buffer): Promise<Buffer> =>
      this.#token.use(async (session) => {
        session.library.C_SignInit(session.handle, { mechanism }, handleOf(session, id, key.tokenId));
        session.held = message;
        const signature = await session.library.C_SignAsync(session.handle, message, Buffer.alloc(length));
        this.#signatures.set(id, this.signatures(id) + 1);
        return signature;
      });
    return {
      id,
      algorithm: 'sha256WithRSAEncryption',
      publicKeySpki,
      keyIdentifier,
      sign: (tbs) => sign(CKM.SHA256_RSA_PKCS, tbs),
      signDigest: async (sha256) => sign(CKM.RSA_PKCS, digestInfoOf(sha256)),
    };
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

  /** Ids of the keys in the token, sorted. */
  async list(): Promise<string[]> {
    const labels = await this.#token.use(labelsOf);
    return [...new Set(labels)].filter((label) => KEY_ID.test(label)).sort();
  }

  async #settled(id: string): Promise<TokenKey> {
    for (const until = performance.now() + SETTLING_MS; ; await pause(SETTLING_MS / 20)) {
      try {
        const key = await this.#token.use((session) => readKey(session, id));
        requireSound(key);
        return key;
      } catch (error) {
        if (!(error instanceof PkiError) || !SETTLING.has(error.code) || performance.now() > until) throw error;
        if (error.code === 'KEY_NOT_FOUND' && !(await this.#token.use((session) => hasKey(session, id)))) throw error;
      }
    }
  }

  /** What the token says of the key, also of one that `open` refuses. */
  async attest(id: string): Promise<KeyAttestation> {
    requireKeyId(id);
    const { attestation } = await this.#token.use((session) => readKey(session, id));
    return attestation;
  }

  /** Destroys the key and looks whether it is gone. Faults `KEY_NOT_FOUND` when there was none. */
  async destroy(id: string): Promise<void> {
    requireKeyId(id);
    let there = false;
    await this.#token.use((session) => {
      there ||= hasKey(session, id);
      destroyKeys(session, id);
    });
    if (!there) throw new PkiError('KEY_NOT_FOUND', `no key ${id}`);
  }

  /** Signatures by the key through this store since it was made, to be compared with the issuance log (JPKI 4.16). */
  signatures(id: string): number {
    return this.#signatures.get(id) ?? 0;
  }

  /** Ends the sessions; what is at work ends first. */
  close(): void {
    this.#token.close();
  }
}

function requireKeyId(id: string): void {
  if (!KEY_ID.test(id)) throw new PkiError('KEY_STORE', 'key id is not a plain name');
}
