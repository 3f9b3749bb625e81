import type { Adapter, AdapterPayload } from 'oidc-provider';
import { errors } from 'oidc-provider';
import { setTimeout } from 'node:timers/promises';
import { log, type Database, type Row } from '#platform';

const PRUNE_EVERY_MS = 60_000;
const PRUNE_STEP_MS = 250;

interface PayloadRow extends Row {
  readonly payload: AdapterPayload;
  readonly consumed_at: Date | null;
}

/** What the provider has to remember, in PostgreSQL, so that all replicas of the gateway remember the same. */
export function payloadStore(database: Database): (model: string) => Adapter {
  const { db } = database;
  return (model) => {
    const findWhere = async (column: 'id' | 'uid' | 'user_code', value: string): Promise<AdapterPayload | undefined> => {
      const row = await db.maybe<PayloadRow>(
        `SELECT payload, consumed_at FROM oidc_payload WHERE model = $1 AND ${column} = $2 AND (expires_at IS NULL OR expires_at > now())`,
        model,
        value,
      );
      if (row === undefined) return undefined;
      return row.consumed_at === null ? row.payload : { ...row.payload, consumed: Math.floor(row.consumed_at.getTime() / 1000) };
    };
    return {
      upsert: (id, payload, expiresIn) =>
        model === 'ReplayDetection' ? useOnce(database, id, payload, expiresIn) : upsert(database, { model, id }, payload, expiresIn),
      find: (id) => findWhere('id', id),
      findByUid: (uid) => findWhere('uid', uid),
      findByUserCode: (userCode) => findWhere('user_code', userCode),
      consume: async (id) => void (await db.run('UPDATE oidc_payload SET consumed_at = now() WHERE model = $1 AND id = $2', model, id)),
      destroy: async (id) => void (await db.run('DELETE FROM oidc_payload WHERE model = $1 AND id = $2', model, id)),
      revokeByGrantId: async (grantId) => void (await db.run('DELETE FROM oidc_payload WHERE grant_id = $1', grantId)),
    };
  };
}

/** The provider looks first and writes then; of two replays at the same moment only the row decides which one came first. */
async function useOnce(database: Database, id: string, payload: AdapterPayload, expiresIn: number | undefined): Promise<void> {
  const fresh = await database.db.run(
    `INSERT INTO oidc_payload (model, id, payload, expires_at) VALUES ('ReplayDetection', $1, $2, now() + make_interval(secs => $3))
     ON CONFLICT (model, id) DO UPDATE SET expires_at = EXCLUDED.expires_at WHERE oidc_payload.expires_at <= now()`,
    id,
    JSON.stringify(payload),
    expiresIn ?? 0,
  );
  if (fresh === 0) throw new errors.InvalidClientAuth('client assertion tokens must only be used once');
}

async function upsert(database: Database, key: { model: string; id: string }, payload: AdapterPayload, expiresIn: number | undefined): Promise<void> {
  await database.db.run(
    `INSERT INTO oidc_payload (model, id, payload, grant_id, uid, user_code, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))
     ON CONFLICT (model, id) DO UPDATE SET payload = EXCLUDED.payload, grant_id = EXCLUDED.grant_id, uid = EXCLUDED.uid,
       user_code = EXCLUDED.user_code, expires_at = EXCLUDED.expires_at`,
    key.model,
    key.id,
    JSON.stringify(payload),
    payload.grantId ?? null,
    payload.uid ?? null,
    payload.userCode ?? null,
    expiresIn ?? null,
  );
}

/** Deletes what has expired, once a minute, until the returned function is called. */
export function startPruning(database: Database): () => Promise<void> {
  let stopped = false;
  const run = async (): Promise<void> => {
    let waited = PRUNE_EVERY_MS;
    while (!stopped) {
      if (waited >= PRUNE_EVERY_MS) {
        waited = 0;
        await database.db.run('DELETE FROM oidc_payload WHERE expires_at < now()').catch((error: unknown) => log.warn('pruning interrupted', { error }));
      }
      await setTimeout(PRUNE_STEP_MS);
      waited += PRUNE_STEP_MS;
    }
  };
  const running = run();
  return async () => {
    stopped = true;
    await running;
  };
}
