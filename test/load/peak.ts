import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { ResidentCode } from '#kernel';
import { activateFor } from '#testing';
import { FICTIONAL_MUNICIPALITIES } from '#testing/population';
import type { Estate } from '../../tools/start/estate.js';
import { Api } from '../../tools/walk/api.js';
import { today } from '../../tools/walk/people.js';
import { arrive, until } from './arrivals.js';
import { CALLERS_REASON, findHarm, seedCards, type InvitedCard, type SeededCard } from './cards.js';
import { LoadClient, type Command } from './client.js';
import { Latencies } from './latencies.js';
import { MemoryWatch, type Watched } from './memory.js';

const API = '/api/card-issuance/v1';
/** Cards a day at the design load of 2016, over the 7.5 hours of the counters, half as many again in the worst hour (CARD-6, CARD-4.12). */
export const PEAK_PER_SECOND = (110_000 / 7.5 / 3_600) * 1.5;
/** Late March: five times the 80,000 notices of a working day. */
const MOVES_PER_SECOND = (400_000 / 7.5 / 3_600) * 1.5;
/** More than come, so that the figure stands on something. */
const STOPS_PER_SECOND = 2;
/** Everybody who enters during the load, and who calls. */
const CALLER = { nameKanji: '負荷　花子', nameKana: 'フカ　ハナコ', birthDate: '19900401', sex: '2' };
const ENTERED_AT_ONCE = 20;
const STEP_TARGET_MS = 3_000;
const STOP_TARGET_MS = 5_000;
/** Percent an hour (CARD-4.12 Q9). */
const MOST_GROWTH = 1;

export interface PeakPlan {
  /** Part of the nation's peak that the presets, notices, moves and questions are. */
  readonly scale: number;
  /** Hand-overs under way at once, each of so many seconds. */
  readonly sessions: number;
  readonly sessionSeconds: number;
  readonly seconds: number;
  /** Presets over the plan, to saturate. */
  readonly presetFactor: number;
  readonly say: (text: string) => void;
}

export interface PeakResult {
  readonly good: boolean;
  readonly report: Readonly<Record<string, unknown>>;
}

const KINDS = ['preset', 'notice', 'handoverStep', 'stop', 'move', 'look'] as const;
type Measures = Readonly<Record<(typeof KINDS)[number], Latencies>>;

function freshMeasures(): Measures {
  return Object.fromEntries(KINDS.map((kind) => [kind, new Latencies()])) as Measures;
}

/** What the counters of a nation do in the worst hour, on cards of loaded residents; latencies from the intended start. */
export async function peak(estate: Estate, plan: PeakPlan): Promise<PeakResult> {
  const presets = PEAK_PER_SECOND * plan.scale * plan.presetFactor;
  const handovers = plan.sessions / plan.sessionSeconds;
  const count = (perSecond: number): number => Math.ceil(perSecond * plan.seconds) + 1;
  const client = new LoadClient(estate);
  const callers = count(STOPS_PER_SECOND);
  const before = new Desk(client, freshMeasures());
  for (let entered = 0; entered < callers; entered += ENTERED_AT_ONCE) await Promise.all(Array.from({ length: ENTERED_AT_ONCE }, () => before.move(performance.now())));
  const cards = await seedCards(estate.adminUrl, { received: count(presets), notified: count(handovers), active: callers });
  await widenConnections(estate, plan.sessions * 2);
  const measures = freshMeasures();
  const desk = new Desk(client, measures);
  const memory = new MemoryWatch(estate.processes);
  plan.say(`${presets.toFixed(2)} presets, ${handovers.toFixed(2)} hand-overs, ${STOPS_PER_SECOND} stops, ${(MOVES_PER_SECOND * plan.scale).toFixed(2)} moves a second for ${plan.seconds} s`);
  const loaded = { fromMs: performance.now() + plan.sessionSeconds * 1_000, toMs: performance.now() + plan.seconds * 1_000 };
  const endsAt = loaded.toMs;
  const [looker = { cardSerial: '', municipality: '990019' }] = cards.active;
  await Promise.all([
    arrive(presets, endsAt, (intended) => desk.prepare(next(cards.received), intended)),
    arrive(handovers, endsAt, (intended) => desk.handOver(next(cards.notified), intended, plan.sessionSeconds * 1_000)),
    arrive(STOPS_PER_SECOND, endsAt, (intended) => desk.stop(next(cards.active), intended)),
    arrive(MOVES_PER_SECOND * plan.scale, endsAt, (intended) => desk.move(intended)),
    arrive(PEAK_PER_SECOND * plan.scale * 2, endsAt, (intended) => desk.look(looker, intended)),
  ]);
  await client.close();
  return judge(measures, { ...(await findHarm(estate.adminUrl, desk.handedOver)), handedOver: desk.handedOver, memory: memory.stop(loaded) });
}

/** The towns of the load stand for the whole nation, with the connections of all of it (CARD-4.12 Q5). */
async function widenConnections(estate: Estate, most: number): Promise<void> {
  const api = new Api(estate.address);
  for (const code of FICTIONAL_MUNICIPALITIES) await api.bytes('PUT', `${API}/connection-budgets/${code}`, { as: 'operator-1', body: { most } });
}

