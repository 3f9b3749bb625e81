import { createHash } from 'node:crypto';
import pg from 'pg';
import { z } from 'zod';
import { localDateOf, toMunicipalityCode } from '#kernel';
import { generatePopulation, writeIntakeFile } from '#testing/population';
import { Api, until } from '../tools/walk/api.js';
import { copyAdded, createBare, type TableKeys } from './bare-rows.js';
import { openBenchEstate, settled } from './bench-estate.js';
import { perSecond, report, timed } from './report.js';

const ROWS = 50_000;
const ROUNDS = 3;
const municipality = toMunicipalityCode('990019');
const as = `municipality-${municipality}`;
const baseDate = localDateOf(2015, 10, 5);
/** What a batch leaves behind, with the key of each table. */
const TABLES: TableKeys = { number_ledger: ['base11'], code_number_link: ['code_index', 'seq'], assignment: ['person_key', 'generation'] };
const fileAnswer = z.object({ fileId: z.uuid() });
const batchAnswer = z.object({ batchId: z.uuid() });
const fileState = z.object({ state: z.string() });
const batchState = z.object({ state: z.string(), designated: z.number() });

/** A municipality's batch from seal to delivery, each context a process of its own, against COPY of the rows that it leaves behind. */
export async function benchNumbering(): Promise<void> {
  const estate = await openBenchEstate(['--processes', 'each']);
  const api = new Api(estate.address);
  const pool = new pg.Pool({ connectionString: estate.adminUrl });
  const client = await pool.connect();
  await createBare(client, 'numbering', TABLES);
  const rates = { ours: [] as number[], bare: [] as number[] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    await register(api, round);
    await settled(estate.adminUrl);
    const numberMs = await numberBatch(api, round);
    await settled(estate.adminUrl);
    const copyMs = await copyAdded(client, 'numbering', TABLES);
    if (round === 0) continue; // the first pair warms caches and plans
    rates.ours.push(perSecond(ROWS, numberMs));
    rates.bare.push(perSecond(ROWS, copyMs));
  }
  report({ name: 'numbering: sealed batch to delivered', unit: 'numbers/s', ...rates, goal: 0.3, notes: `${ROWS} lines a round; bare: COPY of the same ledger, link and assignment rows into tables with the same indexes` });
  client.release();
  await pool.end();
  await estate.stop();
}

const populationOf = (round: number) => generatePopulation({ seed: `bench-${round}`, size: ROWS, municipality, baseDate, firstSerial: 1 + round * ROWS });

async function register(api: Api, round: number): Promise<void> {
  const purpose = 'RESIDENT_REGISTER';
  const { chunks } = writeIntakeFile(populationOf(round), { municipality, changeDate: baseDate, firstMunicipalSeq: 1 + round * ROWS });
  const content = Buffer.concat([...chunks]).toString('utf8');
  const { fileId } = await api.call('POST', `/api/juki-net/v1/notice-files?municipalityCode=${municipality}`, { as, purpose, upload: { type: 'text/csv', content } }, fileAnswer);
  await until('the register', async () => {
    const { state } = await api.call('GET', `/api/juki-net/v1/notice-files/${fileId}`, { as, purpose }, fileState);
    return state === 'COMPLETED' ? state : undefined;
  }, 300);
}

/** Milliseconds from seal to delivery. */
async function numberBatch(api: Api, round: number): Promise<number> {
  const purpose = 'NUMBER_DESIGNATION';
  const { batchId } = await api.call('POST', '/api/numbering/v1/batches', { as, purpose, body: { municipalityCode: municipality } }, batchAnswer);
  const path = `/api/numbering/v1/batches/${batchId}`;
  const lines = ['lineNo,requestId,residentCode,kind,caseId,priority'];
  for (const { members } of populationOf(round)) {
    for (const { residentCode } of members) lines.push(`${lines.length},bench-${round}-${lines.length},${residentCode.reveal()},1,,`);
  }
  const content = `${lines.join('\r\n')}\r\n`;
  await api.bytes('PUT', `${path}/lines`, { as, purpose, upload: { type: 'text/csv', content } });
  const sha256 = createHash('sha256').update(content).digest('hex');
  return timed(async () => {
    await api.bytes('POST', `${path}/seal`, { as, purpose, body: { lineCount: ROWS, sha256 } });
    const { designated } = await until('the numbers', async () => {
      const batch = await api.call('GET', path, { as, purpose }, batchState);
      return batch.state === 'DELIVERED' ? batch : undefined;
    }, 300);
    if (designated !== ROWS) throw new Error(`only ${designated} of ${ROWS} lines have a number`);
  });
}
