import { z } from 'zod';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { permittedSet, type DeliveryTargetStore } from './delivery-target.store.js';

const count = z.number().int().nullable();

const spec = useCase({
  action: 'numbering.delivery-target-set.read',
  kind: 'question',
  summary: 'State and counts of a delivery target set',
  input: z.object({ setId: z.uuid() }),
  output: z.object({
    setId: z.uuid(), municipalityCode: z.string(), baseDate: z.string(), state: z.string(), rows: count, households: count, persons: count,
    faults: count.describe('rows that were not taken'), sha256: z.string().nullable(), jobId: z.string().nullable(), receivedAt: z.string(), handedAt: z.string().nullable(),
    returned: z.number().int().describe('times an envelope came back'), settled: z.number().int().describe('people whose envelope needs nothing more'),
  }),
  refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

export class ReadDeliveryTargetSet implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly targets: DeliveryTargetStore) {}

  async execute(ctx: Ctx, { setId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const set = permittedSet(ctx, await this.targets.find(ctx.db, setId));
    const { state, rows, households, persons, faults, sha256, returned, settled } = set;
    return {
      setId, municipalityCode: set.municipality_code, baseDate: set.base_date, state, rows, households, persons, faults, sha256, returned, settled,
      jobId: set.job_id, receivedAt: set.received_at.toISOString(), handedAt: set.handed_at?.toISOString() ?? null,
    };
  }
}
