import { z } from 'zod';
import { platformProblems, refusals, requireJurisdiction, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { municipalityCode } from '../municipal-server/register-municipality.js';
import type { MaintenanceStore } from './maintenance.store.js';

const spec = useCase({
  action: 'issuing-centre.maintenance.plan',
  kind: 'command',
  summary: 'Closes the service of a municipality, or of the centre where none is named, from one instant to another',
  input: z.strictObject({ municipalityCode: municipalityCode.optional(), fromAt: z.iso.datetime(), untilAt: z.iso.datetime() })
    .refine(({ fromAt, untilAt }) => Date.parse(fromAt) < Date.parse(untilAt), { path: ['untilAt'], params: { code: 'ORDER' } }),
  output: z.object({ id: z.uuid() }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

/** CARD-4.15. */
export class PlanMaintenance implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly maintenances: MaintenanceStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    if (input.municipalityCode !== undefined) requireJurisdiction(ctx, input.municipalityCode);
    else if (ctx.permission.scope !== 'nation') throw platformProblems.refuse('OUT_OF_JURISDICTION');
    const id = uuidv7();
    await this.maintenances.add(ctx.db, { id, municipalityCode: input.municipalityCode ?? null, fromAt: new Date(input.fromAt), untilAt: new Date(input.untilAt) });
    ctx.audit({ object: `maintenance:${id}`, facts: { fromAt: input.fromAt, untilAt: input.untilAt } });
    return { id };
  }
}
