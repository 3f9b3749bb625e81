import { z } from 'zod';
import { connectStreams, parseCloudEvent, TokenVerifier, type Actor, type CloudEvent } from '#platform';
import { enrolmentFact } from '#contracts/training';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { trainingModule } from '../training.module.js';

export const API = '/api/training/v1';
export const BEGIN = new Date('2015-09-01T00:00:00Z');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const officer = (name: string): Actor => ({ clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: name });
export const [first, second] = [officer('officer-1'), officer('officer-2')];
/** The coordinator of the n-th body. */
export const body = (n: number): Actor => ({ clientId: `municipality-${n}`, kind: 'municipality', organisation: codeOf(n) });
export const codeOf = (n: number): string => String(100_000 + n);

/** Believes what a token says: for a second process on the same data, which does not know the keys of the test. */
export class Believer extends TokenVerifier {
  constructor() {
    super({ issuer: '', audience: '' }, () => Promise.reject(new Error('no keys')));
  }

  override verify(authorization: string | undefined): Promise<Actor> {
    const claims = z.object({ client_id: z.string(), kiban: z.looseObject({}) }).parse(JSON.parse(Buffer.from(authorization?.split('.')[1] ?? '', 'base64url').toString()));
    return Promise.resolve({ clientId: claims.client_id, ...claims.kiban } as Actor);
  }
}

export const results = z.object({
  results: z.array(z.object({ row: z.number(), outcome: z.string(), enrolmentId: z.string().optional(), applicationId: z.string().optional(), waitingRank: z.number().optional(), code: z.string().optional() })),
});
export type Result = z.output<typeof results>['results'][number];
export const detail = z.looseObject({ enrolmentId: z.string(), sessionId: z.string(), state: z.string(), waitingRank: z.number().nullable(), heldUntil: z.string().nullable() });

export const learner = (n: number, more: object = {}): object => ({ staffNo: `S-${n}`, nameKanji: `職員${n}`, nameKana: `ショクイン${n}`, mail: `s${n}@town.example.jp`, ...more });
export const codeIn = ({ status, json }: Answer): string => `${status} ${z.object({ code: z.string().optional() }).parse(json).code ?? ''}`.trim();

/** An estate of training with many bodies, and short ways to what a test of enrolments does. */
export class TrainingDesk {
  private courses = 0;

  private readonly events: CloudEvent[] = [];
  private listening: Awaited<ReturnType<typeof connectStreams>> | undefined;

  private constructor(readonly estate: TestEstate) {}

  static async open(bodies: number): Promise<TrainingDesk> {
    const estate = await startEstate([trainingModule], { at: BEGIN });
    await estate.sql(
      `INSERT INTO training.body (code, kind, name, population, staff, changed_at)
       SELECT (100000 + n)::text, 'MUNICIPALITY', '架空市' || n, 50000, 400, now() FROM generate_series(1, $1::int) AS n`,
      bodies,
    );
    const desk = new TrainingDesk(estate);
    desk.listening = await connectStreams(estate.natsUrl, 'listener');
    desk.listening.connection.subscribe('kiban.training.>', { callback: (_error, message) => void desk.events.push(parseCloudEvent(message.string())) });
    await desk.listening.connection.flush();
    return desk;
  }

  async stop(): Promise<void> {
    await this.listening?.connection.close();
    await this.estate.stop();
  }

  /** What partners heard of an enrolment, in its order: verb and state. Waits until they heard so much; none of what they hear names anybody. */
  async heardOf(enrolmentId: string, times: number): Promise<string[]> {
    const heard = (): CloudEvent[] => this.events.filter(({ subject }) => subject === enrolmentId).toSorted((a, b) => Number(a.sequence) - Number(b.sequence));
    await this.estate.eventually(() => Promise.resolve(heard().length >= times));
    if (/職員|ショクイン|S-\d|town\.example/.test(JSON.stringify(this.events))) throw new Error('an event names a learner');
    return heard().map(({ type, data }) => `${type.split('.').at(-2)} ${enrolmentFact.strict().parse(data).state}`);
  }

  post(path: string, payload: unknown, as: Actor, more: { idempotencyKey?: string } = {}): Promise<Answer> {
    return this.estate.request('POST', `${API}${path}`, { as, purpose: 'TRAINING', body: payload, ...more });
  }

  get(path: string, as: Actor): Promise<Answer> {
    return this.estate.request('GET', `${API}${path}`, { as, purpose: 'TRAINING' });
  }

  /** Passes so many hours. */
  pass(hours: number): void {
    this.estate.clock.set(new Date(this.estate.clock.now().getTime() + hours * HOUR_MS));
  }

