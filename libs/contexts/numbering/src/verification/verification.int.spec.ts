import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { productionBatchReady } from '#contracts/card-issuance';
import { linkByCode, linkByNumber, linkByPersons, statusByNumber, validateCheckDigit } from '#contracts/numbering';
import { IndividualNumber } from '#kernel';
import type { Answer } from '#testing';
import { log, type Actor, type Peers } from '#platform';
import { AGENCY, codeOf, HERE, operator, Stewardship } from '../stewardship.fixture.js';

const spec = new Stewardship();
const call = { correlationId: 'spec-verify', purpose: 'IDENTITY_INFORMATION' };
const items = { nameKanji: '見本　太郎', birthDate: '19800101', sex: '1', address: '架空県試験市見本町２丁目３番４号' };
const faults = z.object({ errors: z.array(z.object({ code: z.string() })) });
let juki: Peers;
let agency: Peers;

beforeAll(async () => {
  await spec.start();
  juki = spec.service({ clientId: 'svc-juki-net', kind: 'service', organisation: 'juki-net' });
  agency = spec.service(AGENCY);
});
afterAll(async () => {
  juki.close();
  agency.close();
  await spec.estate.stop();
});

const client = (name: string): Actor => ({ clientId: `agency-${name}`, kind: 'national-agency', organisation: name });
const verify = (number: string, fourItems: unknown = items, as: Actor = AGENCY): Promise<Answer> => spec.post('/verifications', { number, fourItems }, as, 'NUMBER_VERIFICATION');
const auditOf = (match: string) => spec.estate.sql<{ entry: string }>("SELECT entry FROM numbering.audit_line WHERE entry LIKE '%' || $1 || '%' ORDER BY id", match);

describe('verifications (NUM-5.1)', () => {
  it('tells match or no match and nothing else; the audit line names the person, not the number', async () => {
    const { number, personKey } = await spec.resident();
    expect([(await verify(number)).json, (await verify(number, { ...items, sex: '2' })).json]).toEqual([{ result: 'MATCH' }, { result: 'NO_MATCH' }]);
    expect((await verify(IndividualNumber.fromBody('99000000001').reveal())).json).toEqual({ result: 'NO_MATCH' });
    const lines = await auditOf('numbering.verification.verify');
    expect(lines.map(({ entry }) => JSON.parse(entry))).toMatchObject([
      { client: AGENCY.clientId, purpose: 'NUMBER_VERIFICATION', subjects: [personKey], facts: { result: 'MATCH' }, basis: '番号法16条' }, { facts: { result: 'NO_MATCH' } }, { subjects: [] },
    ]);
    expect(JSON.stringify(lines)).not.toContain(number.slice(0, 11));
  });

  it('NUM-7 hints at what was entered instead; bad items and purposes are refused', async () => {
    const hints = await Promise.all(['99000000015', '7000012050002', '0123456789ABCDEF', '990000000018', 'x\0'].map((number) => verify(number)));
    expect(hints.map(({ status, json }) => [status, faults.parse(json).errors[0]?.code])).toEqual([
      [422, 'LOOKS_LIKE_RESIDENT_CODE'], [422, 'LOOKS_LIKE_CORPORATE_NUMBER'], [422, 'LOOKS_LIKE_CARD_SERIAL'], [422, 'CHECK_DIGIT'], [422, 'FORMAT'],
    ]);
    expect(codeOf(await verify('990000000019', { ...items, nameKanji: 'a\0' }))).toBe('400 INVALID_INPUT');
    expect(codeOf(await verify('990000000019', { ...items, birthDate: '1980-01-01' }))).toBe('400 INVALID_INPUT');
    expect(codeOf(await spec.post('/verifications', { number: '990000000019', fourItems: items }, AGENCY, 'PENSION_CURRENT_STATUS'))).toBe('403 PURPOSE_NOT_PERMITTED');
    expect(codeOf(await verify('990000000019', items, operator('o-1')))).toBe('403 ACTION_NOT_PERMITTED');
  });

  it('NUM-4.5 limits guesses by client and hour, across a restart and for concurrent ones; matches do not use it up', async () => {
    const { number } = await spec.resident();
    const [guesser, honest] = [client('guesser'), client('honest')];
    for (let n = 0; n < 5; n += 1) expect((await verify(number, items, honest)).json).toEqual({ result: 'MATCH' });
    expect(await spec.estate.sql("SELECT asked, missed FROM numbering.verification_count WHERE client = 'agency-honest'")).toEqual([{ asked: 5, missed: 0 }]);
    const guess = () => verify(number, { ...items, birthDate: '19800102' }, guesser);
    const answers = await Promise.all(Array.from({ length: 60 }, guess));
    await spec.estate.restart();
    answers.push(...(await Promise.all(Array.from({ length: 60 }, guess))));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(100);
    expect(codeOf(await verify(number, items, guesser))).toBe('429 RATE_LIMIT');
    expect((await verify(number, items, honest)).status).toBe(200);
    spec.estate.clock.set(new Date('2016-01-20T02:00:01Z'));
    expect((await verify(number, items, guesser)).json).toEqual({ result: 'MATCH' });
    expect((await verify(number, items, honest)).status).toBe(200);
    await spec.estate.sql("UPDATE numbering.verification_count SET asked = 999 WHERE client = 'agency-honest'");
    expect([await verify(number, items, honest), await verify(number, items, honest)].map(({ status }) => status)).toEqual([200, 429]);
  });

  it('is refused while the register is away and gives nothing away', async () => {
    const { number, personKey } = await spec.resident();
    spec.register.away = (asked) => asked.includes(personKey);
    expect(codeOf(await verify(number))).toBe('503 UNAVAILABLE');
    spec.register.away = () => false;
  });

  it('NUM-7 a candidate is unknown before the Act is in force', async () => {
    spec.estate.clock.set(new Date('2015-09-20T00:00:00Z'));
    const { number } = await spec.resident();
    expect((await verify(number)).json).toEqual({ result: 'UNKNOWN' });
    expect(await juki.call(linkByNumber, call, { number })).toMatchObject({ found: false });
    spec.estate.clock.set(new Date('2016-01-20T05:00:00Z'));
  });
});

