import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { csvLine, toMunicipalityCode } from '#kernel';
import { freePort } from '#testing/servers';
import { ExchangeParty } from '#testing';
import { openEstate, type Estate, type Progress } from '../../tools/start/estate.js';
import { loadPopulation, sendNoticeFile } from '../../tools/start/population.js';
import { startSettings } from '../../tools/start/settings.js';
import { Api } from '../../tools/walk/api.js';
import { inspectStored, type Finding } from './checks.js';
import { noticeFile, peopleOf, TOWN, type Person } from './depth-people.js';
import { copied, holdStandby, openExport, promoteAt, promoteWhole, received, sealExport, sql, startDelayed, startSite, value, type Site } from './standby-copies.js';
import { Ctl } from './standby-ctl.js';
import { Custodians } from './standby-custody.js';

export interface StandbyOptions {
  readonly folder: string;
  /** People who are numbered at each stage. */
  readonly size: number;
  readonly progress: Progress;
}

/** How long each step took: their sum is held against the hour. */
export interface StandbyResult {
  readonly seconds: Readonly<Record<string, number>>;
  readonly numbers: number;
  readonly findings: readonly Finding[];
}

const PORTS = ['KIBAN_PORT', 'KIBAN_GRPC_PORT', 'KIBAN_NATS_PORT'];
const LEDGER = 'SELECT count(*)::int FROM numbering.number_ledger';
const SHARES = "to_regclass('numbering.key_share') IS NOT NULL";
const COLUMNS = ['lineNo', 'number', 'residentCode', 'municipalityCode', 'requestId', 'assignmentId', 'generatedAt', 'seq', 'state'];
const ledger = z.looseObject({ state: z.string(), drawn: z.number(), missing: z.number() });
const numbered = z.looseObject({ number: z.string(), assignmentId: z.uuid() });
const listed = z.looseObject({ listId: z.uuid(), lines: z.number() });
const proposed = z.looseObject({ catchUpId: z.uuid(), sha256: z.string() });

/** What the town was told of a number. */
interface Receipt extends z.output<typeof numbered> {
  readonly person: Person;
  readonly at: string;
}

/** The quarterly drill of NUM-4.4: see operations, copies of numbering's database. Throws at the first step that is not as it must be. */
export class StandbyDrill {
  private readonly undo: (() => Promise<void>)[] = [];
  private readonly seconds: Record<string, number> = {};
  private readonly data: string;
  private readonly safe: string;
  private readonly archive: string;
  private readonly ctl: Ctl;
  private readonly people: { readonly first: Person[]; readonly delayed: Person[]; readonly late: Person[]; readonly next: Person[] };

  constructor(private readonly options: StandbyOptions) {
    const place = (name: string): string => join(options.folder, name);
    [this.data, this.safe, this.archive] = [place('estate'), place('safe'), place('archive')];
    this.ctl = new Ctl(this.data);
    const all = peopleOf(1, 4 * options.size);
    const stage = (at: number): Person[] => all.slice(at * options.size, (at + 1) * options.size);
    this.people = { first: stage(0), delayed: stage(1), late: stage(2), next: stage(3) };
  }

  async run(): Promise<StandbyResult> {
    try {
      return await this.steps();
    } finally {
      for (const step of this.undo.reverse()) await step().catch(() => undefined);
    }
  }

  private async steps(): Promise<StandbyResult> {
    const { folder, size } = this.options;
    const place = (name: string): string => join(folder, name);
    const primary = await this.kept(startSite(place('primary')));
    const estate = await this.step('the estate', () => this.open(this.data, primary));
    const { custodians, first } = await this.step('people, the ceremony of the key, its five shares', () => this.prepare(estate));
    const known = (await value<number>(primary, LEDGER)) ?? 0;
    const standby = await this.step('the delayed standby', async () => this.kept(startDelayed(primary, place('delayed'))));
    const since = new Date().toISOString();
    const delayed = await this.step('numbers within the delay', () => this.number(estate, this.people.delayed));
    const sealed = await this.step('the sealed export', () => this.seal(primary));
    const before = (await value<string>(primary, "to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US+00')")) ?? '';
    const late = await this.step('a table dropped by mistake, and numbers after it', async () => {
      await sql(primary, 'DROP TABLE numbering.key_share');
      return this.number(estate, this.people.late);
    });
    await received(primary, standby);
    same('numbers that the standby has applied', await value(standby, LEDGER), known);
    same('numbers of the primary', await value(primary, LEDGER), known + 2 * size);
    const heir = await this.step('the first site lost, the standby promoted', async () => {
      await this.lose(estate, primary);
      return this.promote(standby, { known, before });
    });
    const restored = await this.step('the estate on the standby, the keys from the safe', async () => {
      cpSync(this.safe, join(this.data, 'keys'), { recursive: true });
      await sql(heir, "UPDATE numbering.key_ceremony SET sealed_key = '\\x00' WHERE state = 'KEY_ACTIVE'");
      return this.open(this.data, heir);
    });
    same('the ledger', await this.ledger(), `BEHIND, ${2 * size} missing`);
    await this.step('the key put back from three shares', () => this.restoreKey(custodians));
    const list = await this.step('the list of the export', () => this.listOfExport(sealed, since));
    await this.step('caught up', async () => {
      same('the ledger after the list of the export', await this.takeIn(restored, 'DELAYED_REPLICA', list), `BEHIND, ${size} missing`);
      same('the ledger after the receipts', await this.takeIn(restored, 'MUNICIPAL_RECEIPTS', this.receipts(late)), 'OPEN, 0 missing');
    });
    const numbers = await this.step('the same numbers, new ones, every proof', () => this.prove(restored, [...first, ...delayed, ...late]));
    same('numbers in the ledger', await value(heir, LEDGER), known + 3 * size);
    return { seconds: this.seconds, numbers, findings: await inspectStored(restored) };
  }

