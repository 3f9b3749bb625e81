import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { csvLine, IndividualNumber } from '#kernel';
import { linkByPersons } from '#contracts/numbering';
import type { Actor } from '#platform';
import type { Answer } from '#testing';
import { numberingWith } from '../numbering.module.js';
import { API, codeOf, COLLEAGUE, HERE, operator, Stewardship } from '../stewardship.fixture.js';
import { REQUEST_COLUMNS } from '../batch/batch.js';
import { CATCH_UP_COLUMNS } from './catch-up.js';

const TABLES = ['number_ledger', 'code_number_link', 'assignment', 'ledger_head'];
const numbered = z.object({ assignmentId: z.uuid(), number: z.string() });
const state = z.object({ state: z.string(), drawn: z.number(), missing: z.number(), neverIssued: z.number() });
const submitted = z.object({ catchUpId: z.uuid(), sha256: z.string() });
const world = new Stewardship();

/** The lowest number that the ledger lets pass: whatever a restore forgets is drawn again at once, unless something prevents it. Its zeros in front are part of it (NUM-4.1). */
function* lowest(): Generator<string, void, void> {
  for (let body = 12_345_678; ; body += 1) yield String(body).padStart(11, '0');
}

interface Lost {
  readonly code: string;
  readonly requestId: string;
  readonly number: string;
  readonly assignmentId: string;
  readonly generatedAt?: string;
  readonly seq?: string;
  readonly state?: string;
}

const ledger = async () => state.parse((await world.estate.request('GET', `${API}/ledger`, { as: operator('o-1') })).json);
const drawn = async (): Promise<Lost> => {
  const [{ code }, requestId] = [world.enter(), randomUUID()];
  return { code, requestId, ...numbered.parse((await world.ask(code, { requestId })).json) };
};

async function backUp(): Promise<void> {
  await world.estate.sql('CREATE SCHEMA backup');
  for (const table of TABLES) await world.estate.sql(`CREATE TABLE backup.${table} AS TABLE numbering.${table}`);
}

async function restore(): Promise<void> {
  for (const table of TABLES) {
    await world.estate.sql(`TRUNCATE numbering.${table}`);
    await world.estate.sql(`INSERT INTO numbering.${table} SELECT * FROM backup.${table}`);
  }
  await world.estate.sql('DROP SCHEMA backup CASCADE');
}

const listOf = (lines: readonly Lost[]): string => [
  csvLine(CATCH_UP_COLUMNS),
  ...lines.map(({ number, code, requestId, assignmentId, generatedAt = '2016-01-20T01:00:00Z', seq = '', state: stood = '' }, index) =>
    csvLine([String(index + 1), number, code, '990019', requestId, assignmentId, generatedAt, seq, stood])),
].join('');

const submit = (list: string, neverIssued = 0, as: Actor = operator('o-1')): Promise<Answer> =>
  world.estate.request('POST', `${API}/ledger/catch-ups?source=DELAYED_REPLICA&neverIssued=${neverIssued}`, { as, body: list, headers: { 'content-type': 'text/csv' } });
const confirm = (catchUpId: string, sha256: string, as: Actor = operator('o-2')): Promise<Answer> => world.post(`/ledger/catch-ups/${catchUpId}/confirmation`, { sha256 }, as, 'x');

/** Has a list taken in. */
async function takeIn(lines: readonly Lost[], neverIssued = 0): Promise<Answer> {
  const { catchUpId, sha256 } = submitted.parse((await submit(listOf(lines), neverIssued)).json);
  return confirm(catchUpId, sha256);
}

beforeAll(() => world.start(undefined, numberingWith(() => lowest)));
afterAll(() => world.estate.stop());

