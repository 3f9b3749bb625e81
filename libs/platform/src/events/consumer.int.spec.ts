import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onEvent, platformProblems, type Actor, type ContextModule, type Subscription } from '#platform';
import { counterAdded, sampleModule, sampleProblems, startEstate, type TestEstate } from '#testing';

const operator: Actor = { clientId: 'ops', kind: 'operator', organisation: 'ops' };
const town: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' };

describe('an event that cannot be applied', () => {
  let estate: TestEstate;
  const outage = { lasts: false };

  beforeAll(async () => {
    const consumerProbe = async (): Promise<void> => {
      await Promise.resolve();
      if (outage.lasts) throw platformProblems.refuse('UNAVAILABLE');
    };
    estate = await startEstate([sampleModule], { overrides: { consumerProbe } });
  });
  afterAll(() => estate.stop());

  const add = (name: string) => estate.request('POST', `/api/sample/v1/counters/${name}/additions`, { as: town, purpose: 'COUNTING', body: { amount: 1 } });
  const letters = () => estate.sql<{ tries: number; fault: string }>('SELECT tries, fault FROM sample.dead_letter');
  const handled = async (outcome: string): Promise<number> => {
    const { bytes } = await estate.request('GET', '/metrics');
    const line = bytes.toString().split('\n').find((text) => text.startsWith(`kiban_events_handled_total{consumer="sample-echo",outcome="${outcome}"}`));
    return Number(line?.split(' ')[1] ?? 0);
  };

  it('stays in the stream while its dead letter cannot be written, and the process lives on', async () => {
    await estate.sql('REVOKE INSERT ON sample.dead_letter FROM kiban_sample_app');
    await add('poison');
    await estate.eventually(async () => (await handled('retried')) >= 2);
    expect(await letters()).toEqual([]);
    await estate.sql('GRANT INSERT ON sample.dead_letter TO kiban_sample_app');
    expect(await estate.eventually(async () => (await letters())[0])).toMatchObject({ fault: 'sample:TOO_MUCH' });
  });

  it('is no dead letter because of an outage, however often it was tried', async () => {
    const before = await handled('retried');
    outage.lasts = true;
    await add('patient');
    await estate.eventually(async () => (await handled('retried')) - before >= 6, 60);
    outage.lasts = false;
    expect(await letters()).toHaveLength(1);
  }, 90_000);
});

