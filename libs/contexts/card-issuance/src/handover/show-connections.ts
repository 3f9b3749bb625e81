import { platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { ConnectionBudgetStore } from './connection-budget.store.js';
import type { ChipDoubtStore } from './chip-doubt.store.js';

const municipalityCode = z.string().regex(/^\d{6}$/);
const budget = z.object({ municipalityCode: z.string(), most: z.number().int(), inUse: z.number().int() });
const MOST = 10_000;

const showSpec = useCase({
  action: 'card-issuance.connection-budget.show',
  kind: 'question',
  summary: 'Hand-overs that a municipality has under way and may have at once, and the cards whose state is in doubt',
  input: z.strictObject({ municipalityCode }),
  output: budget.extend({ doubts: z.number().int(), oldestDoubt: z.iso.datetime().nullable() }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

/** CARD-4.12 Q5, Q6. */
export class ShowConnections implements UseCase<typeof showSpec> {
  readonly spec = showSpec;

  constructor(
    private readonly connections: ConnectionBudgetStore,
    private readonly doubts: ChipDoubtStore,
  ) {}

  async execute(ctx: Ctx, input: InputOf<typeof showSpec>): Promise<OutputOf<typeof showSpec>> {
    requireJurisdiction(ctx, input.municipalityCode);
    const { count, oldest } = await this.doubts.queue(ctx.db, input.municipalityCode);
    return { ...input, ...(await this.connections.show(ctx.db, input.municipalityCode)), doubts: count, oldestDoubt: oldest?.toISOString() ?? null };
  }
}

const setSpec = useCase({
  action: 'card-issuance.connection-budget.set',
  kind: 'command',
  summary: 'Sets how many hand-overs a municipality may have at once; those under way go on',
  input: z.strictObject({ municipalityCode, most: z.number().int().min(0).max(MOST) }),
  output: budget,
  refusals: [],
});

/** CARD-4.12 Q5: raised without a new release, as it could not be in 2016. */
export class SetConnections implements UseCase<typeof setSpec> {
  readonly spec = setSpec;

  constructor(private readonly connections: ConnectionBudgetStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof setSpec>): Promise<OutputOf<typeof setSpec>> {
    await this.connections.set(ctx.db, input.municipalityCode, input.most);
    ctx.audit({ object: `connection-budget:${input.municipalityCode}`, facts: { most: input.most } });
    return { municipalityCode: input.municipalityCode, ...(await this.connections.show(ctx.db, input.municipalityCode)) };
  }
}

const listSpec = useCase({
  action: 'card-issuance.chip-doubt.list',
  kind: 'question',
  summary: 'Cards of a municipality of which ledger and chip may disagree, the oldest first; each waits for a terminal that reads the card',
  input: z.strictObject({ municipalityCode, limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
  output: z.object({ items: z.array(z.object({ doubtId: z.uuid(), sessionId: z.uuid(), cardSerial: z.string(), openedAt: z.iso.datetime(), ageSeconds: z.number().int() })) }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

/** CARD-3.5, CARD-4.12 Q6. */
export class ListChipDoubts implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly doubts: ChipDoubtStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    requireJurisdiction(ctx, input.municipalityCode);
    const rows = await this.doubts.unresolved(ctx.db, input.municipalityCode, input.limit);
    return { items: rows.map(({ openedAt, ...row }) => ({ ...row, openedAt: openedAt.toISOString(), ageSeconds: Math.floor((ctx.now.getTime() - openedAt.getTime()) / 1_000) })) };
  }
}
