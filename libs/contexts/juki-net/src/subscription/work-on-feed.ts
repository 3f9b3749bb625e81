import { type InquiryItem } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import { uuidv7, type Ctx, type Job, type JobKind, type StepOutcome } from '#platform';
import { z } from 'zod';
import { tellState } from '../batch/batch-event.js';
import type { Batch, BatchStore } from '../batch/batch.store.js';
import { packBatch } from '../batch/pack-batch.js';
import { itemsUnderGrant, type KeyKind } from '../inquiry/grant.js';
import type { Grant, GrantStore } from '../inquiry/grant.store.js';
import { type FoundPerson, resultOf, toldOf, type ResultCode } from '../inquiry/inquiry.js';
import { type InquiryStore, useRecords } from '../inquiry/inquiry.store.js';
import { compareItems, feedLine, goneLine, isWanted } from './feed-line.js';
import { FEED_JOB } from './make-feeds.js';
import { MODE } from './set-subscription.js';
import { fileReference, type Subscription } from './subscription.js';
import type { ChangedPerson, SeenPerson, SubscriptionStore } from './subscription.store.js';

/** Listed persons of a step. */
const PAGE = 2_000;
const NOBODY = '00000000-0000-0000-0000-000000000000';
/** What a file import had received but not committed when the last file was made is not older than this. */
const LATE_MS = 10 * 60_000;

const parameters = z.object({ subscriptionId: z.uuid(), batchId: z.uuid(), day: z.iso.date(), persons: z.number() });
const position = z.object({ after: z.uuid() });

interface Line {
  readonly text: string;
  readonly resultCode: ResultCode;
  readonly personKey: string;
  readonly keyKind: KeyKind;
  readonly items: readonly string[];
}

/** What a page comes to: lines, what has been seen, and who is gone from the register. */
interface Told {
  readonly lines: Line[];
  readonly seen: SeenPerson[];
  readonly gone: string[];
}

export interface FeedParts {
  readonly subscriptions: SubscriptionStore;
  readonly batches: BatchStore;
  readonly grants: GrantStore;
  readonly inquiries: InquiryStore;
}

/**
 * Compares the listed persons with what was last told, a page a step; lines, use records, what has been seen and the cursor are one
 * transaction, so no change is told twice. A file exists from its first line on: where nobody changed there is none (JUKI-3.5, 4.7).
 */
export class WorkOnFeed implements JobKind {
  readonly kind = FEED_JOB;
  constructor(private readonly parts: FeedParts) {}

  async step(ctx: Ctx, job: Job): Promise<StepOutcome> {
    const { subscriptionId, batchId, persons } = parameters.parse(job.parameters);
    const { subscriptions, grants } = this.parts;
    const subscription = await subscriptions.lock(ctx.db, subscriptionId);
    if (subscription === undefined) throw new Error('a subscription lasts longer than its jobs');
    // Another took its place after a failure: its file may be closed by now.
    if (subscription.jobId !== job.id) return { cursor: null, done: job.done, result: { subscriptionId, replaced: true } };
    const grant = await grants.find(ctx.db, subscription.grantId);
    const itemsOf = permittedBy(grant, subscription, ctx.now);
    const mayTell = grant !== undefined && subscription.state === 'ACTIVE' && grant.keyKinds.some((keyKind) => itemsOf(keyKind) !== undefined);
    const after = job.cursor === null ? NOBODY : position.parse(job.cursor).after;
    const page = mayTell ? await subscriptions.page(ctx.db, subscriptionId, { after, limit: PAGE }) : undefined;
    if (page === undefined || grant === undefined) return this.finish(ctx, job, { batchId, subscription, isWhole: mayTell });
    const changed = await subscriptions.changed(ctx.db, subscriptionId, { after, last: page.last, today: localDateInJapan(ctx.now) });
    const told = await this.compare(ctx, { subscription, grant, itemsOf }, changed);
    await subscriptions.seen(ctx.db, subscriptionId, told.seen);
    if (told.gone.length > 0) await subscriptions.removePersons(ctx.db, subscriptionId, { personKeys: told.gone });
    await this.write(ctx, job, { subscription, grant, lines: told.lines });
    ctx.audit({ object: `subscription:${subscriptionId}`, subjects: changed.map(({ personKey }) => personKey), facts: { compared: page.count, told: told.lines.length } });
    return { cursor: { after: page.last }, done: job.done + page.count, total: Math.max(persons, job.done + page.count) };
  }

