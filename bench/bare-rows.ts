import type pg from 'pg';
import { Db, type CopyValue } from '#platform';
import { timed } from './report.js';

/** Tables of a schema by name, with the columns of their keys. */
export type TableKeys = Readonly<Record<string, readonly string[]>>;

/** Bare copies of the tables, with the same columns and indexes, in `public`. */
export async function createBare(client: pg.PoolClient, schema: string, tables: TableKeys): Promise<void> {
  for (const table of Object.keys(tables)) await client.query(`CREATE TABLE public.bare_${table} (LIKE ${schema}.${table} INCLUDING ALL)`);
}

/** Brings the bare tables to the size of ours without measuring. */
export async function copyEarlier(client: pg.PoolClient, schema: string, tables: TableKeys): Promise<void> {
  for (const table of Object.keys(tables)) await client.query(`INSERT INTO public.bare_${table} SELECT * FROM ${schema}.${table}`);
  await client.query('CHECKPOINT');
}

/** Copies the rows that were added since the last time, so that the bare tables grow like ours. Milliseconds of the copying alone. */
export async function copyAdded(client: pg.PoolClient, schema: string, tables: TableKeys): Promise<number> {
  const added: { readonly target: string; readonly rows: readonly (readonly CopyValue[])[] }[] = [];
  for (const [table, keys] of Object.entries(tables)) {
    const known = keys.map((key) => `b.${key} = t.${key}`).join(' AND ');
    const { rows, fields } = await client.query<unknown[]>({ text: `SELECT * FROM ${schema}.${table} t WHERE NOT EXISTS (SELECT 1 FROM public.bare_${table} b WHERE ${known})`, rowMode: 'array' });
    added.push({ target: `public.bare_${table} (${fields.map((field) => field.name).join(', ')})`, rows: rows.map((row) => row.map(copyValue)) });
  }
  return timed(async () => {
    await client.query('BEGIN');
    for (const { target, rows } of added) await new Db(client).copyIn(target, rows);
    await client.query('COMMIT');
  });
}

function copyValue(value: unknown): CopyValue {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || Buffer.isBuffer(value) ? value : null;
}
