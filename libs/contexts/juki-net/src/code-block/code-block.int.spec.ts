import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { codeBlockAllocated, codeConflictFound, codeWritten } from '#contracts/juki-net';
import { ResidentCode } from '#kernel';
import { connectStreams, parseCloudEvent, type Actor, type CloudEvent } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { INTAKE_COLUMNS, type IntakeColumn } from '#testing/population';
import { jukiNetModule } from '#contexts/juki-net';

const town = (code: string): Actor => ({ clientId: `municipality-${code}`, kind: 'municipality', organisation: code });
const [townA, townB, townC, townD] = [town('990019'), town('990027'), town('990035'), town('990043')];
const operator = (officer: string): Actor => ({ clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: officer });
const API = '/api/juki-net/v1';
const REGISTER = 'RESIDENT_REGISTER';

let estate: TestEstate;
let streams: Awaited<ReturnType<typeof connectStreams>>;
const events: CloudEvent[] = [];
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2016-01-20T01:00:00Z') });
  streams = await connectStreams(estate.natsUrl, 'code-block spec');
  streams.connection.subscribe('kiban.juki-net.>', { callback: (_error, message) => void events.push(parseCloudEvent(message.string())) });
});
afterAll(async () => {
  await streams.connection.close();
  await estate.stop();
});

const post = (path: string, as: Actor, body: unknown = {}, idempotencyKey?: string): Promise<Answer> =>
  estate.request('POST', `${API}${path}`, { as, purpose: REGISTER, body, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) });
const get = (path: string, as: Actor): Promise<Answer> => estate.request('GET', `${API}${path}`, { as, purpose: REGISTER });
const problem = z.object({ code: z.string() });
const refusal = (answer: Answer): [number, string] => [answer.status, problem.parse(answer.json).code];
const order = (as: Actor, size: number, idempotencyKey?: string): Promise<Answer> => post('/code-blocks', as, { municipalityCode: as.organisation, size, reason: 'RESTOCK' }, idempotencyKey);
const allocated = z.object({ blockId: z.uuid(), size: z.number(), unused: z.number() });
const page = z.object({ items: z.array(z.object({ position: z.number(), residentCode: z.string() })), next: z.number().optional() });
const eventsOf = (type: string, match: object): CloudEvent[] => events.filter((event) => event.type === type && Object.entries(match).every(([name, value]) => JSON.stringify(z.record(z.string(), z.unknown()).parse(event.data)[name]) === JSON.stringify(value)));
const told = (type: string, match: object, times = 1): Promise<unknown> => estate.eventually(async () => eventsOf(type, match).length === times);

async function block(as: Actor, size: number): Promise<{ blockId: string; codes: string[] }> {
  const { blockId } = allocated.parse((await order(as, size)).json);
  const answer = await get(`/code-blocks/${blockId}/codes?limit=1000`, as);
  return { blockId, codes: page.parse(answer.json).items.map(({ residentCode }) => residentCode) };
}
async function counts(blockId: string, as: Actor = townA): Promise<unknown> {
  return z.object({ codes: z.record(z.string(), z.number()) }).parse((await get(`/code-blocks/${blockId}`, as)).json).codes;
}

type Row = Partial<Record<IntakeColumn, string>>;
let municipalSeq = 0;
function notice(residentCode: string, over: Row = {}): Row {
  municipalSeq += 1;
  return {
    municipalSeq: String(municipalSeq), residentCode, personSeq: '1', changeReason: '10', changeDate: '20151005', nameKanji: '見本　太郎', nameKana: 'ミホン　タロウ', birthDate: '20151005', sex: '1',
    address: '架空県試験市見本町2-3-4', municipalityCode: '990019', ...over,
  };
}
const outcome = z.object({ state: z.string().optional(), code: z.string().optional() });
async function send(residentCode: string, over: Row = {}): Promise<string | undefined> {
  const body = notice(residentCode, over);
  const { state, code } = outcome.parse((await post('/change-notices', town(body.municipalityCode ?? ''), body)).json);
  return code ?? state;
}
async function changeCode(formerResidentCode: string, residentCode: string, personSeq: number): Promise<string | undefined> {
  municipalSeq += 1;
  const { state, code } = outcome.parse((await post('/code-changes', townA, { municipalSeq, personSeq, formerResidentCode, residentCode, changeReason: '40', changeDate: '2016-01-15', municipalityCode: '990019' })).json);
  return code ?? state;
}
const outside = (serial: number): string => ResidentCode.fromBody(`55${String(serial).padStart(8, '0')}`).reveal();
const nextSerial = async (): Promise<unknown> => (await estate.sql<{ next_serial: string }>('SELECT next_serial FROM juki_net.code_pool'))[0]?.next_serial;

