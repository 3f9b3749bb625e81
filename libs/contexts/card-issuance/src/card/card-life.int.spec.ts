import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { cardLedgerState } from '#contracts/card-issuance';
import type { PersonView } from '#contracts/juki-net';
import { Peers, type Actor, type ContextModule, type Platform } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { cardIssuanceModule } from '../card-issuance.module.js';
import { fakeNeighbours } from '../neighbours.fixture.js';
import { requireFeeSettled } from '../reissue-case/require-fee-settled.js';
import { shelfOf } from '../shelf.js';

const counter = (organisation: string, operator = 'clerk-a'): Actor => ({ clientId: `municipality-${organisation}`, kind: 'municipality', organisation, operator });
const [HERE, THERE, BEYOND] = [counter('990019'), counter('990027'), counter('990035')];
const OPERATOR: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency' };
const START = new Date('2016-03-31T01:00:00Z');

const neighbours = fakeNeighbours();
let estate: TestEstate;
let platform: Platform;
/** The context as it is, with its platform at hand: a card is put into the ledger by the context's own stores. */
const watched: ContextModule = { ...cardIssuanceModule, build: (given) => cardIssuanceModule.build((platform = given)) };

const codeOf = (answer: Answer): string => z.object({ code: z.string() }).parse(answer.json).code;
const good = <T>(answer: Answer, schema: z.ZodType<T>): T => {
  expect(answer.status, JSON.stringify(answer.json)).toBeLessThan(300);
  return schema.parse(answer.json);
};
const ask = (method: string, path: string, { as = HERE, body, purpose = 'CARD_HANDOVER' }: { as?: Actor; body?: unknown; purpose?: string } = {}): Promise<Answer> =>
  estate.request(method, `/api/card-issuance/v1${path}`, { as, purpose, ...(body === undefined ? {} : { body }) });
const at = (cardSerial: string, verb: string, body: object = {}, as = HERE): Promise<Answer> => ask('POST', `/cards/${cardSerial}/${verb}`, { as, body: { terminalId: 'T1', ...body } });
const tell = async (context: string, event: string, data: object): Promise<void> => {
  expect((await estate.request('POST', `/api/${context}/v1/told`, { as: OPERATOR, body: { event, aggregateId: randomUUID(), sequence: 1, data } })).status).toBe(200);
};
const resident = (personKey: string, event: string, factVersion: number, over: object = {}): Promise<void> =>
  tell('juki-net', `resident.${event}`, { personKey, factVersion, factDate: '2016-03-31', municipalityCode: '990019', reason: '30', fields: ['address'], ...over });
const stateOf = async (cardSerial: string): Promise<string> => {
  const [row] = await estate.sql<{ state: string; reason: string | null }>('SELECT state, reason FROM card_issuance.card WHERE card_serial = $1', cardSerial);
  return `${row?.state ?? ''} ${row?.reason ?? ''}`.trim();
};
const becomes = (cardSerial: string, state: string): Promise<true> => estate.eventually(async () => (await stateOf(cardSerial)) === state);

