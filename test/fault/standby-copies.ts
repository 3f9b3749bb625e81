import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, chownSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { freePort, makeFolder, startPostgres, type PostgresServer } from '#testing/servers';
import { until } from '../../tools/walk/api.js';

/** A PostgreSQL in a folder of its own. */
export interface Site extends PostgresServer {
  readonly folder: string;
}

/** As in operation: nothing of a drill grows so old. */
const DELAY = '24h';
/** What a base backup leaves out: its own of each server, or made anew at the start. */
const NOT_COPIED = ['postmaster.pid', 'postmaster.opts', 'pg_wal/*', 'pg_replslot/*', 'pg_dynshmem/*', 'pg_notify/*', 'pg_serial/*', 'pg_snapshots/*', 'pg_stat_tmp/*', 'pg_subtrans/*'];
/** Exit codes of tar: a file that changed while it was read is mended by the log. */
const TAR_CHANGED = 1;

const dataOf = (folder: string): string => join(folder, 'postgres', 'data');

/** Its processes are killed, and never its power: what was written is there. */
export async function startSite(folder: string): Promise<Site> {
  return { ...(await startPostgres({ folder, port: await freePort(), fsync: false })), folder };
}

/** One statement by the superuser. */
export async function sql<R extends pg.QueryResultRow>({ adminUrl }: Site, text: string, ...values: unknown[]): Promise<R[]> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    return (await client.query<R>(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** The only value of the only row. */
export async function value<T>(site: Site, text: string, ...values: unknown[]): Promise<T | undefined> {
  const [row] = await sql<{ value: T }>(site, `SELECT (${text}) AS value`, ...values);
  return row?.value;
}

/** What pg_basebackup does, which is not among the binaries: a copy of the running server that needs its log to be whole. */
async function backUp(from: Site, to: string): Promise<void> {
  const client = new pg.Client({ connectionString: from.adminUrl });
  await client.connect();
  try {
    await client.query("SELECT pg_backup_start('drill', true)");
    makeFolder(to);
    const tar = join(to, 'base.tar');
    const { status } = spawnSync('tar', ['-C', from.folder, ...NOT_COPIED.map((path) => `--exclude=postgres/data/${path}`), '-cf', tar, 'postgres', 'secrets']);
    if (status === null || status > TAR_CHANGED) throw new Error('the base backup could not be read');
    const { rows } = await client.query<{ label: string }>('SELECT labelfile AS label FROM pg_backup_stop(false)');
    execFileSync('tar', ['-C', to, '-xpf', tar]);
    rmSync(tar);
    put(to, 'backup_label', rows[0]?.label ?? '');
  } finally {
    await client.end();
  }
}

/** A file of the server's account. */
function put(folder: string, name: string, text: string): void {
  const { uid, gid } = statSync(dataOf(folder));
  writeFileSync(join(dataOf(folder), name), text, { mode: 0o600 });
  chownSync(join(dataOf(folder), name), uid, gid);
}

function configure(folder: string, settings: Readonly<Record<string, string>>): void {
  appendFileSync(join(dataOf(folder), 'postgresql.auto.conf'), Object.entries(settings).map(([name, text]) => `${name} = '${text}'\n`).join(''));
}

/** A standby that streams from the primary and applies each commit a day later. */
export async function startDelayed(primary: Site, folder: string): Promise<Site> {
  await sql(primary, "SELECT pg_create_physical_replication_slot('delayed', true)");
  await backUp(primary, folder);
  const { port, username, password } = new URL(primary.adminUrl);
  configure(folder, { primary_conninfo: `host=127.0.0.1 port=${port} user=${username} password=${password}`, primary_slot_name: 'delayed', recovery_min_apply_delay: DELAY });
  put(folder, 'standby.signal', '');
  const standby = await startSite(folder);
  await until('the stream to the standby', async () => ((await value(standby, 'SELECT status FROM pg_stat_wal_receiver')) === 'streaming' ? true : undefined));
  return standby;
}

/** Waits until the standby has received all that the primary has written until now. */
export async function received(primary: Site, standby: Site): Promise<void> {
  const written = await value<string>(primary, 'pg_current_wal_flush_lsn()');
  await until('what the primary wrote, at the standby', async () => ((await value<boolean>(standby, 'pg_last_wal_receive_lsn() >= $1::pg_lsn', written)) === true ? true : undefined));
}

/** The replay is stopped, then the server: what it has applied stays what it was. Tells how far that is. */
export async function holdStandby(standby: Site): Promise<string> {
  await sql(standby, 'SELECT pg_wal_replay_pause()');
  const applied = await value<string>(standby, 'pg_last_wal_replay_lsn()');
  await standby.stop();
  return applied ?? '';
}

/** A copy of a server that is stopped. */
export function copied(folder: string, to: string): string {
  execFileSync('cp', ['-a', folder, to]);
  return to;
}

/** Promoted as it is: all that it has received is applied first, at once, also what the delay or a pause held back. */
export async function promoteWhole(folder: string): Promise<Site> {
  const site = await startSite(folder);
  await sql(site, 'SELECT pg_promote(false)');
  return promoted(site);
}

/** Promoted without what comes from the target on (`recovery_target_lsn`), or was committed later (`recovery_target_time`, with its zone as `+00`). */
export async function promoteAt(folder: string, target: 'lsn' | 'time', at: string): Promise<Site> {
  configure(folder, { [`recovery_target_${target}`]: at, recovery_target_inclusive: 'off', recovery_target_action: 'promote', recovery_min_apply_delay: '0' });
  return promoted(await startSite(folder));
}

/** What is applied meanwhile may cancel a question. */
async function promoted(site: Site): Promise<Site> {
  await until('the promotion', async () => ((await value<boolean>(site, 'pg_is_in_recovery()').catch(() => true)) === false ? true : undefined));
  return site;
}

/** A copy that is whole, sealed for the archive's certificate; in operation `pg_dump` of the schema. */
export async function sealExport(from: Site, { folder, certificate }: { readonly folder: string; readonly certificate: string }): Promise<string> {
  const [plain, sealed] = [join(folder, 'plain'), join(folder, 'numbering.p7m')];
  await backUp(from, plain);
  execFileSync('cp', ['-a', join(dataOf(from.folder), 'pg_wal'), dataOf(plain)]);
  execFileSync('tar', ['-C', plain, '-cf', `${plain}.tar`, '.']);
  execFileSync('openssl', ['cms', '-encrypt', '-binary', '-stream', '-aes-256-gcm', '-outform', 'DER', '-in', `${plain}.tar`, '-out', sealed, certificate]);
  for (const path of [plain, `${plain}.tar`]) rmSync(path, { recursive: true });
  return sealed;
}

/** Fails when a bit of it was altered. */
export async function openExport(sealed: string, key: string, folder: string): Promise<Site> {
  makeFolder(folder);
  execFileSync('openssl', ['cms', '-decrypt', '-binary', '-inform', 'DER', '-in', sealed, '-inkey', key, '-out', `${folder}.tar`]);
  execFileSync('tar', ['-C', folder, '-xpf', `${folder}.tar`]);
  rmSync(`${folder}.tar`);
  return startSite(folder);
}
