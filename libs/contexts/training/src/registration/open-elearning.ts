import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { found, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { AssessmentStore } from '../assessment/assessment.store.js';
import { isEligible } from '../body/body.js';
import type { BodyRecord, BodyStore } from '../body/body.store.js';
import { bodyCode } from '../body/register-bodies.js';
import type { CourseStore } from '../course/course.store.js';
import type { PackageStore } from '../package/package.store.js';
import { capacityShares } from './capacity-shares.js';
import type { OfferStore } from './offer.store.js';
import { requireOwnBody } from './own-body.js';

const PAGE = 1_000;

const openSpec = useCase({
  action: 'training.elearning.open',
  kind: 'command',
  summary: 'Offers the e-learning of a published course: with which package and test, and how its places are shared among the bodies',
  input: z.strictObject({ courseId: z.uuid(), packageId: z.uuid().optional().describe('none where its films alone complete the course (WATCHED_90)'), assessmentId: z.uuid().optional(), floor: z.int().min(0).max(10_000).describe('places that every body gets') }),
  output: z.object({ courseId: z.uuid(), bodies: z.int(), places: z.int() }),
  refusals: [...refusals(trainingProblems, 'COURSE_KIND', 'COURSE_NOT_PUBLISHED', 'FLOOR_TOO_HIGH', 'ON_OFFER'), ...refusals(platformProblems, 'NOT_FOUND')],
});

export interface OpenElearningParts {
  readonly offers: OfferStore;
  readonly courses: CourseStore;
  readonly packages: PackageStore;
  readonly assessments: AssessmentStore;
  readonly bodies: BodyStore;
}

/** TRN-4.2: the shares by the staff numbers that are on file now. */
export class OpenElearning implements UseCase<typeof openSpec> {
  readonly spec = openSpec;

  constructor(private readonly parts: OpenElearningParts) {}

  async execute(ctx: Ctx, { courseId, packageId, assessmentId, floor }: InputOf<typeof openSpec>): Promise<OutputOf<typeof openSpec>> {
    const { offers, courses, packages, assessments } = this.parts;
    const course = found(await courses.lock(ctx.db, courseId));
    if (course.kind !== 'ELEARNING' || course.capacity === null) throw trainingProblems.refuse('COURSE_KIND');
    if (course.state !== 'PUBLISHED') throw trainingProblems.refuse('COURSE_NOT_PUBLISHED');
    if (packageId === undefined && course.completionRule !== 'WATCHED_90') throw platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: '/packageId', code: 'REQUIRED' }] });
    if (packageId !== undefined && found(await packages.find(ctx.db, packageId)).courseId !== courseId) throw platformProblems.refuse('NOT_FOUND');
    if (assessmentId !== undefined && found(await assessments.find(ctx.db, assessmentId)).courseId !== courseId) throw platformProblems.refuse('NOT_FOUND');
    const bodies = (await this.bodies(ctx)).filter((body) => isEligible(course.eligible, body)).map(({ code, staff }) => ({ bodyCode: code, staff }));
    const shares = capacityShares(course.capacity, floor, bodies);
    if (shares === undefined) throw trainingProblems.refuse('FLOOR_TOO_HIGH', { facts: { bodies: bodies.length, places: course.capacity } });
    if (!(await offers.add(ctx.db, { courseId, packageId: packageId ?? null, assessmentId: assessmentId ?? null, floor }, shares, ctx.now))) throw trainingProblems.refuse('ON_OFFER');
    ctx.audit({ object: `elearning:${courseId}`, facts: { package: packageId ?? 'none', floor, bodies: shares.size, places: course.capacity } });
    return { courseId, bodies: shares.size, places: course.capacity };
  }

  private async bodies(ctx: Ctx): Promise<BodyRecord[]> {
    const all: BodyRecord[] = [];
    for (let page = await this.parts.bodies.list(ctx.db, '', PAGE); page.length > 0; page = await this.parts.bodies.list(ctx.db, all.at(-1)?.code ?? '', PAGE)) all.push(...page);
    return all;
  }
}

const sharesSpec = useCase({
  action: 'training.elearning.read-shares',
  kind: 'question',
  summary: 'Places of bodies in the e-learning of a course, and of the common pool: a body sees its own',
  input: z.strictObject({ courseId: z.uuid(), bodyCode: bodyCode.optional() }),
  output: z.object({
    packageId: z.uuid().nullable(), pool: z.object({ places: z.int(), taken: z.int(), since: z.string().nullable().describe('unused places went into it then') }),
    shares: z.array(z.object({ bodyCode: z.string(), places: z.int(), taken: z.int() })),
  }),
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export class ReadShares implements UseCase<typeof sharesSpec> {
  readonly spec = sharesSpec;

  constructor(private readonly offers: OfferStore) {}

  async execute(ctx: Ctx, { courseId, bodyCode: code }: InputOf<typeof sharesSpec>): Promise<OutputOf<typeof sharesSpec>> {
    requireOwnBody(ctx, code ?? '');
    const { packageId, poolPlaces, poolTaken, pooledAt } = found(await this.offers.find(ctx.db, courseId));
    const shares = code === undefined ? await this.offers.shares(ctx.db, courseId) : [found(await this.offers.share(ctx.db, courseId, code))];
    return { packageId, pool: { places: poolPlaces, taken: poolTaken, since: pooledAt?.toISOString() ?? null }, shares };
  }
}
