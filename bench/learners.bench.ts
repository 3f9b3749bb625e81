import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { Pool } from 'undici';
import { z } from 'zod';
import { Api } from '../tools/walk/api.js';
import { openBenchEstate, settled } from './bench-estate.js';
import { API, BODY, CODE, launched, offerCourse, type Learner } from './learners.js';
import { lateness, openLoop, type Line } from './open-loop.js';

const LEARNERS = 20_000;
/** Each turns a page once a minute. */
const PAUSE_S = 60;
const FINISHING_AN_HOUR = 2_000;
const SECONDS = 300;
/** Browsers keep connections of their own; so many to the gateway are enough that none waits for another. */
const CONNECTIONS = 512;
const AT_ONCE = 48;

/**
 * An hour's work of 20,000 learners who are active at once, of whom 2,000 finish: its rate for five minutes, through the gateway, as an open
 * loop. Nothing may be refused, and who finishes is certified.
 */
export async function benchLearners(): Promise<void> {
  const estate = await openBenchEstate();
  const api = new Api(estate.address);
  await offerCourse(api, LEARNERS);
  const learners = await inGroups(await registered(api), (id) => launched(api, id, estate.address.gateway));
  const finishing = learners.splice(0, Math.ceil((FINISHING_AN_HOUR / 3_600) * SECONDS) + 1);
  await settled(estate.adminUrl);
  const gateway = new Pool(estate.address.gateway, { connections: CONNECTIONS });
  const lines: Line[] = [
    { name: 'a page is turned', perSecond: LEARNERS / PAUSE_S, call: (turn) => state(gateway, learners[turn % learners.length], 'experienced'), late: [] },
    { name: 'a course is finished', perSecond: FINISHING_AN_HOUR / 3_600, call: (turn) => finish(gateway, finishing[turn]), late: [] },
  ];
  await Promise.all(lines.map((line) => openLoop(line, SECONDS)));
  for (const line of lines) console.log(lateness(line));
  await certified(estate.adminUrl, lines[1]?.late.length ?? 0);
  await gateway.close();
  await estate.stop();
}

async function state(gateway: Pool, learner: Learner | undefined, verb: Parameters<Learner['state']>[0]): Promise<void> {
  if (learner === undefined) throw new Error('there are not so many learners');
  const answer = await gateway.request({ method: 'POST', path: `${API}/xapi/statements`, headers: learner.headers, body: JSON.stringify(learner.state(verb)) });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`a statement was refused: ${answer.statusCode} ${text}`);
}

async function finish(gateway: Pool, learner: Learner | undefined): Promise<void> {
  await state(gateway, learner, 'completed');
  await state(gateway, learner, 'terminated');
}

/** Resolves when everybody who finished has a certificate. */
async function certified(adminUrl: string, finished: number): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  const since = performance.now();
  for (let certificates = -1; certificates !== finished; await setTimeout(500)) {
    const { rows } = await client.query<{ certificates: number }>("SELECT count(*)::int AS certificates FROM training.certificate WHERE subject_kind = 'REGISTRATION'");
    certificates = rows[0]?.certificates ?? 0;
    if (performance.now() - since > 120_000) throw new Error(`${finished} finished, ${certificates} have a certificate`);
  }
  console.log(`all ${finished} have their certificate ${Math.round((performance.now() - since) / 1_000)} s after the last call`);
  await client.end();
}

async function registered(api: Api): Promise<string[]> {
  const lines = Array.from({ length: LEARNERS }, (_, n) => `${BODY},B-${n},測定,ソクテイ,bench@example.jp,${CODE}`);
  const content = `bodyCode,staffNo,nameKanji,nameKana,mail,courseCode\r\n${lines.join('\r\n')}\r\n`;
  const upload = { type: 'text/csv', content };
  const answer = z.object({ registered: z.literal(LEARNERS), rows: z.array(z.object({ registrationId: z.uuid() })) });
  const { rows } = await api.call('POST', `${API}/registrations/list?fiscalYear=2015&encoding=UTF-8`, { as: `municipality-${BODY}`, purpose: 'TRAINING', upload }, answer);
  return rows.map(({ registrationId }) => registrationId);
}

async function inGroups<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE) results.push(...(await Promise.all(items.slice(from, from + AT_ONCE).map(work))));
  return results;
}
