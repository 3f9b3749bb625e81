import { ConfigFault, type Pkcs11Config } from '../config/config.js';
import { platformProblems } from '../problem/problems.js';
import { log } from '../telemetry/log.js';
import type { KeptKey, KeyStore, MacKey } from './key-store.js';
import type { Handle, Pkcs11Library, Pkcs11Package, Template } from './pkcs11-library.js';

const PACKAGE: string = 'pkcs11js';

/** Codes of PKCS#11 2.40. */
const CKA = { CLASS: 0, TOKEN: 1, PRIVATE: 2, LABEL: 3, VALUE: 0x11, KEY_TYPE: 0x100, SENSITIVE: 0x103, WRAP: 0x106, UNWRAP: 0x107, SIGN: 0x108, VALUE_LEN: 0x161, EXTRACTABLE: 0x162 } as const;
const CKK = { GENERIC_SECRET: 0x10, AES: 0x1f } as const;
const CKM = { SHA256_HMAC: 0x251, GENERIC_SECRET_KEY_GEN: 0x350, AES_KEY_GEN: 0x1080, AES_KEY_WRAP: 0x2109 } as const;
const CKO_SECRET_KEY = 4;
const CKU_USER = 1;
const CKF_SERIAL_SESSION = 4;
const CKF_RW_SESSION = 2;
/** Without it the library is not safe where Node calls it from its worker threads. */
const CKF_OS_LOCKING_OK = 2;
const KEY_BYTES = 32;
/** RFC 3394 adds eight bytes. */
const SEALED_BYTES = KEY_BYTES + 8;

const secretKey = (keyType: number): Template => [{ type: CKA.CLASS, value: CKO_SECRET_KEY }, { type: CKA.KEY_TYPE, value: keyType }];
/** Of the token, and nobody can read it. */
const kept = (label: string): Template => [
  { type: CKA.TOKEN, value: true }, { type: CKA.PRIVATE, value: true }, { type: CKA.LABEL, value: label },
  { type: CKA.SENSITIVE, value: true }, { type: CKA.EXTRACTABLE, value: false }, { type: CKA.VALUE_LEN, value: KEY_BYTES },
];
const wrappingLabel = (label: string): string => `${label}.wrap`;

/** The keys of a token (PKCS#11 2.40). One session, used without interruption: each answer is awaited where it is asked. */
export class Pkcs11KeyStore implements KeyStore {
  readonly kind = 'PKCS11';
  private library: Pkcs11Library | undefined;
  private session: Handle | undefined;
  /** A wrong PIN is not tried again: the token would lock itself. */
  private locked = false;
  private readonly found = new Map<string, Handle>();

  constructor(private readonly settings: Pkcs11Config) {}

  async prepare(): Promise<void> {
    this.library = await loadLibrary(this.settings.module);
    try {
      this.use(() => undefined);
    } catch {
      if (this.locked) throw new ConfigFault('settings are missing or wrong: KIBAN_PKCS11_PIN: the token does not accept it');
    }
  }

  random(block: Buffer): Buffer {
    return this.use((library, session) => library.C_GenerateRandom(session, block));
  }

  create(label: string, sealed: boolean): KeptKey {
    return this.use((library, session) => {
      if (sealed) return { label, sealed: this.createSealed(library, session, label) };
      if (this.find(library, session, label).length === 0) {
        library.C_GenerateKey(session, { mechanism: CKM.GENERIC_SECRET_KEY_GEN }, [...secretKey(CKK.GENERIC_SECRET), ...kept(label), { type: CKA.SIGN, value: true }]);
      }
      return { label, sealed: null };
    });
  }

  open({ label, sealed }: KeptKey): MacKey {
    if (sealed !== null) return this.use((library, session) => this.unseal(library, session, label, sealed));
    return (message) => this.use((library, session) => {
      library.C_SignInit(session, { mechanism: CKM.SHA256_HMAC }, this.one(library, session, label));
      return library.C_Sign(session, message, Buffer.allocUnsafe(KEY_BYTES));
    });
  }

  destroy({ label }: KeptKey): void {
    this.use((library, session) => {
      for (const name of [label, wrappingLabel(label)]) {
        for (const object of this.find(library, session, name)) library.C_DestroyObject(session, object);
        if (this.find(library, session, name).length > 0) throw new Error('the token kept a key that was destroyed');
        this.found.delete(name);
      }
    });
  }

  close(): void {
    if (this.session !== undefined) this.library?.C_CloseSession(this.session);
    this.session = undefined;
    this.found.clear();
  }

