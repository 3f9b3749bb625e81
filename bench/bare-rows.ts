import type pg from 'pg';
import { Db, type CopyValue } from '#platform';
import { timed } from './report.js';

/** Tables of a schema by name, with the columns of their keys. */
export type TableKeys = Readonly<Record<string, readonly string[]>>;

/** Bare tables with the same columns, indexes and partitions, in `public`, in place of those of an earlier run. */
export async function createBare(client: pg.ClientBase, schema: string, tables: TableKeys): Promise<void> {
  for (const table of Object.keys(tables)) {
    const { rows } = await client.query<{ name: string; bound: string; key: string }>(
      `SELECT part.relname AS name, pg_get_expr(part.relpartbound, part.oid) AS bound, pg_get_partkeydef(i.inhparent) AS key
       FROM pg_inherits i JOIN pg_class part ON part.oid = i.inhrelid WHERE i.inhparent = $1::regclass`,
      [`${schema}.${table}`],
    );
    const partitioned = rows[0] === undefined ? '' : `PARTITION BY ${rows[0].key}`;
    await client.query(`DROP TABLE IF EXISTS public.bare_${table}`);
    await client.query(`CREATE TABLE public.bare_${table} (LIKE ${schema}.${table} INCLUDING ALL) ${partitioned}`);
    for (const { name, bound } of rows) await client.query(`CREATE TABLE public.bare_${name} PARTITION OF public.bare_${table} ${bound}`);
  }
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
