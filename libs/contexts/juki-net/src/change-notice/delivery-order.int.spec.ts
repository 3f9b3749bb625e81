import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { resolveCodes } from '#contracts/juki-net';
import { ResidentCode } from '#kernel';
import { connectStreams, parseCloudEvent, Peers, type Actor, type CloudEvent } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { jukiNetModule } from '#contexts/juki-net';
import { INTAKE_COLUMNS, type IntakeRow } from './intake-row.js';
import { Life, SLOTS, worlds, type Journey, type TrueNotice, type World } from './lives.fixture.js';

const town = (organisation: string): Actor => ({ clientId: `municipality-${organisation}`, kind: 'municipality', organisation });
const operator: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: 'o-1' };
const API = '/api/juki-net/v1';
const REGISTER = 'RESIDENT_REGISTER';
/** Rounds in which municipalities send again what the register has not: each change of code may need one. */
const MOST_ROUNDS = 15;

let estate: TestEstate;
let peers: Peers;
let streams: Awaited<ReturnType<typeof connectStreams>>;
const events = new Map<string, number[]>();
function hear(event: CloudEvent): void {
  const { personKey, factVersion } = z.object({ personKey: z.string(), factVersion: z.number() }).parse(event.data);
  events.set(personKey, [...(events.get(personKey) ?? []), factVersion]);
}
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2016-01-20T01:00:00Z') });
  peers = new Peers(estate.config, { token: () => estate.token({ clientId: 'svc-numbering', kind: 'service', organisation: 'numbering' }) });
  streams = await connectStreams(estate.natsUrl, 'delivery order spec');
  streams.connection.subscribe('kiban.juki-net.resident.>', { callback: (_error, message) => hear(parseCloudEvent(message.string())) });
});
afterAll(async () => {
  peers.close();
  await streams.connection.close();
  await estate.stop();
});

let serials = 0;
/** A person of a world: the life, its codes in turn, and how many changes of code the register has taken. */
class Told {
  private readonly serial = (serials += 1);
  changes = 0;
  constructor(readonly life: Life) {}

  code(change: number): string {
    return ResidentCode.fromBody(`99${String(this.serial * 20 + change).padStart(8, '0')}`).reveal();
  }

  get codes(): string[] {
    return Array.from({ length: this.life.codes + 1 }, (_, change) => this.code(change));
  }
}
interface Item { readonly person: Told; readonly notice: TrueNotice; readonly journey: Journey; readonly municipalSeq: number }

const compact = (day: string): string => day.replaceAll('-', '');
function rowOf({ person, notice, municipalSeq }: Item, change: number): IntakeRow {
  const { municipality, personSeq, reason, date, previous, name, address } = notice;
  return {
    municipalSeq: String(municipalSeq), residentCode: person.code(change), personSeq: String(personSeq), changeReason: reason, changeDate: compact(date), nameKanji: name, nameKana: 'ミホン　タロウ', aliasName: '',
    birthDate: '19800101', sex: '1', address, townCode: '', postalCode: '', municipalityCode: municipality, previousMunicipalityCode: previous,
  };
}

const told = z.looseObject({ state: z.string().optional(), code: z.string().optional() });
/** Takes a world to the register by its ways; what a single notice was answered must fit what was answered before. */
class Delivery {
  private readonly applied = new Set<string>();
  private readonly pointing = new Set<Told>();
  constructor(private readonly world: World, private readonly items: readonly Item[]) {}

