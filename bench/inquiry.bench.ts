import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import pg from 'pg';
import { localDateOf, toMunicipalityCode } from '#kernel';
import { Db } from '#platform';
import { generatePopulation } from '#testing/population';
import { loadPopulation } from '../tools/start/population.js';
import { Api } from '../tools/walk/api.js';
import { pensionGrant } from '../tools/walk/register.js';
import { openBenchEstate, quiet, settled } from './bench-estate.js';
import { report } from './report.js';

const SIZE = 20_000;
const ASKED = 2_000;
const ROUNDS = 3;
const SECONDS = 6;
const CONNECTIONS = [64, 128, 256];

interface Measured {
  readonly perSecond: number;
  readonly p99: number;
}

/** Each connection asks for residents of its own, in turn. */
async function load(url: string, connections: number, headers: Record<string, string>, bodies: readonly string[]): Promise<Measured> {
  let connection = 0;
  const result = await autocannon({
    url,
    connections,
    duration: SECONDS,
    setupClient: (client) => {
      const first = connection++ % connections;
      const own = bodies.filter((_body, index) => index % connections === first);
      client.setRequests(own.map((body) => ({ method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })));
    },
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refusals and ${result.errors} errors`);
  return { perSecond: result.requests.average, p99: result.latency.p99 };
}

/** An immediate inquiry through gateway and service, with token, policy, grant, use record and audit line, against the bare query. */
export async function benchInquiry(): Promise<void> {
  const estate = await openBenchEstate();
  await loadPopulation(estate, SIZE, quiet);
  const api = new Api(estate.address);
  const grantId = await pensionGrant(api);
  const headers = { authorization: `Bearer ${await api.token('agency-pension')}`, 'kiban-purpose': 'PENSION_CURRENT_STATUS' };
  const codes = await copyPopulation(estate.adminUrl);
  await settled(estate.adminUrl);
  const bare = await startBare(estate.adminUrl);
  const asked = codes.slice(0, ASKED);
  const ours = { url: `${estate.address.gateway}/api/juki-net/v1/inquiries`, headers, bodies: asked.map((residentCode) => JSON.stringify({ grantId, residentCode })) };
  const plain = { url: `${bare.url}/inquiries`, headers: {}, bodies: asked.map((residentCode) => JSON.stringify({ residentCode })) };
  for (const connections of CONNECTIONS) await compare(connections, ours, plain);
  bare.stop();
  await estate.stop();
}

interface Side {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly bodies: readonly string[];
}

async function compare(connections: number, ours: Side, bare: Side): Promise<void> {
  const rates = { ours: [] as number[], bare: [] as number[] };
  const slow: string[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const mine = await load(ours.url, connections, ours.headers, ours.bodies);
    const theirs = await load(bare.url, connections, bare.headers, bare.bodies);
    if (round === 0) continue; // the first pair warms caches and plans
    rates.ours.push(mine.perSecond);
    rates.bare.push(theirs.perSecond);
    slow.push(`${mine.p99}/${theirs.p99}`);
  }
  report({ name: `inquiry: gateway + service with audit line and use record, ${connections} connections`, unit: 'answers/s', ...rates, goal: 0.4, notes: `${2 * SIZE} residents, p99 ours/bare in ms: ${slow.join(', ')}` });
}

/** The same residents in a plain table; returns their codes. */
async function copyPopulation(adminUrl: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  await client.query('CREATE TABLE public.bare_person (resident_code text PRIMARY KEY, name_kanji text, birth_date text, sex text, address text, municipality_code text)');
  const municipality = toMunicipalityCode('990019');
  const rows: string[][] = [];
  for (const { members, address } of generatePopulation({ seed: 'kiban-990019', size: SIZE, municipality, baseDate: localDateOf(2015, 10, 5), firstSerial: 1 })) {
    for (const person of members) rows.push([person.residentCode.reveal(), person.nameKanji, person.birthDate, person.sex, String(address), municipality]);
  }
  const pool = new pg.Pool({ connectionString: adminUrl, max: 1 });
  const connection = await pool.connect();
  await new Db(connection).copyIn('public.bare_person', rows);
  connection.release();
  await pool.end();
  await client.query('ANALYZE');
  await client.end();
  return rows.map(([code = '']) => code);
}

async function startBare(adminUrl: string): Promise<{ url: string; stop: () => void }> {
  const child = spawn(process.execPath, [join(dirname(fileURLToPath(import.meta.url)), 'bare-server.js'), adminUrl], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())));
  return { url, stop: () => void child.kill() };
}
