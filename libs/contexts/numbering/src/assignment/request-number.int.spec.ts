import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { IndividualNumber, ResidentCode } from '#kernel';
import { connectStreams, streamName, type Actor } from '#platform';
import { databaseAs, startEstate, type Answer, type TestEstate } from '#testing';
import { numberingModule } from '../numbering.module.js';
import { fakeRegister } from '../register/register.fixture.js';

const HERE: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' };
const THERE: Actor = { clientId: 'municipality-990027', kind: 'municipality', organisation: '990027' };
const AUDITOR: Actor = { clientId: 'auditor-1', kind: 'auditor', organisation: 'audit' };
const register = fakeRegister();
const answered = z.object({ assignmentId: z.uuid(), number: z.string(), state: z.string() });
const problem = z.object({ type: z.string(), facts: z.record(z.string(), z.unknown()).optional() });
let estate: TestEstate;
let serial = 0;

/** A new resident of the register; gives the code. */
function resident(over: { municipalityCode?: string; status?: 'RESIDENT' | 'CONFLICT' | 'DECEASED'; personKey?: string } = {}): string {
  const code = ResidentCode.fromBody(String(9_900_000_000 + (serial += 1))).reveal();
  register.people.set(code, { found: true, personKey: randomUUID(), municipalityCode: '990019', status: 'RESIDENT', superseded: false, ...over });
  return code;
}

const ask = (residentCode: string, requestId: string = randomUUID(), as: Actor = HERE, purpose = 'NUMBER_DESIGNATION'): Promise<Answer> =>
  estate.request('POST', '/api/numbering/v1/requests', { as, purpose, body: { requestId, municipalityCode: '990019', residentCode, kind: 'NEW' } });

const codeOf = (answer: Answer): string => `${answer.status} ${problem.parse(answer.json).type.split(':').at(-1)}`;
const personOf = (code: string): string => register.people.get(code)?.personKey ?? '';

/** The latest event on the subject, as it came out on the stream. */
async function lastEvent(subject: string): Promise<unknown> {
  const streams = await connectStreams(estate.natsUrl, 'spec');
  try {
    return await estate.eventually(async () => {
      const message = await streams.manager.streams.getMessage(streamName('numbering'), { last_by_subj: subject }).catch(() => null);
      return message?.json() ?? undefined;
    });
  } finally {
    await streams.connection.close();
  }
}

beforeAll(async () => {
  estate = await startEstate([numberingModule, register.module], { at: new Date('2016-01-20T01:00:00Z') });
});
afterAll(() => estate.stop());

