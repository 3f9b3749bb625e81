import { z } from 'zod';
import { characterFault, holdsPersonalNumber, municipalityCodeFault } from '#kernel';
import { numberingProblems, readinessChanged } from '#contracts/numbering';
import { platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { itemFault, MILESTONE_NAMES, READINESS_STATES } from './readiness.js';
import type { ReadinessStore } from './readiness.store.js';

const code = z.string().regex(/^\d{6}$/);
const milestone = z.enum(MILESTONE_NAMES);

const scheduleSpec = useCase({
  action: 'numbering.readiness.schedule',
  kind: 'command',
  summary: 'Puts municipalities on the board with the days on which their milestones are due; what they have reached stays',
  input: z.strictObject({
    municipalityCodes: z.array(code.refine((text) => municipalityCodeFault(text) === undefined, { params: { code: 'CHECK_DIGIT' } })).min(1).max(2_000),
    dueDates: z.partialRecord(milestone, z.iso.date().regex(/^20/)).refine((days) => Object.keys(days).length > 0, { params: { code: 'REQUIRED' } }),
  }),
  output: z.object({ municipalities: z.number().int(), milestones: z.number().int() }),
  refusals: [],
});

export class ScheduleReadiness implements UseCase<typeof scheduleSpec> {
  readonly spec = scheduleSpec;
  constructor(private readonly readiness: ReadinessStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof scheduleSpec>): Promise<OutputOf<typeof scheduleSpec>> {
    const municipalityCodes = [...new Set(input.municipalityCodes)].sort();
    const due = MILESTONE_NAMES.flatMap((name) => (input.dueDates[name] === undefined ? [] : [{ name, day: input.dueDates[name] }]));
    await this.readiness.schedule(ctx.db, { municipalityCodes, milestones: due.map(({ name }) => name), days: due.map(({ day }) => day), at: ctx.now });
    ctx.audit({ object: 'readiness', facts: { municipalities: municipalityCodes.length, milestones: due.length } });
    return { municipalities: municipalityCodes.length, milestones: due.length };
  }
}

const spec = useCase({
  action: 'numbering.readiness.set',
  kind: 'command',
  summary: 'Tells how far a municipality is with a milestone; DONE with its evidence, BLOCKED by a linked ticket whose resolution ends it',
  input: z.strictObject({
    municipalityCode: code,
    milestone,
    state: z.enum(READINESS_STATES),
    evidence: z.string().max(2_000).refine((text) => characterFault(text.replace(/[\r\n\t]/g, ' ')) === undefined, { params: { code: 'CHARACTER' } }).optional(),
    blockerTicketId: z.uuid().optional(),
  }),
  output: z.object({ municipalityCode: z.string(), milestone, state: z.enum(READINESS_STATES) }),
  refusals: [
    ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
    ...refusals(numberingProblems, 'EVIDENCE_MISSING', 'PERSONAL_NUMBER_IN_TEXT', 'READINESS_STATE', 'UNKNOWN_TICKET'),
  ],
});

/** NUM-3.6. The evidence stays with the item and is in no event, audit line or error. */
export class SetMilestone implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly readiness: ReadinessStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { municipalityCode, state, evidence, blockerTicketId } = input;
    requireJurisdiction(ctx, municipalityCode);
    if (evidence !== undefined && holdsPersonalNumber(evidence)) {
      throw numberingProblems.refuse('PERSONAL_NUMBER_IN_TEXT', { fields: [{ pointer: '/evidence', code: 'PERSONAL_NUMBER' }] });
    }
    const item = await this.readiness.lockItem(ctx.db, municipalityCode, input.milestone);
    if (item === undefined) throw platformProblems.refuse('NOT_FOUND');
    const known = blockerTicketId !== undefined && (await this.readiness.concerned(ctx.db, blockerTicketId)).includes(municipalityCode);
    const fault = itemFault(item.state, { state, evidence, blocker: blockerTicketId === undefined ? 'NONE' : known ? 'KNOWN' : 'UNKNOWN' });
    if (fault !== undefined) throw numberingProblems.refuse(fault, { facts: { state: item.state } });
    const kept = evidence ?? item.evidence ?? undefined;
    await this.readiness.set(ctx.db, { municipalityCode, milestone: input.milestone, state, evidence: kept, blockerTicketId, at: ctx.now });
    for (const { version } of await this.readiness.count(ctx.db, [municipalityCode])) {
      const data = { municipalityCode, milestone: input.milestone, state, ...(blockerTicketId === undefined ? {} : { blockerTicketId }) };
      ctx.emit(readinessChanged, { aggregateId: municipalityCode, sequence: version, data });
    }
    ctx.audit({ object: `readiness:${municipalityCode}`, facts: { milestone: input.milestone, from: item.state, to: state } });
    return { municipalityCode, milestone: input.milestone, state };
  }
}
