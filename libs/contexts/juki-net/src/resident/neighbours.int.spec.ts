import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { allocateCodes, appendUses, currentMunicipality, exists, findPersons, getByRef, openExtract, resolveCodes } from '#contracts/juki-net';
import { ResidentCode, type RpcDefinition } from '#kernel';
import { type Actor, FieldCipher, masterKey, Peers, verifyAuditChain } from '#platform';
import { databaseAs, startEstate, type TestEstate } from '#testing';
import { jukiNetModule } from '#contexts/juki-net';
import { NumberStore } from '../number/number.store.js';
import { NumberIntake } from '../number/take-in-numbers.js';

const town = (organisation: string): Actor => ({ clientId: `municipality-${organisation}`, kind: 'municipality', organisation });
const [townA, townB] = [town('990019'), town('990027')];
const operator: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: 'o-1' };
const API = '/api/juki-net/v1';
const code = (serial: number): string => ResidentCode.fromBody(`99${String(serial).padStart(8, '0')}`).reveal();
const DESIGNATION = 'NUMBER_DESIGNATION';

let estate: TestEstate;
let numbering: Peers;
let cards: Peers;
let agency: Peers;
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2016-01-20T01:00:00Z') });
  connect();
});
afterAll(async () => {
  disconnect();
  await estate.stop();
});
/** To the ports of the process that runs. */
function connect(): void {
  const as = (actor: Actor): Peers => new Peers(estate.config, { token: () => estate.token(actor) });
  numbering = as({ clientId: 'svc-numbering', kind: 'service', organisation: 'numbering' });
  cards = as({ clientId: 'svc-card-issuance', kind: 'service', organisation: 'card-issuance' });
  agency = as(operator);
}
const disconnect = (): void => [numbering, cards, agency].forEach((peers) => peers.close());

let municipalSeq = 0;
async function notice(as: Actor, serial: number, over: Record<string, unknown> = {}): Promise<void> {
  municipalSeq += 1;
  const body = {
    municipalSeq, residentCode: code(serial), personSeq: 1, changeReason: '14', changeDate: '20151005', nameKanji: '見本　太郎', nameKana: 'ミホン　タロウ', birthDate: '19800101', sex: '1',
    address: '架空県試験市見本町2-3-4', postalCode: '0000001', municipalityCode: as.organisation, ...over,
  };
  expect((await estate.request('POST', `${API}/change-notices`, { as, purpose: 'RESIDENT_REGISTER', body })).status).toBe(202);
}
const ask = <I, O>(rpc: RpcDefinition<I, O>, input: I, purpose = DESIGNATION, peers = numbering): Promise<O> => peers.call(rpc, { correlationId: 'neighbours', purpose }, input);
const refused = (answer: Promise<unknown>): Promise<unknown> => answer.then(() => 'answered', (error: { code: string; definition: { status: number } }) => `${error.definition.status} ${error.code}`);
const entryOf = async (serial: number) => (await ask(resolveCodes, { residentCodes: [code(serial)] })).entries[0];
const keyOf = async (serial: number): Promise<string> => (await entryOf(serial))?.personKey ?? '';
const lines = async (action: string): Promise<Record<string, unknown>[]> =>
  (await estate.sql<{ entry: string }>('SELECT entry FROM juki_net.audit_line WHERE entry LIKE $1 ORDER BY id', `{"action":"${action}"%`)).map(({ entry }) => z.record(z.string(), z.unknown()).parse(JSON.parse(entry)));

