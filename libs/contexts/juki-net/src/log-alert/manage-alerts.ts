import { jukiNetProblems } from '#contracts/juki-net';
import { characterFault } from '#kernel';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { ALERT_KINDS, ALERT_STATES, stepAlert, type AlertStep } from './log-alert.js';
import type { LogAlertStore, StoredAlert } from './log-alert.store.js';

const view = z.object({
  alertId: z.uuid(), day: z.string(), kind: z.enum(ALERT_KINDS), organisation: z.string(), client: z.string(), officer: z.string(), aboutPerson: z.boolean(),
  asked: z.number().int(), mean: z.number().optional().describe('own daily mean before'), state: z.enum(ALERT_STATES), note: z.string().optional(),
});

function viewOf({ alertId, day, kind, organisation, client, officer, personKey, asked, mean, state, note }: StoredAlert): z.input<typeof view> {
  return { alertId, day, kind, organisation, client, officer, aboutPerson: personKey !== null, asked, state, ...(mean === null ? {} : { mean }), ...(note === null ? {} : { note }) };
}

function audit(ctx: Ctx, object: string, alerts: readonly StoredAlert[]): void {
  ctx.audit({ object, subjects: alerts.flatMap(({ personKey }) => (personKey === null ? [] : [personKey])), facts: { alerts: alerts.length } });
}

const listSpec = useCase({
  action: 'juki-net.log-alert.list', kind: 'question', summary: 'Alerts that the operation log gave: of all organisations for the operator, of its own for an organisation',
  input: z.strictObject({ state: z.enum(ALERT_STATES).optional(), after: z.uuid().optional(), limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
  output: z.object({ items: z.array(view), next: z.uuid().optional() }), refusals: [],
});

export class ListLogAlerts implements UseCase<typeof listSpec> {
  readonly spec = listSpec;
  constructor(private readonly alerts: LogAlertStore) {}

  async execute(ctx: Ctx, { state, after, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const organisation = ctx.permission.scope === 'nation' ? undefined : ctx.actor.organisation;
    const found = await this.alerts.list(ctx.db, { organisation, state, after, limit: limit + 1 });
    const shown = found.slice(0, limit);
    audit(ctx, 'log-alerts', shown);
    const last = found.length > limit ? shown.at(-1) : undefined;
    return { items: shown.map(viewOf), ...(last === undefined ? {} : { next: last.alertId }) };
  }
}

const note = z.string().trim().min(1).max(400).refine((text) => characterFault(text) === undefined, { params: { code: 'CHARACTER' } });

function stepSpec(verb: string, summary: string) {
  return useCase({
    action: `juki-net.log-alert.${verb}`, kind: 'command', summary, output: view,
    input: z.strictObject({ alertId: z.uuid(), note: note.describe('what was found; no names or codes') }),
    refusals: [...refusals(jukiNetProblems, 'ALERT_STATE', 'OPERATOR_NOT_ASSERTED', 'OWN_ALERT', 'SAME_OFFICER'), ...refusals(platformProblems, 'NOT_FOUND')],
  });
}

const STEPS = {
  EXPLAIN: stepSpec('explain', 'Finds that the inquiries behind an alert had their reason'),
  SUSPECT: stepSpec('suspect', 'Finds that the inquiries behind an alert were an abuse; another officer confirms it'),
  CONFIRM: stepSpec('confirm', 'Confirms an abuse that another officer found'),
} as const satisfies Record<AlertStep, unknown>;

/** The finding of an officer of the operator on an alert (JUKI-5.5). */
export class StepLogAlert implements UseCase<ReturnType<typeof stepSpec>> {
  readonly spec: ReturnType<typeof stepSpec>;
  constructor(
    private readonly alerts: LogAlertStore,
    private readonly step: AlertStep,
  ) {
    this.spec = STEPS[step];
  }

  async execute(ctx: Ctx, input: InputOf<ReturnType<typeof stepSpec>>): Promise<OutputOf<ReturnType<typeof stepSpec>>> {
    const officer = officerOf(ctx);
    const alert = await this.alerts.lock(ctx.db, input.alertId);
    if (alert === undefined) throw platformProblems.refuse('NOT_FOUND');
    const outcome = stepAlert(alert, this.step, { officer, organisation: ctx.actor.organisation });
    if ('refusal' in outcome) throw jukiNetProblems.refuse(outcome.refusal, { facts: { state: alert.state } });
    const by = this.step === 'CONFIRM' ? { confirmedBy: officer } : { foundBy: officer };
    const found = { ...alert, ...by, state: outcome.state, note: input.note };
    await this.alerts.save(ctx.db, found, ctx.now);
    audit(ctx, `log-alert:${input.alertId}`, [found]);
    return viewOf(found);
  }
}

/** A finding is a named officer's. */
export function officerOf(ctx: Ctx): string {
  if (ctx.actor.operator === undefined) throw jukiNetProblems.refuse('OPERATOR_NOT_ASSERTED');
  return ctx.actor.operator;
}
