import { readFileSync } from 'node:fs';
import pg from 'pg';
import { thousands, type Scene } from './scene.js';

const JAPAN = 127_000_000;
const LIMIT_MIB = 512;

/** Bytes that a resident takes in PostgreSQL, table by table with indexes, and what that makes for the whole country. */
export async function measureSize({ estate, residents, note }: Scene): Promise<void> {
  const client = new pg.Client({ connectionString: estate.adminUrl });
  await client.connect();
  const { rows } = await client.query<{ name: string; bytes: string }>(
    `SELECT n.nspname || '.' || coalesce(p.relname, c.relname) AS name, sum(pg_total_relation_size(c.oid)) AS bytes
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class p ON p.oid = i.inhparent
     WHERE c.relkind = 'r' AND n.nspname IN ('juki_net', 'numbering', 'card_issuance', 'jpki_ca', 'gateway') GROUP BY 1 ORDER BY 2 DESC`,
  );
  await client.end();
  const total = rows.reduce((sum, { bytes }) => sum + Number(bytes), 0);
  note(`PostgreSQL holds ${thousands(total / residents)} bytes a resident: ${thousands((total / residents) * JAPAN / 1e9)} GB for 127 million`);
  for (const { name, bytes } of rows.filter((row) => Number(row.bytes) / residents >= 5)) note(`  ${name}: ${thousands(Number(bytes) / residents)} bytes a resident`);
}

/** The most memory that each process ever had resident (VmHWM). Throws when one had more than the limit. */
export function measureMemory({ estate, note }: Scene): void {
  for (const { name, pid } of estate.processes) {
    const status = readFileSync(`/proc/${pid() ?? 0}/status`, 'utf8');
    const mib = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
    note(`${name}: at most ${thousands(mib)} MiB`);
    if (!(mib < LIMIT_MIB)) throw new Error(`${name} had ${thousands(mib)} MiB, more than ${LIMIT_MIB}`);
  }
}
