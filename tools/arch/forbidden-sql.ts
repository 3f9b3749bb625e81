import type pg from 'pg';
import { roleOf, schemaOf, type DatabaseRole } from '#platform';

/** A statement that a role must not be able to run, and what it would be. */
export interface ForbiddenStatement {
  readonly context: string;
  readonly role: DatabaseRole;
  readonly what: string;
  readonly sql: string;
}

interface Table {
  readonly schema: string;
  readonly name: string;
  readonly column: string;
  readonly journal: boolean;
  /** Another context has its rows: nobody changes it any more. */
  readonly moved: boolean;
  readonly partition: boolean;
}

const PARTS: readonly DatabaseRole[] = ['app', 'reader'];

/**
 * What no role of these contexts may do, from the catalog of a migrated database: read a neighbour, make or change tables, change
 * a journal, write as a reader, touch the list of migrations, become the owner.
 */
export async function forbiddenStatements(client: pg.Client, contexts: readonly string[]): Promise<ForbiddenStatement[]> {
  const tables = await tablesOf(client, contexts.map(schemaOf));
  return contexts.flatMap((context) =>
    PARTS.flatMap((role) => {
      const own = tables.filter(({ schema }) => schema === schemaOf(context));
      const foreign = tables.filter(({ schema }) => schema !== schemaOf(context));
      return [...readsOf(foreign), ...definitions(context, own), ...writesOf(own, role)].map((statement) => ({ context, role, ...statement }));
    }),
  );
}

/** What each role must be able to do: without it, a role that can do nothing would pass. */
export async function allowedStatements(client: pg.Client, contexts: readonly string[]): Promise<ForbiddenStatement[]> {
  const tables = (await tablesOf(client, contexts.map(schemaOf))).filter(({ partition }) => !partition);
  return contexts.flatMap((context) =>
    PARTS.flatMap((role) => {
      const own = tables.filter(({ schema }) => schema === schemaOf(context));
      const writable = role === 'app' ? own.filter(({ journal, moved, name }) => !journal && !moved && name !== 'schema_migration') : [];
      return [...readsOf(own), ...writable.flatMap(changesOf)].map((statement) => ({ context, role, ...statement }));
    }),
  );
}

type Statement = Pick<ForbiddenStatement, 'what' | 'sql'>;

async function tablesOf(client: pg.Client, schemas: readonly string[]): Promise<Table[]> {
  const result = await client.query<Table>(
    `SELECT n.nspname AS schema, c.relname AS name, a.attname AS column, c.relispartition AS partition,
       coalesce(obj_description(coalesce(pg_partition_root(c.oid), c.oid), 'pg_class') LIKE 'journal%', false) AS journal,
       coalesce(obj_description(c.oid, 'pg_class') LIKE 'moved to %', false) AS moved
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = 1
     WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p', 'v', 'm') ORDER BY n.nspname, c.relname`,
    [schemas],
  );
  return result.rows;
}

function readsOf(tables: readonly Table[]): Statement[] {
  return tables.map(({ schema, name }) => ({ what: 'read', sql: `SELECT FROM ${schema}.${name} LIMIT 0` }));
}

function changesOf({ schema, name, column }: Table): Statement[] {
  return [
    { what: 'change', sql: `UPDATE ${schema}.${name} SET ${column} = DEFAULT WHERE false` },
    { what: 'delete', sql: `DELETE FROM ${schema}.${name} WHERE false` },
  ];
}

function definitions(context: string, own: readonly Table[]): Statement[] {
  const schema = schemaOf(context);
  return [
    { what: 'create table', sql: `CREATE TABLE ${schema}.planted (x int)` },
    { what: 'create function', sql: `CREATE FUNCTION ${schema}.planted() RETURNS int LANGUAGE sql AS 'SELECT 1'` },
    { what: 'create schema', sql: 'CREATE SCHEMA planted' },
    { what: 'create in public', sql: 'CREATE TABLE public.planted (x int)' },
    { what: 'become owner', sql: `SET ROLE ${roleOf(context, 'owner')}` },
    { what: 'run a program', sql: "COPY (SELECT 1) TO PROGRAM 'true'" },
    ...own.flatMap(({ name }) => [
      { what: 'truncate', sql: `TRUNCATE ${schema}.${name}` },
      { what: 'alter', sql: `ALTER TABLE ${schema}.${name} ADD COLUMN planted int` },
      { what: 'drop', sql: `DROP TABLE ${schema}.${name}` },
    ]),
  ];
}

function writesOf(own: readonly Table[], role: DatabaseRole): Statement[] {
  return own.flatMap((table) => {
    const insert = { what: 'insert', sql: `INSERT INTO ${table.schema}.${table.name} DEFAULT VALUES` };
    // Partitions are written through their parent only.
    if (role === 'reader' || table.partition || table.name === 'schema_migration') return [insert, ...changesOf(table)];
    return table.journal ? changesOf(table) : [];
  });
}
