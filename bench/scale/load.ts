import pg from 'pg';
import { writeIntakeFile } from '#testing/population';
import { deliverNumbers, openNumberBatch, prepareEstate, sendNoticeFile, uploadNumberLines } from '../../tools/start/population.js';
import { copyAdded, copyEarlier, createBare, type TableKeys } from '../bare-rows.js';
import { settled } from '../bench-estate.js';
import { perSecond, report, timed } from '../report.js';
import { BASE_DATE, PORTION, portionsOf, residentsOf, thousands, type Portion, type Scene } from './scene.js';

/** What a file and a batch leave behind, with the key of each table. */
const REGISTERED: readonly [string, TableKeys] = ['juki_net', {
  person: ['person_key'], segment: ['person_key', 'municipality_code', 'stay'], resident_code: ['code_index'], change_notice: ['municipality_code', 'person_key', 'person_seq'],
  prefecture_record: ['prefecture', 'person_key', 'municipality_code', 'stay'],
}];
const NUMBERED: readonly [string, TableKeys] = ['numbering', { number_ledger: ['base11'], code_number_link: ['code_index', 'seq'], assignment: ['person_key', 'generation'] }];
/** The last portions are compared with bare copies of the same size. */
const PAIRS = 3;
/** Contexts follow while the next portion comes; so often, and for what is compared, they are waited for. */
const FOLLOWED_EACH = 10;

interface Rates { readonly files: number[]; readonly bareFiles: number[]; readonly numbers: number[]; readonly bareNumbers: number[] }

/** Registers and numbers the population portion by portion; one that was loaded before is found done. */
export const loadResidents = (scene: Scene): Promise<void> => bringIn(scene, sendPortion);

/** Numbers a population that is registered already. */
export const numberResidents = (scene: Scene): Promise<void> => bringIn(scene);

async function bringIn(scene: Scene, register?: (scene: Scene, portion: Portion) => Promise<number>): Promise<void> {
  const { api, estate, residents, note } = scene;
  if (estate.services['jpki-ca'] !== undefined) await prepareEstate(api);
  const portions = portionsOf(residents);
  const pool = new pg.Pool({ connectionString: estate.adminUrl, max: 1 });
  const client = await pool.connect();
  const rates: Rates = { files: [], bareFiles: [], numbers: [], bareNumbers: [] };
  const firstPair = Math.max(1, portions.length - PAIRS);
  let before: Promise<void> = Promise.resolve();
  for (const portion of portions) {
    if (await isLoaded(client, portion)) continue;
    if (portion.index >= firstPair && rates.numbers.length === 0) await growBare(client, register === undefined ? [NUMBERED] : [REGISTERED, NUMBERED]);
    const waits = portion.index >= firstPair - 1 || (portion.index + 1) % FOLLOWED_EACH === 0;
    const follow = (): Promise<number | undefined> => (waits ? timed(() => settled(estate.adminUrl)) : Promise.resolve(undefined));
    const fileMs = await register?.(scene, portion);
    await before;
    const fileFollowed = fileMs === undefined ? undefined : await follow();
    const number = async (): Promise<void> => {
      const numberMs = await numberPortion(scene, portion);
      const numbersFollowed = await follow();
      const file = fileMs === undefined ? '' : `file ${thousands(perSecond(PORTION, fileMs))} rows/s${later(fileFollowed)}, `;
      note(`${thousands((portion.index + 1) * PORTION)} residents: ${file}numbers ${thousands(perSecond(PORTION, numberMs))}/s${later(numbersFollowed)}`);
      if (portion.index >= firstPair) await pair(client, rates, fileMs, numberMs);
    };
    before = number();
    // Else the next town's file is taken in meanwhile.
    if (waits || register === undefined) await before;
  }
  await before;
  client.release();
  await pool.end();
  if (rates.numbers.length === 0) return;
  const notes = `${thousands(residents)} residents; bare: COPY of the same rows into tables of the same size with the same indexes and partitions`;
  if (rates.files.length > 0) report({ name: 'file taken in, upload to last row applied', unit: 'rows/s', ours: rates.files, bare: rates.bareFiles, goal: 0.15, notes });
  report({ name: 'mass numbering, sealed batch to delivered', unit: 'numbers/s', ours: rates.numbers, bare: rates.bareNumbers, goal: 0.5, notes });
}

function later(followedMs: number | undefined): string {
  return followedMs === undefined ? '' : ` (all followed ${thousands(followedMs / 1000)} s later)`;
}

async function pair(client: pg.PoolClient, rates: Rates, fileMs: number | undefined, numberMs: number): Promise<void> {
  rates.numbers.push(perSecond(PORTION, numberMs));
  if (fileMs !== undefined) {
    rates.files.push(perSecond(PORTION, fileMs));
    rates.bareFiles.push(perSecond(PORTION, await copyAdded(client, ...REGISTERED)));
  }
  rates.bareNumbers.push(perSecond(PORTION, await copyAdded(client, ...NUMBERED)));
}

async function growBare(client: pg.PoolClient, parts: readonly (readonly [schema: string, tables: TableKeys])[]): Promise<void> {
  for (const [schema, tables] of parts) {
    await createBare(client, schema, tables);
    await copyEarlier(client, schema, tables);
  }
}

async function isLoaded(client: pg.PoolClient, { index, municipality }: Portion): Promise<boolean> {
  const { rows } = await client.query<{ loaded: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM numbering.assignment WHERE municipality_code = $1 AND request_id = $2
       AND batch_id IN (SELECT batch_id FROM numbering.generation_batch WHERE municipality_code = $1 AND delivered_at IS NOT NULL)) AS loaded`,
    [municipality, `scale-${index}-1`],
  );
  return rows[0]?.loaded === true;
}

/** Milliseconds from the upload to the last row. */
async function sendPortion({ api }: Scene, portion: Portion): Promise<number> {
  const { municipality, firstMunicipalSeq } = portion;
  const { chunks } = writeIntakeFile(residentsOf(portion), { municipality, changeDate: BASE_DATE, firstMunicipalSeq });
  const content = Buffer.concat([...chunks]).toString('utf8');
  return timed(() => sendNoticeFile(api, municipality, content));
}

/** Milliseconds from seal to delivery. */
async function numberPortion({ api }: Scene, portion: Portion): Promise<number> {
  const batch = await openNumberBatch(api, portion.municipality, `scale-${portion.index}`);
  const sealed = batch.state === 'OPEN' ? await uploadNumberLines(api, batch, residentsOf(portion)) : undefined;
  return timed(async () => {
    const designated = await deliverNumbers(api, batch, sealed);
    if (designated !== PORTION) throw new Error(`only ${designated} of ${PORTION} lines have a number`);
  });
}
