import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { roleOf, rolePassword, schemaOf, type DatabaseRole } from './database.js';

/** A context's schema: its name and the folder of its forward-only migrations (`NNNN_name.sql`, one table each). */
export interface SchemaOwner {
  readonly name: string;
  readonly migrations: URL;
}

export class MigrationFault extends Error {
  override readonly name = 'MigrationFault';
}

const platformMigrations = new URL('../migrations/', import.meta.url);
const ROLES: readonly DatabaseRole[] = ['owner', 'app', 'reader'];
const LOCK = 7_302_015;
/** unique_violation, duplicate_object, internal_error ("tuple concurrently updated"). */
const COLLISIONS = new Set(['23505', '42710', 'XX000']);

/**
 * Creates roles and schemas that are missing and applies new migrations of all contexts, each in a transaction of its own
 * under the context's owner role. Safe to run from several processes at once. An applied migration that was edited is refused.
 * `adminUrl` needs the right to create roles.
 */
export async function migrate(adminUrl: string, secret: string, owners: readonly SchemaOwner[]): Promise<number> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    let applied = 0;
    for (const owner of owners) applied += await migrateOne(client, secret, owner);
    return applied;
  } finally {
    await client.end();
  }
}

async function migrateOne(client: pg.Client, secret: string, owner: SchemaOwner): Promise<number> {
  const schema = schemaOf(owner.name);
  await createRoles(client, secret, owner.name);
  await client.query(`SET ROLE ${roleOf(owner.name, 'owner')}`);
  await client.query(`SET search_path TO ${schema}`);
  await client.query('CREATE TABLE IF NOT EXISTS schema_migration (name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())');
  const known = await client.query<{ name: string; checksum: string }>('SELECT name, checksum FROM schema_migration');
  const done = new Map(known.rows.map((row) => [row.name, row.checksum]));
  let applied = 0;
  for (const file of [...(await filesOf(platformMigrations, 'platform')), ...(await filesOf(owner.migrations, 'context'))]) {
    if (await applyOnce(client, file, done)) applied += 1;
  }
  if (applied > 0) await grant(client, owner.name);
  await client.query('RESET ROLE');
  await client.query('RESET search_path');
  return applied;
}

async function createRoles(client: pg.Client, secret: string, context: string): Promise<void> {
  const owner = roleOf(context, 'owner');
  await persist(async () => {
    for (const kind of ROLES) {
      const role = roleOf(context, kind);
      const exists = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
      if (exists.rowCount === 0) await client.query(`CREATE ROLE ${role} LOGIN`);
      await client.query(`ALTER ROLE ${role} PASSWORD '${rolePassword(secret, role)}'`);
    }
    await client.query(`GRANT ${owner} TO CURRENT_USER`);
  });
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${schemaOf(context)} AUTHORIZATION ${owner}`);
}

/** Roles belong to the whole server, where another database may be migrated at the same moment: a collision is tried again. */
async function persist(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 20 || !(error instanceof pg.DatabaseError) || !COLLISIONS.has(error.code ?? '')) throw error;
      await setTimeout(25 * attempt);
    }
  }
}

interface MigrationFile {
  readonly name: string;
  readonly sql: string;
}

async function filesOf(folder: URL, prefix: string): Promise<MigrationFile[]> {
  const names = (await readdir(folder).catch(nothingYet)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(names.map(async (name) => ({ name: `${prefix}/${name}`, sql: await readFile(new URL(name, folder), 'utf8') })));
}

/** A context that begins has no table, and no folder of them comes out of version control. */
function nothingYet(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

async function applyOnce(client: pg.Client, file: MigrationFile, done: ReadonlyMap<string, string>): Promise<boolean> {
  const checksum = createHash('sha256').update(file.sql).digest('hex');
  const before = done.get(file.name);
  if (before === checksum) return false;
  if (before !== undefined) throw new MigrationFault(`migration ${file.name} was edited after it had been applied; write a new one instead`);
  await client.query('BEGIN');
  try {
    await client.query(file.sql);
    await client.query('INSERT INTO schema_migration (name, checksum) VALUES ($1, $2)', [file.name, checksum]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw new MigrationFault(`migration ${file.name} failed: ${error instanceof Error ? error.message : 'unknown'}`);
  }
  return true;
}

/** A table whose comment starts with `journal` can only be appended to and read by the app role. */
async function grant(client: pg.Client, context: string): Promise<void> {
  const schema = schemaOf(context);
  const [app, reader] = [roleOf(context, 'app'), roleOf(context, 'reader')];
  const tables = await client.query<{ name: string; journal: boolean }>(
    `SELECT c.relname AS name, coalesce(obj_description(c.oid, 'pg_class') LIKE 'journal%', false) AS journal
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'schema_migration'`,
    [schema],
  );
  const statements = [`GRANT USAGE ON SCHEMA ${schema} TO ${app}, ${reader}`, `GRANT SELECT ON schema_migration TO ${app}, ${reader}`];
  for (const { name, journal } of tables.rows) {
    statements.push(`REVOKE ALL ON ${name} FROM ${app}`);
    statements.push(`GRANT ${journal ? 'SELECT, INSERT' : 'SELECT, INSERT, UPDATE, DELETE'} ON ${name} TO ${app}`);
    statements.push(`GRANT SELECT ON ${name} TO ${reader}`);
  }
  statements.push(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${schema} TO ${app}`);
  await client.query(statements.join(';\n'));
}
