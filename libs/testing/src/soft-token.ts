import { existsSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pkcs11Config } from '#platform';

const LIBRARIES = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so', '/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so', '/usr/local/lib/softhsm/libsofthsm2.so'];
const LABEL = 'kiban-test';
const [OFFICER_PIN, PIN] = ['so-pin-of-the-test', 'pin-of-the-test'];
const require = createRequire(import.meta.url);

/** What the tests call of the package pkcs11js; the rest is the key store's. */
interface Library {
  load(path: string): void;
  C_Initialize(options: { flags: number }): void;
  C_Finalize(): void;
  C_GetSlotList(tokenPresent: boolean): Buffer[];
  C_GetTokenInfo(slot: Buffer): { label: string };
  C_InitToken(slot: Buffer, pin: string, label: string): string;
  C_InitPIN(session: Buffer, pin: string): void;
  C_OpenSession(slot: Buffer, flags: number): Buffer;
  C_CloseSession(session: Buffer): void;
  C_Login(session: Buffer, userType: number, pin: string): void;
  C_CreateObject(session: Buffer, template: { type: number; value: unknown }[]): Buffer;
}

/** A SoftHSM token of this test alone. */
export interface SoftToken {
  readonly config: Pkcs11Config;
  /** Puts a known key for HMAC into the token; the store must be logged in. */
  importKey(label: string, value: Buffer): void;
  /** The token can be reached no more, or again. */
  unplug(): void;
  plugIn(): void;
  remove(): void;
}

/** Why there is no token on this machine, if so. */
export function softTokenAbsence(): string | undefined {
  if (!LIBRARIES.some((path) => existsSync(path))) return 'skipped: libsofthsm2.so is not installed';
  try {
    require('pkcs11js');
    return undefined;
  } catch {
    return 'skipped: the optional package pkcs11js is not installed';
  }
}

export function softToken(): SoftToken {
  const folder = mkdtempSync(join(tmpdir(), 'kiban-token-'));
  mkdirSync(join(folder, 'tokens'));
  writeFileSync(join(folder, 'softhsm2.conf'), `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  process.env['SOFTHSM2_CONF'] = join(folder, 'softhsm2.conf');
  const { PKCS11 }: { PKCS11: new () => Library } = require('pkcs11js');
  const library = new PKCS11();
  const path = LIBRARIES.find((candidate) => existsSync(candidate)) ?? '';
  library.load(path);
  const plugIn = (): void => library.C_Initialize({ flags: 2 });
  plugIn();
  library.C_InitToken(library.C_GetSlotList(true)[0] ?? Buffer.alloc(0), OFFICER_PIN, LABEL.padEnd(32));
  const slot = (): Buffer => library.C_GetSlotList(true).find((candidate) => library.C_GetTokenInfo(candidate).label.trim() === LABEL) ?? Buffer.alloc(0);
  const inSession = (work: (session: Buffer) => void): void => {
    const session = library.C_OpenSession(slot(), 6);
    work(session);
    library.C_CloseSession(session);
  };
  inSession((session) => {
    library.C_Login(session, 0, OFFICER_PIN);
    library.C_InitPIN(session, PIN);
  });
  return {
    config: { module: path, token: LABEL, pin: PIN },
    importKey: (label, value) => inSession((session) => {
      library.C_CreateObject(session, [
        { type: 0, value: 4 }, { type: 0x100, value: 0x10 }, { type: 1, value: true }, { type: 2, value: true }, { type: 3, value: label },
        { type: 0x103, value: true }, { type: 0x162, value: false }, { type: 0x108, value: true }, { type: 0x11, value },
      ]);
    }),
    unplug: () => library.C_Finalize(),
    plugIn,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
