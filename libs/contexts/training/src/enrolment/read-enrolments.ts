import { z } from 'zod';
import { ENROLMENT_STATES } from '#contracts/training';
import { found, nextOf, pageLimit, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { permittedEnrolment, visibleBody } from './enrolment-desk.js';
import type { EnrolmentStore } from './enrolment.store.js';
import { byEnrolment, enrolmentDetail, enrolmentDetailOf } from './enrolment-view.js';
import type { PlaceStore } from './place.store.js';

const getSpec = useCase({
  action: 'training.enrolment.read',
  kind: 'question',
  summary: 'An enrolment with its learner',
  input: byEnrolment,
  output: enrolmentDetail,
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

/** TRN-7: 404 where it is another body's. */
export class GetEnrolment implements UseCase<typeof getSpec> {
  readonly spec = getSpec;

  constructor(private readonly store: EnrolmentStore) {}

  async execute(ctx: Ctx, { enrolmentId }: InputOf<typeof getSpec>): Promise<OutputOf<typeof getSpec>> {
    const enrolment = permittedEnrolment(ctx, await this.store.find(ctx.db, enrolmentId));
    ctx.audit({ object: `enrolment:${enrolmentId}` });
    const ranks = await this.store.waitingRanks(ctx.db, [enrolment]);
    return enrolmentDetailOf(enrolment, this.store.learnerOf(enrolment), ranks.get(enrolmentId));
  }
}

const listSpec = useCase({
  action: 'training.enrolment.list',
  kind: 'question',
  summary: 'Enrolments with their learners: a body’s own, all for the agency',
  input: z.strictObject({
    sessionId: z.uuid().optional(), state: z.enum(ENROLMENT_STATES).optional(), bodyCode: z.string().regex(/^\d{6}$/).optional(), after: z.uuid().optional(), limit: pageLimit,
  }),
  output: z.object({ items: z.array(enrolmentDetail), next: z.uuid().optional() }),
  refusals: [],
});

export class ListEnrolments implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly store: EnrolmentStore) {}

  async execute(ctx: Ctx, { sessionId, state, bodyCode, after, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const page = await this.store.list(ctx.db, { sessionId, bodyCode: visibleBody(ctx) ?? bodyCode, states: state === undefined ? undefined : [state], after, limit });
    const ranks = await this.store.waitingRanks(ctx.db, page);
    ctx.audit({ object: sessionId === undefined ? 'enrolments' : `session:${sessionId}`, facts: { enrolments: page.length } });
    return { items: page.map((one) => enrolmentDetailOf(one, this.store.learnerOf(one), ranks.get(one.id))), ...nextOf(page, limit, ({ id }) => id) };
  }
}

const placesSpec = useCase({
  action: 'training.place.read',
  kind: 'question',
  summary: 'How many places of a session are taken, and how many wait',
  input: z.strictObject({ sessionId: z.uuid() }),
  output: z.object({ capacity: z.int(), bodyQuota: z.int(), taken: z.int(), waiting: z.int() }),
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export class GetPlaces implements UseCase<typeof placesSpec> {
  readonly spec = placesSpec;

  constructor(private readonly places: PlaceStore) {}

  async execute(ctx: Ctx, { sessionId }: InputOf<typeof placesSpec>): Promise<OutputOf<typeof placesSpec>> {
    return found(await this.places.find(ctx.db, sessionId));
  }
}
