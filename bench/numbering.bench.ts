import pg from 'pg';
import { z } from 'zod';
import { localDateOf, toMunicipalityCode } from '#kernel';
import { generatePopulation, writeIntakeFile, type Household } from '#testing/population';
import { deliverNumbers, openNumberBatch, sendNoticeFile, uploadNumberLines } from '../tools/start/population.js';
import { Api } from '../tools/walk/api.js';
import { copyAdded, createBare, type TableKeys } from './bare-rows.js';
import { openBenchEstate, settled } from './bench-estate.js';
import { lateness, openLoop, type Line } from './open-loop.js';
import { perSecond, report, timed } from './report.js';

const ROWS = 50_000;
const ROUNDS = 3;
/** Of newborns and arrivals: a day of the whole country's in minutes. */
const [SINGLE, SINGLE_PER_SECOND] = [600, 20];
const municipality = toMunicipalityCode('990019');
const baseDate = localDateOf(2015, 10, 5);
/** What a batch leaves behind, with the key of each table. */
const TABLES: TableKeys = { number_ledger: ['base11'], code_number_link: ['code_index', 'seq'], assignment: ['person_key', 'generation'] };

/** A municipality's batch from seal to delivery, register and numbering a process each, against COPY of the rows that it leaves behind; then requests for one person each. */
export async function benchNumbering(): Promise<void> {
  const estate = await openBenchEstate(['--processes', 'each', '--contexts', 'juki-net,numbering']);
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
  report({ name: 'numbering: sealed batch to delivered', unit: 'numbers/s', ...rates, goal: 0.5, notes: `${ROWS} lines a round; bare: COPY of the same ledger, link and assignment rows into tables with the same indexes and partitions` });
  await singleRequests(api);
  client.release();
  await pool.end();
  await estate.stop();
}

const populationOf = (round: number, size = ROWS) => generatePopulation({ seed: `bench-${round}`, size, municipality, baseDate, firstSerial: 1 + round * ROWS });

/** The residents of all rounds at once: what follows a file is waited for once only. */
async function register(api: Api): Promise<void> {
  const { chunks } = writeIntakeFile(everybody(), { municipality, changeDate: baseDate });
  await sendNoticeFile(api, municipality, Buffer.concat([...chunks]).toString('utf8'));
}

function* everybody(): Generator<Household, void, void> {
  for (let round = 0; round <= ROUNDS; round += 1) yield* populationOf(round);
  yield* populationOf(ROUNDS + 1, SINGLE);
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

/** Through the gateway, as an open loop (NUM-6: 95 % within 2 s, 99 % within 5 s). */
async function singleRequests(api: Api): Promise<void> {
  const codes = [...populationOf(ROUNDS + 1, SINGLE)].flatMap(({ members }) => members.map(({ residentCode }) => residentCode.reveal()));
  const ask = async (turn: number): Promise<void> => {
    const body = { requestId: `bench-single-${turn}`, municipalityCode: municipality, residentCode: codes[turn], kind: 'NEW' };
    await api.call('POST', '/api/numbering/v1/requests', { as: `municipality-${municipality}`, purpose: 'NUMBER_DESIGNATION', body }, z.object({ number: z.string() }));
  };
  const line: Line = { name: 'numbering: a number for one person', perSecond: SINGLE_PER_SECOND, call: ask, late: [] };
  await openLoop(line, codes.length / SINGLE_PER_SECOND);
  console.log(lateness(line));
}
