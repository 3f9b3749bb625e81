import { z } from 'zod';
import { defineEvent, problemTable } from '#kernel';
import { onEvent, queueJob, refusals, requireJurisdiction, route, useCase, type ContextModule, type Ctx, type InputOf, type JobKind, type UseCase } from '#platform';

export const sampleProblems = problemTable('sample', { TOO_MUCH: { status: 422, ja: '多すぎます', en: 'Too much' } });

export const counterAdded = defineEvent('sample', 'counter.added', { summary: 'A counter rose', data: z.object({ name: z.string(), amount: z.number().int() }) });

const total = z.object({ name: z.string(), total: z.number() });

const addSpec = useCase({
  action: 'sample.counter.add',
  kind: 'command',
  summary: 'Adds to a counter',
  input: z.object({ name: z.string().min(1), amount: z.coerce.number().int(), municipalityCode: z.string().optional() }),
  output: total,
  refusals: refusals(sampleProblems, 'TOO_MUCH'),
});

/** Adds, publishes, audits: the smallest command. */
export class Add implements UseCase<typeof addSpec> {
  readonly spec = addSpec;

  async execute(ctx: Ctx, input: InputOf<typeof addSpec>) {
    if (input.municipalityCode !== undefined) requireJurisdiction(ctx, input.municipalityCode);
    if (input.amount > 100) throw sampleProblems.refuse('TOO_MUCH', { facts: { most: 100 }, fields: [{ pointer: '/amount', code: 'TOO_MUCH' }] });
    const row = await ctx.db.one<{ total: number; version: number }>(
      `INSERT INTO counter VALUES ($1, $2, 1) ON CONFLICT (name) DO UPDATE SET total = counter.total + excluded.total, version = counter.version + 1
       RETURNING total, version`,
      input.name, input.amount,
    );
    ctx.emit(counterAdded, { aggregateId: input.name, sequence: row.version, data: { name: input.name, amount: input.amount } });
    ctx.audit({ object: `counter:${input.name}` });
    return { name: input.name, total: row.total };
  }
}

const readSpec = useCase({ action: 'sample.counter.read', kind: 'question', summary: 'Reads a counter', input: z.object({ name: z.string() }), output: total, refusals: [] });

class Read implements UseCase<typeof readSpec> {
  readonly spec = readSpec;

  async execute(ctx: Ctx, input: InputOf<typeof readSpec>) {
    const row = await ctx.db.maybe<{ total: number }>('SELECT total FROM counter WHERE name = $1', input.name);
    return { name: input.name, total: row?.total ?? 0 };
  }
}

const countToSpec = useCase({ action: 'sample.counter.read', kind: 'question', summary: 'Counts to where a counter is', input: z.object({ name: z.string() }), output: total, refusals: refusals(sampleProblems, 'TOO_MUCH') });

/** Yields each number up to the total, and refuses to go on after ten thousand. */
class CountTo implements UseCase<typeof countToSpec> {
  readonly spec = countToSpec;

  async execute(ctx: Ctx, { name }: InputOf<typeof countToSpec>) {
    const row = await ctx.db.maybe<{ total: number }>('SELECT total FROM counter WHERE name = $1', name);
    return numbers(name, row?.total ?? 0);
  }
}

async function* numbers(name: string, last: number) {
  for (let number = 1; number <= last; number += 1) {
    if (number > 10_000) throw sampleProblems.refuse('TOO_MUCH');
    yield { name, total: number };
  }
}

const countSpec = useCase({ action: 'sample.counter.count', kind: 'command', summary: 'Counts up in a job', input: z.object({ name: z.string(), steps: z.number().int() }), output: z.object({ jobId: z.string() }), refusals: [] });

class StartCounting implements UseCase<typeof countSpec> {
  readonly spec = countSpec;

  async execute(ctx: Ctx, input: InputOf<typeof countSpec>) {
    return { jobId: await queueJob(ctx, 'count-up', input) };
  }
}

const countUp: JobKind = {
  kind: 'count-up',
  async step(ctx, job) {
    const { name, steps } = countSpec.input.parse(job.parameters);
    const done = job.done + 1;
    await ctx.db.run('INSERT INTO counter VALUES ($1, 1, 1) ON CONFLICT (name) DO UPDATE SET total = counter.total + 1', name);
    await new Promise((resolve) => setTimeout(resolve, 5));
    return { cursor: { done }, done, total: steps, ...(done === steps ? { result: { done } } : {}) };
  },
};

/** A context of two tables for the platform's own tests; `echo` refuses the name "poison". */
export const sampleModule: ContextModule = {
  name: 'sample',
  title: 'Sample',
  migrations: new URL('./migrations/', import.meta.url),
  proto: new URL('./sample.proto', import.meta.url),
  events: [counterAdded],
  policy: [
    { action: 'sample.counter.add', institution: 'municipality', purposes: ['COUNTING'], scope: 'own', basis: 'test' },
    { action: 'sample.counter.read', institution: 'municipality', purposes: ['COUNTING'], scope: 'own', basis: 'test' },
    { action: 'sample.counter.count', institution: 'municipality', scope: 'own', basis: 'test' },
  ],
  build: () => {
    const add = new Add();
    const read = new Read();
    return {
      http: [route('POST', '/counters/:name/additions', add, { status: 201 }), route('GET', '/counters/:name', read), route('POST', '/countings', new StartCounting(), { status: 202 })],
      grpc: { 'Counter.Add': add, 'Counter.Read': read, 'Counter.AddEach': add, 'Counter.CountTo': new CountTo() },
      subscriptions: [{
        name: 'echo',
        from: 'sample',
        filter: 'kiban.sample.counter.>',
        handlers: [onEvent(counterAdded, async (ctx, event) => {
          if (event.data.name === 'poison') throw sampleProblems.refuse('TOO_MUCH');
          await ctx.db.run('INSERT INTO echo VALUES ($1, $2, $3)', event.data.name, event.sequence, event.data.amount);
        })],
      }],
      jobs: [countUp],
      schedules: [],
    };
  },
};
