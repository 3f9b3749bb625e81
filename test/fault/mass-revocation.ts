import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';
import type { Estate } from '../../tools/start/estate.js';
import { Api, until } from '../../tools/walk/api.js';
import { type Finding, inspect } from './checks.js';
import { seeded } from './campaign.js';

export interface MassRevocationOptions {
  /** Certificates in force of the key that leaks. */
  readonly certificates: number;
  /** Municipalities, the larger ones with many times the certificates of the smaller. */
  readonly municipalities: number;
  readonly kills: number;
  readonly seed: number;
  readonly say: (text: string) => void;
}

/** A rehearsal in figures (JPKI 4.7, 4.11, 6). */
export interface MassRevocationResult {
  readonly certificates: number;
  readonly kills: number;
  readonly seconds: { readonly revoking: number; readonly listing: number };
  readonly perSecond: number;
  /** How long the same takes for 20 million holders at this pace, kills included. */
  readonly minutesFor20Million: number;
  readonly lists: { readonly count: number; readonly octets: number; readonly largest: number };
  readonly reissue: { readonly certificates: number; readonly municipalities: number; readonly until: string };
  readonly findings: readonly Finding[];
}

const PATH = '/api/jpki-ca/v1/cas/sign/generations/1';
const KILL_EVERY_MS = 4_000;
const HOLDERS = 20_000_000;
const plan = z.object({ certificates: z.number(), until: z.string(), municipalities: z.array(z.unknown()) });

/** The key of the signature authority leaks: two officers say so, all its certificates are revoked and all lists made, while processes are killed. */
export async function rehearseMassRevocation(estate: Estate, options: MassRevocationOptions): Promise<MassRevocationResult> {
  const api = new Api(estate.address);
  const pool = new pg.Pool({ connectionString: estate.adminUrl, max: 2 });
  pool.on('error', () => undefined);
  try {
    await load(pool, options);
    await idle(pool);
    const query = `from=${new Date().toISOString().slice(0, 10)}&perDay=110000`;
    const before = await api.call('GET', `${PATH}/reissue-plan?${query}`, { as: 'officer-1' }, plan);
    const started = new Date();
    await api.call('POST', `${PATH}/compromise`, { as: 'officer-1', body: { evidenceRef: 'rehearsal' } }, z.unknown());
    await api.call('POST', `${PATH}/compromise/confirmation`, { as: 'officer-2', body: {} }, z.unknown());
    const over = new AbortController();
    const killing = kill(estate, options, over.signal);
    await idle(pool);
    over.abort();
    const kills = await killing;
    await idle(pool);
    const [revoked] = await rows<{ ended: Date }>(pool, "SELECT max(ended_at) AS ended FROM jpki_ca.job WHERE kind = 'revoke-generation'");
    const [listed] = await rows<{ ended: Date }>(pool, "SELECT max(ended_at) AS ended FROM jpki_ca.job WHERE kind = 'issue-crls'");
    const [lists] = await rows<{ count: number; octets: number; largest: number }>(pool, "SELECT count(*)::int AS count, sum(length)::float AS octets, max(length)::float AS largest FROM jpki_ca.crl_issue WHERE state = 'PUBLISHED' AND partition_id LIKE 'sign-%'");
    const [revoking, listing] = [seconds(started, revoked?.ended), seconds(revoked?.ended, listed?.ended)];
    const perSecond = Math.round(options.certificates / (revoking + listing));
    const after = await api.call('GET', `${PATH}/reissue-plan?${query}`, { as: 'officer-1' }, plan);
    return {
      certificates: options.certificates, kills, seconds: { revoking, listing }, perSecond, minutesFor20Million: Math.ceil(HOLDERS / perSecond / 60), lists: lists ?? { count: 0, octets: 0, largest: 0 },
      reissue: { certificates: after.certificates, municipalities: after.municipalities.length, until: after.until },
      findings: [...(await findings(pool, options)), ...(await inspect(estate)), ...(before.certificates === after.certificates ? [] : [{ check: 'the plan before is the plan after', fault: `${before.certificates} and ${after.certificates}` }])],
    };
  } finally {
    await pool.end();
  }
}

