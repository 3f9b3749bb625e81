import { localDateInJapan } from '#kernel';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import { found, platformProblems, refusals, requireJurisdiction, sqlState, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type Peers, type UseCase } from '#platform';
import { z } from 'zod';
import type { CardStore } from '../card/card.store.js';
import { cardSerialInput } from '../card/card-serial.js';
import { holderOf, residenceOf } from '../card/holder.js';
import { REISSUE_CAUSES } from '../fee/ordinance.js';
import { checkCause, LOSS_PLACES } from './reissue-case.js';
import type { ReissueCaseStore } from './reissue-case.store.js';

const spec = useCase({
  action: 'card-issuance.reissue-case.open',
  kind: 'process',
  summary: 'Another card is wanted in the place of one that was lost, damaged, ended or has no space left; at the counter of the municipality where the holder lives',
  input: z.strictObject({
    cardSerial: cardSerialInput, municipalityCode: z.string().regex(/^\d{6}$/), cause: z.enum(REISSUE_CAUSES),
    lossPlace: z.enum(LOSS_PLACES).optional(), policeReportNo: z.string().regex(/^[0-9A-Za-z-]{1,40}$/).optional().describe('of a loss outside the home'),
  }).refine(({ cause, lossPlace }) => (cause === 'LOST' || cause === 'STOLEN') === (lossPlace !== undefined), { params: { code: 'REQUIRED' }, path: ['lossPlace'] }),
  output: z.object({ caseId: z.uuid(), state: z.literal('OPEN') }),
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE', 'CASE_OPEN', 'POLICE_REPORT_REQUIRED'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION', 'UNAVAILABLE')],
});

/** The beginning of a re-issue (CARD-3.7, 4.9). */
export class OpenReissueCase implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly stores: { readonly cards: CardStore; readonly reissueCases: ReissueCaseStore },
    private readonly peers: Peers,
  ) {}

  async execute(ctx: Ctx, { cardSerial, municipalityCode, cause, lossPlace, policeReportNo }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    requireJurisdiction(ctx, municipalityCode);
    const card = found(await this.stores.cards.find(ctx.db, cardSerial));
    // Whether a card of elsewhere exists is told only where its holder lives.
    if (residenceOf(await holderOf(ctx, this.peers, card)) !== municipalityCode) throw platformProblems.refuse('NOT_FOUND');
    checkCause(cause, card, { place: lossPlace, policeReport: policeReportNo !== undefined, today: localDateInJapan(ctx.now) });
    const { personKey } = card;
    const caseId = uuidv7();
    try {
      await ctx.transaction(async (tx) => {
        const opened = { caseId, cardSerial, personKey, municipalityCode, cause, lossPlace: lossPlace ?? null, state: 'OPEN', version: 1 } as const;
        const nothingYet = { outcome: null, cardYen: null, certificatesYen: null, waiver: null, applicationId: null, paidYen: null, receiptNo: null };
        await this.stores.reissueCases.add(tx, { ...opened, ...nothingYet }, policeReportNo);
        tx.audit({ object: `reissue-case:${caseId}`, subjects: [personKey], facts: { cause } });
      });
    } catch (error) {
      if (sqlState(error) === '23505') throw cardIssuanceProblems.refuse('CASE_OPEN');
      throw error;
    }
    return { caseId, state: 'OPEN' };
  }
}