interface Seeded {
  readonly personKey: string;
  readonly cardSerial: string;
  readonly applicationId: string;
}
let seeds = 0;
/** A card of a resident, made of facts of version 1, in any state. */
async function seed(state: string, over: { readonly expiry?: string; readonly application?: string; readonly town?: string; readonly person?: string } = {}): Promise<Seeded> {
  const no = (seeds += 1);
  const [cardSerial, applicationId, personKey, municipalityCode, expiryDate] = [`LIFE${String(no).padStart(12, '0')}`, String(no).padStart(23, '0'), over.person ?? randomUUID(), over.town ?? '990019', over.expiry ?? '2025-07-01'];
  const { production, cards } = shelfOf(platform);
  const { db } = platform.database;
  const made = { cardSerial, personKey, municipalityCode, applicationId, recordNo: no, factVersion: 1, wishSign: true, wishAuth: true };
  const batchId = randomUUID();
  await production.add(db, batchId, [{ ...made, face: { name: '見本', address: '架空県', birthDate: '19850701', sex: '1' }, number: '990000000001', securityCode: '4711', photoSha256: '', expiryDate, issuingOffice: '000', language: 'ja', residenceExpiry: null, jukiCode: '98000000001' }]);
  await cards.add(db, [{ card: { ...made, batchId, state: 'ORDERED', chipState: 'BLANK', additions: 0, version: 1 }, expiryDate }], START);
  const chip = ['ACTIVE', 'SUSPENDED'].includes(state) ? 'ACTIVATED' : 'PERSONALISED';
  await estate.sql('UPDATE card_issuance.card SET state = $2, chip_state = $3 WHERE card_serial = $1', cardSerial, state, chip);
  await estate.sql("INSERT INTO card_issuance.card_move (card_serial, version, to_state, client, at) VALUES ($1, 1, 'ORDERED', 'spec', '2016-02-01T03:00:00Z')", cardSerial);
  await estate.sql("INSERT INTO card_issuance.application_form (application_id, person_key, municipality_code, print_sequence, printed_at) VALUES ($1, $2, $3, 0, now())", applicationId, personKey, municipalityCode);
  await estate.sql(
    "INSERT INTO card_issuance.application (application_id, person_key, municipality_code, channel, state, wish_sign, wish_auth, representative, photo_hash, received_at, version, fact_version) VALUES ($1, $2, $3, 'PC', $4, true, true, false, '', now(), 1, 1)",
    applicationId, personKey, municipalityCode, over.application ?? 'FULFILLED',
  );
  lives(personKey, {});
  return { personKey, cardSerial, applicationId };
}
const lives = (personKey: string, over: Partial<PersonView>): void => {
  neighbours.persons.set(personKey, {
    personKey, factVersion: 1, status: 'RESIDENT', municipalityCode: '990019', nameKanji: '見本', nameKana: 'ミホン', birthDate: '19850701', sex: '1', address: '架空県', foreignResident: false, ...over,
  });
};
const deadlinesOf = (cardSerial: string): Promise<{ text: string }[]> =>
  estate.sql("SELECT kind || ' ' || municipality_code || ' ' || last_day || ' ' || coalesce(outcome, 'OPEN') AS text FROM card_issuance.continued_use WHERE card_serial = $1 ORDER BY fact_version", cardSerial);
const jobsRest = (kind: string): Promise<true> =>
  estate.eventually(async () => (await estate.sql("SELECT 1 FROM card_issuance.job WHERE kind = $1 AND state IN ('QUEUED', 'RUNNING')", kind)).length === 0);

beforeAll(async () => {
  estate = await startEstate([watched, ...neighbours.modules], { at: START });
});
afterAll(async () => {
  await estate.stop();
  neighbours.remove();
});

