import { createHash, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { PersonView } from '#contracts/juki-net';
import { connectStreams, parseCloudEvent, type Actor, type Streams } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { cardIssuanceModule } from '../card-issuance.module.js';
import { fakeNeighbours } from '../neighbours.fixture.js';
import { drawPortrait, type Portrait } from './photo/portrait.fixture.js';

const HERE: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' };
const OPERATOR: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency' };
const API = '/api/card-issuance/v1';
const START = new Date('2016-01-20T01:00:00Z');
const DAY = 86_400_000;

const neighbours = fakeNeighbours();
let estate: TestEstate;
let streams: Streams;
const begun: unknown[] = [];
const forms: string[] = [];
const people = Array.from({ length: 6 }, (_, index): PersonView => ({
  personKey: randomUUID(), factVersion: 1, status: 'RESIDENT', municipalityCode: '990019', nameKanji: `見本 ${index}`, nameKana: `ミホン ${index}`, birthDate: `198${index}0331`, sex: '1',
  address: '架空県試験市見本町一丁目', postalCode: '1000001', foreignResident: false,
}));
const keyOf = (index: number): string => people[index]?.personKey ?? '';
const formOf = (index: number): string => forms[index] ?? '';

const problem = z.object({ code: z.string(), facts: z.record(z.string(), z.unknown()).optional() });
const codeOf = (answer: Answer): string => problem.parse(answer.json).code;
const good = <T>(answer: Answer, schema: z.ZodType<T>): T => {
  expect(answer.status, JSON.stringify(answer.json)).toBeLessThan(300);
  return schema.parse(answer.json);
};
const ask = (method: string, path: string, { as = OPERATOR, body, headers }: { as?: Actor | 'nobody'; body?: unknown; headers?: Record<string, string> } = {}): Promise<Answer> =>
  estate.request(method, `${API}${path}`, { as, ...(as === 'nobody' ? {} : { purpose: 'CARD_APPLICATION' }), ...(body === undefined ? {} : { body }), ...(headers === undefined ? {} : { headers }) });
const send = (path: string, photo: Buffer, headers: Record<string, string> = {}, as: Actor = OPERATOR): Promise<Answer> => ask('POST', path, { as, body: new Uint8Array(photo), headers: { 'content-type': 'image/jpeg', ...headers } });
const submit = async (index: number, portrait: Portrait, query: Record<string, string> = {}, as: Actor = OPERATOR): Promise<Answer> =>
  send(`/applications?${new URLSearchParams({ applicationId: formOf(index), channel: 'PC', wishSign: 'true', wishAuth: 'true', ...query }).toString()}`, await drawPortrait(portrait), {}, as);
const review = (index: number, decision: string, codes: string[], operator = 'a'): Promise<Answer> => ask('POST', `/applications/${formOf(index)}/reviews`, { as: { ...OPERATOR, operator }, body: { decision, codes } });
const row = async (applicationId: string): Promise<Record<string, unknown>> => (await estate.sql('SELECT * FROM card_issuance.application WHERE application_id = $1', applicationId))[0] ?? {};
const solve = (challenge: string): string => {
  for (let nonce = 0; ; nonce += 1) if (createHash('sha256').update(`${challenge}.${nonce}`).digest().readUInt16BE() === 0) return String(nonce);
};
const received = z.object({ state: z.string(), findings: z.array(z.object({ code: z.string(), measure: z.string(), severity: z.string() }).loose()) });
const tell = async (event: string, index: number, over: Record<string, unknown>): Promise<void> => {
  const data = { personKey: keyOf(index), factDate: '2016-01-20', municipalityCode: '990019', fields: ['address'], ...over };
  expect((await estate.request('POST', '/api/juki-net/v1/told', { as: OPERATOR, body: { event: `resident.${event}`, aggregateId: randomUUID(), sequence: 1, data } })).status).toBe(200);
};

beforeAll(async () => {
  estate = await startEstate([cardIssuanceModule, ...neighbours.modules], { at: START });
  streams = await connectStreams(estate.natsUrl, 'application spec');
  streams.connection.subscribe('kiban.card-issuance.application.review-started.>', { callback: (_error, message) => void begun.push(parseCloudEvent(message.string()).data) });
  for (const person of people) {
    neighbours.persons.set(person.personKey, person);
    forms.push(good(await ask('POST', '/application-forms', { as: HERE, body: { personKey: person.personKey } }), z.object({ applicationId: z.string() })).applicationId);
  }
});
afterAll(async () => {
  await streams.connection.close();
  await estate.stop();
  neighbours.remove();
});

describe('intake with the machine\'s eyes (CARD-4.3, CARD-8)', () => {
  it('CARD-8 the check before sending tells the reasons, as data and on the picture, and keeps nothing', async () => {
    const photo = await drawPortrait({ tilt: 14 });
    expect(good(await send('/photo-checks', photo), received.pick({ findings: true })).findings).toMatchObject([{ code: 'P03', measure: 'tilted', severity: 'ASSIST' }]);
    const picture = await send('/photo-checks/picture?language=es', photo);
    expect([picture.status, picture.headers.get('content-type'), picture.bytes.length > 20_000]).toEqual([200, 'image/jpeg', true]);
    expect(codeOf(await send('/photo-checks', photo.subarray(0, 1_000)))).toBe('P02');
    expect(await estate.sql('SELECT 1 FROM card_issuance.application_photo')).toEqual([]);
  });

  it('CARD-4.3 P09 another person\'s photo goes to the manual queue, the own one does not; channels are who they say', async () => {
    // What is printed on the form nobody changes by applying.
    for (const item of ['name', 'address', 'birthDate']) expect(codeOf(await submit(0, {}, { [item]: '別人' }))).toBe('INVALID_INPUT');
    expect(codeOf(await submit(0, {}, { channel: 'VISIT_AT_APPLICATION' }))).toBe('CHANNEL_NOT_PERMITTED');
    expect(good(await submit(0, {}, { channel: 'VISIT_AT_APPLICATION', visitRef: 'works-1' }, HERE), received)).toEqual({ state: 'RECEIVED', findings: [] });
    const second = good(await submit(1, { width: 1_000, height: 1_286, quality: 70 }), received);
    expect(second.findings).toMatchObject([{ code: 'P09', severity: 'MANUAL' }]);
    expect(JSON.stringify(second)).not.toContain(formOf(0));
    const queue = z.object({ items: z.array(z.object({ applicationId: z.string(), findings: z.array(z.object({ otherApplicationId: z.string().optional() })) })) });
    const manual = good(await ask('POST', '/application-assignments', { body: { queue: 'MANUAL', examiner: 'm' } }), queue);
    expect(manual.items).toMatchObject([{ applicationId: formOf(1), findings: [{ otherApplicationId: formOf(0) }] }]);
    // A second photo under one ID: refused, and somebody looks twice.
    expect(codeOf(await submit(0, { person: 6 }, { channel: 'COUNTER' }, HERE))).toBe('DUPLICATE');
    expect(await row(formOf(0))).toMatchObject({ manual: true, state: 'RECEIVED' });
  });

  it('CARD-3.3 two examiners at once get different applications, in the order of arrival, and keep them for half an hour', async () => {
    await submit(2, { person: 2 }, { language: 'pt' });
    await submit(3, { person: 5 });
    const take = async (operator: string): Promise<string[]> => good(await ask('POST', '/application-assignments', { as: { ...OPERATOR, operator }, body: { limit: 1 } }), z.object({ items: z.array(z.object({ applicationId: z.string() })) })).items.map(({ applicationId }) => applicationId);
    const given = await Promise.all([take('a'), take('b')]);
    expect(given.flat().toSorted()).toEqual([formOf(2), formOf(3)].toSorted());
    const told = given.flat().map((applicationId) => ({ applicationId, municipalityCode: '990019', channel: 'PC' }));
    await estate.eventually(() => Promise.resolve(told.every((one) => begun.some((data) => isDeepStrictEqual(data, one)))));
    const [ofA] = given[0] ?? [];
    const index = forms.indexOf(ofA ?? '');
    expect(codeOf(await review(index, 'APPROVED', [], 'b'))).toBe('ASSIGNED_TO_OTHER');
    estate.clock.set(new Date(estate.clock.now().getTime() + 31 * 60_000));
    expect(good(await review(index, 'APPROVED', [], 'b'), z.object({ state: z.string() })).state).toBe('APPROVED');
  });
});

describe('deficient and sent in again (CARD-3.3)', () => {
  const notices = z.object({ items: z.array(z.object({ noticeId: z.string(), applicationId: z.string() })) });
  const noticeOf = async (medium: string, index: number): Promise<z.output<typeof notice>> => {
    const { items } = good(await ask('GET', `/application-notices?medium=${medium}`), notices);
    return good(await ask('GET', `/application-notices/${items.find(({ applicationId }) => applicationId === formOf(index))?.noticeId ?? ''}`), notice);
  };
  const notice = z.object({ noticeId: z.string(), text: z.string(), mail: z.string().optional(), addressee: z.string().optional() });

  it('CARD-4.3 the notice goes by message in the applicant\'s language or by letter; its token lets in once', async () => {
    await submit(4, { person: 6 });
    expect(good(await ask('PUT', `/applications/${formOf(4)}/contact`, { body: { mail: 'sample@example.jp', language: 'en' } }), z.object({ medium: z.string() })).medium).toBe('MESSAGE');
    await review(4, 'DEFICIENT', ['P06', 'F08']);
    const sent = await noticeOf('MESSAGE', 4);
    expect([sent.mail, sent.text.split('\n').slice(0, 4)]).toEqual(['sample@example.jp', [
      'Your application for an individual number card cannot go on yet:', 'P06 The photo is blurred, dark or has reflections.', 'F08 The wish for certificates is marked both ways.', 'Send it in again by 2016-04-19 with this code:',
    ]]);
    const token = sent.text.split('\n')[4] ?? '';
    const again = async (shown: string): Promise<Answer> => send(`/applications/${formOf(4)}/resubmission?wishSign=false`, await drawPortrait({ person: 8 }), { 'resubmission-token': shown });
    expect(codeOf(await again('wrong'))).toBe('TOKEN_INVALID');
    expect(good(await again(token), received).state).toBe('UNDER_REVIEW');
    expect(codeOf(await again(token))).toBe('TOKEN_INVALID');
    expect(await row(formOf(4))).toMatchObject({ state: 'UNDER_REVIEW', wish_sign: false, wish_auth: true });
    expect((await ask('POST', `/application-notices/${sent.noticeId}/sending`, { body: {} })).status).toBe(200);
    const stored = await estate.sql<{ text: string }>("SELECT application::text || notice::text AS text FROM card_issuance.application JOIN card_issuance.application_notice notice USING (application_id)");
    expect(stored.some(({ text }) => text.includes('example.jp') || text.includes(token))).toBe(false);
  });

  it('CARD-3.3 a letter to who gave no address; after 90 days the application lapses, and its photo goes 90 days later', async () => {
    await submit(5, { person: 1, shadow: true });
    await review(5, 'DEFICIENT', ['P04']);
    expect((await noticeOf('LETTER', 5)).addressee).toBe('見本 5');
    estate.clock.set(new Date('2016-04-18T15:00:00Z'));
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM card_issuance.cursor WHERE name = 'schedule:attempt-count' AND value >= '2016-04-18'")).length === 1);
    expect(await row(formOf(5))).toMatchObject({ state: 'DEFICIENT' });
    estate.clock.set(new Date('2016-04-19T15:00:00Z'));
    await estate.eventually(async () => (await row(formOf(5)))['state'] === 'LAPSED');
    await estate.eventually(async () => (await row(formOf(5)))['photo_until'] === '2016-07-19');
    expect(await estate.sql('SELECT 1 FROM card_issuance.application_photo WHERE application_id = $1', formOf(5))).toHaveLength(1);
    estate.clock.set(new Date(Date.parse('2016-07-19T15:00:00Z')));
    await estate.eventually(async () => (await estate.sql('SELECT 1 FROM card_issuance.application_photo WHERE application_id = $1', formOf(5))).length === 0);
    expect(await estate.sql('SELECT 1 FROM card_issuance.application_photo WHERE application_id = $1', formOf(4))).toHaveLength(1);
  });
});

describe('moves and ends (CARD-3.3, CARD-8)', () => {
  it('CARD-8 a move carries photo, wishes and place in the queue to a new application; death does not', async () => {
    const approved = 2;
    await review(approved, 'APPROVED', [], 'z');
    const before = await row(formOf(approved));
    expect(before['state']).toBe('APPROVED');
    await tell('moved-out', approved, { factVersion: 2, abroad: false, reason: '21' });
    await estate.eventually(async () => (await row(formOf(approved)))['state'] === 'INVALIDATED');
    await tell('moved-in', approved, { factVersion: 3, municipalityCode: '990027', reason: '11', previousMunicipalityCode: '990019' });
    const successor = await estate.eventually(async () => (await row(formOf(approved)))['successor'] as string | null ?? undefined);
    expect(await row(successor)).toMatchObject({ state: 'APPROVED', municipality_code: '990027', wish_sign: before['wish_sign'], queued_at: before['queued_at'], version: 2, fact_version: 3 });
    expect(await estate.sql('SELECT 1 FROM card_issuance.application_photo one JOIN card_issuance.application_photo other USING (sha256) WHERE one.application_id = $1 AND other.application_id = $2', formOf(approved), successor)).toHaveLength(1);
    await tell('died', 0, { factVersion: 2, reason: '20' });
    await estate.eventually(async () => (await row(formOf(0)))['state'] === 'INVALIDATED');
    expect(await row(formOf(0))).toMatchObject({ voided_from: null, successor: null });
    // The applicant's page follows the old ID to the new application.
    const look = async (query: string): Promise<Answer> => estate.request('GET', `${API}/applications/${formOf(approved)}/status${query}`, { as: 'nobody' });
    const first = await look('');
    expect(codeOf(first)).toBe('CHALLENGE_REQUIRED');
    const challenge = z.string().parse(problem.parse(first.json).facts?.['challenge']);
    const nonce = solve(challenge);
    const told = await look(`?challenge=${challenge}&nonce=${nonce}`);
    expect([told.status, told.json]).toEqual([200, { status: 'IN_PRODUCTION', codes: [], receivedOn: '2016-01-20' }]);
    for (let tries = 2; tries <= 10; tries += 1) await look(`?challenge=${challenge}&nonce=${nonce}`);
    expect(codeOf(await look(`?challenge=${challenge}&nonce=${nonce}`))).toBe('RATE_LIMIT');
    estate.clock.set(new Date(estate.clock.now().getTime() + 11 * 60_000));
    expect(codeOf(await look(`?challenge=${challenge}&nonce=${nonce}`))).toBe('CHALLENGE_REQUIRED');
  });

  it('CARD-4.1 R2 the agency takes nothing in for a municipality that has not delegated it; the municipality itself does', async () => {
    const tasks = await estate.sql<{ tasks: string[] }>("UPDATE card_issuance.delegation SET tasks = array_remove(tasks, 'APPLICATION_INTAKE') WHERE municipality_code = '990019' RETURNING tasks");
    expect(tasks).toHaveLength(1);
    expect(codeOf(await submit(5, { person: 3 }))).toBe('NOT_DELEGATED');
    expect(codeOf(await submit(5, { person: 3 }, { channel: 'COUNTER' }, HERE))).not.toBe('NOT_DELEGATED');
    await estate.sql("UPDATE card_issuance.delegation SET tasks = array_append(tasks, 'APPLICATION_INTAKE') WHERE municipality_code = '990019'");
  });

  it('CARD-3.3 withdrawn at the municipality, until the card is ordered', async () => {
    const withdraw = (as: Actor): Promise<Answer> => ask('POST', `/applications/${formOf(4)}/withdrawal`, { as, body: { reason: 'CARD_FOUND' } });
    expect(codeOf(await withdraw({ ...HERE, organisation: '990027' }))).toBe('OUT_OF_JURISDICTION');
    expect((await withdraw(HERE)).status).toBe(200);
    expect(codeOf(await withdraw(HERE))).toBe('BAD_STATE');
  });

  it('CARD-7 five wrong IDs an hour, then work, then 429; another visitor of the same web site is not held up', async () => {
    const photo = Buffer.from('not looked at');
    const wrong = (terminal: string, query = ''): Promise<Answer> => send(`/applications?applicationId=01282044832901755660109&channel=PC&wishSign=true&wishAuth=true${query}`, photo, { 'kiban-terminal': terminal });
    const codes: string[] = [];
    for (let tries = 0; tries < 5; tries += 1) codes.push(codeOf(await wrong('visitor-1')));
    expect(new Set(codes)).toEqual(new Set(['BAD_ID']));
    const refused = await wrong('visitor-1');
    expect(codeOf(refused)).toBe('CHALLENGE_REQUIRED');
    const challenge = z.string().parse(problem.parse(refused.json).facts?.['challenge']);
    const solved = `&challenge=${challenge}&nonce=${solve(challenge)}`;
    for (let tries = 5; tries < 10; tries += 1) expect(codeOf(await wrong('visitor-1', solved))).toBe('BAD_ID');
    expect(codeOf(await wrong('visitor-1'))).toBe('RATE_LIMIT');
    expect(codeOf(await wrong('visitor-2'))).toBe('BAD_ID');
    estate.clock.set(new Date(estate.clock.now().getTime() + DAY / 24));
    expect(codeOf(await wrong('visitor-1'))).toBe('BAD_ID');
    expect(await estate.sql('SELECT 1 FROM card_issuance.dead_letter')).toEqual([]);
  });
});
