import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { PersonView } from '#contracts/juki-net';
import { decryptData } from '#pki';
import { connectStreams, parseCloudEvent, type Actor, type CloudEvent, type Streams } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { drawPortrait } from '../application/photo/portrait.fixture.js';
import { cardIssuanceModule } from '../card-issuance.module.js';
import { codeOf as residentCodeOf, fakeNeighbours } from '../neighbours.fixture.js';
import { hasOpenssl, makerParty, openedByOpenssl } from './maker.fixture.js';

const HERE: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' };
const officer = (operator: string): Actor => ({ clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator });
const MAKER: Actor = { clientId: 'card-maker-1', kind: 'card-maker', organisation: 'maker-1' };
const API = '/api/card-issuance/v1';
const START = new Date('2016-01-20T01:00:00Z');
const MANY = 10_000;

const neighbours = fakeNeighbours();
let estate: TestEstate;
let streams: Streams;
const published: CloudEvent[] = [];
const forms: string[] = [];
const people = Array.from({ length: 5 }, (_, index): PersonView => ({
  personKey: randomUUID(), factVersion: 1, status: 'RESIDENT', municipalityCode: '990019', nameKanji: `見本 ${index}`, nameKana: `ミホン ${index}`, birthDate: `198${index}0331`, sex: '1', address: '架空県試験市見本町', foreignResident: index === 4,
}));

const ask = (method: string, path: string, as: Actor, body?: unknown): Promise<Answer> => estate.request(method, `${API}${path}`, { as, purpose: 'CARD_PRODUCTION', ...(body === undefined ? {} : { body }) });
const codeOf = (answer: Answer): string => z.object({ code: z.string() }).parse(answer.json).code;
const good = <T>(answer: Answer, schema: z.ZodType<T>): T => {
  expect(answer.status, JSON.stringify(answer.json)).toBeLessThan(300);
  return schema.parse(answer.json);
};
const view = z.object({ state: z.string(), filled: z.boolean(), quarantined: z.boolean(), count: z.number().nullable(), hash: z.string().nullable(), keyId: z.string().nullable(), keyReleased: z.boolean(), plannedShipDate: z.string().nullable(), boxes: z.array(z.object({ boxNo: z.string(), issuingOffice: z.string(), cards: z.number() })) });
const show = async (batchId: string): Promise<z.output<typeof view>> => good(await ask('GET', `/production-batches/${batchId}`, officer('a')), view);
const step = (batchId: string, name: string, as: Actor, body: unknown = {}): Promise<Answer> => ask('POST', `/production-batches/${batchId}/${name}`, as, body);
const recalled = z.object({ cards: z.array(z.object({ recordNo: z.number(), cardSerial: z.string(), state: z.string(), place: z.string(), municipalityCode: z.string(), boxNo: z.string().nullable() })), next: z.number().optional() });
const recall = async (batchId: string): Promise<z.output<typeof recalled>['cards']> => good(await ask('GET', `/production-batches/${batchId}/recall`, officer('a')), recalled).cards;
const told = (type: string): unknown[] => published.filter((event) => event.type.includes(`.${type}.`)).map(({ data }) => data);

/** A batch of these people's applications, sent; without certificates, which are not this spec's matter. */
async function sentBatch(indexes: readonly number[]): Promise<string> {
  const batchId = await filledBatch(indexes);
  good(await step(batchId, 'seal', officer('a')), z.object({ state: z.literal('CERTIFIED') }));
  return batchId;
}
async function filledBatch(indexes: readonly number[]): Promise<string> {
  const { batchId } = good(await ask('POST', '/production-batches', officer('a'), { maker: 'maker-1', applicationIds: indexes.map((index) => forms[index]) }), z.object({ batchId: z.string() }));
  await estate.eventually(async () => (await show(batchId)).filled);
  return batchId;
}
async function made(batchId: string): Promise<void> {
  good(await step(batchId, 'dispatch', officer('a')), z.object({}));
  const { count, hash } = await show(batchId);
  good(await step(batchId, 'acknowledgement', MAKER, { count, hash }), z.object({}));
  good(await step(batchId, 'manufacture', MAKER), z.object({}));
}