  /** The wrapping key stays in the token: with it all copies of the sealed key are destroyed. */
  private createSealed(library: Pkcs11Library, session: Handle, label: string): Buffer {
    const name = wrappingLabel(label);
    if (this.find(library, session, name).length === 0) {
      library.C_GenerateKey(session, { mechanism: CKM.AES_KEY_GEN }, [...secretKey(CKK.AES), ...kept(name), { type: CKA.WRAP, value: true }, { type: CKA.UNWRAP, value: true }]);
    }
    const key = library.C_GenerateKey(session, { mechanism: CKM.GENERIC_SECRET_KEY_GEN }, [
      ...secretKey(CKK.GENERIC_SECRET), { type: CKA.TOKEN, value: false }, { type: CKA.SENSITIVE, value: true }, { type: CKA.EXTRACTABLE, value: true }, { type: CKA.VALUE_LEN, value: KEY_BYTES },
    ]);
    const sealed = library.C_WrapKey(session, { mechanism: CKM.AES_KEY_WRAP }, this.one(library, session, name), key, Buffer.alloc(SEALED_BYTES));
    library.C_DestroyObject(session, key);
    return Buffer.from(sealed);
  }

  private unseal(library: Pkcs11Library, session: Handle, label: string, sealed: Buffer): Buffer {
    const key = library.C_UnwrapKey(session, { mechanism: CKM.AES_KEY_WRAP }, this.one(library, session, wrappingLabel(label)), sealed, [
      ...secretKey(CKK.GENERIC_SECRET), { type: CKA.TOKEN, value: false }, { type: CKA.SENSITIVE, value: false }, { type: CKA.EXTRACTABLE, value: true },
    ]);
    const value = library.C_GetAttributeValue(session, key, [{ type: CKA.VALUE }])[0]?.value;
    library.C_DestroyObject(session, key);
    if (!Buffer.isBuffer(value) || value.length !== KEY_BYTES) throw new Error('the token unsealed no key of 32 bytes');
    return value;
  }

  private one(library: Pkcs11Library, session: Handle, label: string): Handle {
    const known = this.found.get(label);
    if (known !== undefined) return known;
    const [object, ...more] = this.find(library, session, label);
    if (object === undefined || more.length > 0) throw new Error('the token has not exactly one key of this label');
    this.found.set(label, object);
    return object;
  }

  private find(library: Pkcs11Library, session: Handle, label: string): Handle[] {
    library.C_FindObjectsInit(session, [{ type: CKA.CLASS, value: CKO_SECRET_KEY }, { type: CKA.LABEL, value: label }]);
    try {
      return library.C_FindObjects(session, 2);
    } finally {
      library.C_FindObjectsFinal(session);
    }
  }

  /** Whatever fails ends the session; the next use begins with another. */
  private use<T>(work: (library: Pkcs11Library, session: Handle) => T): T {
    const { library } = this;
    if (library === undefined || this.locked) throw platformProblems.refuse('UNAVAILABLE');
    try {
      this.session ??= this.login(library);
      return work(library, this.session);
    } catch (error) {
      // One alarm an outage.
      log[this.session === undefined ? 'warn' : 'error']('key store is away', { error });
      try {
        this.close();
      } catch {
        this.session = undefined;
      }
      throw platformProblems.refuse('UNAVAILABLE', { facts: { cause: 'KEY_STORE' } });
    }
  }

  private login(library: Pkcs11Library): Handle {
    const slot = library.C_GetSlotList(true).find((candidate) => library.C_GetTokenInfo(candidate).label.replace(/[\0 ]+$/, '') === this.settings.token);
    if (slot === undefined) throw new Error('no slot has the token');
    const session = library.C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION);
    try {
      library.C_Login(session, CKU_USER, this.settings.pin);
    } catch (error) {
      if (isFault(error, /^CKR_USER_ALREADY_LOGGED_IN$/)) return session;
      this.locked = isFault(error, /^CKR_PIN_/);
      library.C_CloseSession(session);
      throw error;
    }
    return session;
  }
}

function isFault(error: unknown, name: RegExp): boolean {
  return error instanceof Error && name.test(error.message);
}

/** The package is optional, since it is compiled where it is installed. */
async function loadLibrary(path: string): Promise<Pkcs11Library> {
  const { default: pkcs11 }: Pkcs11Package = await import(PACKAGE).catch(() => {
    throw new ConfigFault('settings are missing or wrong: KIBAN_PKCS11_MODULE: the optional package pkcs11js is not installed or not compiled');
  });
  const library = new pkcs11.PKCS11();
  try {
    library.load(path);
  } catch {
    throw new ConfigFault('settings are missing or wrong: KIBAN_PKCS11_MODULE: this is no PKCS#11 library');
  }
  try {
    library.C_Initialize({ flags: CKF_OS_LOCKING_OK });
  } catch (error) {
    // Somebody else in this process has.
    if (!isFault(error, /^CKR_CRYPTOKI_ALREADY_INITIALIZED$/)) throw error;
  }
  return library;
}