describe('at the counter (CARD-3.5)', () => {
  it('CARD-3.5, 4.9 a card in use is surrendered with a reason, collected and destroyed by two persons', async () => {
    const { cardSerial } = await seed('ACTIVE');
    expect(codeOf(await at(cardSerial, 'collection'))).toBe('BAD_STATE');
    expect(codeOf(await at(cardSerial, 'collection', {}, THERE))).toBe('OUT_OF_JURISDICTION');
    expect((await at(cardSerial, 'collection', { reason: 'VOLUNTARY_SURRENDER' })).status).toBe(200);
    const destroy = (as: Actor): Promise<Answer> => at(cardSerial, 'destruction', {}, as);
    expect(good(await destroy(HERE), z.object({ state: z.string(), awaits: z.string() }))).toEqual({ state: 'COLLECTED', awaits: 'SECOND_PERSON' });
    expect(codeOf(await destroy(HERE))).toBe('SAME_PERSON');
    expect(good(await destroy(counter('990019', 'clerk-b')), z.object({ state: z.string() })).state).toBe('DESTROYED');
    const moves = await estate.sql('SELECT from_state, to_state, operator, terminal FROM card_issuance.card_move WHERE card_serial = $1 AND version > 1 ORDER BY version', cardSerial);
    expect(moves.map((move) => Object.values(move).join(' '))).toEqual(['ACTIVE ABOLISHED clerk-a T1', 'ABOLISHED COLLECTED clerk-a T1', 'COLLECTED DESTROYED clerk-b T1']);
  });

  it('JPKI-4.6 the certification authority learns whether a card is that of the holder and of the day it names, and not whose it is', async () => {
    const { cardSerial, personKey } = await seed('ACTIVE', { expiry: '2026-03-31' });
    const peers = new Peers(estate.config, { token: () => estate.token({ clientId: 'svc-jpki-ca', kind: 'service', organisation: 'jpki-ca' }) });
    const said = (asked: object) => peers.call(cardLedgerState, { correlationId: 'spec-ledger', purpose: 'CERTIFICATE_ISSUE' }, { cardSerial, ...asked });
    expect([await said({ personKey, expiryDate: '2026-03-31' }), await said({}), await said({ personKey: randomUUID() }), await said({ personKey, expiryDate: '2026-04-01' })])
      .toEqual([true, true, false, false].map((agrees) => ({ state: 'ACTIVE', agrees })));
    expect(await said({ cardSerial: 'N'.repeat(16), personKey })).toEqual({});
    peers.close();
  });

  it('CARD-3.5 a withheld or missing card comes back while its application stands and no other is made for it', async () => {
    const [right, gone, remade] = [await seed('MISSING', { application: 'APPROVED' }), await seed('WITHHELD', { application: 'INVALIDATED' }), await seed('WITHHELD', { application: 'ORDERED' })];
    expect((await at(right.cardSerial, 'release')).status).toBe(200);
    expect([await stateOf(right.cardSerial), codeOf(await at(right.cardSerial, 'release'))]).toEqual(['RECEIVED RELEASED', 'BAD_STATE']);
    expect((await estate.sql("SELECT 1 FROM card_issuance.application WHERE application_id = $1 AND state = 'ORDERED'", right.applicationId)).length).toBe(1);
    expect([codeOf(await at(gone.cardSerial, 'release')), codeOf(await at(remade.cardSerial, 'release'))]).toEqual(['BAD_STATE', 'BAD_STATE']);
  });

  it('CARD-4.6 a renewed stay extends the card of a foreign resident, up to the birthday of its issue', async () => {
    const { cardSerial, personKey } = await seed('ACTIVE', { expiry: '2017-11-30' });
    const extend = (stayEnd: string): Promise<Answer> => at(cardSerial, 'validity-extension', { stayEnd });
    expect(codeOf(await extend('2020-11-30'))).toBe('NOT_EXTENDABLE');
    lives(personKey, { foreignResident: true });
    expect(good(await extend('2020-11-30'), z.object({ expiryDate: z.string() })).expiryDate).toBe('2020-11-30');
    expect(good(await extend('2035-01-01'), z.object({ expiryDate: z.string() })).expiryDate).toBe('2025-07-01');
    expect(codeOf(await extend('2036-01-01'))).toBe('NOT_EXTENDABLE');
  });

  it('CARD-4.9 the write-in area has four entries; then the card is re-issued', async () => {
    const { cardSerial } = await seed('ACTIVE');
    const left = [];
    for (const _entry of [1, 2, 3, 4]) left.push(good(await at(cardSerial, 'face-additions'), z.object({ additionsLeft: z.number() })).additionsLeft);
    expect([left, codeOf(await at(cardSerial, 'face-additions'))]).toEqual([[3, 2, 1, 0], 'NO_SPACE_ON_FACE']);
  });
});

describe('PINs (CARD-4.8)', () => {
  it('CARD-4.8 a lock-out and its reset are recorded with who told them, never the PIN; only of a card in use', async () => {
    const [{ cardSerial, personKey }, lying] = [await seed('ACTIVE'), await seed('PRESET')];
    const tellPins = (serial: string, event: string, as = HERE): Promise<Answer> => at(serial, 'pin-events', { pins: ['SIGN', 'AUTH'], event }, as);
    expect([codeOf(await tellPins(cardSerial, 'LOCKED', THERE)), codeOf(await tellPins(lying.cardSerial, 'RESET')), codeOf(await tellPins(cardSerial, 'SET'))]).toEqual(['OUT_OF_JURISDICTION', 'BAD_STATE', 'INVALID_INPUT']);
    expect([(await tellPins(cardSerial, 'LOCKED')).status, (await at(cardSerial, 'pin-events', { pins: ['AUTH'], event: 'RESET' }, counter('990019', 'clerk-b'))).status]).toEqual([200, 200]);
    const [seen] = good(await ask('GET', `/persons/${personKey}/cards`), z.object({ cards: z.array(z.object({ pins: z.unknown() })) })).cards;
    const now = expect.stringMatching(/^2016-03-31T01:0/) as string;
    expect(seen?.pins).toEqual([{ pin: 'AUTH', setAt: null, lockedAt: now, resetAt: now }, { pin: 'SIGN', setAt: null, lockedAt: now, resetAt: null }]);
    expect(await estate.sql("SELECT pin || ' ' || operator AS by FROM card_issuance.card_pin WHERE card_serial = $1 ORDER BY pin", cardSerial)).toEqual([{ by: 'AUTH clerk-b' }, { by: 'SIGN clerk-a' }]);
  });
});

