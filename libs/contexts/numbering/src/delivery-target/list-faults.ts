import { z } from 'zod';
import { afterLine } from '#contracts/numbering';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { permittedSet, type DeliveryTargetStore } from './delivery-target.store.js';

/** Faults that one row can have at most: one a column. A page ends with a whole row. */
const PER_ROW = 9;

const spec = useCase({
  action: 'numbering.delivery-target-set.list-faults',
  kind: 'question',
  summary: 'Rows of a delivery target set that were not taken: line, column and code, never the content',
  input: z.object({ setId: z.uuid(), after: afterLine.default(0), limit: z.coerce.number().int().min(PER_ROW).max(10_000).default(1_000) }),
  output: z.object({
    faults: z.array(z.object({ line: z.number().int().describe('row of the file, the header is 1'), column: z.string(), code: z.string() })),
    next: z.number().int().optional(),
  }),
  refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

export class ListTargetFaults implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly targets: DeliveryTargetStore) {}

  async execute(ctx: Ctx, { setId, after, limit }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    permittedSet(ctx, await this.targets.find(ctx.db, setId));
    const found = await this.targets.faults(ctx.db, setId, { after, limit: limit + 1 });
    const cut = found[limit]?.position;
    const page = cut === undefined ? found : found.filter(({ position }) => position < cut);
    const last = page.at(-1);
    return {
      faults: page.map(({ position, field, code }) => ({ line: position, column: field, code })),
      ...(cut === undefined || last === undefined ? {} : { next: last.position }),
    };
  }
}
