import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { municipalityCodeFromBody } from '#kernel';
import type { Estate } from '../../tools/start/estate.js';
import { Api } from '../../tools/walk/api.js';

const TRAINING = '/api/training/v1';
const OFFICER = 'officer-1';
const TRIES = 400;
const results = z.object({ results: z.array(z.looseObject({ outcome: z.string(), enrolmentId: z.string().optional(), waitingRank: z.number().optional(), code: z.string().optional() })).length(1) });
const problem = z.looseObject({ code: z.string() });

/** What somebody was told of his application last. */
export interface Told {
  readonly bodyCode: string;
  readonly enrolmentId: string;
  readonly state: string;
  readonly waitingRank: number | undefined;
}

/** The n-th body of the nation: its code with check digit. */
export function bodyCode(n: number): string {
  return municipalityCodeFromBody(`${String(1 + (n % 47)).padStart(2, '0')}${String(100 + Math.floor(n / 47)).padStart(3, '0')}`);
}

/** People at many desks, who ask any process of training, and ask another one with the same key when they get no answer. */
export class People {
  private readonly api: Api;
  private readonly addresses: readonly string[];
  private turn = 0;

  constructor(estate: Estate) {
    this.api = new Api(estate.address);
    this.addresses = Object.entries(estate.replicas).filter(([name]) => /^(training|all)\b/.test(name)).map(([, address]) => address);
  }

  /** A course and a session of it that accepts applications at once. */
  async openSession(capacity: number, bodies: number): Promise<string> {
    for (let from = 0; from < bodies; from += 1_000) {
      const list = Array.from({ length: Math.min(1_000, bodies - from) }, (_, index) => ({ code: bodyCode(from + index), kind: 'MUNICIPALITY', name: `架空市${from + index}`, population: 50_000, staff: 400 }));
      await this.must('/bodies', { bodies: list });
    }
    const code = String(1_000 + Math.floor(Math.random() * 9_000));
    const course = { code, fiscalYear: 2015, kind: 'CLASSROOM', title: '混雑試験', series: 'SECURITY', level: 'INTERMEDIATE', targetPosts: [], plannedMinutes: 360, prerequisites: [], completionRule: 'ATTENDANCE_80' };
    const { courseId } = z.looseObject({ courseId: z.string() }).parse(await this.must('/courses', course));
    await this.must(`/courses/${courseId}/steps/review`, {}, 'officer-2');
    await this.must(`/courses/${courseId}/steps/publication`, {});
    const at = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toISOString();
    const plan = { courseId, number: 1, capacity, roomPlaces: capacity, selection: 'FCFS', windowOpensAt: at(5), windowClosesAt: at(864_000), startsAt: at(2_592_000), endsAt: at(2_610_000), venue: '架空会館', prefecture: '13' };
    const { sessionId } = z.looseObject({ sessionId: z.string() }).parse(await this.must('/sessions', plan));
    await this.must(`/sessions/${sessionId}/steps/publication`, {});
    await sleep(5_000);
    return sessionId;
  }

  /** One person of a body applies; undefined where he was refused, with the reason in `refused`. */
  async apply(sessionId: string, person: number, body: number): Promise<Told | { readonly refused: string }> {
    const learners = [{ staffNo: `S-${person}`, nameKanji: `職員${person}`, nameKana: `ショクイン${person}`, mail: `s${person}@town.example.jp` }];
    const answer = await this.ask(`/sessions/${sessionId}/applications`, { bodyCode: bodyCode(body), learners }, OFFICER);
    if (answer.code !== undefined) return { refused: answer.code };
    const [row] = results.parse(answer.json).results;
    if (row?.enrolmentId === undefined) return { refused: row?.code ?? 'UNKNOWN' };
    return { bodyCode: bodyCode(body), enrolmentId: row.enrolmentId, state: row.outcome, waitingRank: row.waitingRank };
  }

  /** The state after a step of one enrolment, or why it was refused. */
  async step(enrolmentId: string, what: 'acceptance' | 'declining' | 'withdrawal'): Promise<{ readonly state: string } | { readonly refused: string }> {
    const answer = await this.ask(`/enrolments/${enrolmentId}/${what}`, {}, OFFICER);
    return answer.code === undefined ? z.looseObject({ state: z.string() }).parse(answer.json) : { refused: answer.code };
  }

  private async must(path: string, body: object, as = OFFICER): Promise<unknown> {
    const { json, code } = await this.ask(path, body, as);
    if (code !== undefined) throw new Error(`${path}: ${code}`);
    return json;
  }

  /** One key for all tries, each at the next process. */
  private async ask(path: string, body: object, as: string): Promise<{ json: unknown; code?: string }> {
    const key = randomUUID();
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const response = await this.send(path, body, { as, key }).catch(() => undefined);
      const text = response === undefined || response.status >= 500 ? undefined : await response.text().catch(() => undefined);
      if (response !== undefined && text !== undefined) {
        const json: unknown = JSON.parse(text);
        if (response.ok) return { json };
        const { code } = problem.parse(json);
        if (code !== 'AGGREGATE_CHANGED') return { json, code };
      }
      await sleep(Math.min(100 * attempt, 1_000));
    }
    throw new Error(`${path} had no answer`);
  }

  private async send(path: string, body: object, { as, key }: { readonly as: string; readonly key: string }): Promise<Response> {
    this.turn += 1;
    return fetch(`${this.addresses[this.turn % this.addresses.length]}${TRAINING}${path}`, {
      method: 'POST', body: JSON.stringify(body), signal: AbortSignal.timeout(60_000),
      headers: { authorization: `Bearer ${await this.api.token(as)}`, 'kiban-purpose': 'TRAINING', 'idempotency-key': key, 'content-type': 'application/json' },
    });
  }
}
