import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { confirmSymbolAcquisition, forwardSymbolAcquisitions } from '#contracts/juki-net';
import { IndividualNumber, ResidentCode } from '#kernel';
import { connectStreams, FieldCipher, masterKey, parseCloudEvent, Peers, type Actor, type CloudEvent } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { jukiNetModule } from '#contexts/juki-net';
import { legalOfficer } from '../inquiry/legal-officer.fixture.js';

const town = (organisation: string): Actor => ({ clientId: `municipality-${organisation}`, kind: 'municipality', organisation });
const [townA, townB] = [town('990019'), town('990027')];
const pension: Actor = { clientId: 'agency-pension', kind: 'national-agency', organisation: 'pension' };
const legal = (operator: string): Actor => ({ clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator });
const API = '/api/juki-net/v1';

let estate: TestEstate;
let streams: Awaited<ReturnType<typeof connectStreams>>;
let exchange: Peers;
let stranger: Peers;
const events: CloudEvent[] = [];
const peersOf = (name: string): Peers => new Peers(estate.config, { token: () => estate.token({ clientId: `svc-${name}`, kind: 'service', organisation: name }) });
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2017-07-18T01:00:00Z') });
  streams = await connectStreams(estate.natsUrl, 'symbol spec');
  streams.connection.subscribe('kiban.juki-net.symbol-acquisition.>', { callback: (_error, message) => void events.push(parseCloudEvent(message.string())) });
  [exchange, stranger] = [peersOf('info-exchange'), peersOf('numbering')];
});
afterAll(async () => {
  for (const peers of [exchange, stranger]) peers.close();
  await streams.connection.close();
  await estate.stop();
});

const code = (serial: number): string => ResidentCode.fromBody(`99${String(serial).padStart(8, '0')}`).reveal();
const number = IndividualNumber.fromBody('99000000001').reveal();
const refusal = (answer: Answer): unknown[] => [answer.status, z.object({ code: z.string() }).parse(answer.json).code];
const accepted = z.object({ requestId: z.uuid(), state: z.string(), repeated: z.boolean() });
let seq = 0;
async function resident(serial: number, nameKana: string): Promise<void> {
  seq += 1;
  const body = {
    municipalSeq: seq, residentCode: code(serial), personSeq: 1, changeReason: '10', changeDate: '20150601', nameKanji: `見本　${serial}太郎`, nameKana, birthDate: '19800101', sex: '1',
    address: `架空県試験市見本町${serial}`, municipalityCode: '990019',
  };
  expect((await estate.request('POST', `${API}/change-notices`, { as: townA, purpose: 'RESIDENT_REGISTER', body })).status).toBe(202);
}
async function grant(over: object = {}): Promise<string> {
  const body = {
    institution: 'national-agency', organisation: 'pension', affair: 'PENSION_CURRENT_STATUS', legalBasis: '別表第一', items: ['nameKanji', 'individualNumber'], modes: ['IMMEDIATE_HOST'],
    keyKinds: ['FOUR_ITEMS', 'INDIVIDUAL_NUMBER'], validFrom: '2017-01-01', validUntil: '2017-12-31', ...over,
  };
  const { grantId } = z.object({ grantId: z.uuid() }).parse((await estate.request('POST', `${API}/grants`, { as: legal('l-1'), body })).json);
  await estate.request('POST', `${API}/grants/${grantId}/approval`, { as: legalOfficer, body: {} });
  return grantId;
}
const four = (nameKana: string, over: object = {}): object => ({ fourItems: { nameKana, birthDate: '19800101', ...over } });
const ask = (as: Actor, body: object, idempotencyKey?: string): Promise<Answer> =>
  estate.request('POST', `${API}/symbol-acquisitions`, { as, purpose: as === pension ? 'PENSION_CURRENT_STATUS' : 'SYMBOL_ACQUISITION', body, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) });
const call = { correlationId: 'spec-symbols', purpose: 'SYMBOL_ACQUISITION' };
const view = async (requestId: string, as: Actor): Promise<unknown> => (await estate.request('GET', `${API}/symbol-acquisitions/${requestId}`, { as })).json;

