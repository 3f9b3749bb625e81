import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { testDatabase } from '#testing/servers';
import { Database } from '../pg/database.js';
import { migrate } from '../pg/migrate.js';
import { sealAuditLines, verifyAuditChain } from './audit-chain.js';

const CONTEXT = 'audit-chain-spec';
const SECRET = 'test-secret-of-the-database-roles';
let drop: () => Promise<void>;
let admin: pg.Pool;
let database: Database;

beforeAll(async () => {
  const { adminUrl, ...test } = await testDatabase();
  drop = test.drop;
  const folder = mkdtempSync(join(tmpdir(), 'kiban-no-migrations-'));
  await migrate(adminUrl, SECRET, [{ name: CONTEXT, migrations: pathToFileURL(`${folder}/`) }]);
  rmSync(folder, { recursive: true });
  const { hostname, port, pathname } = new URL(adminUrl);
  database = new Database({ host: hostname, port: Number(port), name: pathname.slice(1), secret: SECRET, connections: 2 }, CONTEXT);
  admin = new pg.Pool({ connectionString: adminUrl });
});
afterAll(async () => {
  await database.close();
  await admin.end();
  await drop();
});

/** Lines of a transaction that ended long ago. */
async function write(transaction: number, count: number): Promise<void> {
  await admin.query(
    `INSERT INTO audit_chain_spec.audit_line (at, id, xid, entry) SELECT now(), gen_random_uuid(), $1::xid8, '{"action":"spec"}' FROM generate_series(1, $2)`,
    [String(transaction), count],
  );
}

describe('audit chain', () => {
  it('takes lines in the order of their transactions, also where their numbers grow by a digit', async () => {
    await write(99, 10);
    await write(100, 2_500);
    expect([await sealAuditLines(database), await sealAuditLines(database), await sealAuditLines(database)]).toEqual([2_000, 510, 0]);
    expect(await verifyAuditChain(database.db)).toMatchObject({ whole: true, lines: 2_510, unsealed: 0 });
  });

  it('looks without a transaction while no line waits', async () => {
    const transaction = vi.spyOn(database, 'transaction');
    expect([await sealAuditLines(database), transaction.mock.calls.length]).toEqual([0, 0]);
    transaction.mockRestore();
  });

  it('counts the lines that are not sealed yet', async () => {
    await write(101, 3);
    expect(await verifyAuditChain(database.db)).toMatchObject({ whole: true, lines: 2_510, unsealed: 3 });
  });

  it('finds a line that was put in afterwards', async () => {
    await write(98, 1);
    expect(await verifyAuditChain(database.db)).toMatchObject({ whole: false, lines: 0, fault: { seq: 1, kind: 'LINE_UNSEALED' } });
  });
});
