import { localDateInJapan } from '#kernel';
import { stateMismatchOverdue } from '#contracts/card-issuance';
import { followCard, statesOfCards } from '#contracts/jpki-ca';
import { getPersons, type PersonView } from '#contracts/juki-net';
import { daily, log, queueJob, stillWaiting, whenAnswered, type Ctx, type Job, type JobKind, type Peers, type Schedule, type StepOutcome } from '#platform';
import { z } from 'zod';
import { isInUse } from '../card/card.js';
import { occasionEvery } from '../handover/occasion.js';
import { applyRun, type FollowStores } from '../on/follow-person.js';
import { ALARM_AFTER_SECONDS, SETTLE_AFTER_SECONDS, certificateMismatch, changeFromRegister, registerMismatch, tellAgain } from './state-mismatch.js';
import type { Compared, Finding, Mismatch, StateMismatchStore } from './state-mismatch.store.js';

const KIND = 'compare-ledger';
/** As many as the authority answers of at once. */
const PAGE = 500;
const SECONDS = 180;
/** Cards that have just moved are left to their events. */
const REST_SECONDS = 60;
/** How far back an occasion looks, so that none is missed when some are. */
const LOOK_BACK_SECONDS = 900;

const parameters = z.object({ since: z.iso.datetime().optional() });

export interface CompareStores extends FollowStores {
  readonly mismatches: StateMismatchStore;
}

interface Page {
  readonly compared: readonly Compared[];
  readonly persons: ReadonlyMap<string, PersonView>;
  readonly findings: readonly Finding[];
  /** Mismatches that jpki-ca was told of once more. */
  readonly told: readonly Mismatch[];
}

/**
 * Compares the ledger with the certificates and the register, page by page (CARD-3.5, Q6): what disagrees is noted with its age, what
 * the rules allow is settled when it is found again, and the comparison after that tells whether it helped.
 */
export class CompareLedger implements JobKind<Page | undefined> {
  readonly kind = KIND;

  constructor(
    private readonly stores: CompareStores,
    private readonly peers: Peers,
  ) {}

  async prepare(ctx: Ctx, job: Job): Promise<Page | undefined> {
    return whenAnswered(() => this.ask(ctx, job));
  }

  async step(ctx: Ctx, job: Job, page: Page | undefined): Promise<StepOutcome> {
    if (page === undefined) return stillWaiting(job);
    const { compared, findings, told } = page;
    await this.stores.mismatches.record(ctx.db, compared.map(({ card }) => card), findings, ctx.now);
    for (const one of compared) await this.settle(ctx, page, one);
    for (const { mismatchId, cardSerial, kind } of told) {
      await this.stores.mismatches.settled(ctx.db, mismatchId, ctx.now);
      ctx.audit({ object: `card:${cardSerial}`, facts: { mismatch: kind, settled: true } });
    }
    const done = job.done + compared.length;
    // The whole ledger takes hours: after each page other work has its turn.
    const turn = parameters.parse(job.parameters).since === undefined ? { pauseSeconds: 1 } : {};
    return { cursor: compared.at(-1)?.card.cardSerial ?? cursorOf(job), done, ...(compared.length < PAGE ? { result: { compared: done } } : turn) };
  }

  private async ask(ctx: Ctx, job: Job): Promise<Page> {
    const { since } = parameters.parse(job.parameters);
    const compared = await this.stores.mismatches.page(ctx.db, { until: before(ctx, REST_SECONDS), since, after: cursorOf(job), limit: PAGE });
    if (compared.length === 0) return { compared, persons: new Map(), findings: [], told: [] };
    const call = callOf(ctx);
    const { certificates } = await this.peers.call(statesOfCards, call, { cardSerials: compared.map(({ card }) => card.cardSerial) });
    const personKeys = [...new Set(compared.flatMap(({ card }) => (isInUse(card.state) ? [card.personKey] : [])))];
    const { persons: known } = personKeys.length === 0 ? { persons: [] } : await this.peers.call(getPersons, call, { personKeys });
    const persons = new Map(known.map((person) => [person.personKey, person]));
    const findings = compared.flatMap(({ card, waits, open }) => {
      const own = certificates.filter(({ cardSerial }) => cardSerial === card.cardSerial).map((one) => certificateMismatch(card, one, waits));
      const kinds = new Set([...own, registerMismatch(card, persons.get(card.personKey), open)]);
      return [...kinds].flatMap((kind) => (kind === undefined ? [] : [{ card, kind }]));
    });
    return { compared, persons, findings, told: await this.tell(ctx, compared, findings) };
  }

