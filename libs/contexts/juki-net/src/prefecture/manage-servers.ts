import { jukiNetProblems, outageEnded, outageStarted, writtenText } from '#contracts/juki-net';
import { refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { isServer, NATIONAL, SERVER_STATES, SERVERS, stateFault } from './server.js';
import type { ServerStore } from './server.store.js';

const view = z.object({ server: z.string(), state: z.enum(SERVER_STATES), since: z.string().optional(), note: z.string().optional() });

const setSpec = useCase({
  action: 'juki-net.server.set-state',
  kind: 'command',
  summary: 'Closes a prefecture’s server or the national one for maintenance, or opens it again; notices wait, inquiries are answered by the last state',
  input: z.strictObject({
    server: z.string().refine(isServer, { params: { code: 'UNKNOWN' } }), state: z.enum(SERVER_STATES), note: writtenText(200).describe('for monitoring; names nobody'),
  }),
  output: view,
  refusals: refusals(jukiNetProblems, 'SERVER_STATE'),
});

/** Notices under way when a server closes are still applied; those that come after it wait. */
export class SetServerState implements UseCase<typeof setSpec> {
  readonly spec = setSpec;
  constructor(private readonly servers: ServerStore) {}

  async execute(ctx: Ctx, { server, state, note }: InputOf<typeof setSpec>): Promise<OutputOf<typeof setSpec>> {
    const before = await this.servers.lock(ctx.db, server);
    const fault = stateFault(before?.state ?? 'OPEN', state);
    if (fault !== undefined) throw jukiNetProblems.refuse(fault, { facts: { state } });
    const changes = (before?.changes ?? 0) + 1;
    const since = ctx.now;
    await this.servers.set(ctx.db, { server, state, since, note, changes });
    const component = server === NATIONAL ? ('national-server' as const) : ('prefecture-server' as const);
    const data = { component, scope: server === NATIONAL ? 'all' : server, since: (state === 'OPEN' ? (before?.since ?? since) : since).toISOString(), note };
    ctx.emit(state === 'CLOSED' ? outageStarted : outageEnded, { aggregateId: server, sequence: changes, data });
    ctx.audit({ object: `server:${server}`, facts: { state } });
    return { server, state, since: since.toISOString(), note };
  }
}

const listSpec = useCase({
  action: 'juki-net.server.list',
  kind: 'question',
  summary: 'The prefectures’ servers and the national one, open or closed; a server without `since` was never closed',
  input: z.object({}),
  output: z.object({ items: z.array(view) }),
  refusals: [],
});

export class ListServers implements UseCase<typeof listSpec> {
  readonly spec = listSpec;
  constructor(private readonly servers: ServerStore) {}

  async execute(ctx: Ctx): Promise<OutputOf<typeof listSpec>> {
    const kept = new Map((await this.servers.all(ctx.db)).map((row) => [row.server, row]));
    return {
      items: SERVERS.map((server) => {
        const row = kept.get(server);
        return row === undefined ? { server, state: 'OPEN' as const } : { server, state: row.state, since: row.since.toISOString(), note: row.note };
      }),
    };
  }
}
