import { z } from 'zod';
import { residentKey } from '#contracts/municipal-issuer';
import { nextOf, pageLimit, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { municipalityCode } from '../municipal-server/register-municipality.js';
import type { DomicileRegistrationStore } from './domicile-registration.store.js';

const listSpec = useCase({
  action: 'issuing-centre.domicile-registration.list',
  kind: 'question',
  summary: 'Registrations that wait for the municipality of the domicile',
  input: z.strictObject({ municipalityCode, after: z.uuid().optional(), limit: pageLimit }),
  output: z.object({
    items: z.array(z.object({ id: z.uuid(), requestedAt: z.iso.datetime(), name: z.string(), domicile: z.string(), head: z.string() })),
    next: z.string().optional(),
  }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

export class ListRegistrations implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly registrations: DomicileRegistrationStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    requireJurisdiction(ctx, input.municipalityCode);
    const rows = await this.registrations.waiting(ctx.db, input.municipalityCode, input.after, input.limit);
    ctx.audit({ object: `domicile-registrations:${input.municipalityCode}`, facts: { items: rows.length } });
    const items = rows.map(({ id, requestedAt, statement }) => ({ id, requestedAt: requestedAt.toISOString(), ...statement }));
    return { items, ...nextOf(rows, input.limit, ({ id }) => id) };
  }
}

const decideSpec = useCase({
  action: 'issuing-centre.domicile-registration.decide',
  kind: 'command',
  summary: 'The municipality of the domicile approves a registration with its key of the resident, or rejects it without one',
  input: z.strictObject({ id: z.uuid(), municipalityCode, residentKey: residentKey.optional() }),
  output: z.object({ state: z.enum(['APPROVED', 'REJECTED']) }),
  refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

/** CARD-2: 本籍地利用登録. */
export class DecideRegistration implements UseCase<typeof decideSpec> {
  readonly spec = decideSpec;

  constructor(private readonly registrations: DomicileRegistrationStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof decideSpec>): Promise<OutputOf<typeof decideSpec>> {
    requireJurisdiction(ctx, input.municipalityCode);
    if (!(await this.registrations.decide(ctx.db, { ...input, residentKey: input.residentKey }, ctx.now))) throw platformProblems.refuse('NOT_FOUND');
    const state = input.residentKey === undefined ? 'REJECTED' : 'APPROVED';
    ctx.audit({ object: `domicile-registration:${input.id}`, facts: { state } });
    return { state };
  }
}