  async run(): Promise<void> {
    for (let slot = 0; slot < SLOTS; slot += 1) {
      for (const person of this.pointed(slot)) await this.point(person);
      const due = this.items.flatMap((item) => {
        const { slot: first, again, stale } = item.journey;
        const change = item.notice.codes;
        const times = [...(first === slot ? [stale && change > 0 && item.notice.personSeq > 1 ? change - 1 : change] : []), ...(again === slot ? [change] : [])];
        return times.map((sent) => ({ item, change: sent }));
      }).sort((a, b) => a.item.journey.place - b.item.journey.place);
      await this.send(due, this.world.files[slot] ?? false);
    }
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const missing = await this.missing();
      if (missing.length === 0) return;
      await this.send(missing.map((item) => ({ item, change: Math.max(item.notice.codes, item.person.changes) })), round % 2 === 1);
    }
    throw new Error('what the register has not cannot be sent');
  }

  /** Whose move-out is notified in a slot: as the first of their notices travels. */
  private pointed(slot: number): Told[] {
    const persons = [...new Set(this.items.map((item) => item.person))];
    return persons.filter((person) => this.items.find((item) => item.person === person)?.journey.again === slot);
  }

  /** The move-out is notified at the counter (転出届), before or after the move-ins that it decides between; once is enough. */
  private async point(person: Told): Promise<boolean> {
    const { pointer } = person.life;
    if (pointer === undefined || this.pointing.has(person)) return true;
    const { status } = await estate.request('POST', `${API}/transfers`, {
      as: town(pointer.municipality), purpose: REGISTER, body: { residentCode: person.code(person.changes), to: pointer.to, plannedOn: pointer.plannedOn, route: 'PAPER' },
    });
    if (status === 201) this.pointing.add(person);
    return status === 201;
  }

  private async send(due: readonly { item: Item; change: number }[], byFile: boolean): Promise<void> {
    for (const municipality of this.world.municipalities) {
      const rows: IntakeRow[] = [];
      for (const { item, change } of due.filter(({ item: { notice } }) => notice.municipality === municipality)) {
        if (item.notice.reason === '40') await this.changeCode(item);
        // Whoever has left notifies no more.
        else if (isPointed(item) && !(await this.point(item.person))) continue;
        else if (awaitsCode(item, change)) continue;
        else if (byFile) rows.push(rowOf(item, change));
        else await this.sendOne(municipality, rowOf(item, change));
      }
      if (rows.length > 0) await sendFile(municipality, rows);
    }
  }

  /** V5: what was taken in before is acknowledged again, also after the code has changed. */
  private async sendOne(municipality: string, row: IntakeRow): Promise<void> {
    const answer = told.parse((await estate.request('POST', `${API}/change-notices`, { as: town(municipality), purpose: REGISTER, body: row })).json);
    const key = JSON.stringify(row);
    if (this.applied.has(key)) expect(answer).toMatchObject({ repeated: true });
    if (answer.state === 'APPLIED') this.applied.add(key);
  }

  private async changeCode({ person, notice, municipalSeq }: Item): Promise<void> {
    const { status, json } = await estate.request('POST', `${API}/code-changes`, {
      as: town(notice.municipality), purpose: REGISTER,
      body: {
        municipalSeq, personSeq: notice.personSeq, formerResidentCode: person.code(notice.codes), residentCode: person.code(notice.codes + 1), changeReason: '40', changeDate: notice.date,
        municipalityCode: notice.municipality,
      },
    });
    if (status < 300) person.changes = Math.max(person.changes, notice.codes + 1);
    else expect(told.parse(json).code).toMatch(/^(RESIDENT_UNKNOWN|SEQ_GAP|RECORD_CLOSED|CODE_IN_USE)$/);
  }

  /** What was never sent or was rejected on its way. */
  private async missing(): Promise<Item[]> {
    const arrived = new Set<string>();
    for (const person of new Set(this.items.map((item) => item.person))) {
      for (const notice of await noticesOf(person)) arrived.add(`${person.code(0)} ${notice.at}`);
    }
    return this.items.filter(({ person, notice }) => !arrived.has(`${person.code(0)} ${notice.municipality}/${notice.personSeq}`));
  }
}

/** Only a move-in names whose code it carries: another first entry is not before the register has that code (else the change stays CODE_IN_USE). */
function awaitsCode({ person, notice }: Item, change: number): boolean {
  return notice.personSeq === 1 && notice.reason !== '11' && change > person.changes;
}

function isPointed({ person: { life: { pointer } }, notice }: Item): boolean {
  return notice.reason === '21' && notice.municipality === pointer?.municipality && notice.date === pointer.plannedOn;
}

async function sendFile(municipality: string, rows: readonly IntakeRow[]): Promise<void> {
  const lines = [INTAKE_COLUMNS.join(','), ...rows.map((row) => INTAKE_COLUMNS.map((column) => row[column] ?? '').join(','))];
  const answer = await estate.request('POST', `${API}/notice-files?municipalityCode=${municipality}`, {
    as: town(municipality), purpose: REGISTER, body: Buffer.from(lines.join('\r\n')), headers: { 'content-type': 'text/csv' },
  });
  const { fileId } = z.object({ fileId: z.uuid() }).parse(answer.json);
  await estate.eventually(async () => {
    const { json } = await estate.request('GET', `${API}/notice-files/${fileId}`, { as: town(municipality), purpose: REGISTER });
    return told.parse(json).state === 'COMPLETED';
  });
}

async function keysOf(person: Told): Promise<{ personKey: string; superseded: boolean }[]> {
  const { entries } = await peers.call(resolveCodes, { correlationId: 'delivery-order', purpose: 'NUMBER_DESIGNATION' }, { residentCodes: person.codes });
  return entries.map(({ personKey, superseded }) => ({ personKey, superseded }));
}

/** Notices in the register under any code of the person; what waits under a code that is not yet the person's has no key to ask by. */
async function noticesOf(person: Told): Promise<{ at: string; state: string }[]> {
  const keys = (await keysOf(person)).map(({ personKey }) => personKey).filter((key) => key !== '');
  return estate.sql(
    "SELECT municipality_code || '/' || person_seq AS at, state FROM juki_net.change_notice WHERE person_key = ANY($1::uuid[]) AND state <> 'REJECTED' ORDER BY municipality_code, person_seq", keys,
  );
}

