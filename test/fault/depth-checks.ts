import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { until } from '../../tools/walk/api.js';
import type { Finding } from './checks.js';
import { MOVERS, type RoundTrace } from './depth-work.js';

/** States that can be met from outside; those that pass within one transaction (VALIDATED, DRAWN, RECONCILED of a batch) cannot. */
export const STATES: readonly string[] = [
  'notice file QUEUED', 'notice file RUNNING',
  'batch ACCEPTED', 'batch PROCESSING', 'batch PACKAGED', 'batch DELIVERED',
  'numbers OPEN', 'numbers SEALED', 'numbers DRAWING', 'numbers SUSPENDED', 'numbers DELIVERED',
  'wave OPEN', 'wave RUNNING', 'wave HALTED',
  'transfer CERTIFICATE_ISSUED', 'transfer CERT_INFO_HELD', 'transfer CERT_INFO_REQUESTED', 'transfer CERT_INFO_SENT', 'transfer MOVED_IN', 'transfer IN_NOTICE_SENT',
  'matching LOADED', 'matching NORMALISED', 'matching MATCHED',
  'reconciliation COMPARING', 'reconciliation AWAITING_LEAVES',
];

const UNDER_WAY = ([
  ['notice file', 'juki_net.notice_file', 'COMPLETED'], ['batch', 'juki_net.provision_batch', 'RECEIPT_CONFIRMED'], ['numbers', 'numbering.generation_batch', 'CONFIRMED'], ['wave', 'numbering.wave', 'SIGNED_OFF'],
  ['transfer', 'juki_net.transfer_case', 'OUT_CLOSED'], ['matching', 'juki_net.initial_match', 'CLOSED'], ['reconciliation', 'juki_net.reconciliation', 'COMPLETED'],
] as const).map(([name, table, end]) => `SELECT DISTINCT '${name} ' || state AS state FROM ${table} WHERE state <> '${end}'`).join(' UNION ALL ');

/** The states of all works under way. */
export async function statesOf(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ state: string }>(UNDER_WAY);
  return rows.map(({ state }) => state);
}

const JOBS = ['juki_net', 'numbering'].map((schema) => `SELECT kind, state, count(*) AS n FROM ${schema}.job WHERE state <> 'SUCCEEDED' GROUP BY kind, state`).join(' UNION ALL ');

/** After a round, when all is still: every work at its end, and nothing lost or done twice. */
export async function inspectDepth(pool: pg.Pool, trace: RoundTrace | undefined, size: number): Promise<Finding[]> {
  const findings: Finding[] = [];
  const expect = async (check: string, sql: string, wanted: number, ...values: unknown[]): Promise<void> => {
    const { rows } = await pool.query<{ n: string }>(sql, values);
    if (Number(rows[0]?.n) !== wanted) findings.push({ check, fault: `${rows[0]?.n} instead of ${wanted}` });
  };
  // The last kill may have been the database's.
  await until('the database', () => statesOf(pool).catch(() => undefined));
  if (!(await isStill(pool))) findings.push({ check: 'idle after the work', fault: 'something is still written' });
  const { rows: jobs } = await pool.query<{ kind: string; state: string; n: string }>(JOBS);
  findings.push(...jobs.map(({ kind, state, n }) => ({ check: 'every job came to its end', fault: `${n} ${kind} ${state}` })));
  const open = (await statesOf(pool)).filter((state) => state !== 'wave RUNNING');
  findings.push(...open.map((state) => ({ check: 'every work came to its end', fault: state })));
  if (trace !== undefined) {
    await expect('a use record for each line', 'SELECT count(*) AS n FROM juki_net.use_record WHERE grant_id = $1', size - MOVERS, trace.grantId);
    await expect('no person twice among the use records', 'SELECT count(DISTINCT person_key) AS n FROM juki_net.use_record WHERE grant_id = $1', size - MOVERS, trace.grantId);
    await expect('a number for each line', 'SELECT count(DISTINCT person_key) AS n FROM numbering.assignment WHERE batch_id = $1', size - MOVERS, trace.numberBatch);
  }
  await expect('no person with two numbers', 'SELECT count(*) AS n FROM (SELECT FROM numbering.assignment GROUP BY person_key HAVING count(*) > 1) AS twice', 0);
  await expect('no person with two cases of a move', 'SELECT count(*) AS n FROM (SELECT FROM juki_net.transfer_case GROUP BY person_key HAVING count(*) > 1) AS twice', 0);
  await expect('numbers and ledger agree', 'SELECT (SELECT count(*) FROM numbering.number_ledger) - (SELECT count(*) FROM numbering.code_number_link) AS n', 0);
  await expect('every number has come to the register', 'SELECT (SELECT count(*) FROM numbering.assignment) - (SELECT count(*) FROM juki_net.person WHERE individual_number IS NOT NULL) AS n', 0);
  await expect('no certificate of a closed move is kept', 'SELECT count(*) AS n FROM juki_net.transfer_certificate', 0);
  for (const table of ['notice_file_chunk', 'reconciliation_leaf', 'initial_match_chunk']) await expect(`no staged rows in ${table}`, `SELECT count(*) AS n FROM juki_net.${table}`, 0);
  return findings;
}

/** Nothing is written for some seconds, within a minute. */
async function isStill(pool: pg.Pool): Promise<boolean> {
  const written = async (): Promise<string> => {
    const { rows } = await pool.query<{ n: string }>("SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) AS n FROM pg_stat_user_tables WHERE schemaname IN ('juki_net', 'numbering')");
    return rows[0]?.n ?? '';
  };
  for (let before = '', look = 0; look < 12; look += 1, await sleep(5_000)) {
    const now = await written();
    if (now === before) return true;
    before = now;
  }
  return false;
}