describe('JUKI-3.1 a block of resident codes', () => {
  it('is drawn from the pool, told to its municipality page by page, stored encrypted; event and audit line', async () => {
    const answer = await order(townA, 25);
    expect([answer.status, answer.json]).toEqual([201, { blockId: expect.any(String), size: 25, unused: 25 }]);
    const { blockId } = allocated.parse(answer.json);
    const codes: string[] = [];
    for (let after: number | undefined = 0; after !== undefined; ) {
      const found: z.output<typeof page> = page.parse((await get(`/code-blocks/${blockId}/codes?after=${after}&limit=10`, townA)).json);
      codes.push(...found.items.map(({ residentCode }) => residentCode));
      after = found.next;
    }
    expect([new Set(codes).size, codes.every((code) => ResidentCode.fault(code) === undefined && !code.startsWith('99'))]).toEqual([25, true]);
    const view = await get(`/code-blocks/${blockId}`, townA);
    expect(view.json).toEqual({
      blockId, municipalityCode: '990019', size: 25, reason: 'RESTOCK', state: 'ACTIVE', allocatedAt: expect.any(String),
      codes: { ALLOCATED: 25 },
    });
    const { codes: _codes, ...listed } = z.record(z.string(), z.unknown()).parse(view.json);
    expect((await get('/code-blocks?municipalityCode=990019&limit=1', townA)).json).toEqual({ items: [listed] });
    await told(codeBlockAllocated.type, { blockId, municipalityCode: '990019', size: 25, reason: 'RESTOCK' });
    const lines = await estate.sql<{ action: string; facts: unknown }>("SELECT entry::jsonb->>'action' AS action, entry::jsonb->'facts' AS facts FROM juki_net.audit_line WHERE entry::jsonb->>'object' = $1 ORDER BY id", `code-block:${blockId}`);
    expect(lines.map(({ action }) => action)).toEqual(['juki-net.code-block.request', ...Array<string>(3).fill('juki-net.code-block.list-codes'), 'juki-net.code-block.get']);
    expect(lines[1]?.facts).toEqual({ after: 0, codes: 10 });
    const dump = JSON.stringify([await estate.sql('SELECT * FROM juki_net.allocated_code'), await estate.sql('SELECT entry FROM juki_net.audit_line'), events]);
    expect(codes.filter((code) => dump.includes(code) || dump.includes(Buffer.from(code).toString('hex')))).toEqual([]);
  });

  it('is nobody else\'s: other municipalities and those without purpose are refused and audited, the operator sees no codes', async () => {
    const { blockId } = await block(townA, 5);
    expect(refusal(await post('/code-blocks', townB, { municipalityCode: '990019', size: 5, reason: 'INITIAL' }))).toEqual([403, 'OUT_OF_JURISDICTION']);
    for (const path of [`/code-blocks/${blockId}`, `/code-blocks/${blockId}/codes`, '/code-blocks?municipalityCode=990019']) expect(refusal(await get(path, townB))).toEqual([403, 'OUT_OF_JURISDICTION']);
    expect(await estate.sql("SELECT entry::jsonb->>'action' AS action FROM juki_net.audit_line WHERE entry::jsonb->>'client' = $1 AND entry::jsonb->>'code' = 'OUT_OF_JURISDICTION'", townB.clientId)).toHaveLength(4);
    expect(refusal(await estate.request('GET', `${API}/code-blocks/${blockId}/codes`, { as: townA }))).toEqual([400, 'PURPOSE_REQUIRED']);
    expect((await get(`/code-blocks/${blockId}`, operator('o-1'))).status).toBe(200);
    expect(refusal(await get(`/code-blocks/${blockId}/codes`, operator('o-1')))).toEqual([403, 'ACTION_NOT_PERMITTED']);
    expect(refusal(await get(`/code-blocks/${crypto.randomUUID()}`, townA))).toEqual([404, 'NOT_FOUND']);
  });

  it('bad input is refused', async () => {
    const good = { municipalityCode: '990019', size: 5, reason: 'INITIAL' };
    for (const body of [{ ...good, size: 0 }, { ...good, size: 10_001 }, { ...good, size: 1.5 }, { ...good, reason: 'LOW_WATER' }, { ...good, reason: 'a\u0000' }, { ...good, municipalityCode: '99001\u0000' }, { ...good, note: '' }, {}]) {
      expect(refusal(await post('/code-blocks', townA, body))).toEqual([400, 'INVALID_INPUT']);
    }
    for (const query of ['after=-1', 'after=2147483648', 'limit=0', 'limit=1001', 'limit=x']) expect(refusal(await get(`/code-blocks/${crypto.randomUUID()}/codes?${query}`, townA))).toEqual([400, 'INVALID_INPUT']);
  });

  it('the same idempotency key is the same block; requests at once share no code and keep the quota', async () => {
    const first = await order(townC, 10, 'again');
    const serial = await nextSerial();
    expect([(await order(townC, 10, 'again')).json, await nextSerial()]).toEqual([first.json, serial]);
    expect((await order(townC, 11, 'again')).status).toBe(409);
    const both = await Promise.all([order(townC, 1_500), order(townC, 1_500), order(townB, 300)]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 201, 409]);
    expect(refusal(await order(townC, 491))).toEqual([409, 'QUOTA']);
    expect((await order(townC, 490)).status).toBe(201);
    expect(await estate.sql("SELECT municipality_code AS town, count(DISTINCT code_index)::int AS codes FROM juki_net.allocated_code WHERE municipality_code <> '990019' GROUP BY 1 ORDER BY 1"))
      .toEqual([{ town: '990027', codes: 300 }, { town: '990035', codes: 2_000 }]);
  });

  it('what a crash undoes leaves nothing; no serial and no code comes twice, also after a restart', async () => {
    const before = [await nextSerial(), await estate.sql('SELECT count(*) FROM juki_net.code_block')];
    await estate.sql("CREATE FUNCTION juki_net.broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.position = 2000 THEN RAISE EXCEPTION 'broken'; END IF; RETURN NEW; END $$");
    await estate.sql('CREATE TRIGGER broken BEFORE INSERT ON juki_net.allocated_code FOR EACH ROW EXECUTE FUNCTION juki_net.broken()');
    expect((await order(townD, 2_000)).status).toBe(500);
    await estate.sql('DROP FUNCTION juki_net.broken() CASCADE');
    expect([await nextSerial(), await estate.sql('SELECT count(*) FROM juki_net.code_block')]).toEqual(before);
    const { codes } = await block(townA, 20);
    await estate.restart();
    const later = await block(townA, 20);
    expect(new Set([...codes, ...later.codes]).size).toBe(40);
    const [made] = await estate.sql<{ codes: number }>('SELECT count(*)::int AS codes FROM juki_net.allocated_code');
    expect(Number(await nextSerial())).toBeGreaterThanOrEqual(made?.codes ?? 0);
  });

  it('leaves a code out that somebody has from another source', async () => {
    const { blockId, codes } = await block(townA, 3);
    await estate.sql('INSERT INTO juki_net.resident_code SELECT code_index, gen_random_uuid() FROM juki_net.allocated_code WHERE block_id = $1 AND position < 3', blockId);
    await estate.sql('DELETE FROM juki_net.allocated_code WHERE block_id = $1 AND position < 3', blockId);
    await estate.sql('UPDATE juki_net.code_pool SET next_serial = next_serial - 3');
    const repeated = await block(townA, 3);
    expect(repeated.codes.filter((code) => codes.includes(code))).toEqual([]);
    expect(repeated.codes).toHaveLength(3);
  });
});

