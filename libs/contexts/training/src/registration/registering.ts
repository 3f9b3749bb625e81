import { trainingProblems } from '#contracts/training';
import { found, type Ctx } from '#platform';
import { isEligible } from '../body/body.js';
import type { BodyStore } from '../body/body.store.js';
import type { PrerequisiteStore } from '../course/prerequisite.store.js';
import type { Learner } from './learner-list.js';
import type { Offer, OfferStore } from './offer.store.js';
import { midPoint, periodFault } from './registration.js';
import type { RegistrationStore } from './registration.store.js';

/** What became of one learner of a list; ALREADY_ACTIVE names the registration that stands. */
export type Outcome = { readonly registrationId: string; readonly code?: 'ALREADY_ACTIVE' } | { readonly code: 'POOL_EMPTY' } | { readonly code: 'PREREQUISITE_MISSING'; readonly missing: string[] };

export interface RegisteringParts {
  readonly offers: OfferStore;
  readonly registrations: RegistrationStore;
  readonly bodies: BodyStore;
  readonly prerequisites: PrerequisiteStore;
}

/** Learners without a registration, with the ids of those who got a place, and people by their accounts: registered before, or without a prerequisite. */
interface Placed {
  readonly fresh: readonly Learner[];
  readonly ids: readonly string[];
  readonly active: ReadonlyMap<string, string>;
  readonly missing: ReadonlyMap<string, readonly string[]>;
}

/** Registers people of one body for one course, in the transaction of `ctx` (TRN-4.2). */
export class Registering {
  constructor(private readonly parts: RegisteringParts) {}

  /** The outcomes in the order of the learners; the first ones get the places that are left. Refuses COURSE_NOT_PUBLISHED, EXPIRED, NOT_ELIGIBLE, NOT_FOUND. */
  async register(ctx: Ctx, courseId: string, bodyCode: string, learners: readonly Learner[]): Promise<Outcome[]> {
    const offer = await this.pooled(ctx, await this.held(ctx, courseId, bodyCode));
    const { registrations } = this.parts;
    const active = new Map(await registrations.active(ctx.db, courseId, bodyCode, learners));
    const people = learners.map((learner) => ({ bodyCode, person: Buffer.from(registrations.accountOf(learner), 'hex') }));
    const missing = await this.parts.prerequisites.missing(ctx.db, { codes: offer.prerequisites, fiscalYear: offer.fiscalYear, by: ctx.now }, people);
    const fresh: Learner[] = [];
    for (const learner of learners) {
      const account = registrations.accountOf(learner);
      if (active.has(account) || missing.has(account)) continue;
      active.set(account, '');
      fresh.push(learner);
    }
    const ids = await this.place(ctx, offer, bodyCode, fresh);
    return this.outcomes(learners, { fresh, ids, active, missing });
  }

  /** Unused places go into the common pool at the mid-point; whoever comes first after it moves them. The caller holds the offer. */
  async pooled(ctx: Ctx, offer: Offer): Promise<Offer> {
    if (offer.pooledAt !== null || ctx.now < midPoint(offer)) return offer;
    const freed = await this.parts.offers.pool(ctx.db, offer.courseId, ctx.now);
    ctx.audit({ object: `elearning:${offer.courseId}`, facts: { pooled: freed } });
    return { ...offer, poolPlaces: offer.poolPlaces + freed, pooledAt: ctx.now };
  }

  private async held(ctx: Ctx, courseId: string, bodyCode: string): Promise<Offer> {
    const offer = found(await this.parts.offers.lock(ctx.db, courseId));
    if (offer.courseState !== 'PUBLISHED') throw trainingProblems.refuse('COURSE_NOT_PUBLISHED');
    // Places may be filled before the first day.
    if (periodFault(offer, ctx.now) === 'EXPIRED') throw trainingProblems.refuse('EXPIRED');
    const body = await this.parts.bodies.find(ctx.db, bodyCode);
    if (body === undefined || !isEligible(offer.eligible, body)) throw trainingProblems.refuse('NOT_ELIGIBLE');
    return offer;
  }

  private async place(ctx: Ctx, offer: Offer, bodyCode: string, fresh: readonly Learner[]): Promise<string[]> {
    const { offers, registrations } = this.parts;
    if (fresh.length === 0) return [];
    const isFromPool = offer.pooledAt !== null;
    const got = isFromPool ? await offers.takeOfPool(ctx.db, offer, fresh.length) : await offers.takeOfShare(ctx.db, offer.courseId, bodyCode, fresh.length);
    if (got === 0) return [];
    const ids = await registrations.add(ctx.db, offer.courseId, fresh.slice(0, got), { isFromPool, at: ctx.now });
    ctx.audit({ object: `elearning:${offer.courseId}`, facts: { body: bodyCode, registered: got } });
    return ids;
  }

  private outcomes(learners: readonly Learner[], { fresh, ids, active, missing }: Placed): Outcome[] {
    const idOf = new Map(fresh.flatMap((learner, at) => (ids[at] === undefined ? [] : [[this.parts.registrations.accountOf(learner), ids[at]] as const])));
    return learners.map((learner): Outcome => {
      const account = this.parts.registrations.accountOf(learner);
      const registrationId = active.get(account) || idOf.get(account);
      const lacking = missing.get(account);
      if (registrationId === undefined) return lacking === undefined ? { code: 'POOL_EMPTY' } : { code: 'PREREQUISITE_MISSING', missing: [...lacking] };
      return fresh.includes(learner) ? { registrationId } : { registrationId, code: 'ALREADY_ACTIVE' };
    });
  }
}
