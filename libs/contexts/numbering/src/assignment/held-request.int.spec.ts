import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { codeOf, HERE, Stewardship, THERE } from '../stewardship.fixture.js';

const world = new Stewardship();
const refused = z.object({ facts: z.object({ jobId: z.uuid().optional(), heldUntil: z.string().optional(), since: z.string().optional() }).default({}) });
const job = z.object({ state: z.string(), result: z.unknown().optional() });
const HOUR = 3_600_000;

/** A resident of the other municipality who has notified the move here. */
function mover(over: { since?: string; movePending?: boolean } = {}): { code: string; personKey: string } {
  const person = world.enter(THERE.organisation);
  world.register.people.set(person.code, { found: true, personKey: person.personKey, municipalityCode: THERE.organisation, status: 'RESIDENT', superseded: false, since: '2014-04-01', movePending: true, ...over });
  return person;
}

function settleAt(municipalityCode: string, { code, personKey }: { code: string; personKey: string }): void {
  world.register.people.set(code, { found: true, personKey, municipalityCode, status: 'RESIDENT', superseded: false, since: '2016-01-20', movePending: false });
}

const factsOf = (json: unknown) => refused.parse(json).facts;
const jobOf = async (jobId = '') => job.parse((await world.estate.request('GET', `/api/numbering/v1/jobs/${jobId}`, { as: HERE })).json);
const ended = (jobId: string | undefined) => world.estate.eventually(async () => {
  const seen = await jobOf(jobId);
  return seen.state === 'SUCCEEDED' && seen;
});
const forward = (ms: number): void => world.estate.clock.set(new Date(world.estate.clock.now().getTime() + ms));

beforeAll(() => world.start());
afterAll(() => world.estate.stop());

describe('the code of another municipality (NUM-7, result 12)', () => {
  it('is refused with since when; nothing is held without a pending move', async () => {
    const { code } = mover({ movePending: false });
    const answer = await world.ask(code);
    expect(codeOf(answer)).toBe('409 CODE_NOT_YOURS');
    expect(factsOf(answer.json)).toEqual({ since: '2014-04-01' });
    expect(await world.estate.sql('SELECT FROM numbering.held_request')).toHaveLength(0);
  });

  it('is held while the move is under way and answered by itself, after a restart too, with one number for ever', async () => {
    const person = mover();
    const requestId = randomUUID();
    const answer = await world.ask(person.code, { requestId });
    expect(codeOf(answer)).toBe('409 REQUEST_HELD');
    const { jobId, heldUntil } = factsOf(answer.json);
    expect(new Date(heldUntil ?? '').getTime() - world.estate.clock.now().getTime()).toBeGreaterThan(24 * HOUR - 60_000);
    expect(factsOf((await world.ask(person.code, { requestId })).json).jobId).toBe(jobId);
    expect(codeOf(await world.ask(mover().code, { requestId }))).toBe('409 REQUEST_ID_REUSED');
    await world.estate.restart();
    settleAt(HERE.organisation, person);
    forward(61_000);
    expect((await ended(jobId)).result).toEqual({ state: 'ANSWERED' });
    const rows = await world.estate.sql('SELECT state, municipality_code FROM numbering.assignment WHERE person_key = $1', person.personKey);
    expect(rows).toEqual([{ state: 'DESIGNATED', municipality_code: HERE.organisation }]);
    const again = await world.ask(person.code, { requestId });
    expect([again.status, again.json]).toMatchObject([201, { state: 'DESIGNATED' }]);
    expect(await world.estate.sql("SELECT code FROM numbering.held_request WHERE state = 'ANSWERED'")).toEqual([{ code: null }]);
    const kept = (await world.estate.sql<{ text: string }>('SELECT entry AS text FROM numbering.audit_line UNION ALL SELECT parameters::text FROM numbering.job')).map(({ text }) => text).join('\n');
    expect(kept).toContain('held-request:');
    expect(kept).not.toContain(person.code);
  });

  it('is refused after a day, also while the move is pending still; a sender who is faster than the job gets its number', async () => {
    const [slow, quick, elsewhere] = [mover(), mover(), mover()];
    const [slowId, quickId] = [randomUUID(), randomUUID()];
    const held = factsOf((await world.ask(slow.code, { requestId: slowId })).json);
    const quickHeld = factsOf((await world.ask(quick.code, { requestId: quickId })).json);
    const elsewhereHeld = factsOf((await world.ask(elsewhere.code)).json);
    settleAt(HERE.organisation, quick);
    settleAt('990035', elsewhere);
    expect((await world.ask(quick.code, { requestId: quickId })).status).toBe(201);
    forward(61_000);
    expect((await ended(quickHeld.jobId)).result).toEqual({ state: 'ANSWERED' });
    expect((await ended(elsewhereHeld.jobId)).result).toEqual({ state: 'REFUSED', fault: 'CODE_NOT_YOURS' });
    expect((await jobOf(held.jobId)).state).not.toBe('SUCCEEDED');
    forward(24 * HOUR);
    const late = await world.ask(slow.code, { requestId: slowId });
    expect([codeOf(late), factsOf(late.json)]).toEqual(['409 CODE_NOT_YOURS', { since: '2014-04-01' }]);
    expect((await ended(held.jobId)).result).toEqual({ state: 'REFUSED', fault: 'CODE_NOT_YOURS' });
    expect(codeOf(await world.ask(slow.code, { requestId: slowId }))).toBe('409 CODE_NOT_YOURS');
    expect(codeOf(await world.ask(slow.code))).toBe('409 REQUEST_HELD');
  });
});