describe('moves (CARD-4.10) and events that cross (CARD-4.13)', () => {
  it('CARD-4.10 the new municipality continues the card, by anyone of the household who knows the PIN; then it is its card', async () => {
    const { cardSerial, personKey } = await seed('ACTIVE');
    await resident(personKey, 'moved-out', 2, { abroad: false, reason: '21', factDate: '2016-03-20' });
    await resident(personKey, 'moved-in', 3, { reason: '11', municipalityCode: '990027', factDate: '2016-03-25' });
    await estate.eventually(async () => (await deadlinesOf(cardSerial)).length === 2);
    lives(personKey, { factVersion: 3, municipalityCode: '990027' });
    const go = (as: Actor, pinVerified = true): Promise<Answer> => at(cardSerial, 'continued-use', { municipalityCode: as.organisation, actingPerson: 'HOUSEHOLD_MEMBER', pinVerified }, as);
    expect([codeOf(await go(BEYOND)), codeOf(await go(HERE)), codeOf(await go(THERE, false))]).toEqual(['NOT_FOUND', 'CONTINUED_USE_IMPOSSIBLE', 'CONTINUED_USE_IMPOSSIBLE']);
    expect(good(await go(THERE), z.object({ additionsLeft: z.number(), reissueDue: z.boolean() }))).toEqual({ additionsLeft: 3, reissueDue: false });
    expect(codeOf(await go(THERE))).toBe('CONTINUED_USE_IMPOSSIBLE');
    expect((await deadlinesOf(cardSerial)).map(({ text }) => text)).toEqual(['MOVE_IN_NOTICE 990019 2016-04-19 MOVED_IN', 'CONTINUED_USE 990027 2016-06-29 CONTINUED']);
    expect(codeOf(await at(cardSerial, 'face-additions', {}, HERE))).toBe('OUT_OF_JURISDICTION');
    const view = z.object({ cards: z.array(z.object({ municipalityCode: z.string(), state: z.string(), moves: z.array(z.object({ reason: z.string().nullable(), terminal: z.string().nullable() })) })) });
    const seen = good(await ask('GET', `/persons/${personKey}/cards`, { as: THERE, purpose: 'DISCLOSURE' }), view);
    expect(seen.cards).toMatchObject([{ municipalityCode: '990027', state: 'ACTIVE' }]);
    expect(seen.cards[0]?.moves.at(-1)).toEqual({ reason: 'CONTINUED_USE', terminal: 'T1' });
    expect(good(await ask('GET', `/persons/${personKey}/cards`, { as: BEYOND }), view).cards).toEqual([]);
  });

  it('CARD-4.13 late, doubled and crossing events of a person end in the same state, whatever the order', async () => {
    const history: [string, object][] = [
      ['moved-out', { abroad: false, reason: '21', factDate: '2016-03-28' }], ['moved-in', { reason: '11', municipalityCode: '990027', factDate: '2016-03-29' }], ['changed', { reason: '31', fields: ['nameKanji'], municipalityCode: '990027' }],
      ['moved-out', { abroad: false, reason: '21', municipalityCode: '990027', factDate: '2016-03-30' }], ['moved-in', { reason: '11', municipalityCode: '990035', factDate: '2016-03-31' }],
    ];
    const orders = fc.sample(fc.array(fc.nat(4), { minLength: 3, maxLength: 3 }).chain((twice) => fc.shuffledSubarray([0, 1, 2, 3, 4, ...twice.map((index) => index + 10)], { minLength: 8 })), { numRuns: 6, seed: 7 });
    const people = await Promise.all(orders.map(() => seed('ACTIVE')));
    await Promise.all(orders.map(async (order, index) => {
      for (const place of order) {
        const [event, over] = history[place % 10] ?? ['died', {}];
        await resident(people[index]?.personKey ?? '', event, (place % 10) + 2, over);
      }
    }));
    for (const { cardSerial } of people) await estate.eventually(async () => (await deadlinesOf(cardSerial)).length === 4);
    const ends = await Promise.all(people.map(async ({ cardSerial }) => (await deadlinesOf(cardSerial)).map(({ text }) => text)));
    for (const end of ends) expect(end).toEqual(['MOVE_IN_NOTICE 990019 2016-04-27 MOVED_IN', 'CONTINUED_USE 990027 2016-06-29 MOVED_IN', 'MOVE_IN_NOTICE 990027 2016-04-29 MOVED_IN', 'CONTINUED_USE 990035 2016-03-30 OPEN']);
  });

  it('CARD-4.9, CARD-7 another resident code or a struck record ends the card; who dies after the preset is not invited any more, and two destroy the card', async () => {
    const [coded, struck, late] = [await seed('ACTIVE'), await seed('ACTIVE'), await seed('PRESET', { application: 'ORDERED' })];
    await resident(coded.personKey, 'code-changed', 2, { reason: '41' });
    await resident(struck.personKey, 'record-deleted', 2, { reason: '24' });
    await resident(late.personKey, 'died', 2, { reason: '20' });
    await becomes(late.cardSerial, 'WITHHELD DEATH');
    await becomes(coded.cardSerial, 'ABOLISHED JUKI_CODE_CHANGED');
    await becomes(struck.cardSerial, 'ABOLISHED RECORD_DELETED');
    expect([codeOf(await ask('POST', `/cards/${late.cardSerial}/notices`)), codeOf(await at(late.cardSerial, 'release'))]).toEqual(['BAD_STATE', 'BAD_STATE']);
    for (const clerk of ['clerk-a', 'clerk-b']) expect((await at(late.cardSerial, 'destruction', {}, counter('990019', clerk))).status).toBe(200);
    expect(await stateOf(late.cardSerial)).toBe('DESTROYED WITHHELD');
    for (const reason of ['ISSUED_IN_ERROR', 'REISSUE']) expect((await at((await seed('SUSPENDED')).cardSerial, 'abolition', { reason })).status).toBe(200);
  });

  it('CARD-4.9 numbering tells of a changed number: the card with the former one ends once, one ordered later stays', async () => {
    const former = await seed('ACTIVE');
    const made = await seed('RECEIVED', { person: former.personKey, application: 'ORDERED' });
    await estate.sql("UPDATE card_issuance.card_move SET at = '2016-03-31T02:00:00Z' WHERE card_serial = $1", made.cardSerial);
    const told = { personKey: former.personKey, oldAssignmentId: randomUUID(), newAssignmentId: randomUUID(), ground: 'CHANGE_ON_REQUEST', at: '2016-03-31T00:30:00.000Z' };
    for (const _twice of [1, 2]) await tell('numbering', 'number.changed', told);
    await becomes(former.cardSerial, 'ABOLISHED NUMBER_CHANGED');
    expect(await stateOf(made.cardSerial)).toBe('RECEIVED');
  });
});

