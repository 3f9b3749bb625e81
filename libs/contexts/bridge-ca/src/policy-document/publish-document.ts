import { z } from 'zod';
import { bridgeCaProblems, policyDocumentPublished } from '#contracts/bridge-ca';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { byDocument, documentView, lockedDocument, takeStep, viewOf } from './document-view.js';
import { figureDifferences, isLaterVersion } from './policy-document.js';
import type { DocumentRow, DocumentStore } from './policy-document.store.js';
import type { RunningFigures } from './running-figures.js';

const publishSpec = useCase({
  action: 'bridge-ca.policy-document.publish',
  kind: 'process',
  summary: 'Publishes an approved document in the place of the one before, if each of its figures is what runs',
  input: byDocument,
  output: documentView,
  refusals: [...refusals(bridgeCaProblems, 'FIGURE_DIFFERS', 'NOT_IN_STATE', 'OPERATOR_NOT_ASSERTED', 'VERSION_NOT_LATER'), ...refusals(platformProblems, 'NOT_FOUND', 'UNAVAILABLE')],
});

/** JPKI-3.13, 4.19: APPROVED -> PUBLISHED; the former one is SUPERSEDED. */
export class PublishDocument implements UseCase<typeof publishSpec> {
  readonly spec = publishSpec;

  constructor(
    private readonly documents: DocumentStore,
    private readonly running: RunningFigures,
  ) {}

  async execute(ctx: Ctx, { documentId: id }: InputOf<typeof publishSpec>): Promise<OutputOf<typeof publishSpec>> {
    const { subject } = required(await this.documents.find(ctx.db, id));
    const running = await this.running.of(ctx, subject);
    return ctx.transaction(async (tx) => {
      const held = await lockedDocument(tx, this.documents, id);
      const [difference] = figureDifferences(held.content.figures, running);
      if (difference !== undefined) {
        const { figure, stated = '', running: runs = '' } = difference;
        throw bridgeCaProblems.refuse('FIGURE_DIFFERS', { facts: { figure, stated, running: runs }, fields: [{ pointer: `/content/figures/${figure}`, code: 'FIGURE_DIFFERS' }] });
      }
      const former = await this.documents.published(tx.db, subject);
      if (former !== undefined && !isLaterVersion(held.version, former.version)) throw bridgeCaProblems.refuse('VERSION_NOT_LATER');
      if (held.state === 'APPROVED') await this.documents.supersede(tx.db, subject, tx.now);
      const published = await takeStep(tx, this.documents, held, { step: 'PUBLISH', changes: { publishedAt: tx.now } });
      tx.emit(policyDocumentPublished, { aggregateId: id, sequence: 1, data: { documentId: id, subject, version: held.version, at: tx.now.toISOString() } });
      return viewOf(published);
    });
  }
}

const compareSpec = useCase({
  action: 'bridge-ca.policy-document.compare',
  kind: 'process',
  summary: 'Each figure as the document states it and as it runs',
  input: byDocument,
  output: z.object({ differences: z.array(z.object({ figure: z.string(), stated: z.string().optional(), running: z.string().optional() })) }),
  refusals: refusals(platformProblems, 'NOT_FOUND', 'UNAVAILABLE'),
});

/** For drafts, and for what is published whenever a profile may have changed. */
export class CompareDocument implements UseCase<typeof compareSpec> {
  readonly spec = compareSpec;

  constructor(
    private readonly documents: DocumentStore,
    private readonly running: RunningFigures,
  ) {}

  async execute(ctx: Ctx, { documentId: id }: InputOf<typeof compareSpec>): Promise<OutputOf<typeof compareSpec>> {
    const { subject, content } = required(await this.documents.find(ctx.db, id));
    const differences = figureDifferences(content.figures, await this.running.of(ctx, subject));
    ctx.audit({ object: `policy-document:${id}`, facts: { differences: differences.length } });
    return { differences };
  }
}

function required(document: DocumentRow | undefined): DocumentRow {
  if (document === undefined) throw platformProblems.refuse('NOT_FOUND');
  return document;
}
