import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generate, generateStream } from '#contracts/numbering';
import type { Peers } from '#platform';
import { HERE, Stewardship, THERE } from '../stewardship.fixture.js';

const world = new Stewardship();
const call = () => ({ correlationId: randomUUID(), purpose: 'NUMBER_DESIGNATION' });
const line = (lineNo: number, residentCode: string, more: { requestId?: string; municipalityCode?: string } = {}) => ({ lineNo, requestId: randomUUID(), municipalityCode: HERE.organisation, residentCode, ...more });
let here: Peers;

/** The answers of a stream, and the code of the refusal that ended it. */
async function send(lines: ReturnType<typeof line>[], purpose = 'NUMBER_DESIGNATION') {
  const results: { lineNo: number; resultCode: string; fault: string; number: string; since: string }[] = [];
  try {
    for await (const result of here.stream(generateStream, { ...call(), purpose }, lines)) results.push(result);
  } catch (error) {
    return { results, code: error instanceof Error && 'code' in error ? error.code : error };
  }
  return { results, code: undefined };
}

beforeAll(async () => {
  await world.start();
  here = world.service(HERE);
});
afterAll(async () => {
  here.close();
  await world.estate.stop();
});

describe('Numbering.GenerateStream (NUM-5.2)', () => {
  it('answers each line in its turn: numbers, repetitions and refusals with the codes of NRES', async () => {
    const [known, moving, settled] = [world.enter(), world.enter(THERE.organisation), world.enter(THERE.organisation)];
    const entry = { found: true, municipalityCode: THERE.organisation, status: 'RESIDENT' as const, superseded: false, since: '2014-04-01' };
    world.register.people.set(moving.code, { ...entry, personKey: moving.personKey, movePending: true }).set(settled.code, { ...entry, personKey: settled.personKey });
    const first = line(1, known.code);
    const { results, code } = await send([
      first, { ...first, lineNo: 2 }, line(3, known.code), line(4, '99000000016'), line(5, '９９０００００００１５'), line(6, world.enter().code.replace(/^9/, '1')), line(7, settled.code), line(8, moving.code), line(9, world.enter().code),
    ]);
    expect(code).toBeUndefined();
    expect(results.map(({ lineNo, resultCode }) => [lineNo, resultCode])).toEqual([[1, '00'], [2, '01'], [3, '13'], [4, '10'], [5, '10'], [6, '10'], [7, '12'], [8, '12'], [9, '00']]);
    expect(results[1]?.number).toBe(results[0]?.number);
    expect(results.slice(6, 8).map(({ fault, since }) => [fault, since])).toEqual([['CODE_NOT_YOURS', '2014-04-01'], ['REQUEST_HELD', '2014-04-01']]);
    const audited = await world.estate.sql<{ entry: string }>("SELECT entry FROM numbering.audit_line WHERE entry LIKE '%numbering.request.generate%'");
    expect(audited.length).toBeGreaterThanOrEqual(9);
    expect(audited.map(({ entry }) => entry).join('\n')).not.toContain(known.code);
  });

  it('ends with a line that is not permitted or has not the form; what was answered before stays and may be sent again', async () => {
    const [first, second] = [line(1, world.enter().code), line(2, world.enter().code)];
    const broken = await send([first, line(2, world.enter().code, { municipalityCode: THERE.organisation }), second]);
    expect([broken.results.map(({ resultCode }) => resultCode), broken.code]).toEqual([['00'], 'OUT_OF_JURISDICTION']);
    const malformed = await send([line(1, 'x', { requestId: 'a\0b' })]);
    expect([malformed.results, malformed.code]).toEqual([[], 'INVALID_INPUT']);
    expect((await send([first], 'CALL_CENTRE')).code).toBe('PURPOSE_NOT_PERMITTED');
    const again = await send([first, second]);
    expect(again.results.map(({ resultCode }) => resultCode)).toEqual(['01', '00']);
  });

  it('Generate answers a single line', async () => {
    expect(await here.call(generate, call(), line(1, world.enter().code))).toMatchObject({ resultCode: '00', state: 'DESIGNATED' });
  });
});