  private async step<T>(what: string, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    const result = await this.options.progress.phase(what, work);
    this.seconds[what] = Number(((performance.now() - started) / 1_000).toFixed(1));
    return result;
  }

  private async kept(starting: Promise<Site>): Promise<Site> {
    const site = await starting;
    this.undo.push(() => site.stop());
    return site;
  }

  private async open(data: string, site: Site): Promise<Estate> {
    const env: Record<string, string> = { KIBAN_DATA: data, DATABASE_URL: site.adminUrl };
    for (const name of PORTS) env[name] = String(await freePort());
    const settings = startSettings([], env);
    if (settings === undefined) throw new Error('the drill needs an estate');
    const estate = await openEstate(settings, { ...quiet, ended: (end) => this.options.progress.ended(end) });
    this.undo.push(() => estate.stop());
    return estate;
  }

  private async prepare(estate: Estate): Promise<{ custodians: Custodians; first: Receipt[] }> {
    await loadPopulation(estate, 10, quiet);
    const everybody = Object.values(this.people).flat();
    await sendNoticeFile(new Api(estate.address), toMunicipalityCode(TOWN), noticeFile(everybody));
    const folder = join(this.options.folder, 'officers');
    mkdirSync(folder);
    const custodians = await Custodians.hold(new Api(estate.address), this.ctl, folder);
    const first = await this.number(estate, this.people.first);
    cpSync(join(this.data, 'keys'), this.safe, { recursive: true });
    return { custodians, first };
  }

  private async number({ address }: Estate, people: readonly Person[]): Promise<Receipt[]> {
    const api = new Api(address);
    const told: Receipt[] = [];
    for (const person of people) {
      told.push({ ...(await api.call('POST', '/api/numbering/v1/requests', { as: `municipality-${TOWN}`, purpose: 'NUMBER_DESIGNATION', body: requestOf(person) }, numbered)), person, at: new Date().toISOString() });
    }
    return told;
  }

