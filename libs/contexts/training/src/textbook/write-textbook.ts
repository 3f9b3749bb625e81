import type { Readable } from 'node:stream';
import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { localDateInJapan } from '#kernel';
import { found, platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase, type UseCaseSpec } from '#platform';
import { bodyCodeOf } from '../body/body.js';
import { localDate, oneLine } from '../course/course-view.js';
import type { KeptFiles } from '../kept-files.js';
import { keepsCredit, RIGHT_KINDS, SCOPES, stepTextbook, uncleared, type TextbookStep } from './textbook.js';
import type { TextbookRecord, TextbookStore } from './textbook.store.js';
import { byTextbook, ownerOf, ownTextbook, textbookView, textbookViewOf } from './textbook-view.js';

const there = refusals(platformProblems, 'NOT_FOUND');

const draftSpec = useCase({
  action: 'training.textbook.draft', kind: 'command', summary: 'Begins a textbook; a body begins an edition of one that it may read, and keeps its credit line',
  input: z.strictObject({ title: oneLine(100), scope: z.enum(SCOPES), creditLine: oneLine(200), derivedFrom: z.uuid().optional() }), output: textbookView,
  refusals: [...there, ...refusals(trainingProblems, 'CREDIT_LINE_MISSING')],
});

/** TRN-4.12. */
export class DraftTextbook implements UseCase<typeof draftSpec> {
  readonly spec = draftSpec;

  constructor(private readonly store: TextbookStore) {}

  async execute(ctx: Ctx, { derivedFrom, ...said }: InputOf<typeof draftSpec>): Promise<OutputOf<typeof draftSpec>> {
    if (derivedFrom === undefined && bodyCodeOf(ctx.actor) !== undefined) throw trainingProblems.refuse('CREDIT_LINE_MISSING');
    if (derivedFrom !== undefined) {
      const source = found(await this.store.find(ctx.db, derivedFrom));
      if (source.publishedVersion === null || source.state === 'WITHDRAWN') throw platformProblems.refuse('NOT_FOUND');
      if (!keepsCredit(said.creditLine, source.creditLine)) throw trainingProblems.refuse('CREDIT_LINE_MISSING');
    }
    const drafted: TextbookRecord = { ...said, id: uuidv7(), owner: ownerOf(ctx), state: 'DRAFT', derivedFrom: derivedFrom ?? null, latestVersion: 0, publishedVersion: null };
    await this.store.add(ctx.db, drafted, ctx.now);
    ctx.audit({ object: `textbook:${drafted.id}`, facts: derivedFrom === undefined ? {} : { derivedFrom } });
    return textbookViewOf(drafted);
  }
}

const uploadSpec = useCase({
  action: 'training.textbook.upload', kind: 'process', summary: 'A version of a textbook (PDF); the same file again is the same version', input: byTextbook, output: textbookView,
  refusals: [...there, ...refusals(trainingProblems, 'NOT_IN_STATE'), ...refusals(platformProblems, 'BODY_TOO_LARGE', 'INVALID_INPUT')],
});

/** TRN-4.12: kept under its SHA-256. What is published stays public until the rights of the new one are cleared. */
export class UploadTextbook implements UseCase<typeof uploadSpec> {
  readonly spec = uploadSpec;

  constructor(
    private readonly store: TextbookStore,
    private readonly files: KeptFiles,
  ) {}

  async execute(ctx: Ctx, { textbookId }: InputOf<typeof uploadSpec>, body?: Readable): Promise<OutputOf<typeof uploadSpec>> {
    ownTextbook(ctx, await this.store.find(ctx.db, textbookId));
    if (body === undefined) throw platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: '', code: 'REQUIRED' }] });
    const file = await this.files.receive(body);
    return ctx.transaction(async (tx) => {
      const held = ownTextbook(tx, await this.store.lock(tx.db, textbookId));
      if (held.state === 'WITHDRAWN') throw trainingProblems.refuse('NOT_IN_STATE', { facts: { state: held.state } });
      const latest = await this.store.version(tx.db, textbookId, held.latestVersion);
      if (latest?.sha256 === file.sha256) return textbookViewOf(held);
      const next: TextbookRecord = { ...held, state: 'DRAFT', latestVersion: held.latestVersion + 1 };
      await this.store.addVersion(tx.db, textbookId, next.latestVersion, { ...file, at: tx.now });
      await this.store.save(tx.db, next, tx.now);
      tx.audit({ object: `textbook:${textbookId}`, facts: { version: next.latestVersion, sha256: file.sha256 } });
      return textbookViewOf(next);
    });
  }
}

