import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { csvLine, IndividualNumber, ResidentCode } from '#kernel';
import { linkByPersons, listBatchLinks } from '#contracts/numbering';
import { connectStreams, Peers, streamName, type Actor, type PeerCall } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import type { Draw } from '../construction/draw.js';
import { drawWith } from '../construction/draw.js';
import { numberingWith } from '../numbering.module.js';
import { fakeRegister } from '../register/register.fixture.js';
import { REQUEST_COLUMNS, RESULT_COLUMNS } from './batch.js';

const HERE: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' };
const THERE: Actor = { clientId: 'municipality-990027', kind: 'municipality', organisation: '990027' };
const AUDITOR: Actor = { clientId: 'auditor-1', kind: 'auditor', organisation: 'audit' };
const API = '/api/numbering/v1';
const SIZE = 20_000;
/** A crowded space, in which every tenth draw meets a number that exists. */
const SPACE = 150_000;

const register = fakeRegister();
let draws = 0;
/** Lines whose salts are still there (NUM-4.3 step 4). */
let salted = 0;
let breakAt = 0;

/** KIBAN-NUM-1 with its bodies folded into a crowded space, and a machine that breaks once. */
function crowded(...source: Parameters<typeof drawWith>): Draw {
  const draw = drawWith(...source);
  return (residentCode) => fold(draw(residentCode));
}

function* fold(candidates: Iterator<string, void, void>): Generator<string, void, void> {
  salted += 1;
  try {
    for (let next = candidates.next(); next.done !== true; next = candidates.next()) {
      draws += 1;
      if (draws === breakAt) throw new Error('the machine broke');
      yield String(10_000_000_000 + (Number(next.value) % SPACE));
    }
  } finally {
    salted -= 1;
  }
}

const batchView = z.object({ state: z.string(), lines: z.number(), designated: z.number(), repeated: z.number(), refused: z.number(), pending: z.number(), rounds: z.number() });
const opened = z.object({ batchId: z.string() });
const sealed = z.object({ jobId: z.string() });
const uploaded = z.object({ lineCount: z.number(), sha256: z.string() });
let estate: TestEstate;
let serial = 0;

interface Line {
  readonly code: string;
  readonly requestId: string;
}

function resident(municipalityCode = '990019'): string {
  const code = ResidentCode.fromBody(String(9_910_000_000 + (serial += 1))).reveal();
  register.people.set(code, { found: true, personKey: randomUUID(), municipalityCode, status: 'RESIDENT', superseded: false });
  return code;
}

const residents = (count: number): Line[] => Array.from({ length: count }, () => ({ code: resident(), requestId: randomUUID() }));
const csvOf = (lines: readonly Line[]): string =>
  [csvLine(REQUEST_COLUMNS), ...lines.map(({ code, requestId }, index) => csvLine([String(index + 1), requestId, code, '1', '', '5']))].join('');
const call = (method: string, path: string, options: { body?: unknown; as?: Actor; csv?: boolean } = {}): Promise<Answer> =>
  estate.request(method, `${API}${path}`, {
    as: options.as ?? HERE, purpose: 'NUMBER_DESIGNATION', body: options.body, ...(options.csv === true ? { headers: { 'content-type': 'text/csv' } } : {}),
  });
const codeOf = (answer: Answer): string => z.object({ type: z.string() }).parse(answer.json).type.split(':').at(-1) ?? '';
const open = async (): Promise<string> => opened.parse((await call('POST', '/batches', { body: { municipalityCode: '990019' } })).json).batchId;
const view = async (batchId: string) => batchView.parse((await call('GET', `/batches/${batchId}`)).json);

async function seal(lines: readonly Line[]): Promise<string> {
  const batchId = await open();
  const upload = uploaded.parse((await call('PUT', `/batches/${batchId}/lines`, { body: csvOf(lines), csv: true })).json);
  expect((await call('POST', `/batches/${batchId}/seal`, { body: upload })).status).toBe(202);
  return batchId;
}

const delivered = (batchId: string) => estate.eventually(async () => {
  const batch = await view(batchId);
  expect(batch.designated + batch.refused + batch.pending).toBe(batch.lines);
  return batch.state === 'DELIVERED' && batch;
}, 50);

