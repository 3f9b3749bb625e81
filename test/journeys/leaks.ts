import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

/** Where one of the secrets was found in plain. */
export interface Leak {
  readonly where: string;
}

/** Searches every row of every table of the database, as text; encrypted columns are what they are. */
export async function leaksInDatabase(adminUrl: string, secrets: readonly string[]): Promise<Leak[]> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`,
    );
    const leaks: Leak[] = [];
    for (const { name } of tables.rows) {
      const found = await client.query(`SELECT 1 FROM ${name} AS row WHERE row::text ~ $1 LIMIT 1`, [`(^|[^0-9a-f])(${secrets.join('|')})([^0-9a-f]|$)`]);
      if (found.rowCount !== 0) leaks.push({ where: `table ${name}` });
    }
    return leaks;
  } finally {
    await client.end();
  }
}

/** Searches the logs and traces that the processes and servers wrote. */
export function leaksInFolder(folder: string, secrets: readonly string[]): Leak[] {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(path).isFile())
    .filter((path) => holdsAny(readFileSync(path, 'utf8'), secrets))
    .map((path) => ({ where: path }));
}

export function holdsAny(text: string, secrets: readonly string[]): boolean {
  return secrets.some((secret) => text.includes(secret));
}
