import { jukiNetProblems, writtenText } from '#contracts/juki-net';
import { localDateInJapan, municipalityCodeFault, toLocalDate } from '#kernel';
import { findJob, platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { CHANGE_KINDS, CHANGE_STATES, type MunicipalityChange, planFault, stepChange } from './municipality-change.js';
import type { MunicipalityChangeStore, StoredChange } from './municipality-change.store.js';

const municipality = z.string().refine((text) => municipalityCodeFault(text) === undefined, { params: { code: 'CHECK_DIGIT' } });
const name = writtenText(60).describe('as addresses there begin');
const former = z.strictObject({ code: municipality, name });
const townCode = z.string().regex(/^[0-9]{1,12}$/);
const changeView = z.object({
  changeId: z.uuid(), kind: z.enum(CHANGE_KINDS), former: z.array(z.object({ code: z.string(), name: z.string() })), newCode: z.string(), newName: z.string(),
  effectiveOn: z.string(), townCodes: z.array(z.string()), state: z.enum(CHANGE_STATES), plannedBy: z.string(), approvedBy: z.string().optional(),
  progress: z.object({ jobId: z.uuid(), jobState: z.string(), done: z.number().int().describe('persons looked at'), total: z.number().int().nullable() }).optional(),
});

const planSpec = useCase({
  action: 'juki-net.municipality-change.plan',
  kind: 'command',
  summary: 'Plans a merger, a division, another name or wards of municipalities (市町村合併等); a second officer approves it before its day',
  input: z.strictObject({
    kind: z.enum(CHANGE_KINDS), former: z.array(former).min(1).max(50), newCode: municipality, newName: name, effectiveOn: z.iso.date(),
    townCodes: z.array(townCode).max(5_000).default([]).describe('towns that pass, of a division; none: the whole'),
  }),
  output: changeView,
  refusals: refusals(jukiNetProblems, 'MUNICIPALITY_CHANGE_CODES', 'MUNICIPALITY_CHANGE_MEETS', 'OPERATOR_NOT_ASSERTED', 'TERM'),
});

export class PlanChange implements UseCase<typeof planSpec> {
  readonly spec = planSpec;
  constructor(private readonly changes: MunicipalityChangeStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof planSpec>): Promise<OutputOf<typeof planSpec>> {
    const change: MunicipalityChange = {
      ...input, changeId: uuidv7(), effectiveOn: toLocalDate(input.effectiveOn), townCodes: [...new Set(input.townCodes)], state: 'PLANNED', plannedBy: officerOf(ctx),
    };
    const others = await this.changes.lockNaming(ctx.db, [...change.former.map(({ code }) => code), change.newCode]);
    const fault = planFault(change, others, localDateInJapan(ctx.now));
    if (fault !== undefined) throw jukiNetProblems.refuse(fault);
    await this.changes.add(ctx.db, change, ctx.now);
    ctx.audit({ object: `municipality-change:${change.changeId}`, facts: { kind: change.kind, newCode: change.newCode, effectiveOn: change.effectiveOn } });
    return viewOf(ctx, change);
  }
}

const byId = z.strictObject({ changeId: z.uuid() });

function stepSpec(action: string, summary: string) {
  return useCase({
    action, kind: 'command', summary, input: byId, output: changeView,
    refusals: [...refusals(jukiNetProblems, 'MUNICIPALITY_CHANGE_STATE', 'OPERATOR_NOT_ASSERTED', 'SAME_OFFICER', 'TERM'), ...refusals(platformProblems, 'NOT_FOUND')],
  });
}

const STEPS = {
  APPROVE: stepSpec('juki-net.municipality-change.approve', 'Approves a planned change before its day; the officer must be another than the one who planned it'),
  WITHDRAW: stepSpec('juki-net.municipality-change.withdraw', 'Withdraws a change before its day'),
} as const;

export class StepChange implements UseCase<ReturnType<typeof stepSpec>> {
  readonly spec: ReturnType<typeof stepSpec>;
  constructor(
    private readonly changes: MunicipalityChangeStore,
    private readonly step: keyof typeof STEPS,
  ) {
    this.spec = STEPS[step];
  }

  async execute(ctx: Ctx, { changeId }: z.output<typeof byId>): Promise<z.input<typeof changeView>> {
    const change = await this.changes.lock(ctx.db, changeId);
    if (change === undefined) throw platformProblems.refuse('NOT_FOUND');
    const officer = officerOf(ctx);
    const outcome = stepChange(change, this.step, { today: localDateInJapan(ctx.now), officer });
    if ('refusal' in outcome) throw jukiNetProblems.refuse(outcome.refusal, { facts: { state: change.state } });
    const approval = this.step === 'APPROVE' ? { approvedBy: officer } : {};
    await this.changes.setState(ctx.db, changeId, { state: outcome.state, ...approval }, ctx.now);
    ctx.audit({ object: `municipality-change:${changeId}`, facts: { from: change.state, to: outcome.state } });
    return viewOf(ctx, { ...change, state: outcome.state, ...approval });
  }
}

const getSpec = useCase({
  action: 'juki-net.municipality-change.get', kind: 'question', summary: 'A change of municipalities and how far it is',
  input: byId, output: changeView, refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export class GetChange implements UseCase<typeof getSpec> {
  readonly spec = getSpec;
  constructor(private readonly changes: MunicipalityChangeStore) {}

  async execute(ctx: Ctx, { changeId }: InputOf<typeof getSpec>): Promise<OutputOf<typeof getSpec>> {
    const change = await this.changes.find(ctx.db, changeId);
    if (change === undefined) throw platformProblems.refuse('NOT_FOUND');
    ctx.audit({ object: `municipality-change:${changeId}` });
    return viewOf(ctx, change);
  }
}

const listSpec = useCase({
  action: 'juki-net.municipality-change.list', kind: 'question', summary: 'Changes of municipalities, the newest first',
  input: z.strictObject({ before: z.uuid().optional(), limit: z.coerce.number().int().min(1).max(200).default(100) }),
  output: z.object({ items: z.array(changeView), next: z.uuid().optional() }), refusals: [],
});

export class ListChanges implements UseCase<typeof listSpec> {
  readonly spec = listSpec;
  constructor(private readonly changes: MunicipalityChangeStore) {}

  async execute(ctx: Ctx, { before, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const changes = await this.changes.list(ctx.db, { before, limit });
    const last = changes.at(-1);
    const items = await Promise.all(changes.map((change) => viewOf(ctx, change)));
    return { items, ...(changes.length === limit && last !== undefined ? { next: last.changeId } : {}) };
  }
}

/** Two officers cannot be told apart without their names. */
function officerOf(ctx: Ctx): string {
  if (ctx.actor.operator === undefined) throw jukiNetProblems.refuse('OPERATOR_NOT_ASSERTED');
  return ctx.actor.operator;
}

async function viewOf(ctx: Ctx, { jobId, approvedBy, former: places, townCodes, ...change }: StoredChange): Promise<z.input<typeof changeView>> {
  const job = jobId === undefined ? undefined : await findJob(ctx.db, jobId);
  return {
    ...change, former: [...places], townCodes: [...townCodes], ...(approvedBy === undefined ? {} : { approvedBy }),
    ...(job === undefined ? {} : { progress: { jobId: job.id, jobState: job.state, done: job.done, total: job.total } }),
  };
}
