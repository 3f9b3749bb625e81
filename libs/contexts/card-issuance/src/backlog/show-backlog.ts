import { addDays, localDateInJapan, type LocalDate } from '#kernel';
import { STAGES as NAMES } from '#contracts/card-issuance';
import { found, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { isApplicationId } from '../application/application-id.js';
import { NATION, STAGE_NAMES, daysToClear, forecastDays, leadDays, makerStock, municipalStock, perDay, type Figures } from './backlog.js';
import type { BacklogStore } from './backlog.store.js';
import { dayCapacity, pickupHours, type CounterPlan } from './counter-plan.js';
import { periodOf } from './pickup.js';
import type { BacklogStores } from './watch-backlog.js';

const PACE_DAYS = 7;
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const municipalityCode = z.string().regex(/^\d{6}$/);
const perDayView = z.number().nullable();

const spec = useCase({
  action: 'card-issuance.backlog.show', kind: 'question', summary: 'What is under way for a municipality, stage by stage with ages in days, at the last full hour or an earlier one; 000000 is the nation',
  input: z.strictObject({ municipalityCode, at: z.iso.datetime({ offset: true }).optional() }),
  output: z.object({
    municipalityCode, at: z.iso.datetime(), counters: z.record(z.string(), z.number().int()), makerStock: z.number().int(), municipalStock: z.number().int(),
    stages: z.array(z.object({ stage: z.enum(NAMES), stock: z.number().int(), p50: z.number().int(), p95: z.number().int(), oldest: z.number().int(), outPerDay: perDayView, leadDays: z.number().nullable() })),
    capacityPerDay: z.number().nullable(), noticeBudget: z.number().int().nullable(), daysToClear: z.number().nullable().describe('null: never, at the present pace'),
    alarms: z.array(z.object({ subject: z.string(), level: z.string(), since: z.iso.datetime() })),
  }),
  refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

/** The pipeline of a municipality (CARD-4.11, CARD-8: town halls could not see how many cards were on the way). */
export class ShowBacklog implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly stores: BacklogStores) {}

  async execute(ctx: Ctx, { municipalityCode: code, at }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    if (code !== NATION) requireJurisdiction(ctx, code);
    const { backlog, pickups } = this.stores;
    const present = found(await backlog.figuresAt(ctx.db, code, at === undefined ? ctx.now : new Date(at)));
    const { figures } = present;
    const pace = await paceOf(ctx, backlog, { code, ...present });
    const plan = await pickups.plan(ctx.db, code);
    const clear = daysToClear(municipalStock(figures), { out: pace?.HANDOVER ?? 0, in: pace?.SHIP ?? 0 });
    return {
      municipalityCode: code, at: present.at.toISOString(), counters: figures.counters, makerStock: makerStock(figures), municipalStock: municipalStock(figures),
      stages: STAGE_NAMES.map((stage) => ({ stage, ...figures.stages[stage], outPerDay: pace?.[stage] ?? null, leadDays: leadDays(figures.stages[stage].stock, pace?.[stage] ?? 0) ?? null })),
      capacityPerDay: plan === undefined ? null : dayCapacity(plan), noticeBudget: plan === undefined ? null : await pickups.free(ctx.db, periodOf(code, plan, localDateInJapan(ctx.now))),
      daysToClear: Number.isFinite(clear) ? clear : null,
      alarms: (await backlog.alarms(ctx.db, code)).map(({ subject, level, changedAt }) => ({ subject, level, since: changedAt.toISOString() })),
    };
  }
}

/** Entries a day after each stage in the last week; undefined before there is a week. */
async function paceOf(ctx: Ctx, backlog: BacklogStore, { code, at, figures }: { readonly code: string; readonly at: Date; readonly figures: Figures }): Promise<ReturnType<typeof perDay> | undefined> {
  const earlier = await backlog.figuresAt(ctx.db, code, new Date(at.getTime() - PACE_DAYS * 86_400_000));
  return earlier === undefined ? undefined : perDay(earlier.figures, figures, (at.getTime() - earlier.at.getTime()) / 86_400_000);
}

/** The day on which a card will probably be handed over; undefined where the way stands still or waits for the applicant. */
export async function forecastOf(ctx: Ctx, backlog: BacklogStore, applicationId: string): Promise<LocalDate | undefined> {
  const standing = await backlog.standing(ctx.db, applicationId);
  const present = standing === undefined ? undefined : await backlog.figuresAt(ctx.db, standing.municipalityCode, ctx.now);
  if (standing === undefined || present === undefined) return undefined;
  const days = forecastDays(standing, present.figures.stages, (await paceOf(ctx, backlog, { code: standing.municipalityCode, ...present })) ?? {});
  return days === undefined ? undefined : addDays(localDateInJapan(ctx.now), days);
}

const forecastSpec = useCase({
  action: 'card-issuance.backlog.forecast', kind: 'question', summary: 'The stage of an application or its card, and the day on which it will probably be handed over',
  input: z.strictObject({ applicationId: z.string().refine(isApplicationId, { params: { code: 'BAD_ID' } }) }),
  output: z.object({ applicationId: z.string(), stage: z.enum(NAMES), ahead: z.number().int(), forecast: z.iso.date().nullable() }), refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

/** For counter and call centre (CARD-8). */
export class ShowForecast implements UseCase<typeof forecastSpec> {
  readonly spec = forecastSpec;

  constructor(private readonly backlog: BacklogStore) {}

  async execute(ctx: Ctx, { applicationId }: InputOf<typeof forecastSpec>): Promise<OutputOf<typeof forecastSpec>> {
    const { municipalityCode: code, personKey, stage, ahead } = found(await this.backlog.standing(ctx.db, applicationId));
    requireJurisdiction(ctx, code);
    ctx.audit({ object: `application:${applicationId}`, subjects: [personKey] });
    return { applicationId, stage, ahead, forecast: (await forecastOf(ctx, this.backlog, applicationId)) ?? null };
  }
}

const planSpec = useCase({
  action: 'card-issuance.counter-plan.set', kind: 'command', summary: 'A municipality states its counters: from now on invitations never exceed what they can serve',
  input: z.strictObject({
    municipalityCode, terminals: z.int().min(1).max(500), opens: time, closes: time, minutesPerHandover: z.int().min(5).max(120), availability: z.number().min(0.1).max(1).multipleOf(0.01),
    connectionLimit: z.int().min(1).max(500).default(42), pickupDays: z.int().min(1).max(60).default(20),
  }).refine(({ opens, closes }) => opens < closes, { params: { code: 'TERM' }, path: ['closes'] }),
  output: z.object({ municipalityCode, capacityPerDay: z.number() }), refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

/** The counters of CARD-4.11. */
export class SetCounterPlan implements UseCase<typeof planSpec> {
  readonly spec = planSpec;

  constructor(private readonly stores: BacklogStores) {}

  async execute(ctx: Ctx, { municipalityCode: code, ...plan }: InputOf<typeof planSpec>): Promise<OutputOf<typeof planSpec>> {
    requireJurisdiction(ctx, code);
    const stated: CounterPlan = plan;
    await this.stores.pickups.setPlan(ctx.db, code, { ...stated, places: pickupHours(stated).places, now: ctx.now });
    ctx.audit({ object: `counter-plan:${code}`, facts: { terminals: plan.terminals } });
    return { municipalityCode: code, capacityPerDay: dayCapacity(stated) };
  }
}