describe('re-issue (CARD-3.7, 4.9)', () => {
  const view = z.object({ caseId: z.string(), state: z.string(), dueYen: z.number() });
  const open = async (body: object): Promise<Answer> => ask('POST', '/reissue-cases', { body: { municipalityCode: '990019', ...body } });
  const step = (caseId: string, verb: string, body: object = {}): Promise<Answer> => ask('POST', `/reissue-cases/${caseId}/${verb}`, { body });

  it('CARD-4.9 loss outside, fee of the ordinance, application, payment at the hand-over, closed with the other card', async () => {
    const ordinance = { municipalityCode: '990019', cardYen: 900, certificatesYen: 300, waivers: ['DISASTER'], uncollectedMonths: 1 };
    expect((await ask('POST', '/ordinances', { body: { ...ordinance, validFrom: '2016-03-01' } })).status).toBe(201);
    expect(codeOf(await ask('POST', '/ordinances', { body: { ...ordinance, validFrom: '2016-03-01' } }))).toBe('OVERLAP');
    expect((await ask('POST', '/ordinances', { body: { ...ordinance, validFrom: '2017-01-01', cardYen: 1 } })).status).toBe(201);
    const lost = await seed('SUSPENDED');
    const loss = { cardSerial: lost.cardSerial, cause: 'LOST', lossPlace: 'OUTSIDE' };
    expect(codeOf(await open(loss))).toBe('POLICE_REPORT_REQUIRED');
    const { caseId } = good(await open({ ...loss, policeReportNo: 'K-123' }), z.object({ caseId: z.string() }));
    expect(codeOf(await open({ cardSerial: lost.cardSerial, cause: 'DAMAGED' }))).toBe('CASE_OPEN');
    expect(codeOf(await step(caseId, 'assessment', { waiver: 'NOBLE_BIRTH' }))).toBe('WAIVER_UNKNOWN');
    expect(good(await step(caseId, 'assessment'), view)).toMatchObject({ state: 'FEE_ASSESSED', dueYen: 1_200 });
    const next = await seed('PRESET', { person: lost.personKey, application: 'ORDERED' });
    expect(codeOf(await step(caseId, 'application', { applicationId: (await seed('PRESET', { application: 'ORDERED' })).applicationId }))).toBe('NOT_FOUND');
    expect(good(await step(caseId, 'application', { applicationId: next.applicationId }), view)).toMatchObject({ state: 'APPLICATION_LINKED', dueYen: 1_200 });
    const settled = (): Promise<void> => requireFeeSettled(platform.database.db, shelfOf(platform).reissueCases, next.applicationId);
    await expect(settled()).rejects.toMatchObject({ code: 'FEE_NOT_SETTLED' });
    expect(codeOf(await step(caseId, 'payment', { amountYen: 1_000, receiptNo: 'R1' }))).toBe('AMOUNT_MISMATCH');
    for (const _twice of [1, 2]) expect((await step(caseId, 'payment', { amountYen: 1_200, receiptNo: 'R1' })).status).toBe(200);
    expect(codeOf(await step(caseId, 'payment', { amountYen: 1_200, receiptNo: 'R2' }))).toBe('BAD_STATE');
    await settled();
    expect((await at(lost.cardSerial, 'abolition', { reason: 'LOST_CONFIRMED' })).status).toBe(200);
    await estate.sql("UPDATE card_issuance.card SET state = 'HANDING_OVER' WHERE card_serial = $1", next.cardSerial);
    await estate.sql(
      "INSERT INTO card_issuance.handover_session (session_id, card_serial, municipality_code, terminal_id, state, certificates, opened_at, lease_until, chip_written_at) VALUES ($1, $2, '990019', 'T1', 'CHIP_WRITTEN', 'NONE', $3, $3, $3)",
      randomUUID(), next.cardSerial, '2016-03-30T00:00:00Z',
    );
    const shown = (): Promise<Answer> => ask('GET', `/reissue-cases/${caseId}`);
    const whole = z.object({ state: z.string(), outcome: z.string().nullable(), policeReportNo: z.string().nullable() });
    estate.clock.set(new Date(START.getTime() + 60_000));
    await estate.eventually(async () => good(await shown(), whole).state === 'CLOSED');
    expect(good(await shown(), whole)).toEqual({ state: 'CLOSED', outcome: 'HANDED_OVER', policeReportNo: 'K-123' });
    expect((await estate.sql("SELECT 1 FROM card_issuance.reissue_case WHERE reissue_case::text LIKE '%K-123%'")).length).toBe(0);
  });

  it('CARD-4.9 found after a stop: the counter resumes the card and withdraws the application; what was made for it is withheld', async () => {
    const stopped = await seed('SUSPENDED');
    const stopOrderId = randomUUID();
    await estate.sql("INSERT INTO card_issuance.stop_order (stop_order_id, card_serial, person_key, municipality_code, channel, state, confidence, matched, letter_due, placed_at) VALUES ($1, $2, $3, '990019', 'PHONE', 'APPLIED', 'HIGH', 3, false, now())", stopOrderId, stopped.cardSerial, stopped.personKey);
    const { caseId } = good(await open({ cardSerial: stopped.cardSerial, cause: 'LOST', lossPlace: 'HOME' }), z.object({ caseId: z.string() }));
    const next = await seed('MANUFACTURED', { person: stopped.personKey, application: 'ORDERED' });
    expect((await ask('POST', `/stop-orders/${stopOrderId}/lift`, { body: { terminalId: 'T1' } })).status).toBe(200);
    expect([await stateOf(stopped.cardSerial), await stateOf(next.cardSerial)]).toEqual(['ACTIVE STOP_LIFTED', 'WITHHELD REISSUE_FOUND']);
    expect(await estate.sql('SELECT state FROM card_issuance.application WHERE application_id = $1', next.applicationId)).toEqual([{ state: 'WITHDRAWN' }]);
    expect(good(await ask('GET', `/reissue-cases/${caseId}`), z.object({ outcome: z.string() })).outcome).toBe('FOUND');
  });
});