  private async tell(ctx: Ctx, compared: readonly Compared[], findings: readonly Finding[]): Promise<Mismatch[]> {
    const told: Mismatch[] = [];
    for (const { card, mismatch } of ripe(ctx, compared, findings)) {
      const state = tellAgain(card, mismatch.kind);
      if (state === undefined) continue;
      await this.peers.call(followCard, callOf(ctx), { cardSerial: card.cardSerial, personKey: card.personKey, sequence: card.version, state });
      told.push(mismatch);
    }
    return told;
  }

  /** What is settled here: an activation that was never queued, and what the register says of a holder. */
  private async settle(ctx: Ctx, page: Page, compared: Compared): Promise<void> {
    for (const { card, mismatch } of ripe(ctx, [compared], page.findings)) {
      const person = page.persons.get(card.personKey);
      if (mismatch.kind === 'CERTIFICATE_NOT_ACTIVATED') await this.stores.handovers.queueActivation(ctx.db, card, ctx.now);
      else if (mismatch.kind !== 'PERSON_ENDED' && mismatch.kind !== 'MUNICIPALITY') continue;
      else if (person === undefined || !(await this.followRegister(ctx, person))) continue;
      await this.stores.mismatches.settled(ctx.db, mismatch.mismatchId, ctx.now);
      ctx.audit({ object: `card:${card.cardSerial}`, subjects: [card.personKey], facts: { mismatch: mismatch.kind, settled: true } });
    }
  }

  /** False where the facts were followed, and the card stands against them all the same: nothing by itself mends that. */
  private async followRegister(ctx: Ctx, person: PersonView): Promise<boolean> {
    const { facts } = this.stores;
    await facts.lockPerson(ctx.db, person.personKey);
    const followed = await facts.followedUpTo(ctx.db, person.personKey);
    if (followed !== undefined && followed >= person.factVersion) return false;
    await facts.dropWaiting(ctx.db, person.personKey, person.factVersion);
    await applyRun(ctx, this.stores, changeFromRegister(person, localDateInJapan(ctx.now)));
    return true;
  }
}

/** Findings that were noted by an earlier comparison, long enough ago for any event to have come. */
function ripe(ctx: Ctx, compared: readonly Compared[], findings: readonly Finding[]): { readonly card: Compared['card']; readonly mismatch: Mismatch }[] {
  return compared.flatMap(({ card, mismatches }) => mismatches
    .filter(({ kind, foundAt }) => foundAt <= before(ctx, SETTLE_AFTER_SECONDS) && findings.some((finding) => finding.card.cardSerial === card.cardSerial && finding.kind === kind))
    .map((mismatch) => ({ card, mismatch })));
}

function callOf(ctx: Ctx) {
  return { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: 'CARD_HANDOVER' };
}

function before(ctx: Ctx, seconds: number): Date {
  return new Date(ctx.now.getTime() - seconds * 1_000);
}

function cursorOf(job: Job): string {
  return z.string().nullable().parse(job.cursor ?? null) ?? '';
}

/** Every three minutes what has moved in the last hour or disagrees; every day the whole ledger; and whoever must be told of an old difference. */
export function comparisonSchedules({ mismatches }: CompareStores): Schedule[] {
  const since = (ctx: Ctx): string => before(ctx, LOOK_BACK_SECONDS).toISOString();
  return [
    {
      name: KIND, due: occasionEvery(SECONDS),
      hasWork: (ctx) => mismatches.hasWork(ctx.db, KIND, since(ctx), before(ctx, REST_SECONDS)),
      run: async (ctx) => void (await queueJob(ctx, KIND, { since: since(ctx) })),
    },
    daily('compare-whole-ledger', async (ctx) => void (await queueJob(ctx, KIND, {}))),
    {
      name: 'state-mismatch-alarm', due: occasionEvery(SECONDS),
      hasWork: (ctx) => mismatches.anyToAlarm(ctx.db, before(ctx, ALARM_AFTER_SECONDS)),
      run: async (ctx) => {
        for (const { mismatchId, cardSerial, municipalityCode, kind, foundAt } of await mismatches.alarm(ctx.db, before(ctx, ALARM_AFTER_SECONDS), ctx.now)) {
          ctx.emit(stateMismatchOverdue, { aggregateId: mismatchId, sequence: 1, data: { mismatchId, cardSerial, municipalityCode, kind, foundAt: foundAt.toISOString() } });
          log.error('ledger, certificates and register disagree about a card', { code: kind });
        }
      },
    },
  ];
}
