import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';
import { prepareEstate } from '../tools/start/population.js';
import { Api } from '../tools/walk/api.js';
import { openBenchEstate, settled } from './bench-estate.js';
import { openssl, opensslFolder, type OpensslFolder } from './openssl.js';
import { perSecond, report, timed } from './report.js';
import { serviceProcess } from './service-process.js';

const ENTRIES = 1_000_000;
const FIRST_SERIAL = 0x0100_0000;
const ROUNDS = 3;
const PARTITION = 'sign-99001';
const LIMITS = { seconds: 10, mebibytes: 256 };

/**
 * A list of a million entries from the rows of the status table, signed, read again to the last entry, stored and told, in the service's own
 * process, against `openssl ca -gencrl` over an index of the same entries.
 */
export async function benchCrl(): Promise<void> {
  const estate = await openBenchEstate(['--processes', 'each']);
  const api = new Api(estate.address);
  await prepareEstate(api);
  const client = new pg.Client({ connectionString: estate.adminUrl });
  await client.connect();
  await published(client, 0);
  await insertRevoked(client);
  const folder = opensslFolder();
  await prepareAuthority(folder);
  await settled(estate.adminUrl);
  const rates = { ours: [] as number[], bare: [] as number[] };
  const measured: string[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const service = serviceProcess(estate, 'jpki-ca');
    service.resetPeak();
    const before = service.processorSeconds();
    const oursMs = await timed(() => issue(api, client));
    const [mebibytes, seconds] = [service.peak(), service.processorSeconds() - before];
    const bareMs = await timed(async () => void (await openssl(folder, 'ca', '-gencrl', '-config', 'ca.cnf', '-out', 'crl.pem')));
    if (round === 0) continue; // the first pair warms caches and plans
    rates.ours.push(perSecond(ENTRIES, oursMs));
    rates.bare.push(perSecond(ENTRIES, bareMs));
    measured.push(`${(oursMs / 1_000).toFixed(1)} s (${seconds.toFixed(1)} s on a processor) ${mebibytes} MiB`);
  }
  const notes = `ours each round, with the peak of the service's process: ${measured.join(', ')} (limits ${LIMITS.seconds} s, ${LIMITS.mebibytes} MiB)`;
  report({ name: `crl: a list of ${ENTRIES} entries, rows to published`, unit: 'entries/s', ...rates, goal: 10, notes });
  folder.remove();
  await client.end();
  await estate.stop();
}

/** With reasons and dates as they come, a hundredth on hold. */
async function insertRevoked(client: pg.Client): Promise<void> {
  await client.query(
    `INSERT INTO jpki_ca.revoked (ca, serial, revoked_at, reason, partition_id, not_after)
     SELECT 'sign', $1::bigint + n * 3, now() - n * interval '1 second', CASE WHEN n % 100 = 0 THEN 6 ELSE 3 END, $3, now() + interval '3 years' FROM generate_series(1, $2::int) AS n`,
    [FIRST_SERIAL, ENTRIES, PARTITION],
  );
  await client.query('VACUUM (ANALYZE) jpki_ca.revoked');
}

/** Orders the list and waits until it is published. */
async function issue(api: Api, client: pg.Client): Promise<void> {
  const { number } = await api.call('POST', `/api/jpki-ca/v1/crl-partitions/${PARTITION}/issues`, { as: 'operator-1', body: {} }, z.object({ number: z.number() }));
  const count = await published(client, number);
  if (count !== ENTRIES) throw new Error(`the list has ${count} entries`);
}

/** Entries of the list with a greater number than this. */
async function published(client: pg.Client, after: number): Promise<number> {
  for (;;) {
    const sql = 'SELECT entry_count, fault FROM jpki_ca.crl_issue WHERE partition_id = $1 AND number > $2';
    const { rows } = await client.query<{ entry_count: number; fault: string | null }>(sql, [PARTITION, after]);
    const [row] = rows;
    if (row !== undefined && row.fault !== null) throw new Error(`the list was not published: ${row.fault}`);
    if (row !== undefined) return row.entry_count;
    await setTimeout(20);
  }
}

async function prepareAuthority(folder: OpensslFolder): Promise<void> {
  await openssl(folder, 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '30', '-subj', '/C=JP/O=Bench/CN=CA');
  const write = (name: string, content: string): void => writeFileSync(join(folder.path, name), content);
  write('ca.cnf', `[ca]
default_ca = bench
[bench]
database = index.txt
crlnumber = number
certificate = ca.pem
private_key = ca.key
default_md = sha256
default_crl_days = 2
crl_extensions = crl
[crl]
authorityKeyIdentifier = keyid
`);
  write('number', '01\n');
  const line = (n: number): string => {
    const reason = n % 100 === 0 ? 'certificateHold' : 'affiliationChanged';
    return `R\t291231235959Z\t${compact(n)}Z,${reason}\t0${(FIRST_SERIAL + n * 3).toString(16).toUpperCase()}\tunknown\t/CN=${n}\n`;
  };
  write('index.txt', Array.from({ length: ENTRIES }, (_, index) => line(index + 1)).join(''));
}

const START_MS = Date.UTC(2026, 0, 1);
const compact = (secondsBefore: number): string => new Date(START_MS - secondsBefore * 1_000).toISOString().replaceAll(/[-:T]/g, '').slice(2, 14);