function judge(measures: Measures, found: { readonly duplicates: number; readonly divergences: number; readonly handedOver: number; readonly memory: Readonly<Record<string, Watched>> }): PeakResult {
  const { handoverStep, stop } = measures;
  const growths = Object.values(found.memory).flatMap(({ resident, held }) => [resident.percentPerHour, held.percentPerHour]).filter((percent) => percent !== null);
  const targets = {
    'hand-over step p95 <= 3 s': handoverStep.percentile(0.95) <= STEP_TARGET_MS, 'no hand-over refused': handoverStep.failures === 0,
    'stop order p95 <= 5 s': stop.percentile(0.95) <= STOP_TARGET_MS, 'every stop order answered': stop.failures === 0,
    'memory grows by at most 1 % an hour': growths.length === 0 ? 'too short to tell' : growths.every((percent) => percent <= MOST_GROWTH),
    'nothing ended by itself': Object.values(found.memory).every(({ restarts }) => restarts === 0),
    'nothing doubled': found.duplicates === 0, 'nothing diverged': found.divergences === 0,
  };
  const latencies = Object.fromEntries(KINDS.map((kind) => [kind, measures[kind].report()]));
  return { good: Object.values(targets).every(Boolean), report: { latencies, ...found, targets } };
}

const session = z.object({ sessionId: z.uuid() });
const committed = z.object({ commitToken: z.string() });
/** What a counter does with the chip and sends in each step after the opening. */
const STEPS: readonly (readonly [string, (card: InvitedCard, sessionId: string) => object | Promise<object>])[] = [
  ['identity', () => ({ method: 'IN_PERSON', documents: ['DRIVING_LICENCE'], notificationCard: 'SURRENDERED' })],
  ['pins', () => ({ signPinSet: true, authPinSet: true, inputPinSet: true })],
  ['certificates', () => ({})],
  ['chip-written', async ({ chip, cardSerial }, sessionId) => ({ activationRecord: await activateFor(chip, cardSerial, sessionId) })],
  ['confirmation', () => ({})],
];

function next<Card>(cards: Card[]): Card {
  const card = cards.pop();
  if (card === undefined) throw new Error('more came than cards were seeded for');
  return card;
}

/** Bodies of fictional codes that nobody else has. */
const RESIDENTS = 10_000_000;

/** The counters, the call centre and the registers of the towns. */
class Desk {
  handedOver = 0;
  private lastSequence = Date.now();
  private lastResident = randomInt(RESIDENTS);

  constructor(
    private readonly client: LoadClient,
    private readonly measures: Measures,
  ) {}

  async prepare(card: SeededCard, intended: number): Promise<void> {
    const { cardSerial } = card;
    const done = await this.counter(card, `/cards/${cardSerial}/preset`, { intended, into: this.measures.preset, body: { terminalId: 'load-1', chipMatchesFace: true, wishSign: false, wishAuth: false } });
    if (done !== undefined) await this.counter(card, `/cards/${cardSerial}/notices`, { intended: performance.now(), into: this.measures.notice, body: {} });
  }

  /** A session: its steps are due at even times, whether the one before was answered or not. */
  async handOver(card: InvitedCard, intended: number, lastsMs: number): Promise<void> {
    const into = this.measures.handoverStep;
    const opened = session.safeParse(await this.counter(card, '/handover-sessions', { intended, into, body: { cardSerial: card.cardSerial, terminalId: `load-${card.cardSerial.slice(-4)}` } }));
    if (!opened.success) return;
    const { sessionId } = opened.data;
    for (const [index, [name, body]] of STEPS.entries()) {
      const due = intended + ((index + 1) * lastsMs) / (STEPS.length + 1);
      const written = await body(card, sessionId);
      await until(due);
      const answer = await this.counter(card, `/handover-sessions/${sessionId}/steps/${name}`, { intended: due, into, body: written });
      if (answer === undefined) return;
      if (committed.safeParse(answer).success) this.handedOver += 1;
    }
  }

  async stop({ cardSerial }: SeededCard, intended: number): Promise<void> {
    await this.client.send({ path: `${API}/stop-orders`, as: 'operator-1', purpose: 'CALL_CENTRE', intended, body: { cardSerial, channel: 'PHONE', facts: { nameKana: CALLER.nameKana, birthDate: CALLER.birthDate } } }, this.measures.stop);
  }

  /** The spring: somebody enters a town. */
  async move(intended: number): Promise<void> {
    const residentCode = ResidentCode.fromBody(`998${String((this.lastResident += 1) % RESIDENTS).padStart(7, '0')}`).reveal();
    const body = {
      municipalSeq: (this.lastSequence += 1), residentCode, personSeq: 1, changeReason: CALLERS_REASON, changeDate: today(), ...CALLER,
      address: '架空県試験市見本町三丁目１番１号', postalCode: '9990001', municipalityCode: '990019',
    };
    await this.client.send({ path: '/api/juki-net/v1/change-notices', as: 'municipality-990019', purpose: 'RESIDENT_REGISTER', intended, body }, this.measures.move);
  }

  async look(card: SeededCard, intended: number): Promise<void> {
    await this.counter(card, `/cards?municipalityCode=${card.municipality}&limit=20`, { intended, into: this.measures.look, method: 'GET' });
  }

  private counter({ municipality }: SeededCard, path: string, { into, ...command }: Omit<Command, 'path' | 'as'> & { readonly into: Latencies }): Promise<unknown> {
    return this.client.send({ ...command, path: `${API}${path}`, as: `municipality-${municipality}`, purpose: 'CARD_HANDOVER' }, into);
  }
}