describe('time (CARD-3.5, 4.10)', () => {
  it('CARD-3.5 the day after its last a card is expired, a deadline of a move ends the card, an invited card is uncollected; each once', async () => {
    const [over, today, stopped, leaving, silent] = [await seed('ACTIVE', { expiry: '2016-03-30' }), await seed('ACTIVE', { expiry: '2016-03-31' }), await seed('SUSPENDED', { expiry: '2016-03-31' }), await seed('ACTIVE'), await seed('ACTIVE')];
    const [waiting, elsewhere, reminded] = [await seed('NOTIFIED', { application: 'ORDERED' }), await seed('NOTIFIED', { town: '990027' }), await seed('NOTIFIED', { application: 'ORDERED' })];
    await estate.sql("UPDATE card_issuance.card SET moved_at = '2016-02-25T03:00:00Z' WHERE card_serial = ANY($1::text[])", [waiting.cardSerial, elsewhere.cardSerial, reminded.cardSerial]);
    await estate.sql("INSERT INTO card_issuance.card_move (card_serial, version, from_state, to_state, client, at) VALUES ($1, 0, 'UNCOLLECTED', 'NOTIFIED', 'spec', '2016-02-25T03:00:00Z')", reminded.cardSerial);
    await resident(leaving.personKey, 'moved-out', 2, { abroad: true, reason: '22', factDate: '2016-03-31' });
    await resident(silent.personKey, 'moved-out', 2, { abroad: false, reason: '21', factDate: '2016-03-01' });
    await estate.eventually(async () => (await deadlinesOf(leaving.cardSerial)).length + (await deadlinesOf(silent.cardSerial)).length === 2);
    estate.clock.set(new Date('2016-03-31T15:00:01Z'));
    await becomes(stopped.cardSerial, 'EXPIRED VALIDITY_OVER');
    await becomes(waiting.cardSerial, 'UNCOLLECTED NOBODY_CAME');
    expect(await Promise.all([over, today, leaving, silent, elsewhere].map(({ cardSerial }) => stateOf(cardSerial)))).toEqual(['EXPIRED VALIDITY_OVER', 'EXPIRED VALIDITY_OVER', 'ABOLISHED MOVED_ABROAD', 'ABOLISHED MOVE_NOT_NOTIFIED', 'NOTIFIED']);
    expect(codeOf(await at(waiting.cardSerial, 'destruction'))).toBe('REMINDER_DUE');
    expect((await ask('POST', `/cards/${waiting.cardSerial}/notices`)).status).toBe(200);
    expect([await stateOf(waiting.cardSerial), codeOf(await at(waiting.cardSerial, 'destruction'))]).toEqual(['NOTIFIED', 'BAD_STATE']);
    for (const clerk of ['clerk-a', 'clerk-b']) expect((await at(reminded.cardSerial, 'destruction', {}, counter('990019', clerk))).status).toBe(200);
    expect(await estate.sql('SELECT state FROM card_issuance.application WHERE application_id = $1', reminded.applicationId)).toEqual([{ state: 'INVALIDATED' }]);
  });

  it('CARD-4.10 notified on 1 April, abolished on 1 July at 00:00', async () => {
    const { cardSerial, personKey } = await seed('ACTIVE');
    await resident(personKey, 'moved-in', 2, { reason: '11', municipalityCode: '990027', factDate: '2016-04-01' });
    await estate.eventually(async () => (await deadlinesOf(cardSerial))[0]?.text === 'CONTINUED_USE 990027 2016-06-30 OPEN');
    estate.clock.set(new Date('2016-06-30T14:58:00Z'));
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM card_issuance.cursor WHERE name = 'schedule:card-timers' AND value = '2016-06-30'")).length === 1);
    await jobsRest('card-timers');
    expect(await stateOf(cardSerial)).toBe('ACTIVE');
    estate.clock.set(new Date('2016-06-30T15:00:01Z'));
    await becomes(cardSerial, 'ABOLISHED CONTINUED_USE_NOT_DONE');
  });
});