beforeAll(async () => {
  estate = await startEstate([cardIssuanceModule, ...neighbours.modules], { at: START });
  streams = await connectStreams(estate.natsUrl, 'production spec');
  streams.connection.subscribe('kiban.card-issuance.>', { callback: (_error, message) => void published.push(parseCloudEvent(message.string())) });
  const photo = new Uint8Array(await drawPortrait({ width: 480, height: 617, quality: 92 }));
  for (const [index, person] of people.entries()) {
    neighbours.persons.set(person.personKey, person);
    neighbours.numbers.set(person.personKey, `99000000000${index}`);
    const { applicationId } = good(await ask('POST', '/application-forms', HERE, { personKey: person.personKey }), z.object({ applicationId: z.string() }));
    forms.push(applicationId);
    const query = new URLSearchParams({ applicationId, channel: 'COUNTER', wishSign: 'false', wishAuth: 'false', language: 'ko', issuingOffice: index === 3 ? '002' : '000' });
    good(await estate.request('POST', `${API}/applications?${query.toString()}`, { as: HERE, purpose: 'CARD_APPLICATION', body: photo, headers: { 'content-type': 'image/jpeg' } }), z.object({}));
    good(await ask('POST', `/applications/${applicationId}/reviews`, officer('a'), { decision: 'APPROVED' }), z.object({ state: z.literal('APPROVED') }));
  }
});
afterAll(async () => {
  await streams.connection.close();
  await estate.stop();
  neighbours.remove();
});

