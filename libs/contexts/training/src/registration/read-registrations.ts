import { z } from 'zod';
import { REGISTRATION_STATES } from '#contracts/training';
import { found, nextOf, pageLimit, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { bodyCode } from '../body/register-bodies.js';
import type { PackageStore } from '../package/package.store.js';
import type { ProgressStore } from '../statement/progress.store.js';
import { isSatisfied } from '../statement/move-on.js';
import { requireOwnBody } from './own-body.js';
import type { NamedRegistration, RegistrationStore } from './registration.store.js';

const time = z.string().nullable();
const registrationView = z.object({
  registrationId: z.uuid(), courseId: z.uuid(), bodyCode: z.string(), staffNo: z.string(), nameKanji: z.string(), nameKana: z.string(), mail: z.string(),
  state: z.enum(REGISTRATION_STATES), registeredAt: z.string(), startedAt: time, endedAt: time,
});

function viewOf({ id, courseId, bodyCode: code, learner, state, registeredAt, startedAt, endedAt }: NamedRegistration): z.input<typeof registrationView> {
  const told = (at: Date | null): string | null => at?.toISOString() ?? null;
  return { registrationId: id, courseId, bodyCode: code, ...learner, state, registeredAt: registeredAt.toISOString(), startedAt: told(startedAt), endedAt: told(endedAt) };
}

const listSpec = useCase({
  action: 'training.registration.list',
  kind: 'question',
  summary: 'Registrations of a body for a course, with the people',
  input: z.strictObject({ courseId: z.uuid(), bodyCode, after: z.uuid().optional(), limit: pageLimit }),
  output: z.object({ items: z.array(registrationView), next: z.string().optional() }),
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export class ListRegistrations implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly registrations: RegistrationStore) {}

  async execute(ctx: Ctx, { courseId, bodyCode: code, after, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    requireOwnBody(ctx, code);
    const items = await this.registrations.list(ctx.db, { courseId, bodyCode: code, after, limit });
    ctx.audit({ object: `elearning:${courseId}`, facts: { body: code, registrations: items.length } });
    return { items: items.map(viewOf), ...nextOf(items, limit, ({ id }) => id) };
  }
}

const getSpec = useCase({
  action: 'training.registration.read',
  kind: 'question',
  summary: 'A registration with the progress of its units',
  input: z.strictObject({ registrationId: z.uuid() }),
  output: registrationView.extend({
    units: z.array(z.object({ au: z.int(), title: z.string(), completed: z.boolean(), passed: z.boolean(), failed: z.boolean(), waived: z.boolean(), satisfied: z.boolean(), score: z.number().nullable() })),
    isSatisfied: z.boolean(),
  }),
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export interface GetRegistrationParts {
  readonly registrations: RegistrationStore;
  readonly progress: ProgressStore;
  readonly packages: PackageStore;
}

/** TRN-3.4. */
export class GetRegistration implements UseCase<typeof getSpec> {
  readonly spec = getSpec;

  constructor(private readonly parts: GetRegistrationParts) {}

  async execute(ctx: Ctx, { registrationId }: InputOf<typeof getSpec>): Promise<OutputOf<typeof getSpec>> {
    const { registrations, progress, packages } = this.parts;
    const { packageId, bodyCode: code, satisfied } = found(await registrations.find(ctx.db, registrationId));
    requireOwnBody(ctx, code);
    const { units } = packageId === null ? { units: [] } : await packages.structure(ctx.db, packageId);
    const of = await progress.of(ctx.db, registrationId);
    ctx.audit({ object: `registration:${registrationId}` });
    return {
      ...viewOf(found(await registrations.named(ctx.db, registrationId))),
      units: units.map(({ title, moveOn }, au) => {
        const { completed, passed, failed, waived, score } = of(au);
        return { au, title, completed, passed, failed, waived, satisfied: isSatisfied(moveOn, { completed, passed, waived }), score };
      }),
      isSatisfied: satisfied.includes('course'),
    };
  }
}
