import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { fiscalYearOf, localDateInJapan } from '#kernel';
import { found, nextOf, pageLimit, platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { bodyCodeOf } from '../body/body.js';
import { oneLine } from '../course/course-view.js';
import { isFarEnough, REQUEST_KINDS, travelPaidBy } from './lecturer.js';
import type { LecturerRequest, LecturerStore } from './lecturer.store.js';
import { lecturerFields, lecturerView, lecturerViewOf, requestView, requestViewOf } from './lecturer-view.js';

const registerSpec = useCase({
  action: 'training.lecturer.register', kind: 'command', summary: 'Registers a lecturer, or changes one that is named, with what the employer has declared', input: z.strictObject({ lecturerId: z.uuid().optional(), ...lecturerFields }),
  output: lecturerView, refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export class RegisterLecturer implements UseCase<typeof registerSpec> {
  readonly spec = registerSpec;

  constructor(private readonly store: LecturerStore) {}

  async execute(ctx: Ctx, { lecturerId, ...fields }: InputOf<typeof registerSpec>): Promise<OutputOf<typeof registerSpec>> {
    if (lecturerId !== undefined) found(await this.store.lecturer(ctx.db, lecturerId));
    const id = lecturerId ?? uuidv7();
    await this.store.addLecturer(ctx.db, { id, ...fields }, ctx.now);
    ctx.audit({ object: `lecturer:${id}` });
    return lecturerViewOf(found(await this.store.lecturer(ctx.db, id)));
  }
}

const lecturersSpec = useCase({
  action: 'training.lecturer.list', kind: 'question', summary: 'Lecturers, by number', input: z.strictObject({ subject: oneLine(40).optional(), after: z.coerce.number().int().min(0).default(0), limit: pageLimit }),
  output: z.object({ items: z.array(lecturerView), next: z.int().optional() }), refusals: [],
});

export class ListLecturers implements UseCase<typeof lecturersSpec> {
  readonly spec = lecturersSpec;

  constructor(private readonly store: LecturerStore) {}

  async execute(ctx: Ctx, { subject, after, limit }: InputOf<typeof lecturersSpec>): Promise<OutputOf<typeof lecturersSpec>> {
    const items = await this.store.lecturers(ctx.db, { subject, after, limit });
    ctx.audit({ object: 'lecturers', facts: { lecturers: items.length } });
    return { items: items.map(lecturerViewOf), ...nextOf(items, limit, ({ number }) => number) };
  }
}

const instant = z.iso.datetime().transform((text) => new Date(text));
const requestSpec = useCase({
  action: 'training.lecturer.request', kind: 'command', summary: 'A body asks for a lecturer, with dates that it offers',
  input: z.strictObject({
    kind: z.enum(REQUEST_KINDS), subject: oneLine(40), audience: oneLine(100), place: oneLine(100), isDisasterHit: z.boolean().default(false),
    candidates: z.array(z.strictObject({ startsAt: instant, endsAt: instant }).refine(({ startsAt, endsAt }) => startsAt < endsAt, { params: { code: 'ORDER' } })).min(1).max(10),
  }),
  output: requestView, refusals: [...refusals(trainingProblems, 'FREE_DISPATCH_USED', 'TOO_SOON'), ...refusals(platformProblems, 'OUT_OF_JURISDICTION')],
});

/** TRN-4.12. */
export class RequestLecturer implements UseCase<typeof requestSpec> {
  readonly spec = requestSpec;

  constructor(private readonly store: LecturerStore) {}

  async execute(ctx: Ctx, { isDisasterHit, ...asked }: InputOf<typeof requestSpec>): Promise<OutputOf<typeof requestSpec>> {
    const bodyCode = bodyCodeOf(ctx.actor);
    const [first] = asked.candidates;
    if (bodyCode === undefined || first === undefined) throw platformProblems.refuse('OUT_OF_JURISDICTION');
    if (!isFarEnough(asked.candidates, localDateInJapan(ctx.now))) throw trainingProblems.refuse('TOO_SOON');
    const request: LecturerRequest = {
      ...asked, id: uuidv7(), bodyCode, fiscalYear: fiscalYearOf(localDateInJapan(first.startsAt)), travelPaidBy: travelPaidBy(asked.kind, isDisasterHit), state: 'REQUESTED',
      lecturerId: null, startsAt: null, endsAt: null, attended: null, rating: null,
    };
    if (!(await this.store.addRequest(ctx.db, request, ctx.now))) throw trainingProblems.refuse('FREE_DISPATCH_USED');
    ctx.audit({ object: `lecturer-request:${request.id}`, facts: { kind: request.kind } });
    return requestViewOf(request);
  }
}

const listSpec = useCase({
  action: 'training.lecturer.list-requests', kind: 'question', summary: 'Requests for lecturers, the newest first; a body sees its own', input: z.strictObject({ before: z.uuid().optional(), limit: pageLimit }),
  output: z.object({ items: z.array(requestView), next: z.string().optional() }), refusals: [],
});

export class ListLecturerRequests implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly store: LecturerStore) {}

  async execute(ctx: Ctx, { before, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const items = await this.store.requests(ctx.db, { bodyCode: ctx.permission.scope === 'nation' ? undefined : bodyCodeOf(ctx.actor), before, limit });
    return { items: items.map(requestViewOf), ...nextOf(items, limit, ({ id }) => id) };
  }
}