describe('NUM-4.7 where a code is, since when, and whether the person is about to leave', () => {
  it('by the record and by the move that is notified', async () => {
    await notice(townA, 1);
    expect(await entryOf(1)).toMatchObject({ municipalityCode: '990019', since: '2015-10-05', movePending: false });
    const transfer = { residentCode: code(1), to: '990027', plannedOn: '2016-01-25', route: 'PAPER' };
    expect((await estate.request('POST', `${API}/transfers`, { as: townA, purpose: 'RESIDENT_REGISTER', body: transfer })).status).toBe(201);
    expect(await entryOf(1)).toMatchObject({ municipalityCode: '990019', movePending: true });
    const askedBy = async (municipalityCode: string) => (await ask(resolveCodes, { residentCodes: [code(1), code(99)], municipalityCode })).entries;
    expect(await askedBy('990027')).toMatchObject([{ municipalityCode: '990019', since: '2015-10-05', movePending: true }, { found: false }]);
    expect(await askedBy('990019')).toMatchObject([{ found: true, municipalityCode: '990019', status: 'RESIDENT', since: '', movePending: false }, { found: false }]);
    await notice(townB, 1, { changeReason: '11', changeDate: '20160119', previousMunicipalityCode: '990019' });
    expect(await entryOf(1)).toMatchObject({ municipalityCode: '990027', since: '2016-01-19', movePending: false });
    await notice(townA, 2);
    await notice(townA, 2, { personSeq: 2, changeReason: '21', changeDate: '20160125' });
    expect(await entryOf(2)).toMatchObject({ municipalityCode: '990019', movePending: true });
    expect((await ask(resolveCodes, { residentCodes: [code(99)] })).entries).toEqual([{ found: false, personKey: '', municipalityCode: '', superseded: false, since: '', movePending: false }]);
  });
});

