import { waveStateChanged } from '#contracts/numbering';
import type { Ctx } from '#platform';
import type { HaltCause, WaveState } from './wave.js';
import type { WaveRow, WaveStore } from './wave.store.js';

/** Moves a wave with its event and audit line. */
export async function moveWave(ctx: Ctx, waves: WaveStore, wave: WaveRow, to: { state: WaveState; haltCause?: HaltCause }): Promise<void> {
  const { waveId } = wave;
  const sequence = await waves.move(ctx.db, wave, { ...to, at: ctx.now });
  ctx.emit(waveStateChanged, { aggregateId: waveId, sequence, data: { waveId, state: to.state, counts: await waves.counts(ctx.db, waveId) } });
  ctx.audit({ object: `wave:${waveId}`, facts: { from: wave.state, to: to.state, ...(to.haltCause === undefined ? {} : { cause: to.haltCause }) } });
}
