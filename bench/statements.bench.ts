import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { Pool } from 'undici';
import { z } from 'zod';
import { Api } from '../tools/walk/api.js';
import { openBenchEstate, settled } from './bench-estate.js';
import { API, BODY, launched, offerCourse, type Learner } from './learners.js';
import { perSecond, report } from './report.js';

const LEARNERS = 64;
const ROUNDS = 3;
const SECONDS = 6;

/** Statements of many learners at once through the service's own door, one and ten a call, against bare inserts of the same rows, each committed on its own. */
export async function benchStatements(): Promise<void> {
  const estate = await openBenchEstate();
  const api = new Api(estate.address);
  const registrations = await registered(api);
  const learners = await Promise.all(registrations.map((id) => launched(api, id, estate.address.gateway)));
  const bare = new pg.Pool({ connectionString: estate.adminUrl, max: 10 });
  await bare.query('CREATE TABLE public.bare_statement (LIKE training.statement INCLUDING ALL)');
  await settled(estate.adminUrl);
  const service = new Pool(estate.services['training'] ?? '', { connections: LEARNERS });
  for (const size of [1, 10]) {
    const rates = { ours: [] as number[], bare: [] as number[] };
    for (let round = 0; round <= ROUNDS; round += 1) {
      const ours = await load(learners, size, (learner) => send(service, learner, size));
      const theirs = await load(learners, 1, (learner) => insert(bare, learner));
      if (round === 0) continue; // the first round warms caches and plans
      rates.ours.push(ours);
      rates.bare.push(theirs);
    }
    const notes = `${LEARNERS} learners at once; with token, rules of cmi5, audit line and session, against one prepared INSERT of a row in a table with the same indexes`;
    report({ name: `statements: ${size} a call`, unit: 'statements/s', ...rates, goal: 0.3, notes });
  }
  await service.close();
  await bare.end();
  await estate.stop();
}

/** Each learner says the next thing when the last one was taken. */
async function load(learners: readonly Learner[], size: number, work: (learner: Learner) => Promise<void>): Promise<number> {
  const start = performance.now();
  const end = start + SECONDS * 1000;
  let calls = 0;
  await Promise.all(learners.map(async (learner) => {
    for (; performance.now() < end; calls += 1) await work(learner);
  }));
  return perSecond(calls * size, performance.now() - start);
}

async function send(service: Pool, { headers, state }: Learner, size: number): Promise<void> {
  const body = JSON.stringify(Array.from({ length: size }, () => state('experienced')));
  const answer = await service.request({ method: 'POST', path: `${API}/xapi/statements`, headers, body });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`a statement was refused: ${answer.statusCode} ${text}`);
}

async function insert(bare: pg.Pool, { state }: Learner): Promise<void> {
  const id = randomUUID();
  await bare.query({
    name: 'insert', text: 'INSERT INTO public.bare_statement (id, registration_id, session_id, verb, activity, stored, hash, counts, body) VALUES ($1, $1, $1, $2, $3, now(), $4, true, $5)',
    values: [id, 'http://adlnet.gov/expapi/verbs/experienced', 'https://bench.example/pages/1', Buffer.alloc(32), JSON.stringify(state('experienced'))],
  });
}

async function registered(api: Api): Promise<string[]> {
  const courseId = await offerCourse(api, 1_000);
  const learner = (n: number) => ({ courseId, bodyCode: BODY, staffNo: `B-${n}`, nameKanji: '測定', nameKana: 'ソクテイ', mail: 'bench@example.jp' });
  const one = z.object({ registrationId: z.string() });
  return Promise.all(Array.from({ length: LEARNERS }, async (_, n) => (await api.call('POST', `${API}/registrations`, { as: `municipality-${BODY}`, purpose: 'TRAINING', body: learner(n) }, one)).registrationId));
}
