import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { cardDefective, cardDestroyed, cardMissing } from '#contracts/card-issuance';
import { activateCertificates, certificatesOfCard, followCard, statesOfCards } from '#contracts/jpki-ca';
import { residentMovedIn, residentMovedOut, residentRecordDeleted, type PersonView } from '#contracts/juki-net';
import { parseCertificate } from '#pki';
import { Peers } from '#platform';
import { startEstate, type TestEstate } from '#testing';
import { serialHex } from '../ca/ca.js';
import { jpkiCaModule } from '../jpki-ca.module.js';
import { Neighbours, cardExpiry, cardSerial, cardService, certifyBatch, csr, operator, otherWindow, tell, window, KASUMI } from '../neighbours.fixture.js';

const BASE = '/api/jpki-ca/v1';
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const neighbours = new Neighbours();
let estate: TestEstate;
let peers: Peers;
type Csrs = [Buffer<ArrayBuffer>, Buffer<ArrayBuffer>];
let keys: Csrs[] = [];
let recordNo = 0;

const connect = (): Peers => new Peers(estate.config, { token: () => estate.token(cardService) });
const call = () => ({ correlationId: `test-${randomUUID()}`, purpose: 'CARD_HANDOVER' });

beforeAll(async () => {
  estate = await startEstate([...neighbours.modules(), jpkiCaModule], { at: new Date('2016-02-01T03:00:00Z') });
  peers = connect();
  const names = { municipalityCode: KASUMI, prefectureRomaji: 'Kasumi-ken', municipalityRomaji: 'Kasumi-shi' };
  await estate.request('POST', `${BASE}/crl-partitions`, { as: operator, body: names });
  keys = await Promise.all(Array.from({ length: 14 }, async (): Promise<Csrs> => [(await csr()).der, (await csr()).der]));
});
afterAll(async () => {
  peers.close();
  await estate.stop();
  neighbours.close();
});

/** A resident with a card of two certificates in force; returns the serial of the card. */
async function holder(more: Partial<PersonView> = {}): Promise<{ readonly person: PersonView; readonly card: string }> {
  const person = neighbours.person(more);
  const [signCsr, authCsr] = keys.pop() ?? [];
  const card = cardSerial();
  recordNo += 1;
  await certifyBatch(estate, neighbours, [{ recordNo, cardSerial: card, personKey: person.personKey, municipalityCode: KASUMI, factVersion: person.factVersion, cardExpiry: cardExpiry(estate), signCsr, authCsr }]);
  await peers.call(activateCertificates, call(), { cardSerial: card, personKey: person.personKey, wishSign: true, wishAuth: true });
  return { person, card };
}
async function statesOf(card: string): Promise<string[]> {
  const { certificates } = await peers.call(certificatesOfCard, call(), { cardSerial: card });
  return certificates.toSorted((a, b) => (a.type < b.type ? 1 : -1)).map(({ state }) => state);
}
const fact = (person: PersonView, factVersion: number, more: object = {}) => ({ personKey: person.personKey, factVersion, factDate: '2016-02-01', municipalityCode: KASUMI, reason: '26', fields: [], ...more });
const appliedOf = async (person: PersonView): Promise<number | undefined> =>
  (await estate.sql<{ applied: number }>('SELECT applied::int FROM jpki_ca.person_progress WHERE person_key = $1', person.personKey))[0]?.applied;
const jobs = async (): Promise<{ state: string; done: number; compared: boolean; result: unknown }[]> =>
  estate.sql("SELECT state, done, coalesce((cursor->>'compared')::bool, false) AS compared, result FROM jpki_ca.job WHERE kind = 'compare-register' ORDER BY created_at");

/** The comparison of the next day, up to its pause or its end. */
async function nextComparison(): Promise<void> {
  const before = (await jobs()).length;
  estate.clock.set(new Date(estate.clock.now().getTime() + DAY));
  await estate.eventually(async () => (await jobs()).length > before && (await jobs()).every(({ state, compared }) => state === 'SUCCEEDED' || compared));
}
async function anHourLater(): Promise<void> {
  estate.clock.set(new Date(estate.clock.now().getTime() + 61 * MINUTE));
  await estate.eventually(async () => (await jobs()).every(({ state }) => state === 'SUCCEEDED'));
}

