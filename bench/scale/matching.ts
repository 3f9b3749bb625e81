import pg from 'pg';
import { z } from 'zod';
import { csvLine, toMunicipalityCode } from '#kernel';
import type { IntakeRow } from '#testing/population';
import { sendNoticeFile } from '../../tools/start/population.js';
import { until, type Api } from '../../tools/walk/api.js';
import { settled } from '../bench-estate.js';
import { perSecond, timed } from '../report.js';
import { agencyRows, mergedNotice, trapNotice, trapsOf, type AgencyRow } from './agency-rows.js';
import { noticeFile } from './peak-day.js';
import { thousands, type Scene } from './scene.js';

/** An agency's file has a row for each tenth resident: a million against ten million. */
const SHARE = 10;
const GOAL_MINUTES = 10;
const PAGE = 10_000;
const prefecture = { as: 'prefecture-99', purpose: 'INITIAL_MATCHING' };
const API = '/api/juki-net/v1';
const view = z.object({ state: z.string(), rows: z.number(), auto: z.number(), review: z.number(), none: z.number() });

/** Initial matching (初期突合) of an agency's file: time, links to a wrong person (none is allowed), and what became of each kind of row. */
export async function matchAgencyFile(scene: Scene): Promise<void> {
  const { api, residents, note } = scene;
  const rows = [...agencyRows(residents, Math.floor(residents / SHARE))];
  await registerTraps(scene, rows.length);
  const content = `ref,kana,kanji,DOB,sex,address,addressDate\r\n${rows.map(({ fields }) => csvLine(fields)).join('')}`;
  let matchId = '';
  const ms = await timed(async () => {
    ({ matchId } = await api.call('POST', `${API}/initial-matches`, { ...prefecture, upload: { type: 'text/csv', content } }, z.object({ matchId: z.uuid() })));
    await until('the matching', async () => {
      const { state } = await api.call('GET', `${API}/initial-matches/${matchId}`, prefecture, view);
      return state === 'MATCHED' || state === 'IN_REVIEW' ? state : undefined;
    }, 3_600);
  });
  const told = await outcomesOf(api, matchId);
  const minutesOfAMillion = (ms / rows.length) * 1e6 / 60_000;
  note(`initial matching: ${thousands(rows.length)} rows against ${thousands(residents)} residents in ${thousands(ms / 1000)} s, ${thousands(perSecond(rows.length, ms))} rows/s: a million in ${minutesOfAMillion.toFixed(1)} minutes (goal ${GOAL_MINUTES}) ${minutesOfAMillion <= GOAL_MINUTES ? 'reached' : 'NOT reached'}`);
  const wrong = judge(scene, rows, told);
  if (wrong > 0) throw new Error(`${wrong} rows were linked to a wrong person`);
}

async function registerTraps({ api, estate }: Scene, rows: number): Promise<void> {
  const client = new pg.Client({ connectionString: estate.adminUrl });
  await client.connect();
  const { rows: [last] } = await client.query<{ seq: string }>("SELECT max(municipal_seq) AS seq FROM juki_net.change_notice WHERE municipality_code = '990019'");
  await client.end();
  let seq = Number(last?.seq);
  const notices: IntakeRow[] = [];
  for (const { persons, rows: about } of trapsOf(rows)) {
    for (const person of persons) {
      notices.push(trapNotice(person, (seq += 1)));
      if (about.some(([kind]) => kind.includes('merged'))) notices.push(mergedNotice(person, (seq += 1)));
    }
  }
  await sendNoticeFile(api, toMunicipalityCode('990019'), noticeFile(notices));
  await settled(estate.adminUrl);
}

/** Outcome and code of each reference. */
async function outcomesOf(api: Api, matchId: string): Promise<Map<string, { outcome: string; code: string }>> {
  const { grantId } = await api.call('POST', `${API}/grants`, {
    as: 'operator-1', idempotencyKey: 'scale-match-grant',
    body: { institution: 'prefecture', organisation: '99', affair: 'INITIAL_MATCHING', legalBasis: '別表第五', items: ['residentCode'], modes: ['BATCH_LINE'], keyKinds: ['FOUR_ITEMS'], validFrom: '2015-10-05', validUntil: '2099-12-31' },
  }, z.object({ grantId: z.uuid() }));
  await api.bytes('POST', `${API}/grants/${grantId}/approval`, { as: 'legal-office', idempotencyKey: 'scale-match-approval', body: {} });
  const told = new Map<string, { outcome: string; code: string }>();
  for (let path: string | undefined = `${API}/initial-matches/${matchId}/result?grantId=${grantId}&limit=${PAGE}`; path !== undefined; ) {
    const { bytes, headers }: { bytes: Buffer; headers: Headers } = await api.bytes('GET', path, prefecture);
    for (const line of bytes.toString('utf8').split('\r\n')) {
      const [ref = '', outcome = '', , code = ''] = line.split(',');
      if (ref.startsWith('r-')) told.set(ref, { outcome, code });
    }
    path = /<(.*)>/.exec(headers.get('link') ?? '')?.[1];
  }
  return told;
}

/** Notes the outcomes by kind of row; returns how many automatic links are wrong. */
function judge({ note }: Scene, rows: readonly AgencyRow[], told: ReadonlyMap<string, { outcome: string; code: string }>): number {
  const kinds = new Map<string, { rows: number; auto: number; review: number }>();
  let [wrong, right, ofResidents] = [0, 0, 0];
  for (const { kind, fields, truth } of rows) {
    const found = told.get(fields[0] ?? '');
    const tally = kinds.get(kind) ?? { rows: 0, auto: 0, review: 0 };
    kinds.set(kind, { rows: tally.rows + 1, auto: tally.auto + Number(found?.outcome === 'AUTO'), review: tally.review + Number(found?.outcome === 'REVIEW') });
    if (found?.outcome === 'AUTO' && found.code !== truth) wrong += 1;
    if (found?.outcome === 'AUTO' && found.code === truth) right += 1;
    if (truth !== undefined) ofResidents += 1;
  }
  note(`  links to a wrong person: ${wrong}; recall of the automatic links: ${((right / ofResidents) * 100).toFixed(2)} % of ${thousands(ofResidents)} rows about residents`);
  for (const [kind, tally] of kinds) note(`  ${kind}: ${thousands(tally.rows)} rows, ${((tally.auto / tally.rows) * 100).toFixed(1)} % AUTO, ${((tally.review / tally.rows) * 100).toFixed(1)} % REVIEW`);
  return wrong;
}
