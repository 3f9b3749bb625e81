import { jukiNetProblems } from '#contracts/juki-net';
import { localDateInJapan, toLocalDate } from '#kernel';
import { platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { CONSULTED, decideSupport, type SupportStep } from './support-measure.js';
import type { SupportMeasureStore } from './support-measure.store.js';
import { supportView, viewOfMeasure } from './support-view.js';
import { tellSupport } from './tell-support.js';

type View = z.input<typeof supportView>;

/** A step in the life of a measure, by the municipality that keeps it; whoever is protected or no longer so is told of in the same transaction. */
export class SupportSteps {
  constructor(private readonly measures: SupportMeasureStore) {}

  async take(ctx: Ctx, measureId: string, step: SupportStep): Promise<View> {
    const measure = await this.measures.lock(ctx.db, measureId);
    if (measure === undefined) throw platformProblems.refuse('NOT_FOUND');
    requireJurisdiction(ctx, measure.municipalityCode);
    const today = localDateInJapan(ctx.now);
    const stepped = decideSupport(measure, step, today);
    if ('refusal' in stepped) throw jukiNetProblems.refuse(stepped.refusal, { facts: { state: measure.state } });
    await this.measures.save(ctx.db, stepped, ctx.now);
    const personKeys = await this.measures.personsOf(ctx.db, measureId);
    if (measure.state === 'ACTIVE' || stepped.state === 'ACTIVE') await tellSupport(ctx, this.measures, personKeys);
    ctx.audit({ object: `support-measure:${measureId}`, subjects: personKeys, facts: { step: step.kind, from: measure.state, to: stepped.state } });
    return viewOfMeasure(stepped, today);
  }
}

function stepSpec<Shape extends z.ZodRawShape>(verb: string, summary: string, shape: Shape) {
  return useCase({
    action: `juki-net.support-measure.${verb}`, kind: 'command', summary, input: z.strictObject({ measureId: z.uuid(), ...shape }), output: supportView,
    refusals: [...refusals(jukiNetProblems, 'OPINION_MISSING', 'RENEWAL_TOO_EARLY', 'SUPPORT_STATE', 'TERM'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
  });
}

const consultSpec = stepSpec('consult', 'Asks an office for its opinion on the application', { consulted: z.enum(CONSULTED) });

export class ConsultOffice implements UseCase<typeof consultSpec> {
  readonly spec = consultSpec;
  constructor(private readonly steps: SupportSteps) {}

  async execute(ctx: Ctx, { measureId, consulted }: InputOf<typeof consultSpec>): Promise<View> {
    return this.steps.take(ctx, measureId, { kind: 'CONSULT', consulted });
  }
}

const opinionSpec = stepSpec('note-opinion', 'Notes the opinion of the office that was consulted', { necessary: z.boolean() });

export class NoteOpinion implements UseCase<typeof opinionSpec> {
  readonly spec = opinionSpec;
  constructor(private readonly steps: SupportSteps) {}

  async execute(ctx: Ctx, { measureId, necessary }: InputOf<typeof opinionSpec>): Promise<View> {
    return this.steps.take(ctx, measureId, { kind: 'OPINION', necessary });
  }
}

const decideSpec = stepSpec('decide', 'Grants or refuses the measure; granting needs the opinion', {
  granted: z.boolean(),
  notifiedOn: z.iso.date().optional().describe('day of the notification, today if left out'),
});

export class DecideSupportMeasure implements UseCase<typeof decideSpec> {
  readonly spec = decideSpec;
  constructor(private readonly steps: SupportSteps) {}

  async execute(ctx: Ctx, { measureId, granted, notifiedOn }: InputOf<typeof decideSpec>): Promise<View> {
    if (!granted) return this.steps.take(ctx, measureId, { kind: 'REFUSE' });
    return this.steps.take(ctx, measureId, { kind: 'GRANT', notifiedOn: notifiedOn === undefined ? localDateInJapan(ctx.now) : toLocalDate(notifiedOn) });
  }
}

const renewSpec = stepSpec('renew', 'Renews the measure for a year after its end; accepted from one month before, with the opinion of an office that it is necessary', {
  consulted: z.enum(CONSULTED), necessary: z.boolean().default(false).describe('what the opinion says; without it nothing is renewed'),
});

export class RenewSupportMeasure implements UseCase<typeof renewSpec> {
  readonly spec = renewSpec;
  constructor(private readonly steps: SupportSteps) {}

  async execute(ctx: Ctx, { measureId, consulted, necessary }: InputOf<typeof renewSpec>): Promise<View> {
    return this.steps.take(ctx, measureId, { kind: 'RENEW', consulted, necessary });
  }
}

const withdrawSpec = stepSpec('withdraw', 'Ends the measure or its application at the wish of the person; the last day was yesterday', {});

export class WithdrawSupportMeasure implements UseCase<typeof withdrawSpec> {
  readonly spec = withdrawSpec;
  constructor(private readonly steps: SupportSteps) {}

  async execute(ctx: Ctx, { measureId }: InputOf<typeof withdrawSpec>): Promise<View> {
    return this.steps.take(ctx, measureId, { kind: 'WITHDRAW' });
  }
}

const getSpec = useCase({
  action: 'juki-net.support-measure.get', kind: 'question', summary: 'A support measure of the asking municipality and its state today',
  input: z.strictObject({ measureId: z.uuid() }), output: supportView,
  refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

export class GetSupportMeasure implements UseCase<typeof getSpec> {
  readonly spec = getSpec;
  constructor(private readonly measures: SupportMeasureStore) {}

  async execute(ctx: Ctx, { measureId }: InputOf<typeof getSpec>): Promise<OutputOf<typeof getSpec>> {
    const measure = await this.measures.find(ctx.db, measureId);
    if (measure === undefined) throw platformProblems.refuse('NOT_FOUND');
    requireJurisdiction(ctx, measure.municipalityCode);
    ctx.audit({ object: `support-measure:${measureId}`, subjects: await this.measures.personsOf(ctx.db, measureId) });
    return viewOfMeasure(measure, localDateInJapan(ctx.now));
  }
}
