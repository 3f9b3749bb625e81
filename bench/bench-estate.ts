import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '#testing/servers';
import { openEstate, type Estate, type Progress } from '../tools/start/estate.js';
import { startSettings } from '../tools/start/settings.js';

export const quiet: Progress = { phase: (_what, work) => work(() => undefined), ended: () => undefined, restarted: () => undefined };

/** An estate as `npm start` makes it, with data of its own unless a folder is given, which is kept; quotas do not stand in the way. */
export async function openBenchEstate(args: readonly string[] = [], kept?: string): Promise<Estate> {
  const data = kept ?? mkdtempSync(join(tmpdir(), 'kiban-bench-'));
  const env: Record<string, string> = { KIBAN_DATA: data };
  for (const name of ['KIBAN_PORT', 'KIBAN_GRPC_PORT', 'KIBAN_NATS_PORT', 'KIBAN_PG_PORT']) env[name] = String(await freePort());
  Object.assign(process.env, { KIBAN_QUOTA_PER_SECOND: '1000000', KIBAN_TRACE_RATIO: '0.01' });
  const settings = startSettings(args, env);
  if (settings === undefined) throw new Error('no settings');
  const estate = await openEstate(settings, quiet);
  const stop = async (): Promise<void> => {
    await estate.stop();
    if (kept === undefined) rmSync(data, { recursive: true, force: true });
  };
  return { ...estate, stop };
}

/** What was loaded has caused events; resolves when nothing is written any more but that schedules have looked, so that they burden no measurement. */
export async function settled(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  for (let before = -1; ; await setTimeout(5_000)) {
    const { rows } = await client.query<{ written: string }>("SELECT sum(n_tup_ins + n_tup_upd) AS written FROM pg_stat_user_tables WHERE relname <> 'cursor'");
    const now = Number(rows[0]?.written);
    if (now === before) break;
    before = now;
  }
  await client.end();
}
