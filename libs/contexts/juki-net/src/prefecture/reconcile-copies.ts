import { jukiNetProblems } from '#contracts/juki-net';
import { isPrefectureNumber, localDateInJapan, PREFECTURES } from '#kernel';
import { platformProblems, queueJob, refusals, requireJurisdiction, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type Schedule, type UseCase } from '#platform';
import { z } from 'zod';
import { DIFFERENCE_STATES, explainFault, isOverdue } from '../reconciliation/difference.js';
import { DIFFERENCE_CLASSES } from '../reconciliation/reconciliation.js';
import { CHAIN_EXPLANATIONS, chainExplainFault, CHAIN_RUN_STATES } from './chain.js';
import type { ChainRun, ChainStore } from './chain.store.js';
import { CHAIN_JOB } from './compare-copies.js';
import type { ResendOrderStore } from './resend-order.store.js';
import { enterPrefecture } from './server.store.js';

const count = z.number().int();
const byRun = z.object({ runId: z.uuid() });
const notFound = refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION');

async function openRun(ctx: Ctx, chains: ChainStore, prefecture: string): Promise<{ runId: string; jobId: string }> {
  const runId = uuidv7();
  const jobId = await queueJob(ctx, CHAIN_JOB, { runId });
  await chains.open(ctx.db, { runId, prefecture, asOf: localDateInJapan(ctx.now), jobId, openedAt: ctx.now });
  ctx.audit({ object: `prefecture-reconciliation:${runId}`, facts: { prefecture } });
  return { runId, jobId };
}

/** Every night, each prefecture that has residents. */
export function compareNightly(chains: ChainStore): Schedule {
  return {
    name: 'prefecture.compare-nightly',
    due: (last, now) => {
      const today = localDateInJapan(now);
      return last === today ? undefined : today;
    },
    run: async (ctx) => {
      for (const prefecture of await chains.peopled(ctx.db, PREFECTURES.map(({ number }) => number))) await openRun(ctx, chains, prefecture);
    },
  };
}

