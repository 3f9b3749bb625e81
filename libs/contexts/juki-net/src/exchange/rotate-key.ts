import { exchangeCertificateAnnounced, jukiNetProblems } from '#contracts/juki-net';
import { addDays, localDateInJapan, startOfDayInJapan } from '#kernel';
import { daily, found, platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type Schedule, type UseCase } from '#platform';
import { z } from 'zod';
import { namedOfficer } from '../officer.js';
import { sha256Of } from './exchange-certificate.store.js';
import type { ExchangeKeys } from './exchange-key.js';
import { decideRotation, type KeyRotation, OVERLAP_DAYS, ROTATION_STATES, type RotationStep } from './key-rotation.js';
import type { KeyRotationStore } from './key-rotation.store.js';

const view = z.object({ rotationId: z.uuid(), overlapDays: z.number().int(), state: z.enum(ROTATION_STATES), proposedBy: z.string(), decidedBy: z.string().optional() });

const proposeSpec = useCase({
  action: 'juki-net.exchange-key.propose',
  kind: 'command',
  summary: 'Proposes a new key of the exchange; the former one opens files for the overlap. Another officer effects it',
  input: z.strictObject({ overlapDays: z.number().int().min(OVERLAP_DAYS.least).max(OVERLAP_DAYS.most) }),
  output: view,
  refusals: refusals(jukiNetProblems, 'OPERATOR_NOT_ASSERTED', 'ROTATION_STATE'),
});

export class ProposeKeyRotation implements UseCase<typeof proposeSpec> {
  readonly spec = proposeSpec;
  constructor(private readonly rotations: KeyRotationStore) {}

  async execute(ctx: Ctx, { overlapDays }: InputOf<typeof proposeSpec>): Promise<OutputOf<typeof proposeSpec>> {
    const rotation: KeyRotation = { rotationId: uuidv7(), overlapDays, state: 'PROPOSED', proposedBy: namedOfficer(ctx) };
    if (!(await this.rotations.add(ctx.db, rotation, ctx.now))) throw jukiNetProblems.refuse('ROTATION_STATE', { facts: { state: 'PROPOSED' } });
    ctx.audit({ object: `exchange-key-rotation:${rotation.rotationId}`, facts: { to: 'PROPOSED', overlapDays } });
    return rotation;
  }
}

const byId = z.strictObject({ rotationId: z.uuid() });

function stepSpec(action: string, summary: string) {
  return useCase({
    action, kind: 'command', summary, input: byId, output: view,
    refusals: [...refusals(jukiNetProblems, 'OPERATOR_NOT_ASSERTED', 'ROTATION_STATE', 'SAME_OFFICER'), ...refusals(platformProblems, 'NOT_FOUND')],
  });
}

const STEPS = {
  EFFECT: stepSpec('juki-net.exchange-key.effect', 'Makes the new key and announces its certificate; the officer must be another than the one who proposed it'),
  WITHDRAW: stepSpec('juki-net.exchange-key.withdraw', 'Withdraws a proposed change of the key'),
} as const satisfies Record<RotationStep, unknown>;

/** New files are signed by the new key at once; those sealed to the former one open until the end of the overlap (JUKI-5.3). */
export class StepKeyRotation implements UseCase<ReturnType<typeof stepSpec>> {
  readonly spec: ReturnType<typeof stepSpec>;
  constructor(
    private readonly rotations: KeyRotationStore,
    private readonly keys: ExchangeKeys,
    private readonly step: RotationStep,
  ) {
    this.spec = STEPS[step];
  }

  async execute(ctx: Ctx, { rotationId }: z.output<typeof byId>): Promise<z.input<typeof view>> {
    const rotation = found(await this.rotations.lock(ctx.db, rotationId));
    const decidedBy = namedOfficer(ctx);
    const outcome = decideRotation(rotation, this.step, decidedBy);
    if ('refusal' in outcome) throw jukiNetProblems.refuse(outcome.refusal, { facts: { state: rotation.state } });
    if (this.step === 'EFFECT') await this.rotate(ctx, rotation);
    await this.rotations.decide(ctx.db, { ...rotation, ...outcome, decidedBy }, ctx.now);
    ctx.audit({ object: `exchange-key-rotation:${rotationId}`, facts: { from: rotation.state, to: outcome.state } });
    return { ...rotation, ...outcome, decidedBy };
  }

  private async rotate(ctx: Ctx, { rotationId, overlapDays }: KeyRotation): Promise<void> {
    const { certificate: former } = await this.keys.current(ctx.db);
    const formerUntil = startOfDayInJapan(addDays(localDateInJapan(ctx.now), overlapDays + 1));
    const certificate = await this.keys.rotate(ctx.db, formerUntil);
    ctx.emit(exchangeCertificateAnnounced, {
      aggregateId: rotationId, sequence: 1,
      data: { sha256: sha256Of(certificate), notAfter: certificate.notAfter.toISOString(), formerSha256: sha256Of(former), formerUntil: formerUntil.toISOString() },
    });
  }
}

/** Once a day: former private keys whose overlap is over are destroyed. */
export function destroyFormerKeys(keys: ExchangeKeys): Schedule {
  return daily('exchange-key.destroy-former', async (ctx) => {
    const destroyed = await keys.destroyFormer(ctx.db, ctx.now);
    if (destroyed > 0) ctx.audit({ object: 'exchange-key:former', facts: { destroyed } });
  });
}
