import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { until } from '../../tools/walk/api.js';
import type { Estate } from '../../tools/start/estate.js';
import { seeded } from './campaign.js';
import { inspect, type Finding } from './checks.js';
import { brokenLaws, idlePlaces, untruths } from './training-checks.js';
import { People, type Told } from './training-people.js';

export interface TrainingOptions {
  readonly applicants: number;
  readonly places: number;
  /** Applications, cancellations and acceptances at random after the rush. */
  readonly operations: number;
  readonly kills: number;
  readonly seed: number;
  readonly say: (text: string) => void;
}

export interface TrainingResult {
  readonly applicants: number;
  readonly rushSeconds: number;
  readonly heard: Readonly<Record<string, number>>;
  readonly operations: number;
  readonly refused: Readonly<Record<string, number>>;
  /** How often the laws were looked at while all this went on. */
  readonly looks: number;
  readonly kills: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
}

/** At once, as when a window opens. */
const RUSHING = 250;
const STORMING = 24;
const LOOK_EVERY_MS = 250;
const KILL_EVERY_MS = 4_000;

/**
 * TRN-4.4 as a proof: everybody applies for a few places at once, through all processes of training, while processes and servers are killed; then
 * people apply, give up and accept at random, and more is killed. The laws are looked at all the time, and in the end what everybody heard.
 */
export async function trainingCampaign(estate: Estate, options: TrainingOptions): Promise<TrainingResult> {
  const pool = new pg.Pool({ connectionString: estate.adminUrl, max: 2 });
  pool.on('error', () => undefined);
  const people = new People(estate);
  const session = await people.openSession(options.places, options.applicants + options.operations);
  const storm = new Storm(people, session, options);
  const over = new AbortController();
  const watching = watch(pool, over.signal);
  const killing = kill(estate, { random: seeded(options.seed), kills: options.kills, over: over.signal });
  try {
    const started = performance.now();
    await storm.rush();
    const rushSeconds = (performance.now() - started) / 1_000;
    const heard = counted(storm.all().map(({ state }) => state));
    options.say(`rush: ${options.applicants} applicants in ${rushSeconds.toFixed(1)} s, ${JSON.stringify(heard)}`);
    const findings = [...rushFindings(storm.all(), options), ...(await untilAnswered(() => untruths(pool, session, storm.all())))];
    await storm.storm();
    over.abort();
    const { looks, broken } = await watching;
    const kills = await killing;
    options.say(`storm: ${options.operations} operations, kills ${JSON.stringify(kills)}, ${looks} looks at the laws`);
    await sleep(2_000);
    findings.push(...broken, ...(await brokenLaws(pool)), ...(await idlePlaces(pool)), ...(await untruths(pool, session, storm.all())), ...(await inspect(estate)));
    return { applicants: options.applicants, rushSeconds, heard, operations: options.operations, refused: storm.refused, looks, kills, findings };
  } finally {
    over.abort();
    await pool.end();
  }
}

class Storm {
  readonly refused: Record<string, number> = {};
  private readonly told = new Map<string, Told>();
  private readonly random: () => number;
  private persons = 0;

  constructor(private readonly people: People, private readonly session: string, private readonly options: TrainingOptions) {
    this.random = seeded(options.seed + 1);
  }

  all(): Told[] {
    return [...this.told.values()];
  }

  /** Everybody once, each of another body. */
  async rush(): Promise<void> {
    await inTurns(this.options.applicants, RUSHING, () => this.apply());
  }

  async storm(): Promise<void> {
    await inTurns(this.options.operations, STORMING, () => this.operate());
  }

  private async apply(): Promise<void> {
    const person = this.persons;
    this.persons += 1;
    const answer = await this.people.apply(this.session, person, person);
    if ('refused' in answer) this.count(answer.refused);
    else this.told.set(answer.enrolmentId, answer);
  }

