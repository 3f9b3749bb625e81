import { z } from 'zod';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { NOTICE_KINDS } from './resident-change.js';
import type { ResidentChangeStore } from './resident-change.store.js';

const spec = useCase({
  action: 'jpki-ca.quarantined-notice.list',
  kind: 'question',
  summary: 'Notices of the register that contradict earlier ones, as a sign of life after a death; the oldest first',
  input: z.strictObject({ limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
  output: z.object({
    items: z.array(z.object({ personKey: z.uuid(), factVersion: z.number().int(), kind: z.enum(NOTICE_KINDS), factDate: z.iso.date(), municipalityCode: z.string(), arrivedAt: z.iso.datetime() })),
  }),
  refusals: [],
});

/** The work list of JPKI 7: what was told had its effect, the graver one first; whether it was right the municipality knows. */
export class ListQuarantined implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly notices: ResidentChangeStore) {}

  async execute(ctx: Ctx, { limit }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const items = await this.notices.quarantined(ctx.db, limit);
    ctx.audit({ object: 'quarantined-notices', subjects: [...new Set(items.map(({ personKey }) => personKey))] });
    return { items: items.map((item) => ({ ...item, arrivedAt: item.arrivedAt.toISOString() })) };
  }
}
