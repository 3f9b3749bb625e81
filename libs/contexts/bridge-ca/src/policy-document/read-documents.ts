import { createHash } from 'node:crypto';
import { z } from 'zod';
import { found, nextOf, pageLimit, platformProblems, refusals, useCase, type BinaryAnswer, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { byDocument, content, documentId, documentView, subject, viewOf } from './document-view.js';
import { OUTLINE } from './outline.js';
import { LANGUAGES, type Language } from './policy-document.js';
import type { DocumentRow, DocumentStore } from './policy-document.store.js';
import { htmlOf, markdownOf } from './render.js';

const notFound = refusals(platformProblems, 'NOT_FOUND');
const detail = documentView.extend({ content, titles: z.array(z.object({ number: z.string(), title: z.object({ ja: z.string(), en: z.string() }) })).describe('RFC 3647 section 6') });

const detailOf = (document: DocumentRow): z.input<typeof detail> => ({ ...viewOf(document), content: { figures: { ...document.content.figures }, sections: [...document.content.sections] }, titles: [...OUTLINE] });

const listSpec = useCase({
  action: 'bridge-ca.policy-document.list',
  kind: 'question',
  summary: 'Versions of the CP/CPS, the newest first',
  input: z.strictObject({ subject: subject.optional(), before: documentId.optional(), limit: pageLimit }),
  output: z.object({ items: z.array(documentView), next: documentId.optional() }),
  refusals: [],
});

export class ListDocuments implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly documents: DocumentStore) {}

  async execute(ctx: Ctx, { subject: of, before, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const page = await this.documents.list(ctx.db, { subject: of, before, limit });
    ctx.audit({ object: 'policy-documents', facts: { documents: page.length } });
    return { items: page.map(viewOf), ...nextOf(page, limit, ({ id }) => id) };
  }
}

const getSpec = useCase({
  action: 'bridge-ca.policy-document.read',
  kind: 'question',
  summary: 'A version of a CP/CPS, whatever its state',
  input: byDocument,
  output: detail,
  refusals: notFound,
});

export class GetDocument implements UseCase<typeof getSpec> {
  readonly spec = getSpec;

  constructor(private readonly documents: DocumentStore) {}

  async execute(ctx: Ctx, { documentId: id }: InputOf<typeof getSpec>): Promise<OutputOf<typeof getSpec>> {
    const document = found(await this.documents.find(ctx.db, id));
    ctx.audit({ object: `policy-document:${id}` });
    return detailOf(document);
  }
}

const publishedSpec = useCase({
  action: 'bridge-ca.published-document.read',
  kind: 'question',
  summary: 'The CP/CPS in force, for machines: figures by name and sections by number',
  input: z.strictObject({ subject }),
  output: detail,
  refusals: notFound,
});

export class GetPublishedDocument implements UseCase<typeof publishedSpec> {
  readonly spec = publishedSpec;

  constructor(private readonly documents: DocumentStore) {}

  async execute(ctx: Ctx, { subject: of }: InputOf<typeof publishedSpec>): Promise<OutputOf<typeof publishedSpec>> {
    const document = found(await this.documents.published(ctx.db, of));
    ctx.audit({ object: `policy-document:${document.id}` });
    return detailOf(document);
  }
}

const FORMS = {
  html: { contentType: 'text/html; charset=utf-8', render: htmlOf },
  md: { contentType: 'text/markdown; charset=utf-8', render: markdownOf },
} as const;

const textSpec = useCase({
  action: 'bridge-ca.published-document.read-text',
  kind: 'question',
  summary: 'The CP/CPS in force, for people',
  input: z.strictObject({ subject, language: z.enum(LANGUAGES).default('ja' satisfies Language), format: z.enum(['html', 'md']).default('html') }),
  output: z.custom<BinaryAnswer>(),
  refusals: notFound,
});

export class GetPublishedText implements UseCase<typeof textSpec> {
  readonly spec = textSpec;

  constructor(private readonly documents: DocumentStore) {}

  async execute(ctx: Ctx, { subject: of, language, format }: InputOf<typeof textSpec>): Promise<BinaryAnswer> {
    const document = found(await this.documents.published(ctx.db, of));
    ctx.audit({ object: `policy-document:${document.id}` });
    const { contentType, render } = FORMS[format];
    const body = Buffer.from(render(document, language));
    return { contentType, body, headers: { 'content-language': language, 'etag': `"${createHash('sha256').update(body).digest('hex')}"`, 'last-modified': document.publishedAt?.toUTCString() ?? '' } };
  }
}
