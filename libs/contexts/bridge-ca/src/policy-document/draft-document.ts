import { z } from 'zod';
import { bridgeCaProblems } from '#contracts/bridge-ca';
import { platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { namedOfficer } from '../authority/generations.js';
import { byDocument, content, documentId, documentView, lockedDocument, requireContent, subject, takeStep, version, viewOf } from './document-view.js';
import { isLaterVersion } from './policy-document.js';
import type { DocumentStore } from './policy-document.store.js';

const draftSpec = useCase({
  action: 'bridge-ca.policy-document.draft',
  kind: 'command',
  summary: 'Drafts a version of a CP/CPS as data: figures, and each section of RFC 3647 in both languages',
  input: z.strictObject({ subject, version, content }),
  output: z.object({ documentId, state: z.literal('DRAFT') }),
  refusals: refusals(bridgeCaProblems, 'DOCUMENT_FAULTY', 'OPERATOR_NOT_ASSERTED', 'VERSION_NOT_LATER'),
});

/** JPKI-3.13. */
export class DraftDocument implements UseCase<typeof draftSpec> {
  readonly spec = draftSpec;

  constructor(private readonly documents: DocumentStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof draftSpec>): Promise<OutputOf<typeof draftSpec>> {
    const draftedBy = namedOfficer(ctx);
    requireContent(input.content);
    const published = await this.documents.published(ctx.db, input.subject);
    const id = uuidv7();
    const isLater = published === undefined || isLaterVersion(input.version, published.version);
    if (!isLater || !(await this.documents.add(ctx.db, { ...input, id, draftedBy, draftedAt: ctx.now }))) throw bridgeCaProblems.refuse('VERSION_NOT_LATER');
    ctx.audit({ object: `policy-document:${id}`, facts: { to: 'DRAFT', subject: input.subject, version: input.version } });
    return { documentId: id, state: 'DRAFT' };
  }
}

const editSpec = useCase({
  action: 'bridge-ca.policy-document.edit',
  kind: 'command',
  summary: 'Replaces the content of a draft',
  input: byDocument.extend({ content }),
  output: documentView,
  refusals: [...refusals(bridgeCaProblems, 'DOCUMENT_FAULTY', 'NOT_IN_STATE', 'OPERATOR_NOT_ASSERTED'), ...refusals(platformProblems, 'NOT_FOUND')],
});

export class EditDocument implements UseCase<typeof editSpec> {
  readonly spec = editSpec;

  constructor(private readonly documents: DocumentStore) {}

  async execute(ctx: Ctx, { documentId: id, content: of }: InputOf<typeof editSpec>): Promise<OutputOf<typeof editSpec>> {
    requireContent(of);
    return viewOf(await takeStep(ctx, this.documents, await lockedDocument(ctx, this.documents, id), { step: 'EDIT', changes: { content: of } }));
  }
}
