import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import { z } from 'zod';
import { municipalityCodeFromBody } from '#kernel';
import { Api, until } from '../tools/walk/api.js';
import { openBenchEstate, settled } from './bench-estate.js';
import { any, API, caller, publishedCourse } from './learners.js';
import { lateness, openLoop, type Line } from './open-loop.js';

/** As many as a year has. */
const SESSIONS = 38;
const CAPACITY = 66;
const BODIES = 1_788;
const SECONDS = 60;
/** A quiet opening and the worst one (500 a second for a minute). */
const RATES = [100, 500];
const CONNECTIONS = 512;
const rows = z.object({ results: z.array(z.looseObject({ outcome: z.string(), code: z.string().optional() })).length(1) });

/**
 * Windows of all sessions of a year open at one moment: applications of one learner each, as an open loop through the gateway. What is answered
 * 503 was shed and is counted; nothing else may be refused but by the rules of places.
 */
export async function benchRush(): Promise<void> {
  const estate = await openBenchEstate();
  const api = new Api(estate.address);
  await caller(api)('/bodies', 'operator-1', { bodies: Array.from({ length: BODIES }, (_, n) => ({ code: codeOf(n), kind: 'MUNICIPALITY', name: `架空市${n}`, population: 50_000, staff: 400 })) }, any);
  const gateway = new Pool(estate.address.gateway, { connections: CONNECTIONS });
  let people = 0;
  for (const perSecond of RATES) {
    const sessions = await openSessions(api, RATES.indexOf(perSecond));
    await settled(estate.adminUrl);
    const token = await api.token('officer-1');
    const outcomes = new Map<string, number>();
    const apply = async (turn: number): Promise<void> => {
      const person = (people += 1);
      const headers = { authorization: `Bearer ${token}`, 'kiban-purpose': 'TRAINING', 'idempotency-key': randomUUID(), 'content-type': 'application/json' };
      const body = { bodyCode: codeOf(person % BODIES), learners: [{ staffNo: `R-${person}`, nameKanji: '職員', nameKana: 'ショクイン', mail: 'rush@town.example.jp' }] };
      const answer = await gateway.request({ method: 'POST', path: `${API}/sessions/${sessions[turn % sessions.length]}/applications`, headers, body: JSON.stringify(body) });
      const outcome = outcomeOf(answer.statusCode, await answer.body.text());
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    };
    const line: Line = { name: 'an application', perSecond, call: apply, late: [] };
    const start = performance.now();
    await openLoop(line, SECONDS);
    const seconds = (performance.now() - start) / 1_000;
    console.log(`${lateness(line)}; all answered after ${seconds.toFixed(0)} s: ${[...outcomes].map(([what, times]) => `${what} ${times}`).join(', ')}`);
  }
  await gateway.close();
  await estate.stop();
}

function outcomeOf(status: number, text: string): string {
  if (status === 503) return 'SHED';
  if (status !== 201) throw new Error(`an application was refused: ${status} ${text}`);
  const [row] = rows.parse(JSON.parse(text)).results;
  return row?.code ?? row?.outcome ?? '';
}

function codeOf(n: number): string {
  return municipalityCodeFromBody(`${String(1 + (n % 47)).padStart(2, '0')}${String(100 + Math.floor(n / 47)).padStart(3, '0')}`);
}

async function openSessions(api: Api, round: number): Promise<string[]> {
  const call = caller(api);
  const at = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toISOString();
  const sessions: string[] = [];
  for (let n = 0; n < SESSIONS; n += 1) {
    const draft = { code: String(1_000 + 100 * round + n), fiscalYear: 2015, kind: 'CLASSROOM', title: '測定', series: 'SECURITY', level: 'INTERMEDIATE', targetPosts: [], plannedMinutes: 360, prerequisites: [], completionRule: 'ATTENDANCE_80' };
    const plan = { courseId: await publishedCourse(api, draft), number: 1, capacity: CAPACITY, roomPlaces: CAPACITY, selection: 'FCFS', windowOpensAt: at(0), windowClosesAt: at(864_000), startsAt: at(2_592_000), endsAt: at(2_610_000), venue: '架空会館', prefecture: '13' };
    const { sessionId } = await call('/sessions', 'officer-1', plan, z.object({ sessionId: z.string() }));
    await call(`/sessions/${sessionId}/steps/publication`, 'officer-1', {}, any);
    sessions.push(sessionId);
  }
  for (const sessionId of sessions) await until('an open window', async () => (await api.call('GET', `${API}/sessions/${sessionId}`, { as: 'officer-1' }, z.looseObject({ state: z.string() }))).state === 'ACCEPTING' || undefined);
  return sessions;
}