describe('the closing of a day (JUKI-4.9)', () => {
  it('ends the certificates of those whose end was never told, after an hour and also when killed between; a false address ends only the signature certificate', async () => {
    const [dead, moved, same, late, gone] = [await holder(), await holder(), await holder(), await holder(), await holder()];
    await nextComparison();
    await estate.eventually(async () => (await jobs()).at(-1)?.state === 'SUCCEEDED');
    expect((await jobs()).at(-1)).toMatchObject({ done: 5, result: { holders: 5, settled: 0, unknown: 0 } });

    const change = (of: { readonly person: PersonView }, more: Partial<PersonView>) => neighbours.persons.set(of.person.personKey, { ...of.person, ...more });
    change(dead, { factVersion: 3, status: 'DECEASED' });
    change(moved, { factVersion: 2, address: '霞県霞市南町９', municipalityCode: '990027' });
    change(same, { factVersion: 2, nameKana: 'キバン　ハルコ' });
    change(late, { factVersion: 2, status: 'IN_TRANSIT' });
    neighbours.persons.delete(gone.person.personKey);
    await nextComparison();
    expect(await statesOf(dead.card)).toEqual(['VALID', 'VALID']);
    await tell(estate, residentMovedOut, late.person.personKey, 2, { ...fact(late.person, 2, { reason: '21' }), abroad: false });
    await estate.eventually(async () => (await appliedOf(late.person)) === 2);
    peers.close();
    await estate.restart();
    peers = connect();
    await anHourLater();
    expect((await jobs()).at(-1)?.result).toEqual({ holders: 5, settled: 3, unknown: 1 });
    expect(await Promise.all([dead, moved, same, late, gone].map(({ card }) => statesOf(card)))).toEqual([
      ['REVOKED', 'REVOKED'], ['REVOKED', 'VALID'], ['VALID', 'VALID'], ['VALID', 'VALID'], ['VALID', 'VALID'],
    ]);
    expect([await appliedOf(dead.person), await appliedOf(moved.person), await appliedOf(same.person)]).toEqual([3, 2, 2]);
    expect(await estate.sql('SELECT person_key FROM jpki_ca.missing_fact')).toEqual([]);

    // What was lost and comes after all changes nothing more.
    await tell(estate, residentMovedIn, moved.person.personKey, 2, fact(moved.person, 2, { reason: '11', municipalityCode: '990027' }));
    await estate.eventually(async () => (await estate.sql("SELECT 1 AS x FROM jpki_ca.resident_change_notice WHERE person_key = $1 AND state = 'SUPERSEDED'", moved.person.personKey)).length === 1);
    expect(await statesOf(moved.card)).toEqual(['REVOKED', 'VALID']);
  });

  it('gives what arrived its effect, although its predecessor is lost', async () => {
    const { person, card } = await holder({ factVersion: 4 });
    await tell(estate, residentMovedOut, person.personKey, 6, { ...fact(person, 6, { reason: '22' }), abroad: true });
    await estate.eventually(async () => (await estate.sql('SELECT 1 AS x FROM jpki_ca.resident_change_notice WHERE person_key = $1', person.personKey)).length === 1);
    expect(await statesOf(card)).toEqual(['VALID', 'VALID']);
    neighbours.persons.set(person.personKey, { ...person, factVersion: 6 });
    await nextComparison();
    await anHourLater();
    expect(await statesOf(card)).toEqual(['REVOKED', 'REVOKED']);
  });
});