describe('nothing disagrees in silence (CARD-4.12 Q6)', () => {
  const mismatches = async (cardSerial: string): Promise<{ kind: string; settled: boolean; resolved: boolean; alarmed: boolean }[]> =>
    estate.sql('SELECT kind, settled_at IS NOT NULL AS settled, resolved_at IS NOT NULL AS resolved, alarmed_at IS NOT NULL AS alarmed FROM card_issuance.state_mismatch WHERE card_serial = $1 ORDER BY kind', cardSerial);
  const certificate = (cardSerial: string, type: 'SIGN_CERT' | 'AUTH_CERT', state: 'VALID' | 'HELD') => ({ cardSerial, type, serial: type === 'AUTH_CERT' ? 'a1' : 'b1', state, notAfter: '2021-01-20T14:59:59Z' });

  it('CARD-4.9, 4.13 a stop that jpki-ca did not follow and a death that was never told are found, settled and seen to agree; what no rule mends is told to the operator', async () => {
    const [stopped, dead, early] = [await seed('SUSPENDED'), await seed('ACTIVE'), await seed('PRESET', { application: 'ORDERED' })];
    let now = Date.parse('2016-06-30T20:00:00Z');
    const later = (seconds: number): void => estate.clock.set(new Date((now += seconds * 1_000)));
    await estate.sql("UPDATE card_issuance.card SET moved_at = $2 WHERE card_serial = ANY($1::text[])", [stopped.cardSerial, dead.cardSerial, early.cardSerial], new Date(now).toISOString());
    neighbours.certificates.set(stopped.cardSerial, [certificate(stopped.cardSerial, 'AUTH_CERT', 'VALID'), certificate(stopped.cardSerial, 'SIGN_CERT', 'VALID')]);
    neighbours.certificates.set(early.cardSerial, [certificate(early.cardSerial, 'AUTH_CERT', 'VALID')]);
    lives(dead.personKey, { status: 'DECEASED', factVersion: 4 });
    later(200);
    await estate.eventually(async () => (await mismatches(stopped.cardSerial)).length === 1 && (await mismatches(dead.cardSerial)).length === 1, 50);
    later(200);
    await becomes(dead.cardSerial, 'ABOLISHED DEATH');
    await estate.eventually(async () => neighbours.certificates.get(stopped.cardSerial)?.every(({ state }) => state !== 'VALID'), 50);
    expect(neighbours.certificates.get(stopped.cardSerial)?.map(({ state }) => state)).toEqual(['HELD', 'REVOKED']);
    later(200);
    await estate.eventually(async () => (await mismatches(stopped.cardSerial))[0]?.resolved === true && (await mismatches(dead.cardSerial))[0]?.resolved === true, 50);
    later(600);
    await estate.eventually(async () => (await mismatches(early.cardSerial))[0]?.alarmed === true, 50);
    expect(await mismatches(early.cardSerial)).toEqual([{ kind: 'CERTIFICATE_EARLY', settled: false, resolved: false, alarmed: true }]);
    const { items } = good(await ask('GET', '/state-mismatches'), z.object({ items: z.array(z.object({ cardSerial: z.string(), ageSeconds: z.number() })) }));
    expect(items.find((one) => one.cardSerial === early.cardSerial)?.ageSeconds).toBeGreaterThan(900);
    // The event that was lost comes after all, and what it tells is known.
    await resident(dead.personKey, 'died', 2, { reason: '20' });
    expect((await estate.sql('SELECT 1 FROM card_issuance.dead_letter')).length).toBe(0);
  });

  it('CARD-4.9 what jpki-ca answers stands beside the card, the last word whatever comes first', async () => {
    const { cardSerial, personKey } = await seed('ACTIVE');
    const fact = { ca: 'auth', type: 'AUTH_CERT', serial: 'c1', municipalityCode: '990019', cardSerial, notAfter: '2021-01-20T14:59:59.000Z', recordedAt: '2016-06-30T21:00:00.000Z' };
    for (const [event, sequence] of [['released', 4], ['held', 3], ['activated', 2], ['held', 3]] as const) {
      expect((await estate.request('POST', '/api/jpki-ca/v1/told', { as: OPERATOR, body: { event: `certificate.${event}`, aggregateId: `auth:c1-${randomUUID()}`, sequence, data: { ...fact, reasonClass: event.toUpperCase() } } })).status).toBe(200);
    }
    const view = z.object({ cards: z.array(z.object({ certificates: z.array(z.object({ state: z.string(), reasonClass: z.string().nullable() })) })) });
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM card_issuance.card_certificate WHERE serial = 'c1'")).length === 1);
    await estate.eventually(async () => (await estate.sql('SELECT 1 FROM jpki_ca.outbox')).length === 0);
    expect(good(await ask('GET', `/persons/${personKey}/cards`), view).cards[0]?.certificates).toEqual([{ state: 'VALID', reasonClass: 'RELEASED' }]);
  });
});
