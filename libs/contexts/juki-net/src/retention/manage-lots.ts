import { jukiNetProblems } from '#contracts/juki-net';
import { localDateInJapan, toLocalDate } from '#kernel';
import { officerOf, platformProblems, queueJob, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type Schedule, type UseCase } from '#platform';
import { z } from 'zod';
import { PURGE_JOB } from './purge-lot.js';
import { approveLot, countedUntil, type Lot, LOT_KINDS, LOT_STATES, ruleOn } from './retention.js';
import type { RetentionStore } from './retention.store.js';

/** Once a month: a lot of each kind that has rows which were over by the end of the month before. */
export function drawRetentionLots(lots: RetentionStore): Schedule {
  return {
    name: 'retention.draw-lots',
    due: (last, now) => {
      const month = localDateInJapan(now).slice(0, 7);
      return last === month ? undefined : month;
    },
    run: async (ctx, month) => {
      const firstDay = toLocalDate(`${month}-01`);
      for (const kind of LOT_KINDS) {
        const rule = ruleOn(kind, firstDay);
        if (rule === undefined) continue;
        const lot = await lots.draw(ctx.db, { lotId: uuidv7(), kind, month, rule: rule.id, countedUntil: countedUntil(rule, firstDay) }, ctx.now);
        if (lot !== undefined) ctx.audit({ object: `retention-lot:${lot.lotId}`, facts: { kind, rule: rule.id, rows: lot.rows } });
      }
    },
  };
}

const MOST_LISTED = 200;
const byId = z.strictObject({ lotId: z.uuid() });
const lotView = z.object({
  lotId: z.uuid(), kind: z.enum(LOT_KINDS), month: z.string(), rule: z.string(),
  countedUntil: z.string().describe('rows counted from this day or an earlier one are over'), rows: z.number().int(),
  state: z.enum(LOT_STATES), officers: z.array(z.string()),
});

function viewOf(lot: Lot): z.input<typeof lotView> {
  return { ...lot, officers: [...lot.officers] };
}

const approveSpec = useCase({
  action: 'juki-net.retention-lot.approve', kind: 'command', summary: 'Approves that a lot is purged; the second officer, another person, starts the purge',
  input: byId, output: lotView,
  refusals: [...refusals(jukiNetProblems, 'RETENTION_RULE_CHANGED', 'RETENTION_STATE', 'SAME_OFFICER'), ...refusals(platformProblems, 'NOT_FOUND')],
});

export class ApproveLot implements UseCase<typeof approveSpec> {
  readonly spec = approveSpec;
  constructor(private readonly lots: RetentionStore) {}

  async execute(ctx: Ctx, { lotId }: InputOf<typeof approveSpec>): Promise<OutputOf<typeof approveSpec>> {
    const lot = await this.lots.lock(ctx.db, lotId);
    if (lot === undefined) throw platformProblems.refuse('NOT_FOUND');
    const officer = officerOf(ctx);
    const outcome = approveLot(lot, officer, localDateInJapan(ctx.now));
    if ('refusal' in outcome) throw jukiNetProblems.refuse(outcome.refusal, { facts: { state: lot.state } });
    const approved = { ...lot, ...outcome };
    await this.lots.approve(ctx.db, approved, officer, ctx.now);
    if (approved.state === 'APPROVED') await queueJob(ctx, PURGE_JOB, { lotId });
    ctx.audit({ object: `retention-lot:${lotId}`, facts: { from: lot.state, to: approved.state } });
    return viewOf(approved);
  }
}

const listSpec = useCase({
  action: 'juki-net.retention-lot.list', kind: 'question', summary: 'Lots of what has been kept long enough, the newest first',
  input: z.strictObject({}), output: z.object({ items: z.array(lotView) }), refusals: [],
});

export class ListLots implements UseCase<typeof listSpec> {
  readonly spec = listSpec;
  constructor(private readonly lots: RetentionStore) {}

  async execute(ctx: Ctx): Promise<OutputOf<typeof listSpec>> {
    return { items: (await this.lots.list(ctx.db, MOST_LISTED)).map(viewOf) };
  }
}

const getSpec = useCase({
  action: 'juki-net.retention-lot.get', kind: 'question', summary: 'A lot, with the certificate of its purge', input: byId,
  output: lotView.extend({ certificate: z.object({ rows: z.number().int(), sha256: z.string(), officers: z.array(z.string()), purgedAt: z.string() }).optional() }),
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export class GetLot implements UseCase<typeof getSpec> {
  readonly spec = getSpec;
  constructor(private readonly lots: RetentionStore) {}

  async execute(ctx: Ctx, { lotId }: InputOf<typeof getSpec>): Promise<OutputOf<typeof getSpec>> {
    const lot = await this.lots.find(ctx.db, lotId);
    if (lot === undefined) throw platformProblems.refuse('NOT_FOUND');
    const certificate = await this.lots.certificate(ctx.db, lotId);
    ctx.audit({ object: `retention-lot:${lotId}` });
    if (certificate === undefined) return viewOf(lot);
    return { ...viewOf(lot), certificate: { ...certificate, officers: [...certificate.officers], purgedAt: certificate.purgedAt.toISOString() } };
  }
}