describe('production under two officers (CARD-3.4, CARD-4.4, CARD-4.5)', () => {
  it('CARD-4.4 the file leaves for the key that sealing fixed and two officers released; nobody else opens it', async () => {
    const [maker, weak, later] = await Promise.all([makerParty(3_072, 1n), makerParty(2_048, 2n), makerParty(3_072, 3n)]);
    const register = (party: { readonly certificate: { readonly der: Buffer } }): Promise<Answer> => ask('POST', '/maker-keys', officer('a'), { maker: 'maker-1', certificate: party.certificate.der.toString('base64') });
    expect(codeOf(await register(weak))).toBe('WRONG_CERTIFICATE');
    const { keyId } = good(await register(maker), z.object({ keyId: z.string() }));
    const batchId = await sentBatch([3, 0]);
    estate.clock.set(new Date(estate.clock.now().getTime() + 60_000));
    const { keyId: newer } = good(await register(later), z.object({ keyId: z.string() }));
    expect(await show(batchId)).toMatchObject({ keyId, keyReleased: false, plannedShipDate: '2016-02-02', boxes: [{ issuingOffice: '000', cards: 1 }, { issuingOffice: '002', cards: 1 }] });
    const file = (as = MAKER): Promise<Answer> => ask('GET', `/production-batches/${batchId}/file`, as);
    const release = (who: string, key = keyId): Promise<Answer> => step(batchId, 'key-releases', officer(who), { keyId: key });
    expect(codeOf(await release('a', newer))).toBe('WRONG_KEY');
    expect((await release('a')).json).toEqual({ batchId, released: false });
    expect(codeOf(await release('a'))).toBe('SAME_OFFICER');
    const besideTheFile = (): Promise<Answer[]> => Promise.all(['records', 'records/1/photo'].map((path) => ask('GET', `/production-batches/${batchId}/${path}`, MAKER)));
    expect([await file(), ...(await besideTheFile())].map(codeOf)).toEqual(['KEY_NOT_RELEASED', 'KEY_NOT_RELEASED', 'KEY_NOT_RELEASED']);
    expect((await release('b')).json).toEqual({ batchId, released: true });
    expect((await besideTheFile()).map(({ status }) => status)).toEqual([200, 200]);
    expect(codeOf(await file())).toBe('BAD_STATE');
    good(await step(batchId, 'dispatch', officer('a')), z.object({}));
    expect((await file({ ...MAKER, organisation: 'maker-2' })).status).toBe(404);
    const sent = await file();
    expect([sent.status, sent.headers.get('content-type')]).toEqual([200, 'application/pkcs7-mime']);
    if (!hasOpenssl) return;
    const entries = await openedByOpenssl(sent.bytes, maker);
    const { count, hash } = await show(batchId);
    expect(JSON.parse(entries.get('manifest.json')?.toString() ?? '')).toMatchObject({ batchId, count, hash, keyId });
    const cards = (entries.get('cards.jsonl')?.toString() ?? '').trimEnd().split('\n').map((line) => z.looseObject({ applicationId: z.string(), number: z.string(), jukiCodeBlock: z.string(), leafletLanguage: z.string() }).parse(JSON.parse(line)));
    // In the order of the queue, whatever the order of their IDs.
    expect(cards.map(({ applicationId, leafletLanguage }) => [applicationId, leafletLanguage])).toEqual([[forms[0], 'ko'], [forms[3], 'ko']]);
    expect(cards.map(({ number }) => decryptData(Buffer.from(number, 'base64'), maker.certificate, maker.key).toString())).toEqual(['990000000000', '990000000003']);
    expect(cards.map(({ jukiCodeBlock }) => decryptData(Buffer.from(jukiCodeBlock, 'base64'), maker.certificate, maker.key).toString())).toEqual([0, 3].map((index) => residentCodeOf(people[index]?.personKey ?? '')));
    expect([...entries.keys()].filter((name) => name.startsWith('photos/')).map((name) => entries.get(name)?.subarray(0, 2).toString('hex'))).toEqual(['ffd8', 'ffd8']);
  });

  it('CARD-7 a maker that counts otherwise raises an alarm and the batch stays SENT; the same confirmation twice is one', async () => {
    const batchId = await sentBatch([1]);
    good(await step(batchId, 'dispatch', officer('a')), z.object({}));
    const { count, hash } = await show(batchId);
    expect(codeOf(await step(batchId, 'acknowledgement', MAKER, { count: 0, hash }))).toBe('COUNT_MISMATCH');
    expect((await show(batchId)).state).toBe('SENT');
    await estate.eventually(() => Promise.resolve(told('production-batch.alarm').length === 1));
    expect(told('production-batch.alarm')).toEqual([{ batchId, maker: 'maker-1', reason: 'COUNT_MISMATCH', expected: 1, reported: 0 }]);
    for (const _twice of [1, 2]) expect((await step(batchId, 'acknowledgement', MAKER, { count, hash })).status).toBe(200);
    good(await step(batchId, 'manufacture', MAKER), z.object({}));
    expect(codeOf(await step(batchId, 'acknowledgement', MAKER, { count, hash }))).toBe('BAD_STATE');
    // Scrapped by two: the application waits for another serial.
    const [card] = await recall(batchId);
    expect((await step(batchId, 'inspection', MAKER, { defects: [{ cardSerial: card?.cardSerial, code: 'Q01' }] })).json).toMatchObject({ quarantined: true });
    expect((await step(batchId, 'quarantine-end', officer('a'), { decision: 'RELEASE' })).json).toMatchObject({ decided: false });
    expect((await step(batchId, 'quarantine-end', officer('b'), { decision: 'SCRAP' })).json).toMatchObject({ decided: false });
    expect(codeOf(await step(batchId, 'quarantine-end', officer('b'), { decision: 'SCRAP' }))).toBe('SAME_OFFICER');
    expect((await step(batchId, 'quarantine-end', officer('a'), { decision: 'SCRAP' })).json).toMatchObject({ decided: true });
    expect(await recall(batchId)).toMatchObject([{ cardSerial: card?.cardSerial, state: 'DEFECTIVE', place: 'MAKER' }]);
    const again = await recall(await sentBatch([1]));
    expect(again).toHaveLength(1);
    expect(again[0]?.cardSerial).not.toBe(card?.cardSerial);
  });

  it('CARD-4.5 Q01 quarantines all; released by two, the faulty card is made anew and the rest goes on; a short box is told as a security event', async () => {
    const other = await sentBatch([2]);
    await made(other);
    const [card] = await recall(other);
    const defects = [{ cardSerial: card?.cardSerial, code: 'Q01' }];
    await step(other, 'inspection', MAKER, { defects });
    expect(codeOf(await step(other, 'inspection', MAKER, {}))).toBe('PRODUCTION_QUARANTINED');
    for (const who of ['a', 'b']) await step(other, 'quarantine-end', officer(who), { decision: 'RELEASE' });
    expect((await step(other, 'inspection', MAKER, { defects })).json).toMatchObject({ state: 'INSPECTED', quarantined: false });
    expect(await recall(other)).toMatchObject([{ state: 'DEFECTIVE' }]);
    const batchId = await sentBatch([2]);
    await made(batchId);
    good(await step(batchId, 'inspection', MAKER, {}), z.object({}));
    const [box] = (await show(batchId)).boxes;
    good(await step(batchId, 'shipment', MAKER, { boxes: [box?.boxNo] }), z.object({}));
    expect(await recall(batchId)).toMatchObject([{ state: 'SHIPPED', place: 'ON_THE_WAY', municipalityCode: '990019', boxNo: box?.boxNo }]);
    good(await estate.request('POST', `${API}/boxes/${box?.boxNo ?? ''}/receipts`, { as: HERE, purpose: 'CARD_HANDOVER', body: { municipalityCode: '990019', serials: [] } }), z.object({ state: z.literal('SHORT') }));
    const [missing] = await recall(batchId);
    expect(missing).toMatchObject({ state: 'MISSING', place: 'UNKNOWN' });
    await estate.eventually(() => Promise.resolve(told('box.short').length === 1));
    expect(told('box.short')).toEqual([{ boxNo: box?.boxNo, batchId, municipalityCode: '990019', missing: [missing?.cardSerial] }]);
    const remade = await recall(await sentBatch([2]));
    expect(new Set([card, missing, ...remade].map((one) => one?.cardSerial)).size).toBe(3);
    // The same serial twice is impossible in the ledger and among the records.
    await expect(estate.sql('UPDATE card_issuance.production_record SET card_serial = $1 WHERE card_serial = $2', missing?.cardSerial, remade[0]?.cardSerial)).rejects.toThrow('card_serial');
  });

  it('CARD-4.1, 4.6 the card of a foreign resident waits for the end of the stay and is valid no longer; nothing is made where making is not delegated', async () => {
    const [applicationId = '', personKey = ''] = [forms[4], people[4]?.personKey];
    const waiting = async (): Promise<unknown> => good(await ask('GET', '/applications', HERE), z.object({ items: z.array(z.object({ applicationId: z.string(), state: z.string(), stayAwaited: z.boolean() })) })).items;
    const stay = (stayEnd: string | null, as = HERE): Promise<Answer> => ask('PUT', `/applications/${applicationId}/stay`, as, { stayEnd });
    expect(await waiting()).toEqual([{ applicationId, state: 'APPROVED', stayAwaited: true }]);
    expect([codeOf(await ask('GET', '/applications?municipalityCode=990027', HERE)), codeOf(await stay(null, { ...HERE, organisation: '990027' })), codeOf(await stay('2016-01-19'))]).toEqual(['OUT_OF_JURISDICTION', 'OUT_OF_JURISDICTION', 'INVALID_INPUT']);
    expect(codeOf(await step(await filledBatch([4]), 'seal', officer('a')))).toBe('EMPTY_BATCH');
    expect((await stay('2017-11-30')).json).toEqual({ applicationId, stayEnd: '2017-11-30' });
    expect(await waiting()).toEqual([]);
    await estate.sql("UPDATE card_issuance.delegation SET tasks = array_remove(tasks, 'CARD_MANUFACTURE') WHERE municipality_code = '990019'");
    expect(codeOf(await step(await filledBatch([4]), 'seal', officer('a')))).toBe('EMPTY_BATCH');
    await estate.sql("UPDATE card_issuance.delegation SET tasks = array_append(tasks, 'CARD_MANUFACTURE') WHERE municipality_code = '990019'");
    const [made] = await recall(await sentBatch([4]));
    const record = await estate.sql<{ stored: string }>("SELECT expiry_date || ' ' || residence_expiry || ' ' || encode(juki_code, 'escape') AS stored FROM card_issuance.production_record WHERE card_serial = $1", made?.cardSerial);
    expect(record[0]?.stored).toMatch(/^2017-11-30 2017-11-30 /);
    expect(record[0]?.stored).not.toContain(residentCodeOf(personKey));
    expect(codeOf(await stay(null))).toBe('BAD_STATE');
    await estate.eventually(() => Promise.resolve(published.some((event) => event.subject === made?.cardSerial)));
    expect(published.find((event) => event.subject === made?.cardSerial)?.data).toEqual({ cardSerial: made?.cardSerial, personKey, municipalityCode: '990019', from: null, to: 'ORDERED', wishSign: false, wishAuth: false });
    expect(published.filter((event) => event.subject === applicationId).map(({ type, data }) => [type.split('.')[4], data])).toEqual(['received', 'approved', 'ordered'].map((verb) => [verb, { applicationId, municipalityCode: '990019', channel: 'COUNTER' }]));
  });

  it('CARD-4.12 Q13 the recall of ten thousand cards takes seconds', async () => {
    const batchId = randomUUID();
    await estate.sql("INSERT INTO card_issuance.production_batch (batch_id, maker, state, filled, version, opened_at, moved_at) VALUES ($1, 'maker-1', 'RECEIVED', true, 1, $2, $2)", batchId, START);
    await estate.sql(
      `INSERT INTO card_issuance.production_record (batch_id, record_no, card_serial, application_id, person_key, municipality_code, fact_version, state, face, number, security_code, photo_sha256, expiry_date, wish_sign, wish_auth, box_no, seq_in_box)
       SELECT $1, n, 'R' || lpad(n::text, 15, '0'), n::text, gen_random_uuid(), '990019', 1, 'IN', '', '', '', '', '2026-01-20', false, false, 'BX000000001', n FROM generate_series(1, $2::int) AS n`, batchId, MANY);
    await estate.sql(
      `INSERT INTO card_issuance.card (card_serial, person_key, municipality_code, application_id, batch_id, record_no, fact_version, state, chip_state, expiry_date, wish_sign, wish_auth, version, moved_at)
       SELECT card_serial, person_key, municipality_code, application_id, batch_id, record_no, 1, 'RECEIVED', 'PERSONALISED', expiry_date, false, false, 1, $2 FROM card_issuance.production_record WHERE batch_id = $1`, batchId, START);
    const began = performance.now();
    const cards = await recall(batchId);
    expect(performance.now() - began).toBeLessThan(60_000);
    expect([cards.length, new Set(cards.map((card) => card.cardSerial)).size, new Set(cards.map((card) => card.place))]).toEqual([MANY, MANY, new Set(['MUNICIPALITY'])]);
  });
});
