import { z } from 'zod';
import { numberingProblems, waveStateChanged } from '#contracts/numbering';
import { refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { planFaults, WAVE_KINDS, WAVE_STATES } from './wave.js';
import type { WaveStore } from './wave.store.js';

const code = z.string().regex(/^\d{6}$/);

const spec = useCase({
  action: 'numbering.wave.plan',
  kind: 'command',
  summary: 'Adds the next wave to the plan of the mass numbering: five pilots, then size classes, then designated cities ward by ward',
  input: z.strictObject({
    kind: z.enum(WAVE_KINDS),
    members: z.array(z.strictObject({
      municipalityCode: code,
      wardCode: code.optional().describe('ward of a designated city'),
      expected: z.number().int().min(1).max(10_000_000).describe('lines that the member is expected to send'),
    })).min(1).max(2_000),
  }),
  output: z.object({ waveId: z.uuid(), position: z.number().int(), state: z.enum(WAVE_STATES) }),
  refusals: refusals(numberingProblems, 'PLAN_FAULTS'),
});

/** NUM-4.7. A planned municipality's batches are bound to its waves from now on. */
export class PlanWave implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly waves: WaveStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { kind } = input;
    const members = input.members.map(({ municipalityCode, wardCode = '', expected }) => ({ municipalityCode, wardCode, expected }));
    const last = (await this.waves.lockPlan(ctx.db)).at(-1);
    const taken = await this.waves.taken(ctx.db, members.map(({ municipalityCode }) => municipalityCode));
    const fields = planFaults({ kind, members }, { last: last?.kind, taken });
    if (fields.length > 0) throw numberingProblems.refuse('PLAN_FAULTS', { fields: fields.slice(0, 50) });
    const [waveId, position] = [uuidv7(), (last?.position ?? 0) + 1];
    await this.waves.add(ctx.db, { waveId, position, kind, members, at: ctx.now });
    const counts = { lines: 0, designated: 0, tentative: 0, refused: 0, pending: 0 };
    ctx.emit(waveStateChanged, { aggregateId: waveId, sequence: 1, data: { waveId, state: 'PLANNED', counts } });
    ctx.audit({ object: `wave:${waveId}`, facts: { position, kind, members: members.length } });
    return { waveId, position, state: 'PLANNED' };
  }
}