describe('a ledger restored from a backup (NUM-7)', () => {
  let kept: Lost;
  let lost: Lost[] = [];

  it('NUM-7 draws nothing and answers what it knows, also after a restart', async () => {
    kept = await drawn();
    expect(await ledger()).toMatchObject({ state: 'OPEN', drawn: 1, missing: 0 });
    await backUp();
    lost = [await drawn(), await drawn(), await drawn()];
    expect(await ledger()).toMatchObject({ state: 'OPEN', drawn: 4, missing: 0 });
    await restore();
    for (const start of [async () => undefined, () => world.estate.restart()]) {
      await start();
      expect(await ledger()).toMatchObject({ state: 'BEHIND', drawn: 1, missing: 3 });
      const refused = await world.ask(world.enter().code);
      expect(codeOf(refused)).toBe('503 LEDGER_BEHIND');
      expect(refused.json).toMatchObject({ facts: { missing: 3 } });
      expect(numbered.parse((await world.ask(kept.code, { requestId: kept.requestId })).json).number).toBe(kept.number);
    }
    const { links } = await world.service({ clientId: 'svc-juki-net', kind: 'service', organisation: 'juki-net' })
      .call(linkByPersons, { correlationId: 'spec', traceparent: undefined, purpose: 'IDENTITY_INFORMATION' }, { personKeys: [world.register.people.get(kept.code)?.personKey ?? ''] });
    expect(links).toHaveLength(1);
    expect(await world.estate.sql('SELECT FROM numbering.number_ledger')).toHaveLength(1);
  });

  it('NUM-7 is caught up by two officers: an incomplete list leaves it closed, a foreign one changes nothing', async () => {
    const [first, second, third] = [lost[0], lost[1], lost[2]];
    if (first === undefined || second === undefined || third === undefined) throw new Error('nothing was lost');
    expect(codeOf(await world.post('/ledger/catch-ups/0190a3b0-0000-7000-8000-000000000001/confirmation', { sha256: '0'.repeat(64) }, operator('o-2'), 'x'))).toBe('404 NOT_FOUND');
    expect(codeOf(await submit(listOf([first]), 0, HERE))).toBe('403 ACTION_NOT_PERMITTED');
    expect(codeOf(await submit(listOf([{ ...first, number: '123456789012' }])))).toBe('422 FILE_FAULTS');
    const proposed = submitted.parse((await submit(listOf([first]))).json);
    expect(proposed.sha256).toBe(createHash('sha256').update(listOf([first])).digest('hex'));
    expect(codeOf(await confirm(proposed.catchUpId, proposed.sha256, operator('o-1')))).toBe('409 SAME_OFFICER');
    expect(codeOf(await confirm(proposed.catchUpId, '0'.repeat(64)))).toBe('409 HASH_MISMATCH');
    const later = submitted.parse((await submit(listOf([first, second]))).json);
    expect(codeOf(await confirm(proposed.catchUpId, proposed.sha256))).toBe('404 NOT_FOUND');
    world.register.away = () => true;
    expect(codeOf(await confirm(later.catchUpId, later.sha256))).toBe('503 UNAVAILABLE');
    world.register.away = () => false;
    expect((await confirm(later.catchUpId, later.sha256)).json).toMatchObject({ outcome: 'INCOMPLETE', missing: 1 });
    expect(codeOf(await confirm(later.catchUpId, later.sha256))).toBe('409 CATCH_UP_STATE');
    expect(await ledger()).toMatchObject({ state: 'BEHIND', missing: 1 });
    const foreign = Array.from({ length: 4 }, (_, index) => ({ ...third, number: IndividualNumber.fromBody(String(50_000_000_000 + index)).reveal(), code: '' }));
    expect(codeOf(await takeIn(foreign))).toBe('409 CATCH_UP_EXCESS');
    expect(await ledger()).toMatchObject({ state: 'BEHIND', missing: 1 });
    // The surviving number and one that came before change nothing; the missing one closes the gap.
    expect((await takeIn([kept, second, third])).json).toMatchObject({ outcome: 'CAUGHT_UP' });
    expect(await ledger()).toMatchObject({ state: 'OPEN', drawn: 4, missing: 0, neverIssued: 0 });
  });

  it('NUM-7 then draws again, no number twice, and people who came back have theirs', async () => {
    // The two requests that were turned away have waited and answer themselves.
    await world.estate.eventually(async () => (await world.estate.sql("SELECT FROM numbering.held_request WHERE state = 'ANSWERED'")).length === 2);
    for (const { code, requestId, number, assignmentId } of lost) {
      expect(numbered.parse((await world.ask(code, { requestId })).json)).toEqual({ number, assignmentId });
      expect(codeOf(await world.ask(code))).toBe('409 ALREADY_NUMBERED');
    }
    const next = await drawn();
    expect([kept, ...lost].map(({ number }) => number)).not.toContain(next.number);
    expect((await world.uniqueness()).json).toMatchObject({ ledgerRows: 7, linkRows: 7, violations: 0 });
    expect(await ledger()).toMatchObject({ state: 'OPEN', drawn: 7 });
    expect(await world.estate.sql('SELECT FROM numbering.ledger_catch_up_line l JOIN numbering.ledger_catch_up c ON c.catch_up_id = l.catch_up_id WHERE c.state = $1', 'DONE')).toHaveLength(0);
  });

  it('NUM-7 a batch waits while the ledger is behind; what nobody ever had is closed by two officers', async () => {
    await backUp();
    await drawn();
    await restore();
    const { batchId } = z.object({ batchId: z.string() }).parse((await world.post('/batches', { municipalityCode: '990019' }, HERE, 'NUMBER_DESIGNATION')).json);
    const body = csvLine(REQUEST_COLUMNS) + csvLine(['1', randomUUID(), world.enter().code, '1', '', '5']);
    const uploaded = await world.estate.request('PUT', `${API}/batches/${batchId}/lines`, { as: HERE, purpose: 'NUMBER_DESIGNATION', body, headers: { 'content-type': 'text/csv' } });
    expect((await world.post(`/batches/${batchId}/seal`, uploaded.json, HERE, 'NUMBER_DESIGNATION')).status).toBe(202);
    expect((await takeIn([], 2)).json).toMatchObject({ outcome: 'EXCESS', missing: 1 });
    const batch = async () => z.object({ state: z.string() }).parse((await world.estate.request('GET', `${API}/batches/${batchId}`, { as: HERE })).json).state;
    expect(await batch()).toBe('SEALED');
    expect((await takeIn([], 1)).json).toMatchObject({ outcome: 'CAUGHT_UP' });
    await world.estate.eventually(async () => (await batch()) === 'DELIVERED');
    expect(await ledger()).toMatchObject({ state: 'OPEN', drawn: 9, neverIssued: 1 });
  });

  it('NUM-7 brings back changed, withdrawn, sleeping and tentative numbers as they stood', async () => {
    const [changed, twice, early] = [await drawn(), await drawn(), await drawn()];
    const keyOf = ({ code }: Lost): string => world.register.people.get(code)?.personKey ?? '';
    const step = (path: string, body: object, as = COLLEAGUE) => world.post(`/change-cases${path}`, body, as, 'NUMBER_CHANGE');
    const { caseId } = z.object({ caseId: z.uuid() }).parse((await step('', {
      filingId: randomUUID(), municipalityCode: '990019', individualNumber: changed.number, kind: 'EX_OFFICIO', occasion: 'CARD_STOLEN', statement: '盗難',
    }, HERE)).json);
    await step(`/${caseId}/evidence`, { leaked: true, misuseRisk: true, evidence: '被害届' });
    expect((await step(`/${caseId}/decision`, { decision: 'GRANTED' })).json).toMatchObject({ state: 'GRANTED' });
    await backUp();
    const gone = await Promise.all(Array.from({ length: 6 }, () => drawn()));
    await restore();
    expect(await ledger()).toMatchObject({ state: 'BEHIND', missing: 6 });
    const [second, third, fourth, withdrawn, asleep, dead] = gone;
    if (second === undefined || third === undefined || fourth === undefined || withdrawn === undefined || asleep === undefined || dead === undefined) throw new Error('nothing was lost');
    const newcomer = world.enter();
    const list: Lost[] = [
      { ...fourth, code: twice.code, seq: '3', state: 'DESIGNATED' }, { ...second, code: changed.code, seq: '2', state: 'DESIGNATED' }, { ...third, code: twice.code, seq: '2', state: 'SUPERSEDED' },
      { ...withdrawn, seq: '1', state: 'VOID' }, { ...asleep, seq: '1', state: 'DORMANT' },
      { ...dead, code: newcomer.code, seq: '1', state: 'TENTATIVE', generatedAt: '2015-09-10T01:00:00Z' },
    ];
    expect((await takeIn(list)).json).toMatchObject({ outcome: 'CAUGHT_UP' });
    const [restored] = await world.estate.sql('SELECT state, new_assignment_id FROM numbering.change_case WHERE case_id = $1', caseId);
    expect(restored).toEqual({ state: 'NEW_NUMBER_DESIGNATED', new_assignment_id: second.assignmentId });
    const rows = (personKey: string) => world.estate.sql<{ generation: number; state: string; at: Date | null }>(
      'SELECT generation, state, designated_at AS at FROM numbering.assignment WHERE person_key = $1 ORDER BY generation', personKey);
    expect(await rows(keyOf(changed))).toMatchObject([{ generation: 1, state: 'SUPERSEDED' }, { generation: 2, state: 'DESIGNATED' }]);
    expect(await rows(keyOf(twice))).toMatchObject([{ state: 'SUPERSEDED' }, { state: 'SUPERSEDED' }, { generation: 3, state: 'DESIGNATED' }]);
    expect(await rows(keyOf(withdrawn))).toMatchObject([{ state: 'VOID', at: null }]);
    expect(await rows(keyOf(asleep))).toMatchObject([{ state: 'DORMANT' }]);
    expect(await rows(newcomer.personKey)).toMatchObject([{ state: 'DESIGNATED', at: new Date('2015-10-04T15:00:00.000Z') }]);
    const juki = world.service({ clientId: 'svc-juki-net', kind: 'service', organisation: 'juki-net' });
    const { links } = await juki.call(linkByPersons, { correlationId: 'spec', traceparent: undefined, purpose: 'IDENTITY_INFORMATION' },
      { personKeys: [changed, twice, early, withdrawn, asleep].map(keyOf).concat(newcomer.personKey) });
    juki.close();
    expect(new Map(links.map(({ personKey, number, seq }) => [personKey, [number, seq]]))).toEqual(new Map([
      [keyOf(changed), [second.number, 2]], [keyOf(twice), [fourth.number, 3]], [keyOf(early), [early.number, 1]], [newcomer.personKey, [dead.number, 1]],
    ]));
    expect(codeOf(await world.ask(withdrawn.code, { requestId: withdrawn.requestId }))).toBe('409 ALREADY_NUMBERED');
    expect(numbered.parse((await world.ask(withdrawn.code)).json).number).not.toBe(withdrawn.number);
    expect((await world.uniqueness()).json).toMatchObject({ violations: 0 });
  });

  it('NUM-7 a copy tells what was drawn since the backup to another officer than the one who asks, page by page, as the restored ledger takes it in', async () => {
    const [early, changed] = [await drawn(), await drawn()];
    world.estate.clock.set(new Date('2016-01-22T01:00:00Z'));
    await backUp();
    const gone = await Promise.all(Array.from({ length: 5 }, () => drawn()));
    await world.estate.sql("UPDATE numbering.assignment SET state = 'DORMANT' WHERE assignment_id = $1", gone[0]?.assignmentId);
    const wish = { since: '2016-01-22T00:00:00Z', reason: '四半期の訓練' };
    expect(codeOf(await world.post('/ledger/lists', wish, HERE, 'NUMBER_DESIGNATION'))).toBe('403 ACTION_NOT_PERMITTED');
    const { listId, lines } = z.object({ listId: z.uuid(), lines: z.number() }).parse((await world.post('/ledger/lists', wish, operator('o-1'), 'x')).json);
    expect(lines).toBe(5);
    const read = (path: string, as = operator('o-2'), purpose = 'NUMBER_DESIGNATION') => world.estate.request('GET', path, { as, purpose });
    const from = `${API}/ledger/lists/${listId}/lines?limit=2`;
    expect([codeOf(await read(from, operator('o-1'))), codeOf(await read(from, operator('o-2'), 'CARD_PRODUCTION')), codeOf(await read(`${from}&after=2`))]).toEqual(['409 SAME_OFFICER', '403 PURPOSE_NOT_PERMITTED', '400 INVALID_INPUT']);
    let list = '';
    for (let path: string | undefined = from; path !== undefined;) {
      const page: Answer = await read(path);
      list += page.bytes.toString('utf8');
      path = /<(.*)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
    }
    const told = list.split('\r\n').slice(1, -1).map((line) => line.split(','));
    expect(told.map(([lineNo]) => lineNo)).toEqual(['1', '2', '3', '4', '5']);
    expect(new Set(told.map(([, number]) => number))).toEqual(new Set(gone.map(({ number }) => number)));
    await restore();
    expect(await ledger()).toMatchObject({ state: 'BEHIND', missing: 5 });
    const { catchUpId, sha256 } = submitted.parse((await submit(list)).json);
    expect((await confirm(catchUpId, sha256)).json).toMatchObject({ outcome: 'CAUGHT_UP' });
    for (const { code, requestId, number } of [early, changed, ...gone]) expect(numbered.parse((await world.ask(code, { requestId })).json).number).toBe(number);
    expect(await world.estate.sql('SELECT state FROM numbering.assignment WHERE assignment_id = $1', gone[0]?.assignmentId)).toEqual([{ state: 'DORMANT' }]);
    world.estate.clock.set(new Date('2016-01-23T02:00:00Z'));
    expect(codeOf(await read(from))).toBe('404 NOT_FOUND');
  });

  it('says nothing of a number outside of the database', async () => {
    const [head] = await world.estate.sql<{ ledger_id: string }>('SELECT ledger_id FROM numbering.ledger_head');
    const lines = await world.estate.sql<{ entry: string }>("SELECT entry FROM numbering.audit_line WHERE entry LIKE '%catch-up%'");
    expect(head?.ledger_id).toBeDefined();
    expect(lines.length).toBeGreaterThan(0);
    for (const { number } of lost) expect(lines.map(({ entry }) => entry).join()).not.toContain(number.slice(0, 11));
  });
});
