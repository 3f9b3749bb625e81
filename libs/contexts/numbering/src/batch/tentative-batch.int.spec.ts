import { randomFillSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { candidateDelivered, linkByCode, linkByPersons, listBatchLinks } from '#contracts/numbering';
import type { Actor, Peers } from '#platform';
import { drawWith } from '../construction/draw.js';
import { numberingWith } from '../numbering.module.js';
import { API, codeOf, HERE, operator, Stewardship } from '../stewardship.fixture.js';
import { Desk } from '../wave/wave.fixture.js';

const TOWN = '990019';
const REGISTER: Actor = { clientId: 'svc-juki-net', kind: 'service', organisation: 'juki-net' };
const call = { correlationId: 'spec', traceparent: undefined, purpose: 'IDENTITY_INFORMATION' };
const world = new Stewardship();
const desk = new Desk(() => world.estate, world.register, 9_920_000_000);
const blocks: Buffer[] = [];
const salts: string[] = [];
let juki: Peers;

interface Sent {
  readonly batchId: string;
  readonly codes: readonly string[];
  readonly personKeys: string[];
}

/** A batch of the town that is delivered. */
async function deliver(lines = 3): Promise<Sent> {
  const codes = desk.residents(TOWN, lines);
  const { batchId, seal } = await desk.batch(TOWN, codes);
  expect((await seal()).status).toBe(202);
  await desk.becomes(TOWN, batchId, 'DELIVERED');
  return { batchId, codes, personKeys: codes.map((code) => world.register.people.get(code)?.personKey ?? '') };
}

const designatedAt = async ({ batchId }: Sent) => (await world.estate.sql<{ at: Date | null }>('SELECT designated_at AS at FROM numbering.generation_batch WHERE batch_id = $1', batchId))[0]?.at?.toISOString();
const result = async ({ batchId }: Sent) => (await desk.call('GET', `/batches/${batchId}/result`, { as: HERE })).bytes.toString().trimEnd().split('\r\n').slice(1).map((line) => line.split(','));
const stateOf = async ({ personKeys }: Sent) => {
  const [row] = await world.estate.sql<{ id: string }>('SELECT assignment_id AS id FROM numbering.assignment WHERE person_key = $1', personKeys[0]);
  return (await world.estate.request('GET', `${API}/assignments/${row?.id ?? ''}`, { as: HERE, purpose: 'NUMBER_DESIGNATION' })).json;
};

/** What others learn of the numbers: by person, by code, of the batch. */
async function told({ batchId, codes, personKeys }: Sent): Promise<readonly (number | boolean | string)[]> {
  const batch = await juki.call(listBatchLinks, call, { batchId }).then(({ links }) => links.length, (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : 'failed'));
  return [(await juki.call(linkByPersons, call, { personKeys })).links.length, (await juki.call(linkByCode, call, { residentCode: codes[0] ?? '' })).found, batch];
}

beforeAll(async () => {
  await world.start(new Date('2015-09-10T01:00:00Z'), numberingWith((key) => drawWith(key, (block) => {
    randomFillSync(block);
    blocks.push(block);
    for (let at = 0; at < block.length; at += 16) salts.push(block.toString('hex', at, at + 16));
    return block;
  })));
  juki = world.service(REGISTER);
});
afterAll(async () => {
  juki.close();
  await world.estate.stop();
});

describe('a batch before the Act is in force (NUM-3.1, NUM-4.7)', () => {
  let received: Sent;
  let unread: Sent;

  it('NUM-3.1 its numbers are nobody\'s before the receipt, tentative after it, and told to nobody', async () => {
    [received, unread] = [await deliver(), await deliver()];
    expect(await desk.view(TOWN, received.batchId)).toMatchObject({ lines: 3, designated: 0, tentative: 3, refused: 0, pending: 0 });
    expect(await stateOf(received)).toMatchObject({ state: 'GENERATED' });
    await desk.receive(TOWN, received.batchId);
    expect(await world.told(candidateDelivered, received.batchId)).toMatchObject({ sequence: '1', data: { count: 3, mode: 'TENTATIVE' } });
    expect(await stateOf(received)).toMatchObject({ state: 'TENTATIVE' });
    expect((await result(received)).map(([, , code, , number, state]) => [code, number?.length, state])).toEqual([['00', 12, 'T'], ['00', 12, 'T'], ['00', 12, 'T']]);
    for (const batch of [received, unread]) {
      expect(await told(batch)).toEqual([0, false, 'NOT_FOUND']);
      expect(await designatedAt(batch)).toBeUndefined();
    }
    // Another batch does not tell them either, before the town has them from this one.
    const { batchId, seal } = await desk.batch(TOWN, unread.codes);
    await seal();
    expect(await desk.becomes(TOWN, batchId, 'DELIVERED')).toMatchObject({ refused: 3 });
  });

  it('NUM-4.7 on the day all received ones become the people\'s numbers at one moment; the others with their receipt', async () => {
    world.estate.clock.set(new Date('2015-10-04T15:00:01Z'));
    await world.estate.eventually(async () => (await designatedAt(received)) !== undefined);
    expect(await designatedAt(received)).toBe('2015-10-04T15:00:00.000Z');
    expect(await world.told(candidateDelivered, received.batchId, 2)).toMatchObject({ sequence: '2', data: { batchId: received.batchId, municipalityCode: TOWN, count: 3, mode: 'DESIGNATED' } });
    expect(await told(received)).toEqual([3, true, 3]);
    expect(await desk.view(TOWN, received.batchId)).toMatchObject({ designated: 3, tentative: 0 });
    expect((await result(received)).map((fields) => fields[5])).toEqual(['D', 'D', 'D']);
    expect(await told(unread)).toEqual([0, false, 'NOT_FOUND']);
    expect(await designatedAt(unread)).toBeUndefined();
    world.estate.clock.set(new Date('2015-10-05T03:00:00Z'));
    await desk.receive(TOWN, unread.batchId);
    expect((await designatedAt(unread))?.slice(0, 16)).toBe('2015-10-05T03:00');
    expect(await world.told(candidateDelivered, unread.batchId)).toMatchObject({ sequence: '1', data: { mode: 'DESIGNATED' } });
    expect(await told(unread)).toEqual([3, true, 3]);
  });

  it('NUM-3.1 what was answered before the day and committed after it is designated too', async () => {
    const late = await deliver(1);
    await world.estate.sql("UPDATE numbering.generation_batch SET state = 'CONFIRMED', confirmed_at = '2015-10-04T14:59:59Z' WHERE batch_id = $1", late.batchId);
    const single = await world.resident();
    await world.estate.sql("UPDATE numbering.assignment SET state = 'TENTATIVE', designated_at = NULL WHERE assignment_id = $1", single.assignmentId);
    world.estate.clock.set(new Date(world.estate.clock.now().getTime() + 61_000));
    await world.estate.eventually(async () => (await designatedAt(late)) === '2015-10-04T15:00:00.000Z');
    await world.becomes(single.assignmentId, 'DESIGNATED');
    const [{ value: before } = { value: '' }] = await world.estate.sql<{ value: string }>("SELECT value FROM numbering.cursor WHERE name = 'schedule:designate-tentative'");
    world.estate.clock.set(new Date(world.estate.clock.now().getTime() + 180_000));
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await world.estate.sql("SELECT FROM numbering.cursor WHERE name = 'schedule:designate-tentative' AND value = $1", before)).toHaveLength(1);
  });

  it('NUM-3.2, 7 a withdrawn candidate is refused wherever lines are counted, before the receipt and after it', async () => {
    world.estate.clock.set(new Date('2015-09-11T01:00:00Z'));
    const withdraw = (assignmentId: string) => world.post(`/assignments/${assignmentId}/withdrawal`, {}, operator('o-1'), 'NUMBER_DESIGNATION');
    const sent = await deliver();
    const drawn = await world.estate.sql<{ id: string }>('SELECT assignment_id AS id FROM numbering.assignment WHERE batch_id = $1 ORDER BY line', sent.batchId);
    expect((await withdraw(drawn[0]?.id ?? '')).status).toBe(200);
    expect(await desk.view(TOWN, sent.batchId)).toMatchObject({ lines: 3, designated: 0, tentative: 2, refused: 1, pending: 0 });
    await desk.receive(TOWN, sent.batchId);
    expect((await world.told(candidateDelivered, sent.batchId)).data).toMatchObject({ count: 2, mode: 'TENTATIVE' });
    await withdraw(drawn[1]?.id ?? '');
    expect((await desk.call('GET', '/batches?limit=1', { as: HERE })).json).toMatchObject({ items: [{ batchId: sent.batchId, lines: 3, designated: 0, tentative: 1, refused: 2, pending: 0 }] });
    await world.resident();
    await withdraw((await world.resident()).assignmentId);
    const mover = world.enter('990027');
    world.register.people.set(mover.code, { found: true, personKey: mover.personKey, municipalityCode: '990027', status: 'RESIDENT', superseded: false, movePending: true });
    expect(codeOf(await world.ask(mover.code))).toBe('409 REQUEST_HELD');
    const file = (await desk.call('GET', '/reconciliations/2015-09-11', { as: HERE })).bytes.toString().trimEnd().split('\r\n');
    expect(file.slice(1)).toEqual([[TOWN, 6, 0, 2, 3, 1, 5, 5].join(',')]);
    world.estate.clock.set(new Date('2015-10-06T01:00:00Z'));
    await world.estate.eventually(async () => (await designatedAt(sent)) !== undefined);
    expect((await world.told(candidateDelivered, sent.batchId, 2)).data).toMatchObject({ count: 1, mode: 'DESIGNATED' });
  });
});