/** Rows as the issue leaves them, but for octets that no list reads. */
async function load(pool: pg.Pool, { certificates, municipalities, seed }: MassRevocationOptions): Promise<void> {
  await pool.query("SELECT setval('jpki_ca.sign_serial', 1000000 + $1::bigint)", [certificates]);
  await pool.query(
    `INSERT INTO jpki_ca.crl_partition (id, ca, kind, municipality_code, prefecture_romaji, municipality_romaji, state)
     SELECT 'sign-9' || lpad(n::text, 4, '0'), 'sign', 'CRL', '9' || lpad(n::text, 5, '0'), 'Kasumi-ken', 'Machi' || n || '-machi', 'OPEN' FROM generate_series(1, $1) n`, [municipalities],
  );
  await pool.query('SELECT setseed($1)', [1 / (seed + 1)]);
  await pool.query(
    `INSERT INTO jpki_ca.certificate (ca, serial, generation, type, person_key, card_serial, municipality_code, partition_id, channel, window_id, issuance_request_id, fact_version, not_before, not_after,
       state, version, issued_at, der, activated_at)
     SELECT 'sign', 1000000 + n, 1, 'SIGN_CERT', gen_random_uuid(), lpad(n::text, 16, '0'), '9' || lpad(town::text, 5, '0'), 'sign-9' || lpad(town::text, 4, '0'), 'WINDOW', '99001001A', gen_random_uuid(), 1, now(),
       now() + interval '5 years', 'VALID', 0, now(), '\\x00', now() FROM (SELECT n, 1 + floor(power(random(), 3) * $2)::int AS town FROM generate_series(1, $1) n) issued`, [certificates, municipalities],
  );
  await pool.query('ANALYZE jpki_ca.certificate');
}

async function kill({ processes }: Estate, { kills, seed, say }: MassRevocationOptions, over: AbortSignal): Promise<number> {
  const random = seeded(seed);
  let done = 0;
  while (done < kills && (await sleep(KILL_EVERY_MS * (0.5 + random()), undefined, { signal: over }).then(() => !over.aborted, () => false))) {
    const pid = processes[Math.floor(random() * processes.length)]?.pid();
    if (pid === undefined) continue;
    try {
      process.kill(pid, 'SIGKILL');
      say(`killed, ${(done += 1)} so far`);
    } catch {
      // It had ended in the meantime.
    }
  }
  return done;
}

async function findings(pool: pg.Pool, { certificates, municipalities }: MassRevocationOptions): Promise<Finding[]> {
  const found: Finding[] = [];
  const expect = async (check: string, sql: string, wanted: number): Promise<void> => {
    const [row] = await rows<{ n: string }>(pool, sql);
    if (Number(row?.n) !== wanted) found.push({ check, fault: `${row?.n} instead of ${wanted}` });
  };
  await expect('every certificate of the key is revoked for its leak', "SELECT count(*) AS n FROM jpki_ca.certificate JOIN jpki_ca.revoked USING (ca, serial) WHERE ca = 'sign' AND generation = 1 AND state = 'REVOKED' AND reason = 2 AND serial > 1000000", certificates);
  await expect('each revocation is recorded once', "SELECT count(*) AS n FROM jpki_ca.revocation_record WHERE ca = 'sign' AND serial > 1000000", certificates);
  await expect('the lists name every one', "SELECT sum(entry_count) AS n FROM jpki_ca.crl_issue WHERE state = 'PUBLISHED' AND partition_id LIKE 'sign-9____' AND partition_id <> 'sign-99001'", certificates);
  await expect('a current list of each municipality', "SELECT count(*) AS n FROM jpki_ca.crl_issue WHERE state = 'PUBLISHED' AND partition_id LIKE 'sign-9____' AND partition_id <> 'sign-99001'", municipalities);
  await expect('no list failed', "SELECT count(*) AS n FROM jpki_ca.crl_issue WHERE state = 'FAILED'", 0);
  await expect('the highest number is the current one', "SELECT count(*) AS n FROM jpki_ca.crl_partition p WHERE current_number IS NOT NULL AND current_number <> (SELECT max(number) FROM jpki_ca.crl_issue i WHERE i.partition_id = p.id)", 0);
  return found;
}

async function idle(pool: pg.Pool): Promise<void> {
  const look = async (): Promise<true | undefined> => ((await rows(pool, "SELECT 1 FROM jpki_ca.job WHERE state IN ('QUEUED', 'RUNNING')")).length === 0 ? true : undefined);
  await until('the end of all jobs', () => look().catch(() => undefined), 3_600);
}

async function rows<R extends pg.QueryResultRow>(pool: pg.Pool, sql: string): Promise<R[]> {
  return (await pool.query<R>(sql)).rows;
}

function seconds(from: Date | undefined, to: Date | undefined): number {
  return Number((((to?.getTime() ?? 0) - (from?.getTime() ?? 0)) / 1_000).toFixed(1));
}