  private async seal(primary: Site): Promise<string> {
    mkdirSync(this.archive);
    const { key, registration } = await ExchangeParty.create(9n);
    writeFileSync(join(this.archive, 'archive.pem'), registration.certificate);
    writeFileSync(join(this.archive, 'archive.key'), key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    return sealExport(primary, { folder: this.archive, certificate: join(this.archive, 'archive.pem') });
  }

  /** SIGKILL to every process, and nothing left of the database and the key store. */
  private async lose(estate: Estate, primary: Site): Promise<void> {
    for (const { pid } of [...estate.processes, ...estate.servers]) kill(pid());
    await primary.kill();
    await estate.stop();
    for (const path of [primary.folder, join(this.data, 'keys')]) rmSync(path, { recursive: true });
  }

  /** The same standby three times: with all that it had received, as before the mistake, and as it had applied. */
  private async promote(standby: Site, { known, before }: { readonly known: number; readonly before: string }): Promise<Site> {
    const { folder, size } = this.options;
    const applied = await holdStandby(standby);
    const [all, earlier] = ['all', 'earlier'].map((name) => copied(standby.folder, join(folder, name))) as [string, string];
    const whole = await promoteWhole(all);
    same('promoted whole: numbers, shares', await stateOf(whole), [known + 2 * size, false].join());
    await whole.stop();
    const unharmed = await promoteAt(earlier, 'time', before);
    same('promoted before the mistake: numbers, shares', await stateOf(unharmed), [known + size, true].join());
    await unharmed.stop();
    const heir = await this.kept(promoteAt(standby.folder, 'lsn', applied));
    same('promoted as applied: numbers, shares', await stateOf(heir), [known, true].join());
    return heir;
  }

  private async ledger(): Promise<string> {
    const { state, missing } = await this.ctl.run(['ledger', 'show'], ledger);
    return `${state}, ${missing} missing`;
  }

  /** What a request for a number is refused with. */
  private async refusal(): Promise<unknown> {
    const [person] = this.people.next;
    const file = join(this.options.folder, 'request.json');
    writeFileSync(file, JSON.stringify(person === undefined ? {} : requestOf(person)));
    const answer = await this.ctl.tried(['call', 'POST', '/api/numbering/v1/requests', '--as', `municipality-${TOWN}`, '--purpose', 'NUMBER_DESIGNATION', '--body', file], z.unknown());
    return typeof answer === 'string' ? answer : 'a number';
  }

  /** One officer's share given by another is refused, two shares restore nothing, the third restores (NUM-4.9). */
  private async restoreKey(custodians: Custodians): Promise<void> {
    same('a request without the key', await this.refusal(), 'KEY_NOT_ACTIVE');
    same('the first share', await custodians.give(this.ctl, 1), null);
    same("an officer gives another's share", await custodians.give(this.ctl, 2, 1), 'SHARE_FAULT');
    same('the second share', await custodians.give(this.ctl, 4), null);
    same('a request after two shares', await this.refusal(), 'KEY_NOT_ACTIVE');
    await custodians.give(this.ctl, 5);
    same('the third share', (await custodians.outcomes(this.ctl)).filter((outcome) => outcome !== null).join(), 'RESTORED');
    same('a request with the key', await this.refusal(), 'LEDGER_BEHIND');
  }

  /** Numbering on the opened export alone tells two officers what was drawn since the standby stood still. */
  private async listOfExport(sealed: string, since: string): Promise<string> {
    const data = join(this.options.folder, 'opened-estate');
    const site = await openExport(sealed, join(this.archive, 'archive.key'), join(this.options.folder, 'opened'));
    this.undo.push(() => site.stop());
    mkdirSync(data);
    cpSync(this.safe, join(data, 'keys'), { recursive: true });
    cpSync(join(this.data, 'secrets', 'database.secret'), join(data, 'secrets', 'database.secret'));
    const estate = await this.open(data, site);
    const ctl = new Ctl(data);
    const { listId, lines } = await ctl.run(['ledger', 'ask-list', '--since', since, '--reason', '四半期の訓練', '--as', 'officer-1'], listed);
    same('lines of the list', lines, this.options.size);
    const file = join(this.archive, 'missing.csv');
    await ctl.run(['ledger', 'fetch-list', listId, '--out', file, '--as', 'officer-2'], z.unknown());
    await estate.stop();
    await site.stop();
    return file;
  }

  private receipts(told: readonly Receipt[]): string {
    const file = join(this.archive, 'receipts.csv');
    const lines = told.map(({ person, number, at }, line) => csvLine([String(line + 1), number, person.residentCode, TOWN, requestOf(person).requestId, '', at, '', '']));
    writeFileSync(file, [csvLine(COLUMNS), ...lines].join(''));
    return file;
  }

  /** One officer sends, another confirms; the estate is killed while the list is taken in. */
  private async takeIn(estate: Estate, source: string, file: string): Promise<string> {
    const { catchUpId, sha256 } = await this.ctl.run(['ledger', 'send-list', '--source', source, '--file', file, '--as', 'officer-1'], proposed);
    const confirm = (officer: number) => this.ctl.tried(['ledger', 'confirm-list', catchUpId, '--sha256', sha256, '--as', `officer-${officer}`], z.unknown());
    same('a list confirmed by who sent it', await confirm(1), 'SAME_OFFICER');
    const confirming = confirm(2);
    await sleep(Math.random() * 1_500);
    kill(estate.processes.find(({ name }) => name === 'all')?.pid());
    await confirming;
    return this.ledger();
  }

  /** How many numbers were compared. */
  private async prove(estate: Estate, told: readonly Receipt[]): Promise<number> {
    const again = await this.number(estate, told.map(({ person }) => person));
    same('numbers that were drawn before', again.map(({ number }) => number).join(), told.map(({ number }) => number).join());
    const fresh = await this.number(estate, this.people.next);
    same('different numbers', new Set([...told, ...fresh].map(({ number }) => number)).size, told.length + fresh.length);
    await this.ctl.run(['uniqueness', 'start', '--wait'], z.unknown());
    const [run] = await this.ctl.run(['uniqueness', 'list'], z.array(z.looseObject({ state: z.string() })));
    same('the latest proof that no number stands twice', run?.state, 'CLEAN');
    await this.ctl.run(['audit', 'verify'], z.unknown());
    return told.length + fresh.length;
  }
}

const quiet: Progress = { phase: (_what, work) => work(() => undefined), ended: () => undefined, restarted: () => undefined };

function requestOf({ residentCode }: Person): { requestId: string; municipalityCode: string; residentCode: string; kind: 'NEW' } {
  return { requestId: `drill-${residentCode}`, municipalityCode: TOWN, residentCode, kind: 'NEW' };
}

async function stateOf(site: Site): Promise<string> {
  return [await value(site, LEDGER), await value(site, SHARES)].join();
}

function kill(pid: number | undefined): void {
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
}

function same(what: string, found: unknown, wanted: unknown): void {
  if (found !== wanted) throw new Error(`${what}: ${String(found)} instead of ${String(wanted)}`);
}