describe('the lines of a batch', () => {
  it('NUM-3.2 are counted, not computed: one too many shows', async () => {
    const { batchId } = await deliver(2);
    await world.estate.sql("INSERT INTO numbering.batch_line (batch_id, line, request_id, code, code_index, priority) VALUES ($1, 3, 'planted', '', '', 5)", batchId);
    expect(await desk.view(TOWN, batchId)).toMatchObject({ lines: 2, designated: 2, refused: 0, pending: 1 });
    await world.estate.sql('DELETE FROM numbering.batch_line WHERE batch_id = $1', batchId);
  });

  it('NUM-5.3 one whose code is damaged is answered 90, the others have their numbers', async () => {
    const codes = desk.residents(TOWN, 3);
    const { batchId, seal } = await desk.batch(TOWN, codes);
    await world.estate.sql("UPDATE numbering.batch_line SET code = '\\x00' WHERE batch_id = $1 AND line = 2", batchId);
    await seal();
    expect(await desk.becomes(TOWN, batchId, 'DELIVERED')).toMatchObject({ lines: 3, designated: 2, refused: 1, pending: 0 });
    const rows = await result({ batchId, codes, personKeys: [] });
    expect(rows.map(([, , code, residentCode, number]) => [code, residentCode, number === ''])).toEqual([['00', codes[0], false], ['90', '', true], ['00', codes[2], false]]);
  });

  it('NUM-4.3 leave no salt anywhere: those that were used are destroyed, and no table holds one', async () => {
    const [{ drawn } = { drawn: '0' }] = await world.estate.sql<{ drawn: string }>('SELECT drawn FROM numbering.ledger_head');
    expect(Number(drawn)).toBeGreaterThan(10);
    const used = Buffer.concat(blocks).subarray(0, 16 * Number(drawn));
    expect(used.equals(Buffer.alloc(used.length))).toBe(true);
    const known = new Set(salts);
    const tables = await world.estate.sql<{ name: string }>("SELECT relname AS name FROM pg_class WHERE relnamespace = 'numbering'::regnamespace AND relkind = 'r'");
    let runs = 0;
    for (const { name } of tables) {
      for (const { row } of await world.estate.sql<{ row: string }>(`SELECT t::text AS row FROM numbering.${name} t`)) {
        for (const [, run = ''] of row.matchAll(/(?=([0-9a-f]{32}))/g)) {
          runs += 1;
          expect(known.has(run), name).toBe(false);
        }
      }
    }
    expect(runs).toBeGreaterThan(100);
  });
});