describe('JUKI-3.1, 7 writing codes', () => {
  it('an entry writes a code of the municipality\'s own block, once; another\'s and one of no block are refused', async () => {
    const { blockId, codes: [own = '', mine = ''] } = await block(townA, 4);
    expect(await send(own, { municipalityCode: '990027' })).toBe('CODE_NOT_ALLOCATED_TO_YOU');
    expect(await send(outside(1))).toBe('CODE_NOT_ALLOCATED_TO_YOU');
    expect(await counts(blockId)).toEqual({ ALLOCATED: 4 });
    expect(await send(own)).toBe('APPLIED');
    expect(await counts(blockId)).toEqual({ ALLOCATED: 3, WRITTEN: 1 });
    await told(codeWritten.type, { municipalityCode: '990019', codes: 1 });
    expect(await send(own, { changeReason: '11', changeDate: '20160110', municipalityCode: '990027', previousMunicipalityCode: '990019' })).toBe('APPLIED');
    expect(await send(mine, { changeReason: '30' })).toBe('RESIDENT_UNKNOWN');
    expect(await send(mine, { address: '' })).toBe('REQUIRED');
    expect(await counts(blockId)).toEqual({ ALLOCATED: 3, WRITTEN: 1 });
    expect(page.parse((await get(`/code-blocks/${blockId}/codes`, townA)).json).items).toHaveLength(3);
    expect(eventsOf(codeWritten.type, { municipalityCode: '990027' })).toEqual([]);
  });

  it('JUKI-4.5.2 a move-in that comes before the entry at the former place writes that place\'s code', async () => {
    const { blockId, codes: [x = '', y = ''] } = await block(townA, 2);
    const moveIn = { changeReason: '11', changeDate: '20160110', municipalityCode: '990027' };
    expect(await send(x, moveIn)).toBe('CODE_NOT_ALLOCATED_TO_YOU');
    expect(await send(x, { ...moveIn, previousMunicipalityCode: '990035' })).toBe('CODE_NOT_ALLOCATED_TO_YOU');
    expect(await send(x, { ...moveIn, changeReason: '14', previousMunicipalityCode: '990019' })).toBe('CODE_NOT_ALLOCATED_TO_YOU');
    expect(await send(x, { ...moveIn, previousMunicipalityCode: '990019' })).toBe('APPLIED');
    expect(await send(x)).toBe('APPLIED');
    expect(await send(y, { ...moveIn, municipalityCode: '990019', previousMunicipalityCode: '990027' })).toBe('APPLIED');
    expect(await counts(blockId)).toEqual({ WRITTEN: 2 });
    await told(codeWritten.type, { municipalityCode: '990027', codes: 1 });
  });

  it('a file writes in sets: one event a chunk, a fault for each row with another code', async () => {
    const { blockId, codes } = await block(townA, 5);
    const rows = [...codes, outside(2), outside(3)].map((code) => notice(code));
    const lines = [INTAKE_COLUMNS.join(','), ...rows.map((row) => INTAKE_COLUMNS.map((column) => row[column] ?? '').join(','))];
    const sent = await estate.request('POST', `${API}/notice-files?municipalityCode=990019`, { as: townA, purpose: REGISTER, body: Buffer.from(lines.join('\r\n')), headers: { 'content-type': 'text/csv' } });
    const { fileId } = z.object({ fileId: z.uuid() }).parse(sent.json);
    await told(codeWritten.type, { municipalityCode: '990019', codes: 5 });
    expect(await estate.eventually(async () => (await estate.sql('SELECT applied, rejected FROM juki_net.notice_file WHERE file_id = $1 AND state = $2', fileId, 'COMPLETED'))[0])).toEqual({ applied: 5, rejected: 2 });
    expect(await estate.sql('SELECT line, "column", code FROM juki_net.notice_file_fault WHERE file_id = $1 ORDER BY line', fileId))
      .toEqual([7, 8].map((line) => ({ line, column: 'residentCode', code: 'CODE_NOT_ALLOCATED_TO_YOU' })));
    expect(await counts(blockId)).toEqual({ WRITTEN: 5 });
    expect(JSON.stringify(events)).not.toContain(codes[0]);
  });

  it('what waits for its entry does not make a code anybody\'s', async () => {
    const { blockId, codes: [own = ''] } = await block(townA, 1);
    for (const code of [own, outside(4)]) expect(await send(code, { personSeq: '2', changeReason: '30', changeDate: '20160110' })).toBe('HELD');
    expect(await counts(blockId)).toEqual({ ALLOCATED: 1 });
    expect(await send(own)).toBe('APPLIED');
    expect(await send(outside(4))).toBe('CODE_NOT_ALLOCATED_TO_YOU');
    expect(await counts(blockId)).toEqual({ WRITTEN: 1 });
    expect(await estate.sql("SELECT count(*)::int AS held FROM juki_net.change_notice WHERE state = 'HELD'")).toEqual([{ held: 1 }]);
  });

  it('JUKI-4.5.2 a change of code whose new code a move-in has written already joins the two', async () => {
    const { blockId, codes: [x = '', y = ''] } = await block(townA, 2);
    await send(x);
    expect(await send(y, { changeReason: '11', changeDate: '20160110', municipalityCode: '990027', previousMunicipalityCode: '990019' })).toBe('APPLIED');
    expect(await changeCode(x, y, 2)).toBe('APPLIED');
    expect(await counts(blockId)).toEqual({ WRITTEN: 1, SUPERSEDED: 1 });
  });

  it('a change of code supersedes the former one and writes one of the block', async () => {
    const { blockId, codes: [x = '', y = '', z1 = ''] } = await block(townA, 3);
    await send(x);
    expect(await changeCode(x, outside(5), 2)).toBe('CODE_NOT_ALLOCATED_TO_YOU');
    expect(await changeCode(x, x, 2)).toBe('CODE_NOT_ALLOCATED_TO_YOU');
    expect(await changeCode(x, y, 2)).toBe('APPLIED');
    expect(await counts(blockId)).toEqual({ ALLOCATED: 1, WRITTEN: 1, SUPERSEDED: 1 });
    expect(await send(x, { personSeq: '3', changeReason: '30', changeDate: '20160116' })).toBe('CODE_SUPERSEDED');
    const reserved = ResidentCode.fromBody('9900000001').reveal();
    await send(reserved);
    expect(await changeCode(reserved, z1, 2)).toBe('APPLIED');
    expect(await changeCode(y, ResidentCode.fromBody('9900000002').reveal(), 3)).toBe('APPLIED');
    expect(await counts(blockId)).toEqual({ WRITTEN: 1, SUPERSEDED: 2 });
  });

  it('a death retires the code, a restoration writes it again; no other news moves it', async () => {
    const { blockId, codes: [x = ''] } = await block(townA, 1);
    await send(x);
    expect(await send(x, { personSeq: '2', changeReason: '20', changeDate: '20160112' })).toBe('APPLIED');
    expect(await counts(blockId)).toEqual({ RETIRED: 1 });
    expect(await send(x, { personSeq: '3', changeReason: '15', changeDate: '20160113' })).toBe('APPLIED');
    expect(await counts(blockId)).toEqual({ WRITTEN: 1 });
    expect(await send(x, { personSeq: '4', changeReason: '23', changeDate: '20160114' })).toBe('APPLIED');
    expect(await counts(blockId)).toEqual({ WRITTEN: 1 });
  });
});

