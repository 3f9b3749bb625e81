import { randomBytes, randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { listCertificationRequests } from '#contracts/card-issuance';
import type { PersonView } from '#contracts/juki-net';
import { Peers, connectStreams, parseCloudEvent, type Actor, type CloudEvent, type Streams } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { cardIssuanceModule } from './card-issuance.module.js';
import { Chips } from './handover/chips.fixture.js';
import { fakeNeighbours } from './neighbours.fixture.js';
import { manifestHash } from './production/manifest.js';

const HERE: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' };
const THERE: Actor = { clientId: 'municipality-990027', kind: 'municipality', organisation: '990027' };
const OPERATOR: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency' };
const MAKER: Actor = { clientId: 'card-maker-1', kind: 'card-maker', organisation: 'maker-1' };
const OTHER_MAKER: Actor = { clientId: 'card-maker-2', kind: 'card-maker', organisation: 'maker-2' };
const AUTHORITY: Actor = { clientId: 'svc-jpki-ca', kind: 'service', organisation: 'jpki-ca' };
const API = '/api/card-issuance/v1';
const [START, ANY] = [new Date('2016-01-20T01:00:00Z'), expect.any(String) as string];

const neighbours = fakeNeighbours();
let estate: TestEstate;
let streams: Streams;
const published: CloudEvent[] = [];
const chips = new Chips();

/** Adults Taro, Jiro, Saburo and Shiro in one household, a child in it, and one who lives alone. */
const NAMES = ['タロウ', 'ジロウ', 'サブロウ', 'シロウ', 'コドモ', 'ヒトリ'] as const;
const people = NAMES.map((kana, index): PersonView => ({
  personKey: randomUUID(), factVersion: 1, status: 'RESIDENT', municipalityCode: '990019', nameKanji: `見本 ${kana}`, nameKana: `ミホン ${kana}`,
  birthDate: kana === 'コドモ' ? '20050601' : `198${index}0331`, sex: '1', address: `架空県試験市見本町一丁目${index < 5 ? 1 : 2}番1号`, foreignResident: false,
}));
const numberOf = (index: number): string => `99000000${String(index).padStart(4, '0')}`;
const person = (index: number): PersonView => {
  const found = people[index];
  if (found === undefined) throw new Error('no such person in this spec');
  return found;
};

const problem = z.object({ code: z.string(), facts: z.record(z.string(), z.unknown()).optional() });
const codeOf = (answer: Answer): string => problem.parse(answer.json).code;
interface Ask {
  readonly as?: Actor;
  readonly purpose?: string;
  readonly body?: unknown;
  readonly key?: string;
}
const ask = (method: string, path: string, { as = HERE, purpose, body, key }: Ask = {}): Promise<Answer> =>
  estate.request(method, `${API}${path}`, { as, ...(purpose === undefined ? {} : { purpose }), ...(body === undefined ? {} : { body }), ...(key === undefined ? {} : { idempotencyKey: key }) });
const good = <T>(answer: Answer, schema: z.ZodType<T>): T => {
  expect(answer.status, JSON.stringify(answer.json)).toBeLessThan(300);
  return schema.parse(answer.json);
};
const tell = async (context: string, event: string, data: unknown): Promise<void> => {
  const answer = await estate.request('POST', `/api/${context}/v1/told`, { as: OPERATOR, body: { event, aggregateId: randomUUID(), sequence: 1, data } });
  expect(answer.status).toBe(200);
};
const tellResident = (event: string, index: number, over: Record<string, unknown> = {}): Promise<void> =>
  tell('juki-net', `resident.${event}`, { personKey: person(index).personKey, factVersion: 2, factDate: '2016-01-20', municipalityCode: '990019', reason: '30', fields: ['address'], ...over });

const photo = (seed: 'noise' | 'other' = 'noise', width = 600, height = 800): Promise<Buffer> =>
  sharp(seed === 'noise' ? NOISE.subarray(0, width * height * 3) : NOISE.subarray(1, width * height * 3 + 1), { raw: { width, height, channels: 3 } }).jpeg().withMetadata({ exif: { IFD0: { Artist: 'somebody' } } }).toBuffer();
const NOISE = randomBytes(900 * 900 * 3);
interface Submission {
  readonly applicationId: string;
  readonly body: Buffer;
  readonly query?: Readonly<Record<string, string>>;
  readonly as?: Actor;
  readonly type?: string;
}
const submit = ({ applicationId, body, query = {}, as = OPERATOR, type = 'image/jpeg' }: Submission): Promise<Answer> =>
  estate.request('POST', `${API}/applications?${new URLSearchParams({ applicationId, channel: 'PC', wishSign: 'true', wishAuth: 'true', ...query }).toString()}`, {
    as, purpose: 'CARD_APPLICATION', body: new Uint8Array(body), headers: { 'content-type': type },
  });
const formOf = async (index: number): Promise<string> => {
  const { items } = good(await ask('GET', `/application-forms?personKey=${person(index).personKey}`, { purpose: 'NOTIFICATION' }), z.object({ items: z.array(z.object({ applicationId: z.string() })) }));
  return items[0]?.applicationId ?? '';
};
const cardState = async (serial: string): Promise<string> => (await estate.sql<{ state: string }>('SELECT state FROM card_issuance.card WHERE card_serial = $1', serial))[0]?.state ?? '';
const cardOf = async (index: number): Promise<string> =>
  (await estate.sql<{ card_serial: string }>("SELECT card_serial FROM card_issuance.card WHERE person_key = $1 ORDER BY state IN ('CANCELLED', 'MISSING', 'DEFECTIVE'), card_serial", person(index).personKey))[0]?.card_serial ?? '';
const deadLetters = async (): Promise<number> => (await estate.sql('SELECT 1 FROM card_issuance.dead_letter')).length;

beforeAll(async () => {
  estate = await startEstate([cardIssuanceModule, ...neighbours.modules], { at: START });
  streams = await connectStreams(estate.natsUrl, 'card-issuance spec');
  streams.connection.subscribe('kiban.card-issuance.>', { callback: (_error, message) => void published.push(parseCloudEvent(message.string())) });
  people.forEach((one, index) => {
    neighbours.persons.set(one.personKey, one);
    neighbours.numbers.set(one.personKey, numberOf(index));
    neighbours.targets.push({
      position: index + 1, householdRef: index < 5 ? '0000000001' : '0000000002', lineInHousehold: index + 1, personKey: one.personKey, postalCode: '1000001',
      address: one.address, addresseeName: one.nameKanji, temporaryAddress: false, itemCount: 1,
    });
  });
});
afterAll(async () => {
  await streams.connection.close();
  await estate.stop();
  neighbours.remove();
});

describe('notification mailing (CARD-3.2, CARD-4.2)', () => {
  const listed = z.object({ items: z.array(z.object({ mailingId: z.string(), barcode: z.string(), members: z.number(), state: z.string() })), next: z.number().optional() });
  const list = async (): Promise<z.output<typeof listed>['items']> => good(await ask('GET', '/mailings?municipalityCode=990019'), listed).items;

  it('CARD-4.2 one envelope a household, also when a page cuts the household, and only once', async () => {
    const setId = randomUUID();
    const prepared = { setId, municipalityCode: '990019', households: 2, persons: 6, hash: 'f'.repeat(64) };
    // Away for longer than a call repeats itself: the job waits.
    neighbours.listAway = 8;
    await tell('numbering', 'notification-list.prepared', prepared);
    await tell('numbering', 'notification-list.prepared', prepared);
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM card_issuance.job WHERE kind = 'plan-mailings' AND state = 'SUCCEEDED'")).length === 1);
    expect((await list()).map((mailing) => [mailing.members, mailing.state])).toEqual([[5, 'PLANNED'], [1, 'PLANNED']]);
    const counted = await estate.sql<{ cards: number; forms: number }>('SELECT (SELECT count(*) FROM card_issuance.notification_card) AS cards, (SELECT count(*) FROM card_issuance.application_form) AS forms');
    expect(counted[0]).toEqual({ cards: 6, forms: 6 });
    const stored = await estate.sql<{ row: string }>("SELECT encode(destination, 'escape') || mailing::text AS row FROM card_issuance.mailing");
    expect(stored.some(({ row }) => row.includes('見本町') || row.includes('ミホン'))).toBe(false);
  });

  it('CARD-4.2 print data: with purpose, within the jurisdiction, audited with the people', async () => {
    const [mailing] = await list();
    const path = `/mailings/${mailing?.mailingId ?? ''}/forms`;
    expect(codeOf(await ask('GET', path))).toBe('PURPOSE_REQUIRED');
    expect(codeOf(await ask('GET', path, { purpose: 'CARD_HANDOVER' }))).toBe('PURPOSE_NOT_PERMITTED');
    expect(codeOf(await ask('GET', path, { as: THERE, purpose: 'NOTIFICATION' }))).toBe('OUT_OF_JURISDICTION');
    const data = good(await ask('GET', path, { as: MAKER, purpose: 'NOTIFICATION' }), z.object({ address: z.string(), forms: z.array(z.object({ personKey: z.string(), applicationId: z.string().regex(/^01990010?\d+$/) })) }));
    expect(data.address).toBe(person(0).address);
    expect(data.forms.map((form) => form.personKey)).toEqual(people.slice(0, 5).map((one) => one.personKey));
    const audited = await estate.sql<{ entry: string }>("SELECT entry FROM card_issuance.audit_line WHERE entry LIKE '%mailing.print-data%' AND entry LIKE '%DONE%'");
    expect(audited[0]?.entry).toContain(person(4).personKey);
  });

  it('CARD-3.2 printed, posted, delivered or returned, by those who may tell', async () => {
    const [family, single] = await list();
    const move = (mailingId: string | undefined, body: unknown, as: Actor): Promise<Answer> => ask('POST', `/mailings/${mailingId ?? ''}/transitions`, { as, body });
    expect(codeOf(await move(family?.mailingId, { to: 'PRINTED', sheets: 4 }, MAKER))).toBe('SHEETS_MISMATCH');
    expect(codeOf(await move(family?.mailingId, { to: 'PRINTED', sheets: 5 }, HERE))).toBe('ACTION_NOT_PERMITTED');
    for (const [mailing, sheets] of [[family, 5], [single, 1]] as const) {
      expect((await move(mailing?.mailingId, { to: 'PRINTED', sheets }, MAKER)).status).toBe(200);
      expect((await move(mailing?.mailingId, { to: 'POSTED' }, MAKER)).status).toBe(200);
    }
    expect((await move(family?.mailingId, { to: 'DELIVERED' }, OPERATOR)).status).toBe(200);
    expect(codeOf(await ask('POST', '/mailing-return-scans', { body: { barcode: '99001900000000990100', reason: 'OTHER' } }))).toBe('UNKNOWN_BARCODE');
    expect(codeOf(await ask('POST', '/mailing-return-scans', { as: THERE, body: { barcode: single?.barcode, reason: 'HOLD_EXPIRED' } }))).toBe('OUT_OF_JURISDICTION');
    expect(good(await ask('POST', '/mailing-return-scans', { body: { barcode: single?.barcode, reason: 'HOLD_EXPIRED' } }), z.object({ state: z.string() })).state).toBe('RETURNED');
    const cards = await estate.sql<{ state: string; n: number }>('SELECT state, count(*) AS n FROM card_issuance.notification_card GROUP BY state ORDER BY state');
    expect(cards).toEqual([{ state: 'IN_FORCE', n: 5 }, { state: 'ISSUED', n: 1 }]);
  });

  it('CARD-4.2 a household whose rows are not neighbours loses nobody; its second envelope is told', async () => {
    const former = neighbours.targets.splice(0);
    neighbours.targets.push(...former.slice(0, 4).map((target, index) => ({ ...target, householdRef: 'ABAC'.charAt(index), personKey: randomUUID() })));
    await tell('numbering', 'notification-list.prepared', { setId: randomUUID(), municipalityCode: '990027', households: 3, persons: 4, hash: 'f'.repeat(64) });
    const jobs = (): Promise<{ result: unknown }[]> => estate.sql("SELECT result FROM card_issuance.job WHERE kind = 'plan-mailings' AND state = 'SUCCEEDED' AND parameters->>'municipalityCode' = '990027'");
    await estate.eventually(async () => (await jobs()).length === 1);
    expect(await jobs()).toEqual([{ result: { persons: 4, splitHouseholds: 1 } }]);
    expect((await estate.sql('SELECT 1 FROM card_issuance.notification_card WHERE person_key = ANY($1::uuid[])', neighbours.targets.map((one) => one.personKey))).length).toBe(4);
    neighbours.targets.splice(0, Infinity, ...former);
  });
});

describe('application (CARD-3.3, CARD-4.3)', () => {
  it('CARD-4.3 P02 names the limit that failed; bytes decide, not the name', async () => {
    const applicationId = await formOf(0);
    const limit = async (body: Buffer, type?: string): Promise<unknown> => {
      const answer = await submit({ applicationId, body, ...(type === undefined ? {} : { type }) });
      expect([answer.status, codeOf(answer)]).toEqual([422, 'P02']);
      return problem.parse(answer.json).facts?.['limit'];
    };
    const jpeg = await photo();
    for (const type of ['image/jpeg', 'image/png']) expect(await limit(await sharp(jpeg).png().toBuffer(), type)).toBe('JPEG');
    expect(await limit(await photo('noise', 479, 600))).toBe('MIN_SIDE');
    for (const space of ['cmyk', 'b-w']) expect(await limit(await sharp(jpeg).toColourspace(space).jpeg().toBuffer())).toBe('RGB');
    expect(await limit(jpeg.subarray(0, 19 * 1024))).toBe('MIN_BYTES');
    expect(await limit(jpeg.subarray(0, jpeg.length - 20_000))).toBe('READABLE');
    expect(await limit(Buffer.concat([jpeg, Buffer.alloc(7 * 1024 * 1024)]))).toBe('MAX_BYTES');
    expect((await estate.sql('SELECT 1 FROM card_issuance.application')).length).toBe(0);
  });

  it('CARD-4.3 what the form and the person must be', async () => {
    const body = await photo();
    expect(codeOf(await submit({ applicationId: '01282044832901755660109', body }))).toBe('BAD_ID');
    expect(codeOf(await submit({ applicationId: '01131010000000000010054', body }))).toBe('BAD_ID');
    expect(codeOf(await submit({ applicationId: await formOf(0), body, as: THERE }))).toBe('OUT_OF_JURISDICTION');
    expect(codeOf(await submit({ applicationId: await formOf(4), body }))).toBe('F01');
    expect(codeOf(await submit({ applicationId: await formOf(4), body, query: { representative: 'true' } }))).toBe('WISH_NOT_ALLOWED');
    neighbours.persons.set(person(5).personKey, { ...person(5), status: 'DECEASED' });
    expect(codeOf(await submit({ applicationId: await formOf(5), body }))).toBe('F07');
    neighbours.persons.set(person(5).personKey, { ...person(5), municipalityCode: '990027' });
    expect(codeOf(await submit({ applicationId: await formOf(5), body }))).toBe('FORM_OUTDATED');
    neighbours.persons.set(person(5).personKey, person(5));
  });

  it('CARD-4.3 received once: the same again is the first, another is a duplicate, also at the same moment', async () => {
    const [applicationId, body] = [await formOf(0), await photo()];
    const answers = await Promise.all([submit({ applicationId, body }), submit({ applicationId, body })]);
    expect(answers.map((answer) => answer.status)).toEqual([201, 201]);
    expect(codeOf(await submit({ applicationId, body, query: { channel: 'MAIL' } }))).toBe('DUPLICATE');
    expect(codeOf(await submit({ applicationId, body: await photo('other') }))).toBe('DUPLICATE');
    const rows = await estate.sql<{ state: string; original: Buffer; normalised: Buffer }>('SELECT state, original, normalised FROM card_issuance.application JOIN card_issuance.application_photo USING (application_id)');
    expect(rows.map((row) => row.state)).toEqual(['RECEIVED']);
    expect(rows[0]?.normalised.subarray(0, 256).includes(Buffer.from([0xff, 0xd8, 0xff]))).toBe(false);
    expect((await estate.sql("SELECT 1 FROM card_issuance.audit_line WHERE entry LIKE '%application.submit%' AND entry LIKE '%DONE%' AND entry LIKE $1", `%${person(0).personKey}%`)).length).toBe(1);
  });

  it('CARD-3.3 reviews: deficient and sent again, refused by two, approved', async () => {
    const body = await photo();
    const review = (applicationId: string, decision: string, codes: string[], operator?: string): Promise<Answer> =>
      ask('POST', `/applications/${applicationId}/reviews`, { as: { ...OPERATOR, ...(operator === undefined ? {} : { operator }) }, purpose: 'CARD_APPLICATION', body: { decision, codes } });
    const taro = await formOf(0);
    expect(codeOf(await review(taro, 'DEFICIENT', []))).toBe('INVALID_INPUT');
    expect((await review(taro, 'REFUSED', ['P05'], 'a')).status).toBe(200);
    expect((await review(taro, 'DEFICIENT', ['P05'])).status).toBe(200);
    expect(good(await ask('GET', `/applications/${taro}`, { purpose: 'CARD_APPLICATION' }), z.object({ status: z.string(), codes: z.array(z.string()) }))).toEqual({ status: 'DEFICIENT', codes: ['P05'] });
    expect((await submit({ applicationId: taro, body: await photo('other') })).status).toBe(201);
    // Who proposed to refuse the former photo has not seen this one.
    expect(good(await review(taro, 'REFUSED', ['P05'], 'b'), z.object({ state: z.string() })).state).toBe('UNDER_REVIEW');
    const single = await formOf(5);
    await submit({ applicationId: single, body });
    expect(good(await review(single, 'REFUSED', ['P08'], 'a'), z.object({ state: z.string() })).state).toBe('UNDER_REVIEW');
    expect(codeOf(await review(single, 'REFUSED', ['P08'], 'a'))).toBe('SAME_EXAMINER');
    expect(good(await review(single, 'REFUSED', ['P08'], 'b'), z.object({ state: z.string() })).state).toBe('REFUSED');
    for (const [index, query] of [[1, {}], [2, { wishSign: 'false' }], [3, {}]] as const) await submit({ applicationId: await formOf(index), body, query });
    await submit({ applicationId: await formOf(4), body, query: { representative: 'true', wishSign: 'false', wishAuth: 'false' } });
    for (const index of [0, 1, 2, 3, 4]) expect((await review(await formOf(index), 'APPROVED', [])).status).toBe(200);
    expect(codeOf(await review(taro, 'APPROVED', []))).toBe('BAD_STATE');
    const shown = await ask('GET', `/applications/${taro}/photo`, { as: OPERATOR, purpose: 'CARD_APPLICATION' });
    const metadata = await sharp(shown.bytes).metadata();
    expect([metadata.width, metadata.height, metadata.exif]).toEqual([413, 531, undefined]);
    expect(codeOf(await submit({ applicationId: single, body }))).toBe('FORM_USED');
  });
});

const batchView = z.object({ state: z.string(), filled: z.boolean(), count: z.number().nullable(), hash: z.string().nullable(), certificatesMissing: z.number().nullable(), boxes: z.array(z.object({ boxNo: z.string(), cards: z.number() })) });
const recordView = z.object({
  recordNo: z.number(), cardSerial: z.string(), applicationId: z.string(), municipalityCode: z.string(), number: z.string(), expiryDate: z.string(), photoSha256: z.string(), wishSign: z.boolean(), wishAuth: z.boolean(),
  boxNo: z.string(), seqInBox: z.number(), nameFace: z.string(), securityCode: z.string().regex(/^\d{4}$/),
});

describe('production (CARD-3.4, CARD-4.4)', () => {
  let batchId = '';
  const show = async (): Promise<z.output<typeof batchView>> => good(await ask('GET', `/production-batches/${batchId}`, { as: OPERATOR }), batchView);
  const records = async (): Promise<z.output<typeof recordView>[]> =>
    good(await ask('GET', `/production-batches/${batchId}/records`, { as: MAKER, purpose: 'CARD_PRODUCTION' }), z.object({ records: z.array(recordView) })).records;
  const maker = (step: string, body: unknown = {}, as: Actor = MAKER): Promise<Answer> => ask('POST', `/production-batches/${batchId}/${step}`, { as, purpose: 'CARD_PRODUCTION', body });
  const CSR = Buffer.concat([Buffer.of(0x30, 0x82), randomBytes(200)]).toString('base64');

  it('CARD-3.4 filled from the approved, sealed with count and hash; the number is stored only encrypted', async () => {
    ({ batchId } = good(await ask('POST', '/production-batches', { as: OPERATOR, body: { maker: 'maker-1', municipalityCode: '990019' } }), z.object({ batchId: z.string() })));
    await estate.eventually(async () => (await show()).filled);
    expect((await ask('GET', `/production-batches/${batchId}/records`, { as: MAKER, purpose: 'CARD_PRODUCTION' })).status).toBe(404);
    const sealed = good(await ask('POST', `/production-batches/${batchId}/seal`, { as: OPERATOR }), z.object({ state: z.string(), count: z.number(), hash: z.string() }));
    expect([sealed.state, sealed.count]).toEqual(['SEALED', 5]);
    const read = await records();
    expect(manifestHash(read)).toBe(sealed.hash);
    expect(read.map((record) => record.number).toSorted()).toEqual([0, 1, 2, 3, 4].map(numberOf));
    expect(read.find((record) => record.applicationId.length === 23 && record.number === numberOf(0))?.expiryDate).toBe('2025-03-31');
    expect((await ask('GET', `/production-batches/${batchId}/records`, { as: OTHER_MAKER, purpose: 'CARD_PRODUCTION' })).status).toBe(404);
    const dump = await estate.sql<{ row: string }>("SELECT record::text || encode(number, 'escape') || encode(face, 'escape') AS row FROM card_issuance.production_record record");
    expect(dump.some(({ row }) => /99000000000\d/.test(row) || row.includes('ミホン'))).toBe(false);
    const ordered = await estate.sql("SELECT 1 FROM card_issuance.card_move WHERE to_state = 'ORDERED'");
    expect(ordered).toHaveLength(5);
    const picture = await ask('GET', `/production-batches/${batchId}/records/1/photo`, { as: MAKER, purpose: 'CARD_PRODUCTION' });
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
  });

  it('CARD-3.4 requests for all wished certificates, then the authority is told and fetches them', async () => {
    const read = await records();
    // The records come in the random order of the application ids; the first that is asked for wishes both certificates.
    const wished = read.filter((record) => record.wishSign || record.wishAuth).toSorted((a, b) => Number(b.wishSign) - Number(a.wishSign));
    const of = (record: z.output<typeof recordView>): Record<string, unknown> => ({ recordNo: record.recordNo, ...(record.wishSign ? { signCsr: CSR } : {}), ...(record.wishAuth ? { authCsr: CSR } : {}) });
    const [first, ...rest] = wished.map(of);
    expect(codeOf(await maker('certification-requests', { requests: [{ recordNo: wished[0]?.recordNo, authCsr: CSR }] }))).toMatch(/CSR_(MISSING|NOT_WISHED)/);
    expect(codeOf(await maker('certification-requests', { requests: [{ ...first, authCsr: Buffer.from('no').toString('base64') }] }))).toBe('WRONG_CSR');
    expect(good(await maker('certification-requests', { requests: [first] }), z.object({ missing: z.number() })).missing).toBe(3);
    expect(good(await maker('certification-requests', { requests: rest }), z.object({ missing: z.number() })).missing).toBe(0);
    expect((await show()).certificatesMissing).toBe(7);
    const keys = await chips.make(read);
    const register = async (body: unknown, as = MAKER): Promise<unknown> => problem.partial().parse((await maker('chip-keys', { keys: body }, as)).json).code;
    expect([await register([{ recordNo: 1, chipKey: 'AAAA' }]), await register(keys), await register(keys), await register([{ ...keys[0], recordNo: 2 }]), await register(keys, OTHER_MAKER)]).toEqual(['WRONG_CHIP_KEY', undefined, undefined, 'CHIP_KEY_DIFFERS', 'NOT_FOUND']);
    const peers = new Peers(estate.config, { token: () => estate.token(AUTHORITY) });
    const page = await peers.call(listCertificationRequests, { correlationId: randomUUID(), purpose: 'CERTIFICATE_ISSUE' }, { batchId, limit: 100 });
    peers.close();
    expect(page.requests.map((request) => [request.recordNo, request.signCsr?.length ?? 0, request.authCsr?.length ?? 0]).toSorted()).toEqual(wished.map((record) => [record.recordNo, record.wishSign ? 202 : 0, record.wishAuth ? 202 : 0]).toSorted());
    expect(page.requests[0]).toMatchObject({ factVersion: 1, municipalityCode: '990019', cardExpiry: expect.stringMatching(/^20\d\d-03-31$/) });
  });

  it('CARD-3.4 the last certificate certifies; a rejected record leaves and waits for another batch', async () => {
    const read = await records();
    const shiro = await cardOf(3);
    for (const record of read) {
      if (record.cardSerial === shiro) continue;
      for (const type of [...(record.wishSign ? ['SIGN_CERT'] : []), ...(record.wishAuth ? ['AUTH_CERT'] : [])]) {
        const issued = { ca: type === 'SIGN_CERT' ? 'sign' : 'auth', type, serial: randomBytes(8).toString('hex'), municipalityCode: '990019', cardSerial: record.cardSerial, productionBatchId: batchId, notAfter: '2021-01-20T14:59:59Z', recordedAt: START.toISOString() };
        for (const _twice of [1, 2]) await tell('jpki-ca', 'certificate.issued', issued);
      }
    }
    await estate.eventually(async () => (await show()).certificatesMissing === 2);
    expect((await show()).state).toBe('SEALED');
    expect(codeOf(await ask('POST', `/production-batches/${batchId}/dispatch`, { as: OPERATOR }))).toBe('BAD_STATE');
    for (const type of ['SIGN_CERT', 'AUTH_CERT']) await tell('jpki-ca', 'issuance.rejected', { productionBatchId: batchId, cardSerial: shiro, type, code: 'FACTS_CHANGED' });
    await estate.eventually(async () => (await show()).state === 'CERTIFIED');
    expect(await cardState(shiro)).toBe('CANCELLED');
    expect(await estate.sql('SELECT state FROM card_issuance.application WHERE person_key = $1', person(3).personKey)).toEqual([{ state: 'APPROVED' }]);
    const certificates = good(await ask('GET', `/production-batches/${batchId}/certificates`, { as: MAKER, purpose: 'CARD_PRODUCTION' }), z.object({ cards: z.array(z.object({ cardSerial: z.string(), certificates: z.array(z.object({ der: z.string(), caCertificate: z.string() })) })) }));
    expect(certificates.cards.map((card) => [card.certificates[0]?.der, card.certificates[0]?.caCertificate].map((octets = '') => Buffer.from(octets, 'base64').toString()))).toEqual(certificates.cards.map(({ cardSerial }) => [`certificate of ${cardSerial}`, `issuer of ${cardSerial}`]));
  });

  it('CARD-7 no partial acceptance; made, inspected with a defect, shipped, received short', async () => {
    const sent = good(await ask('POST', `/production-batches/${batchId}/dispatch`, { as: OPERATOR }), z.object({ count: z.number(), hash: z.string() }));
    expect([sent.count, sent.hash]).toEqual([4, manifestHash(await records())]);
    for (const [count, hash, refused] of [[3, sent.hash, 'COUNT_MISMATCH'], [4, '0'.repeat(64), 'HASH_MISMATCH']]) expect(codeOf(await maker('acknowledgement', { count, hash }))).toBe(refused);
    expect((await show()).state).toBe('SENT');
    expect((await maker('acknowledgement', { count: 4, hash: sent.hash })).status).toBe(200);
    expect((await maker('acknowledgement', { count: 4, hash: sent.hash }, OTHER_MAKER)).status).toBe(404);
    expect((await maker('manufacture')).status).toBe(200);
    const child = await cardOf(4);
    expect(codeOf(await maker('inspection', { defects: ['Q03', 'Q04'].map((code) => ({ cardSerial: child, code })) }))).toBe('INVALID_INPUT');
    expect(codeOf(await ask('GET', `/production-batches/${batchId}/records?after=2147483648`, { as: MAKER, purpose: 'CARD_PRODUCTION' }))).toBe('INVALID_INPUT');
    expect(codeOf(await ask('GET', '/cards/%00', { purpose: 'CARD_HANDOVER' }))).toBe('INVALID_INPUT');
    expect(good(await maker('inspection', { defects: [{ cardSerial: child, code: 'Q03' }] }), z.object({ state: z.string(), quarantined: z.boolean() }))).toEqual({ state: 'INSPECTED', quarantined: false });
    expect(await cardState(child)).toBe('DEFECTIVE');
    const [box] = (await show()).boxes;
    expect(box?.cards).toBe(3);
    expect(good(await maker('shipment', { boxes: [box?.boxNo] }), z.object({ state: z.string() })).state).toBe('SHIPPED');
    const receive = (body: unknown, as = HERE): Promise<Answer> => ask('POST', `/boxes/${box?.boxNo ?? ''}/receipts`, { as, purpose: 'CARD_HANDOVER', body });
    const [taro, jiro, saburo] = await Promise.all([0, 1, 2].map(cardOf));
    expect(codeOf(await receive({ municipalityCode: '990019', serials: [taro, jiro, child] }))).toBe('UNEXPECTED');
    expect(codeOf(await receive({ municipalityCode: '990019', serials: [taro] }, THERE))).toBe('OUT_OF_JURISDICTION');
    expect(good(await receive({ municipalityCode: '990019', serials: [taro, jiro] }), z.object({ state: z.string(), missing: z.array(z.string()) }))).toEqual({ state: 'SHORT', missing: [saburo] });
    expect(await Promise.all([taro, jiro, saburo].map((serial) => cardState(serial ?? '')))).toEqual(['RECEIVED', 'RECEIVED', 'MISSING']);
    expect((await show()).state).toBe('RECEIVED');
    expect((await estate.sql('SELECT 1 FROM card_issuance.shipment_discrepancy WHERE missing = $1', [saburo])).length).toBe(1);
  });

  it('CARD-4.5 one chip-data defect quarantines the whole next batch', async () => {
    const second = good(await ask('POST', '/production-batches', { as: OPERATOR, body: { maker: 'maker-1', applicationIds: [await formOf(2)] } }), z.object({ batchId: z.string() }));
    const first = batchId;
    batchId = second.batchId;
    await estate.eventually(async () => (await show()).filled);
    await ask('POST', `/production-batches/${batchId}/seal`, { as: OPERATOR });
    const [record] = await records();
    expect(await estate.sql('SELECT state FROM card_issuance.card WHERE person_key = $1 AND card_serial <> $2', person(2).personKey, record?.cardSerial)).toEqual([{ state: 'MISSING' }]);
    await maker('certification-requests', { requests: [{ recordNo: 1, authCsr: CSR }] });
    await tell('jpki-ca', 'certificate.issued', { ca: 'auth', type: 'AUTH_CERT', serial: 'ab', municipalityCode: '990019', cardSerial: record?.cardSerial, productionBatchId: batchId, notAfter: '2021-01-20T14:59:59Z', recordedAt: START.toISOString() });
    await estate.eventually(async () => (await show()).state === 'CERTIFIED');
    const sent = good(await ask('POST', `/production-batches/${batchId}/dispatch`, { as: OPERATOR }), z.object({ count: z.number(), hash: z.string() }));
    await maker('acknowledgement', sent);
    await maker('manufacture');
    expect(good(await maker('inspection', { defects: [{ cardSerial: record?.cardSerial, code: 'Q01' }] }), z.object({ quarantined: z.boolean() })).quarantined).toBe(true);
    expect(codeOf(await maker('inspection'))).toBe('PRODUCTION_QUARANTINED');
    batchId = first;
  });
});

const sessionView = z.object({ sessionId: z.string(), state: z.string(), certificates: z.string().nullable(), commitToken: z.string().optional(), slip: z.object({ ja: z.string(), en: z.string() }).optional() });

describe('hand-over (CARD-4.7)', () => {
  const preset = (serial: string, over: Record<string, unknown> = {}): Promise<Answer> =>
    ask('POST', `/cards/${serial}/preset`, { purpose: 'CARD_HANDOVER', body: { terminalId: 'T1', chipMatchesFace: true, wishSign: true, wishAuth: true, ...over } });
  const step = (sessionId: string, name: string, body: unknown = {}, key?: string): Promise<Answer> => ask('POST', `/handover-sessions/${sessionId}/${name}`, { purpose: 'CARD_HANDOVER', body, ...(key === undefined ? {} : { key }) });
  const open = (serial: string, terminalId = 'T1', as = HERE): Promise<Answer> => ask('POST', '/handover-sessions', { as, purpose: 'CARD_HANDOVER', body: { cardSerial: serial, terminalId } });
  const upToChip = async (serial: string): Promise<string> => {
    const { sessionId } = good(await open(serial), sessionView);
    await step(sessionId, 'steps/identity', { method: 'IN_PERSON', documents: ['PASSPORT'], notificationCard: 'SURRENDERED' });
    await step(sessionId, 'steps/pins', { signPinSet: true, authPinSet: true, inputPinSet: true });
    good(await step(sessionId, 'steps/certificates'), sessionView);
    good(await step(sessionId, 'steps/chip-written', { activationRecord: await chips.activated(serial, sessionId) }), sessionView);
    return sessionId;
  };

  it('CARD-4.7 preset, notice, all steps in order; each repeated without effect; the card is in force once', async () => {
    const taro = await cardOf(0);
    expect(codeOf(await open(taro))).toBe('CARD_NOT_PRESET');
    expect((await Promise.all([preset(taro), preset(taro)])).map(({ status }) => status)).toEqual([200, 200]);
    expect(good(await ask('POST', `/cards/${taro}/notices`, { purpose: 'CARD_HANDOVER' }), z.object({ noticeNo: z.string() })).noticeNo).toMatch(/^HN\d{12}$/);
    expect(codeOf(await open(taro, 'T1', THERE))).toBe('OUT_OF_JURISDICTION');
    const { sessionId } = good(await open(taro), sessionView);
    expect(good(await open(taro), sessionView).sessionId).toBe(sessionId);
    expect(codeOf(await open(taro, 'T2'))).toBe('CARD_NOT_PRESET');
    expect(codeOf(await step(sessionId, 'steps/pins', { signPinSet: true, authPinSet: true, inputPinSet: true }))).toBe('STEP_ORDER');
    const identity = { method: 'IN_PERSON', documents: ['PENSION_BOOK'], notificationCard: 'SURRENDERED' };
    expect(codeOf(await step(sessionId, 'steps/identity', identity))).toBe('IDENTITY_INSUFFICIENT');
    for (const _twice of [1, 2]) expect(good(await step(sessionId, 'steps/identity', { ...identity, documents: ['PENSION_BOOK', 'STUDENT_CARD'] }), sessionView).state).toBe('IDENTITY_OK');
    for (const _twice of [1, 2]) expect(good(await step(sessionId, 'steps/pins', { signPinSet: true, authPinSet: true, inputPinSet: true }), sessionView).state).toBe('PIN_SET');
    expect(codeOf(await step(sessionId, 'steps/chip-written', { activationRecord: await chips.activated(taro, sessionId) }))).toBe('STEP_ORDER');
    for (const _twice of [1, 2]) expect(good(await step(sessionId, 'steps/certificates'), sessionView).certificates).toBe('ACTIVATED');
    expect(neighbours.activated).toEqual([{ cardSerial: taro, wishSign: true, wishAuth: true }]);
    for (const _twice of [1, 2]) expect(good(await step(sessionId, 'steps/chip-written', { activationRecord: await chips.activated(taro, sessionId) }), sessionView).state).toBe('CHIP_WRITTEN');
    const confirmed = good(await step(sessionId, 'steps/confirmation'), sessionView);
    expect([confirmed.state, confirmed.slip, confirmed.commitToken]).toEqual(['CLOSED', undefined, expect.stringMatching(/^[0-9a-f]{32}$/)]);
    expect(good(await step(sessionId, 'steps/confirmation'), sessionView).commitToken).toBe(confirmed.commitToken);
    expect(good(await ask('GET', `/handover-sessions/${sessionId}`, { purpose: 'CARD_HANDOVER' }), sessionView).commitToken).toBe(confirmed.commitToken);
    expect(codeOf(await step(sessionId, 'cancellation'))).toBe('BAD_STATE');
    const history = good(await ask('GET', `/cards/${taro}`, { purpose: 'CARD_HANDOVER' }), z.object({ state: z.string(), chipState: z.string(), moves: z.array(z.object({ to: z.string() })) }));
    expect([history.state, history.chipState]).toEqual(['ACTIVE', 'ACTIVATED']);
    expect(history.moves.map((move) => move.to)).toEqual(['ORDERED', 'MANUFACTURED', 'INSPECTED', 'SHIPPED', 'RECEIVED', 'PRESET', 'NOTIFIED', 'HANDING_OVER', 'ACTIVE']);
    const [notification] = await estate.sql<{ state: string }>('SELECT state FROM card_issuance.notification_card WHERE person_key = $1', person(0).personKey);
    expect(notification?.state).toBe('SURRENDERED');
    expect(good(await ask('GET', `/applications/${await formOf(0)}`, { purpose: 'CARD_APPLICATION' }), z.object({ status: z.string() })).status).toBe('HANDED_OVER');
  });

  it('CARD-4.7 cancelled, expired, and completed by the reconciler; the authority away does not stop it (CARD-7)', async () => {
    const jiro = await cardOf(1);
    await preset(jiro);
    const cancelled = good(await open(jiro), sessionView);
    for (const _twice of [1, 2]) expect(good(await step(cancelled.sessionId, 'cancellation'), sessionView).state).toBe('COMPENSATED');
    expect(await cardState(jiro)).toBe('PRESET');
    const expired = good(await open(jiro), sessionView);
    estate.clock.set(new Date(START.getTime() + 40 * 60_000));
    expect(codeOf(await step(expired.sessionId, 'steps/identity', { method: 'IN_PERSON', documents: ['PASSPORT'], notificationCard: 'LOST' }))).toBe('LEASE_LOST');
    await estate.eventually(async () => (await cardState(jiro)) === 'PRESET');
    neighbours.authorityAway = true;
    const sessionId = await upToChip(jiro);
    expect(good(await ask('GET', `/handover-sessions/${sessionId}`, { purpose: 'CARD_HANDOVER' }), sessionView).certificates).toBe('QUEUED');
    estate.clock.set(new Date(START.getTime() + 55 * 60_000));
    await estate.eventually(async () => (await cardState(jiro)) === 'ACTIVE');
    expect(good(await ask('GET', `/handover-sessions/${sessionId}`, { purpose: 'CARD_HANDOVER' }), sessionView)).toMatchObject({ state: 'CLOSED', commitToken: expect.any(String), slip: { ja: expect.stringContaining('自動的に有効'), en: expect.any(String) } });
    // A stopped card waits for its counter, and a refused one holds nobody up.
    const facts = { nameKana: 'ミホンジロウ', birthDate: '1981-03-31', address: person(1).address };
    const { stopOrderId } = good(await ask('POST', '/stop-orders', { as: OPERATOR, purpose: 'CALL_CENTRE', body: { cardSerial: jiro, channel: 'PHONE', facts } }), z.object({ stopOrderId: z.string() }));
    // Nobody still asks the authority for what was waiting before the stop.
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM card_issuance.job WHERE kind = 'activate-certificates' AND state IN ('QUEUED', 'RUNNING')")).length === 0, 60);
    neighbours.authorityAway = false;
    neighbours.refused.add(await cardOf(0));
    await estate.sql("INSERT INTO card_issuance.certificate_activation (card_serial, person_key, wish_sign, wish_auth, queued_at) VALUES ($1, $2, true, true, 'epoch')", await cardOf(0), person(0).personKey);
    const activation = async (index: number): Promise<unknown> => good(await ask('GET', `/cards/${await cardOf(index)}`, { purpose: 'CARD_HANDOVER' }), z.object({ activation: z.unknown() })).activation;
    for (const hours of [2, 3, 4]) {
      estate.clock.set(new Date(START.getTime() + hours * 3_600_000));
      await estate.eventually(async () => (await estate.sql('SELECT 1 FROM card_issuance.certificate_activation WHERE refused = $1', hours - 1)).length === 1, 60);
    }
    expect(await Promise.all([0, 1].map(activation))).toEqual([{ state: 'REFUSED', refusalCode: 'PERSON_MISMATCH' }, { state: 'WAITING', refusalCode: null }]);
    expect((await ask('POST', `/stop-orders/${stopOrderId}/lift`, { purpose: 'CARD_HANDOVER', body: { terminalId: 'T1' } })).status).toBe(200);
    estate.clock.set(new Date(START.getTime() + 5 * 3_600_000));
    await estate.eventually(async () => (await estate.sql('SELECT 1 FROM card_issuance.certificate_activation WHERE card_serial = $1 AND done_at IS NOT NULL', jiro)).length === 1, 60);
    expect(neighbours.activated.some((one) => one.cardSerial === jiro)).toBe(true);
  });

  it('CARD-4.3 F06 and CARD-3.5 at most one card in use', async () => {
    const issued = good(await ask('POST', '/application-forms', { purpose: 'CARD_APPLICATION', body: { personKey: person(0).personKey } }), z.object({ applicationId: z.string(), printSequence: z.number() }));
    expect(issued.printSequence).toBe(1);
    expect(codeOf(await submit({ applicationId: issued.applicationId, body: await photo() }))).toBe('F06');
    await expect(estate.sql("UPDATE card_issuance.card SET person_key = $1, state = 'ACTIVE' WHERE person_key = $2", person(0).personKey, person(1).personKey)).rejects.toThrow('card_in_use');
  });
});

describe('stop orders (CARD-4.9)', () => {
  const order = z.object({ stopOrderId: z.string(), confidence: z.string(), alreadyStopped: z.boolean(), letterDue: z.boolean() });
  const place = (body: unknown, as = OPERATOR): Promise<Answer> => ask('POST', '/stop-orders', { as, purpose: 'CALL_CENTRE', body });
  const facts = { nameKana: 'みほん　たろう', birthDate: '1980-03-31', address: '架空県試験市見本町1-1-1' };

  it('CARD-4.9 stopped by telephone, once; resumed only at the counter; converted and then final', async () => {
    const taro = await cardOf(0);
    expect(codeOf(await place({ cardSerial: taro, channel: 'PHONE', facts: { nameKana: 'ダレカ', birthDate: '1970-01-01' } }))).toBe('NO_MATCH');
    const first = good(await place({ cardSerial: taro, channel: 'PHONE', facts }), order);
    expect([first.confidence, first.alreadyStopped, first.letterDue]).toEqual(['HIGH', false, false]);
    expect(await cardState(taro)).toBe('SUSPENDED');
    expect(good(await place({ personKey: person(0).personKey, channel: 'WEB', facts }), order)).toMatchObject({ stopOrderId: first.stopOrderId, alreadyStopped: true });
    const lift = (as: Actor, purpose: string): Promise<Answer> => ask('POST', `/stop-orders/${first.stopOrderId}/lift`, { as, purpose, body: { terminalId: 'T1' } });
    expect(codeOf(await lift(OPERATOR, 'CALL_CENTRE'))).toBe('COUNTER_ONLY');
    expect(codeOf(await lift(THERE, 'CARD_HANDOVER'))).toBe('OUT_OF_JURISDICTION');
    expect((await lift(HERE, 'CARD_HANDOVER')).status).toBe(200);
    expect(await cardState(taro)).toBe('ACTIVE');
    const doubtful = good(await place({ cardSerial: taro, channel: 'PHONE', facts: { nameKana: 'ミホンタロウ', birthDate: '1980-03-30' } }), order);
    expect([doubtful.confidence, doubtful.letterDue]).toEqual(['LOW', true]);
    const due = good(await ask('GET', '/stop-orders?municipalityCode=990019', { purpose: 'CARD_HANDOVER' }), z.object({ items: z.array(z.object({ stopOrderId: z.string() })) }));
    expect(due.items.map((item) => item.stopOrderId)).toEqual([doubtful.stopOrderId]);
    expect((await ask('POST', `/stop-orders/${doubtful.stopOrderId}/letter`, { as: OPERATOR, purpose: 'CALL_CENTRE' })).status).toBe(200);
    expect((await ask('POST', `/stop-orders/${doubtful.stopOrderId}/conversion`, { purpose: 'CARD_HANDOVER', body: {} })).status).toBe(200);
    expect(await cardState(taro)).toBe('ABOLISHED');
    expect(codeOf(await place({ cardSerial: taro, channel: 'PHONE', facts }))).toBe('ALREADY_ABOLISHED');
    const stored = await estate.sql<{ row: string }>('SELECT stop_order::text AS row FROM card_issuance.stop_order');
    expect(stored.some(({ row }) => /ミホン|みほん|1980/.test(row))).toBe(false);
  });
});

describe('what happens to people (CARD-4.13)', () => {
  it('CARD-4.10 a move-in waits for the change before it and starts the time for continued use; death ends the card, also when a version never comes; late facts change nothing', async () => {
    const jiro = await cardOf(1);
    await tellResident('moved-in', 1, { municipalityCode: '990027', reason: '11', factVersion: 3, previousMunicipalityCode: '990019' });
    await estate.eventually(async () => (await estate.sql('SELECT 1 FROM card_issuance.person_notice')).length === 1);
    expect(await estate.sql('SELECT 1 FROM card_issuance.continued_use')).toEqual([]);
    await tellResident('minor-correction', 1, { reason: '34' });
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM card_issuance.continued_use WHERE card_serial = $1 AND last_day = notified_on + 90", jiro)).length === 1);
    await tellResident('moved-out', 1, { abroad: true, reason: '22', factVersion: 2 });
    await tellResident('died', 1, { reason: '20', factVersion: 5 });
    await estate.eventually(async () => (await estate.sql('SELECT 1 FROM card_issuance.person_notice WHERE fact_version = 5')).length === 1);
    estate.clock.set(new Date(START.getTime() + 7 * 3_600_000));
    await estate.eventually(async () => (await cardState(jiro)) === 'ABOLISHED');
    const moves = await estate.sql<{ reason: string }>("SELECT reason FROM card_issuance.card_move WHERE card_serial = $1 AND to_state = 'ABOLISHED'", jiro);
    expect(moves).toEqual([{ reason: 'DEATH' }]);
  });

  it('CARD-4.3 a move voids the open application; a change of name withholds what is not handed over', async () => {
    await tellResident('moved-out', 3, { abroad: false, reason: '21' });
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM card_issuance.application WHERE person_key = $1 AND state = 'INVALIDATED'", person(3).personKey)).length === 1);
    const made = await estate.sql<{ card_serial: string }>("SELECT card_serial FROM card_issuance.card WHERE person_key = $1 AND state = 'MANUFACTURED'", person(2).personKey);
    await tellResident('changed', 2, { reason: '42', factVersion: 2 });
    await tellResident('changed', 2, { reason: '35', fields: ['nameKana'], factVersion: 3 });
    await tellResident('changed', 2, { reason: '31', factVersion: 4 });
    await estate.eventually(async () => (await cardState(made[0]?.card_serial ?? '')) === 'WITHHELD');
    expect(await estate.sql('SELECT state FROM card_issuance.application WHERE person_key = $1', person(2).personKey)).toEqual([{ state: 'APPROVED' }]);
  });

  it('CARD-4.7 preset finds what changed, commits the withholding and tells it', async () => {
    const [child] = await estate.sql<{ card_serial: string }>("UPDATE card_issuance.card SET state = 'RECEIVED' WHERE person_key = $1 RETURNING card_serial", person(4).personKey);
    neighbours.persons.set(person(4).personKey, { ...person(4), factVersion: 2, address: '架空県試験市見本町三丁目' });
    const answer = await ask('POST', `/cards/${child?.card_serial ?? ''}/preset`, { purpose: 'CARD_HANDOVER', body: { terminalId: 'T1', chipMatchesFace: false, wishSign: true, wishAuth: false } });
    expect([answer.status, problem.parse(answer.json)]).toMatchObject([409, { code: 'FACTS_CHANGED', facts: { differing: 'address chip wishes' } }]);
    expect(await cardState(child?.card_serial ?? '')).toBe('WITHHELD');
  });

  it('KIBAN-5 no number, name or address leaves by events or audit lines; every card event has its place in the sequence', async () => {
    await estate.eventually(async () => (await estate.sql('SELECT 1 FROM card_issuance.outbox')).length === 0);
    const jiroSerial = await cardOf(1);
    const traces = await estate.sql<{ text: string }>('SELECT entry AS text FROM card_issuance.audit_line UNION ALL SELECT parameters::text || coalesce(result::text, \'\') FROM card_issuance.job');
    const texts = [...traces.map(({ text }) => text), ...published.map((event) => JSON.stringify(event))];
    expect(texts.some((text) => /ミホン|みほん|見本町|99000000000\d/.test(text))).toBe(false);
    const told = ['mailing.returned', 'application.deficient', 'stop-order.applied', 'production-batch.ready'].map((event) => published.find(({ type }) => type.includes(`.card-issuance.${event}.`))?.data);
    expect(told).toEqual([{ mailingId: ANY, setId: ANY, members: 1, reason: 'HOLD_EXPIRED' }, { applicationId: ANY, channel: 'PC', codes: ['P05'] }, { stopOrderId: ANY, cardSerial: jiroSerial, confidence: 'HIGH' }, { batchId: ANY, count: 5, hash: ANY }].map((data, index) => (index < 3 ? { ...data, municipalityCode: '990019' } : data)));
    const jiro = published.filter((event) => event.subject === jiroSerial);
    expect(jiro.map((event) => Number(event.sequence))).toEqual(jiro.map((_event, index) => index + 1));
    expect(jiro.map((event) => event.type.split('.')[4])).toEqual([
      'ordered', 'manufactured', 'inspected', 'shipped', 'received', 'preset-done', 'handover-started', 'handover-rolled-back', 'handover-started', 'handover-rolled-back', 'handover-started', 'activated', 'suspended', 'resumed', 'abolished',
    ]);
    const gaps = await estate.sql('SELECT 1 FROM card_issuance.card JOIN (SELECT card_serial, count(*) AS moves, max(version) AS last FROM card_issuance.card_move GROUP BY 1) m USING (card_serial) WHERE m.moves <> m.last OR card.version <> m.last');
    expect([gaps, await deadLetters()]).toEqual([[], 0]);
  });
});