const figuresSpec = useCase({
  action: 'training.textbook.name-figures', kind: 'command', summary: 'Names the figures of the latest version and by what right each is in it',
  input: byTextbook.extend({
    figures: z.array(z.strictObject({ figure: oneLine(40), right: z.enum(RIGHT_KINDS), licensedUntil: localDate.nullable().default(null), permissionRef: oneLine(60).nullable().default(null) })).max(1_000)
      .refine((all) => new Set(all.map(({ figure }) => figure)).size === all.length, { params: { code: 'TWICE' } }),
  }),
  output: z.object({ uncleared: z.array(z.string()) }), refusals: [...there, ...refusals(trainingProblems, 'NOT_IN_STATE')],
});

export class NameFigures implements UseCase<typeof figuresSpec> {
  readonly spec = figuresSpec;

  constructor(private readonly store: TextbookStore) {}

  async execute(ctx: Ctx, { textbookId, figures }: InputOf<typeof figuresSpec>): Promise<OutputOf<typeof figuresSpec>> {
    const held = ownTextbook(ctx, await this.store.lock(ctx.db, textbookId));
    if (held.state !== 'DRAFT' || held.latestVersion === 0) throw trainingProblems.refuse('NOT_IN_STATE', { facts: { state: held.state } });
    await this.store.putFigures(ctx.db, textbookId, held.latestVersion, figures);
    ctx.audit({ object: `textbook:${textbookId}`, facts: { version: held.latestVersion, figures: figures.length } });
    return { uncleared: uncleared(figures, localDateInJapan(ctx.now)) };
  }
}

type StepSpec = UseCaseSpec<'command', typeof byTextbook, typeof textbookView>;

function stepSpec(verb: string, summary: string): StepSpec {
  return useCase({ action: `training.textbook.${verb}`, kind: 'command', summary, input: byTextbook, output: textbookView, refusals: [...there, ...refusals(trainingProblems, 'NOT_IN_STATE', 'RIGHTS_NOT_CLEARED')] });
}

const SPECS: Readonly<Record<TextbookStep, StepSpec>> = {
  CLEAR: stepSpec('clear', 'Finds the rights of every figure of the latest version cleared'),
  PUBLISH: stepSpec('publish', 'Publishes the version whose rights are cleared'),
  WITHDRAW: stepSpec('withdraw', 'Withdraws a textbook with all its versions'),
};

/** A step that the agency takes (TRN-3.5). */
export class StepTextbook implements UseCase<StepSpec> {
  readonly spec: StepSpec;

  constructor(
    private readonly store: TextbookStore,
    private readonly step: TextbookStep,
  ) {
    this.spec = SPECS[step];
  }

  async execute(ctx: Ctx, { textbookId }: InputOf<StepSpec>): Promise<OutputOf<StepSpec>> {
    const held = found(await this.store.lock(ctx.db, textbookId));
    const state = held.latestVersion === 0 && this.step !== 'WITHDRAW' ? undefined : stepTextbook(held.state, this.step);
    if (state === undefined) throw trainingProblems.refuse('NOT_IN_STATE', { facts: { state: held.state } });
    const [open] = this.step === 'WITHDRAW' ? [] : uncleared(await this.store.figures(ctx.db, textbookId, held.latestVersion), localDateInJapan(ctx.now));
    if (open !== undefined) throw trainingProblems.refuse('RIGHTS_NOT_CLEARED', { facts: { figure: open } });
    const taken: TextbookRecord = { ...held, state, publishedVersion: this.step === 'PUBLISH' ? held.latestVersion : held.publishedVersion };
    await this.store.save(ctx.db, taken, ctx.now);
    ctx.audit({ object: `textbook:${textbookId}`, facts: { state, version: held.latestVersion } });
    return textbookViewOf(taken);
  }
}