describe('JUKI-3.1 withdrawal of a block', () => {
  it('ends the unused codes once, by the operator; written ones stay', async () => {
    const { blockId, codes: [x = '', y = ''] } = await block(townA, 3);
    await send(x);
    expect(refusal(await post(`/code-blocks/${blockId}/withdrawal`, townA))).toEqual([403, 'ACTION_NOT_PERMITTED']);
    const answer = await post(`/code-blocks/${blockId}/withdrawal`, operator('o-1'));
    expect([answer.status, answer.json]).toEqual([200, { blockId, withdrawn: 2 }]);
    expect((await get(`/code-blocks/${blockId}`, townA)).json).toMatchObject({ state: 'WITHDRAWN', codes: { WRITTEN: 1, WITHDRAWN: 2 } });
    expect(await send(y)).toBe('CODE_NOT_ALLOCATED_TO_YOU');
    expect(page.parse((await get(`/code-blocks/${blockId}/codes`, townA)).json).items).toEqual([]);
    expect(refusal(await post(`/code-blocks/${blockId}/withdrawal`, operator('o-2')))).toEqual([409, 'BLOCK_WITHDRAWN']);
    expect(refusal(await post(`/code-blocks/${crypto.randomUUID()}/withdrawal`, operator('o-1')))).toEqual([404, 'NOT_FOUND']);
  });

  it('at the same time as entries, each code is either written or withdrawn', async () => {
    const { blockId, codes } = await block(townA, 6);
    const [withdrawal, ...states] = await Promise.all([post(`/code-blocks/${blockId}/withdrawal`, operator('o-1')), ...codes.map((code) => send(code))]);
    const written = states.filter((state) => state === 'APPLIED').length;
    expect([withdrawal.status, states.filter((state) => state === 'CODE_NOT_ALLOCATED_TO_YOU').length]).toEqual([200, 6 - written]);
    const [{ w, d } = { w: -1, d: -1 }] = await estate.sql<{ w: number; d: number }>("SELECT count(*) FILTER (WHERE state = 'WRITTEN')::int AS w, count(*) FILTER (WHERE state = 'WITHDRAWN')::int AS d FROM juki_net.allocated_code WHERE block_id = $1", blockId);
    expect([w, d]).toEqual([written, 6 - written]);
  });
});

