import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z, type ZodType } from 'zod';
import { ResidentCode } from '#kernel';
import { cardActivated, cardIssuanceProto } from '#contracts/card-issuance';
import { jukiCardEvents } from '#contracts/juki-card';
import { jukiNetProto, resolveCodes } from '#contracts/juki-net';
import { connectStreams, parseCloudEvent, route, useCase, type Actor, type CloudEvent, type ContextModule, type Ctx, type Streams, type UseCase } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { jukiCardModule } from './juki-card.module.js';

const TOWN = '990019';
const HERE: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: TOWN, operator: 'clerk-1' };
const OPERATOR: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency' };
const MAKER: Actor = { clientId: 'card-maker-1', kind: 'card-maker', organisation: 'maker-1' };
const API = '/api/juki-card/v1';
const PERSON = randomUUID();
const CODE = ResidentCode.fromBody('9900000001').reveal();
const folder = mkdtempSync(join(tmpdir(), 'kiban-no-migrations-'));

/** juki-net that knows one resident, and a card ledger that hands a number card over. */
function neighbours(): ContextModule[] {
  const bare = { migrations: pathToFileURL(`${folder}/`), title: 'of a spec' };
  const resolve: UseCase = {
    spec: useCase({ action: 'juki-net.spec.resolve', kind: 'question', summary: 'of a spec', input: resolveCodes.input, output: resolveCodes.output as ZodType, refusals: [] }),
    execute: async (_ctx: Ctx, input: unknown) => ({ entries: resolveCodes.input.parse(input).residentCodes.map((code) => ({ found: code === CODE, personKey: code === CODE ? PERSON : '', municipalityCode: TOWN })) }),
  };
  const activate: UseCase = {
    spec: useCase({ action: 'card-issuance.spec.activate', kind: 'command', summary: 'of a spec', input: z.object({}), output: z.object({}), refusals: [] }),
    execute: async (ctx: Ctx) => {
      ctx.emit(cardActivated, { aggregateId: randomUUID(), sequence: 1, data: { cardSerial: 'A'.repeat(16), personKey: PERSON, municipalityCode: TOWN, from: 'HANDING_OVER', to: 'ACTIVE' } });
      return {};
    },
  };
  return [
    {
      ...bare, name: 'juki-net', proto: jukiNetProto, events: [], policy: [{ action: 'juki-net.spec.resolve', institution: 'service', clients: ['svc-juki-card'], purposes: ['JUKI_CARD'], scope: 'nation', basis: 'spec' }],
      build: () => ({ http: [], grpc: { 'JukiRegister.ResolveCodes': resolve }, subscriptions: [], jobs: [], schedules: [] }),
    },
    {
      ...bare, name: 'card-issuance', proto: cardIssuanceProto, events: [cardActivated], policy: [{ action: 'card-issuance.spec.activate', institution: 'operator', scope: 'nation', basis: 'spec' }],
      build: () => ({ http: [route('POST', '/activations', activate)], grpc: {}, subscriptions: [], jobs: [], schedules: [] }),
    },
  ];
}

let estate: TestEstate;
let streams: Streams;
const told: CloudEvent[] = [];
beforeAll(async () => {
  estate = await startEstate([jukiCardModule, ...neighbours()], { at: new Date('2015-10-01T01:00:00Z') });
  streams = await connectStreams(estate.natsUrl, 'juki-card spec');
  streams.connection.subscribe('kiban.juki-card.>', { callback: (_error, message) => void told.push(parseCloudEvent(message.string())) });
  await streams.connection.flush();
});
afterAll(async () => {
  await streams.connection.close();
  await estate.stop();
  rmSync(folder, { recursive: true, force: true });
});

const codeOf = ({ status, json }: Answer): string => `${status} ${z.object({ code: z.string().optional() }).parse(json).code ?? ''}`.trim();
const post = (path: string, body: unknown, as: Actor = HERE): Promise<Answer> => estate.request('POST', `${API}${path}`, { as, purpose: 'JUKI_CARD', body });
const file = async (path: string, lines: readonly string[], as: Actor = HERE): Promise<unknown> => {
  const answer = await estate.request('POST', `${API}${path}`, { as, purpose: 'JUKI_CARD', headers: { 'content-type': 'text/csv' }, body: `${lines.join('\r\n')}\r\n` });
  return answer.status === 200 ? answer.json : codeOf(answer);
};
const step = (name: string, orderNos: readonly string[], as: Actor, more: object = {}): Promise<string> => post(`/orders/steps/${name}`, { orderNos, ...more }, as).then(codeOf);
const states = async (): Promise<Record<string, unknown>> => {
  const { items } = z.object({ items: z.array(z.looseObject({ orderNo: z.string(), state: z.string(), cardState: z.string().optional() })) }).parse((await estate.request('GET', `${API}/orders?municipalityCode=${TOWN}`, { as: HERE })).json);
  return Object.fromEntries(items.map(({ orderNo, state, cardState }) => [orderNo, cardState ?? state]));
};
const HEADER = 'orderNo,municipalityCode,type,nameFace,addressFace,birthYmd,sex,photoRef,expiry';
const order = (no: string, town = TOWN): string => `${no},${town},A,見本　太郎,架空県試験市1,19800331,1,,2025-09-30`;