describe('JUKI-5.2 one person', () => {
  it('the items asked and no others, audited with the person', async () => {
    await notice(townA, 3);
    const personKey = await keyOf(3);
    expect(await ask(getByRef, { personKey, items: ['birthDate', 'aliasName'] })).toEqual({ personKey, factVersion: 1, status: 'RESIDENT', birthDate: '19800101' });
    expect(await ask(getByRef, { personKey, items: ['municipalityCode', 'address'] }, 'CALL_CENTRE', cards)).toMatchObject({ municipalityCode: '990019', address: '架空県試験市見本町2-3-4' });
    expect((await lines('juki-net.person.get-by-ref')).at(-1)).toMatchObject({ client: 'svc-card-issuance', purpose: 'CALL_CENTRE', basis: '番号法17条', subjects: [personKey], outcome: 'DONE', facts: { items: 'municipalityCode,address' } });
  });

  it('CARD-4.18 found by name, day of birth and, among namesakes, address, for the call centre of cards alone', async () => {
    const named = { nameKanji: '捜索　花子', nameKana: 'ソウサク　ハナコ', birthDate: '19850505', sex: '2' };
    await notice(townA, 41, named);
    await notice(townA, 42, { ...named, address: '架空県試験市見本町9-9-9' });
    const find = (more: object = {}, purpose = 'CALL_CENTRE', peers = cards) => ask(findPersons, { nameKana: 'そうさく はなこ', birthDate: '19850505', ...more }, purpose, peers);
    const [first, second] = [await keyOf(41), await keyOf(42)];
    expect((await find()).personKeys.sort()).toEqual([first, second].sort());
    expect((await lines('juki-net.person.find')).at(-1)).toMatchObject({ purpose: 'CALL_CENTRE', subjects: expect.arrayContaining([first, second]), facts: { found: 2 } });
    expect([await find({ address: '架空県試験市見本町９－９－９' }), await find({ birthDate: '19850506' })]).toEqual([{ personKeys: [second] }, { personKeys: [] }]);
    expect([await refused(find({}, 'CARD_HANDOVER')), await refused(find({}, 'CALL_CENTRE', numbering))]).toEqual(['403 PURPOSE_NOT_PERMITTED', '403 ACTION_NOT_PERMITTED']);
  });

  it('refuses strangers, other purposes, persons who are not there, and those recorded twice', async () => {
    const personKey = await keyOf(3);
    const items = ['address' as const];
    expect(await refused(ask(getByRef, { personKey, items }, 'CURIOSITY'))).toBe('403 PURPOSE_NOT_PERMITTED');
    expect(await refused(numbering.call(getByRef, { correlationId: 'x' }, { personKey, items }))).toBe('400 PURPOSE_REQUIRED');
    expect(await refused(ask(getByRef, { personKey, items }, DESIGNATION, agency))).toBe('403 ACTION_NOT_PERMITTED');
    expect(await refused(ask(getByRef, { personKey: randomUUID(), items }))).toBe('404 RESIDENT_UNKNOWN');
    expect(await refused(ask(getByRef, { personKey, items: [] }))).toBe('400 INVALID_INPUT');
    expect(await ask(getByRef, { personKey, items, factVersion: 1 })).toMatchObject({ factVersion: 1 });
    expect(await refused(ask(getByRef, { personKey, items, factVersion: 2 }))).toBe('409 FACT_VERSION');
    await notice(townB, 3, { changeReason: '14', changeDate: '20160110' });
    expect(await refused(ask(getByRef, { personKey, items }))).toBe('422 PERSON_IN_CONFLICT');
    expect(await refused(ask(currentMunicipality, { personKey, date: '2016-01-20' }))).toBe('422 PERSON_IN_CONFLICT');
    expect((await lines('juki-net.person.get-by-ref')).at(-1)).toMatchObject({ outcome: 'REFUSED', code: 'PERSON_IN_CONFLICT' });
  });

  it('JUKI-4.5 where they were on a day; not of days to come', async () => {
    const personKey = await keyOf(1);
    expect(await ask(currentMunicipality, { personKey, date: '2016-01-18' })).toEqual({ municipalityCode: '990019', since: '2015-10-05', status: 'RESIDENT' });
    expect(await ask(currentMunicipality, { personKey, date: '2016-01-19' })).toEqual({ municipalityCode: '990027', since: '2016-01-19', status: 'RESIDENT' });
    expect(await refused(ask(currentMunicipality, { personKey, date: '2015-10-04' }))).toBe('404 RESIDENT_UNKNOWN');
    expect(await refused(ask(currentMunicipality, { personKey, date: '2016-01-21' }))).toBe('422 DATE_IN_FUTURE');
    expect((await lines('juki-net.person.current-municipality')).at(-2)).toMatchObject({ outcome: 'REFUSED' });
  });

  it('whether a code or a number is somebody’s, with whose it is in the audit trail only', async () => {
    expect(await ask(exists, { residentCode: code(1) })).toEqual({ exists: true, superseded: false });
    expect((await lines('juki-net.person.exists')).at(-1)).toMatchObject({ subjects: [await keyOf(1)], facts: { found: true } });
    expect(await ask(exists, { residentCode: code(99) })).toEqual({ exists: false, superseded: false });
    const number = (): Promise<unknown> => ask(exists, { individualNumber: '990000009016' }, 'NUMBER_VERIFICATION');
    expect(await number()).toEqual({ exists: false, superseded: false });
    const numbers = new NumberIntake(new NumberStore(new FieldCipher(masterKey(estate.config.keys), 'juki-net')));
    const [call, link] = [{ actor: { clientId: 'spec', kind: 'service', organisation: 'juki-net' } as const, correlationId: randomUUID() }, { personKey: await keyOf(1), number: '990000009016', seq: 1 }];
    await estate.running.runners.get('juki-net')?.inTransaction('spec', call, (ctx) => numbers.takeIn(ctx, [link], new Date('2016-01-19T00:00:00Z')));
    expect(await number()).toEqual({ exists: true, superseded: false });
    expect((await lines('juki-net.person.exists')).at(-1)).toMatchObject({ object: 'individual-numbers', subjects: [link.personKey], facts: { found: true } });
    expect(await refused(ask(exists, { residentCode: code(1).replace(/.$/, (digit) => String((Number(digit) + 1) % 10)) }))).toBe('422 CHECK_DIGIT');
    expect(await refused(ask(exists, {}))).toBe('400 INVALID_INPUT');
    expect(await refused(ask(exists, { residentCode: code(1) }, 'NOTIFICATION'))).toBe('403 PURPOSE_NOT_PERMITTED');
    for (const secret of [code(1), '990000009016']) expect(JSON.stringify(await lines('juki-net.person.exists'))).not.toContain(secret);
  });
});

