import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { checkRsaKey } from '../csr/rsa-weakness.js';
import { PkiError } from '../pki-error.js';
import { CKA, CKK_RSA, CKM, CKO, type Handle, type Template } from './pkcs11-library.js';
import { type TokenSession, tokenText } from './pkcs11-token.js';
import { type RsaPublicKey, encodeRsaSpki, keyChecksumOf } from './public-key.js';

/** What a key is that was never outside of its token and is of use only through it (JPKI 4.16). */
const REQUIRED = [
  { name: 'CKA_TOKEN', type: CKA.TOKEN, value: true },
  { name: 'CKA_PRIVATE', type: CKA.PRIVATE, value: true },
  { name: 'CKA_SENSITIVE', type: CKA.SENSITIVE, value: true },
  { name: 'CKA_ALWAYS_SENSITIVE', type: CKA.ALWAYS_SENSITIVE, value: true },
  { name: 'CKA_EXTRACTABLE', type: CKA.EXTRACTABLE, value: false },
  { name: 'CKA_NEVER_EXTRACTABLE', type: CKA.NEVER_EXTRACTABLE, value: true },
  { name: 'CKA_LOCAL', type: CKA.LOCAL, value: true },
  { name: 'CKA_SIGN', type: CKA.SIGN, value: true },
] as const;

/** What the token says of a key, for the minutes of its ceremony (JPKI 3.2). */
export interface KeyAttestation {
  readonly id: string;
  readonly publicKeySpki: Buffer;
  /** SHA-256 of `publicKeySpki`, hex. */
  readonly checksum: string;
  readonly token: { readonly label: string; readonly manufacturer: string; readonly model: string; readonly serialNumber: string };
  /** CKA_LOCAL (generated in the token), CKA_NEVER_EXTRACTABLE and the others that `open` asks for. */
  readonly attributes: readonly { readonly name: string; readonly value: boolean }[];
}

export interface TokenKey {
  readonly attestation: KeyAttestation;
  /** CKA_ID. */
  readonly tokenId: Buffer;
  readonly publicKey: RsaPublicKey;
}

const FIND_MOST = 100;
/** 65537 */
const EXPONENT = Buffer.from([1, 0, 1]);
/** SoftHSM 2.6 overlooks for some time what another process wrote just before its own write: two claims see each other only after a while. */
const SETTLE_MS = 300;
/** A key id has no tilde. */
const claimLabel = (id: string): string => `${id}~`;
const labelled = (objectClass: number, label: string): Template => [{ type: CKA.CLASS, value: objectClass }, { type: CKA.LABEL, value: label }];

function find({ library, handle }: TokenSession, template: Template): Handle[] {
  const found: Handle[] = [];
  library.C_FindObjectsInit(handle, template);
  try {
    for (let more = library.C_FindObjects(handle, FIND_MOST); more.length > 0; more = library.C_FindObjects(handle, FIND_MOST)) found.push(...more);
  } finally {
    library.C_FindObjectsFinal(handle);
  }
  return found;
}

function valuesOf({ library, handle }: TokenSession, object: Handle, types: readonly number[]): Buffer[] {
  const template = library.C_GetAttributeValue(handle, object, types.map((type) => ({ type })));
  return template.map(({ value }) => {
    if (!Buffer.isBuffer(value)) throw new PkiError('KEY_STORE', 'token does not tell an attribute of the key');
    return value;
  });
}

function unsigned(octets: Buffer | undefined): bigint {
  return BigInt(`0x0${octets?.toString('hex') ?? ''}`);
}

/** Whether the token has a private key of this id, of whatever algorithm. */
export function hasKey(session: TokenSession, id: string): boolean {
  return find(session, labelled(CKO.PRIVATE_KEY, id)).length > 0;
}

/** Labels of all private keys. */
export function labelsOf(session: TokenSession): string[] {
  const keys = find(session, [{ type: CKA.CLASS, value: CKO.PRIVATE_KEY }]);
  return keys.flatMap((key) => valuesOf(session, key, [CKA.LABEL])).map((label) => label.toString('utf8'));
}

/** Handle of the key that was opened, by label and CKA_ID: a later key of the same label is another key. Faults `KEY_NOT_FOUND`. */
export function handleOf(session: TokenSession, id: string, tokenId: Buffer): Handle {
  const name = `${id}~${tokenId.toString('hex')}`;
  const known = session.keys.get(name);
  if (known !== undefined) return known;
  const [key] = find(session, [...labelled(CKO.PRIVATE_KEY, id), { type: CKA.ID, value: tokenId }]);
  if (key === undefined) throw new PkiError('KEY_NOT_FOUND', `no key ${id}`);
  session.keys.set(name, key);
  return key;
}

