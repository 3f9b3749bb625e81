import pg from 'pg';
import { csvLine, localDateOf, ResidentCode, toMunicipalityCode, type MunicipalityCode } from '#kernel';
import { INTAKE_COLUMNS, intakeRow, type Household, type IntakeRow, type Resident } from '#testing/population';
import { sendNoticeFile } from '../../tools/start/population.js';
import { createBare } from '../bare-rows.js';
import { settled } from '../bench-estate.js';
import { perSecond, report, timed } from '../report.js';
import { PORTION, portionsOf, residentsOf, thousands, type Portion, type Scene } from './scene.js';

/** Late March: five times the 80,000 notices of a working day (JUKI-6); a tenth of the whole country's. */
const NOTICES = 40_000;
const CHANGE_DATE = localDateOf(2016, 3, 28);
const BARE_COMMIT = 1_000;
/** Serials of children who are born on the day: beyond all who are loaded. */
const BIRTHS_FROM = 80_000_000;

/** Of a hundred persons: what happens to them that day. */
function changeOf(place: number): 'MOVE' | 'MOVE_WITHIN' | 'NAME' | 'DEATH' | 'BIRTH' | 'MINOR' {
  if (place < 26) return 'MOVE';
  if (place < 70) return 'MOVE_WITHIN';
  if (place < 80) return 'NAME';
  if (place < 89) return 'DEATH';
  return place < 98 ? 'BIRTH' : 'MINOR';
}

/** A peak day's notices of both towns, sent as two files at once, against bare INSERTs of the same notices. Once for a register. */
export async function peakDay(scene: Scene): Promise<void> {
  const { api, estate, residents, note } = scene;
  const client = new pg.Client({ connectionString: estate.adminUrl });
  await client.connect();
  const before = await client.query<{ notices: string }>('SELECT count(*) AS notices FROM juki_net.change_notice');
  if (Number(before.rows[0]?.notices) !== residents) {
    note('the day has been notified before');
    return client.end();
  }
  const day = dayOf(residents);
  const notices = [...day.values()].reduce((sum, rows) => sum + rows.length, 0);
  const files = [...day].map(([municipality, rows]) => ({ municipality, content: noticeFile(rows) }));
  const ms = await timed(async () => {
    await Promise.all(files.map(({ municipality, content }) => sendNoticeFile(api, municipality, content)));
  });
  const followed = await timed(() => settled(estate.adminUrl));
  const { rows: [faults] } = await client.query<{ faults: string }>("SELECT count(*) AS faults FROM juki_net.notice_file_fault");
  if (Number(faults?.faults) > 0) throw new Error(`${faults?.faults} notices of the day were not applied`);
  const bareMs = await insertBare(client, residents);
  await client.end();
  report({ name: 'change notices of a peak day, two files at once', unit: 'notices/s', ours: [perSecond(notices, ms)], bare: [perSecond(notices, bareMs)], goal: 0.3, notes: `${thousands(notices)} notices; bare: an INSERT of each notice's row into a table with the same indexes and partitions, ${thousands(BARE_COMMIT)} a commit` });
  note(`peak day: ${thousands(notices)} notices (a tenth of the country's) in ${thousands(ms / 1000)} s, all followed ${thousands(followed / 1000)} s later`);
}

/** A file of notices as a municipality sends it. */
export function noticeFile(rows: readonly IntakeRow[]): string {
  return [INTAKE_COLUMNS, ...rows.map((row) => INTAKE_COLUMNS.map((column) => row[column]))].map((fields) => csvLine(fields)).join('');
}

function dayOf(residents: number): Map<MunicipalityCode, IntakeRow[]> {
  const portions = portionsOf(residents);
  const towns = new Map<MunicipalityCode, IntakeRow[]>(portions.slice(0, 2).map(({ municipality }) => [municipality, []]));
  if (towns.size < 2) towns.set(toMunicipalityCode('990027'), []);
  const loaded = new Map([...towns.keys()].map((town) => [town, portions.filter(({ municipality }) => municipality === town).length * PORTION]));
  const add = (town: MunicipalityCode, row: IntakeRow): void => {
    const rows = towns.get(town) ?? [];
    rows.push({ ...row, municipalSeq: String((loaded.get(town) ?? 0) + rows.length + 1) });
  };
  let person = 0;
  const people = Math.ceil(NOTICES / 1.26);
  for (const portion of portions) {
    const share = Math.ceil(people / portions.length);
    let taken = 0;
    for (const household of residentsOf(portion)) {
      const [resident] = household.members;
      if (resident === undefined || taken >= share) break;
      taken += 1;
      notify({ portion, household, resident, place: person % 100, person }, [...towns.keys()], add);
      person += 1;
    }
  }
  return towns;
}

interface Happening {
  readonly portion: Portion;
  readonly household: Household;
  readonly resident: Resident;
  readonly place: number;
  readonly person: number;
}

function notify({ portion: { municipality }, household, resident, place, person }: Happening, towns: readonly MunicipalityCode[], add: (town: MunicipalityCode, row: IntakeRow) => void): void {
  const row = (changeReason: string, change: Partial<IntakeRow> = {}): IntakeRow =>
    ({ ...intakeRow(household, resident, { municipality, municipalSeq: 0, changeReason, changeDate: CHANGE_DATE }), personSeq: '2', ...change });
  const other = towns.find((town) => town !== municipality) ?? municipality;
  const address = `${household.address}新`;
  switch (changeOf(place)) {
    case 'MOVE':
      add(municipality, row('21'));
      return add(other, row('11', { personSeq: '1', municipalityCode: other, previousMunicipalityCode: municipality, address }));
    case 'MOVE_WITHIN':
      return add(municipality, row('30', { address }));
    case 'NAME':
      return add(municipality, row('31', { nameKanji: resident.nameKanji.replace(/^[^　]+/, '新姓') }));
    case 'DEATH':
      return add(municipality, row('20'));
    case 'BIRTH':
      return add(municipality, row('10', { residentCode: ResidentCode.fromBody(`99${String(BIRTHS_FROM + person).padStart(8, '0')}`).reveal(), personSeq: '1', birthDate: '20160320' }));
    case 'MINOR':
      return add(municipality, row('34', { address: `${household.address}　` }));
  }
}

/** The day's notice rows again, one INSERT each, into a copy of the table that holds all of the earlier ones. */
async function insertBare(client: pg.Client, residents: number): Promise<number> {
  await createBare(client, 'juki_net', { change_notice: ['municipality_code', 'person_key', 'person_seq'] });
  const earlier = "municipal_seq <= (SELECT max(m) FROM unnest($1::bigint[]) AS m)";
  const perTown = [Math.ceil(residents / PORTION / 2) * PORTION];
  await client.query(`INSERT INTO public.bare_change_notice SELECT * FROM juki_net.change_notice WHERE ${earlier}`, [perTown]);
  const { rows, fields } = await client.query<unknown[]>({ text: `SELECT * FROM juki_net.change_notice WHERE NOT (${earlier})`, values: [perTown], rowMode: 'array' });
  const text = `INSERT INTO public.bare_change_notice (${fields.map(({ name }) => `"${name}"`).join(', ')}) VALUES (${fields.map((_field, index) => `$${index + 1}`).join(', ')})`;
  return timed(async () => {
    for (let from = 0; from < rows.length; from += BARE_COMMIT) {
      await client.query('BEGIN');
      for (const values of rows.slice(from, from + BARE_COMMIT)) await client.query({ name: 'bare-notice', text, values });
      await client.query('COMMIT');
    }
  });
}
