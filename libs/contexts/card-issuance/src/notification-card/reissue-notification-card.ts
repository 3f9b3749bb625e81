import { z } from 'zod';
import { cardIssuanceProblems, mailingDecisionAwaited, mailingPlanned } from '#contracts/card-issuance';
import { getPersons, isProtected, type PersonView } from '#contracts/juki-net';
import { officerOf, platformProblems, refusals, requireJurisdiction, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type Peers, type UseCase } from '#platform';
import type { ApplicationStore } from '../application/application.store.js';
import { drawApplicationId } from '../application/draw-application-id.js';
import type { DelegationStore } from '../delegation/delegation.store.js';
import { requireDelegated } from '../delegation/require-delegated.js';
import { written } from '../mailing/decide-destination.js';
import type { MailingPlanStore } from '../mailing/mailing-plan.store.js';
import { envelopeBarcode, envelopesOf } from '../mailing/mailing.js';
import type { MailingStore } from '../mailing/mailing.store.js';
import { afterReissue, REISSUE_GROUNDS, reissueFeeYen } from './notification-card.js';
import type { NotificationCardStore } from './notification-card.store.js';

const spec = useCase({
  action: 'card-issuance.notification-card.reissue',
  kind: 'process',
  summary: 'Issues a notification card again, in an envelope of its own to the registered address; the fee is the municipality\'s to collect',
  input: z.strictObject({ personKey: z.uuid(), ground: z.enum(REISSUE_GROUNDS), postalCode: z.string().regex(/^\d{7}$/), addresseeName: written(100) }),
  output: z.object({ reissueId: z.uuid(), mailingId: z.uuid(), feeYen: z.int() }),
  refusals: [...refusals(cardIssuanceProblems, 'F05', 'NOTHING_LOST', 'NOT_DELEGATED'), ...refusals(platformProblems, 'OUT_OF_JURISDICTION', 'UNAVAILABLE')],
});

export interface ReissueStores {
  readonly applications: ApplicationStore;
  readonly cards: NotificationCardStore;
  readonly delegations: DelegationStore;
  readonly mailings: MailingStore;
  readonly plans: MailingPlanStore;
}

/** CARD-3.2, 4.2: the last card ends in the transaction that issues the next, so that a repetition finds NOTHING_LOST. */
export class ReissueNotificationCard implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly stores: ReissueStores,
    private readonly peers: Peers,
  ) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { personKey } = input;
    const call = { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: 'NOTIFICATION' };
    const [{ persons: [person] }, { entries: [support] }] = await Promise.all([
      this.peers.call(getPersons, call, { personKeys: [personKey] }), this.peers.call(isProtected, call, { personKeys: [personKey] }),
    ]);
    if (person?.status !== 'RESIDENT') throw cardIssuanceProblems.refuse('F05');
    requireJurisdiction(ctx, person.municipalityCode);
    await requireDelegated(ctx, this.stores.delegations, person.municipalityCode, 'NOTIFICATION_CARD_PRINT_MAIL');
    return ctx.transaction((own) => this.reissue(own, input, person, support?.isProtected === true));
  }

  private async reissue(ctx: Ctx, { personKey, ground, postalCode, addresseeName }: InputOf<typeof spec>, person: PersonView, isHeld: boolean): Promise<OutputOf<typeof spec>> {
    const { cards, mailings, applications, plans } = this.stores;
    const { municipalityCode, address } = person;
    const [last] = await cards.lockOf(ctx.db, personKey);
    const next = afterReissue(last, ground, await cards.numberVersionOf(ctx.db, personKey));
    if (last === undefined || !(await cards.move(ctx.db, personKey, last, next))) throw cardIssuanceProblems.refuse('NOTHING_LOST');
    const [reissueId, mailingId] = [uuidv7(), uuidv7()];
    const [mailingNo = 0] = await mailings.nextNumbers(ctx.db, 1);
    const [envelope] = envelopesOf([{ position: 1, householdRef: reissueId, lineInHousehold: 1, personKey, postalCode, address, addresseeName, temporaryAddress: false, isHeld }]);
    if (envelope === undefined) throw new Error('a member has no envelope');
    const at = { person: officerOf(ctx), now: ctx.now };
    await mailings.plan(ctx.db, { setId: reissueId, municipalityCode }, [{ mailingId, mailingNo, barcode: envelopeBarcode(municipalityCode, mailingNo, 1), envelope }], { client: at.person, now: ctx.now });
    await mailings.addCards(ctx.db, [{ mailingId, personKey, line: 1 }]);
    const printSequence = Math.min(99, Math.max(-1, ...(await applications.formsOf(ctx.db, personKey)).map((one) => one.printSequence)) + 1);
    await mailings.addForms(ctx.db, municipalityCode, [{ applicationId: drawApplicationId(municipalityCode, printSequence), personKey, mailingId, printSequence }], ctx.now);
    await plans.addToLot(ctx.db, reissueId, { first: 1, last: 1, envelopes: 1 });
    const feeYen = reissueFeeYen(ground);
    await cards.addReissue(ctx.db, { reissueId, personKey, municipalityCode, ground, feeYen }, at);
    ctx.emit(isHeld ? mailingDecisionAwaited : mailingPlanned, { aggregateId: mailingId, sequence: 1, data: { mailingId, setId: reissueId, municipalityCode, members: 1 } });
    ctx.audit({ object: `notification-reissue:${reissueId}`, subjects: [personKey], facts: { ground, feeYen } });
    return { reissueId, mailingId, feeYen };
  }
}