describe('a record deleted beside another one (JUKI-4.3, 26)', () => {
  it('ends the signature certificate only, and the municipality of the record that stands is in charge', async () => {
    const { person, card } = await holder();
    await tell(estate, residentMovedIn, person.personKey, 2, fact(person, 2, { reason: '11', municipalityCode: '990027' }));
    await tell(estate, residentRecordDeleted, person.personKey, 3, fact(person, 3, { municipalityCode: '990027', returnsTo: KASUMI }));
    await estate.eventually(async () => (await appliedOf(person)) === 3);
    expect(await statesOf(card)).toEqual(['REVOKED', 'VALID']);
    const { certificates } = await peers.call(certificatesOfCard, call(), { cardSerial: card });
    const auth = certificates.find(({ type }) => type === 'AUTH_CERT');
    const read = (as: typeof window) => estate.request('GET', `${BASE}/certificates/auth/${auth?.serial}`, { as, purpose: 'CERTIFICATE_STATUS' });
    expect([(await read(window)).status, (await read(otherWindow)).status]).toEqual([200, 403]);
    await tell(estate, residentRecordDeleted, person.personKey, 4, fact(person, 4));
    await estate.eventually(async () => (await appliedOf(person)) === 4);
    expect(await statesOf(card)).toEqual(['REVOKED', 'REVOKED']);
  });
});

describe('who left and was entered nowhere (JUKI-4.9)', () => {
  const page = z.object({ items: z.array(z.object({ ca: z.string(), serial: z.string(), cardSerial: z.string(), leftOn: z.string() })), next: z.string().optional() });
  const list = (as: typeof window, query = '') => estate.request('GET', `${BASE}/unsettled-movers?municipalityCode=${KASUMI}${query}`, { as, purpose: 'CERTIFICATE_STATUS' });
  const cards = async (): Promise<string[]> => [...new Set(page.parse((await list(window)).json).items.map(({ cardSerial: serial }) => serial))];

  it('is listed from the fifteenth day on, not who was entered before or after the news of the move-out, and nothing is revoked', async () => {
    estate.clock.set(new Date('2016-03-15T03:00:00Z'));
    const [waiting, entered, back] = [await holder(), await holder(), await holder()];
    const out = (of: { readonly person: PersonView }, version: number) => tell(estate, residentMovedOut, of.person.personKey, version, { ...fact(of.person, version, { reason: '21', factDate: '2016-03-15' }), abroad: false });
    await out(waiting, 2);
    await tell(estate, residentMovedIn, entered.person.personKey, 2, fact(entered.person, 2, { reason: '11', municipalityCode: '990027', factDate: '2016-03-15' }));
    await out(entered, 3);
    await out(back, 2);
    await tell(estate, residentMovedIn, back.person.personKey, 3, fact(back.person, 3, { reason: '11', factDate: '2016-03-20' }));
    await estate.eventually(async () => (await appliedOf(waiting.person)) === 2 && (await appliedOf(entered.person)) === 3 && (await appliedOf(back.person)) === 3);
    estate.clock.set(new Date('2016-03-29T03:00:00Z'));
    expect(await cards()).not.toContain(waiting.card);
    estate.clock.set(new Date('2016-03-30T03:00:00Z'));
    const listed = await cards();
    expect([waiting, entered, back].map(({ card }) => listed.includes(card))).toEqual([true, false, false]);
    expect(await statesOf(waiting.card)).toEqual(['VALID', 'VALID']);

    const first = page.parse((await list(window, '&limit=1')).json);
    const rest = page.parse((await list(window, `&after=${first.next}`)).json);
    expect([...first.items, ...rest.items]).toEqual(page.parse((await list(window)).json).items);
    expect([(await list(otherWindow)).status, (await list(operator)).status]).toEqual([403, 200]);
    const [line] = await estate.sql<{ entry: string }>("SELECT entry FROM jpki_ca.audit_line WHERE entry LIKE '%unsettled-mover.list%' ORDER BY at DESC, id DESC LIMIT 1");
    expect(z.object({ subjects: z.array(z.string()) }).parse(JSON.parse(line?.entry ?? '')).subjects).toContain(waiting.person.personKey);
  });
});

