import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { z, type ZodType } from 'zod';
import { cardIssuanceModule } from '#contexts/card-issuance';
import { isProtected, jukiNetProto } from '#contracts/juki-net';
import { listDeliveryTargets, notificationListPrepared, numberingProto, type deliveryTarget } from '#contracts/numbering';
import type { EventDefinition } from '#kernel';
import { route, useCase, type Actor, type ContextModule, type UseCase } from '#platform';
import { startEstate, type TestEstate } from '#testing';
import { copyAdded, createBare, type TableKeys } from './bare-rows.js';
import { perSecond, report, timed } from './report.js';

const HOUSEHOLDS = 20_000;
/** Members of each household in turn: 2.33 on average, as in 2015. */
const SIZES = [1, 2, 4];
const ROUNDS = 2;
const LEAST_A_MINUTE = 50_000;
const TOWN = '990019';
const operator: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency' };
/** What a list leaves behind, with the key of each table. */
const TABLES: TableKeys = { mailing: ['mailing_id'], notification_card: ['mailing_id', 'person_key'], application_form: ['application_id'] };

type Target = z.output<typeof deliveryTarget>;

/** A municipality's list from the event to its last envelope planned, with cards, forms, lots and events, against COPY of the rows it leaves behind. */
export async function benchMailing(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kiban-no-migrations-'));
  const lists = new Map<string, Target[]>();
  const estate = await startEstate([cardIssuanceModule, ...neighbours(lists, folder)], { at: new Date('2015-10-20T01:00:00Z') });
  const delegations = `municipalityCode,startsOn,tasks,grantBasis\r\n${TOWN},2015-10-05,NOTIFICATION_CARD_PRINT_MAIL,bench\r\n`;
  await estate.request('POST', '/api/card-issuance/v1/delegation-files', { as: operator, headers: { 'content-type': 'text/csv' }, body: delegations });
  const pool = new pg.Pool({ connectionString: estate.adminUrl });
  const client = await pool.connect();
  await createBare(client, 'card_issuance', TABLES);
  const rates = { ours: [] as number[], bare: [] as number[] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    const setId = randomUUID();
    lists.set(setId, targets());
    const oursMs = await timed(() => plan(estate, setId, lists.get(setId)?.length ?? 0));
    await estate.eventually(async () => (await estate.sql('SELECT 1 FROM card_issuance.outbox LIMIT 1')).length === 0, 300);
    const bareMs = await copyAdded(client, 'card_issuance', TABLES);
    if (round === 0) continue; // the first pair warms caches and plans
    rates.ours.push(perSecond(HOUSEHOLDS, oursMs));
    rates.bare.push(perSecond(HOUSEHOLDS, bareMs));
  }
  const notes = `${HOUSEHOLDS} households a round, neighbours and service in one process (limit ${LEAST_A_MINUTE} households a minute, ${Math.round(LEAST_A_MINUTE / 60)} a second)`;
  report({ name: 'mailing: envelopes of a list, event to last one planned', unit: 'households/s', ...rates, goal: 0.15, notes });
  client.release();
  await pool.end();
  await estate.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function plan(estate: TestEstate, setId: string, persons: number): Promise<void> {
  await estate.request('POST', '/api/numbering/v1/lists', { as: operator, body: { setId, persons } });
  await estate.eventually(async () => (await estate.sql('SELECT 1 FROM card_issuance.mailing_plan WHERE set_id = $1 AND ended_at IS NOT NULL', setId)).length === 1, 600);
}

function targets(): Target[] {
  const list: Target[] = [];
  for (let household = 1; household <= HOUSEHOLDS; household += 1) {
    const members = SIZES[household % SIZES.length] ?? 1;
    for (let line = 1; line <= members; line += 1) {
      list.push({
        position: list.length + 1, householdRef: String(household), lineInHousehold: line, personKey: randomUUID(), postalCode: '9990001', address: `架空県試験市見本町${household}番`,
        addresseeName: `見本　${household}`, temporaryAddress: false, itemCount: members,
      });
    }
  }
  return list;
}

/** numbering with its lists, and a register that protects nobody. */
function neighbours(lists: ReadonlyMap<string, readonly Target[]>, folder: string): ContextModule[] {
  const list = answering('numbering.bench.targets', listDeliveryTargets, ({ setId, after = 0, limit = 1_000 }) => {
    const page = (lists.get(setId) ?? []).slice(after, after + limit);
    return { targets: page, ...(page.length < limit ? {} : { next: after + limit }) };
  });
  const support = answering('juki-net.bench.protected', isProtected, ({ personKeys }) => ({ entries: personKeys.map(() => ({ isProtected: false })) }));
  const input = z.object({ setId: z.uuid(), persons: z.int() });
  const prepare: UseCase = {
    spec: useCase({ action: 'numbering.bench.prepare', kind: 'command', summary: 'Tells of a list', input, output: z.object({}), refusals: [] }),
    execute: async (ctx, given) => {
      const { setId, persons } = input.parse(given);
      ctx.emit(notificationListPrepared, { aggregateId: setId, sequence: 1, data: { setId, municipalityCode: TOWN, baseDate: '2015-10-05', households: HOUSEHOLDS, persons, hash: 'f'.repeat(64) } });
      return {};
    },
  };
  const clients = { institution: 'service', clients: ['svc-card-issuance'], purposes: ['NOTIFICATION'], scope: 'nation', basis: 'bench' } as const;
  const bare = { migrations: pathToFileURL(`${folder}/`), title: 'of a bench', build: () => ({ http: [], grpc: {}, subscriptions: [], jobs: [], schedules: [] }) };
  const events: readonly EventDefinition<unknown>[] = [notificationListPrepared];
  return [
    {
      ...bare, name: 'numbering', proto: numberingProto, events,
      policy: [{ action: 'numbering.bench.targets', ...clients }, { action: 'numbering.bench.prepare', institution: 'operator', scope: 'nation', basis: 'bench' }],
      build: () => ({ ...bare.build(), http: [route('POST', '/lists', prepare)], grpc: { 'Numbering.ListDeliveryTargets': list } }),
    },
    { ...bare, name: 'juki-net', proto: jukiNetProto, events: [], policy: [{ action: 'juki-net.bench.protected', ...clients }], build: () => ({ ...bare.build(), grpc: { [`${isProtected.service}.${isProtected.method}`]: support } }) },
  ];
}

function answering<I, O>(action: string, rpc: { readonly input: ZodType<I>; readonly output: ZodType<O> }, reply: (input: I) => O): UseCase {
  const spec = useCase({ action, kind: 'question', summary: 'Answers from what a bench made', input: rpc.input, output: rpc.output as ZodType, refusals: [] });
  return { spec, execute: async (_ctx, input) => reply(rpc.input.parse(input)) };
}
