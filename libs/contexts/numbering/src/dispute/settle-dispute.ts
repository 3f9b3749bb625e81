import { z } from 'zod';
import { numberingProblems } from '#contracts/numbering';
import { officerOf, platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { Assignment } from '../assignment/assignment-move.store.js';
import { moveAssignment } from '../assignment/move-assignment.js';
import { followStandings, type StandingParts } from '../standing/follow-person.js';
import { blockNumbers } from './block-numbers.js';
import { DISPUTE_KINDS, DISPUTE_STATES, fitsKind, mayKeep, stepDispute, type DisputeStep } from './dispute.js';
import type { DisputeRecord, DisputeStore } from './dispute.store.js';

const disputeView = z.object({ disputeId: z.uuid(), kind: z.enum(DISPUTE_KINDS), state: z.enum(DISPUTE_STATES) });

const proposeSpec = useCase({
  action: 'numbering.dispute.propose',
  kind: 'command',
  summary: 'Proposes to block numbers: two persons were found under one, or one person with two; a second officer confirms',
  input: z.strictObject({ kind: z.enum(DISPUTE_KINDS), personKeys: z.array(z.uuid()).min(1).max(2) })
    .refine(({ kind, personKeys }) => fitsKind(kind, personKeys), { params: { code: 'PERSONS' }, path: ['personKeys'] }),
  output: disputeView,
  refusals: [],
});

export class ProposeDispute implements UseCase<typeof proposeSpec> {
  readonly spec = proposeSpec;

  constructor(private readonly disputes: DisputeStore) {}

  async execute(ctx: Ctx, { kind, personKeys }: InputOf<typeof proposeSpec>): Promise<OutputOf<typeof proposeSpec>> {
    const dispute: DisputeRecord = { disputeId: uuidv7(), kind, personKeys, state: 'PROPOSED', kept: null, proposedBy: officerOf(ctx) };
    await this.disputes.add(ctx.db, dispute, ctx.now);
    ctx.audit({ object: `dispute:${dispute.disputeId}`, subjects: personKeys, facts: { kind } });
    return { disputeId: dispute.disputeId, kind, state: dispute.state };
  }
}

export interface DisputeParts extends StandingParts {
  readonly disputes: DisputeStore;
}

const byId = z.strictObject({ disputeId: z.uuid() });
const stepInput = byId.extend({ kept: z.uuid().optional().describe('person whose number stays; of one person\'s two it is the earlier') });

const stepSpec = <I extends z.ZodType>(action: string, summary: string, input: I) =>
  useCase({
    action, kind: 'command', summary, input, output: disputeView,
    refusals: [...refusals(platformProblems, 'NOT_FOUND'), ...refusals(numberingProblems, 'ASSIGNMENT_STATE', 'DISPUTE_KEPT', 'DISPUTE_STATE', 'SAME_OFFICER')],
  });

const confirmSpec = stepSpec('numbering.dispute.confirm', 'Confirms a dispute: the numbers are blocked', byId);

/** NUM-3.1: the numbers become DISPUTED and nothing is provided. */
export class ConfirmDispute implements UseCase<typeof confirmSpec> {
  readonly spec = confirmSpec;

  constructor(private readonly parts: DisputeParts) {}

  async execute(ctx: Ctx, { disputeId }: InputOf<typeof confirmSpec>): Promise<OutputOf<typeof confirmSpec>> {
    const dispute = await takeStep(ctx, this.parts, disputeId, { step: 'CONFIRM' });
    await blockNumbers(ctx, this.parts, dispute, await lockNumbers(ctx, this.parts, dispute));
    return { disputeId, kind: dispute.kind, state: dispute.state };
  }
}

const proposeResolutionSpec = stepSpec('numbering.dispute.propose-resolution', 'Proposes whose number stays; a second officer confirms', stepInput);

export class ProposeResolution implements UseCase<typeof proposeResolutionSpec> {
  readonly spec = proposeResolutionSpec;

  constructor(private readonly parts: DisputeParts) {}

  async execute(ctx: Ctx, { disputeId, kept }: InputOf<typeof proposeResolutionSpec>): Promise<OutputOf<typeof proposeResolutionSpec>> {
    const dispute = await takeStep(ctx, this.parts, disputeId, { step: 'PROPOSE_RESOLUTION', kept: kept ?? null });
    if (!mayKeep(dispute.kind, await lockNumbers(ctx, this.parts, dispute), kept)) throw numberingProblems.refuse('DISPUTE_KEPT');
    return { disputeId, kind: dispute.kind, state: dispute.state };
  }
}

const resolveSpec = stepSpec('numbering.dispute.resolve', 'Confirms the resolution: one number is its person\'s again, the other is superseded', byId);

/** NUM-4.8: who wrongly held a code may ask for a new number with the new code; of one person's two numbers the later is superseded. */
export class ResolveDispute implements UseCase<typeof resolveSpec> {
  readonly spec = resolveSpec;

  constructor(private readonly parts: DisputeParts) {}

  async execute(ctx: Ctx, { disputeId }: InputOf<typeof resolveSpec>): Promise<OutputOf<typeof resolveSpec>> {
    const dispute = await takeStep(ctx, this.parts, disputeId, { step: 'RESOLVE' });
    const { kind, kept } = dispute;
    for (const held of await lockNumbers(ctx, this.parts, dispute)) {
      const { personKey } = held;
      await moveAssignment(ctx, this.parts.moves, held, { to: personKey === kept ? 'DESIGNATED' : 'SUPERSEDED', cause: kind });
      // What the register told meanwhile has its effect now.
      const standings = await this.parts.standings.of(ctx.db, [personKey]);
      await followStandings(this.parts, [...standings].map(([, standing]) => ({ ctx, personKey, standing })));
    }
    return { disputeId, kind, state: dispute.state };
  }
}

async function takeStep(ctx: Ctx, { disputes }: DisputeParts, disputeId: string, { step, kept }: { readonly step: DisputeStep; readonly kept?: string | null }): Promise<DisputeRecord> {
  const held = await disputes.lock(ctx.db, disputeId);
  if (held === undefined) throw platformProblems.refuse('NOT_FOUND');
  const officer = officerOf(ctx);
  const outcome = stepDispute(held, step, officer);
  if ('refusal' in outcome) throw numberingProblems.refuse(outcome.refusal, { facts: { disputeId, state: held.state } });
  const stepped = { ...held, state: outcome.state, kept: kept === undefined ? held.kept : kept, proposedBy: step === 'PROPOSE_RESOLUTION' ? officer : held.proposedBy };
  await disputes.setState(ctx.db, disputeId, { ...stepped, at: ctx.now });
  ctx.audit({ object: `dispute:${disputeId}`, subjects: held.personKeys, facts: { from: held.state, to: outcome.state } });
  return stepped;
}

/** The numbers in question, locked in a fixed order. */
async function lockNumbers(ctx: Ctx, { moves }: DisputeParts, { personKeys }: DisputeRecord): Promise<Assignment[]> {
  const numbers: Assignment[] = [];
  for (const personKey of [...personKeys].sort()) {
    const held = await moves.lockLatest(ctx.db, personKey);
    if (held === undefined) throw platformProblems.refuse('NOT_FOUND');
    numbers.push(held);
  }
  return numbers;
}