/** The one RSA key of an id. Faults `KEY_NOT_FOUND`, and `KEY_STORE` when others have put several there. */
export function readKey(session: TokenSession, id: string): TokenKey {
  const [key, ...others] = find(session, [...labelled(CKO.PRIVATE_KEY, id), { type: CKA.KEY_TYPE, value: CKK_RSA }]);
  if (key === undefined) throw new PkiError('KEY_NOT_FOUND', `no key ${id}`);
  if (others.length > 0) throw new PkiError('KEY_STORE', `token has several keys ${id}`);
  const publicKey = publicKeyOf(session, key);
  const publicKeySpki = encodeRsaSpki(publicKey);
  const [tokenId = Buffer.alloc(0), ...flags] = valuesOf(session, key, [CKA.ID, ...REQUIRED.map(({ type }) => type)]);
  const info = session.library.C_GetTokenInfo(session.slot);
  const attestation = {
    id,
    publicKeySpki,
    checksum: keyChecksumOf(publicKeySpki).toString('hex'),
    token: {
      label: tokenText(info, 'label'),
      manufacturer: tokenText(info, 'manufacturerID'),
      model: tokenText(info, 'model'),
      serialNumber: tokenText(info, 'serialNumber'),
    },
    attributes: REQUIRED.map(({ name }, index) => ({ name, value: flags[index]?.[0] === 1 })),
  };
  return { attestation, tokenId, publicKey };
}

/** Token keys are RSA objects with both parts of the public key (PKCS#11 2.40 mechanisms 2.1.3): no second object is needed. */
function publicKeyOf(session: TokenSession, key: Handle): RsaPublicKey {
  const [modulus, exponent] = valuesOf(session, key, [CKA.MODULUS, CKA.PUBLIC_EXPONENT]);
  return { modulus: unsigned(modulus), exponent: unsigned(exponent) };
}

/** Faults `KEY_STORE` when the key could be, or could have been, outside of the token, and `WEAK_KEY`. */
export function requireSound({ attestation, publicKey }: TokenKey): void {
  const broken = REQUIRED.find(({ value }, index) => attestation.attributes[index]?.value !== value);
  if (broken !== undefined) throw new PkiError('KEY_STORE', `key ${attestation.id} is not bound to its token: ${broken.name} is not ${broken.value}`);
  checkRsaKey(publicKey, { modulusBits: Math.max(2048, publicKey.modulus.toString(2).length) });
}

/**
 * Generates the key unless somebody else is doing the same, and answers whether it has. PKCS#11 has no "create if absent": every creator
 * first writes a claim and then looks, so of two at least one sees the other and withdraws.
 */
export async function generateKey(session: TokenSession, id: string, bits: number): Promise<boolean> {
  const { library, handle } = session;
  const template = labelled(CKO.DATA, claimLabel(id));
  const claims = (): number => find(session, template).length;
  if (claims() > 0) return false;
  const claim = library.C_CreateObject(handle, [...template, { type: CKA.TOKEN, value: true }, { type: CKA.PRIVATE, value: true }]);
  try {
    await pause(SETTLE_MS);
    if (claims() > 1 || hasKey(session, id)) return false;
    const { publicKey, privateKey } = templatesOf(id, bits);
    const pair = await library.C_GenerateKeyPairAsync(handle, { mechanism: CKM.RSA_PKCS_KEY_PAIR_GEN }, publicKey, privateKey);
    library.C_DestroyObject(handle, pair.publicKey);
    return true;
  } finally {
    library.C_DestroyObject(handle, claim);
  }
}

function templatesOf(label: string, bits: number): { readonly publicKey: Template; readonly privateKey: Template } {
  return {
    publicKey: [
      { type: CKA.TOKEN, value: false }, { type: CKA.VERIFY, value: true }, { type: CKA.MODULUS_BITS, value: bits },
      { type: CKA.PUBLIC_EXPONENT, value: EXPONENT },
    ],
    privateKey: [
      { type: CKA.TOKEN, value: true }, { type: CKA.PRIVATE, value: true }, { type: CKA.LABEL, value: label },
      { type: CKA.ID, value: randomBytes(20) },
      { type: CKA.SENSITIVE, value: true }, { type: CKA.EXTRACTABLE, value: false }, { type: CKA.SIGN, value: true },
      { type: CKA.DECRYPT, value: false }, { type: CKA.UNWRAP, value: false }, { type: CKA.SIGN_RECOVER, value: false },
    ],
  };
}

/** Destroys what the token has of an id: keys, public halves, claims. Faults `KEY_STORE` when one is still found. */
export function destroyKeys(session: TokenSession, id: string): void {
  const all = (): Handle[] =>
    [labelled(CKO.PRIVATE_KEY, id), labelled(CKO.PUBLIC_KEY, id), labelled(CKO.DATA, claimLabel(id))].flatMap((template) => find(session, template));
  for (const object of all()) session.library.C_DestroyObject(session.handle, object);
  if (all().length > 0) throw new PkiError('KEY_STORE', `token kept key ${id}, which was destroyed`);
}