async function registered(person: Told): Promise<unknown> {
  const keys = await keysOf(person);
  const [personKey = ''] = keys.map((key) => key.personKey);
  const [row] = await estate.sql(
    `SELECT fact_version AS version, status, next_status AS next, next_status_on::text AS "nextOn", municipality_code AS municipality, stay, changed_on::text AS "changedOn", change_reason AS reason
     FROM juki_net.person WHERE person_key = $1`, personKey,
  );
  const { version, ...state } = z.looseObject({ version: z.number() }).parse(row);
  const stays = await estate.sql(
    `SELECT municipality_code AS municipality, stay, state, quarantined, entry_reason AS "entryReason", entry_date::text AS "entryDate", closed_reason AS "closedReason", closed_date::text AS "closedDate",
       name_kanji AS name, address FROM juki_net.segment WHERE person_key = $1 ORDER BY municipality_code, stay`, personKey,
  );
  const heard = await estate.eventually(async () => (events.get(personKey)?.length ?? 0) >= version && events.get(personKey));
  expect(heard).toEqual(Array.from({ length: version }, (_, at) => at + 1));
  const notices = await noticesOf(person);
  return { ...state, stays, codes: keys.map((key) => [key.personKey === personKey, key.superseded]), notices: notices.map(({ at, state: is }) => [at, is === 'QUARANTINED' ? 'APPLIED' : is]) };
}

function expected({ life, codes }: Told): unknown {
  const { status, next, place, changed, stays, notices } = life;
  const byPlace = (a: { municipality: string }, b: { municipality: string }): number => (a.municipality < b.municipality ? -1 : Number(a.municipality > b.municipality));
  return {
    status, next: next?.status ?? null, nextOn: next?.on ?? null, ...place, changedOn: changed?.date, reason: changed?.reason,
    stays: stays.map((stay) => ({ ...stay })).sort((a, b) => byPlace(a, b) || a.stay - b.stay), codes: codes.map((_, at) => [true, at < codes.length - 1]),
    // An entry of the dead is QUARANTINED if the death was known when it came, else its stay alone is: both have taken effect.
    notices: [...notices].sort((a, b) => byPlace(a, b) || a.personSeq - b.personSeq).map(({ municipality, personSeq }) => [`${municipality}/${personSeq}`, 'APPLIED']),
  };
}

const moves: string[] = [];
let delivered = 0;
/** However slow the machine: what comes later is passed over. */
let enough = 0;
async function deliver(world: World): Promise<void> {
  if (performance.now() > enough) return;
  const persons = world.lives.map((steps) => new Told(new Life(world.municipalities, steps)));
  const parts = persons.flatMap((person) => person.life.notices.map((notice) => ({ person, notice })));
  const items = parts.flatMap((part, at) => {
    const journey = world.journeys[at % world.journeys.length];
    return journey === undefined ? [] : [{ ...part, journey, municipalSeq: at + 1 }];
  });
  await new Delivery(world, items).run();
  for (const person of persons) expect(await registered(person)).toEqual(expected(person));
  moves.push(...persons.flatMap(({ life }) => life.moves));
  delivered += 1;
}

describe('JUKI-4.5 the register is what the lives were, in whatever order it was told', () => {
  it('late, doubled, crossing, out of sequence, with the former code, singly and by files (property)', async () => {
    enough = performance.now() + 30_000;
    await fc.assert(fc.asyncProperty(worlds, deliver), { seed: 20151005, numRuns: 40 });
    expect(delivered).toBeGreaterThan(0);
    expect(await estate.sql('SELECT 1 FROM juki_net.notice_file WHERE held <> 0 OR rows <> applied + repeated + quarantined + rejected')).toEqual([]);
  }, 120_000);

  it('JUKI-4.10 and so are the statistics of all of them', async () => {
    estate.clock.set(new Date('2016-02-10T01:00:00Z'));
    const make = (): Promise<Answer> => estate.request('POST', `${API}/statistics-extracts`, { as: operator, purpose: 'MIGRATION_STATISTICS', body: { month: '2016-01' } });
    const { extractId } = z.object({ extractId: z.uuid() }).parse((await make()).json);
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.statistics_extract WHERE extract_id = $1 AND state = 'COMPLETED'", extractId)).length > 0);
    const rows = await estate.sql<{ line: string }>(
      "SELECT concat_ws(',', kind, municipality_code, previous_municipality_code, reason, move_month, sign) AS line FROM juki_net.statistics_row WHERE extract_id = $1", extractId,
    );
    expect(rows.map(({ line }) => line).sort()).toEqual([...moves].sort());
  });
});
