import type { Readable } from 'node:stream';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import { platformProblems, refusals, useCase, type BinaryAnswer, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { ApplicationStore } from './application.store.js';
import { NOTICE_LANGUAGES } from './deficiency-texts.js';
import { findingView, pictureFindings } from './judge-photo.js';
import { annotatePhoto } from './photo/annotate-photo.js';
import { openPhoto, readPhoto } from './photo/photo-file.js';

const language = z.enum(NOTICE_LANGUAGES).default('ja');

const spec = useCase({
  action: 'card-issuance.photo.check',
  kind: 'question',
  summary: 'What a machine notices about a photo, before it is sent in; nothing is kept',
  input: z.strictObject({}),
  output: z.object({ findings: z.array(findingView) }),
  refusals: [...refusals(cardIssuanceProblems, 'P02'), ...refusals(platformProblems, 'UNSUPPORTED_MEDIA_TYPE')],
});

/** The instant check at upload (CARD-8). */
export class CheckPhoto implements UseCase<typeof spec> {
  readonly spec = spec;

  async execute(ctx: Ctx, _input: InputOf<typeof spec>, body?: Readable): Promise<OutputOf<typeof spec>> {
    return { findings: pictureFindings(await openPhoto(await readPhoto(body)), ctx.now) };
  }
}

const pictureSpec = useCase({
  action: 'card-issuance.photo.check-picture',
  kind: 'question',
  summary: 'The same check as a picture: the print version with the reasons drawn on it, in the applicant\'s language',
  input: z.strictObject({ language }),
  output: z.custom<BinaryAnswer>(),
  refusals: spec.refusals,
});

/** Reasons shown on the picture (CARD-8). */
export class CheckPhotoPicture implements UseCase<typeof pictureSpec> {
  readonly spec = pictureSpec;

  async execute(ctx: Ctx, input: InputOf<typeof pictureSpec>, body?: Readable): Promise<BinaryAnswer> {
    const photo = await openPhoto(await readPhoto(body));
    return { contentType: 'image/jpeg', body: await annotatePhoto(photo.normalised, pictureFindings(photo, ctx.now), input.language) };
  }
}

const examinedSpec = useCase({
  action: 'card-issuance.application.annotated-photo',
  kind: 'question',
  summary: 'The photo of an application with what a machine noticed, for its examiner',
  input: z.strictObject({ applicationId: z.string().regex(/^\d{23}$/), language }),
  output: z.custom<BinaryAnswer>(),
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

/** What the examiner looks at first. */
export class ShowAnnotatedPhoto implements UseCase<typeof examinedSpec> {
  readonly spec = examinedSpec;

  constructor(private readonly applications: ApplicationStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof examinedSpec>): Promise<BinaryAnswer> {
    const application = await this.applications.find(ctx.db, input.applicationId);
    const photo = await this.applications.photo(ctx.db, input.applicationId);
    if (application === undefined || photo === undefined) throw platformProblems.refuse('NOT_FOUND');
    ctx.audit({ object: `application:${input.applicationId}`, subjects: [application.personKey] });
    return { contentType: 'image/jpeg', body: await annotatePhoto(photo, application.findings, input.language) };
  }
}
