import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { resolveCodes } from '#contracts/juki-net';
import { addDays, ResidentCode, startOfDayInJapan } from '#kernel';
import { connectStreams, parseCloudEvent, Peers, type Actor, type CloudEvent } from '#platform';
import { startEstate, type TestEstate } from '#testing';
import { jukiNetModule } from '#contexts/juki-net';
import { INTAKE_COLUMNS, type IntakeRow } from './intake-row.js';
import { Life, PLANNED_DAY, SLOTS, STEPS, worlds, type Journey, type Step, type TrueNotice, type World } from './lives.fixture.js';

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
/** Of all municipalities together: a number is used once in each (JUKI-4.5.1). */
/** The last number of each municipality's own sequence, which goes on from world to world. */
const numbers = new Map<string, number>();
/** A person of a world: the life, its codes in turn, and how many changes of code the register has taken. */
class Told {
  private readonly serial = (serials += 1);
  changes = 0;
  constructor(public life: Life) {}

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
      if (missing.length === 0) return this.pointLate();
      await this.send(missing.map((item) => ({ item, change: Math.max(item.notice.codes, item.person.changes) })), round % 2 === 1);
    }
    throw new Error('what the register has not cannot be sent');
  }

  private get persons(): Told[] {
    return [...new Set(this.items.map((item) => item.person))];
  }

  /** Whose move-out is notified in a slot: as the first of their notices travels. */
  private pointed(slot: number): Told[] {
    return this.world.isLate ? [] : this.persons.filter((person) => this.items.find((item) => item.person === person)?.journey.again === slot);
  }

  /** The move-out is notified at the counter (転出届), before or after the move-ins that it decides between and the deletion; once is enough. */
  private async point(person: Told): Promise<boolean> {
    const { pointer } = person.life;
    if (pointer === undefined || this.pointing.has(person)) return true;
    const { status } = await estate.request('POST', `${API}/transfers`, {
      as: town(pointer.municipality), purpose: REGISTER, body: { residentCode: person.code(person.changes), to: pointer.to, plannedOn: pointer.plannedOn, route: 'PAPER' },
    });
    if (status === 201) this.pointing.add(person);
    return status === 201;
  }

  /** JUKI-4.4: the record at the former place is deleted, and the move-in notice was delivered within the hour. */
  private async pointLate(): Promise<void> {
    const late = this.persons.filter((person) => person.life.pointer !== undefined && !this.pointing.has(person));
    if (late.length === 0) return;
    estate.clock.set(new Date(estate.clock.now().getTime() + 61 * 60_000));
    await estate.eventually(async () => (await estate.sql('SELECT 1 FROM juki_net.transfer_case WHERE wake_at <= $1 LIMIT 1', estate.clock.now().toISOString())).length === 0);
    for (const person of late) expect(await this.point(person)).toBe(true);
  }

  private async send(due: readonly { item: Item; change: number }[], byFile: boolean): Promise<void> {
    for (const municipality of this.world.municipalities) {
      const rows: IntakeRow[] = [];
      for (const { item, change } of due.filter(({ item: { notice } }) => notice.municipality === municipality)) {
        if (item.notice.reason === '40') await this.changeCode(item);
        else if (isPointed(item) && !this.world.isLate && !(await this.point(item.person))) continue;
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

/** Always delivered, however few worlds there is time for: a move-out that is notified when its case has ended. */
const NOTIFIED_LAST: World = {
  municipalities: ['131016', '990027', '990019'], lives: [[{ what: 'TIE', days: 0, to: 1 }]], journeys: [{ slot: 0, again: undefined, place: 0, stale: false }], files: Array.from({ length: SLOTS }, () => false), isLate: true,
};

/** Always delivered as well: who left as planned arrives elsewhere, returns, and comes back to where nobody had entered them since. */
const LEFT_AS_PLANNED: World = {
  ...NOTIFIED_LAST, isLate: false,
  lives: [['PLAN', 'LEAVE_AS_PLANNED', 'ARRIVE', 'MOVE', 'WITHIN'], ['PLAN', 'LEAVE_AS_PLANNED', 'COME_BACK', 'DEATH'], ['PLAN', 'LEAVE_AS_PLANNED']].map((life) =>
    life.map((what) => ({ what: STEPS.find((step) => step === what) ?? 'MINOR', days: 0, to: 0 }))),
};

const moves: string[] = [];
/** Who left as planned, with the notices that have yet to be told. */
const left: { world: World; persons: Told[]; steps: readonly (readonly Step[])[] }[] = [];
let delivered = 0;
/** However slow the machine: what comes later is passed over. */
let enough = 0;
async function deliver(world: World): Promise<void> {
  if (performance.now() > enough) return;
  const persons = world.lives.map((steps) => new Told(new Life(world.municipalities, steps)));
  await tell(world, persons.flatMap((person) => person.life.notices.map((notice) => ({ person, notice }))));
  for (const person of persons) expect(await registered(person)).toEqual(expected(person));
  moves.push(...persons.flatMap(({ life }) => life.moves));
  left.push({ world, persons, steps: world.lives });
  delivered += 1;
}

const sequences = (): Promise<{ code: string; highest: number; gaps: string }[]> =>
  estate.sql('SELECT municipality_code AS code, highest, gaps::text AS gaps FROM juki_net.municipal_sequence');

async function tell(world: World, parts: readonly Pick<Item, 'person' | 'notice'>[]): Promise<void> {
  const items = parts.flatMap((part, at) => {
    const journey = world.journeys[at % world.journeys.length];
    const municipalSeq = (numbers.get(part.notice.municipality) ?? 0) + 1;
    numbers.set(part.notice.municipality, municipalSeq);
    return journey === undefined ? [] : [{ ...part, journey, municipalSeq }];
  });
  await new Delivery(world, items).run();
  // JUKI-4.5.1: in whatever order, every number has come in the end, and none was refused for good.
  expect(new Map((await sequences()).map(({ code, highest, gaps }) => [code, gaps === '{}' ? highest : gaps]))).toEqual(numbers);
}

/** The rest of the lives, told when the planned day has passed. */
async function goOn({ world, persons, steps }: (typeof left)[number], isClosed = true): Promise<void> {
  const going = persons.flatMap((person, at) => (person.life.hasLeft ? [{ person, before: person.life, life: new Life(world.municipalities, steps[at] ?? [], true) }] : []));
  for (const { person, life } of going) person.life = life;
  await tell(world, going.flatMap(({ person, before, life }) => life.notices.slice(before.notices.length).map((notice) => ({ person, notice }))));
  for (const { person, before, life } of going) {
    if (isClosed) expect(await registered(person)).toEqual(expected(person));
    moves.push(...life.moves.slice(before.moves.length));
  }
}

async function extract(month: string): Promise<string[]> {
  const answer = await estate.request('POST', `${API}/statistics-extracts`, { as: operator, purpose: 'MIGRATION_STATISTICS', body: { month } });
  const { extractId } = z.object({ extractId: z.uuid() }).parse(answer.json);
  await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.statistics_extract WHERE extract_id = $1 AND state = 'COMPLETED'", extractId)).length > 0);
  const rows = await estate.sql<{ line: string }>("SELECT concat_ws(',', kind, municipality_code, previous_municipality_code, reason, move_month, sign) AS line FROM juki_net.statistics_row");
  return rows.map(({ line }) => line).sort();
}

describe('JUKI-4.5 the register is what the lives were, in whatever order it was told', () => {
  it('late, doubled, crossing, out of sequence, with the former code, singly and by files (property)', async () => {
    enough = performance.now() + 30_000;
    await fc.assert(fc.asyncProperty(worlds, deliver), { seed: 20151005, numRuns: 40, examples: [[NOTIFIED_LAST], [LEFT_AS_PLANNED]] });
    expect(delivered).toBeGreaterThan(0);
    expect(await estate.sql('SELECT 1 FROM juki_net.notice_file WHERE held <> 0 OR rows <> applied + repeated + quarantined + rejected')).toEqual([]);
  }, 120_000);

  it('JUKI-4.10 and so are the statistics of all of them', async () => {
    estate.clock.set(new Date('2016-02-10T01:00:00Z'));
    expect(await extract('2016-01')).toEqual([...moves].sort());
  });

  it('JUKI-3.2 who left as planned has no record any more, arrives elsewhere or comes back; the prefecture has it so', async () => {
    const setCursor = (value: string): Promise<unknown> => estate.sql(
      "INSERT INTO juki_net.cursor (name, value, moved_at) VALUES ('schedule:resident.close-departures', $1, now()) ON CONFLICT (name) DO UPDATE SET value = $1", value);
    // Of the first the rest is told before anything but the day has closed the record.
    await setCursor('2099-01-01T00:00:00.000Z');
    estate.clock.set(startOfDayInJapan(addDays(PLANNED_DAY, 120)));
    const [first, ...rest] = left.filter(({ persons }) => persons.some(({ life }) => life.hasLeft)).reverse();
    expect(first).toBeDefined();
    if (first !== undefined) await goOn(first, false);
    await setCursor('');
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.segment WHERE state = 'OUT_PLANNED'")).length === 0);
    if (first !== undefined) for (const person of first.persons) expect(await registered(person)).toEqual(expected(person));
    for (const world of rest.slice(-20)) await goOn(world);
    const differing = 'SELECT s.state, r.state FROM juki_net.segment s JOIN juki_net.prefecture_record r USING (person_key, municipality_code, stay) WHERE s.state <> r.state';
    expect(await estate.sql(differing)).toEqual([]);
    expect(await estate.sql("SELECT 1 FROM juki_net.person WHERE next_status = 'IN_TRANSIT'")).toEqual([]);
    estate.clock.set(new Date('2016-07-10T01:00:00Z'));
    expect(await extract('2016-06')).toEqual([...moves].sort());
  }, 60_000);
});
