import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { municipalityCodeFromBody } from '#kernel';
import { parseCrl, pemEncode } from '#pki';
import type { Estate } from '../tools/start/estate.js';
import { prepareEstate } from '../tools/start/population.js';
import { Api } from '../tools/walk/api.js';
import { caCertificate } from '../tools/walk/verify.js';
import { openBenchEstate, settled } from './bench-estate.js';
import { opensslFolder } from './openssl.js';
import { timed } from './report.js';
import { serviceProcess } from './service-process.js';

const MUNICIPALITIES = 1_741;
const ENTRIES = Number(process.env['KIBAN_BENCH_ENTRIES'] ?? 5_000_000);
const PORTION = 500_000;
/** Sizes fall by rank so that the largest city has 2.9 % of the country (JPKI 4.18). */
const FALL = 0.67;
const JUDGED = 8;
const LIMITS = { seconds: 300, mebibytes: 256 };
const LISTS = "FROM jpki_ca.crl_issue WHERE state = 'PUBLISHED' AND scheduled AND partition_id = ANY($1)";

/** The daily run of the whole country: the lists of one authority for all municipalities from the rows of the status table, signed, read again to the last entry, kept and published. */
export async function benchPartitions(): Promise<void> {
  const estate = await openBenchEstate(['--processes', 'each']);
  await prepareEstate(new Api(estate.address));
  const client = new pg.Client({ connectionString: estate.adminUrl });
  await client.connect();
  const partitions = await insertPartitions(client);
  for (let from = 0; from < ENTRIES; from += PORTION) await insertRevoked(client, partitions, from);
  await client.query('VACUUM (ANALYZE) jpki_ca.revoked');
  await settled(estate.adminUrl);
  for (const run of ['first', 'second']) {
    const service = serviceProcess(estate, 'jpki-ca');
    service.resetPeak();
    const before = service.processorSeconds();
    const ms = await timed(() => dailyRun(client));
    const [sums] = (await client.query<{ lists: number; entries: number; octets: number; largest: number }>(
      `SELECT count(*)::int AS lists, sum(entry_count)::int AS entries, sum(length)::float AS octets, max(length)::float AS largest ${LISTS}`, [partitions],
    )).rows;
    if (sums?.lists !== MUNICIPALITIES || sums.entries !== ENTRIES) throw new Error(`${sums?.lists} lists with ${sums?.entries} entries`);
    const sizes = `${(sums.octets / 1e6).toFixed(0)} MB, the largest ${(sums.largest / 1e6).toFixed(1)} MB`;
    console.log(`partitions: ${run} run, ${sums.lists} lists of ${sums.entries.toLocaleString('en')} entries, ${sizes}: ${(ms / 1_000).toFixed(0)} s (limit ${LIMITS.seconds}), of which`
      + ` ${(service.processorSeconds() - before).toFixed(0)} s of the service on a processor; its process had at most ${service.peak()} MiB (limit ${LIMITS.mebibytes})`);
    await judge(estate, client, partitions);
  }
  await client.end();
  await estate.stop();
}

async function insertPartitions(client: pg.Client): Promise<string[]> {
  const numbers = Array.from({ length: MUNICIPALITIES }, (_, n) => ({ body: `${String(1 + (n % 47)).padStart(2, '0')}${String(200 + Math.floor(n / 47)).padStart(3, '0')}`, n }));
  const ids = numbers.map(({ body }) => `sign-${body}`);
  await client.query(
    `INSERT INTO jpki_ca.crl_partition (id, ca, kind, municipality_code, prefecture_romaji, municipality_romaji, state)
     SELECT id, 'sign', 'CRL', code, 'Bench-ken', name, 'OPEN' FROM unnest($1::text[], $2::text[], $3::text[]) AS row (id, code, name)`,
    [ids, numbers.map(({ body }) => municipalityCodeFromBody(body)), numbers.map(({ n }) => `Bench-shi ${n}`)],
  );
  return ids;
}

/** In the order of serials, as they were revoked all over the country: the entries of a list lie anywhere in the table. */
async function insertRevoked(client: pg.Client, partitions: readonly string[], from: number): Promise<void> {
  const weights = partitions.map((_, rank) => (rank + 1) ** -FALL);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  const bounds = weights.slice(0, -1).map((weight) => (sum += weight) / whole);
  await client.query(
    `INSERT INTO jpki_ca.revoked (ca, serial, revoked_at, reason, partition_id, not_after)
     SELECT 'sign', 100000000 + n * 4, now() - n * interval '1 second', CASE WHEN n % 100 = 0 THEN 6 ELSE 3 END, ($1::text[])[width_bucket(random(), $2::float8[]) + 1], now() + interval '3 years'
     FROM generate_series($3::int, $4::int) AS n`,
    [partitions, bounds, from + 1, Math.min(from + PORTION, ENTRIES)],
  );
}

/** Lets the schedule be due again and waits for its job. */
async function dailyRun(client: pg.Client): Promise<void> {
  const { rows: [former] } = await client.query<{ id: string }>("SELECT max(id::text) AS id FROM jpki_ca.job WHERE kind = 'issue-crls'");
  await client.query("UPDATE jpki_ca.cursor SET value = '' WHERE name = 'schedule:daily-crl'");
  for (;;) {
    const { rows: [job] } = await client.query<{ state: string }>("SELECT state FROM jpki_ca.job WHERE kind = 'issue-crls' AND id::text > $1 AND parameters @> '{\"scheduled\": true}'", [former?.id ?? '']);
    if (job?.state === 'SUCCEEDED') return;
    if (job?.state === 'FAILED') throw new Error('the daily run failed');
    await setTimeout(200);
  }
}

/** Some lists, as a verifier gets them, by the program: signature and number of entries. */
async function judge({ address, services }: Estate, client: pg.Client, partitions: readonly string[]): Promise<void> {
  const api = new Api(address);
  const folder = opensslFolder();
  writeFileSync(join(folder.path, 'ca.pem'), pemEncode('CERTIFICATE', await caCertificate(api, 'sign')));
  const headers = { authorization: `Bearer ${await api.token('verifier-tax')}` };
  const chosen = [partitions[0] ?? '', ...Array.from({ length: JUDGED - 1 }, () => partitions[randomInt(partitions.length)] ?? '')];
  for (const id of chosen) {
    const answer = await fetch(`${services['jpki-ca'] ?? ''}/api/jpki-ca/v1/crl-partitions/${id}/current.crl`, { headers });
    const der = Buffer.from(await answer.arrayBuffer());
    writeFileSync(join(folder.path, 'list.crl'), der);
    const { stdout, stderr } = await promisify(execFile)('openssl', ['crl', '-inform', 'DER', '-in', 'list.crl', '-CAfile', 'ca.pem', '-text', '-noout'], { cwd: folder.path, maxBuffer: 1024 ** 3 });
    const { rows: [issue] } = await client.query<{ number: string; entry_count: number }>(`SELECT number, entry_count ${LISTS} ORDER BY number DESC LIMIT 1`, [[id]]);
    const counted = stdout.match(/^ {4}Serial Number:/gm)?.length ?? 0;
    if (!/verify OK/.test(stderr) || counted !== issue?.entry_count || parseCrl(der).number !== BigInt(issue.number)) throw new Error(`openssl says of ${id}: ${stderr}, ${counted} entries`);
  }
  folder.remove();
  console.log(`partitions: ${chosen.length} lists, the largest among them, verified by openssl crl to the number of entries`);
}