describe('a subscription that deals with most of its events together', () => {
  let estate: TestEstate;
  const together: number[] = [];
  const acquaintances: Subscription = {
    name: 'acquaintances', from: 'sample', filter: 'kiban.sample.counter.>',
    together: async (ctx, events) => {
      together.push(events.length);
      const rows = await ctx.db.many<{ id: string }>("SELECT id FROM unnest($1::text[], $2::text[]) AS e (id, name) WHERE name LIKE 'friend%'", events.map(({ id }) => id), events.map(({ data }) => counterAdded.data.parse(data).name));
      const friends = new Set(rows.map(({ id }) => id));
      return events.filter(({ id }) => friends.has(id));
    },
    handlers: [onEvent(counterAdded, async (ctx, event) => {
      if (event.data.name === 'friend-poison') throw sampleProblems.refuse('TOO_MUCH');
      await ctx.db.run('INSERT INTO echo VALUES ($1, $2, $3)', event.data.name, event.sequence, event.data.amount);
    })],
  };
  const groups: string[][] = [];
  const refused = ['set-friend-poison'];
  const ledger: Subscription = {
    name: 'ledger', from: 'sample', filter: 'kiban.sample.counter.>', handlers: [],
    inSets: {
      subjects: [counterAdded.subject],
      handle: async (calls) => {
        const told = calls.map(({ ctx, event }) => ({ ...counterAdded.data.parse(event.data), isOwnTrace: ctx.correlationId === event.correlationid }));
        groups.push(told.map(({ name }) => name));
        const names = told.filter(({ isOwnTrace }) => isOwnTrace).map(({ name }) => `set-${name}`);
        await calls[0]?.ctx.db.run('INSERT INTO echo SELECT name, 0, 0 FROM unnest($1::text[]) AS name', names);
        if (names.some((name) => refused.includes(name))) throw sampleProblems.refuse('TOO_MUCH');
      },
    },
  };
  const module: ContextModule = { ...sampleModule, build: (parts) => ({ ...sampleModule.build(parts), subscriptions: [acquaintances, ledger] }) };

  const interrupted = { lasts: false };

  beforeAll(async () => {
    const consumerProbe = async (): Promise<void> => {
      await Promise.resolve();
      if (interrupted.lasts) throw platformProblems.refuse('UNAVAILABLE');
    };
    estate = await startEstate([module], { overrides: { consumerProbe } });
  });
  afterAll(() => estate.stop());

  const add = (name: string) => estate.request('POST', `/api/sample/v1/counters/${name}/additions`, { as: town, purpose: 'COUNTING', body: { amount: 1 } });
  const echoes = () => estate.sql<{ name: string }>("SELECT name FROM sample.echo WHERE name NOT LIKE 'set-%' ORDER BY name");
  const entered = async (): Promise<string[]> => (await estate.sql<{ name: string }>("SELECT name FROM sample.echo WHERE name LIKE 'set-%' ORDER BY name")).map(({ name }) => name.slice(4));
  const inbox = () => estate.sql<{ count: number }>("SELECT count(*)::int AS count FROM sample.inbox WHERE consumer = 'sample-acquaintances'");

  it('hands over what it returns, once, and leaves no inbox row for the rest', async () => {
    for (const name of ['stranger-1', 'friend-1', 'stranger-2', 'friend-2']) await add(name);
    await estate.eventually(async () => (await echoes()).length === 2);
    expect(await echoes()).toEqual([{ name: 'friend-1' }, { name: 'friend-2' }]);
    expect(await inbox()).toEqual([{ count: 2 }]);
  });

  it('loses nothing of a group in which one event is refused', async () => {
    const before = together.length;
    await Promise.all(['friend-3', 'friend-poison', 'stranger-3', 'friend-4'].map(add));
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM sample.dead_letter WHERE consumer = 'sample-acquaintances'")).length === 1);
    await estate.eventually(async () => (await echoes()).length === 4);
    expect(await echoes()).toEqual(['friend-1', 'friend-2', 'friend-3', 'friend-4'].map((name) => ({ name })));
    expect(together.length).toBeGreaterThan(before);
  });

  it('is asked again about an event that comes again, which is applied once', async () => {
    const before = together.length;
    interrupted.lasts = true;
    await add('friend-5');
    await estate.eventually(async () => together.length >= before + 2);
    interrupted.lasts = false;
    await estate.eventually(async () => (await echoes()).length === 5);
    expect(await inbox()).toEqual([{ count: 5 }]);
  });

  it('handles in sets what is new, each once in its own trace though it was committed and not acknowledged, and all of a group but the refused one', async () => {
    const others = ['stranger-1', 'friend-1', 'stranger-2', 'friend-2', 'friend-3', 'stranger-3', 'friend-4', 'friend-5'];
    const crowd = Array.from({ length: 30 }, (_value, index) => `crowd-${index}`);
    groups.length = 0;
    interrupted.lasts = true;
    await estate.running.runners.get('sample')?.inTransaction('spec.emit', { actor: town, correlationId: 'spec' }, (ctx) => {
      for (const name of crowd) ctx.emit(counterAdded, { aggregateId: name, sequence: 1, data: { name, amount: 1 } });
      return Promise.resolve();
    });
    await estate.eventually(async () => (await entered()).length === others.length + crowd.length);
    interrupted.lasts = false;
    await estate.eventually(async () => /consumer="sample-ledger",outcome="repeated"\} [1-9]/.test((await estate.request('GET', '/metrics')).bytes.toString()));
    expect(await entered()).toEqual([...others, ...crowd].sort());
    expect(groups.some((group) => group.length > 1)).toBe(true);
    const [letter] = await estate.sql<{ id: string }>("SELECT id FROM sample.dead_letter WHERE consumer = 'sample-ledger'");
    refused.length = 0;
    const redriven = await estate.request('POST', `/api/sample/v1/dead-letters/${letter?.id}/redrive`, { as: operator });
    expect(redriven.status).toBe(200);
    expect(await entered()).toContain('friend-poison');
  });
});
