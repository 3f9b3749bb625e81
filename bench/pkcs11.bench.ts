import { randomBytes } from 'node:crypto';
import { Pkcs11KeyStore, type SigningKey } from '#pki';
import { softToken, softTokenAbsence, type SoftToken } from '#testing';
import { perSecond, report, timed } from './report.js';

const SIGNATURES = 1_000;
const SESSIONS = 4;
/** Who asks at once: more than can be served at once. */
const CALLERS = 16;
const ROUNDS = 5;
const ID = 'bench';
const TBS = randomBytes(1_500);

/** Signatures of RSA 2048 through the key store, against the package alone with as many sessions of the same token. */
export async function benchPkcs11(): Promise<void> {
  const absence = await softTokenAbsence();
  if (absence !== undefined) return console.log(`pkcs11: ${absence}`);
  const token = softToken();
  const store = new Pkcs11KeyStore({ ...token.config, sessions: SESSIONS });
  const key = await store.create(ID, { bits: 2048 });
  const bare = bareSessions(token);
  const rates = { ours: [] as number[], bare: [] as number[] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    const ours = await timed(() => signByStore(key));
    const alone = await timed(() => signBare(token, bare));
    if (round === 0) continue; // the first pair warms caches
    rates.ours.push(perSecond(SIGNATURES, ours));
    rates.bare.push(perSecond(SIGNATURES, alone));
  }
  const notes = `${SESSIONS} sessions of SoftHSM, ${SIGNATURES} signatures a round; bare: C_SignInit and C_SignAsync of pkcs11js`;
  report({ name: 'pkcs11: signatures by a key in a token', unit: 'signatures/s', ...rates, goal: 0.8, notes });
  store.close();
  token.remove();
}

/** As many at once as there are workers, each taking the next. */
async function together(workers: number, sign: (worker: number) => Promise<Buffer>): Promise<void> {
  let left = SIGNATURES;
  const work = async (_: unknown, worker: number): Promise<void> => {
    for (; left > 0; await sign(worker)) left -= 1;
  };
  await Promise.all(Array.from({ length: workers }, work));
}

function signByStore(key: SigningKey): Promise<void> {
  return together(CALLERS, () => key.sign(TBS));
}

interface BareSession {
  readonly session: Buffer;
  readonly key: Buffer;
}

function bareSessions({ library, openSession }: SoftToken): BareSession[] {
  return Array.from({ length: SESSIONS }, () => {
    const session = openSession();
    library.C_FindObjectsInit(session, [{ type: 0, value: 3 }, { type: 3, value: ID }]);
    const [key] = library.C_FindObjects(session, 1);
    library.C_FindObjectsFinal(session);
    if (key === undefined) throw new Error('the key of the benchmark is missing');
    return { session, key };
  });
}

function signBare({ library }: SoftToken, sessions: readonly BareSession[]): Promise<void> {
  return together(SESSIONS, (worker) => {
    const own = sessions[worker];
    if (own === undefined) throw new Error('more workers than sessions');
    library.C_SignInit(own.session, { mechanism: 0x40 }, own.key);
    return library.C_SignAsync(own.session, TBS, Buffer.alloc(256));
  });
}