/** Rows of the result by line, read page by page as the header Link says. */
async function result(batchId: string, limit = 7_000): Promise<Map<number, string[]>> {
  const rows = new Map<number, string[]>();
  for (let path: string | undefined = `${API}/batches/${batchId}/result?limit=${limit}`; path !== undefined; ) {
    const page = await estate.request('GET', path, { as: HERE, purpose: 'NUMBER_DESIGNATION' });
    expect(page.status).toBe(200);
    for (const line of page.bytes.toString('utf8').trimEnd().split('\r\n')) {
      const fields = line.split(',');
      if (line !== RESULT_COLUMNS.join(',')) rows.set(Number(fields[0]), fields);
    }
    path = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
  }
  return rows;
}

/** The events of the batches, as they came out on the stream. */
async function deliveries(): Promise<{ count: number; last: unknown }> {
  const subject = 'kiban.numbering.candidate.delivered.v1';
  const streams = await connectStreams(estate.natsUrl, 'spec');
  try {
    const last = await estate.eventually(async () => {
      const message = await streams.manager.streams.getMessage(streamName('numbering'), { last_by_subj: subject }).catch(() => null);
      return message?.json() ?? undefined;
    });
    const { state } = await streams.manager.streams.info(streamName('numbering'), { subjects_filter: subject });
    return { count: state.subjects?.[subject] ?? 0, last };
  } finally {
    await streams.connection.close();
  }
}

beforeAll(async () => {
  estate = await startEstate([numberingWith(crowded), register.module], { at: new Date('2016-01-20T01:00:00Z') });
});
afterAll(() => estate.stop());

