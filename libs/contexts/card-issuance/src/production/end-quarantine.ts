import { isSameOfficer } from '#kernel';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import { officerOf, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { CARD_TRANSITIONS } from '../card/card.js';
import { moveCards } from '../card/move-cards.js';
import { reorderApplications } from './reorder-applications.js';
import { lockBatch, type ProductionStores } from './require-batch.js';

const spec = useCase({
  action: 'card-issuance.production-batch.end-quarantine',
  kind: 'command',
  summary: 'Two officers end the quarantine of a batch: RELEASE lets the maker inspect it again without the cards that were at fault, SCRAP makes every card of it anew',
  input: z.strictObject({ batchId: z.uuid(), decision: z.enum(['RELEASE', 'SCRAP']) }),
  output: z.object({ batchId: z.uuid(), decided: z.boolean().describe('false: a second officer must say the same') }),
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE', 'SAME_OFFICER'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** The end of a quarantine (CARD-4.5). */
export class EndQuarantine implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly stores: ProductionStores) {}

  async execute(ctx: Ctx, { batchId, decision }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { production } = this.stores;
    const batch = await lockBatch(ctx, production, batchId);
    if (!batch.quarantined) throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { quarantined: false } });
    const officer = officerOf(ctx);
    const decided = batch.releaseBy !== null && batch.releaseDecision === decision;
    if (decided && isSameOfficer(batch.releaseBy, officer)) throw cardIssuanceProblems.refuse('SAME_OFFICER');
    ctx.audit({ object: `production-batch:${batchId}`, facts: { decision, decided } });
    if (!decided) await production.proposeRelease(ctx.db, batchId, { decision, by: officer });
    else if (decision === 'RELEASE') await production.endQuarantine(ctx.db, batchId);
    else await this.scrap(ctx, batchId);
    return { batchId, decided };
  }

  private async scrap(ctx: Ctx, batchId: string): Promise<void> {
    const { production, cards, applications } = this.stores;
    const scrapped = (await cards.lockOfBatch(ctx.db, batchId)).filter((card) => CARD_TRANSITIONS[card.state].includes('DEFECTIVE'));
    await moveCards(ctx, cards, scrapped, { to: 'DEFECTIVE', reason: 'Q01' });
    await production.leave(ctx.db, scrapped.map((card) => card.cardSerial), 'DEFECTIVE', 'Q01');
    await reorderApplications(ctx, applications, scrapped.map((card) => card.applicationId));
  }
}
