import { existsSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { unpackPackages } from './servers/distribution-package.js';

const PLACES = ['/usr/lib/softhsm', '/usr/lib/x86_64-linux-gnu/softhsm', '/usr/lib/aarch64-linux-gnu/softhsm', '/usr/local/lib/softhsm'];
const LIBRARY = 'libsofthsm2.so';
const PACKAGES = ['libsofthsm2', 'softhsm2-common'];
/** A failed fetch is not tried again by the other specs of a run. */
const ABSENT_MS = 10 * 60_000;
const require = createRequire(import.meta.url);

/** What tests and benchmarks call of the package pkcs11js; the rest is the key stores'. */
export interface Pkcs11 {
  load(path: string): void;
  C_Initialize(options: { flags: number }): void;
  C_Finalize(): void;
  C_GetSlotList(tokenPresent: boolean): Buffer[];
  C_GetTokenInfo(slot: Buffer): { label: string };
  C_InitToken(slot: Buffer, pin: string, label: string): string;
  C_InitPIN(session: Buffer, pin: string): void;
  C_OpenSession(slot: Buffer, flags: number): Buffer;
  C_CloseSession(session: Buffer): void;
  C_CloseAllSessions(slot: Buffer): void;
  C_Login(session: Buffer, userType: number, pin: string): void;
  C_CreateObject(session: Buffer, template: { type: number; value: unknown }[]): Buffer;
  C_FindObjectsInit(session: Buffer, template: { type: number; value: unknown }[]): void;
  C_FindObjects(session: Buffer, most: number): Buffer[];
  C_FindObjectsFinal(session: Buffer): void;
  C_SignInit(session: Buffer, mechanism: { mechanism: number }, key: Buffer): void;
  C_SignAsync(session: Buffer, message: Buffer, signature: Buffer): Promise<Buffer>;
}

/** The SoftHSM library, not initialised; throws when the package or the library does not load. */
export function loadSoftHsm(path: string): Pkcs11 {
  const { PKCS11 }: { PKCS11: new () => Pkcs11 } = require('pkcs11js');
  const library = new PKCS11();
  library.load(path);
  return library;
}

/** Where SoftHSM is: in the system, else in Kiban's cache. */
export function softHsmPath(): string | undefined {
  return [...PLACES.map((place) => join(place, LIBRARY)), cached()].find((path) => existsSync(path));
}

/** Why no token can be had on this machine, if so. Fetches SoftHSM into the cache where the system has none. */
export async function softHsmAbsence(): Promise<string | undefined> {
  try {
    require('pkcs11js');
  } catch {
    return 'the optional package pkcs11js is not installed or not compiled (python3, make and g++ compile it)';
  }
  const path = softHsmPath();
  if (path === undefined) return (await fetchOnce()) ?? softHsmAbsence();
  try {
    loadSoftHsm(path);
    return undefined;
  } catch (error) {
    return `${path} does not load: ${String(error)}`;
  }
}

function tools(): string {
  return resolve(process.env['KIBAN_DATA'] ?? '.kiban', 'tools');
}

function cached(): string {
  return join(tools(), LIBRARY);
}

async function fetchOnce(): Promise<string | undefined> {
  const note = join(tools(), 'softhsm-absence');
  if (existsSync(note) && Date.now() - statSync(note).mtimeMs < ABSENT_MS) return readFileSync(note, 'utf8');
  rmSync(note, { force: true });
  const why = await unpackPackages(PACKAGES, tools(), (tree) => {
    const found = PLACES.map((place) => join(tree, place, LIBRARY)).find((path) => existsSync(path));
    if (found === undefined) return `the package holds no ${LIBRARY}`;
    renameSync(realpathSync(found), cached());
    return undefined;
  });
  if (why === undefined) return undefined;
  const reason = `${LIBRARY} is not installed: ${why}`;
  writeFileSync(note, reason);
  return reason;
}
