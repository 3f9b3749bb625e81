import { z } from 'zod';
import { numberingProblems } from '#contracts/numbering';
import { refusals, requireJurisdiction, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { Realm } from '../realm/realm.js';
import { requireRealm } from '../realm/require-realm.js';
import type { WaveGate } from '../wave/wave-gate.js';
import type { BatchStore } from './batch.store.js';

const spec = useCase({
  action: 'numbering.batch.open',
  kind: 'command',
  summary: 'Opens a batch of generation requests',
  input: z.strictObject({
    municipalityCode: z.string().regex(/^\d{6}$/),
    wardCode: z.string().regex(/^\d{6}$/).optional().describe('ward of a designated city, where the plan numbers it ward by ward'),
  }),
  output: z.object({ batchId: z.uuid(), municipalityCode: z.string(), state: z.string() }),
  refusals: refusals(numberingProblems, 'NOT_IN_WAVE', 'TRAINING_REALM', 'WAVE_HALTED'),
});

export class OpenBatch implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly batches: BatchStore,
    private readonly waves: WaveGate,
    private readonly realm: Realm,
  ) {}

  async execute(ctx: Ctx, { municipalityCode, wardCode = '' }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    requireJurisdiction(ctx, municipalityCode);
    requireRealm(this.realm, municipalityCode);
    const batchId = uuidv7();
    await this.batches.open(ctx.db, { batchId, municipalityCode, at: ctx.now });
    await this.waves.bind(ctx, { batchId, municipalityCode }, wardCode);
    ctx.audit({ object: `batch:${batchId}` });
    return { batchId, municipalityCode, state: 'OPEN' };
  }
}
