import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { numberChanged } from '#contracts/numbering';
import { csvLine } from '#kernel';
import { API, COLLEAGUE, HERE, Stewardship, type Resident } from '../stewardship.fixture.js';
import { REQUEST_COLUMNS } from './batch.js';

const world = new Stewardship();
const filed = z.object({ caseId: z.uuid() });
const opened = z.object({ batchId: z.uuid() });

/** Fields of a line after its number: request id, code, kind, case. */
type Line = readonly [string, string, string, string];

const bodyOf = (lines: readonly Line[]): string => [csvLine(REQUEST_COLUMNS), ...lines.map((fields, index) => csvLine([String(index + 1), ...fields, '5']))].join('');
const batchCall = (method: string, path: string, body?: unknown) => world.estate.request(method, `${API}/batches${path}`, {
  as: HERE, purpose: 'NUMBER_DESIGNATION', body, ...(method === 'PUT' ? { headers: { 'content-type': 'text/csv' } } : {}),
});

/** Numbers a batch; gives code and number of each line's result. */
async function resultOf(batchId: string): Promise<string[][]> {
  const page = (await batchCall('GET', `/${batchId}/result`)).bytes.toString('utf8').trimEnd().split('\r\n').slice(1);
  return page.map((line) => line.split(',').slice(2, 5));
}

async function send(lines: readonly Line[]): Promise<{ batchId: string; result: string[][] }> {
  const { batchId } = opened.parse((await batchCall('POST', '', { municipalityCode: '990019' })).json);
  return seal(batchId, lines);
}

async function seal(batchId: string, lines: readonly Line[]): Promise<{ batchId: string; result: string[][] }> {
  expect((await batchCall('PUT', `/${batchId}/lines`, bodyOf(lines))).status).toBe(200);
  expect((await batchCall('POST', `/${batchId}/seal`, { lineCount: lines.length, sha256: createHash('sha256').update(bodyOf(lines)).digest('hex') })).status).toBe(202);
  await world.estate.eventually(async () => z.object({ state: z.string() }).parse((await batchCall('GET', `/${batchId}`)).json).state === 'DELIVERED');
  return { batchId, result: await resultOf(batchId) };
}

async function granted({ number }: Resident, kind: 'ON_REQUEST' | 'EX_OFFICIO'): Promise<string> {
  const step = (path: string, body: unknown, as = COLLEAGUE) => world.post(`/change-cases${path}`, body, as, 'NUMBER_CHANGE');
  const { caseId } = filed.parse((await step('', {
    filingId: randomUUID(), municipalityCode: '990019', individualNumber: number, kind, occasion: 'CARD_STOLEN', statement: '盗難', ...(kind === 'ON_REQUEST' ? { identityCheck: 'NOTICE_AND_PHOTO' } : {}),
  }, HERE)).json);
  await step(`/${caseId}/evidence`, { leaked: true, misuseRisk: true, evidence: '被害届' });
  expect((await step(`/${caseId}/decision`, { decision: 'GRANTED' })).json).toMatchObject({ state: 'GRANTED' });
  return caseId;
}

beforeAll(() => world.start());
afterAll(() => world.estate.stop());