describe('JUKI-3.1 a code written to two persons', () => {
  const conflict = z.object({ caseId: z.uuid(), state: z.string(), municipalityCodes: z.array(z.string()) });

  it('is void when two officers say so; the municipalities are told, no code is', async () => {
    const { blockId, codes: [x = ''] } = await block(townA, 1);
    await send(x);
    await send(x, { changeReason: '14', changeDate: '20160110', municipalityCode: '990027' });
    expect(refusal(await post('/code-conflicts', townA, { residentCode: x }))).toEqual([403, 'ACTION_NOT_PERMITTED']);
    const reported = await post('/code-conflicts', operator('o-1'), { residentCode: x });
    const { caseId } = conflict.parse(reported.json);
    expect([reported.status, reported.json]).toEqual([201, { caseId, state: 'REPORTED', municipalityCodes: ['990019', '990027'] }]);
    expect(refusal(await post('/code-conflicts', operator('o-2'), { residentCode: x }))).toEqual([409, 'CODE_STATE']);
    expect(refusal(await post(`/code-conflicts/${caseId}/confirmation`, operator('o-1')))).toEqual([409, 'SAME_OFFICER']);
    const { operator: _officer, ...unnamed } = operator('o-1');
    expect(refusal(await post(`/code-conflicts/${caseId}/confirmation`, unnamed))).toEqual([403, 'OPERATOR_NOT_ASSERTED']);
    expect(await counts(blockId)).toEqual({ WRITTEN: 1 });
    expect((await post(`/code-conflicts/${caseId}/confirmation`, operator('o-2'))).json).toMatchObject({ state: 'CONFIRMED' });
    expect(await counts(blockId)).toEqual({ VOID: 1 });
    await told(codeConflictFound.type, { caseId, municipalityCodes: ['990019', '990027'] });
    // Whose numbers are blocked (NUM-4.8): the register keeps one record under a code.
    const [record] = await estate.sql<{ person_key: string }>('SELECT c.person_key FROM juki_net.resident_code c JOIN juki_net.allocated_code a USING (code_index) WHERE a.block_id = $1', blockId);
    await told(codeConflictFound.type, { caseId, personKeys: [record?.person_key] });
    for (const step of ['confirmation', 'dismissal']) expect(refusal(await post(`/code-conflicts/${caseId}/${step}`, operator('o-3')))).toEqual([409, 'CONFLICT_DECIDED']);
    expect(refusal(await post('/code-conflicts', operator('o-1'), { residentCode: x }))).toEqual([409, 'CODE_STATE']);
    const lines = await estate.sql<{ subjects: string[] }>("SELECT entry::jsonb->'subjects' AS subjects FROM juki_net.audit_line WHERE entry::jsonb->>'object' = $1", `code-conflict:${caseId}`);
    expect(lines.map(({ subjects }) => subjects.length)).toEqual([1, 1]);
    expect(JSON.stringify(events)).not.toContain(x);
    expect(await changeCode(x, (await block(townA, 1)).codes[0] ?? '', 2)).toBe('APPLIED');
    expect(await counts(blockId)).toEqual({ VOID: 1 });
  });

  it('a dismissed case leaves the code and can be opened again; void codes are never written', async () => {
    const { codes: [x = ''] } = await block(townA, 1);
    const { caseId } = conflict.parse((await post('/code-conflicts', operator('o-1'), { residentCode: x })).json);
    expect((await post(`/code-conflicts/${caseId}/dismissal`, operator('o-1'))).json).toMatchObject({ state: 'DISMISSED', municipalityCodes: ['990019'] });
    const again = conflict.parse((await post('/code-conflicts', operator('o-1'), { residentCode: x })).json);
    expect((await post(`/code-conflicts/${again.caseId}/confirmation`, operator('o-2'))).status).toBe(200);
    expect(await send(x)).toBe('CODE_NOT_ALLOCATED_TO_YOU');
    expect(refusal(await post('/code-conflicts', operator('o-1'), { residentCode: outside(9) }))).toEqual([404, 'NOT_FOUND']);
    expect(refusal(await post('/code-conflicts', operator('o-1'), { residentCode: '12345678901' }))).toEqual([400, 'INVALID_INPUT']);
    expect(refusal(await post(`/code-conflicts/${crypto.randomUUID()}/dismissal`, operator('o-1')))).toEqual([404, 'NOT_FOUND']);
    expect(refusal(await estate.request('POST', `${API}/code-conflicts`, { as: operator('o-1'), body: { residentCode: x } }))).toEqual([400, 'PURPOSE_REQUIRED']);
  });
});
