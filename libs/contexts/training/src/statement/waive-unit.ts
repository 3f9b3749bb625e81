import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { found, platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { isRunning } from '../registration/registration.js';
import type { RegistrationStore } from '../registration/registration.store.js';
import { EXTENSION, WAIVE_REASONS } from './cmi5.js';
import type { ProgressStore } from './progress.store.js';
import type { StatementDesk } from './statement-desk.js';
import type { PackageStore } from '../package/package.store.js';

const spec = useCase({
  action: 'training.registration.waive',
  kind: 'command',
  summary: 'Waives a unit for a learner: it is satisfied without having been done',
  input: z.strictObject({ registrationId: z.uuid(), au: z.int().min(0).max(1_000), reason: z.enum(WAIVE_REASONS) }),
  output: z.object({ isSatisfied: z.boolean().describe('whether the whole course is now') }),
  refusals: [...refusals(trainingProblems, 'NOT_IN_STATE'), ...refusals(platformProblems, 'NOT_FOUND')],
});

export interface WaiveUnitParts {
  readonly registrations: RegistrationStore;
  readonly packages: PackageStore;
  readonly progress: ProgressStore;
  readonly desk: StatementDesk;
}

/** TRN-4.6, cmi5 9.3.7: once a unit and registration, in a session of its own. */
export class WaiveUnit implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly parts: WaiveUnitParts) {}

  async execute(ctx: Ctx, { registrationId, au, reason }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { registrations, packages, progress, desk } = this.parts;
    const registration = found(await registrations.lock(ctx.db, registrationId));
    if (!isRunning(registration.state)) throw trainingProblems.refuse('NOT_IN_STATE', { facts: { state: registration.state } });
    const packageId = found(registration.packageId ?? undefined);
    found((await packages.structure(ctx.db, packageId)).units[au]);
    const known = (await progress.of(ctx.db, registrationId))(au);
    if (!known.waived) {
      const id = uuidv7();
      await progress.note(ctx.db, { registrationId, au }, 'waived', { at: ctx.now, scaled: undefined });
      await desk.state(ctx, { unit: await desk.unitOf(ctx, { ...registration, packageId, id, registrationId, au }), verb: 'waived', result: { success: true, completion: true, extensions: { [EXTENSION.reason]: reason } } });
      await desk.settle(ctx, registrationId, id);
    }
    ctx.audit({ object: `registration:${registrationId}`, facts: { waived: au, reason } });
    return { isSatisfied: found(await registrations.find(ctx.db, registrationId)).satisfied.includes('course') };
  }
}