describe('JUKI-3.7 the relay of requests for symbols', () => {
  let first: string;
  let second: string;
  let grantId: string;

  it('finds one person by number or four items; the same again is the same request', async () => {
    await resident(1, 'ミホン　タロウ');
    await resident(2, 'ミホン　ジロウ');
    await resident(3, 'ミホン　ジロウ');
    const cipher = new FieldCipher(masterKey(estate.config.keys), 'juki-net');
    await estate.sql("INSERT INTO juki_net.individual_number (number_index, person_key) SELECT $1, person_key FROM juki_net.segment WHERE address = '架空県試験市見本町1'", cipher.blindIndex('individual-number', number));
    grantId = await grant();
    const answer = await ask(pension, { acquisitionNo: 'PENSION-0001', grantId, individualNumber: number }, 'one');
    expect([answer.status, answer.json]).toEqual([202, { requestId: expect.any(String), state: 'CODE_RESOLVED', repeated: false }]);
    expect((await ask(pension, { acquisitionNo: 'PENSION-0001', grantId, individualNumber: number }, 'one')).json).toEqual(answer.json);
    first = accepted.parse(answer.json).requestId;
    expect((await ask(pension, { acquisitionNo: 'PENSION-0001', grantId, ...four('ミホン　タロウ') })).json).toEqual({ requestId: first, state: 'CODE_RESOLVED', repeated: true });
    expect(refusal(await ask(pension, { acquisitionNo: 'PENSION-0001', grantId, ...four('ミホン　ジロウ', { addressPrefix: '架空県試験市見本町2' }) }))).toEqual([409, 'ACQUISITION_REUSED']);
    second = accepted.parse((await ask(townA, { acquisitionNo: 'PENSION-0001', ...four('ミホン　タロウ') })).json).requestId;
    expect(second).not.toBe(first);
  });

  it('refuses who is not found, not certain, not theirs; numbers and codes as acquisition numbers; grants that do not fit', async () => {
    expect(refusal(await ask(townA, { acquisitionNo: 'TOWN-00001', ...four('ダレカ') }))).toEqual([404, 'NOT_FOUND']);
    expect(refusal(await ask(townA, { acquisitionNo: 'TOWN-00001', ...four('ミホン　ジロウ') }))).toEqual([409, 'AMBIGUOUS']);
    expect(refusal(await ask(townB, { acquisitionNo: 'TOWN-00001', individualNumber: number }))).toEqual([403, 'OUT_OF_JURISDICTION']);
    expect(refusal(await ask(townB, { acquisitionNo: 'TOWN-00001', ...four('ミホン　タロウ') }))).toEqual([404, 'NOT_FOUND']);
    for (const acquisitionNo of [number, code(1), '1234567890123', `${code(1).slice(0, 5)}-${code(1).slice(5)}`]) expect(refusal(await ask(townA, { acquisitionNo, individualNumber: number }))).toEqual([422, 'ACQUISITION_NUMBER']);
    for (const bad of [{ acquisitionNo: 'TOWN\u000000001' }, { individualNumber: `${number.slice(0, 11)}${(Number(number.slice(11)) + 1) % 10}` }, { ...four('ミホン'), individualNumber: number }, four('ミホ\u0000ン'), {}]) {
      expect((await ask(townA, { acquisitionNo: 'TOWN-00001', ...bad })).status).toBe(400);
    }
    expect(refusal(await ask(pension, { acquisitionNo: 'PENSION-0002', ...four('ミホン　タロウ') }))).toEqual([403, 'GRANT_NOT_ACTIVE']);
    const plain = await grant({ items: ['nameKanji'], keyKinds: ['FOUR_ITEMS'] });
    expect(refusal(await ask(pension, { acquisitionNo: 'PENSION-0002', grantId: plain, ...four('ミホン　タロウ') }))).toEqual([403, 'AFFAIR_WITHOUT_NUMBERS']);
    expect(refusal(await ask(pension, { acquisitionNo: 'PENSION-0002', grantId: plain, individualNumber: number }))).toEqual([403, 'KEY_KIND_NOT_GRANTED']);
    expect(refusal(await ask({ ...pension, kind: 'prefecture', organisation: '99' }, { acquisitionNo: 'PENSION-0002', ...four('ミホン　タロウ') }))).toEqual([403, 'ACTION_NOT_PERMITTED']);
    const [line] = await estate.sql("SELECT 1 FROM juki_net.audit_line WHERE entry::jsonb->>'action' = 'juki-net.symbol-acquisition.request' AND entry::text LIKE '%OUT_OF_JURISDICTION%'");
    expect(line).toBeDefined();
  });

  it('the exchange network fetches page by page, again after it lost them, and tells the result once', async () => {
    await expect(stranger.call(forwardSymbolAcquisitions, call, {})).rejects.toMatchObject({ code: 'ACTION_NOT_PERMITTED' });
    await expect(exchange.call(confirmSymbolAcquisition, { ...call, idempotencyKey: 'early' }, { requestId: first, result: 'CONFIRMED' })).rejects.toMatchObject({ code: 'ACQUISITION_STATE' });
    const page = await exchange.call(forwardSymbolAcquisitions, call, { limit: 1 });
    expect(page).toEqual({ requests: [{ requestId: first, acquisitionNo: 'PENSION-0001', residentCode: code(1) }], next: first });
    await estate.restart();
    for (const peers of [exchange, stranger]) peers.close();
    [exchange, stranger] = [peersOf('info-exchange'), peersOf('numbering')];
    expect(await view(first, pension)).toMatchObject({ state: 'FORWARDED', overdue: false });
    expect((await exchange.call(forwardSymbolAcquisitions, call, {})).requests.map(({ requestId }) => requestId)).toEqual([first, second]);
    estate.clock.set(new Date('2017-07-19T01:10:00Z'));
    expect(await view(first, pension)).toMatchObject({ state: 'FORWARDED', overdue: true });
    expect(await exchange.call(confirmSymbolAcquisition, { ...call, idempotencyKey: 'c-1' }, { requestId: first, result: 'CONFIRMED' })).toEqual({ state: 'CONFIRMED' });
    expect(await exchange.call(confirmSymbolAcquisition, { ...call, idempotencyKey: 'c-2' }, { requestId: first, result: 'CONFIRMED' })).toEqual({ state: 'CONFIRMED' });
    await expect(exchange.call(confirmSymbolAcquisition, { ...call, idempotencyKey: 'c-3' }, { requestId: first, result: 'REFUSED', reason: 'OTHER' })).rejects.toMatchObject({ code: 'ACQUISITION_STATE' });
    await expect(exchange.call(confirmSymbolAcquisition, { ...call, idempotencyKey: 'c-4' }, { requestId: second, result: 'REFUSED' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await exchange.call(confirmSymbolAcquisition, { ...call, idempotencyKey: 'c-5' }, { requestId: second, result: 'REFUSED', reason: 'ALREADY_HAS_SYMBOL' });
    expect((await exchange.call(forwardSymbolAcquisitions, call, {})).requests).toEqual([]);
    expect(await view(first, pension)).toMatchObject({ state: 'CONFIRMED', overdue: false });
    expect((await estate.request('GET', `${API}/symbol-acquisitions`, { as: townA })).json).toMatchObject({ items: [{ requestId: second, state: 'REFUSED', reason: 'ALREADY_HAS_SYMBOL' }] });
    expect(refusal(await estate.request('GET', `${API}/symbol-acquisitions/${second}`, { as: pension }))).toEqual([404, 'NOT_FOUND']);
    await estate.eventually(async () => events.length === 6);
    expect(events.filter(({ subject }) => subject === first).map(({ sequence, data }) => `${sequence} ${z.object({ state: z.string() }).parse(data).state}`)).toEqual(['1 CODE_RESOLVED', '2 FORWARDED', '3 CONFIRMED']);
    const told = JSON.stringify([events, await estate.sql('SELECT entry FROM juki_net.audit_line')]);
    for (const secret of [number, code(1), 'PENSION-0001', '見本']) expect(told).not.toContain(secret);
  });
});
