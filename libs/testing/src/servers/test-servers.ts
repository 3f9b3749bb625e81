import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { startPrivateServers } from './private-servers.js';
import type { PrivateServers } from './private-servers.js';
import { errorCode } from './process-id.js';

/** How many JetStream accounts the NATS server of a test run has; one is used up by each call of testNats. */
export const TEST_ACCOUNTS = 256;

let own: Promise<PrivateServers> | undefined;

/**
 * A fresh, empty database on the server of KIBAN_TEST_DATABASE_URL, else on private servers of this process.
 * `adminUrl` is the superuser's; `drop` ends its sessions and deletes it.
 */
export async function testDatabase(): Promise<{ adminUrl: string; drop(): Promise<void> }> {
  const server = process.env['KIBAN_TEST_DATABASE_URL'] ?? (await ownServers()).postgres.adminUrl;
  const name = `test_${process.pid}_${randomBytes(6).toString('hex')}`;
  await execute(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { adminUrl: url.href, drop: () => execute(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
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
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
