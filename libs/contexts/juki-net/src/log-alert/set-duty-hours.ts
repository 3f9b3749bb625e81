import { jukiNetProblems } from '#contracts/juki-net';
import { refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { DUTY_HOURS } from './log-alert.js';
import type { LogAlertStore } from './log-alert.store.js';
import { officerOf } from './manage-alerts.js';

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const hours = z.object({ organisation: z.string(), opens: z.string(), closes: z.string(), onClosedDays: z.boolean() });

const setSpec = useCase({
  action: 'juki-net.duty-hours.set', kind: 'command', summary: 'Sets when an organisation asks on duty, from the next count of its log on',
  input: z.strictObject({
    organisation: z.string().regex(/^[a-z0-9-]{1,40}$/), opens: clock, closes: clock, onClosedDays: z.boolean().describe('Saturdays, Sundays, holidays, end of the year too'),
  }).refine(({ opens, closes }) => opens < closes, { params: { code: 'TERM' }, path: ['closes'] }),
  output: hours, refusals: refusals(jukiNetProblems, 'OPERATOR_NOT_ASSERTED'),
});

export class SetDutyHours implements UseCase<typeof setSpec> {
  readonly spec = setSpec;
  constructor(private readonly alerts: LogAlertStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof setSpec>): Promise<OutputOf<typeof setSpec>> {
    await this.alerts.setHours(ctx.db, input, { officer: officerOf(ctx), at: ctx.now });
    ctx.audit({ object: `duty-hours:${input.organisation}`, facts: { opens: input.opens, closes: input.closes, onClosedDays: input.onClosedDays } });
    return input;
  }
}

const listSpec = useCase({
  action: 'juki-net.duty-hours.list', kind: 'question', summary: 'Duty hours of the organisations that have their own, and those of all others', input: z.strictObject({}),
  output: z.object({ usual: hours.omit({ organisation: true }), items: z.array(hours) }), refusals: [],
});

export class ListDutyHours implements UseCase<typeof listSpec> {
  readonly spec = listSpec;
  constructor(private readonly alerts: LogAlertStore) {}

  async execute(ctx: Ctx): Promise<OutputOf<typeof listSpec>> {
    return { usual: { ...DUTY_HOURS, onClosedDays: false }, items: await this.alerts.hours(ctx.db) };
  }
}
