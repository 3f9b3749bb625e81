import { PkiError } from '../pki-error.js';

/** Optional, since it is compiled where it is installed: types and build do without it. */
const PACKAGE: string = 'pkcs11js';

interface Pkcs11Package {
  readonly default: { readonly PKCS11: new () => Pkcs11Library & { load(path: string): void } };
}

/** Codes of PKCS#11 2.40. */
export const CKA = {
  CLASS: 0, TOKEN: 1, PRIVATE: 2, LABEL: 3, KEY_TYPE: 0x100, ID: 0x102, SENSITIVE: 0x103, DECRYPT: 0x105, UNWRAP: 0x107, SIGN: 0x108,
  SIGN_RECOVER: 0x109, VERIFY: 0x10a, MODULUS: 0x120, MODULUS_BITS: 0x121, PUBLIC_EXPONENT: 0x122, EXTRACTABLE: 0x162, LOCAL: 0x163,
  NEVER_EXTRACTABLE: 0x164, ALWAYS_SENSITIVE: 0x165,
} as const;
export const CKO = { DATA: 0, PUBLIC_KEY: 2, PRIVATE_KEY: 3 } as const;
export const CKK_RSA = 0;
export const CKM = { RSA_PKCS_KEY_PAIR_GEN: 0, RSA_PKCS: 1, SHA256_RSA_PKCS: 0x40 } as const;
export const CKU_USER = 1;
export const CKF_RW_SERIAL_SESSION = 6;
/** Without it the library is not safe where Node calls it from its worker threads. */
const CKF_OS_LOCKING_OK = 2;

export type Handle = Buffer;
export type Template = { readonly type: number; readonly value?: Buffer | string | number | boolean }[];

interface Mechanism {
  readonly mechanism: number;
}

export interface TokenInfo {
  readonly label: string;
  readonly manufacturerID: string;
  readonly model: string;
  readonly serialNumber: string;
}

/** What is used of PKCS#11; whatever fails throws an error whose message is the name of its code, `CKR_…`. */
export interface Pkcs11Library {
  C_Initialize(options: { readonly flags: number }): void;
  C_GetSlotList(tokenPresent: boolean): Handle[];
  C_Finalize(): void;
  C_GetTokenInfo(slot: Handle): TokenInfo & { readonly sessionCount: number };
  C_OpenSession(slot: Handle, flags: number): Handle;
  C_CloseSession(session: Handle): void;
  C_Login(session: Handle, userType: number, pin: string): void;
  C_FindObjectsInit(session: Handle, template: Template): void;
  C_FindObjects(session: Handle, most: number): Handle[];
  C_FindObjectsFinal(session: Handle): void;
  C_GetAttributeValue(session: Handle, object: Handle, template: Template): Template;
  C_CreateObject(session: Handle, template: Template): Handle;
  C_DestroyObject(session: Handle, object: Handle): void;
  C_GenerateKeyPairAsync(session: Handle, mechanism: Mechanism, publicKey: Template, privateKey: Template): Promise<{ publicKey: Handle }>;
  C_SignInit(session: Handle, mechanism: Mechanism, key: Handle): void;
  /** The caller holds on to `message` until the end: the package does not, and the library reads it from another thread. */
  C_SignAsync(session: Handle, message: Buffer, signature: Buffer): Promise<Buffer>;
}

/** The code by which the library failed; undefined for other errors. */
export function ckrOf(error: unknown): string | undefined {
  return error instanceof Error && error.message.startsWith('CKR_') ? error.message : undefined;
}

/** The initialised library at a path. Faults `KEY_STORE` when it, or the package that speaks with it, cannot be loaded. */
export async function loadPkcs11(path: string): Promise<Pkcs11Library> {
  const { default: pkcs11 }: Pkcs11Package = await import(PACKAGE).catch((error: unknown) => {
    throw new PkiError('KEY_STORE', 'the optional package pkcs11js is not installed or not compiled', error);
  });
  const library = new pkcs11.PKCS11();
  try {
    library.load(path);
  } catch (error) {
    throw new PkiError('KEY_STORE', 'module is no PKCS#11 library', error);
  }
  initialise(library);
  return library;
}

function initialise(library: Pkcs11Library): void {
  try {
    library.C_Initialize({ flags: CKF_OS_LOCKING_OK });
  } catch (error) {
    // Somebody else in this process has.
    if (ckrOf(error) !== 'CKR_CRYPTOKI_ALREADY_INITIALIZED') throw error;
  }
}

/** Lets the library look for tokens again, as many do at initialisation only; unless a session of this process, of whomever, would end by it. */
export function lookAgain(library: Pkcs11Library): void {
  if (hasSessions(library)) return;
  library.C_Finalize();
  initialise(library);
}

/** A token that tells nothing of itself serves no session either. */
function hasSessions(library: Pkcs11Library): boolean {
  try {
    return library.C_GetSlotList(true).some((slot) => library.C_GetTokenInfo(slot).sessionCount !== 0);
  } catch (error) {
    if (ckrOf(error) === undefined) throw error;
    return false;
  }
}