describe('a single request (NUM-4.8, NUM-5.1)', () => {
  it('NUM-3.1 designates at delivery: ledger, link and assignment, one event and one audit line with the subject', async () => {
    const code = resident();
    const answer = await ask(code, 'req-1');
    expect(answer.status).toBe(201);
    const { assignmentId, number, state } = answered.parse(answer.json);
    expect(state).toBe('DESIGNATED');
    expect(IndividualNumber.fault(number)).toBeUndefined();
    expect(number.startsWith('99')).toBe(false);
    expect(await estate.sql('SELECT FROM numbering.number_ledger WHERE base11 = $1', number.slice(0, 11))).toHaveLength(1);
    const links = await estate.sql('SELECT seq, state FROM numbering.code_number_link WHERE person_key = $1', personOf(code));
    expect(links).toEqual([{ seq: 1, state: 'OPEN' }]);
    const rows = await estate.sql('SELECT state, request_id, municipality_code, batch_id FROM numbering.assignment WHERE person_key = $1', personOf(code));
    expect(rows).toEqual([{ state: 'DESIGNATED', request_id: 'req-1', municipality_code: '990019', batch_id: null }]);
    const event = await lastEvent('kiban.numbering.number.designated.v1');
    expect(event).toMatchObject({ subject: assignmentId, sequence: '1', data: { assignmentId, personKey: personOf(code), municipalityCode: '990019', designatedAt: expect.stringMatching(/^2016-01-20T01:/), generation: 1 } });
    expect(JSON.stringify(event)).not.toContain(number.slice(0, 11));
    const audited = await estate.sql<{ entry: string }>("SELECT entry FROM numbering.audit_line WHERE entry LIKE '%' || $1 || '%'", assignmentId);
    expect(audited).toHaveLength(1);
    expect(JSON.parse(audited[0]?.entry ?? '')).toMatchObject({ action: 'numbering.request.submit', purpose: 'NUMBER_DESIGNATION', outcome: 'DONE', subjects: [personOf(code)], client: HERE.clientId });
  });

  it('NUM-7 the same request gives the same number for ever, another one the reference and never a second number', async () => {
    const code = resident();
    const first = answered.parse((await ask(code, 'req-2')).json);
    expect(answered.parse((await ask(code, 'req-2')).json)).toEqual(first);
    const other = await ask(code, 'req-3');
    expect(codeOf(other)).toBe('409 ALREADY_NUMBERED');
    expect(problem.parse(other.json).facts).toEqual({ assignmentId: first.assignmentId });
    expect(codeOf(await ask(resident(), 'req-2'))).toBe('409 REQUEST_ID_REUSED');
  });

  it('NUM-4.8 a person who got another code keeps the one number', async () => {
    const code = resident();
    await ask(code);
    expect(codeOf(await ask(resident({ personKey: personOf(code) })))).toBe('409 ALREADY_NUMBERED');
  });

  it('NUM-7 twenty requests for one code at the same moment end with one number', async () => {
    const code = resident();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(code, index % 2 === 0 ? 'twin' : `other-${index}`)));
    const given = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(new Set(refused.map(codeOf))).toEqual(new Set(['409 ALREADY_NUMBERED']));
    expect([1, 10]).toContain(given.length);
    expect(new Set(given.map(({ json }) => answered.parse(json).number)).size).toBe(1);
    expect(await estate.sql('SELECT FROM numbering.assignment WHERE person_key = $1', personOf(code))).toHaveLength(1);
    expect(await estate.sql('SELECT FROM numbering.code_number_link WHERE person_key = $1', personOf(code))).toHaveLength(1);
  });

  it.each([
    ['CODE_CHECK_DIGIT', 422, () => '99000000014'],
    ['CODE_UNKNOWN', 422, () => '99123456781'],
    ['CODE_NOT_YOURS', 409, () => resident({ municipalityCode: '990027' })],
    ['PERSON_CONFLICT', 409, () => resident({ status: 'CONFLICT' })],
    ['CODE_UNKNOWN', 422, () => resident({ status: 'DECEASED' })],
  ])('NUM-7 refuses %s', async (code, status, residentCode) => {
    const before = await estate.sql('SELECT FROM numbering.number_ledger');
    const answer = await ask(residentCode());
    expect(codeOf(answer)).toBe(`${status} ${code}`);
    expect(await estate.sql('SELECT FROM numbering.number_ledger')).toHaveLength(before.length);
  });

  it('番号法8条 only the municipality itself, only for the designation of numbers', async () => {
    const code = resident();
    expect(codeOf(await ask(code, 'x', THERE))).toBe('403 OUT_OF_JURISDICTION');
    expect(codeOf(await ask(code, 'x', AUDITOR))).toBe('403 ACTION_NOT_PERMITTED');
    expect(codeOf(await ask(code, 'x', HERE, 'CALL_CENTRE'))).toBe('403 PURPOSE_NOT_PERMITTED');
    expect(codeOf(await ask('9900000001', 'x'))).toBe('400 INVALID_INPUT');
    const refusals = await estate.sql("SELECT FROM numbering.audit_line WHERE entry LIKE '%OUT_OF_JURISDICTION%' OR entry LIKE '%PURPOSE_NOT_PERMITTED%'");
    expect(refusals).toHaveLength(2);
  });

  it('NUM-7 a number whose link cannot be written leaves the ledger again, with its head and event', async () => {
    const rows = async () => (await estate.sql('SELECT (SELECT count(*) FROM numbering.number_ledger) AS ledger, (SELECT drawn FROM numbering.ledger_head) AS drawn, (SELECT count(*) FROM numbering.assignment) AS assignments'))[0];
    const [before, code] = [await rows(), resident()];
    await estate.sql("ALTER TABLE numbering.code_number_link ADD CONSTRAINT planted CHECK (seq > 1) NOT VALID");
    expect((await ask(code, 'torn')).status).toBe(500);
    expect(await rows()).toEqual(before);
    await estate.sql('ALTER TABLE numbering.code_number_link DROP CONSTRAINT planted');
    expect((await ask(code, 'torn')).status).toBe(201);
  });

  it('番号法施行令8条 neither mayor nor person can name a number', async () => {
    const body = { requestId: 'chosen', municipalityCode: '990019', residentCode: resident(), kind: 'NEW' };
    for (const wish of [{ number: '123456789018' }, { body: '12345678901' }, { salt: '00' }]) {
      expect(codeOf(await estate.request('POST', '/api/numbering/v1/requests', { as: HERE, purpose: 'NUMBER_DESIGNATION', body: { ...body, ...wish } }))).toBe('400 INVALID_INPUT');
    }
  });

  it('NUM-4.9 the ledger can only grow', async () => {
    const app = databaseAs(estate, 'numbering', 'app');
    try {
      await expect(app.db.run('DELETE FROM number_ledger')).rejects.toThrow(/permission denied/);
      await expect(app.db.run('UPDATE number_ledger SET base11 = 1')).rejects.toThrow(/permission denied/);
    } finally {
      await app.close();
    }
  });

  it('NUM-7 the auditor counts what the database holds', async () => {
    const answer = await estate.request('GET', '/api/numbering/v1/uniqueness', { as: AUDITOR });
    const rows = (await estate.sql('SELECT FROM numbering.assignment')).length;
    expect(answer.json).toEqual({ ledgerRows: rows, linkRows: rows, numbers: rows, openPerCode: 0, openPerNumber: 0, openPerPerson: 0, withoutAssignment: 0, violations: 0 });
    await estate.sql('UPDATE numbering.code_number_link SET number_index = (SELECT min(number_index::text)::bytea FROM numbering.code_number_link)');
    const broken = await estate.request('GET', '/api/numbering/v1/uniqueness', { as: AUDITOR });
    expect(broken.json).toMatchObject({ openPerNumber: 1, numbers: 1, violations: 1 });
    expect((await estate.request('GET', '/api/numbering/v1/uniqueness', { as: HERE })).status).toBe(403);
  });
});

describe('before the Act is in force (NUM-3.1)', () => {
  it('NUM-4.7 a candidate is tentative, is told to nobody, and becomes the number on 2015-10-05', async () => {
    const early = await startEstate([numberingModule, register.module], { at: new Date('2015-09-10T01:00:00Z') });
    try {
      const residentCode = resident();
      const body = { requestId: 'early', municipalityCode: '990019', residentCode, kind: 'NEW' };
      const request = () => early.request('POST', '/api/numbering/v1/requests', { as: HERE, purpose: 'NUMBER_DESIGNATION', body });
      const first = answered.parse((await request()).json);
      expect(first.state).toBe('TENTATIVE');
      early.clock.set(new Date('2015-10-04T15:00:01Z'));
      const then = await early.eventually(async () => {
        const [row] = await early.sql<{ designated_at: Date | null }>("SELECT designated_at FROM numbering.assignment WHERE state = 'DESIGNATED'");
        return row;
      });
      expect(then.designated_at?.toISOString()).toBe('2015-10-04T15:00:00.000Z');
      expect(answered.parse((await request()).json)).toEqual({ ...first, state: 'DESIGNATED' });
    } finally {
      await early.stop();
    }
  });
});