describe('juki cards of a small municipality (CARD-3.8, 4.14)', () => {
  it('CARD-4.14 a commission of 30,000 people, once; orders under it alone', async () => {
    const enter = (population: number): Promise<string> => post('/commissions', { municipalityCode: TOWN, population, populationOn: '2015-01-01' }).then(codeOf);
    expect(await file(`/order-files?municipalityCode=${TOWN}`, [HEADER, order('N-1')])).toBe('409 NOT_COMMISSIONED');
    expect([await enter(30_001), (await Promise.all([enter(30_000), enter(30_000)])).sort()]).toEqual(['409 NOT_ELIGIBLE', ['201', '409 OVERLAP']]);
    const lines = [HEADER, order('N-1'), order('N-2'), order('N-1', '990027'), order('N-3').replace('太郎', '花子'), order('N-3'), order('N-4'), order('N-5')];
    const report = { rows: 7, good: 5, errors: [{ line: 4, column: 'municipalityCode', code: 'NOT_YOURS' }, { line: 6, column: 'orderNo', code: 'ORDER_NO_USED' }] };
    expect(await file(`/order-files?municipalityCode=${TOWN}`, lines)).toEqual({ ...report, unchanged: 0 });
    expect(await file(`/order-files?municipalityCode=${TOWN}`, lines)).toEqual({ ...report, unchanged: 5 });
    const stored = await estate.sql<{ row: string }>("SELECT encode(face, 'escape') || juki_card_order::text AS row FROM juki_card.juki_card_order");
    expect(stored.some(({ row }) => row.includes('見本'))).toBe(false);
  });

  it('CARD-3.8 accepted by the agency, printed and shipped by the maker, received and handed over by the municipality', async () => {
    expect([await step('acceptance', ['N-1', 'N-2'], HERE), await step('acceptance', ['N-1', 'N-9'], OPERATOR), await step('acceptance', ['N-1', 'N-2', 'N-3'], OPERATOR), await step('acceptance', ['N-1'], OPERATOR)])
      .toEqual(['403 ACTION_NOT_PERMITTED', '404 NOT_FOUND', '200', '409 BAD_STATE']);
    const printed = await estate.request('GET', `${API}/order-files`, { as: MAKER, purpose: 'JUKI_CARD' });
    expect(printed.bytes.toString().split('\r\n').slice(0, 2)).toEqual([HEADER, order('N-1')]);
    const answers = ['orderNo,cardNo,status,shippedOn', 'N-1,CARD00001,SHIPPED,2015-10-01', 'N-1,CARD00001,PRINTED,', 'N-2,CARD00002,PRINTED,', 'N-3,CARD00002,PRINTED,', 'N-4,CARD00004,PRINTED,', 'N-9,CARD00009,PRINTED,'];
    const report = { rows: 6, errors: [{ line: 5, column: 'cardNo', code: 'CARD_NO_USED' }, { line: 6, column: 'status', code: 'BAD_STATE' }, { line: 7, column: 'orderNo', code: 'UNKNOWN_ORDER' }] };
    expect(await file('/answer-files', answers, MAKER)).toEqual({ ...report, good: 3, unchanged: 0 });
    expect(await file('/answer-files', answers, MAKER)).toEqual({ ...report, good: 3, unchanged: 3 });
    expect(await states()).toEqual({ 'N-1': 'SHIPPED', 'N-2': 'PRINTED', 'N-3': 'ACCEPTED', 'N-4': 'REQUESTED', 'N-5': 'REQUESTED' });
    expect([await step('receipt', ['N-1'], HERE), await step('receipt', ['N-2'], HERE)]).toEqual(['200', '409 BAD_STATE']);
    expect(codeOf(await post('/orders/N-1/hand-over', { residentCode: ResidentCode.fromBody('9900000009').reveal() }))).toBe('422 UNKNOWN_RESIDENT');
    expect(codeOf(await post('/orders/N-1/hand-over', { residentCode: CODE }))).toBe('200');
    expect((await states())['N-1']).toBe('VALID');
  });

  it('CARD-4.14 after the last issuing day nothing is ordered; at the number card commissions end and what nobody began is cancelled', async () => {
    estate.clock.set(new Date('2015-12-28T15:00:00Z'));
    expect(await file(`/order-files?municipalityCode=${TOWN}`, [HEADER, order('N-6')])).toBe('409 PAST_CUT_OFF');
    expect(await step('acceptance', ['N-5'], OPERATOR)).toBe('200');
    estate.clock.set(new Date('2015-12-31T15:00:01Z'));
    await estate.eventually(async () => (await states())['N-4'] === 'CANCELLED');
    expect((await estate.request('GET', `${API}/commissions?municipalityCode=${TOWN}`, { as: HERE })).json).toMatchObject({ items: [{ state: 'ENDED', endedOn: '2016-01-01' }] });
    expect(await step('cancellation', ['N-3', 'N-5'], OPERATOR)).toBe('400 INVALID_INPUT');
    expect(await step('cancellation', ['N-3', 'N-5'], OPERATOR, { reason: 'TOO_LATE' })).toBe('200');
    expect(await file('/answer-files', ['orderNo,cardNo,status,shippedOn', 'N-2,CARD00002,SHIPPED,2015-12-31'], MAKER)).toMatchObject({ good: 1 });
    expect([await step('receipt', ['N-2'], HERE), await step('defect', ['N-2'], HERE, { reason: 'CHIP' }), await step('receipt', ['N-2'], HERE)]).toEqual(['200', '200', '409 BAD_STATE']);
  });

  it('CARD-4.14 the juki card ends when the number card is handed over, told twice or not', async () => {
    for (const _time of [1, 2]) expect((await estate.request('POST', '/api/card-issuance/v1/activations', { as: OPERATOR, body: {} })).status).toBe(200);
    await estate.eventually(async () => (await estate.sql('SELECT 1 FROM juki_card.inbox')).length === 2);
    expect((await states())['N-1']).toBe('SURRENDERED');
    const [row] = await estate.sql<{ n: number }>("SELECT count(*)::int AS n FROM juki_card.audit_line WHERE entry LIKE '%SURRENDERED%'");
    expect(row?.n).toBe(1);
  });

  it('CARD-3.8 every move is told once, in the order of its order, and nothing about a person', async () => {
    await estate.eventually(async () => told.some(({ type }) => type.includes('card.surrendered')));
    const [{ order_id: orderId = '' } = {}] = await estate.sql<{ order_id: string }>("SELECT order_id FROM juki_card.juki_card_order WHERE order_no = 'N-1'");
    const own = told.filter(({ subject }) => subject === orderId);
    expect(own.map(({ type, data }) => `${type.split('.').slice(3, 5).join('.')} ${z.object({ state: z.string().optional() }).parse(data).state ?? ''}`.trim()))
      .toEqual(['order.moved REQUESTED', 'order.moved ACCEPTED', 'order.moved PRINTED', 'order.moved SHIPPED', 'order.moved RECEIVED', 'order.moved HANDED_OVER', 'card.surrendered']);
    expect(own.map(({ sequence }) => Number(sequence))).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const audited = await estate.sql<{ entry: string }>("SELECT entry FROM juki_card.audit_line WHERE entry LIKE '%\"order:' || $1::text || '\"%\"to\"%' ORDER BY xid, id", orderId);
    expect(audited.map(({ entry }) => z.object({ facts: z.object({ to: z.string() }) }).parse(JSON.parse(entry)).facts.to)).toEqual(['ACCEPTED', 'PRINTED', 'SHIPPED', 'RECEIVED', 'HANDED_OVER']);
    expect(told.filter(({ type }) => type.includes('commission.changed')).map(({ data }) => z.object({ state: z.string() }).parse(data).state)).toEqual(['IN_FORCE', 'ENDED']);
    expect(new Set(told.flatMap(({ data }) => Object.keys(data as object)))).toEqual(new Set(jukiCardEvents.flatMap(({ data }) => Object.keys((data as unknown as z.ZodObject).shape))));
    expect(JSON.stringify(told)).not.toMatch(new RegExp(`見本|架空|${PERSON}|${CODE}`));
  });
});
