import { createPublicKey, randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { cardAbolished } from '#contracts/card-issuance';
import { certificateEvents, generateCertificate } from '#contracts/issuing-centre';
import { bindingInPdf } from '#contracts/municipal-issuer';
import { Refusal } from '#kernel';
import { connectStreams, parseCloudEvent, Peers, type Actor, type CloudEvent } from '#platform';
import {
  BINDING_KEY, CentreNeighbours, codeOf, Kiosk, refusedByMunicipality, renderingOf, SHOP, SpecAuthority, startEstate, type Answer, type CardKey, type Rendering, type TestEstate,
} from '#testing';
import { issuingCentreModule } from './issuing-centre.module.js';

const API = '/api/issuing-centre/v1';
const [TOWN, HOME_OF_REGISTER] = ['990019', '990027'];
const OPERATOR: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency' };
const officer = (name: string): Actor => ({ ...OPERATOR, operator: name });
const town = (code: string): Actor => ({ clientId: `municipality-${code}`, kind: 'municipality', organisation: code });
const CARD_SERIAL = '0123456789ABCDEF';
const NOON = new Date('2016-02-01T03:00:00Z');

const neighbours = new CentreNeighbours();
let estate: TestEstate;
let authority: SpecAuthority;
let card: CardKey;
let events: CloudEvent[];
let closeEvents: () => Promise<void>;
let kiosks = 0;

beforeAll(async () => {
  authority = await SpecAuthority.create();
  card = await authority.card(0xa1n);
  estate = await startEstate([...neighbours.modules(), issuingCentreModule], { at: NOON });
  ({ events, close: closeEvents } = await listen(estate.natsUrl));
  await put('/kiosk-operators/shop-1', { name: '試験ストア' }, OPERATOR);
  await post('/kiosk-operators/shop-1/commissions', { validFrom: '2016-02-01', yen: 115 }, OPERATOR);
  for (const code of [TOWN, HOME_OF_REGISTER]) {
    await put(`/municipal-servers/${code}`, { types: ['RESIDENT_RECORD', 'SEAL_CERT', 'FAMILY_REGISTER_FULL'], bindingKey: BINDING_KEY.toString('hex') }, OPERATOR);
    for (const [type, yen] of [['RESIDENT_RECORD', 200], ['SEAL_CERT', 300], ['FAMILY_REGISTER_FULL', 450]] as const) await post(`/municipal-servers/${code}/fees`, { type, yen, validFrom: '2016-02-01' }, town(code));
  }
  await link(card.serial, 'resident-1');
});

beforeEach(() => {
  neighbours.authorityAway = false;
  neighbours.municipality = (_order, good) => good;
  neighbours.ledger.set(CARD_SERIAL, 'ACTIVE');
  neighbours.statuses.set(card.serial, { status: 'GOOD', cardSerial: CARD_SERIAL, issuer: authority.certificate.der, predecessors: [] });
});

afterAll(async () => {
  await closeEvents?.();
  await estate?.stop();
  neighbours.close();
});

const put = (path: string, body: unknown, as: Actor): Promise<Answer> => estate.request('PUT', `${API}${path}`, { as, body });
const post = (path: string, body: unknown, as: Actor, purpose = 'CONVENIENCE_ISSUANCE'): Promise<Answer> => estate.request('POST', `${API}${path}`, { as, body, purpose });
const get = (path: string, as: Actor, purpose = 'CONVENIENCE_ISSUANCE'): Promise<Answer> => estate.request('GET', `${API}${path}`, { as, purpose });
const link = (linkId: string, residentKey: string): Promise<Answer> => post('/resident-links', { kind: 'AUTH_CERT', municipalityCode: TOWN, linkId, residentKey, cardSerial: CARD_SERIAL }, town(TOWN));

/** A kiosk that nobody used before. */
async function kioskIn(municipalityCode = TOWN): Promise<Kiosk> {
  const kioskId = `k-${(kiosks += 1)}`;
  await put(`/kiosk-operators/shop-1/kiosks/${kioskId}`, {}, SHOP);
  return new Kiosk(estate, kioskId, municipalityCode);
}

/** Moves the clock on, and lets the schedule of time limits work. */
async function after(seconds: number, kiosk: Kiosk, state: string): Promise<void> {
  estate.clock.set(new Date(estate.clock.now().getTime() + seconds * 1_000));
  await estate.eventually(async () => (await kiosk.state()) === state);
}

async function listen(natsUrl: string): Promise<{ events: CloudEvent[]; close: () => Promise<void> }> {
  const { connection } = await connectStreams(natsUrl, 'listener');
  const heard: CloudEvent[] = [];
  connection.subscribe('kiban.issuing-centre.>', { callback: (_error, message) => void heard.push(parseCloudEvent(message.string())) });
  await connection.flush();
  return { events: heard, close: () => connection.close() };
}

const toldOf = (requestId: string): string[] => events.filter(({ subject }) => subject === requestId).map(({ type }) => type.replace('jp.kiban.issuing-centre.certificate.', '').replace('.v1', ''));
const contents = async (): Promise<number> => (await estate.sql<{ n: number }>('SELECT count(*) AS n FROM issuing_centre.certificate_content'))[0]?.n ?? -1;

describe('from the card to the paper (CARD-3.9, 4.15)', () => {
  it('CARD-4.15: a resident gets the certificate once it is paid, once, and nothing of it stays', async () => {
    const kiosk = await kioskIn();
    expect(codeOf(await kiosk.open())).toBe('201');
    expect(codeOf(await kiosk.authenticate(card))).toBe('200');
    expect(codeOf(await kiosk.select('RESIDENT_RECORD', 11))).toBe('400 INVALID_INPUT');
    const selected = await kiosk.select('RESIDENT_RECORD', 2, ['RELATION', 'DOMICILE']);
    expect(selected.json).toMatchObject({ state: 'READY', pageCount: 1, priceYen: 400 });
    expect(neighbours.orders.at(-1)).toEqual({ requestId: kiosk.requestId, municipalityCode: TOWN, type: 'RESIDENT_RECORD', options: ['DOMICILE', 'RELATION'], copies: 2, residentKey: 'resident-1' });
    expect(codeOf(await kiosk.fetch())).toBe('409 BAD_STATE');
    expect(await contents()).toBe(1);
    expect(codeOf(await kiosk.step('payment', { amountYen: 200, paymentRef: 'p-1' }))).toBe('409 AMOUNT_DIFFERS');
    expect(codeOf(await kiosk.pay(selected))).toBe('200');
    const fetched = await kiosk.fetch();
    expect(bindingInPdf(kiosk.pdfOf(fetched))?.requestId).toBe(kiosk.requestId);
    expect([codeOf(await kiosk.fetch()), await contents()]).toEqual(['409 BAD_STATE', 0]);
    expect((await kiosk.printed(2)).json).toMatchObject({ state: 'PRINTED' });
    expect(codeOf(await kiosk.open())).toBe('409 TRAY_NOT_CLEAR');
    expect((await kiosk.taken()).json).toMatchObject({ state: 'CLOSED' });
    const [row] = await estate.sql('SELECT resident_key, serial, card_serial FROM issuing_centre.certificate_request WHERE id = $1', kiosk.requestId);
    expect(row).toEqual({ resident_key: null, serial: null, card_serial: null });
    await estate.eventually(async () => toldOf(kiosk.requestId).includes('closed'));
    expect(toldOf(kiosk.requestId)).toEqual(['opened', 'authenticated', 'selected', 'generation-started', 'generated', 'paid', 'sent', 'printed', 'taken', 'closed']);
    expect(events.find(({ subject, type }) => subject === kiosk.requestId && type.includes('.paid.'))?.data).toEqual({ requestId: kiosk.requestId, municipalityCode: TOWN, operator: 'shop-1', type: 'RESIDENT_RECORD', copies: 2 });
    const audited = await estate.sql<{ n: number }>("SELECT count(*) AS n FROM issuing_centre.audit_line WHERE entry LIKE '%certificate:' || $1 || '%\"to\"%'", kiosk.requestId);
    expect(audited).toEqual([{ n: 9 }]);
  });

  it('CARD-5: the system of an operator asks for it by gRPC, under the same rules', async () => {
    const asked = async (as: Actor, kiosk: Kiosk, purpose?: string): Promise<unknown> => {
      const peers = new Peers(estate.config, { token: () => estate.token(as) });
      const input = { requestId: kiosk.requestId, type: 'SEAL_CERT', options: [], copies: 1, contentKey: kiosk.contentKey };
      return peers.call(generateCertificate, { correlationId: 'spec-generate', deadlineMs: 60_000, ...(purpose === undefined ? {} : { purpose }) }, input).catch((error: unknown) => (error instanceof Refusal ? error.code : error)).finally(() => peers.close());
    };
    const kiosk = await kioskIn();
    await kiosk.open();
    expect(await asked(SHOP, kiosk, 'CONVENIENCE_ISSUANCE')).toBe('BAD_STATE');
    await kiosk.authenticate(card);
    expect([await asked({ ...SHOP, organisation: 'shop-2' }, kiosk, 'CONVENIENCE_ISSUANCE'), await asked(SHOP, kiosk)]).toEqual(['OUT_OF_JURISDICTION', 'PURPOSE_REQUIRED']);
    expect(await asked(SHOP, kiosk, 'CONVENIENCE_ISSUANCE')).toMatchObject({ requestId: kiosk.requestId, state: 'READY', pageCount: 1, priceYen: 300 });
    await kiosk.step('payment', { amountYen: 300, paymentRef: 'p-grpc' });
    expect(bindingInPdf(kiosk.pdfOf(await kiosk.fetch()))?.requestId).toBe(kiosk.requestId);
    await kiosk.printed(1);
    await kiosk.taken();
  });

  it('CARD-4.15: the nonce is good for one signature, and for a minute', async () => {
    const kiosk = await kioskIn();
    await kiosk.open();
    expect(codeOf(await kiosk.authenticate(card, { signature: Buffer.alloc(256).toString('base64') }))).toBe('403 SIGNATURE_INVALID');
    const next = await kioskIn();
    await next.open();
    const both = await Promise.all([next.authenticate(card), next.authenticate(card)]);
    expect(both.map(codeOf).sort()).toEqual(['200', '409 NONCE_REUSED']);
    const late = await kioskIn();
    await late.open();
    await after(60, late, 'ABANDONED');
    expect(codeOf(await late.authenticate(card))).toBe('409 BAD_STATE');
  });

  it('CARD-4.15, 7: who cannot be known to be in force is refused', async () => {
    const verdicts: string[] = [];
    const once = async (shown = card): Promise<void> => {
      const kiosk = await kioskIn();
      await kiosk.open();
      verdicts.push(codeOf(await kiosk.authenticate(shown)), await kiosk.state());
    };
    const over = await authority.card(0xd1n, new Date('2016-02-01T02:59:59Z'));
    neighbours.statuses.set(over.serial, { status: 'GOOD', cardSerial: CARD_SERIAL, issuer: authority.certificate.der });
    await once(over);
    for (const status of ['REVOKED', 'EXPIRED', 'UNKNOWN'] as const) {
      neighbours.statuses.set(card.serial, { status, cardSerial: CARD_SERIAL, issuer: authority.certificate.der });
      await once();
    }
    neighbours.statuses.set(card.serial, { status: 'GOOD', cardSerial: CARD_SERIAL, issuer: (await SpecAuthority.create()).certificate.der });
    await once();
    neighbours.statuses.set(card.serial, { status: 'GOOD', cardSerial: CARD_SERIAL, issuer: authority.certificate.der });
    neighbours.ledger.set(CARD_SERIAL, 'SUSPENDED');
    await once();
    neighbours.authorityAway = true;
    await once();
    [neighbours.authorityAway, neighbours.authorityHangs] = [false, true];
    const from = performance.now();
    await once();
    expect(performance.now() - from).toBeLessThan(5_000);
    neighbours.authorityHangs = false;
    neighbours.ledger.set(CARD_SERIAL, 'ACTIVE');
    const invalid = ['403 CERT_INVALID', 'REFUSED'];
    expect(verdicts).toEqual([...invalid, ...invalid, ...invalid, ...invalid, ...invalid, '403 CARD_NOT_ACTIVE', 'REFUSED', '503 CERT_STATUS_UNAVAILABLE', 'REFUSED', '503 CERT_STATUS_UNAVAILABLE', 'REFUSED']);
  });

  it('CARD-4.15, 7: hours, clock, kiosk and operator', async () => {
    const kiosk = await kioskIn();
    const off = new Date(estate.clock.now().getTime() - 31_000).toISOString();
    expect(codeOf(await kiosk.open({ kioskTime: off }))).toBe('409 CLOCK_SKEW');
    expect(codeOf(await kiosk.open({ kioskId: 'nowhere' }))).toBe('404 KIOSK_UNKNOWN');
    expect(codeOf(await kiosk.open({ operator: 'shop-2' }))).toBe('403 OUT_OF_JURISDICTION');
    expect(codeOf(await kiosk.open({ trayClear: false }))).toBe('409 TRAY_NOT_CLEAR');
    const [from, until] = [0, 1].map((hours) => new Date(estate.clock.now().getTime() + hours * 60_000).toISOString());
    expect(codeOf(await post('/maintenances', { municipalityCode: HOME_OF_REGISTER, fromAt: from, untilAt: until }, town(HOME_OF_REGISTER)))).toBe('201');
    expect(codeOf(await (await kioskIn(HOME_OF_REGISTER)).open())).toBe('409 OUT_OF_HOURS');
    await kiosk.open();
    expect(codeOf(await kiosk.authenticate(card, { kioskTime: off }))).toBe('409 CLOCK_SKEW');
    expect(codeOf(await estate.request('GET', `${API}/kiosk-sessions/${kiosk.requestId}`, { as: { ...SHOP, organisation: 'shop-2' } }))).toBe('403 OUT_OF_JURISDICTION');
  });
});

describe('whose resident it is (CARD-4.15 step 4)', () => {
  it('CARD-4.15: a renewed certificate keeps the link, and a registration of the domicile is made again', async () => {
    const register = await kioskIn(HOME_OF_REGISTER);
    const registered = async (): Promise<string> => {
      await register.open();
      await register.authenticate(renewed);
      return codeOf(await register.select('FAMILY_REGISTER_FULL'));
    };
    let renewed = await authority.card(0xb1n);
    await link(renewed.serial, 'resident-b');
    neighbours.statuses.set(renewed.serial, { status: 'GOOD', cardSerial: CARD_SERIAL, issuer: authority.certificate.der });
    estate.clock.set(new Date(estate.clock.now().getTime() + 61_000));
    expect(await registered()).toBe('403 DOMICILE_REGISTRATION_REQUIRED');
    expect(codeOf(await register.step('domicile-registration', { name: '基盤　花子', domicile: '見本町一番地', head: '基盤　太郎' }))).toBe('201');
    const waiting = z.object({ items: z.array(z.object({ id: z.string(), head: z.string() })) }).parse((await get(`/domicile-registrations?municipalityCode=${HOME_OF_REGISTER}`, town(HOME_OF_REGISTER))).json).items;
    expect(waiting.map(({ head }) => head)).toEqual(['基盤　太郎']);
    expect(codeOf(await post(`/domicile-registrations/${waiting[0]?.id}/decision`, { municipalityCode: HOME_OF_REGISTER, residentKey: 'register-b' }, town(HOME_OF_REGISTER)))).toBe('200');
    expect(await registered()).toBe('200');
    expect(neighbours.orders.at(-1)).toMatchObject({ municipalityCode: HOME_OF_REGISTER, residentKey: 'register-b' });
    await register.step('cancellation', {});
    await register.open();
    await register.authenticate(renewed);
    expect(codeOf(await register.select('RESIDENT_RECORD'))).toBe('409 TYPE_NOT_OFFERED');
    const former = renewed.serial;
    renewed = await authority.card(0xb2n);
    neighbours.statuses.set(renewed.serial, { status: 'GOOD', cardSerial: CARD_SERIAL, issuer: authority.certificate.der, predecessors: [former] });
    const at = await kioskIn();
    await at.open();
    await at.authenticate(renewed);
    expect([codeOf(await at.select()), neighbours.orders.at(-1)?.residentKey]).toEqual(['200', 'resident-b']);
    expect(await registered()).toBe('403 DOMICILE_REGISTRATION_REQUIRED');
    const asked = z.object({ registrationId: z.string() }).parse((await register.step('domicile-registration', { name: '基盤　花子', domicile: '見本町一番地', head: '基盤　太郎' })).json);
    expect((await post(`/domicile-registrations/${asked.registrationId}/decision`, { municipalityCode: HOME_OF_REGISTER }, town(HOME_OF_REGISTER))).json).toEqual({ state: 'REJECTED' });
    expect(await registered()).toBe('403 DOMICILE_REGISTRATION_REQUIRED');
  });

  it('CARD-4.15: a juki card by its ordinance application; CARD-4.9: an abolished card is no way any more', async () => {
    const spki = createPublicKey(card.key).export({ format: 'der', type: 'spki' }).toString('base64');
    expect(codeOf(await post('/resident-links', { kind: 'ORDINANCE_AP', municipalityCode: TOWN, linkId: 'JUKI00000001', residentKey: 'resident-j', publicKey: spki }, town(TOWN)))).toBe('201');
    const kiosk = await kioskIn();
    await kiosk.open();
    await kiosk.authenticateByOrdinance('JUKI00000001', card.key);
    expect([codeOf(await kiosk.select('SEAL_CERT')), neighbours.orders.at(-1)?.residentKey]).toEqual(['200', 'resident-j']);
    const doomed = await authority.card(0xc1n);
    await post('/resident-links', { kind: 'AUTH_CERT', municipalityCode: TOWN, linkId: doomed.serial, residentKey: 'resident-c', cardSerial: 'C000000000000001' }, town(TOWN));
    const runner = estate.running.runners.get('card-issuance');
    const personKey = '018f0000-0000-7000-8000-000000000001';
    await runner?.inTransaction('spec.tell', { actor: OPERATOR, correlationId: 'spec' }, async (ctx) =>
      ctx.emit(cardAbolished, { aggregateId: 'C000000000000001', sequence: 9, data: { cardSerial: 'C000000000000001', personKey, municipalityCode: TOWN, from: 'ACTIVE', to: 'ABOLISHED' } }));
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM issuing_centre.resident_link WHERE card_serial = 'C000000000000001'")).length === 0);
  });
});

describe('binding (CARD-4.15, 7: the lesson of 2023)', () => {
  it('CARD-4.15: of many at a time, with a server that mixes up its answers, nobody gets another\'s', async () => {
    const many = 24;
    const spki = createPublicKey(card.key).export({ format: 'der', type: 'spki' }).toString('base64');
    const ready = await Promise.all(Array.from({ length: many }, async (_, index) => {
      const linkId = `MANY${String(index).padStart(8, '0')}`;
      await post('/resident-links', { kind: 'ORDINANCE_AP', municipalityCode: TOWN, linkId, residentKey: `resident-m${index}`, publicKey: spki }, town(TOWN));
      const kiosk = await kioskIn();
      await kiosk.open();
      await kiosk.authenticateByOrdinance(linkId, card.key);
      return kiosk;
    }));
    const made: Rendering[] = [];
    let swapped = 0;
    neighbours.municipality = async (_order, good) => {
      made.push(good);
      await setTimeout(randomBytes(1).readUInt8() % 40);
      const answer = made[randomBytes(2).readUInt16BE() % made.length] ?? good;
      // A block of its own around the pages of another, too.
      const mixed = randomBytes(1).readUInt8() % 2 === 0 ? answer : { pdf: answer.pdf, binding: good.binding };
      if (answer !== good) swapped += 1;
      return randomBytes(1).readUInt8() % 3 === 0 ? good : mixed;
    };
    const outcomes = await Promise.all(ready.map(async (kiosk) => {
      const selected = await kiosk.select('SEAL_CERT');
      if (selected.status !== 200) return codeOf(selected);
      const paid = await kiosk.pay(selected);
      if (paid.status !== 200) return codeOf(paid);
      return bindingInPdf(kiosk.pdfOf(await kiosk.fetch()))?.requestId === kiosk.requestId ? 'OWN' : 'ANOTHER';
    }));
    expect(swapped).toBeGreaterThan(0);
    expect(new Set(outcomes)).not.toContain('ANOTHER');
    expect(outcomes).toContain('409 BINDING_MISMATCH');
    expect(outcomes.filter((outcome) => !['OWN', '409 BINDING_MISMATCH', '503 TYPE_BLOCKED'].includes(outcome))).toEqual([]);
  });

  it('CARD-7: the type is blocked at once, the evidence kept, and two officers let it go on', async () => {
    neighbours.municipality = (order) => renderingOf({ ...order, residentKey: 'somebody-else' });
    const [kiosk, waiting] = [await kioskIn(), await kioskIn()];
    await waiting.open();
    await waiting.authenticate(card);
    neighbours.municipality = (_order, good) => good;
    const bought = await waiting.select('FAMILY_REGISTER_FULL');
    neighbours.municipality = (order) => renderingOf({ ...order, residentKey: 'somebody-else' });
    expect(codeOf(await kiosk.issue(card, 'FAMILY_REGISTER_FULL'))).toBe('409 BINDING_MISMATCH');
    expect([await kiosk.state(), codeOf(await waiting.pay(bought))]).toEqual(['FAILED', '503 TYPE_BLOCKED']);
    expect((await get(`/binding-mismatches/${kiosk.requestId}`, officer('o-1'), 'INCIDENT')).json).toMatchObject({ municipalityCode: TOWN, type: 'FAMILY_REGISTER_FULL', faults: ['RESIDENT'] });
    expect(codeOf(await get(`/binding-mismatches/${kiosk.requestId}`, officer('o-1')))).toBe('403 PURPOSE_NOT_PERMITTED');
    const menu = z.object({ municipalities: z.array(z.object({ municipalityCode: z.string(), offers: z.array(z.object({ type: z.string() })) })) });
    const offered = async (): Promise<string[]> => menu.parse((await get('/kiosk-menu', SHOP)).json).municipalities.find(({ municipalityCode }) => municipalityCode === TOWN)?.offers.map(({ type }) => type) ?? [];
    expect(await offered()).not.toContain('FAMILY_REGISTER_FULL');
    const blocksOf = async (as: Actor): Promise<string[]> => z.object({ items: z.array(z.object({ municipalityCode: z.string(), type: z.string() })) }).parse((await get('/type-blocks', as)).json).items.map(({ municipalityCode, type }) => `${municipalityCode} ${type}`);
    expect([(await blocksOf(town(TOWN))).includes(`${TOWN} FAMILY_REGISTER_FULL`), await blocksOf(town(HOME_OF_REGISTER))]).toEqual([true, []]);
    const lift = (by: string): Promise<Answer> => post(`/type-blocks/${TOWN}/FAMILY_REGISTER_FULL/release`, { reportRef: '報告第1号' }, officer(by));
    expect([(await lift('o-1')).json, codeOf(await lift('o-1')), (await lift('o-2')).json]).toEqual([{ lifted: false }, '409 SAME_OFFICER', { lifted: true }]);
    expect(await offered()).toContain('FAMILY_REGISTER_FULL');
    const told = (): CloudEvent[] => events.filter(({ type }) => type.includes('issuing-centre.type.'));
    const blocked = { municipalityCode: TOWN, type: 'FAMILY_REGISTER_FULL', requestId: kiosk.requestId };
    await estate.eventually(async () => told().filter(({ data }) => JSON.stringify(data) === JSON.stringify(blocked)).length === 2);
    expect(told().slice(-2).map(({ type, sequence }) => `${type.split('.')[4]} ${sequence}`)).toEqual(['blocked 1', 'unblocked 2']);
  });
});

describe('when something is away (CARD-4.17, 7)', () => {
  it('CARD-4.15: a refusal of the municipality goes through, and is no failure of it', async () => {
    neighbours.municipality = () => refusedByMunicipality('PROTECTED_PERSON');
    const kiosk = await kioskIn();
    expect([codeOf(await kiosk.issue(card)), await kiosk.state()]).toEqual(['409 PROTECTED_PERSON', 'FAILED']);
    expect((await get('/municipal-servers', OPERATOR)).json).toMatchObject({ items: [{ municipalityCode: TOWN, status: 'UP' }, {}] });
  });

  it('CARD-7: five failures take the municipality off the menu, an answer brings it back', async () => {
    neighbours.municipality = () => { throw new Error('broken'); };
    const failed = await Promise.all(Array.from({ length: 5 }, async () => codeOf(await (await kioskIn()).issue(card))));
    expect(failed).toEqual(Array(5).fill('503 MUNICIPALITY_DOWN'));
    expect(codeOf(await (await kioskIn()).open())).toBe('503 MUNICIPALITY_DOWN');
    expect(JSON.stringify((await get('/kiosk-menu', SHOP)).json)).not.toContain(TOWN);
    neighbours.municipality = (_order, good) => good;
    estate.clock.set(new Date(estate.clock.now().getTime() + 31_000));
    expect(codeOf(await (await kioskIn()).issue(card))).toBe('200');
    expect(codeOf(await (await kioskIn()).open())).toBe('201');
    const told = (): string[] => events.filter(({ type }) => type.includes('municipal-server')).map(({ type, sequence }) => `${type} ${sequence}`);
    await estate.eventually(async () => told().length === 2);
    expect(told()).toEqual(['jp.kiban.issuing-centre.municipal-server.down.v1 1', 'jp.kiban.issuing-centre.municipal-server.up.v1 2']);
  });

  it('CARD-4.17: a municipality that does not answer: after a minute the request has failed, and what comes later is not sold', async () => {
    let answer = (): void => undefined;
    neighbours.municipality = (_order, good) => new Promise((resolve) => (answer = () => resolve(good)));
    const kiosk = await kioskIn();
    await kiosk.open();
    await kiosk.authenticate(card);
    const selected = kiosk.select();
    await estate.eventually(async () => (await kiosk.state()) === 'GENERATING');
    await after(60, kiosk, 'FAILED');
    answer();
    expect([codeOf(await selected), await kiosk.state()]).toEqual(['409 BAD_STATE', 'FAILED']);
  });

  it('CARD-4.17: nobody pays: expired, and erased', async () => {
    const kiosk = await kioskIn();
    await kiosk.open();
    await kiosk.authenticate(card);
    const selected = await kiosk.select();
    const before = await contents();
    await after(120, kiosk, 'EXPIRED');
    expect(await contents()).toBeLessThan(before);
    expect(codeOf(await kiosk.pay(selected))).toBe('409 BAD_STATE');
  });

  it('CARD-7: power cut after paying: the journal decides, once, and nothing is printed again', async () => {
    const [whole, broken, unsent] = [await kioskIn(), await kioskIn(), await kioskIn()];
    for (const kiosk of [whole, broken]) await kiosk.issue(card, 'RESIDENT_RECORD', 3);
    await after(180, whole, 'PRINT_UNCERTAIN');
    expect([codeOf(await whole.open()), codeOf(await whole.fetch())]).toEqual(['409 JOURNAL_REQUIRED', '409 BAD_STATE']);
    expect((await whole.step('journal', { pages: 3 })).json).toMatchObject({ state: 'PRINTED' });
    expect((await broken.step('journal', { pages: 2 })).json).toMatchObject({ state: 'REFUND_DUE' });
    expect(codeOf(await broken.step('journal', { pages: 3 }))).toBe('409 BAD_STATE');
    expect(codeOf(await broken.step('refund', { copies: 1, amountYen: 400 }))).toBe('409 AMOUNT_DIFFERS');
    expect((await broken.step('refund', { copies: 1, amountYen: 200 })).json).toMatchObject({ deducted: false });
    await unsent.open();
    await unsent.authenticate(card);
    await unsent.pay(await unsent.select());
    expect(codeOf(await unsent.fetch('00'.repeat(32)))).toBe('410 CONTENT_GONE');
    expect(await unsent.state()).toBe('REFUND_DUE');
    expect((await unsent.open()).status).toBe(201);
  });

  it('CARD-4.17: paper that is left behind goes into a bag, and the municipality sees it', async () => {
    const kiosk = await kioskIn();
    await kiosk.issue(card);
    await kiosk.printed(1);
    await after(60, kiosk, 'LEFT_BEHIND');
    const left = await get(`/certificate-requests?municipalityCode=${TOWN}&state=LEFT_BEHIND`, town(TOWN));
    expect(JSON.stringify(left.json)).toContain(kiosk.requestId);
    expect(codeOf(await kiosk.open())).toBe('409 TRAY_NOT_CLEAR');
    expect((await kiosk.step('shop-closure', { bagNo: 'B-1' })).json).toMatchObject({ state: 'CLOSED' });
    expect(codeOf(await kiosk.open())).toBe('201');
  });

  it('CARD-4.17: a card that stays on the reader is told to the shop, and the session goes on', async () => {
    const kiosk = await kioskIn();
    await kiosk.issue(card);
    await kiosk.printed(1);
    await kiosk.step('tray', { paperTaken: true, cardRemoved: false });
    estate.clock.set(new Date(estate.clock.now().getTime() + 60_000));
    await estate.eventually(async () => toldOf(kiosk.requestId).at(-1) === 'card-left');
    expect((await kiosk.taken()).json).toMatchObject({ state: 'CLOSED' });
  });
});

describe('in the evening (CARD-4.15)', () => {
  it('CARD-4.15: certificates of the register until 17:00, new sessions until 23:00; who is in by then goes on', async () => {
    const at = (time: string): void => estate.clock.set(new Date(`2016-02-01T${time}+09:00`));
    at('17:00:00');
    const kiosk = await kioskIn();
    await kiosk.open();
    await kiosk.authenticate(card);
    expect([codeOf(await kiosk.select('FAMILY_REGISTER_FULL')), codeOf(await kiosk.select())]).toEqual(['409 OUT_OF_HOURS', '200']);
    await kiosk.step('cancellation', {});
    at('22:59:40');
    await kiosk.open();
    await kiosk.authenticate(card);
    at('23:00:00');
    expect([codeOf(await (await kioskIn()).open()), (await get('/kiosk-menu', SHOP)).json]).toEqual(['409 OUT_OF_HOURS', { municipalities: [] }]);
    expect(codeOf(await kiosk.pay(await kiosk.select()))).toBe('200');
    await kiosk.fetch();
    await kiosk.printed(1);
    await kiosk.taken();
  });

  it('CARD-3.10: a fee is dated: what is in force does not change, the next one counts from its day', async () => {
    const fee = (validFrom: string): Promise<Answer> => post(`/municipal-servers/${HOME_OF_REGISTER}/fees`, { type: 'SEAL_CERT', yen: 350, validFrom }, town(HOME_OF_REGISTER));
    expect([codeOf(await fee('2016-02-01')), codeOf(await fee('2016-02-03'))]).toEqual(['409 FEE_IN_FORCE', '201']);
    const offers = async (): Promise<string> => JSON.stringify((await get('/kiosk-menu', SHOP)).json);
    estate.clock.set(new Date('2016-02-02T12:00:00+09:00'));
    expect(await offers()).toContain('{"type":"SEAL_CERT","yen":300}');
    estate.clock.set(new Date('2016-02-03T12:00:00+09:00'));
    expect(await offers()).toContain('{"type":"SEAL_CERT","yen":350}');
  });
});

describe('settlement (CARD-4.15, 5)', () => {
  it('CARD-4.15: the month to the yen, with what kiosk and municipality say otherwise', async () => {
    const [sound, useless] = [await kioskIn(), await kioskIn()];
    for (const kiosk of [sound, useless]) {
      await kiosk.issue(card, 'RESIDENT_RECORD', 2);
      await kiosk.printed(2);
      await kiosk.taken();
    }
    expect((await useless.step('refund', { copies: 1, amountYen: 200 })).json).toEqual({ requestId: useless.requestId, deducted: true });
    const printed = await estate.sql<{ id: string; type: string; printed_copies: number; price: number }>('SELECT id, type, printed_copies, price_yen / copies AS price FROM issuing_centre.certificate_request WHERE printed_copies > 0 ORDER BY id');
    const rows = printed.map(({ id, type, printed_copies: copies, price }) => ({ id, type, copies, amount: copies * price }));
    expect(codeOf(await post('/settlements/2016-02/runs', {}, OPERATOR))).toBe('409 SETTLEMENT_NOT_DUE');
    const upload = (source: string, party: string, lines: string[], as: Actor): Promise<Answer> =>
      estate.request('POST', `${API}/settlements/2016-02/journals/${source}/${party}`, { as, body: lines.join('\r\n'), headers: { 'content-type': 'text/csv' } });
    const kioskRows = rows.map(({ id, type, copies, amount }) => `${id},${type},${id === sound.requestId ? 1 : copies},${amount}`);
    expect((await upload('KIOSK', 'shop-1', ['requestId,type,copies,amount', ...kioskRows, 'REQ-20160201-9999999,SEAL_CERT,1,300', 'x'], SHOP)).json).toMatchObject({ entries: rows.length + 1, faults: [{ column: '', reason: 'COLUMNS' }] });
    expect(codeOf(await upload('MUNICIPALITY', TOWN, ['requestId,type,copies'], SHOP))).toBe('403 OUT_OF_JURISDICTION');
    expect(codeOf(await upload('MUNICIPALITY', TOWN, ['requestId,type,copies', ...rows.filter(({ id }) => id !== useless.requestId).map(({ id, type, copies }) => `${id},${type},${copies}`)], town(TOWN)))).toBe('200');
    estate.clock.set(new Date('2016-03-01T00:00:00+09:00'));
    const sums = [...new Set(rows.map(({ type }) => type))].sort().map((type) => {
      const of = rows.filter((row) => row.type === type);
      const [copies, fee, refunds] = [of.reduce((sum, row) => sum + row.copies, 0), of.reduce((sum, row) => sum + row.amount, 0), type === 'RESIDENT_RECORD' ? 200 : 0];
      return `2016-02,${TOWN},shop-1,${type},${copies},${fee},${copies * 115},${refunds},${fee - copies * 115 - refunds}`;
    });
    for (const run of [1, 2]) expect((await post('/settlements/2016-02/runs', {}, OPERATOR)).json).toMatchObject({ run, differences: 3 });
    expect((await get('/settlements/2016-02', SHOP)).bytes.toString()).toBe(`${['month,municipality,operator,type,printed,fee,commission,refunds,net', ...sums].join('\r\n')}\r\n`);
    expect((await get('/settlements/2016-02', town(HOME_OF_REGISTER))).bytes.toString().split('\r\n')).toHaveLength(2);
    const { items } = z.object({ items: z.array(z.object({ requestId: z.string(), kind: z.string(), centre: z.number().nullable(), stated: z.number().nullable() })) }).parse((await get('/settlements/2016-02/differences', SHOP)).json);
    expect(items.map(({ requestId, kind, centre, stated }) => `${requestId} ${kind} ${centre} ${stated}`)).toEqual([
      'REQ-20160201-9999999 NOT_AT_CENTRE null 1', `${sound.requestId} KIOSK_COPIES 2 1`, `${useless.requestId} NOT_AT_MUNICIPALITY 2 null`,
    ]);
  });

  it('CARD-3.9, 5: each state that a request reached was told, with the keys of the page and nothing about a person', () => {
    const told = events.filter(({ type }) => type.includes('issuing-centre.certificate.'));
    const names = Object.values(certificateEvents).map(({ name }) => name);
    expect(names.filter((name) => !told.some(({ type }) => type === `jp.kiban.issuing-centre.${name}.v1`))).toEqual([]);
    const keys = new Set(told.flatMap(({ data }) => Object.keys(data as object)));
    expect([...keys].sort()).toEqual(['copies', 'municipalityCode', 'operator', 'reason', 'requestId', 'type']);
    expect(JSON.stringify(events)).not.toMatch(new RegExp(`resident-[1bcjms]|register-b|JUKI0|${CARD_SERIAL}|基盤`));
  });
});