  /** A published course of classroom training. */
  async course(more: object = {}): Promise<string> {
    this.courses += 1;
    const course = {
      code: String(1_000 + this.courses), fiscalYear: 2015, kind: 'CLASSROOM', title: '情報セキュリティ監査セミナー', series: 'SECURITY', level: 'INTERMEDIATE', targetPosts: [], plannedMinutes: 360,
      prerequisites: [], completionRule: 'ATTENDANCE_80', ...more,
    };
    const { courseId } = z.object({ courseId: z.string() }).parse((await this.post('/courses', course, first)).json);
    await this.post(`/courses/${courseId}/steps/review`, {}, second);
    await this.post(`/courses/${courseId}/steps/publication`, {}, first);
    return courseId;
  }

  /** A published session from 30 days on, whose window opens in an hour and lasts ten days. */
  async session(courseId: string, number: number, more: object = {}): Promise<string> {
    const at = (days: number, hours: number): string => new Date(Math.floor(this.estate.clock.now().getTime() / DAY_MS) * DAY_MS + days * DAY_MS + hours * HOUR_MS).toISOString();
    const soon = new Date(this.estate.clock.now().getTime() + HOUR_MS).toISOString();
    const plan = {
      courseId, number, capacity: 3, roomPlaces: 500, selection: 'FCFS', windowOpensAt: soon, windowClosesAt: at(10, 0), startsAt: at(30, 0), endsAt: at(30, 7), venue: '架空会館', prefecture: '13', ...more,
    };
    const { sessionId } = z.object({ sessionId: z.string() }).parse((await this.post('/sessions', plan, first)).json);
    const published = await this.post(`/sessions/${sessionId}/steps/publication`, {}, first);
    if (published.status !== 200) throw new Error(JSON.stringify(published.json));
    return sessionId;
  }

  async isIn(sessionId: string, state: string): Promise<void> {
    await this.estate.eventually(async () => (await this.estate.sql('SELECT 1 FROM training.session WHERE id = $1 AND state = $2', sessionId, state)).length === 1);
  }

  /** A session that accepts applications, of a course of its own. */
  async accepting(more: object = {}, courseId?: string): Promise<string> {
    const sessionId = await this.session(courseId ?? (await this.course()), 1, more);
    this.pass(1);
    await this.isIn(sessionId, 'ACCEPTING');
    return sessionId;
  }

  async apply(sessionId: string, n: number, learners: readonly object[], more: object = {}): Promise<Result[]> {
    const answer = await this.post(`/sessions/${sessionId}/applications`, { learners, ...more }, body(n));
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.json));
    return results.parse(answer.json).results;
  }

  /** The state of the only enrolment of an application with one row. */
  async enrolled(sessionId: string, n: number, more: object = {}): Promise<string> {
    const [row] = await this.apply(sessionId, n, [learner(n, more)]);
    return row?.enrolmentId ?? '';
  }

  async states(sessionId: string): Promise<string> {
    const rows = await this.estate.sql<{ state: string }>("SELECT state FROM training.enrolment WHERE session_id = $1 ORDER BY body_code, applied_at, id", sessionId);
    return rows.map(({ state }) => state).join(' ');
  }

  async stateOf(enrolmentId: string): Promise<string> {
    return detail.parse((await this.get(`/enrolments/${enrolmentId}`, first)).json).state;
  }

  /** What must hold at every commit (TRN-4.4 I1 to I4), looked at from outside of the service. */
  async invariants(): Promise<unknown> {
    const broken = await this.estate.sql(
      `SELECT 'I1' AS law, session_id::text AS at FROM training.enrolment e JOIN training.session_place p USING (session_id)
         WHERE e.state IN ('OFFERED', 'ADMITTED', 'ATTENDING') GROUP BY session_id, p.capacity, p.taken HAVING count(*) > p.capacity OR count(*) <> p.taken
       UNION ALL SELECT 'I2', session_id || ' ' || e.body_code FROM training.enrolment e JOIN training.session_place p USING (session_id)
         WHERE e.state IN ('OFFERED', 'ADMITTED', 'ATTENDING') GROUP BY session_id, e.body_code, p.body_quota HAVING count(*) > p.body_quota
       UNION ALL SELECT 'I3', session_id::text FROM training.enrolment WHERE state IN ('SUBMITTED', 'WAITLISTED', 'OFFERED', 'ADMITTED', 'ATTENDING') GROUP BY session_id, person HAVING count(*) > 1
       UNION ALL SELECT 'I4', session_id::text FROM training.enrolment WHERE waiting_no IS NOT NULL GROUP BY session_id HAVING count(*) <> max(waiting_no) OR min(waiting_no) <> 1`,
    );
    const { json } = await this.estate.request('GET', `${API}/place-drifts`, { as: first });
    return { broken, ...z.object({ drifts: z.array(z.unknown()) }).parse(json) };
  }
}

export const SOUND = { broken: [], drifts: [] };

/** A small seeded generator (mulberry32), so that a storm can be repeated with the same choices. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