describe('JUKI-5.2 codes for a municipality', () => {
  it('are allocated once for a key, within its quota', async () => {
    const call = { correlationId: 'codes', purpose: 'RESIDENT_REGISTER', idempotencyKey: 'block-1' };
    const block = { municipalityCode: '990019', size: 3, reason: 'INITIAL' } as const;
    const first = await numbering.call(allocateCodes, call, block);
    expect(first).toMatchObject({ size: 3, unused: 3 });
    expect(await numbering.call(allocateCodes, call, block)).toEqual(first);
    expect(await refused(ask(allocateCodes, block, 'RESIDENT_REGISTER'))).toBe('400 IDEMPOTENCY_KEY_REQUIRED');
    expect(await refused(numbering.call(allocateCodes, { ...call, idempotencyKey: 'block-2' }, { ...block, size: 2_000 }))).toMatch(/QUOTA$/);
    expect(await refused(cards.call(allocateCodes, { ...call, idempotencyKey: 'block-3' }, block))).toBe('403 ACTION_NOT_PERMITTED');
  });
});

describe('JUKI-3.9 uses that another context provided', () => {
  const use = (over: Record<string, unknown> = {}) => appendUses.input.parse({ uses: [{
    recordId: randomUUID(), at: '2016-01-19T01:00:00Z', institution: 'municipality', organisation: '990027', affair: 'CARD_HANDOVER', legalBasis: '番号法17条', mode: 'IMMEDIATE_HOST', keyKind: 'PERSON_KEY',
    items: ['nameKanji', 'address'], resultCode: '00', ...over,
  }] });
  const append = async (messages: ReturnType<typeof use>[], peers = cards): Promise<unknown[]> => {
    const answers: unknown[] = [];
    for await (const answer of peers.stream(appendUses, { correlationId: 'uses', purpose: 'USE_LOG' }, messages)) answers.push(answer);
    return answers;
  };

  it('are appended message by message; said again they change nothing, with other words they are refused', async () => {
    const personKey = await keyOf(1);
    const first = use({ personKey });
    const second = use({ personKey, resultCode: 'DELIVERY_UNKNOWN', at: '2016-01-19T02:00:00Z' });
    expect(await append([first, second, first])).toEqual([{ appended: 1, repeated: 0 }, { appended: 1, repeated: 0 }, { appended: 0, repeated: 1 }]);
    disconnect();
    await estate.restart();
    connect();
    expect(await append([{ uses: [...first.uses, ...second.uses, ...second.uses] }])).toEqual([{ appended: 0, repeated: 3 }]);
    const twice = use({ personKey, organisation: '990035' });
    expect(await append([{ uses: [...twice.uses, ...twice.uses] }])).toEqual([{ appended: 1, repeated: 1 }]);
    expect(await refused(append([{ uses: first.uses.map((one) => ({ ...one, organisation: '131016' })) }]))).toBe('409 USE_RECORD_REUSED');
    expect(await refused(append([{ uses: first.uses.map((one) => ({ ...one, at: '2016-01-18T01:00:00Z' })) }]))).toBe('409 USE_RECORD_REUSED');
    const stored = await estate.sql("SELECT provider, institution, organisation, legal_basis, result_code, items FROM juki_net.use_record WHERE person_key = $1 AND grant_id IS NULL AND organisation = '990027' ORDER BY at", personKey);
    expect(stored).toEqual([
      { provider: 'card-issuance', institution: 'municipality', organisation: '990027', legal_basis: '番号法17条', result_code: '00', items: ['nameKanji', 'address'] },
      expect.objectContaining({ result_code: 'DELIVERY_UNKNOWN' }),
    ]);
    const [line] = await lines('juki-net.use-record.append');
    expect(line).toMatchObject({ client: 'svc-card-issuance', purpose: 'USE_LOG', subjects: [personKey], facts: { records: 1, appended: 1, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } });
  });

  it('each message whole or not at all: times, strangers and bad words', async () => {
    const personKey = await keyOf(1);
    const count = async (): Promise<unknown> => (await estate.sql('SELECT (SELECT count(*) FROM juki_net.use_record)::int AS uses, (SELECT count(*) FROM juki_net.appended_use)::int AS ids'))[0];
    const before = await count();
    const good = use({ personKey }).uses;
    expect(await refused(append([{ uses: [...good, ...use({ personKey: randomUUID() }).uses] }]))).toBe('404 RESIDENT_UNKNOWN');
    expect(await refused(append([use({ personKey, at: '2016-01-20T01:30:00Z' })]))).toBe('422 USE_RECORD_TIME');
    expect(await refused(append([use({ personKey, at: '2015-12-20T00:59:59Z' })]))).toBe('422 USE_RECORD_TIME');
    expect(await refused(append([{ uses: good.map((one) => ({ ...one, legalBasis: 'a\u0000' })) }]))).toBe('400 INVALID_INPUT');
    expect(await refused(append([{ uses: [] }]))).toBe('400 INVALID_INPUT');
    expect(await refused(append([{ uses: good }], agency))).toBe('403 ACTION_NOT_PERMITTED');
    expect(await count()).toEqual(before);
    // A refusal ends the stream; what was answered before it stays, and what comes after is not looked at.
    expect(await refused(append([{ uses: good }, use({ personKey: randomUUID() }), use({ personKey })]))).toBe('404 RESIDENT_UNKNOWN');
    expect(await append([{ uses: good }])).toEqual([{ appended: 0, repeated: 1 }]);
  });

  it('JUKI-4.12 are disclosed with who provided them, beside those of the register; the audit chain holds', async () => {
    estate.clock.set(new Date('2016-02-01T01:00:00Z'));
    const step = async (path: string, body: unknown, as: Actor) => (await estate.request('POST', `${API}/disclosures${path}`, { as, purpose: 'DISCLOSURE', body })).json;
    const { requestId } = z.object({ requestId: z.uuid() }).parse(await step('', { kind: 'USE_HISTORY', residentCode: code(1) }, townB));
    await step(`/${requestId}/identification`, { means: 'PASSPORT' }, townB);
    await step(`/${requestId}/decision`, { outcome: 'FULL' }, operator);
    const { history } = z.object({ history: z.array(z.object({ uses: z.array(z.record(z.string(), z.unknown())) })) }).parse(await step(`/${requestId}/hand-over`, {}, townB));
    const uses = history.flatMap((part) => part.uses);
    expect(uses).toHaveLength(4);
    expect(uses[0]).toMatchObject({ day: '2016-01-19', provider: 'card-issuance', affair: 'CARD_HANDOVER', reason: '番号法17条', items: ['nameKanji', 'address'] });
    expect(uses.filter(({ deliveryUnknown }) => deliveryUnknown === true)).toMatchObject([{ recipient: '990027', provider: 'card-issuance' }]);
    const database = databaseAs(estate, 'juki-net', 'app');
    expect(await verifyAuditChain(database.db)).toMatchObject({ whole: true });
    await database.close();
  });
});

