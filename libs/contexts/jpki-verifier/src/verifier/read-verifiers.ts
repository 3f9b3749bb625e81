import { z } from 'zod';
import { PROVISION_MODES, VERIFIER_STATES } from '#contracts/jpki-verifier';
import { nextOf, pageLimit, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { CA_OF_PURPOSE } from './verifier.js';
import { byId, detailOf, permittedVerifier, verifierDetail, verifierId, verifierView, viewOf } from './verifier-view.js';
import type { VerifierStore } from './verifier.store.js';

const found = refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION');

const listSpec = useCase({
  action: 'jpki-verifier.verifier.list',
  kind: 'question',
  summary: 'Verifiers, the newest first: all for the agency, its own for an organisation',
  input: z.strictObject({ state: z.enum(VERIFIER_STATES).optional(), before: verifierId.optional(), limit: pageLimit }),
  output: z.object({ items: z.array(verifierView), next: verifierId.optional() }),
  refusals: [],
});

export class ListVerifiers implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly verifiers: VerifierStore) {}

  async execute(ctx: Ctx, { state, before, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const organisation = ctx.permission.scope === 'nation' ? undefined : ctx.actor.organisation;
    const page = await this.verifiers.list(ctx.db, { organisation, state, before, limit });
    ctx.audit({ object: 'verifiers', facts: { verifiers: page.length } });
    return { items: page.map(viewOf), ...nextOf(page, limit, ({ id }) => id) };
  }
}

const getSpec = useCase({
  action: 'jpki-verifier.verifier.read',
  kind: 'question',
  summary: 'A verifier with its papers, contacts and confirmers',
  input: byId,
  output: verifierDetail,
  refusals: found,
});

export class GetVerifier implements UseCase<typeof getSpec> {
  readonly spec = getSpec;

  constructor(private readonly verifiers: VerifierStore) {}

  async execute(ctx: Ctx, { verifierId: id }: InputOf<typeof getSpec>): Promise<OutputOf<typeof getSpec>> {
    const verifier = permittedVerifier(ctx, await this.verifiers.find(ctx.db, id));
    ctx.audit({ object: `verifier:${id}` });
    return detailOf(verifier, await this.verifiers.confirmers(ctx.db, id));
  }
}

const grantsSpec = useCase({
  action: 'jpki-verifier.verifier.read-grants',
  kind: 'question',
  summary: 'The access that a verifier has now, by authority',
  input: byId,
  output: z.object({ grants: z.array(z.object({ ca: z.enum(['sign', 'auth']), modes: z.array(z.enum(PROVISION_MODES)), grantedAt: z.iso.datetime(), grantedBy: z.string() })) }),
  refusals: found,
});

export class ListVerifierGrants implements UseCase<typeof grantsSpec> {
  readonly spec = grantsSpec;

  constructor(private readonly verifiers: VerifierStore) {}

  async execute(ctx: Ctx, { verifierId: id }: InputOf<typeof grantsSpec>): Promise<OutputOf<typeof grantsSpec>> {
    const { state, purposes, modes, providedAt, providedBy } = permittedVerifier(ctx, await this.verifiers.find(ctx.db, id));
    ctx.audit({ object: `verifier:${id}` });
    if (state !== 'PRODUCTION' || providedAt === null || providedBy === null) return { grants: [] };
    const cas = purposes.map((purpose) => CA_OF_PURPOSE[purpose]).toSorted().toReversed();
    return { grants: cas.map((ca) => ({ ca, modes: [...modes], grantedAt: providedAt.toISOString(), grantedBy: providedBy })) };
  }
}
