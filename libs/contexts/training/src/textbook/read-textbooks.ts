import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { localDateInJapan } from '#kernel';
import { found, nextOf, pageLimit, platformProblems, refusals, useCase, type BinaryAnswer, type Ctx, type InputOf, type OutputOf, type UseCase, type UseCaseSpec } from '#platform';
import type { KeptFiles } from '../kept-files.js';
import { uncleared, type TextbookScope } from './textbook.js';
import type { TextbookStore } from './textbook.store.js';
import { byTextbook, ownerOf, textbookView, textbookViewOf } from './textbook-view.js';

const listSpec = useCase({
  action: 'training.textbook.list', kind: 'question', summary: 'Textbooks, the newest first: those that are published, and the caller’s own', input: z.strictObject({ before: z.uuid().optional(), limit: pageLimit }),
  output: z.object({ items: z.array(textbookView), next: z.string().optional() }), refusals: [],
});

export class ListTextbooks implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly store: TextbookStore) {}

  async execute(ctx: Ctx, { before, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const items = await this.store.list(ctx.db, { owner: ownerOf(ctx), isAll: ctx.actor.kind === 'operator', before, limit });
    return { items: items.map(textbookViewOf), ...nextOf(items, limit, ({ id }) => id) };
  }
}

type FileSpec = UseCaseSpec<'question', typeof byTextbook, z.ZodType<BinaryAnswer>>;

function fileSpec(verb: string, summary: string): FileSpec {
  return useCase({
    action: `training.textbook.${verb}`, kind: 'question', summary, input: byTextbook, output: z.custom<BinaryAnswer>(), refusals: [...refusals(platformProblems, 'NOT_FOUND'), ...refusals(trainingProblems, 'RIGHTS_NOT_CLEARED')],
  });
}

/** TRN-4.12: for everybody, or under a login. A licence that has run out since stops it. */
export class DownloadTextbook implements UseCase<FileSpec> {
  readonly spec: FileSpec;

  constructor(
    private readonly store: TextbookStore,
    private readonly files: KeptFiles,
    private readonly scopes: readonly TextbookScope[],
  ) {
    this.spec = scopes.includes('MUNICIPAL') ? fileSpec('download', 'The published version of a textbook') : fileSpec('download-public', 'The same for everybody, where its scope is PUBLIC');
  }

  async execute(ctx: Ctx, { textbookId }: InputOf<FileSpec>): Promise<BinaryAnswer> {
    const { publishedVersion, scope, state } = found(await this.store.find(ctx.db, textbookId));
    if (publishedVersion === null || state === 'WITHDRAWN' || !this.scopes.includes(scope)) throw platformProblems.refuse('NOT_FOUND');
    const [open] = uncleared(await this.store.figures(ctx.db, textbookId, publishedVersion), localDateInJapan(ctx.now));
    if (open !== undefined) throw trainingProblems.refuse('RIGHTS_NOT_CLEARED', { facts: { figure: open } });
    const { sha256, length } = found(await this.store.version(ctx.db, textbookId, publishedVersion));
    ctx.audit({ object: `textbook:${textbookId}`, facts: { version: publishedVersion } });
    return { contentType: 'application/pdf', headers: { etag: `"${sha256}"` }, body: { length, read: (stretch) => this.files.read(sha256, stretch) } };
  }
}
