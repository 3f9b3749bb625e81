import { z } from 'zod';
import { numberingProblems } from '#contracts/numbering';
import { officerOf, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { moveWave } from './move-wave.js';
import { HALT_REASONS, openingFault, resumptionBy, stepWave, WAVE_STATES, type WaveState } from './wave.js';
import type { WaveRow, WaveStore } from './wave.store.js';

const byId = z.strictObject({ waveId: z.uuid() });
const output = z.object({ waveId: z.uuid(), state: z.enum(WAVE_STATES) });
const notFound = refusals(platformProblems, 'NOT_FOUND');

/** The plan, locked, and the wave in it. */
async function waveInPlan(ctx: Ctx, waves: WaveStore, waveId: string): Promise<{ plan: readonly WaveRow[]; wave: WaveRow }> {
  const plan = await waves.lockPlan(ctx.db);
  const wave = plan.find((candidate) => candidate.waveId === waveId);
  if (wave === undefined) throw platformProblems.refuse('NOT_FOUND');
  return { plan, wave };
}

function allowed(wave: WaveRow, to: WaveState | undefined): WaveState {
  if (to === undefined) throw numberingProblems.refuse('WAVE_STATE', { facts: { state: wave.state } });
  return to;
}

const openSpec = useCase({
  action: 'numbering.wave.open', kind: 'command', summary: 'Opens the next wave: its municipalities may send their batches', input: byId, output,
  refusals: [...notFound, ...refusals(numberingProblems, 'WAVE_BLOCKED', 'WAVE_HALTED', 'WAVE_ORDER', 'WAVE_STATE')],
});

/** NUM-4.7: PLANNED -> OPEN, in the order of the plan, and not while a ticket holds it (NUM-3.6). */
export class OpenWave implements UseCase<typeof openSpec> {
  readonly spec = openSpec;
  constructor(private readonly waves: WaveStore) {}

  async execute(ctx: Ctx, { waveId }: InputOf<typeof openSpec>): Promise<OutputOf<typeof openSpec>> {
    const { plan, wave } = await waveInPlan(ctx, this.waves, waveId);
    const fault = openingFault(plan, wave) ?? ((await this.waves.blocked(ctx.db, waveId)) ? 'WAVE_BLOCKED' : undefined);
    if (fault !== undefined) throw numberingProblems.refuse(fault, { facts: { state: wave.state } });
    await moveWave(ctx, this.waves, wave, { state: 'OPEN' });
    return { waveId, state: 'OPEN' };
  }
}

const reconcileSpec = useCase({
  action: 'numbering.wave.reconcile', kind: 'command', summary: 'Closes a wave of which every member has its result and no batch is under way', input: byId, output,
  refusals: [...notFound, ...refusals(numberingProblems, 'COUNTS_OPEN', 'WAVE_STATE')],
});

/** NUM-4.7: RUNNING -> RECONCILED. Fewer lines than expected are told, and are the difference run's to close. */
export class ReconcileWave implements UseCase<typeof reconcileSpec> {
  readonly spec = reconcileSpec;
  constructor(private readonly waves: WaveStore) {}

  async execute(ctx: Ctx, { waveId }: InputOf<typeof reconcileSpec>): Promise<OutputOf<typeof reconcileSpec>> {
    const { wave } = await waveInPlan(ctx, this.waves, waveId);
    const state = allowed(wave, stepWave(wave.state, 'RECONCILE'));
    const { members, batches } = await this.waves.unfinished(ctx.db, waveId);
    if (members > 0 || batches > 0) throw numberingProblems.refuse('COUNTS_OPEN', { facts: { members, batches } });
    await moveWave(ctx, this.waves, wave, { state });
    return { waveId, state };
  }
}

const haltSpec = useCase({
  action: 'numbering.wave.halt', kind: 'command', summary: 'Halts a wave: its jobs stop at the next chunk and nothing of it is sealed; repeated, it changes nothing',
  input: byId.extend({ reason: z.enum(HALT_REASONS) }), output, refusals: [...notFound, ...refusals(numberingProblems, 'WAVE_STATE')],
});

/** NUM-4.7: any running state -> HALTED, by an officer; the stop rules halt by themselves. */
export class HaltWave implements UseCase<typeof haltSpec> {
  readonly spec = haltSpec;
  constructor(private readonly waves: WaveStore) {}

  async execute(ctx: Ctx, { waveId, reason }: InputOf<typeof haltSpec>): Promise<OutputOf<typeof haltSpec>> {
    const { wave } = await waveInPlan(ctx, this.waves, waveId);
    if (wave.state === 'HALTED') return { waveId, state: 'HALTED' };
    const state = allowed(wave, stepWave(wave.state, 'HALT'));
    await moveWave(ctx, this.waves, wave, { state, haltCause: reason });
    return { waveId, state };
  }
}

const resumeSpec = useCase({
  action: 'numbering.wave.resume', kind: 'command', summary: 'Resumes a halted wave; it goes on when a second officer has said the same', input: byId, output,
  refusals: [...notFound, ...refusals(numberingProblems, 'SAME_OFFICER', 'WAVE_STATE')],
});

/** NUM-4.7: HALTED -> where it was, by two different officers. */
export class ResumeWave implements UseCase<typeof resumeSpec> {
  readonly spec = resumeSpec;
  constructor(private readonly waves: WaveStore) {}

  async execute(ctx: Ctx, { waveId }: InputOf<typeof resumeSpec>): Promise<OutputOf<typeof resumeSpec>> {
    const { wave } = await waveInPlan(ctx, this.waves, waveId);
    const { haltedFrom, resumedBy } = wave;
    if (haltedFrom === null) throw numberingProblems.refuse('WAVE_STATE', { facts: { state: wave.state } });
    const officer = officerOf(ctx);
    switch (resumptionBy(resumedBy ?? undefined, officer)) {
      case 'SAME_OFFICER':
        throw numberingProblems.refuse('SAME_OFFICER');
      case 'FIRST_WORD':
        await this.waves.approveResumption(ctx.db, waveId, officer);
        ctx.audit({ object: `wave:${waveId}`, facts: { resumption: 'FIRST_WORD' } });
        return { waveId, state: 'HALTED' };
      case 'RESUMED':
        await moveWave(ctx, this.waves, wave, { state: haltedFrom });
        return { waveId, state: haltedFrom };
    }
  }
}
