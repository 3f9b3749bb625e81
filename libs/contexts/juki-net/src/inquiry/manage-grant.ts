import { inquiryItem, jukiNetProblems, writtenText } from '#contracts/juki-net';
import { localDateInJapan, type LocalDate, toLocalDate } from '#kernel';
import { INSTITUTION_KINDS, officerOf, platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { draftFault, FEE_CLASSES, GRANT_STATES, type GrantStep, grantStateOn, KEY_KINDS, MODES, scheduleFault, stepGrant } from './grant.js';
import type { Grant, GrantStore } from './grant.store.js';
import { affairName, scheduleNumber } from './manage-rows.js';
import { numbersOn } from './schedule-row.js';

const schedule = scheduleNumber.optional();
const grantView = z.object({
  grantId: z.uuid(), institution: z.enum(INSTITUTION_KINDS), organisation: z.string(), affair: z.string(), legalBasis: z.string(), schedule, scheduleRow: z.string().optional(), isRowInForce: z.boolean().describe('whether the row is law today'), items: z.array(inquiryItem),
  modes: z.array(z.enum(MODES)), keyKinds: z.array(z.enum(KEY_KINDS)), protectiveExempt: z.boolean(), tellsDeceased: z.boolean(), tellsProtection: z.boolean(), tellsFormerAddress: z.boolean(),
  dailyQuota: z.number().optional(), feeClass: z.enum(FEE_CLASSES), validFrom: z.string(), validUntil: z.string(), state: z.enum(GRANT_STATES),
  draftedBy: z.string(), approvedBy: z.string().optional(),
});

const draftSpec = useCase({
  action: 'juki-net.grant.draft',
  kind: 'command',
  summary: 'Drafts a grant of provision for an organisation and an affair; the legal officer approves it',
  input: z.strictObject({
    institution: z.enum(INSTITUTION_KINDS),
    organisation: writtenText(60),
    affair: affairName.describe('purpose that inquiries name; of a row of the schedules'),
    legalBasis: writtenText(200).describe('the article, in words'),
    schedule: schedule.describe('the schedule (別表); of 2, 5 and 6 the prefecture’s own server answers'),
    scheduleRow: writtenText(20).optional().describe('its row (項)'),
    items: z.array(inquiryItem).min(1),
    modes: z.array(z.enum(MODES)).min(1),
    keyKinds: z.array(z.enum(KEY_KINDS)).min(1),
    protectiveExempt: z.boolean().default(false),
    tellsDeceased: z.boolean().default(false).describe('items of the deceased, not only the date'),
    tellsProtection: z.boolean().default(false).describe('whether a person is protected; with protectiveExempt only'),
    tellsFormerAddress: z.boolean().default(false).describe('in results of batches, the address before the one that is told'),
    dailyQuota: z.number().int().min(1).max(1_000_000_000).optional().describe('persons told and lines of batches a day; immediate answers are counted up to a minute and a half later'),
    feeClass: z.enum(FEE_CLASSES).default('STANDARD'),
    validFrom: z.iso.date(),
    validUntil: z.iso.date(),
  }),
  output: grantView,
  refusals: refusals(jukiNetProblems, 'AFFAIR_WITHOUT_NUMBERS', 'MODE_NOT_SERVED', 'PROTECTION_FLAG', 'SCHEDULE', 'SCHEDULE_ROW', 'TERM'),
});

export class DraftGrant implements UseCase<typeof draftSpec> {
  readonly spec = draftSpec;
  constructor(private readonly grants: GrantStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof draftSpec>): Promise<OutputOf<typeof draftSpec>> {
    if (input.validUntil < input.validFrom) throw jukiNetProblems.refuse('TERM', { fields: [{ pointer: '/validUntil', code: 'TERM' }] });
    if (input.tellsProtection && !input.protectiveExempt) throw jukiNetProblems.refuse('PROTECTION_FLAG', { fields: [{ pointer: '/tellsProtection', code: 'PROTECTION_FLAG' }] });
    const fault = scheduleFault(input);
    if (fault !== undefined) throw jukiNetProblems.refuse(fault, { fields: [{ pointer: '/schedule', code: fault }] });
    const term = { validFrom: toLocalDate(input.validFrom), validUntil: toLocalDate(input.validUntil) };
    const grant: Grant = { ...input, ...term, grantId: uuidv7(), rows: await this.grants.rows(ctx.db, input), toldToday: 0, state: 'DRAFT', draftedBy: officerOf(ctx) };
    const refusal = draftFault(grant);
    if (refusal !== undefined) throw jukiNetProblems.refuse(refusal);
    await this.grants.add(ctx.db, grant, ctx.now);
    ctx.audit({ object: `grant:${grant.grantId}`, facts: { organisation: grant.organisation, affair: grant.affair } });
    return viewOf(grant, localDateInJapan(ctx.now));
  }
}

const byId = z.strictObject({ grantId: z.uuid() });

function stepSpec(action: string, summary: string) {
  return useCase({
    action, kind: 'command', summary, input: byId, output: grantView,
    refusals: [...refusals(jukiNetProblems, 'GRANT_STATE', 'SAME_OFFICER'), ...refusals(platformProblems, 'NOT_FOUND')],
  });
}

const STEPS = {
  APPROVE: stepSpec('juki-net.grant.approve', 'Approves a drafted grant; by the legal officer, who must be another than the one who drafted it'),
  SUSPEND: stepSpec('juki-net.grant.suspend', 'Suspends a grant'),
  RESUME: stepSpec('juki-net.grant.resume', 'Resumes a suspended grant'),
  END: stepSpec('juki-net.grant.end', 'Ends a grant for good'),
} as const satisfies Record<GrantStep, unknown>;

/** One step in the life of a grant; suspended and ended ones are refused everywhere within five seconds. */
export class StepGrant implements UseCase<ReturnType<typeof stepSpec>> {
  readonly spec: ReturnType<typeof stepSpec>;
  constructor(
    private readonly grants: GrantStore,
    private readonly step: GrantStep,
  ) {
    this.spec = STEPS[step];
  }

  async execute(ctx: Ctx, { grantId }: z.output<typeof byId>): Promise<z.input<typeof grantView>> {
    const grant = await this.grants.lock(ctx.db, grantId);
    if (grant === undefined) throw platformProblems.refuse('NOT_FOUND');
    const officer = officerOf(ctx);
    const outcome = stepGrant(grant, this.step, officer);
    if ('refusal' in outcome) throw jukiNetProblems.refuse(outcome.refusal, { facts: { state: grant.state } });
    const stepped = { ...grant, state: outcome.state, approvedBy: this.step === 'APPROVE' ? officer : grant.approvedBy };
    await this.grants.setState(ctx.db, stepped, ctx.now);
    ctx.audit({ object: `grant:${grantId}`, facts: { from: grant.state, to: outcome.state } });
    return viewOf(stepped, localDateInJapan(ctx.now));
  }
}

const getSpec = useCase({ action: 'juki-net.grant.get', kind: 'question', summary: 'A grant and its state today', input: byId, output: grantView, refusals: refusals(platformProblems, 'NOT_FOUND') });

export class GetGrant implements UseCase<typeof getSpec> {
  readonly spec = getSpec;
  constructor(private readonly grants: GrantStore) {}

  async execute(ctx: Ctx, { grantId }: InputOf<typeof getSpec>): Promise<OutputOf<typeof getSpec>> {
    const grant = await this.grants.find(ctx.db, grantId);
    if (grant === undefined) throw platformProblems.refuse('NOT_FOUND');
    ctx.audit({ object: `grant:${grantId}` });
    return viewOf(grant, localDateInJapan(ctx.now));
  }
}

function viewOf(grant: Grant, today: LocalDate): z.input<typeof grantView> {
  const { approvedBy, institution, items, modes, keyKinds, rows, toldToday: _told, ...rest } = grant;
  return {
    ...rest,
    institution: z.enum(INSTITUTION_KINDS).parse(institution),
    items: [...items], modes: [...modes], keyKinds: [...keyKinds],
    state: grantStateOn(grant, today), isRowInForce: numbersOn(rows, today) !== undefined,
    ...(approvedBy === undefined ? {} : { approvedBy }),
  };
}
