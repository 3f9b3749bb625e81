import { z } from 'zod';
import { REGISTRATION_STATES } from '#contracts/training';
import { found, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { isSatisfied } from '../statement/move-on.js';
import type { GetRegistrationParts } from './read-registrations.js';

const spec = useCase({
  action: 'training.progress.read',
  kind: 'question',
  summary: 'How far a registration is, without the person',
  input: z.object({ registrationId: z.uuid() }),
  output: z.object({
    registrationId: z.uuid(), courseCode: z.string(), fiscalYear: z.int(), bodyCode: z.string(), state: z.enum(REGISTRATION_STATES), isSatisfied: z.boolean(),
    units: z.array(z.object({ au: z.int(), completed: z.boolean(), passed: z.boolean(), waived: z.boolean(), satisfied: z.boolean(), score: z.number().optional() })),
  }),
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

/** gRPC `Progress.Get` (TRN-5): for neighbours that show what staff have learned. */
export class ReadProgress implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly parts: GetRegistrationParts) {}

  async execute(ctx: Ctx, { registrationId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { registrations, progress, packages } = this.parts;
    const { packageId, courseCode, fiscalYear, bodyCode, state, satisfied } = found(await registrations.find(ctx.db, registrationId));
    const { units } = packageId === null ? { units: [] } : await packages.structure(ctx.db, packageId);
    const of = await progress.of(ctx.db, registrationId);
    ctx.audit({ object: `registration:${registrationId}` });
    return {
      registrationId, courseCode, fiscalYear, bodyCode, state, isSatisfied: satisfied.includes('course'),
      units: units.map(({ moveOn }, au) => {
        const { completed, passed, waived, score } = of(au);
        return { au, completed, passed, waived, satisfied: isSatisfied(moveOn, { completed, passed, waived }), ...(score === null ? {} : { score }) };
      }),
    };
  }
}
