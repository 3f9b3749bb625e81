import { jukiNetProblems } from '#contracts/juki-net';
import { IndividualNumber, localDateInJapan, ResidentCode } from '#kernel';
import { refusals, platformProblems, uuidv7, type Ctx } from '#platform';
import { z } from 'zod';
import type { Grant, GrantStore } from '../inquiry/grant.store.js';
import { type FoundPerson, resultOf } from '../inquiry/inquiry.js';
import { type InquiryStore, useRecords } from '../inquiry/inquiry.store.js';
import { compareItems, NOTHING_TOLD } from './feed-line.js';
import { requireOwnSubscription } from './follow-subscription.js';
import { MODE, requireFeedGrant } from './set-subscription.js';
import { type ListedPerson, type ListFault, MOST_PERSONS, placeOf, type Subscription } from './subscription.js';
import type { NewPerson, SubscriptionStore } from './subscription.store.js';

const CHUNK = 2_000;
const MOST_FAULTS = 1_000;

/** A line of a list, or why it is none. */
export type ReadPerson = ListedPerson | ListFault;

export const listAnswer = z.object({
  added: z.number(), repeated: z.number(), refused: z.number(),
  faults: z.array(z.object({ line: z.number(), column: z.string().optional(), code: z.string() })).describe('the first thousand'),
});
export const listRefusals = [
  ...refusals(jukiNetProblems, 'GRANT_NOT_ACTIVE', 'KEY_KIND_NOT_GRANTED', 'MODE_NOT_GRANTED', 'SUBSCRIPTION_STATE', 'TOO_MANY_LINES'), ...refusals(platformProblems, 'NOT_FOUND'),
];

interface Tally {
  added: number;
  repeated: number;
  readonly faults: ListFault[];
}

export interface IntakeParts {
  readonly subscriptions: SubscriptionStore;
  readonly grants: GrantStore;
  readonly inquiries: InquiryStore;
}

/** Takes persons into the list of a subscription. Each chunk is a transaction: a list that broke off is sent again, and what stood in it is repeated (JUKI-3.5). */
export class ListIntake {
  constructor(readonly parts: IntakeParts) {}

  /** The caller's subscription with its grant, which must let it be told of changes. */
  async requireOpen(ctx: Ctx, subscriptionId: string): Promise<{ readonly subscription: Subscription; readonly grant: Grant }> {
    const subscription = requireOwnSubscription(ctx, await this.parts.subscriptions.find(ctx.db, subscriptionId));
    return { subscription, grant: requireFeedGrant(ctx, await this.parts.grants.find(ctx.db, subscription.grantId)) };
  }

  async takeIn(ctx: Ctx, subscriptionId: string, grant: Grant, read: readonly ReadPerson[]): Promise<z.input<typeof listAnswer>> {
    const tally: Tally = { added: 0, repeated: 0, faults: [] };
    for (let at = 0; at < read.length; at += CHUNK) await ctx.transaction((tx) => this.add(tx, { subscriptionId, grant, read: read.slice(at, at + CHUNK) }, tally));
    const { added, repeated, faults } = tally;
    const first = faults.sort((a, b) => a.line - b.line).slice(0, MOST_FAULTS);
    return { added, repeated, refused: faults.length, faults: first.map(({ column, ...fault }) => ({ ...fault, ...(column === undefined ? {} : { column }) })) };
  }

  /** Until the transaction ends nobody else changes the list or makes a file. */
  async lockActive(tx: Ctx, subscriptionId: string): Promise<Subscription> {
    const subscription = requireOwnSubscription(tx, await this.parts.subscriptions.lock(tx.db, subscriptionId));
    if (subscription.state !== 'ACTIVE') throw jukiNetProblems.refuse('SUBSCRIPTION_STATE');
    return subscription;
  }

