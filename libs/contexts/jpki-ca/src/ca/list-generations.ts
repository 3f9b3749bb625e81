import { z } from 'zod';
import { compareDates, localDateInJapan } from '#kernel';
import { daily, log, useCase, type Ctx, type Db, type InputOf, type OutputOf, type Schedule, type UseCase } from '#platform';
import { CA_IDS, serialHex } from './ca.js';
import type { CaGenerationRow, CaStore } from './ca.store.js';
import { GENERATION_STATES, lastIssuing, nextCeremonyBy } from './generation.js';

const spec = useCase({
  action: 'jpki-ca.generation.list',
  kind: 'question',
  summary: 'Key generations of an authority, the oldest first, with the days by which their successors are due',
  input: z.strictObject({ caId: z.enum(CA_IDS) }),
  output: z.object({
    generations: z.array(z.object({
      generation: z.number().int(), state: z.enum(GENERATION_STATES), isReported: z.boolean(), keyChecksum: z.string().optional(), serial: z.string().optional(),
      notBefore: z.iso.datetime().optional(), notAfter: z.iso.datetime().optional(), activateAt: z.iso.datetime().optional(), activatedAt: z.iso.datetime().optional(),
      lastIssuing: z.iso.datetime().optional(), nextCeremonyBy: z.iso.date().optional(),
    })),
    isCeremonyOverdue: z.boolean(),
  }),
  refusals: [],
});

/** JPKI 4.11: when the next key is due. */
export class ListGenerations implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly cas: CaStore) {}

  async execute(ctx: Ctx, { caId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const rows = await this.cas.generations(ctx.db, caId);
    ctx.audit({ object: `ca:${caId}` });
    return { generations: rows.map(viewOf), isCeremonyOverdue: isOverdue(rows, ctx.now) };
  }
}

function viewOf(row: CaGenerationRow) {
  const { generation, state, serial, not_after: notAfter } = row;
  return {
    generation, state, isReported: row.reported_by !== null, keyChecksum: row.key_checksum ?? undefined, serial: serial === null ? undefined : serialHex(serial),
    notBefore: row.not_before?.toISOString(), notAfter: notAfter?.toISOString(), activateAt: row.activate_at?.toISOString(), activatedAt: row.activated_at?.toISOString(),
    ...(notAfter === null ? {} : { lastIssuing: lastIssuing(notAfter).toISOString(), nextCeremonyBy: nextCeremonyBy(notAfter) }),
  };
}

/** Whether the generation that issues should have a certified successor by now, or none issues at all. */
function isOverdue(rows: readonly CaGenerationRow[], now: Date): boolean {
  const active = rows.find(({ state }) => state === 'ACTIVE');
  if (active?.not_after == null) return true;
  return compareDates(localDateInJapan(now), nextCeremonyBy(active.not_after)) > 0 && !rows.some(({ state }) => state === 'CERTIFIED');
}

/** Every day on which a ceremony is overdue: somebody has to act before the authority must stop issuing (JPKI 4.11). */
export function generationAlarm(cas: CaStore): Schedule {
  const overdue = async (db: Db, now: Date): Promise<string[]> => {
    const found: string[] = [];
    for (const ca of CA_IDS) if (isOverdue(await cas.generations(db, ca), now)) found.push(ca);
    return found;
  };
  const alarm = daily('ca-key-plan', async (ctx) => {
    for (const ca of await overdue(ctx.db, ctx.now)) {
      log.error(`alarm: the ceremony for the next key of authority ${ca} is overdue`, { action: 'jpki-ca.key-plan', code: 'CEREMONY_OVERDUE' });
      ctx.audit({ object: `ca:${ca}`, facts: { alarm: 'CEREMONY_OVERDUE' } });
    }
  });
  return { ...alarm, hasWork: async (ctx) => (await overdue(ctx.db, ctx.now)).length > 0 };
}