describe('look-ups (NUM-5.2, NUM-4.9)', () => {
  it('by code and by number for the register, the state for agencies, each by its purpose', async () => {
    const { code, number, personKey } = await spec.resident();
    expect(await juki.call(linkByCode, call, { residentCode: code })).toEqual({ found: true, link: { personKey, number, seq: 1, state: 'DESIGNATED' } });
    expect(await juki.call(linkByNumber, call, { number })).toMatchObject({ personKey, residentCode: code });
    const status = await agency.call(statusByNumber, { ...call, purpose: 'NUMBER_VERIFICATION' }, { number });
    expect(status).toMatchObject({ found: true, state: 'DESIGNATED' });
    expect(Object.keys(status).sort()).toEqual(['found', 'since', 'state']);
    await expect(agency.call(linkByNumber, { ...call, purpose: 'NUMBER_VERIFICATION' }, { number })).rejects.toMatchObject({ code: 'ACTION_NOT_PERMITTED' });
    await expect(juki.call(linkByCode, { ...call, purpose: 'CALL_CENTRE' }, { residentCode: code })).rejects.toMatchObject({ code: 'PURPOSE_NOT_PERMITTED' });
    expect((await auditOf('"numbering.link.by-code"')).map(({ entry }) => JSON.parse(entry))).toMatchObject([{ subjects: [personKey], basis: '住基法7条8号の2・30条の6' }, { outcome: 'REFUSED' }]);
  });

  it('NUM-4.1 CheckDigit.Validate', async () => {
    const validate = (kind: 'INDIVIDUAL_NUMBER' | 'CORPORATE_NUMBER', value: string) => agency.call(validateCheckDigit, { correlationId: 'spec-check' }, { kind, value });
    expect(await validate('INDIVIDUAL_NUMBER', '123456789018')).toEqual({ valid: true, fault: '', looksLike: '' });
    expect(await validate('INDIVIDUAL_NUMBER', '7000012050002')).toEqual({ valid: false, fault: 'FORMAT', looksLike: 'CORPORATE_NUMBER' });
    expect(await validate('CORPORATE_NUMBER', '7000012050003')).toEqual({ valid: false, fault: 'CHECK_DIGIT', looksLike: '' });
  });

  it('NUM-4.9 a thousand links in an hour raise the alarm and halt the client until an officer of the operator lets it go on', async () => {
    const { number, personKey } = await spec.resident();
    const ask = () => agency.call(statusByNumber, { ...call, purpose: 'NUMBER_VERIFICATION' }, { number });
    const seed = Array.from({ length: 998 }, () => randomUUID());
    await spec.estate.sql('INSERT INTO numbering.link_read (client, at, read_id, people) SELECT $1, $2::timestamptz - i * interval \'30 minutes\', gen_random_uuid(), $3 FROM generate_series(0, 5) AS i WHERE i IN (0, 5)', AGENCY.clientId, spec.estate.clock.now(), seed);
    // What the other tests have asked within the hour counts too.
    let asked = 0;
    for (; asked < 3; asked += 1) if (!(await ask().then(() => true, () => false))) break;
    expect(asked).toBeLessThan(3);
    await expect(ask()).rejects.toMatchObject({ code: 'LINK_READS_HALTED' });
    expect((await auditOf(`link-reads:${AGENCY.clientId}`)).map(({ entry }) => JSON.parse(entry))).toMatchObject([{ facts: { alarm: true } }]);
    expect((await auditOf('LINK_READS_HALTED')).length).toBeGreaterThan(0);
    // Another client is not halted, and what residents need goes on.
    expect((await juki.call(linkByPersons, call, { personKeys: [personKey] })).links).toHaveLength(1);
    expect(codeOf(await spec.post('/link-read-releases', { client: AGENCY.clientId }, HERE, ''))).toBe('403 ACTION_NOT_PERMITTED');
    expect((await spec.post('/link-read-releases', { client: AGENCY.clientId }, operator('o-1'), '')).status).toBe(200);
    expect(await ask()).toMatchObject({ found: true });
  });

  it('NUM-4.9 reads by a sealed list or batch are not counted: it must name the people, the affair alone does not do', async () => {
    const [{ personKey }, other] = [await spec.resident(), await spec.resident()];
    const card = spec.service({ clientId: 'svc-card-issuance', kind: 'service', organisation: 'card-issuance' });
    const [setId, unhanded, productionBatchId] = [randomUUID(), randomUUID(), randomUUID()];
    for (const [id, at] of [[setId, '2016-01-20T00:00:00Z'], [unhanded, null]]) {
      await spec.estate.sql("INSERT INTO numbering.delivery_target_set (set_id, municipality_code, base_date, state, received_at, handed_at) VALUES ($1, '990019', '2015-10-05', 'CHECKED', $2, $3)", id, '2016-01-20T00:00:00Z', at);
      await spec.estate.sql("INSERT INTO numbering.delivery_target (set_id, position, household_ref, line_in_household, person_key, addressee, temporary_address, item_count) VALUES ($1, 2, 'H', 1, $2, '', false, 1)", id, personKey);
    }
    await spec.emit('numbering', productionBatchReady, productionBatchId, { batchId: productionBatchId, count: 1, hash: '' });
    await spec.estate.eventually(async () => (await spec.estate.sql('SELECT FROM numbering.production_batch WHERE batch_id = $1', productionBatchId)).length === 1);
    const counted = async (purpose: string, named: { setId?: string; productionBatchId?: string }, personKeys = [personKey]): Promise<number> => {
      const reads = () => spec.estate.sql("SELECT FROM numbering.link_read WHERE client = 'svc-card-issuance'");
      const before = await reads();
      expect((await card.call(linkByPersons, { ...call, purpose }, { personKeys, ...named })).links).toHaveLength(personKeys.length);
      return (await reads()).length - before.length;
    };
    try {
      expect([await counted('NOTIFICATION', { setId }), await counted('CARD_PRODUCTION', { productionBatchId })]).toEqual([0, 0]);
      expect((await auditOf(productionBatchId)).map(({ entry }) => JSON.parse(entry))).toMatchObject([{ subjects: [personKey], facts: { productionBatchId } }]);
      const both = [personKey, other.personKey];
      const unnamed = [
        ['NOTIFICATION', {}], ['NOTIFICATION', { setId: unhanded }], ['NOTIFICATION', { setId }, both], ['NOTIFICATION', { productionBatchId }], ['CARD_PRODUCTION', {}],
        ['CARD_PRODUCTION', { productionBatchId: randomUUID() }], ['CARD_PRODUCTION', { productionBatchId }, both], ['CARD_PRODUCTION', { setId }], ['CARD_HANDOVER', { setId, productionBatchId }],
      ] as const;
      for (const [purpose, named, people] of unnamed) expect(await counted(purpose, named, people === undefined ? undefined : [...people])).toBe(1);
    } finally {
      card.close();
    }
  });

  it('NUM-4.9 a thousand links by person raise the alarm once and halt nothing', async () => {
    const alarm = vi.spyOn(log, 'error');
    const { personKey } = await spec.resident();
    // What was read so far has had its hour.
    spec.estate.clock.set(new Date(spec.estate.clock.now().getTime() + 2 * 3_600_000));
    await spec.estate.sql("INSERT INTO numbering.link_read (client, at, read_id, people) VALUES ('svc-juki-net', $1, gen_random_uuid(), $2)", spec.estate.clock.now(), Array.from({ length: 999 }, () => randomUUID()));
    for (let n = 0; n < 3; n += 1) expect((await juki.call(linkByPersons, call, { personKeys: [personKey] })).links).toHaveLength(1);
    expect(alarm.mock.calls.filter(([text]) => text === 'alarm: links read within an hour')).toMatchObject([[expect.anything(), { client: 'svc-juki-net' }]]);
    expect((await auditOf('link-reads:svc-juki-net')).map(({ entry }) => JSON.parse(entry))).toMatchObject([{ facts: { alarm: true } }]);
    alarm.mockRestore();
  });

  it('NUM-7 an officer who asks for one person again and again, or very often, is seen, whatever the client\'s count', async () => {
    const alarm = vi.spyOn(log, 'error');
    const { number, personKey } = await spec.resident();
    const [curious, busy] = ['clerk-curious', 'clerk-busy'].map((officer): Actor => ({ ...client('desk'), operator: officer }));
    const desk = spec.service(curious ?? AGENCY);
    try {
      for (let n = 0; n < 3; n += 1) await verify(number, items, curious);
      await desk.call(statusByNumber, { ...call, purpose: 'NUMBER_VERIFICATION' }, { number });
      expect(await auditOf('officer-reads:')).toEqual([]);
      await desk.call(statusByNumber, { ...call, purpose: 'NUMBER_VERIFICATION' }, { number });
      expect((await auditOf('officer-reads:')).map(({ entry }) => JSON.parse(entry))).toMatchObject([{ client: 'agency-desk', subjects: [personKey], facts: { alert: 'SAME_PERSON' } }]);
      await verify(number, items, client('desk'));
      await spec.estate.sql("INSERT INTO numbering.officer_read (client, officer, at, read_id, person) SELECT 'agency-desk', 'clerk-busy', $1, gen_random_uuid(), gen_random_uuid()::text FROM generate_series(1, 59)", spec.estate.clock.now());
      await verify(number, items, busy);
      expect((await auditOf('officer-reads:')).map(({ entry }) => JSON.parse(entry))).toMatchObject([{}, { facts: { alert: 'VOLUME_OFFICER' } }]);
      const alarms = alarm.mock.calls.filter(([text]) => text.startsWith('alarm: an officer asks'));
      expect(alarms.map(([, fields]) => fields?.code)).toEqual(['SAME_PERSON', 'VOLUME_OFFICER']);
      expect(await spec.estate.sql("SELECT FROM numbering.officer_read WHERE officer NOT IN ('clerk-curious', 'clerk-busy')")).toEqual([]);
    } finally {
      desk.close();
      alarm.mockRestore();
    }
  });
});
