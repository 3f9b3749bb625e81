import { z } from 'zod';
import { bridgeCaProblems } from '#contracts/bridge-ca';
import { platformProblems, type Ctx } from '#platform';
import { namedOfficer } from '../authority/generations.js';
import { contentFaults, DOCUMENT_STATES, stepDocument, SUBJECTS, type DocumentContent, type DocumentStep } from './policy-document.js';
import type { DocumentRow, DocumentStore } from './policy-document.store.js';

export const documentId = z.uuid();
export const byDocument = z.strictObject({ documentId });
export const subject = z.enum(SUBJECTS);
export const version = z.string().regex(/^[1-9]\d{0,2}\.\d{1,3}$/);

const words = z.string().min(1).max(4_000).transform((text) => text.normalize('NFC'));
export const content = z.strictObject({
  figures: z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,40}$/), z.string().min(1).max(200)).describe('what is stated of OIDs, lives, intervals and key sizes, by name'),
  sections: z.array(z.strictObject({ number: z.string().max(5), text: z.strictObject({ ja: words, en: words }) })).max(100).describe('of RFC 3647 section 6; `{name}` stands for a figure'),
});

export const documentView = z.object({
  documentId, subject, version: z.string(), state: z.enum(DOCUMENT_STATES), draftedBy: z.string(), reviewedBy: z.string().optional(), approvedBy: z.array(z.string()),
  publishedAt: z.iso.datetime().optional(),
});

export function viewOf({ id, subject: of, version: number, state, draftedBy, reviewedBy, approvedBy, secondApprovedBy, publishedAt }: DocumentRow): z.input<typeof documentView> {
  return {
    documentId: id, subject: of, version: number, state, draftedBy, reviewedBy: reviewedBy ?? undefined, approvedBy: [approvedBy, secondApprovedBy].filter((officer) => officer !== null),
    publishedAt: publishedAt?.toISOString(),
  };
}

/** Refuses DOCUMENT_FAULTY with each section that is wrong. */
export function requireContent(of: DocumentContent): void {
  const faults = contentFaults(of);
  if (faults.length > 0) throw bridgeCaProblems.refuse('DOCUMENT_FAULTY', { fields: faults.slice(0, 100).map(({ section, code }) => ({ pointer: `/content/${section}`, code })) });
}

/** The document, locked until the transaction ends. Refuses NOT_FOUND. */
export async function lockedDocument(ctx: Ctx, documents: DocumentStore, id: string): Promise<DocumentRow> {
  const document = await documents.lock(ctx.db, id);
  if (document === undefined) throw platformProblems.refuse('NOT_FOUND');
  return document;
}

/** Takes a step in the caller's transaction. Refuses OPERATOR_NOT_ASSERTED and what `stepDocument` refuses. */
export async function takeStep(ctx: Ctx, documents: DocumentStore, held: DocumentRow, { step, changes = {} }: { step: DocumentStep; changes?: Partial<DocumentRow> }): Promise<DocumentRow> {
  const by = { officer: namedOfficer(ctx), institution: ctx.actor.kind === 'prefecture' ? 'prefecture' : 'operator' } as const;
  const outcome = stepDocument(held, step, by);
  if ('refusal' in outcome) throw bridgeCaProblems.refuse(outcome.refusal, { facts: { state: held.state } });
  const taken: DocumentRow = { ...held, ...changes, ...outcome.changes };
  await documents.save(ctx.db, taken, ctx.now);
  ctx.audit({ object: `policy-document:${held.id}`, facts: { step, from: held.state, to: taken.state } });
  return taken;
}
