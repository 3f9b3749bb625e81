import { createHash } from 'node:crypto';
import { z } from 'zod';
import { bridgeCaProblems } from '#contracts/bridge-ca';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase, type UseCaseSpec } from '#platform';
import type { AuthorityRow, GenerationRow } from './authority.store.js';
import { byAuthority, digest, generationView, paperRef, typedDigest, viewOfGeneration } from './authority-view.js';
import { anotherOfficer, namedOfficer, type Generations } from './generations.js';

const byGeneration = byAuthority.extend({ generation: z.coerce.number().int().min(1).max(1_000) });
const known = [...refusals(bridgeCaProblems, 'NOT_IN_STATE', 'OPERATOR_NOT_ASSERTED', 'SAME_OFFICER'), ...refusals(platformProblems, 'NOT_FOUND', 'UNAVAILABLE')];

const planSpec = useCase({
  action: 'bridge-ca.generation.plan', kind: 'command', summary: 'Plans the next key of an own authority, by the minutes of its ceremony',
  input: byAuthority.extend({ activateAt: z.iso.datetime().transform((text) => new Date(text)), ceremonyRef: paperRef }), output: generationView,
  refusals: [...refusals(bridgeCaProblems, 'GENERATION_PLANNED', 'NOT_OURS', 'OPERATOR_NOT_ASSERTED'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** JPKI 3.1: -> PLANNED. */
export class PlanGeneration implements UseCase<typeof planSpec> {
  readonly spec = planSpec;

  constructor(private readonly generations: Generations) {}

  async execute(ctx: Ctx, { authorityId, ...planned }: InputOf<typeof planSpec>): Promise<OutputOf<typeof planSpec>> {
    namedOfficer(ctx);
    const authority = await this.generations.lock(ctx, authorityId);
    if (authority.kind === 'EXTERNAL') throw bridgeCaProblems.refuse('NOT_OURS');
    return viewOfGeneration(await this.generations.plan(ctx, authority, planned));
  }
}

const certifySpec = useCase({
  action: 'bridge-ca.generation.certify', kind: 'command', summary: 'Another officer makes the planned key, its root and its link certificates, which are public from now on',
  input: byGeneration, output: generationView, refusals: known,
});

/** JPKI 3.1, 4.11: PLANNED -> KEY_GENERATED -> CERTIFIED. */
export class CertifyGeneration implements UseCase<typeof certifySpec> {
  readonly spec = certifySpec;

  constructor(private readonly generations: Generations) {}

  async execute(ctx: Ctx, { authorityId, generation }: InputOf<typeof certifySpec>): Promise<OutputOf<typeof certifySpec>> {
    const authority = await this.generations.lock(ctx, authorityId);
    const row = await this.generations.generation(ctx, authorityId, generation);
    anotherOfficer(ctx, row.plannedBy);
    if (row.state !== 'PLANNED') throw bridgeCaProblems.refuse('NOT_IN_STATE', { facts: { state: row.state } });
    return viewOfGeneration(await this.generations.certify(ctx, authority, row));
  }
}

const activateSpec = useCase({
  action: 'bridge-ca.generation.activate', kind: 'command', summary: 'A third officer types the digest of the root as it was read aloud: the key begins to issue, the former one ends to',
  input: byGeneration.extend({ fingerprint: digest }), output: generationView,
  refusals: [...known, ...refusals(bridgeCaProblems, 'ACTIVATION_TOO_EARLY', 'FINGERPRINT_DIFFERS')],
});

/** JPKI 3.1, 3.2: CERTIFIED -> ACTIVE. */
export class ActivateGeneration implements UseCase<typeof activateSpec> {
  readonly spec = activateSpec;

  constructor(private readonly generations: Generations) {}

  async execute(ctx: Ctx, { authorityId, generation, fingerprint }: InputOf<typeof activateSpec>): Promise<OutputOf<typeof activateSpec>> {
    await this.generations.lock(ctx, authorityId);
    const row = await this.generations.generation(ctx, authorityId, generation);
    anotherOfficer(ctx, row.plannedBy, row.certifiedBy);
    // An external authority's certificate is public once it was confirmed.
    const isNew = row.keyId === null && row.state === 'KEY_GENERATED';
    if ((row.state !== 'CERTIFIED' && !isNew) || row.reportedBy !== null) throw bridgeCaProblems.refuse('NOT_IN_STATE', { facts: { state: row.state } });
    if (row.activateAt === null || ctx.now < row.activateAt) throw bridgeCaProblems.refuse('ACTIVATION_TOO_EARLY', { facts: { activateAt: row.activateAt?.toISOString() ?? '' } });
    if (typedDigest(fingerprint) !== createHash('sha256').update(row.certificate ?? '').digest('hex')) throw bridgeCaProblems.refuse('FINGERPRINT_DIFFERS');
    return viewOfGeneration(await this.generations.activate(ctx, isNew ? await this.generations.move(ctx, row, 'CERTIFIED') : row));
  }
}

type StepSpec = UseCaseSpec<'command', typeof byGeneration, typeof generationView>;

export const stepSpec = (verb: string, summary: string, ...codes: readonly (keyof typeof bridgeCaProblems.definitions)[]): StepSpec =>
  useCase({ action: `bridge-ca.generation.${verb}`, kind: 'command', summary, input: byGeneration, output: generationView, refusals: [...known, ...refusals(bridgeCaProblems, ...codes)] });

/** A step of one generation that is taken under the lock of its authority. */
export interface GenerationStep {
  readonly spec: StepSpec;
  readonly take: (ctx: Ctx, row: GenerationRow, authority: AuthorityRow) => Promise<GenerationRow>;
}

export class StepGeneration implements UseCase<StepSpec> {
  readonly spec: StepSpec;

  constructor(
    private readonly generations: Generations,
    private readonly step: GenerationStep,
  ) {
    this.spec = step.spec;
  }

  async execute(ctx: Ctx, { authorityId, generation }: InputOf<StepSpec>): Promise<OutputOf<StepSpec>> {
    const authority = await this.generations.lock(ctx, authorityId);
    return viewOfGeneration(await this.step.take(ctx, await this.generations.generation(ctx, authorityId, generation), authority));
  }
}
