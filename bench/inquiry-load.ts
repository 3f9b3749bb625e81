import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import pg from 'pg';
import { z } from 'zod';
import { Db } from '#platform';
import type { Household } from '#testing/population';
import type { Estate } from '../tools/start/estate.js';
import { Api } from '../tools/walk/api.js';
import { pensionGrant } from '../tools/walk/register.js';

/** What is asked, of whom: the register through the gateway or at its own door, or the bare server. */
export interface Side {
  readonly url: string;
  readonly headers: Record<string, string>;
  /** JSON, unless the headers name another type. */
  readonly bodies: readonly (string | Buffer<ArrayBuffer>)[];
}

export interface Measured {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

export interface LoadPlan {
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second whatever the answers do (open loop); without it each connection asks when it was answered. */
  readonly rate?: number;
}

/** To make the requests of thousands of residents ready would hold the first ones up for a second and more. */
const MOST_OF_A_CONNECTION = 200;

/** Each connection asks for residents of its own, in turn. Throws when anything but an answer came. */
export async function load({ url, headers, bodies }: Side, { connections, seconds, rate }: LoadPlan): Promise<Measured> {
  let connection = 0;
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    ...(rate === undefined ? {} : { overallRate: Math.round(rate) }),
    setupClient: (client) => {
      const first = connection++ % connections;
      const own = Array.from({ length: Math.min(MOST_OF_A_CONNECTION, Math.floor(bodies.length / connections)) }, (_, turn) => bodies[first + turn * connections] ?? '');
      client.setRequests(own.map((body) => ({ method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })));
    },
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refusals and ${result.errors} errors: ${JSON.stringify(result.statusCodeStats)}`);
  return { perSecond: result.requests.average, p50: result.latency.p50, p99: result.latency.p99 };
}

/** Throws unless the side answers each of these questions with a person. */
export async function answersAll({ url, headers, bodies }: Side): Promise<void> {
  for (const body of bodies) {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
    const answer = z.object({ resultCode: z.literal('00'), persons: z.array(z.unknown()).length(1) }).safeParse(await response.json());
    if (!answer.success) throw new Error(`a resident is not found: ${answer.error.message}`);
  }
}

/** The register through the gateway, the register at its own door, which asks for the same token and purpose, and the bare server. */
export interface Sides {
  readonly gateway: Side;
  readonly service: Side;
  readonly bare: Side;
}

/** The same questions for each side. */
export async function sidesOf({ address, services }: Pick<Estate, 'address' | 'services'>, bareUrl: string, codes: readonly string[]): Promise<Sides> {
  const api = new Api(address);
  const grantId = await pensionGrant(api);
  const headers = { authorization: `Bearer ${await api.token('agency-pension')}`, 'kiban-purpose': 'PENSION_CURRENT_STATUS' };
  const bodies = codes.map((residentCode) => JSON.stringify({ grantId, residentCode }));
  const registerAt = (url: string): Side => ({ url: `${url}/api/juki-net/v1/inquiries`, headers, bodies });
  return {
    gateway: registerAt(address.gateway),
    service: registerAt(services['juki-net'] ?? ''),
    bare: { url: `${bareUrl}/inquiries`, headers: {}, bodies: codes.map((residentCode) => JSON.stringify({ residentCode })) },
  };
}

/** Adds the residents to the plain table of the bare server. */
export async function copyToBare(adminUrl: string, households: Iterable<Household>, municipality: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: adminUrl, max: 1 });
  const client = await pool.connect();
  await client.query('CREATE TABLE IF NOT EXISTS public.bare_resident (resident_code text PRIMARY KEY, name_kanji text, birth_date text, sex text, address text, municipality_code text)');
  await client.query('BEGIN');
  await new Db(client).copyIn('public.bare_resident', bareRows(households, municipality));
  await client.query('COMMIT');
  await client.query('ANALYZE public.bare_resident');
  client.release();
  await pool.end();
}

function* bareRows(households: Iterable<Household>, municipality: string): Generator<string[], void, void> {
  for (const { members, address } of households) {
    for (const person of members) yield [person.residentCode.reveal(), person.nameKanji, person.birthDate, person.sex, address, municipality];
  }
}

/** Fastify and one prepared statement, in a process of its own. */
export async function startBare(adminUrl: string): Promise<{ url: string; stop: () => void }> {
  const child = spawn(process.execPath, [join(dirname(fileURLToPath(import.meta.url)), 'bare-server.js'), adminUrl], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())));
  return { url, stop: () => void child.kill() };
}
