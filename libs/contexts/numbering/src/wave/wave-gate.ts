import { numberingProblems } from '#contracts/numbering';
import type { Ctx, Db } from '#platform';
import { placeOfBatch, stepWave, stopCause, type BatchFindings, type HaltCause } from './wave.js';
import { moveWave } from './move-wave.js';
import type { WaveStore } from './wave.store.js';

interface BatchOfMunicipality {
  readonly batchId: string;
  readonly municipalityCode: string;
}

/** Where batches meet the plan of the mass numbering (NUM-4.7). Batches of municipalities without a plan pass freely, but not past the stop rules. */
export class WaveGate {
  constructor(private readonly waves: WaveStore) {}

  /** Binds a new batch to the wave that is open for it; refuses NOT_IN_WAVE, WAVE_HALTED. */
  async bind(ctx: Ctx, { batchId, municipalityCode }: BatchOfMunicipality, wardCode: string): Promise<void> {
    const place = placeOfBatch(await this.waves.standing(ctx.db, municipalityCode), wardCode);
    if (place.place === 'REFUSED') throw numberingProblems.refuse(place.code);
    if (place.place === 'WAVE') await this.waves.bind(ctx.db, { batchId, municipalityCode, wardCode, waveId: place.waveId, kind: 'MASS' });
  }

  /** Lets a batch be sealed, which sets its wave running; refuses NOT_IN_WAVE, WAVE_BLOCKED, WAVE_HALTED. */
  async admit(ctx: Ctx, { batchId, municipalityCode }: BatchOfMunicipality): Promise<void> {
    const bound = await this.waves.batch(ctx.db, batchId);
    if (bound === undefined) {
      if ((await this.waves.standing(ctx.db, municipalityCode)).length > 0) throw numberingProblems.refuse('NOT_IN_WAVE');
      return;
    }
    const plan = await this.waves.lockPlan(ctx.db);
    const wave = plan.find(({ waveId }) => waveId === bound.waveId);
    if (wave === undefined) throw new Error('the wave of a batch is gone');
    if (wave.state === 'HALTED') throw numberingProblems.refuse('WAVE_HALTED');
    if (await this.waves.blocked(ctx.db, wave.waveId, municipalityCode)) throw numberingProblems.refuse('WAVE_BLOCKED');
    if (bound.kind === 'DIFFERENCE') return;
    if (wave.state !== 'OPEN' && wave.state !== 'RUNNING') throw numberingProblems.refuse('NOT_IN_WAVE');
    const running = stepWave(wave.state, 'START');
    if (running !== undefined) await moveWave(ctx, this.waves, wave, { state: running });
  }

  /** Whether the batch's wave is halted: its job stops at the next chunk. */
  async isHalted(db: Db, batchId: string): Promise<boolean> {
    return (await this.waves.batch(db, batchId))?.state === 'HALTED';
  }

  /** Whether the batch is part of a wave, which numbers people for the first time: changes among its lines are outside of it (NUM-5.3, result 20). */
  async isMass(db: Db, batchId: string): Promise<boolean> {
    return (await this.waves.batch(db, batchId))?.kind === 'MASS';
  }

  /** Holds the stop rules against a batch that is being reconciled; a cause halts all waves in this transaction. */
  async judge(ctx: Ctx, batchId: string, found: Omit<BatchFindings, 'kind' | 'duplicates'>): Promise<HaltCause | undefined> {
    const bound = await this.waves.batch(ctx.db, batchId);
    const cause = stopCause({ ...found, kind: bound?.kind ?? 'FREE', duplicates: await this.waves.duplicates(ctx.db, batchId) });
    if (cause === undefined) return undefined;
    for (const wave of await this.waves.lockPlan(ctx.db)) {
      if (stepWave(wave.state, 'HALT') !== undefined) await moveWave(ctx, this.waves, wave, { state: 'HALTED', haltCause: cause });
    }
    return cause;
  }
}