const openSpec = useCase({
  action: 'juki-net.prefecture-reconciliation.open',
  kind: 'command',
  summary: 'Compares the prefecture’s copy with the national one; a run of it under way is abandoned',
  input: z.strictObject({ prefecture: z.string().refine(isPrefectureNumber, { params: { code: 'UNKNOWN' } }) }),
  output: z.object({ runId: z.uuid(), jobId: z.uuid() }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

export class OpenChainRun implements UseCase<typeof openSpec> {
  readonly spec = openSpec;
  constructor(private readonly chains: ChainStore) {}

  async execute(ctx: Ctx, { prefecture }: InputOf<typeof openSpec>): Promise<OutputOf<typeof openSpec>> {
    requireJurisdiction(ctx, prefecture);
    return openRun(ctx, this.chains, prefecture);
  }
}

const getSpec = useCase({
  action: 'juki-net.prefecture-reconciliation.get',
  // Its differences are seen by a transaction that entered the prefecture's server only.
  kind: 'process',
  summary: 'How far a comparison of the two copies is, and how many differences of each class it found',
  input: byRun,
  output: z.object({
    runId: z.uuid(), prefecture: z.string(), state: z.enum(CHAIN_RUN_STATES), asOf: z.string(), jobId: z.uuid(), compared: count.nullable(),
    differences: z.array(z.object({ class: z.enum(DIFFERENCE_CLASSES), found: count, open: count, overdue: count })),
    openedAt: z.string(), completedAt: z.string().nullable(),
  }),
  refusals: notFound,
});

export class GetChainRun implements UseCase<typeof getSpec> {
  readonly spec = getSpec;
  constructor(private readonly chains: ChainStore) {}

  async execute(ctx: Ctx, { runId }: InputOf<typeof getSpec>): Promise<OutputOf<typeof getSpec>> {
    return withinRun(ctx, this.chains, runId, async (tx, { openedAt, completedAt, ...run }) => {
      tx.audit({ object: `prefecture-reconciliation:${runId}` });
      const differences = await this.chains.counts(tx.db, runId, localDateInJapan(tx.now));
      return { ...run, differences, openedAt: openedAt.toISOString(), completedAt: completedAt?.toISOString() ?? null };
    });
  }
}

const listSpec = useCase({
  action: 'juki-net.prefecture-reconciliation.list-differences',
  kind: 'process',
  summary: 'Differences that this run was the last to find, page by page; the municipality settles them by notices of its own',
  input: byRun.extend({ after: z.uuid().default('00000000-0000-0000-0000-000000000000'), limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
  output: z.object({
    items: z.array(z.object({
      differenceId: z.uuid(), class: z.enum(DIFFERENCE_CLASSES), municipalityCode: z.string(), residentCode: z.string().describe('empty where no copy has the person'),
      prefectureVersion: count.nullable(), nationalVersion: count.nullable(), state: z.enum(DIFFERENCE_STATES), explanation: z.enum(CHAIN_EXPLANATIONS).nullable(),
      foundOn: z.string(), dueOn: z.string(), overdue: z.boolean(),
    })),
    next: z.uuid().optional().describe('`after` of the next page'),
  }),
  refusals: notFound,
});

export class ListChainDifferences implements UseCase<typeof listSpec> {
  readonly spec = listSpec;
  constructor(private readonly chains: ChainStore) {}

  async execute(ctx: Ctx, { runId, ...page }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    return withinRun(ctx, this.chains, runId, async (tx) => {
      const found = await this.chains.page(tx.db, runId, page);
      tx.audit({ object: `prefecture-reconciliation:${runId}`, subjects: found.map(({ personKey }) => personKey), facts: { differences: found.length } });
      const today = localDateInJapan(tx.now);
      const last = found.at(-1);
      return {
        items: found.map(({ personKey: _person, prefecture: _prefecture, stay: _stay, ...rest }) => ({ ...rest, overdue: isOverdue(rest, today) })),
        ...(found.length < page.limit || last === undefined ? {} : { next: last.differenceId }),
      };
    });
  }
}

const explainSpec = useCase({
  action: 'juki-net.prefecture-difference.explain',
  kind: 'command',
  summary: 'The prefecture explains a difference of its own copy; it stands until a later run no longer finds it',
  input: z.strictObject({ differenceId: z.uuid(), reason: z.enum(CHAIN_EXPLANATIONS) }),
  output: z.object({ differenceId: z.uuid(), state: z.literal('EXPLAINED') }),
  refusals: [...refusals(jukiNetProblems, 'DIFFERENCE_STATE', 'RESEND_NOT_ORDERED'), ...refusals(platformProblems, 'NOT_FOUND')],
});

export class ExplainChainDifference implements UseCase<typeof explainSpec> {
  readonly spec = explainSpec;
  constructor(
    private readonly chains: ChainStore,
    private readonly orders: ResendOrderStore,
  ) {}

  async execute(ctx: Ctx, { differenceId, reason }: InputOf<typeof explainSpec>): Promise<OutputOf<typeof explainSpec>> {
    // Of another prefecture there is nothing to be found from here.
    await enterPrefecture(ctx.db, ctx.actor.organisation.slice(0, 2));
    const difference = await this.chains.lockDifference(ctx.db, differenceId);
    if (difference === undefined) throw platformProblems.refuse('NOT_FOUND');
    const fault = explainFault(difference.state) ?? chainExplainFault(reason, await this.orders.wasOrdered(ctx.db, difference.municipalityCode));
    if (fault !== undefined) throw jukiNetProblems.refuse(fault, { facts: { state: difference.state } });
    await this.chains.explain(ctx.db, differenceId, reason);
    ctx.audit({ object: `prefecture-difference:${differenceId}`, subjects: [difference.personKey], facts: { reason } });
    return { differenceId, state: 'EXPLAINED' };
  }
}

async function withinRun<T>(ctx: Ctx, chains: ChainStore, runId: string, work: (tx: Ctx, run: ChainRun) => Promise<T>): Promise<T> {
  const run = await chains.find(ctx.db, runId);
  if (run === undefined) throw platformProblems.refuse('NOT_FOUND');
  requireJurisdiction(ctx, run.prefecture);
  return ctx.transaction(async (tx) => {
    await enterPrefecture(tx.db, run.prefecture);
    return work(tx, run);
  });
}
