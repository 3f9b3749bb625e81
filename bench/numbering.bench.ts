import pg from 'pg';
import { localDateOf, toMunicipalityCode } from '#kernel';
import { generatePopulation, writeIntakeFile, type Household } from '#testing/population';
import { deliverNumbers, openNumberBatch, sendNoticeFile, uploadNumberLines } from '../tools/start/population.js';
import { Api } from '../tools/walk/api.js';
import { copyAdded, createBare, type TableKeys } from './bare-rows.js';
import { openBenchEstate, settled } from './bench-estate.js';
import { perSecond, report, timed } from './report.js';

const ROWS = 50_000;
const ROUNDS = 3;
const municipality = toMunicipalityCode('990019');
const baseDate = localDateOf(2015, 10, 5);
/** What a batch leaves behind, with the key of each table. */
const TABLES: TableKeys = { number_ledger: ['base11'], code_number_link: ['code_index', 'seq'], assignment: ['person_key', 'generation'] };

/** A municipality's batch from seal to delivery, each context a process of its own, against COPY of the rows that it leaves behind. */
export async function benchNumbering(): Promise<void> {
  const estate = await openBenchEstate(['--processes', 'each']);
  const api = new Api(estate.address);
  const pool = new pg.Pool({ connectionString: estate.adminUrl });
  const client = await pool.connect();
  await createBare(client, 'numbering', TABLES);
  const rates = { ours: [] as number[], bare: [] as number[] };
  await register(api);
  await settled(estate.adminUrl);
  for (let round = 0; round <= ROUNDS; round += 1) {
    const numberMs = await numberBatch(api, round);
    await settled(estate.adminUrl);
    const copyMs = await copyAdded(client, 'numbering', TABLES);
    if (round === 0) continue; // the first pair warms caches and plans
    rates.ours.push(perSecond(ROWS, numberMs));
    rates.bare.push(perSecond(ROWS, copyMs));
  }
  report({ name: 'numbering: sealed batch to delivered', unit: 'numbers/s', ...rates, goal: 0.5, notes: `${ROWS} lines a round; bare: COPY of the same ledger, link and assignment rows into tables with the same indexes` });
  client.release();
  await pool.end();
  await estate.stop();
}

const populationOf = (round: number) => generatePopulation({ seed: `bench-${round}`, size: ROWS, municipality, baseDate, firstSerial: 1 + round * ROWS });

/** The residents of all rounds at once: what follows a file is waited for once only. */
async function register(api: Api): Promise<void> {
  const { chunks } = writeIntakeFile(everybody(), { municipality, changeDate: baseDate });
  await sendNoticeFile(api, municipality, Buffer.concat([...chunks]).toString('utf8'));
}

function* everybody(): Generator<Household, void, void> {
  for (let round = 0; round <= ROUNDS; round += 1) yield* populationOf(round);
}

/** Milliseconds from seal to delivery. */
async function numberBatch(api: Api, round: number): Promise<number> {
  const batch = await openNumberBatch(api, municipality, `bench-${round}`);
  const sealed = await uploadNumberLines(api, batch, populationOf(round));
  return timed(async () => {
    const designated = await deliverNumbers(api, batch, sealed);
    if (designated !== ROWS) throw new Error(`only ${designated} of ${ROWS} lines have a number`);
  });
}
