import { z } from 'zod';
import { jpkiVerifierProblems } from '#contracts/jpki-verifier';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { isOver } from './verifier.js';
import { byId, organisation } from './verifier-view.js';
import type { VerifierSteps } from './verifier-steps.js';
import type { VerifierRecord, VerifierStore } from './verifier.store.js';

const input = byId.extend({ organisation });
const output = z.object({ confirmers: z.array(z.string()) });
const found = refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION');

const addSpec = useCase({
  action: 'jpki-verifier.verifier.add-confirmer',
  kind: 'command',
  summary: 'Adds a member for whom a professional group checks signatures',
  input,
  output,
  refusals: [...refusals(jpkiVerifierProblems, 'CONFIRMER_ELSEWHERE', 'NOT_A_GROUP', 'NOT_IN_STATE'), ...found],
});

/** A member asks under its group's notification and learns effective or not, nothing else (JPKI 4.13); it has one group. */
export class AddConfirmer implements UseCase<typeof addSpec> {
  readonly spec = addSpec;

  constructor(
    private readonly verifiers: VerifierStore,
    private readonly steps: VerifierSteps,
  ) {}

  async execute(ctx: Ctx, { verifierId, organisation: member }: InputOf<typeof addSpec>): Promise<OutputOf<typeof addSpec>> {
    const group = requireGroup(await this.steps.held(ctx, verifierId));
    const belongsTo = await this.verifiers.addConfirmer(ctx.db, { organisation: member, verifierId, at: ctx.now, by: ctx.actor.clientId });
    if (belongsTo !== group.id) throw jpkiVerifierProblems.refuse('CONFIRMER_ELSEWHERE');
    await this.steps.noteChange(ctx, group);
    ctx.audit({ object: `verifier:${verifierId}`, facts: { confirmer: member, change: 'ADDED' } });
    return { confirmers: await this.verifiers.confirmers(ctx.db, verifierId) };
  }
}

const removeSpec = useCase({
  action: 'jpki-verifier.verifier.remove-confirmer',
  kind: 'command',
  summary: 'Takes a member off a professional group',
  input,
  output,
  refusals: [...refusals(jpkiVerifierProblems, 'NOT_A_GROUP', 'NOT_IN_STATE'), ...found],
});

export class RemoveConfirmer implements UseCase<typeof removeSpec> {
  readonly spec = removeSpec;

  constructor(
    private readonly verifiers: VerifierStore,
    private readonly steps: VerifierSteps,
  ) {}

  async execute(ctx: Ctx, { verifierId, organisation: member }: InputOf<typeof removeSpec>): Promise<OutputOf<typeof removeSpec>> {
    const group = requireGroup(await this.steps.held(ctx, verifierId));
    if ((await this.verifiers.removeConfirmers(ctx.db, verifierId, member)) === 0) throw platformProblems.refuse('NOT_FOUND');
    await this.steps.noteChange(ctx, group);
    ctx.audit({ object: `verifier:${verifierId}`, facts: { confirmer: member, change: 'REMOVED' } });
    return { confirmers: await this.verifiers.confirmers(ctx.db, verifierId) };
  }
}

function requireGroup(verifier: VerifierRecord): VerifierRecord {
  if (verifier.class !== 'PROFESSIONAL_GROUP') throw jpkiVerifierProblems.refuse('NOT_A_GROUP');
  if (isOver(verifier)) throw jpkiVerifierProblems.refuse('NOT_IN_STATE', { facts: { state: verifier.state } });
  return verifier;
}
