import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import pg from 'pg';
import { z } from 'zod';
import { jukiNetModule } from '#contexts/juki-net';
import { numberingModule } from '#contexts/numbering';
import { localDateOf, toMunicipalityCode } from '#kernel';
import { Db, type Actor, type CopyValue } from '#platform';
import { startEstate, type TestEstate } from '#testing';
import { generatePopulation, writeIntakeFile } from '#testing/population';
import { perSecond, report, timed } from './report.js';

const ROWS = 50_000;
const ROUNDS = 3;
const municipality = toMunicipalityCode('990019');
const town: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: municipality };
const baseDate = localDateOf(2015, 10, 5);
const fileAnswer = z.object({ fileId: z.uuid() });
const state = z.object({ state: z.string(), applied: z.number().optional(), designated: z.number().optional() });
const batchAnswer = z.object({ batchId: z.uuid() });

const populationOf = (round: number) => ({ seed: `bench-${round}`, size: ROWS, municipality, baseDate, firstSerial: 1 + round * ROWS });

async function importFile(estate: TestEstate, content: string): Promise<void> {
  const options = { as: town, purpose: 'RESIDENT_REGISTER' };
  const sent = await estate.request('POST', `/api/juki-net/v1/notice-files?municipalityCode=${municipality}`, { ...options, headers: { 'content-type': 'text/csv' }, body: content });
  const { fileId } = fileAnswer.parse(sent.json);
  const done = await estate.eventually(async () => {
    const file = state.parse((await estate.request('GET', `/api/juki-net/v1/notice-files/${fileId}`, options)).json);
    return file.state === 'COMPLETED' ? file : undefined;
  }, 300);
  if (done.applied !== ROWS) throw new Error(`only ${done.applied} of ${ROWS} rows were applied`);
}

async function numberBatch(estate: TestEstate, round: number): Promise<number> {
  const options = { as: town, purpose: 'NUMBER_DESIGNATION' };
  const { batchId } = batchAnswer.parse((await estate.request('POST', '/api/numbering/v1/batches', { ...options, body: { municipalityCode: municipality } })).json);
  const lines = ['lineNo,requestId,residentCode,kind,caseId,priority'];
  for (const { members } of generatePopulation(populationOf(round))) {
    for (const { residentCode } of members) lines.push(`${lines.length},bench-${round}-${lines.length},${residentCode.reveal()},1,,`);
  }
  const content = `${lines.join('\r\n')}\r\n`;
  await estate.request('PUT', `/api/numbering/v1/batches/${batchId}/lines`, { ...options, headers: { 'content-type': 'text/csv' }, body: content });
  return timed(async () => {
    const sha256 = createHash('sha256').update(content).digest('hex');
    await estate.request('POST', `/api/numbering/v1/batches/${batchId}/seal`, { ...options, body: { lineCount: ROWS, sha256 } });
    const done = await estate.eventually(async () => {
      const batch = state.parse((await estate.request('GET', `/api/numbering/v1/batches/${batchId}`, options)).json);
      return batch.state === 'DELIVERED' ? batch : undefined;
    }, 300);
    if (done.designated !== ROWS) throw new Error(`only ${done.designated} of ${ROWS} lines have a number`);
  });
}

/** Waits for what a measured work leaves behind (events on their way, numbers taken in by the register), so that it burdens no other measurement. */
async function settled(estate: TestEstate): Promise<void> {
  await estate.eventually(async () => {
    const [left] = await estate.sql<{ left: number }>(
      `SELECT (SELECT count(*) FROM juki_net.outbox) + (SELECT count(*) FROM numbering.outbox) + (SELECT count(*) FROM juki_net.job WHERE state IN ('QUEUED', 'RUNNING')) AS left`,
    );
    return left?.left === 0;
  }, 300);
}

/** COPY of ready rows into a table with the same columns and indexes, on a connection of the administrator. */
async function copyInto(client: pg.PoolClient, target: string, rows: readonly (readonly CopyValue[])[]): Promise<void> {
  await client.query('BEGIN');
  await new Db(client).copyIn(target, rows);
  await client.query('COMMIT');
}

/** A municipality's file through validation, rules, encryption, events and audit, against COPY of its fields. */
export async function benchImport(): Promise<void> {
  const estate = await startEstate([jukiNetModule, numberingModule]);
  const pool = new pg.Pool({ connectionString: estate.adminUrl });
  const client = await pool.connect();
  await client.query('CREATE TABLE public.bare_row (municipal_seq text, resident_code text PRIMARY KEY, person_seq text, change_reason text, change_date text, name_kanji text, name_kana text, alias_name text, birth_date text, sex text, address text, town_code text, postal_code text, municipality_code text, previous text)');
  await client.query('CREATE INDEX ON public.bare_row (name_kana, birth_date)');
  const imports = { ours: [] as number[], bare: [] as number[] };
  const numbers = { ours: [] as number[], bare: [] as number[] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    const content = Buffer.concat([...writeIntakeFile(generatePopulation(populationOf(round)), { municipality, changeDate: baseDate, firstMunicipalSeq: 1 + round * ROWS }).chunks]).toString('utf8');
    const rows: string[][] = parse(content, { from_line: 2 });
    const importMs = await timed(() => importFile(estate, content));
    await settled(estate);
    const copyMs = await timed(() => copyInto(client, 'public.bare_row', rows));
    const numberMs = await numberBatch(estate, round);
    await settled(estate);
    const numberCopyMs = await bareNumbers(client, round);
    if (round === 0) continue; // the first pair warms caches and plans
    imports.ours.push(perSecond(ROWS, importMs));
    imports.bare.push(perSecond(ROWS, copyMs));
    numbers.ours.push(perSecond(ROWS, numberMs));
    numbers.bare.push(perSecond(ROWS, numberCopyMs));
  }
  report({ name: 'import: municipality file, upload to last row applied', unit: 'rows/s', ...imports, goal: 0.15, notes: `${ROWS} rows a round; bare: COPY of the 15 fields into a table with key and one index` });
  report({ name: 'numbering: sealed batch to delivered', unit: 'numbers/s', ...numbers, goal: 0.3, notes: `${ROWS} lines a round; bare: COPY of the same ledger and link rows into tables with the same indexes` });
  client.release();
  await pool.end();
  await estate.stop();
}

/** The rows that our batch wrote, straight into copies of their tables. */
async function bareNumbers(client: pg.PoolClient, round: number): Promise<number> {
  const tables: { readonly target: string; readonly rows: readonly (readonly CopyValue[])[] }[] = [];
  for (const table of ['number_ledger', 'code_number_link']) {
    await client.query(`CREATE TABLE IF NOT EXISTS public.bare_${table} (LIKE numbering.${table} INCLUDING ALL)`);
    const { rows, fields } = await client.query<CopyValue[]>({ text: `SELECT * FROM numbering.${table}`, rowMode: 'array' });
    const mine = rows.slice(round * ROWS).map((row) => row.map((value) => (typeof value === 'object' && value !== null && !Buffer.isBuffer(value) ? new Date(String(value)).toISOString() : value)));
    tables.push({ target: `public.bare_${table} (${fields.map((field) => field.name).join(', ')})`, rows: mine });
    await client.query(`TRUNCATE public.bare_${table}`);
  }
  return timed(async () => {
    for (const { target, rows } of tables) await copyInto(client, target, rows);
  });
}
