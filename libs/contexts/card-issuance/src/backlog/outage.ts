import { localDateInJapan } from '#kernel';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import { found, platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { watchEndsAfter } from './backlog.js';
import { overlapsOpening } from './counter-plan.js';
import { HOPS, OUTAGE_STATES, type Outage, type OutageState, type OutageStore } from './outage.store.js';
import type { PickupStore } from './pickup.store.js';

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const text = z.string().min(1).max(400).refine((given) => given === given.normalize('NFC'), { params: { code: 'NFC' } });
const answer = z.object({ outageId: z.uuid(), state: z.enum(OUTAGE_STATES) });

const enterSpec = useCase({
  action: 'card-issuance.outage.enter', kind: 'command',
  summary: 'Enters a planned stop of a hop into the calendar, or tells an incident; a planned stop within opening hours is refused unless the pick-ups are to be moved',
  input: z.strictObject({
    kind: z.enum(['PLANNED', 'INCIDENT']), hop: z.enum(HOPS), municipalityCodes: z.array(z.string().regex(/^\d{6}$/)).max(2_000).describe('those who are cut off; none means all'),
    startsAt: instant, endsAt: instant.optional(), textJa: text, textEn: text, movePickups: z.boolean().default(false),
  }).refine(({ kind, startsAt, endsAt }) => (endsAt === undefined ? kind === 'INCIDENT' : endsAt > startsAt && endsAt.getTime() - startsAt.getTime() <= 30 * 86_400_000), { path: ['endsAt'], params: { code: 'TERM' } }),
  output: answer, refusals: refusals(cardIssuanceProblems, 'OVERLAPS_OPENING_HOURS'),
});

/** The calendar of every hop (CARD-4.12 Q11), and the state page's entries (Q10). */
export class EnterOutage implements UseCase<typeof enterSpec> {
  readonly spec = enterSpec;

  constructor(
    private readonly outages: OutageStore,
    private readonly pickups: PickupStore,
  ) {}

  async execute(ctx: Ctx, { movePickups, endsAt, ...input }: InputOf<typeof enterSpec>): Promise<OutputOf<typeof enterSpec>> {
    if (input.kind === 'PLANNED' && endsAt !== undefined && !movePickups) {
      const hours = await this.pickups.openingHours(ctx.db, input.municipalityCodes);
      if (overlapsOpening({ startsAt: input.startsAt, endsAt }, hours)) throw cardIssuanceProblems.refuse('OVERLAPS_OPENING_HOURS', { facts: hours });
    }
    const outage: Outage = { ...input, outageId: uuidv7(), state: input.kind === 'PLANNED' ? 'PLANNED' : 'OPEN', endsAt: endsAt ?? null, enteredAt: ctx.now, fixedAt: null };
    await this.outages.add(ctx.db, outage);
    ctx.audit({ object: `outage:${outage.outageId}`, facts: { kind: outage.kind, hop: outage.hop } });
    return { outageId: outage.outageId, state: outage.state };
  }
}

/** A relapse opens an incident again, and its watch begins anew. */
const STEPS: Readonly<Record<OutageState, readonly OutageState[]>> = { PLANNED: ['CLOSED', 'CANCELLED'], OPEN: ['FIXED'], FIXED: ['OPEN', 'CLOSED'], CLOSED: [], CANCELLED: [] };

const stepSpec = useCase({
  action: 'card-issuance.outage.step', kind: 'command', summary: 'A planned stop is over or does not take place; an incident is repaired, comes back, or is closed after ten business days of watch without an alarm',
  input: z.strictObject({ outageId: z.uuid(), to: z.enum(['OPEN', 'FIXED', 'CLOSED', 'CANCELLED']) }),
  output: answer, refusals: [...refusals(cardIssuanceProblems, 'ALARMS_DURING_WATCH', 'BAD_STATE', 'WATCH_NOT_OVER'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** The governance gate of CARD-4.12 Q12: after "repaired" the alarms watch on, and nobody can close before. */
export class StepOutage implements UseCase<typeof stepSpec> {
  readonly spec = stepSpec;

  constructor(private readonly outages: OutageStore) {}

  async execute(ctx: Ctx, { outageId, to }: InputOf<typeof stepSpec>): Promise<OutputOf<typeof stepSpec>> {
    const outage = found(await this.outages.lock(ctx.db, outageId));
    if (!STEPS[outage.state].includes(to)) throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state: outage.state, to } });
    if (to === 'CLOSED' && outage.fixedAt !== null) await this.requireQuietWatch(ctx, outage.municipalityCodes, outage.fixedAt);
    await this.outages.moveTo(ctx.db, outageId, to, ctx.now);
    ctx.audit({ object: `outage:${outageId}`, facts: { state: to } });
    return { outageId, state: to };
  }

  private async requireQuietWatch(ctx: Ctx, municipalityCodes: readonly string[], fixedAt: Date): Promise<void> {
    const until = watchEndsAfter(localDateInJapan(fixedAt));
    if (localDateInJapan(ctx.now) <= until) throw cardIssuanceProblems.refuse('WATCH_NOT_OVER', { facts: { until } });
    const alarms = await this.outages.alarmsAfter(ctx.db, municipalityCodes, fixedAt);
    if (alarms > 0) throw cardIssuanceProblems.refuse('ALARMS_DURING_WATCH', { facts: { alarms } });
  }
}