describe('a batch (NUM-3.2, NUM-4.6)', () => {
  const lines = residents(SIZE);
  let batchId = '';

  it('NUM-4.6 survives a break of the generator, a restart of the estate and a register that is away: no orphan, no double', async () => {
    const secondChunk = lines[15_000]?.code ?? '';
    register.away = (codes) => codes.includes(secondChunk);
    breakAt = draws + 5_000;
    batchId = await seal(lines);
    const half = await estate.eventually(async () => {
      const batch = await view(batchId);
      return batch.designated > 0 && batch;
    });
    expect(half).toMatchObject({ state: 'DRAWING', designated: 10_000, pending: 10_000 });
    expect((await estate.sql<{ count: string }>('SELECT count(*) FROM numbering.number_ledger'))[0]?.count).toBe(10_000);
    expect(codeOf(await call('GET', `/batches/${batchId}/result`))).toBe('BATCH_NOT_DELIVERED');
    // Nothing is kept of what was drawn when the generator broke, or while the register did not answer.
    await estate.eventually(async () => salted === 0);
    await estate.restart();
    salted = 0;
    register.away = () => false;
    const batch = await delivered(batchId);
    expect(batch).toMatchObject({ lines: SIZE, designated: SIZE, repeated: 0, refused: 0, pending: 0 });
    expect(batch.rounds).toBeGreaterThan(2);
    expect(draws).toBeGreaterThan(SIZE * 1.05);
    const audit = await estate.request('GET', `${API}/uniqueness`, { as: AUDITOR });
    expect(audit.json).toMatchObject({ ledgerRows: SIZE, linkRows: SIZE, numbers: SIZE, violations: 0 });
    expect(await estate.sql('SELECT FROM numbering.batch_line')).toHaveLength(0);
  });

  it('NUM-4.6 numbers stand in the ledger in their own order within a round, which tells nothing of the lines', async () => {
    const rows = await estate.sql(`SELECT FROM (SELECT base11 < lag(base11) OVER (PARTITION BY tableoid, xmin::text, cmin::text ORDER BY ctid) AS falls FROM numbering.number_ledger) AS written WHERE falls`);
    expect(rows).toEqual([]);
  });

  it('NUM-5.3 the result brings every line its own number, and the receipt confirms it', async () => {
    const rows = await result(batchId);
    expect(rows.size).toBe(SIZE);
    const numbers = new Set<string>();
    lines.forEach(({ code, requestId }, index) => {
      const [line, request, resultCode, residentCode, number = '', state, generatedAt, ...rest] = rows.get(index + 1) ?? [];
      expect([line, request, resultCode, residentCode, state, generatedAt?.slice(0, 13), rest]).toEqual([String(index + 1), requestId, '00', code, 'D', '2016-01-20T01', ['', '']]);
      expect(IndividualNumber.fault(number)).toBeUndefined();
      numbers.add(number);
    });
    expect(numbers.size).toBe(SIZE);
    const designatedAt = async () => (await estate.sql<{ at: Date | null }>('SELECT designated_at AS at FROM numbering.generation_batch WHERE batch_id = $1', batchId))[0]?.at;
    expect(await designatedAt()).toBeNull();
    estate.clock.set(new Date('2016-01-20T02:00:00Z'));
    for (let turn = 0; turn < 2; turn += 1) {
      expect((await call('POST', `/batches/${batchId}/receipt`, { body: {} })).json).toEqual({ batchId, state: 'CONFIRMED' });
      estate.clock.set(new Date('2016-01-20T02:10:00Z'));
    }
    expect((await designatedAt())?.toISOString().slice(0, 16)).toBe('2016-01-20T02:00');
    expect(await deliveries()).toMatchObject({ count: 1, last: { subject: batchId, data: { batchId, municipalityCode: '990019', count: SIZE, mode: 'DESIGNATED' } } });
  });

  it('NUM-5.2 the register fetches the numbers of the batch, and of people, by gRPC; each read has its subjects in the audit', async () => {
    const peers = (clientId: string): Peers => new Peers(estate.config, { token: () => estate.token({ clientId, kind: 'service', organisation: clientId.slice(4) }) });
    const purpose = (name: string): PeerCall => ({ correlationId: randomUUID(), purpose: name });
    const juki = peers('svc-juki-net');
    try {
      const found = new Map<string, string>();
      for (let after: number | undefined = 0; after !== undefined; ) {
        const page: z.output<typeof listBatchLinks.output> = await juki.call(listBatchLinks, purpose('IDENTITY_INFORMATION'), { batchId, after, limit: 5_000 });
        for (const { personKey, number } of page.links) found.set(personKey, number);
        after = page.next;
      }
      expect(found.size).toBe(SIZE);
      const keys = [...found.keys()].slice(0, 1_000);
      const { links } = await juki.call(linkByPersons, purpose('IDENTITY_INFORMATION'), { personKeys: [...keys.slice(1), randomUUID()] });
      expect(new Map(links.map(({ personKey, number }) => [personKey, number]))).toEqual(new Map(keys.slice(1).map((key) => [key, found.get(key)])));
      expect(links[0]).toMatchObject({ seq: 1, state: 'DESIGNATED' });
      await expect(juki.call(linkByPersons, purpose('CARD_PRODUCTION'), { personKeys: keys })).rejects.toMatchObject({ code: 'PURPOSE_NOT_PERMITTED' });
      const cards = peers('svc-card-issuance');
      expect((await cards.call(linkByPersons, purpose('CARD_PRODUCTION'), { personKeys: keys })).links).toHaveLength(1_000);
      await expect(cards.call(listBatchLinks, purpose('NOTIFICATION'), { batchId })).rejects.toMatchObject({ code: 'ACTION_NOT_PERMITTED' });
      cards.close();
      const audited = await estate.sql("SELECT FROM numbering.audit_line WHERE entry LIKE '%numbering.link.by-persons%' AND entry LIKE '%DONE%' AND entry LIKE '%' || $1 || '%'", keys[5]);
      expect(audited).toHaveLength(2);
    } finally {
      juki.close();
    }
  });

  it('NUM-7 repeated, refused and doubled lines are each answered with their code', async () => {
    const known = lines[0] ?? { code: '', requestId: '' };
    const fresh = resident();
    const mixed: Line[] = [
      { code: fresh, requestId: 'n1' },
      { code: fresh, requestId: 'n1' },
      { code: fresh, requestId: 'n2' },
      known,
      { code: known.code, requestId: 'n3' },
      { code: '99000000014', requestId: 'n4' },
      { code: '99123456781', requestId: 'n5' },
      { code: resident('990027'), requestId: 'n6' },
    ];
    const mixedId = await seal(mixed);
    expect(await delivered(mixedId)).toMatchObject({ lines: 8, designated: 3, repeated: 2, refused: 5, pending: 0 });
    const rows = await result(mixedId, 3);
    expect([...rows.keys()]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect([...rows.values()].map(([, , resultCode]) => resultCode)).toEqual(['00', '01', '13', '01', '13', '10', '11', '12']);
    const first = await result(batchId, 20_000);
    expect(rows.get(2)?.[4]).toBe(rows.get(1)?.[4]);
    expect(rows.get(4)?.[4]).toBe(first.get(1)?.[4]);
    expect([3, 5, 6, 7, 8].map((line) => rows.get(line)?.[4])).toEqual(['', '', '', '', '']);
    expect(rows.get(6)?.[3]).toBe('99000000014');
    const assigned = async (id: string) => (await estate.sql<{ id: string }>('SELECT assignment_id AS id FROM numbering.assignment WHERE request_id = $1', id))[0]?.id;
    expect([...rows.values()].map((fields) => fields[8])).toEqual(['', '', await assigned('n1'), '', await assigned(known.requestId), '', '', '']);
  });

  it('NUM-3.2 the second delivery of a whole file changes nothing and gives the same numbers', async () => {
    const before = await result(batchId);
    const again = await seal(lines.slice(0, 3_000));
    expect(await delivered(again)).toMatchObject({ designated: 3_000, repeated: 3_000, refused: 0 });
    const rows = await result(again);
    for (const [line, [, , code, , number]] of rows) expect([code, number]).toEqual(['01', before.get(line)?.[4]]);
    expect((await estate.sql<{ count: number }>('SELECT count(*) FROM numbering.number_ledger'))[0]?.count).toBe(SIZE + 1);
  });

  it('NUM-3.2 a batch that is resumed with repeated lines behind it is delivered; meanwhile its numbers are nobody else\'s', async () => {
    const fresh = { code: resident(), requestId: 'resumed-1' };
    const waiting = { code: resident(), requestId: 'resumed-2' };
    register.away = (codes) => codes.includes(waiting.code);
    const all = [...lines.slice(0, 9_999), fresh, waiting];
    const resumed = await seal(all);
    await estate.eventually(async () => (await view(resumed)).designated === 10_000);
    const upload = { lineCount: all.length, sha256: createHash('sha256').update(csvOf(all)).digest('hex') };
    const { jobId } = sealed.parse((await call('POST', `/batches/${resumed}/seal`, { body: upload })).json);
    expect((await call('POST', `/jobs/${jobId}/cancellation`, { body: {} })).json).toEqual({ cancelled: true });
    register.away = () => false;
    const twin = await seal([fresh, lines[0] ?? fresh]);
    expect(await delivered(twin)).toMatchObject({ designated: 1, refused: 1 });
    expect([...(await result(twin)).values()].map(([, , resultCode, , number]) => [resultCode, number === ''])).toEqual([['13', true], ['01', false]]);
    expect((await call('POST', `/batches/${resumed}/seal`, { body: upload })).status).toBe(202);
    expect(await delivered(resumed)).toMatchObject({ lines: 10_001, designated: 10_001, repeated: 9_999, refused: 0 });
    expect(salted).toBe(0);
  });

  it('NUM-3.2 a batch whose rows do not add up is suspended, with an audit line', async () => {
    const line = { code: resident(), requestId: 'short' };
    register.away = (codes) => codes.includes(line.code);
    const batchId = await seal([line]);
    await estate.sql('UPDATE numbering.generation_batch SET lines = 2 WHERE batch_id = $1', batchId);
    register.away = () => false;
    await estate.eventually(async () => (await view(batchId)).state === 'SUSPENDED');
    const audited = await estate.sql("SELECT FROM numbering.audit_line WHERE entry LIKE '%SUSPENDED%' AND entry LIKE '%' || $1 || '%'", batchId);
    expect(audited).toHaveLength(1);
  });

  it('NUM-5.1 what arrived must be what the mayor sent; a faulty file leaves nothing behind', async () => {
    const id = await open();
    const body = csvOf(residents(3));
    expect(codeOf(await call('POST', `/batches/${id}/seal`, { body: { lineCount: 3, sha256: 'a'.repeat(64) } }))).toBe('UPLOAD_INCOMPLETE');
    const faulty = await call('PUT', `/batches/${id}/lines`, { body: `${body}9,x y,99000000015,1,,\r\n`, csv: true });
    expect(codeOf(faulty)).toBe('FILE_FAULTS');
    expect(JSON.stringify(faulty.json)).toContain('/lines/4/requestId');
    expect(codeOf(await call('PUT', `/batches/${id}/lines`, { body: 'a,b\r\n1,2\r\n', csv: true }))).toBe('FILE_MALFORMED');
    expect(codeOf(await call('PUT', `/batches/${id}/lines`, { body: `${csvLine(REQUEST_COLUMNS)}1,"x`, csv: true }))).toBe('FILE_MALFORMED');
    expect(codeOf(await call('PUT', `/batches/${id}/lines`, { body, csv: true, as: THERE }))).toBe('OUT_OF_JURISDICTION');
    for (let turn = 0; turn < 2; turn += 1) expect((await call('PUT', `/batches/${id}/lines`, { body, csv: true })).status).toBe(200);
    const sha256 = createHash('sha256').update(body).digest('hex');
    expect(codeOf(await call('POST', `/batches/${id}/seal`, { body: { lineCount: 4, sha256 } }))).toBe('COUNT_MISMATCH');
    expect(codeOf(await call('POST', `/batches/${id}/seal`, { body: { lineCount: 3, sha256: 'a'.repeat(64) } }))).toBe('HASH_MISMATCH');
    const first = sealed.parse((await call('POST', `/batches/${id}/seal`, { body: { lineCount: 3, sha256 } })).json);
    expect(sealed.parse((await call('POST', `/batches/${id}/seal`, { body: { lineCount: 3, sha256 } })).json)).toEqual(first);
    expect(codeOf(await call('PUT', `/batches/${id}/lines`, { body, csv: true }))).toBe('SEALED');
    expect(await delivered(id)).toMatchObject({ designated: 3 });
    expect(codeOf(await call('GET', `/batches/${id}`, { as: THERE }))).toBe('OUT_OF_JURISDICTION');
    expect(codeOf(await call('GET', `/batches/${randomUUID()}`))).toBe('NOT_FOUND');
    expect(codeOf(await call('GET', `/batches/${id}/result?after=3000000000`))).toBe('INVALID_INPUT');
  });

  it('NUM-4.9 no number and no resident code stands anywhere in the database in clear', async () => {
    const secrets = new Set(lines.map(({ code }) => code));
    const bodies = new Set<string>();
    for (const [, fields] of await result(batchId)) {
      secrets.add(fields[4] ?? '');
      bodies.add((fields[4] ?? '').slice(0, 11));
    }
    const tables = await estate.sql<{ name: string }>("SELECT relname AS name FROM pg_class WHERE relnamespace = 'numbering'::regnamespace AND relkind = 'r'");
    let cells = 0;
    for (const { name } of tables) {
      for (const { row } of await estate.sql<{ row: string }>(`SELECT t::text AS row FROM numbering.${name} t`)) {
        for (const [, run = ''] of row.matchAll(/(?=(\d{11,12}))/g)) {
          cells += 1;
          expect(secrets.has(run), name).toBe(false);
          if (!name.startsWith('number_ledger')) expect(bodies.has(run.slice(0, 11)), name).toBe(false);
        }
      }
    }
    expect(cells).toBeGreaterThan(SIZE);
  });
});

describe('the line of somebody who is moving (NUM-7)', () => {
  it('is answered 12 with since when, and waits by itself: the same id has its number once the move is settled', async () => {
    const [mover, settled] = [resident('990027'), resident('990027')];
    const entered = (code: string) => register.people.get(code) ?? { found: false, personKey: '', municipalityCode: '', superseded: false };
    register.people.set(mover, { ...entered(mover), since: '2014-04-01', movePending: true });
    register.people.set(settled, { ...entered(settled), since: '2014-05-01', movePending: false });
    const lines = [mover, settled].map((code) => ({ code, requestId: randomUUID() }));
    const batchId = await seal(lines);
    await delivered(batchId);
    const rows = await result(batchId);
    expect([rows.get(1)?.at(2), rows.get(1)?.at(7), rows.get(2)?.at(2), rows.get(2)?.at(7)]).toEqual(['12', '2014-04-01', '12', '2014-05-01']);
    const held = await estate.sql<{ job_id: string; request_id: string }>('SELECT job_id, request_id FROM numbering.held_request');
    expect(held).toMatchObject([{ request_id: lines[0]?.requestId }]);
    register.people.set(mover, { ...entered(mover), municipalityCode: '990019', movePending: false });
    await estate.eventually(async () => {
      // A look that began before the move was settled pauses for a minute from now on.
      estate.clock.set(new Date(estate.clock.now().getTime() + 61_000));
      return (await estate.sql("SELECT FROM numbering.held_request WHERE state = 'ANSWERED'")).length === 1;
    });
    const again = await seal(lines);
    await delivered(again);
    expect([...(await result(again)).values()].map((fields) => fields[2])).toEqual(['01', '12']);
  });
});
