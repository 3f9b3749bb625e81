import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Database, migrate, sqlState, type SchemaOwner } from '#platform';
import { testDatabase } from '#testing/servers';
import { gatewaySchema } from '../../apps/gateway/schema.js';
import { contextModule } from './context-modules.js';
import { allowedStatements, forbiddenStatements, type ForbiddenStatement } from './forbidden-sql.js';
import { TEST_SECRET, goldenPath, goldenSchemas, type Golden } from './golden-schemas.js';
import { dumpSchema } from './schema-dump.js';
import { contextNames, root } from './tree.js';

const INSUFFICIENT_PRIVILEGE = '42501';
const DONE = 'done';

const owners: SchemaOwner[] = [gatewaySchema];
const broken: string[] = [];
let database: Awaited<ReturnType<typeof testDatabase>>;
let admin: pg.Client;
let goldens: readonly Golden[];

beforeAll(async () => {
  for (const name of contextNames()) {
    await contextModule(name).then((module) => owners.push(module), (error: unknown) => broken.push(`${name}: ${String(error)}`));
  }
  database = await testDatabase();
  goldens = await goldenSchemas(database.adminUrl, owners);
  admin = new pg.Client({ connectionString: database.adminUrl });
  await admin.connect();
});

afterAll(async () => {
  await admin.end();
  await database.drop();
});

describe('golden schemas', () => {
  test('every context can be loaded', () => {
    expect(broken).toEqual([]);
  });

  test.each(['libs/platform/src/schema.golden.sql', ...[...contextNames(), 'gateway'].map(goldenPath)])('%s is what the migrations lead to', (path) => {
    const golden = goldens.find((candidate) => candidate.path === path);
    if (golden === undefined) throw new Error('the context could not be loaded');
    expect(existsSync(join(root, path)), 'the file is missing: npm run golden').toBe(true);
    expect(golden.text, 'npm run golden rewrites the file').toBe(readFileSync(join(root, path), 'utf8'));
    expect(golden.changedPlatformTables).toEqual([]);
  });

  test('each kind of change shows in the text', async () => {
    await admin.query('CREATE SCHEMA planted; CREATE TABLE planted.card (id int PRIMARY KEY, state text NOT NULL)');
    let before = await textOf('planted');
    for (const change of SCHEMA_CHANGES) {
      await admin.query(`SET search_path TO planted; ${change}`);
      const after = await textOf('planted');
      expect(after, change).not.toBe(before);
      before = after;
    }
    await admin.query('DROP SCHEMA planted CASCADE');
  });

  test('a second migration changes nothing', async () => {
    expect(await migrate(database.adminUrl, TEST_SECRET, owners)).toBe(0);
  });
});

describe('what the roles must not do', () => {
  test('every forbidden statement is refused with 42501', async () => {
    const statements = await forbiddenStatements(admin, owners.map(({ name }) => name));
    expect(new Set(statements.map(({ what }) => what))).toEqual(new Set([
      'read', 'create table', 'create function', 'create schema', 'create in public', 'become owner', 'run a program', 'truncate', 'alter', 'drop', 'insert', 'change', 'delete',
    ]));
    expect(await answersOtherThan(INSUFFICIENT_PRIVILEGE, statements)).toEqual([]);
  });

  test('what a role needs is allowed', async () => {
    expect(await answersOtherThan(DONE, await allowedStatements(admin, owners.map(({ name }) => name)))).toEqual([]);
  });

  test.each([
    { what: 'read', grant: 'GRANT USAGE ON SCHEMA gateway TO kiban_bare_app; GRANT SELECT ON gateway.oidc_payload TO kiban_bare_app' },
    { what: 'change', grant: 'GRANT UPDATE ON bare.audit_line TO kiban_bare_app' },
    { what: 'create table', grant: 'GRANT CREATE ON SCHEMA bare TO kiban_bare_app' },
    { what: 'insert', grant: 'GRANT INSERT ON bare.outbox TO kiban_bare_reader' },
    { what: 'become owner', grant: 'GRANT kiban_bare_owner TO kiban_bare_app' },
  ])('a planted right to $what is found', async ({ what, grant }) => {
    const context = ['bare', 'gateway'];
    await admin.query(grant);
    const found = await answersOtherThan(INSUFFICIENT_PRIVILEGE, (await forbiddenStatements(admin, context)).filter((statement) => statement.context === 'bare'));
    await admin.query(grant.replaceAll(/\bGRANT\b/g, 'REVOKE').replaceAll(/\bTO\b/g, 'FROM'));
    expect(found.map((line) => line.split(': ')[1])).toContain(what);
  });
});

const SCHEMA_CHANGES = [
  'ALTER TABLE card ADD COLUMN at timestamptz',
  'ALTER TABLE card ALTER COLUMN state TYPE varchar(10)',
  "ALTER TABLE card ALTER COLUMN state SET DEFAULT 'MADE'",
  'ALTER TABLE card ALTER COLUMN state DROP NOT NULL',
  'ALTER TABLE card ADD CHECK (id > 0)',
  'ALTER TABLE card SET (fillfactor = 80)',
  'ALTER TABLE card SET UNLOGGED',
  'CREATE INDEX card_state ON card (state)',
  "COMMENT ON TABLE card IS 'journal'",
  "COMMENT ON COLUMN card.state IS 'state'",
  'ALTER TABLE card SET LOGGED',
  'CREATE TABLE move (card int REFERENCES card, at date) PARTITION BY RANGE (at)',
  "CREATE TABLE move_2016 PARTITION OF move FOR VALUES FROM ('2016-01-01') TO ('2017-01-01')",
  'CREATE VIEW made AS SELECT id FROM card',
  "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'",
  "CREATE TYPE kind AS ENUM ('A')",
  'CREATE SEQUENCE counted',
];

async function textOf(schema: string): Promise<string> {
  return [...(await dumpSchema(admin, schema)).values()].join('\n');
}

/** Runs each statement as its role, in the transaction of one message that is rolled back; tells those with another answer. */
async function answersOtherThan(expected: string, statements: readonly ForbiddenStatement[]): Promise<string[]> {
  const url = new URL(database.adminUrl);
  const config = { host: url.hostname, port: Number(url.port), name: url.pathname.slice(1), secret: TEST_SECRET, connections: 1 };
  const logins = new Map(statements.map(({ context, role }) => [`${context} ${role}`, { context, role }]));
  const faults = await Promise.all([...logins].map(async ([login, { context, role }]) => {
    const connection = new Database(config, context, { role, connections: 1 });
    const client = await connection.pool.connect();
    const ofLogin: string[] = [];
    for (const { what, sql } of statements.filter((statement) => statement.context === context && statement.role === role)) {
      const answer = await client.query(`${sql}; ROLLBACK`).then(() => DONE, (error: unknown) => sqlState(error) ?? String(error));
      if (answer !== expected) ofLogin.push(`${login}: ${what}: ${sql}: ${answer}`);
    }
    client.release();
    await connection.close();
    return ofLogin;
  }));
  return faults.flat();
}
