import { parse } from 'csv-parse/sync';
import pg from 'pg';
import { z } from 'zod';
import { jukiNetModule } from '#contexts/juki-net';
import { localDateOf, toMunicipalityCode } from '#kernel';
import { Db, type Actor } from '#platform';
import { startEstate, type TestEstate } from '#testing';
import { generatePopulation, writeIntakeFile } from '#testing/population';
import { copyAdded, createBare, type TableKeys } from './bare-rows.js';
import { perSecond, report, timed } from './report.js';

const ROWS = 50_000;
const ROUNDS = 3;
const municipality = toMunicipalityCode('990019');
const town: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: municipality };
const baseDate = localDateOf(2015, 10, 5);
/** What a file leaves behind, with the key of each table. */
const TABLES: TableKeys = {
  person: ['person_key'], segment: ['person_key', 'municipality_code', 'stay'], resident_code: ['code_index'], change_notice: ['municipality_code', 'person_key', 'person_seq'],
  prefecture_record: ['prefecture', 'person_key', 'municipality_code', 'stay'],
};
const OTHER_FIELDS = [
  'person_seq', 'change_reason', 'change_date', 'name_kanji', 'name_kana', 'alias_name', 'birth_date', 'sex', 'address', 'town_code', 'postal_code', 'municipality_code', 'previous',
];
const fileAnswer = z.object({ fileId: z.uuid() });
const state = z.object({ state: z.string(), applied: z.number() });

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

/** Waits for the events that are on their way, so that they burden no other measurement. */
async function settled(estate: TestEstate): Promise<void> {
  await estate.eventually(async () => {
    const [left] = await estate.sql<{ left: number }>('SELECT count(*) AS left FROM juki_net.outbox');
    return left?.left === 0;
  }, 300);
}

/** A municipality's file through validation, rules, encryption, events and audit, against COPY of the rows it leaves behind and of its bare fields. */
export async function benchImport(): Promise<void> {
  const estate = await startEstate([jukiNetModule]);
  const pool = new pg.Pool({ connectionString: estate.adminUrl });
  const client = await pool.connect();
  await createBare(client, 'juki_net', TABLES);
  await client.query(`CREATE TABLE public.bare_file (municipal_seq text, resident_code text PRIMARY KEY, ${OTHER_FIELDS.map((field) => `${field} text`).join(', ')})`);
  await client.query('CREATE INDEX ON public.bare_file (name_kana, birth_date)');
  const rates = { ours: [] as number[], rows: [] as number[], fields: [] as number[] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    const content = Buffer.concat([...writeIntakeFile(generatePopulation(populationOf(round)), { municipality, changeDate: baseDate, firstMunicipalSeq: 1 + round * ROWS }).chunks]).toString('utf8');
    const fields: string[][] = parse(content, { from_line: 2 });
    const importMs = await timed(() => importFile(estate, content));
    await settled(estate);
    const rowsMs = await copyAdded(client, 'juki_net', TABLES);
    const fieldsMs = await timed(() => copyFields(client, fields));
    if (round === 0) continue; // the first pair warms caches and plans
    rates.ours.push(perSecond(ROWS, importMs));
    rates.rows.push(perSecond(ROWS, rowsMs));
    rates.fields.push(perSecond(ROWS, fieldsMs));
  }
  const name = 'import: municipality file, upload to last row applied';
  report({ name, unit: 'rows/s', ours: rates.ours, bare: rates.rows, goal: 0.15, notes: `${ROWS} rows a round; bare: COPY of the same person, segment, code, notice and prefecture rows into tables with the same indexes and partitions` });
  report({ name, unit: 'rows/s', ours: rates.ours, bare: rates.fields, goal: 0.15, notes: "bare: COPY of the file's 15 fields into one table with a key and an index" });
  client.release();
  await pool.end();
  await estate.stop();
}

async function copyFields(client: pg.PoolClient, rows: readonly (readonly string[])[]): Promise<void> {
  await client.query('BEGIN');
  await new Db(client).copyIn('public.bare_file', rows);
  await client.query('COMMIT');
}
