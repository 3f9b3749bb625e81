import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { Pool } from 'undici';
import { ZipFile } from 'yazl';
import { z } from 'zod';
import { Api } from '../tools/walk/api.js';
import { openBenchEstate, settled } from './bench-estate.js';
import { perSecond, report } from './report.js';

const LEARNERS = 64;
const ROUNDS = 3;
const SECONDS = 6;
const API = '/api/training/v1';
const BODY = '990019';
const MANIFEST = `<courseStructure><course id="https://bench.example/course"><title><langstring lang="ja">測定</langstring></title></course>
<au id="https://bench.example/units/1" moveOn="Completed"><title><langstring lang="ja">単元</langstring></title><url>index.html</url></au></courseStructure>`;

/** Content in a browser: its token and what its statements have in common. */
interface Learner {
  readonly authorization: string;
  readonly statement: Readonly<Record<string, unknown>>;
}

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

async function send(service: Pool, { authorization, statement }: Learner, size: number): Promise<void> {
  const body = JSON.stringify(Array.from({ length: size }, () => ({ id: randomUUID(), ...statement })));
  const headers = { authorization, 'content-type': 'application/json', 'x-experience-api-version': '1.0.3' };
  const answer = await service.request({ method: 'POST', path: `${API}/xapi/statements`, headers, body });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`a statement was refused: ${answer.statusCode} ${text}`);
}

async function insert(bare: pg.Pool, { statement }: Learner): Promise<void> {
  const id = randomUUID();
  await bare.query({
    name: 'insert', text: 'INSERT INTO public.bare_statement (id, registration_id, session_id, verb, activity, stored, hash, counts, body) VALUES ($1, $1, $1, $2, $3, now(), $4, true, $5)',
    values: [id, 'http://adlnet.gov/expapi/verbs/experienced', 'https://bench.example/pages/1', Buffer.alloc(32), JSON.stringify({ id, ...statement })],
  });
}

async function registered(api: Api): Promise<string[]> {
  const call = <T extends z.ZodType>(path: string, as: string, body: unknown, schema: T): Promise<z.output<T>> => api.call('POST', `${API}${path}`, { as, purpose: 'TRAINING', body }, schema);
  const any = z.looseObject({});
  await call('/bodies', 'operator-1', { bodies: [{ code: BODY, kind: 'MUNICIPALITY', name: '試験市', population: 20_000, staff: 200 }] }, any);
  const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const draft = {
    code: '9901', fiscalYear: 2015, kind: 'ELEARNING', title: '測定', series: 'SECURITY', level: 'INTRODUCTORY', targetPosts: [], plannedMinutes: 60, prerequisites: [], completionRule: 'ALL_UNITS', capacity: 1_000,
    opensOn: day(-30), closesOn: day(30),
  };
  const { courseId } = await call('/courses', 'officer-1', draft, z.object({ courseId: z.string() }));
  await call(`/courses/${courseId}/steps/review`, 'officer-2', {}, any);
  await call(`/courses/${courseId}/steps/publication`, 'officer-1', {}, any);
  const { packageId } = await api.call('POST', `${API}/packages?courseId=${courseId}`, { as: 'operator-1', upload: { content: await zip(), type: 'application/zip' } }, z.object({ packageId: z.string() }));
  await call(`/courses/${courseId}/elearning`, 'operator-1', { packageId, floor: 1_000 }, any);
  const one = z.object({ registrationId: z.string() });
  const learner = (n: number) => ({ courseId, bodyCode: BODY, staffNo: `B-${n}`, nameKanji: '測定', nameKana: 'ソクテイ', mail: 'bench@example.jp' });
  return Promise.all(Array.from({ length: LEARNERS }, async (_, n) => (await call('/registrations', `municipality-${BODY}`, learner(n), one)).registrationId));
}

async function launched(api: Api, registrationId: string, gateway: string): Promise<Learner> {
  const { launchUrl, sessionId } = await api.call('POST', `${API}/registrations/${registrationId}/launches`, { as: `municipality-${BODY}`, purpose: 'TRAINING', body: { au: 0 } }, z.object({ launchUrl: z.string(), sessionId: z.string() }));
  const parameters = new URL(launchUrl).searchParams;
  const fetched = await fetch(`${gateway}${new URL(parameters.get('fetch') ?? '').pathname}`, { method: 'POST' });
  const authorization = `Basic ${z.object({ 'auth-token': z.string() }).parse(await fetched.json())['auth-token']}`;
  const context = {
    registration: registrationId, extensions: { 'https://w3id.org/xapi/cmi5/context/extensions/sessionid': sessionId },
    contextActivities: { grouping: [{ objectType: 'Activity', id: 'https://bench.example/units/1' }] },
  };
  const actor: unknown = JSON.parse(parameters.get('actor') ?? '');
  const category = [{ id: 'https://w3id.org/xapi/cmi5/context/categories/cmi5' }];
  const first = { id: randomUUID(), actor, verb: { id: 'http://adlnet.gov/expapi/verbs/initialized' }, object: { id: parameters.get('activityId') }, context: { ...context, contextActivities: { ...context.contextActivities, category } } };
  const headers = { authorization, 'content-type': 'application/json', 'x-experience-api-version': '1.0.3' };
  const begun = await fetch(`${gateway}${API}/xapi/statements`, { method: 'POST', headers, body: JSON.stringify(first) });
  if (!begun.ok) throw new Error(`the session did not begin: ${await begun.text()}`);
  return { authorization, statement: { actor, verb: { id: 'http://adlnet.gov/expapi/verbs/experienced' }, object: { id: 'https://bench.example/pages/1' }, context, timestamp: new Date().toISOString() } };
}

async function zip(): Promise<Buffer<ArrayBuffer>> {
  const file = new ZipFile();
  file.addBuffer(Buffer.from(MANIFEST), 'cmi5.xml');
  file.addBuffer(Buffer.from('<!doctype html>'), 'index.html');
  file.end();
  const chunks: Buffer[] = [];
  for await (const chunk of file.outputStream) chunks.push(chunk as Buffer);
  return Buffer.from(Buffer.concat(chunks));
}