describe('JUKI-4.10 the extract of a month as a stream', () => {
  it('page by page, its lines make up the hash; not before it is completed', async () => {
    const open = async (month: string, peers = agency, purpose = 'MIGRATION_STATISTICS') => {
      const pages = [];
      for await (const page of peers.stream(openExtract, { correlationId: 'stats', purpose }, [{ month }])) pages.push(page);
      return pages;
    };
    expect(await refused(open('2016-01'))).toBe('404 NOT_FOUND');
    await estate.request('POST', `${API}/statistics-extracts`, { as: operator, purpose: 'MIGRATION_STATISTICS', body: { month: '2016-01' } });
    const pages = await estate.eventually(async () => open('2016-01').catch(() => undefined));
    const told = pages.flatMap((page) => page.lines);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/,2016-01,990027,990019,1,19800101,/);
    expect(createHash('sha256').update(told.map((line) => `${line}\r\n`).join('')).digest('hex')).toBe(pages[0]?.sha256);
    expect(await refused(open('2016-01', numbering))).toBe('403 ACTION_NOT_PERMITTED');
    expect(await refused(open('2016-01', agency, 'CURIOSITY'))).toBe('403 PURPOSE_NOT_PERMITTED');
    expect(await refused(open('2016-13'))).toBe('400 INVALID_INPUT');
  });
});
