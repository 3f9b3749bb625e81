import { listDeliveryTargets } from '#contracts/numbering';
import { mailingDecisionAwaited, mailingPlanned } from '#contracts/card-issuance';
import { isProtected } from '#contracts/juki-net';
import { stillWaiting, whenAnswered, uuidv7, type Ctx, type Job, type JobKind, type Peers, type StepOutcome } from '#platform';
import { z } from 'zod';
import { drawApplicationId } from '../application/draw-application-id.js';
import { destinationsOf } from './destinations.js';
import { envelopeBarcode, envelopesOf, wholeHouseholds, type Addressed } from './mailing.js';
import type { MailingPlanStore } from './mailing-plan.store.js';
import type { MailingStore, PlannedMailing } from './mailing.store.js';
import type { TemporaryAddressStore } from './temporary-address.store.js';

/** As many as the register tells of at once whether they are protected. */
const PAGE = 1_000;
const parameters = z.object({ setId: z.uuid(), municipalityCode: z.string() });

interface Page {
  readonly targets: readonly Addressed[];
  readonly last: boolean;
}

/** Plans the envelopes of a notification list, a thousand people a step: mailings, notification cards and forms, set-wise. */
export class PlanMailings implements JobKind<Page | undefined> {
  readonly kind = 'plan-mailings';

  constructor(
    private readonly stores: { readonly mailings: MailingStore; readonly plans: MailingPlanStore; readonly temporaryAddresses: TemporaryAddressStore },
    private readonly peers: Peers,
  ) {}

  async prepare(ctx: Ctx, job: Job): Promise<Page | undefined> {
    return whenAnswered(() => this.read(ctx, job));
  }

  async step(ctx: Ctx, job: Job, page: Page | undefined): Promise<StepOutcome> {
    if (page === undefined) return stillWaiting(job);
    const { targets, last } = page;
    const set = parameters.parse(job.parameters);
    const { mailings, plans } = this.stores;
    const envelopes = await this.plan(ctx, set, targets);
    await plans.advance(ctx.db, set.setId, { persons: targets.length, first: cursorOf(job) + 1, last: targets.at(-1)?.position ?? cursorOf(job), envelopes, isLast: last, now: ctx.now });
    const done = job.done + targets.length;
    const result = last ? { result: { persons: done, splitHouseholds: await mailings.splitHouseholds(ctx.db, set.setId) } } : {};
    return { cursor: targets.at(-1)?.position ?? cursorOf(job), done, ...result };
  }

  private async read(ctx: Ctx, job: Job): Promise<Page> {
    const { setId } = parameters.parse(job.parameters);
    const call = { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: 'NOTIFICATION' };
    const targets: Addressed[] = [];
    let after: number | undefined = cursorOf(job);
    do {
      const page: z.output<typeof listDeliveryTargets.output> = await this.peers.call(listDeliveryTargets, call, { setId, after, limit: PAGE });
      targets.push(...page.targets);
      after = page.next;
      // A household larger than a page is read until its end is in sight.
    } while (after !== undefined && wholeHouseholds(targets, false).length === 0);
    const whole = wholeHouseholds(targets, after === undefined);
    const personKeys = whole.map(({ personKey }) => personKey);
    const [isApart, registered] = await Promise.all([this.protectedOf(call, personKeys), this.stores.temporaryAddresses.destinationsOf(ctx.db, personKeys)]);
    return { targets: destinationsOf(whole, registered, (personKey) => isApart.has(personKey)), last: after === undefined };
  }

  /** Whoever a support measure protects is not written to where the household is before their municipality has said so (JUKI-4.13). */
  private async protectedOf(call: Parameters<Peers['call']>[1], personKeys: readonly string[]): Promise<Set<string>> {
    const found = new Set<string>();
    for (let at = 0; at < personKeys.length; at += PAGE) {
      const asked = personKeys.slice(at, at + PAGE);
      const { entries } = await this.peers.call(isProtected, call, { personKeys: asked });
      asked.forEach((personKey, index) => void (entries[index]?.isProtected === true && found.add(personKey)));
    }
    return found;
  }

  private async plan(ctx: Ctx, set: z.output<typeof parameters>, targets: readonly Addressed[]): Promise<number> {
    const { mailings } = this.stores;
    const envelopes = envelopesOf(targets);
    if (envelopes.length === 0) return 0;
    const numbers = await mailings.nextNumbers(ctx.db, envelopes.length);
    const planned = envelopes.map((envelope, index): PlannedMailing => {
      const mailingNo = numbers[index] ?? 0;
      return { mailingId: uuidv7(), mailingNo, barcode: envelopeBarcode(set.municipalityCode, mailingNo, envelope.members.length), envelope };
    });
    const fresh = await mailings.plan(ctx.db, set, planned, { client: ctx.actor.clientId, now: ctx.now });
    const written = planned.filter(({ mailingId }) => fresh.has(mailingId));
    const members = written.flatMap(({ mailingId, envelope }) => envelope.members.map(({ personKey, lineInHousehold }) => ({ mailingId, personKey, line: lineInHousehold })));
    await mailings.addCards(ctx.db, members);
    const forms = members.map(({ mailingId, personKey }) => ({ mailingId, personKey, applicationId: drawApplicationId(set.municipalityCode, 0) }));
    await mailings.addForms(ctx.db, set.municipalityCode, forms, ctx.now);
    for (const { mailingId, envelope } of written) {
      ctx.emit(envelope.isHeld ? mailingDecisionAwaited : mailingPlanned, { aggregateId: mailingId, sequence: 1, data: { mailingId, setId: set.setId, municipalityCode: set.municipalityCode, members: envelope.members.length } });
    }
    ctx.audit({ object: `notification-list:${set.setId}`, subjects: members.map((member) => member.personKey), facts: { envelopes: written.length } });
    return written.length;
  }
}

function cursorOf(job: Job): number {
  return z.number().int().nullable().parse(job.cursor ?? null) ?? 0;
}
