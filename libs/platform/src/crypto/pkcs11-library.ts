/** What is used of the package pkcs11js. It is optional, since it is compiled where it is installed: types and build do without it. */
export interface Pkcs11Package {
  readonly default: { readonly PKCS11: new () => Pkcs11Library };
}

export type Handle = Buffer;
export type Template = { readonly type: number; readonly value?: Buffer | string | number | boolean }[];

interface Mechanism {
  readonly mechanism: number;
}

/** The calls of PKCS#11 2.40; whatever fails throws an error named by its code, `CKR_…`. */
export interface Pkcs11Library {
  load(path: string): void;
  C_Initialize(options: { readonly flags: number }): void;
  C_GetSlotList(tokenPresent: boolean): Handle[];
  C_GetTokenInfo(slot: Handle): { readonly label: string };
  C_OpenSession(slot: Handle, flags: number): Handle;
  C_CloseSession(session: Handle): void;
  C_Login(session: Handle, userType: number, pin: string): void;
  C_FindObjectsInit(session: Handle, template: Template): void;
  C_FindObjects(session: Handle, most: number): Handle[];
  C_FindObjectsFinal(session: Handle): void;
  C_GetAttributeValue(session: Handle, object: Handle, template: Template): Template;
  C_DestroyObject(session: Handle, object: Handle): void;
  C_GenerateKey(session: Handle, mechanism: Mechanism, template: Template): Handle;
  C_GenerateRandom(session: Handle, block: Buffer): Buffer;
  C_SignInit(session: Handle, mechanism: Mechanism, key: Handle): void;
  C_Sign(session: Handle, message: Buffer, signature: Buffer): Buffer;
  C_WrapKey(session: Handle, mechanism: Mechanism, wrapping: Handle, key: Handle, wrapped: Buffer): Buffer;
  C_UnwrapKey(session: Handle, mechanism: Mechanism, wrapping: Handle, wrapped: Buffer, template: Template): Handle;
}