  private async add(tx: Ctx, { subscriptionId, grant, read }: { subscriptionId: string; grant: Grant; read: readonly ReadPerson[] }, tally: Tally): Promise<void> {
    const { subscriptions } = this.parts;
    const { persons } = await this.lockActive(tx, subscriptionId);
    const found = await this.find(tx, grant, read, tally);
    const withRef = [...found].map(([line, person]) => ({ line, person, ref: subscriptions.refIndex(subscriptionId, line.requesterRef) }));
    const listed = await subscriptions.listed(tx.db, subscriptionId, { personKeys: withRef.map(({ person }) => person.personKey), refs: withRef.map(({ ref }) => ref) });
    const fresh: NewPerson[] = [];
    for (const { line, person, ref } of withRef) {
      const place = placeOf(listed, person.personKey, ref);
      if (place === 'REPEATED') tally.repeated += 1;
      else if (place !== 'NEW') tally.faults.push({ line: line.line, code: place });
      else {
        fresh.push(this.newPerson(tx, { line, person, ref }, grant));
        listed.refOfPerson.set(person.personKey, ref);
        listed.personOfRef.set(ref, person.personKey);
      }
    }
    if (persons + fresh.length > MOST_PERSONS) throw jukiNetProblems.refuse('TOO_MANY_LINES', { facts: { most: MOST_PERSONS } });
    await subscriptions.addPersons(tx.db, subscriptionId, fresh);
    tally.added += fresh.length;
    tx.audit({ object: `subscription:${subscriptionId}`, subjects: [...new Set([...found.values()].map(({ personKey }) => personKey))], facts: { lines: read.length, added: fresh.length } });
  }

  /** Whom the lines mean, codes and numbers with one statement each; what names nobody is told of its line. */
  private async find(tx: Ctx, grant: Grant, read: readonly ReadPerson[], tally: Tally): Promise<Map<ListedPerson, FoundPerson>> {
    const { inquiries } = this.parts;
    const today = localDateInJapan(tx.now);
    const asked: ListedPerson[] = [];
    for (const entry of read) {
      const fault = 'code' in entry ? entry : keyFault(grant, entry);
      if (fault === undefined && 'key' in entry) asked.push(entry);
      else if (fault !== undefined) tally.faults.push(fault);
    }
    const byCode = asked.filter(({ keyKind }) => keyKind === 'RESIDENT_CODE');
    const byNumber = asked.filter(({ keyKind }) => keyKind === 'INDIVIDUAL_NUMBER');
    const [codes, numbers] = [await inquiries.byCodes(tx.db, byCode.map(({ key }) => key), today), await inquiries.byNumbers(tx.db, byNumber.map(({ key }) => key), today)];
    const found = new Map<ListedPerson, FoundPerson>();
    for (const [index, line] of byCode.entries()) {
      const answer = codes[index];
      if (answer === undefined || answer.superseded) tally.faults.push({ line: line.line, code: answer === undefined ? 'RESIDENT_UNKNOWN' : 'CODE_SUPERSEDED' });
      else found.set(line, answer.person);
    }
    for (const [index, line] of byNumber.entries()) {
      const person = numbers[index];
      if (person === undefined) tally.faults.push({ line: line.line, code: 'RESIDENT_UNKNOWN' });
      else found.set(line, person);
    }
    return found;
  }

  /** The organisation is taken to know the person as of today, unless its data is older than the last change. That it follows them is on record, without items. */
  private newPerson(tx: Ctx, { line, person, ref }: { line: ListedPerson; person: FoundPerson; ref: string }, grant: Grant): NewPerson {
    const { requesterRef: own, keyKind, sinceDate } = line;
    const resultCode = resultOf(person, grant);
    const isOld = sinceDate !== undefined && person.items.changeDate > sinceDate;
    tx.journal(useRecords, {
      at: tx.now, use_id: uuidv7(), person_key: person.personKey, grant_id: grant.grantId, organisation: grant.organisation, affair: grant.affair, mode: MODE, key_kind: keyKind, items: [],
      result_code: resultCode, correlation_id: tx.correlationId,
    });
    const told = isOld ? NOTHING_TOLD : compareItems(person, resultCode, { granted: grant.items, told: NOTHING_TOLD, digest: this.parts.subscriptions.digest }).told;
    return { person, requesterRef: own, ref, keyKind, toldResult: isOld ? undefined : resultCode, told };
  }
}

function keyFault(grant: Grant, { line, keyKind, key }: ListedPerson): ListFault | undefined {
  if (!grant.keyKinds.includes(keyKind)) return { line, code: 'KEY_KIND_NOT_GRANTED' };
  const fault = keyKind === 'RESIDENT_CODE' ? ResidentCode.fault(key) : IndividualNumber.fault(key);
  return fault === undefined ? undefined : { line, code: 'CHECK_DIGIT' };
}