describe('what was issued on a day (JPKI-4.15)', () => {
  it('is told page by page to who judges it again, under its purpose, with an audit line of whom it told', async () => {
    const page = z.object({ items: z.array(z.object({ serial: z.string(), certificate: z.base64() })), next: z.string().optional() });
    const list = (query: string, purpose = 'CERTIFICATE_REVIEW', as = operator) => estate.request('GET', `${BASE}/issued-certificates?ca=sign&day=2016-03-15${query}`, { as, purpose });
    const [last, first] = [page.parse((await list('')).json), page.parse((await list('&limit=1')).json)];
    const rest = page.parse((await list(`&after=${first.next}`)).json);
    // Three holders of the test before, on that day; those of other days are not in it.
    expect(last.items).toHaveLength(3);
    expect([[...first.items, ...rest.items], rest.next, last.next]).toEqual([last.items, undefined, undefined]);
    expect(last.items.map(({ certificate }) => serialHex(Number(parseCertificate(Buffer.from(certificate, 'base64')).serial)))).toEqual(last.items.map(({ serial }) => serial));
    const refused = await Promise.all([list('', 'CERTIFICATE_STATUS'), list('', 'CERTIFICATE_REVIEW', window)]);
    expect(refused.map(({ json }) => z.object({ code: z.string() }).parse(json).code)).toEqual(['PURPOSE_NOT_PERMITTED', 'ACTION_NOT_PERMITTED']);
    const [line] = await estate.sql<{ entry: string }>("SELECT entry FROM jpki_ca.audit_line WHERE entry LIKE '%certificate.list-issued%' AND entry LIKE '%DONE%' ORDER BY at, id LIMIT 1");
    expect(z.object({ subjects: z.array(z.string()) }).parse(JSON.parse(line?.entry ?? '')).subjects).toHaveLength(3);
  });
});

describe('the comparison with the card ledger (CARD-4.12 Q6)', () => {
  it('what the events of a card would have told may be told once more, and is done once; the states of many cards come in one answer; a destroyed card leaves none in force', async () => {
    const [{ person, card }, other] = [await holder(), await holder()];
    const follow = async (state: 'SUSPENDED' | 'RESUMED' | 'ENDED', sequence: number) => (await peers.call(followCard, call(), { cardSerial: card, personKey: person.personKey, sequence, state })).certificates.map((one) => one.state);
    expect([await follow('SUSPENDED', 20), await follow('SUSPENDED', 20), await follow('RESUMED', 19), await follow('RESUMED', 21)]).toEqual([['REVOKED', 'HELD'], ['REVOKED', 'HELD'], ['REVOKED', 'HELD'], ['REVOKED', 'VALID']]);
    expect(await follow('ENDED', 22)).toEqual(['REVOKED', 'REVOKED']);
    const { certificates } = await peers.call(statesOfCards, call(), { cardSerials: [card, other.card, 'N'.repeat(16)] });
    expect(certificates.map((one) => `${one.cardSerial === card ? 'ended' : 'other'} ${one.type} ${one.state}`).sort()).toEqual(['ended AUTH_CERT REVOKED', 'ended SIGN_CERT REVOKED', 'other AUTH_CERT VALID', 'other SIGN_CERT VALID']);
    await tell(estate, cardDestroyed, other.card, 9, { cardSerial: other.card, personKey: other.person.personKey, municipalityCode: KASUMI, from: 'UNCOLLECTED', to: 'DESTROYED' });
    await estate.eventually(async () => (await statesOf(other.card)).join() === 'REVOKED,REVOKED');
    // Nor does one that was missing from its box or found faulty.
    for (const [event, to, from] of [[cardMissing, 'MISSING', 'SHIPPED'], [cardDefective, 'DEFECTIVE', 'MANUFACTURED']] as const) {
      const lost = await holder();
      await tell(estate, event, lost.card, 4, { cardSerial: lost.card, personKey: lost.person.personKey, municipalityCode: KASUMI, from, to });
      await estate.eventually(async () => (await statesOf(lost.card)).join() === 'REVOKED,REVOKED');
    }
  });
});