  private async compare(ctx: Ctx, by: { subscription: Subscription; grant: Grant; itemsOf: ReturnType<typeof permittedBy> }, changed: readonly ChangedPerson[]): Promise<Told> {
    const { subscriptionId, comparedAt, reasons } = by.subscription;
    const { inquiries, subscriptions } = this.parts;
    const personKeys = changed.map(({ personKey }) => personKey);
    const persons = new Map((await inquiries.byKeys(ctx.db, personKeys, localDateInJapan(ctx.now))).map((person) => [person.personKey, person]));
    const notified = new Map(personKeys.map((personKey) => [personKey, new Set<string>()]));
    for (const { personKey, reason } of await subscriptions.notified(ctx.db, personKeys, new Date(comparedAt.getTime() - LATE_MS))) notified.get(personKey)?.add(reason);
    const told: Told = { lines: [], seen: [], gone: [] };
    for (const listed of changed) {
      const { personKey, requesterRef, keyKind, toldResult } = listed;
      const [person, granted] = [persons.get(personKey), by.itemsOf(keyKind)];
      if (granted === undefined) continue;
      if (person === undefined) {
        told.lines.push({ text: goneLine({ subscriptionId, requesterRef }), resultCode: '10', personKey, keyKind, items: [] });
        told.gone.push(personKey);
        continue;
      }
      const resultCode = resultOf(person, by.grant);
      const isTold = isWanted({ resultCode, toldResult, reasons: new Set([...(notified.get(personKey) ?? []), person.items.changeReason]) }, reasons);
      if (isTold) told.lines.push(this.tell(told, { subscriptionId, listed, person, resultCode, granted }));
      else told.seen.push({ person, toldResult, told: listed.told });
    }
    return told;
  }

  private tell(told: Told, about: { subscriptionId: string; listed: ChangedPerson; person: FoundPerson; resultCode: ResultCode; granted: readonly InquiryItem[] }): Line {
    const { subscriptionId, listed, person, resultCode, granted } = about;
    const { requesterRef, keyKind } = listed;
    const compared = compareItems(person, resultCode, { granted, told: listed.told, digest: this.parts.subscriptions.digest });
    told.seen.push({ person, toldResult: resultCode, told: compared.told });
    const { changeReason, changeDate } = toldOf(person, resultCode, granted);
    const items = [...(changeReason === undefined ? [] : ['changeReason']), ...(changeDate === undefined ? [] : ['changeDate']), ...compared.changed.map(([item]) => item)];
    return { text: feedLine({ subscriptionId, requesterRef, resultCode }, person, { granted, changed: compared.changed }), resultCode, personKey: person.personKey, keyKind, items };
  }

  /** The first line makes the file; a record of use for each person told, before it can be fetched (JUKI-3.5, 4.12). */
  private async write(ctx: Ctx, job: Job, { subscription, grant, lines }: { subscription: Subscription; grant: Grant; lines: readonly Line[] }): Promise<void> {
    if (lines.length === 0) return;
    const { batches } = this.parts;
    const { batchId, day } = parameters.parse(job.parameters);
    const { subscriptionId, institution, organisation, grantId, number } = subscription;
    if ((await batches.find(ctx.db, batchId)) === undefined) {
      const file = { batch_id: batchId, institution, organisation, grant_id: grantId, reference: fileReference(number, day), subscription_id: subscriptionId, sha256: Buffer.alloc(0), job_id: job.id, lines: 0 };
      await batches.add(ctx.db, file, ctx.now);
      await tellState(ctx, await batches.setState(ctx.db, batchId, { state: 'PROCESSING', at: ctx.now }));
    }
    for (const { resultCode, personKey, keyKind, items } of lines) {
      ctx.journal(useRecords, {
        at: ctx.now, use_id: uuidv7(), person_key: personKey, grant_id: grantId, organisation, affair: grant.affair, mode: MODE, key_kind: keyKind, items, result_code: resultCode,
        correlation_id: ctx.correlationId,
      });
    }
    await batches.addLines(ctx.db, batchId, lines.map(({ text }) => text), lines.filter(({ resultCode }) => resultCode === '00').length);
  }

  /** A subscription or grant that ended in between leaves what was told until then, and what was not compared stays to be told. */
  private async finish(ctx: Ctx, job: Job, { batchId, subscription, isWhole }: { batchId: string; subscription: Subscription; isWhole: boolean }): Promise<StepOutcome> {
    const { subscriptions, batches } = this.parts;
    const { subscriptionId } = subscription;
    const file: Batch | undefined = await batches.find(ctx.db, batchId);
    if (file?.state === 'PROCESSING') await packBatch(ctx, batches, batchId);
    if (isWhole) await subscriptions.compared(ctx.db, subscriptionId, job.created_at);
    ctx.audit({ object: `subscription:${subscriptionId}`, facts: { compared: job.done, lines: file?.lines ?? 0, isWhole } });
    return { cursor: null, done: job.done, total: job.done, result: { subscriptionId, lines: file?.lines ?? 0, ...(file === undefined ? {} : { batchId }) } };
  }
}

/** Items that the grant lets be told today of persons listed by a kind of key; undefined where nothing. */
function permittedBy(grant: Grant | undefined, { institution, organisation }: Subscription, now: Date): (keyKind: KeyKind) => readonly InquiryItem[] | undefined {
  const asked = { institution, organisation, purpose: grant?.affair, mode: MODE, items: undefined, day: localDateInJapan(now) } as const;
  return (keyKind) => {
    const answer = itemsUnderGrant(grant, { ...asked, keyKind });
    return 'items' in answer ? answer.items : undefined;
  };
}