  private async operate(): Promise<void> {
    const live = this.all().filter(({ state }) => state === 'ADMITTED' || state === 'WAITLISTED');
    const admitted = live.filter(({ state }) => state === 'ADMITTED');
    const choice = this.random();
    const one = choice < 0.4 ? this.pick(admitted) : this.pick(live);
    if (choice > 0.8 || one === undefined) return this.apply();
    if (one.state === 'ADMITTED') return this.step(one, 'declining');
    return this.step(one, choice < 0.65 ? 'acceptance' : 'withdrawal');
  }

  /** Who heard that he waits may hold an offer by now: then he cannot withdraw any more, but decline. */
  private async step(one: Told, what: 'acceptance' | 'declining' | 'withdrawal'): Promise<void> {
    this.told.delete(one.enrolmentId);
    const answer = await this.people.step(one.enrolmentId, what);
    if ('refused' in answer) this.count(`${what} ${answer.refused}`);
    this.told.set(one.enrolmentId, 'refused' in answer ? one : { ...one, state: answer.state });
  }

  private pick(from: readonly Told[]): Told | undefined {
    return from[Math.floor(this.random() * from.length)];
  }

  private count(refusal: string): void {
    this.refused[refusal] = (this.refused[refusal] ?? 0) + 1;
  }
}

/** Exactly the places were given, and everybody else has his own rank. */
function rushFindings(told: readonly Told[], { applicants, places }: TrainingOptions): Finding[] {
  const ranks = told.flatMap(({ waitingRank }) => waitingRank ?? []).sort((a, b) => a - b);
  const isWhole = ranks.length === applicants - places && ranks.every((rank, index) => rank === index + 1);
  const admitted = told.filter(({ state }) => state === 'ADMITTED').length;
  return [
    ...(admitted === places ? [] : [{ check: 'as many admitted as places', fault: `${admitted} of ${places}` }]),
    ...(isWhole ? [] : [{ check: 'waiting ranks 1 to the last', fault: `${ranks.length} ranks up to ${ranks.at(-1)}` }]),
  ];
}

function counted(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

async function inTurns(times: number, atOnce: number, work: () => Promise<void>): Promise<void> {
  let left = times;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await work();
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, times) }, worker));
}

/** Looks at the laws again and again; a database that is down now has nothing to show. */
async function watch(pool: pg.Pool, over: AbortSignal): Promise<{ looks: number; broken: Finding[] }> {
  const broken: Finding[] = [];
  let looks = 0;
  while (!over.aborted) {
    const found = await brokenLaws(pool).catch(() => undefined);
    if (found !== undefined) looks += 1;
    broken.push(...(found ?? []));
    await sleep(LOOK_EVERY_MS, undefined, { signal: over }).catch(() => undefined);
  }
  return { looks, broken };
}

function untilAnswered<T>(look: () => Promise<T>): Promise<T> {
  return until('an answer of the database', () => look().catch(() => undefined));
}

/** Kills a process of training or a server now and then, when what was killed before is up again. */
async function kill(estate: Estate, { random, kills, over }: { readonly random: () => number; readonly kills: number; readonly over: AbortSignal }): Promise<Record<string, number>> {
  const names: string[] = [];
  const targets = [...estate.processes.filter(({ name }) => /^(training|all)\b/.test(name)).map((process) => ({ name: process.name, pid: () => process.pid() })), ...estate.servers];
  while (names.length < kills && !over.aborted) {
    await sleep(KILL_EVERY_MS * (0.5 + random()), undefined, { signal: over }).catch(() => undefined);
    const target = targets[Math.floor(random() * targets.length)];
    const pid = target?.pid();
    const isUp = await fetch(`${estate.address.gateway}/health/ready`, { signal: AbortSignal.timeout(2_000) }).then((answer) => answer.ok, () => false);
    if (over.aborted || target === undefined || pid === undefined || !isUp) continue;
    try {
      process.kill(pid, 'SIGKILL');
      names.push(target.name);
    } catch {
      // It had ended in the meantime.
    }
  }
  return counted(names);
}
