import { isChipKey } from '#chip';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { ProductionStore } from '../production/production.store.js';
import { findBatch } from '../production/require-batch.js';
import type { ChipKeyStore } from './chip-key.store.js';

const spec = useCase({
  action: 'card-issuance.chip-key.register',
  kind: 'command',
  summary: 'Keys that the chips of a batch made for themselves: SubjectPublicKeyInfo of P-256, base64 DER; a card\'s key is registered once',
  input: z.strictObject({ batchId: z.uuid(), keys: z.array(z.strictObject({ recordNo: z.number().int().positive(), chipKey: z.base64().max(256) })).min(1).max(400) }),
  output: z.object({ batchId: z.uuid(), registered: z.number().int() }),
  refusals: [...refusals(cardIssuanceProblems, 'CHIP_KEY_DIFFERS', 'WRONG_CHIP_KEY'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** What the activation records of CARD-4.7 are verified with; no authority certifies it, the maker answers for it. */
export class RegisterChipKeys implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly production: ProductionStore,
    private readonly chipKeys: ChipKeyStore,
  ) {}

  async execute(ctx: Ctx, { batchId, keys }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    await findBatch(ctx, this.production, batchId);
    const serials = new Map((await this.production.records(ctx.db, batchId)).map(({ recordNo, cardSerial }) => [recordNo, cardSerial]));
    const registered = keys.map(({ recordNo, chipKey }, index) => {
      const [cardSerial, spki] = [serials.get(recordNo), Buffer.from(chipKey, 'base64')];
      if (cardSerial === undefined) throw platformProblems.refuse('NOT_FOUND', { fields: [{ pointer: `/keys/${index}/recordNo`, code: 'NOT_IN_BATCH' }] });
      if (!isChipKey(spki)) throw cardIssuanceProblems.refuse('WRONG_CHIP_KEY', { fields: [{ pointer: `/keys/${index}/chipKey`, code: 'CHIP_KEY' }] });
      return { cardSerial, spki };
    });
    const [differing] = await this.chipKeys.register(ctx.db, registered, ctx.now);
    if (differing !== undefined) throw cardIssuanceProblems.refuse('CHIP_KEY_DIFFERS', { facts: { cardSerial: differing } });
    ctx.audit({ object: `production-batch:${batchId}`, facts: { chipKeys: keys.length } });
    return { batchId, registered: keys.length };
  }
}
