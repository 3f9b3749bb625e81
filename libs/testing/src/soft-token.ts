import type { KeyObject } from 'node:crypto';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pkcs11Config } from '#platform';
import { type Pkcs11, loadSoftHsm, softHsmAbsence, softHsmPath } from './soft-hsm.js';

const LABEL = 'kiban-test';
const [OFFICER_PIN, PIN] = ['so-pin-of-the-test', 'pin-of-the-test'];

/** A SoftHSM token of this test alone. */
export interface SoftToken {
  readonly config: Pkcs11Config;
  /** The settings of SoftHSM, for other processes (SOFTHSM2_CONF). */
  readonly settings: string;
  /** The library itself, and a session of the token with it. */
  readonly library: Pkcs11;
  openSession(): Buffer;
  /** Puts a known key for HMAC into the token; the store must be logged in. */
  importKey(label: string, value: Buffer): void;
  /** Puts an RSA key into the token that was made outside; the store must be logged in. */
  importRsaKey(label: string, privateKey: KeyObject): void;
  /** Puts an empty data object into the token; the store must be logged in. */
  importData(label: string): void;
  /** Ends all sessions of this process. */
  endSessions(): void;
  /** The token can be reached no more, or again. */
  unplug(): void;
  plugIn(): void;
  remove(): void;
}

/** Why there is no token on this machine, if so. */
export async function softTokenAbsence(): Promise<string | undefined> {
  const absence = await softHsmAbsence();
  return absence === undefined ? undefined : `skipped: ${absence}`;
}

export function softToken(): SoftToken {
  const folder = mkdtempSync(join(tmpdir(), 'kiban-token-'));
  mkdirSync(join(folder, 'tokens'));
  const settings = join(folder, 'softhsm2.conf');
  writeFileSync(settings, `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  process.env['SOFTHSM2_CONF'] = settings;
  const path = softHsmPath() ?? '';
  const library = loadSoftHsm(path);
  const plugIn = (): void => library.C_Initialize({ flags: 2 });
  plugIn();
  library.C_InitToken(library.C_GetSlotList(true)[0] ?? Buffer.alloc(0), OFFICER_PIN, LABEL.padEnd(32));
  const slot = (): Buffer => library.C_GetSlotList(true).find((candidate) => library.C_GetTokenInfo(candidate).label.trim() === LABEL) ?? Buffer.alloc(0);
  const openSession = (): Buffer => library.C_OpenSession(slot(), 6);
  const inSession = (work: (session: Buffer) => unknown): void => {
    const session = openSession();
    work(session);
    library.C_CloseSession(session);
  };
  inSession((session) => {
    library.C_Login(session, 0, OFFICER_PIN);
    library.C_InitPIN(session, PIN);
  });
  return {
    settings,
    library,
    openSession,
    config: { module: path, token: LABEL, pin: PIN },
    importKey: (label, value) => inSession((session) => {
      library.C_CreateObject(session, [
        { type: 0, value: 4 }, { type: 0x100, value: 0x10 }, { type: 1, value: true }, { type: 2, value: true }, { type: 3, value: label },
        { type: 0x103, value: true }, { type: 0x162, value: false }, { type: 0x108, value: true }, { type: 0x11, value },
      ]);
    }),
    importRsaKey: (label, privateKey) => inSession((session) => library.C_CreateObject(session, rsaKey(label, privateKey))),
    importData: (label) => inSession((session) => {
      library.C_CreateObject(session, [{ type: 0, value: 0 }, { type: 1, value: true }, { type: 2, value: true }, { type: 3, value: label }]);
    }),
    endSessions: () => library.C_CloseAllSessions(slot()),
    unplug: () => library.C_Finalize(),
    plugIn,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function rsaKey(label: string, privateKey: KeyObject): { type: number; value: unknown }[] {
  const jwk = privateKey.export({ format: 'jwk' });
  const part = (name: 'n' | 'e' | 'd' | 'p' | 'q' | 'dp' | 'dq' | 'qi'): Buffer => Buffer.from(jwk[name] ?? '', 'base64url');
  return [
    { type: 0, value: 3 }, { type: 0x100, value: 0 }, { type: 1, value: true }, { type: 2, value: true }, { type: 3, value: label },
    { type: 0x102, value: Buffer.from(label) }, { type: 0x103, value: true }, { type: 0x162, value: false }, { type: 0x108, value: true },
    { type: 0x120, value: part('n') }, { type: 0x122, value: part('e') }, { type: 0x123, value: part('d') }, { type: 0x124, value: part('p') },
    { type: 0x125, value: part('q') }, { type: 0x126, value: part('dp') }, { type: 0x127, value: part('dq') }, { type: 0x128, value: part('qi') },
  ];
}
