import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { startPrivateServers } from './private-servers.js';
import type { PrivateServers } from './private-servers.js';
import { errorCode } from './process-id.js';

/** How many JetStream accounts the NATS server of a test run has; one is used up by each call of testNats. */
export const TEST_ACCOUNTS = 256;

let own: Promise<PrivateServers> | undefined;

export interface TestDatabase {
  /** The superuser's. */
  readonly adminUrl: string;
  /** Ends its sessions and deletes it. */
  drop(): Promise<void>;
}

/**
 * A fresh, empty database on the server of KIBAN_TEST_DATABASE_URL, else on private servers of this process. */
export async function testDatabase(): Promise<TestDatabase> {
  const server = await databaseServer();
  const database = named(server, newName());
  await execute(server, `CREATE DATABASE ${database.name}`);
  return database;
}

/**
 * A fresh database as `fill` leaves it, given the superuser's address. What has the same `key` in a test run is filled once and copied: to migrate
 * a large context anew for each of its specs takes longer than many of them. On a server that outlives the run nothing is kept.
 */
export async function filledDatabase(key: string, fill: (adminUrl: string) => Promise<unknown>): Promise<TestDatabase> {
  const server = await databaseServer();
  const database = named(server, newName());
  if (process.env['KIBAN_TEST_DATABASE_URL'] !== undefined && process.env['KIBAN_TEST_FOLDER'] === undefined) {
    await execute(server, `CREATE DATABASE ${database.name}`);
    await fill(database.adminUrl);
    return database;
  }
  const template = `template_${createHash('sha256').update(key).digest('hex').slice(0, 24)}`;
  await connected(server, async (client) => {
    // A template is copied by one at a time in any case; held until the connection ends.
    await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [template]);
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [template]);
    if (rowCount === 0) {
      const draft = named(server, `${template}_draft`);
      await client.query(`DROP DATABASE IF EXISTS ${draft.name}`);
      await client.query(`CREATE DATABASE ${draft.name}`);
      await fill(draft.adminUrl);
      await client.query(`ALTER DATABASE ${draft.name} RENAME TO ${template}`);
    }
    await client.query(`CREATE DATABASE ${database.name} TEMPLATE ${template}`);
  });
  return database;
}

async function databaseServer(): Promise<string> {
  return process.env['KIBAN_TEST_DATABASE_URL'] ?? (await ownServers()).postgres.adminUrl;
}

const newName = (): string => `test_${process.pid}_${randomBytes(6).toString('hex')}`;

function named(server: string, name: string): TestDatabase & { readonly name: string } {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { name, adminUrl: url.href, drop: () => execute(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

/**
 * A NATS with JetStream that no other caller sees: an unused account on the server of the test run, else of private servers of this process.
 * A KIBAN_TEST_NATS_URL given from outside without KIBAN_TEST_FOLDER has no such accounts and is shared as it is.
 */
export async function testNats(): Promise<{ url: string }> {
  const given = process.env['KIBAN_TEST_NATS_URL'];
  const folder = process.env['KIBAN_TEST_FOLDER'];
  if (given !== undefined && folder === undefined) return { url: given };
  if (given !== undefined && folder !== undefined) return { url: inAccount(given, claimAccount(folder)) };
  const servers = await ownServers();
  return { url: inAccount(servers.nats.url, claimAccount(ownFolder())) };
}

function ownFolder(): string {
  return resolve('.kiban-test', `${process.pid}-own`);
}

function ownServers(): Promise<PrivateServers> {
  own ??= startPrivateServers({ folder: ownFolder(), testAccounts: TEST_ACCOUNTS, throwaway: true });
  return own;
}

// Making a folder either succeeds or fails, also between processes: whoever made it has the account.
function claimAccount(folder: string): number {
  const claims = join(folder, 'accounts');
  mkdirSync(claims, { recursive: true });
  for (let n = 0; n < TEST_ACCOUNTS; n += 1) {
    try {
      mkdirSync(join(claims, String(n)));
      return n;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
  throw new Error(`all ${TEST_ACCOUNTS} NATS accounts of this test run are used up`);
}

function inAccount(url: string, account: number): string {
  const own = new URL(url);
  own.username = `test-${account}`;
  return own.href;
}

async function execute(server: string, sql: string): Promise<void> {
  await connected(server, (client) => client.query(sql));
}

async function connected(server: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