describe('changes of numbers in a batch (NUM-5.3)', () => {
  it('NUM-5.3 kinds 2 and 3 draw another number under a granted case of their kind; nothing else does', async () => {
    const [asked, officio, without, wrongKind] = [await world.resident(), await world.resident(), await world.resident(), await world.resident()];
    const newcomer = world.enter();
    const cases = [await granted(asked, 'ON_REQUEST'), await granted(officio, 'EX_OFFICIO'), await granted(wrongKind, 'ON_REQUEST')] as const;
    const lines: Line[] = [
      ['new-1', newcomer.code, '1', ''], ['chg-1', asked.code, '2', cases[0]], ['chg-2', officio.code, '3', cases[1]], ['chg-3', without.code, '2', randomUUID()],
      ['chg-4', wrongKind.code, '3', cases[2]], ['chg-5', world.enter('990027').code, '2', cases[2]], ['chg-1', asked.code, '2', cases[0]], ['new-1', newcomer.code, '1', ''],
    ];
    const { batchId, result } = await send(lines);
    expect(result.map(([code]) => code)).toEqual(['00', '00', '00', '13', '13', '12', '01', '01']);
    expect(result[1]?.[2]).not.toBe(asked.number);
    expect(result[6]?.[2]).toBe(result[1]?.[2]);
    expect(result[7]?.[2]).toBe(result[0]?.[2]);
    expect(await world.stateOf(asked.assignmentId)).toBe('SUPERSEDED');
    expect(await world.stateOf(wrongKind.assignmentId)).toBe('DESIGNATED');
    expect((await batchCall('GET', `/${batchId}`)).json).toMatchObject({ lines: 8, designated: 5, repeated: 2, refused: 3, pending: 0 });
    const [changed] = await world.estate.sql<{ assignment_id: string }>('SELECT assignment_id FROM numbering.assignment WHERE person_key = $1 AND generation = 2', officio.personKey);
    expect(await world.told(numberChanged, changed?.assignment_id ?? '')).toMatchObject({ data: { personKey: officio.personKey, ground: 'CHANGE_EX_OFFICIO' } });
    expect((await world.uniqueness()).json).toMatchObject({ violations: 0 });
    const [head] = await world.estate.sql<{ drawn: string }>('SELECT drawn FROM numbering.ledger_head');
    expect(await world.estate.sql('SELECT FROM numbering.number_ledger')).toHaveLength(Number(head?.drawn));
  });

  it('NUM-5.3 lines of a change without a case, or of another kind, are a fault of the file', async () => {
    const { batchId } = opened.parse((await batchCall('POST', '', { municipalityCode: '990019' })).json);
    const refused = await batchCall('PUT', `/${batchId}/lines`, bodyOf([['a', world.enter().code, '2', ''], ['b', world.enter().code, '4', randomUUID()], ['c', world.enter().code, '0', randomUUID()]]));
    expect(refused.json).toMatchObject({ errors: [{ pointer: '/lines/1/caseId', code: 'FORMAT' }, { pointer: '/lines/2/kind', code: 'KIND' }, { pointer: '/lines/3/kind', code: 'KIND' }] });
  });

  it('NUM-4.8 (a) a disputed number is told by no line, and by no result that told it before', async () => {
    const [person, changed] = [world.enter(), await world.resident()];
    const lines: Line[] = [['dsp-1', person.code, '1', ''], ['dsp-2', changed.code, '2', await granted(changed, 'ON_REQUEST')]];
    const before = await send(lines);
    expect((await batchCall('POST', `/${before.batchId}/receipt`)).status).toBe(200);
    const again = await send(lines);
    expect([before, again].map(({ result }) => result.map(([code, , number]) => `${code} ${number?.length}`))).toEqual([['00 12', '00 12'], ['01 12', '01 12']]);
    await world.estate.sql("UPDATE numbering.assignment SET state = 'DISPUTED' WHERE request_id IN ('dsp-1', 'dsp-2')");
    expect((await send(lines)).result).toEqual([['14', person.code, ''], ['14', changed.code, '']]);
    for (const { batchId } of [before, again]) expect((await resultOf(batchId)).map(([, , number]) => number)).toEqual(['', '']);
    await world.estate.sql("UPDATE numbering.assignment SET state = 'DESIGNATED' WHERE request_id IN ('dsp-1', 'dsp-2')");
    expect(await resultOf(again.batchId)).toEqual(again.result);
  });

  it('NUM-5.3 the result tells the code of the request for ever, whatever code the person has later', async () => {
    const person = world.enter();
    const { batchId, result } = await send([['code-1', person.code, '1', '']]);
    expect(result[0]?.slice(0, 2)).toEqual(['00', person.code]);
    let code = person.code;
    for (const version of [2, 3]) {
      const next = world.replaceCode({ code, personKey: person.personKey });
      await world.tell(person.personKey, 'code-changed', version);
      await world.estate.eventually(async () => (await world.estate.sql('SELECT FROM numbering.code_number_link WHERE person_key = $1', person.personKey)).length === version);
      code = next;
    }
    expect(await resultOf(batchId)).toEqual(result);
  });

  it('NUM-5.3 a wave numbers people for the first time: a change among its lines is outside of it (20)', async () => {
    const changed = await world.resident();
    const caseId = await granted(changed, 'ON_REQUEST');
    const { batchId } = opened.parse((await batchCall('POST', '', { municipalityCode: '990019' })).json);
    const waveId = randomUUID();
    await world.estate.sql("INSERT INTO numbering.wave (wave_id, position, kind, state, version, changed_at) VALUES ($1, 1, 'PILOT', 'RUNNING', 1, now())", waveId);
    await world.estate.sql("INSERT INTO numbering.wave_batch (batch_id, wave_id, municipality_code, ward_code, kind) VALUES ($1, $2, '990019', '', 'MASS')", batchId, waveId);
    const { result } = await seal(batchId, [['w-1', world.enter().code, '1', ''], ['w-2', changed.code, '2', caseId]]);
    expect(result.map(([code]) => code)).toEqual(['00', '20']);
    expect(await world.stateOf(changed.assignmentId)).toBe('DESIGNATED');
  });

  it('NUM-7 a receipt that does not come is an alarm after an hour, ten times; a confirmed result is none', async () => {
    const [quiet, confirmed] = [await send([['r-1', world.enter().code, '1', '']]), await send([['r-2', world.enter().code, '1', '']])];
    expect((await batchCall('POST', `/${confirmed.batchId}/receipt`)).status).toBe(200);
    const alarms = (batchId: string) => world.estate.sql("SELECT FROM numbering.audit_line WHERE entry LIKE '%RECEIPT_MISSING%' AND entry LIKE '%' || $1 || '%'", batchId);
    expect(await alarms(quiet.batchId)).toHaveLength(0);
    world.estate.clock.set(new Date(world.estate.clock.now().getTime() + 3_660_000));
    await world.estate.eventually(async () => (await alarms(quiet.batchId)).length === 1);
    world.estate.clock.set(new Date(world.estate.clock.now().getTime() + 9 * 3_600_000));
    await world.estate.eventually(async () => (await alarms(quiet.batchId)).length === 2);
    world.estate.clock.set(new Date(world.estate.clock.now().getTime() + 3_600_000));
    await world.estate.eventually(async () => (await world.estate.sql("SELECT FROM numbering.cursor WHERE name = 'schedule:batch.alarm-receipts' AND value = $1", world.estate.clock.now().toISOString().slice(0, 13))).length === 1);
    expect(await alarms(quiet.batchId)).toHaveLength(2);
    expect(await alarms(confirmed.batchId)).toHaveLength(0);
  });
});
