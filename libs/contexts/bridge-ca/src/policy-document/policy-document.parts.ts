import { route, uuidv7, type ContextParts, type Platform } from '#platform';
import { organisationFor } from '../authority/authority.js';
import { DraftDocument, EditDocument } from './draft-document.js';
import { SUBJECTS } from './policy-document.js';
import { DocumentStore } from './policy-document.store.js';
import { CompareDocument, PublishDocument } from './publish-document.js';
import { GetDocument, GetPublishedDocument, GetPublishedText, ListDocuments } from './read-documents.js';
import { RunningFigures } from './running-figures.js';
import { seedDocument } from './seed/seed-documents.js';
import { StepDocument } from './step-document.js';

/** CP/CPS as data (JPKI-3.13). The first version of each comes with the service, as a draft of nobody in particular. */
export function policyDocumentParts({ config, clock, database, peers }: Platform): Partial<ContextParts> {
  const documents = new DocumentStore();
  const organisation = organisationFor(config.environment);
  const running = new RunningFigures(peers, organisation);
  return {
    http: [
      route('POST', '/policy-documents', new DraftDocument(documents), { status: 201 }),
      route('GET', '/policy-documents', new ListDocuments(documents)),
      route('GET', '/policy-documents/:documentId', new GetDocument(documents)),
      route('PUT', '/policy-documents/:documentId/content', new EditDocument(documents)),
      route('POST', '/policy-documents/:documentId/review', new StepDocument(documents, 'REVIEW')),
      route('POST', '/policy-documents/:documentId/approvals', new StepDocument(documents, 'APPROVE')),
      route('POST', '/policy-documents/:documentId/return', new StepDocument(documents, 'RETURN')),
      route('POST', '/policy-documents/:documentId/publication', new PublishDocument(documents, running)),
      route('POST', '/policy-documents/:documentId/comparison', new CompareDocument(documents, running)),
      route('GET', '/published-documents/:subject', new GetPublishedDocument(documents)),
      route('GET', '/published-documents/:subject/text', new GetPublishedText(documents), { binary: ['text/html', 'text/markdown'] }),
    ],
    prepare: async () => {
      for (const subject of SUBJECTS) {
        await documents.add(database.db, { id: uuidv7(), subject, version: '1.0', content: seedDocument(subject, organisation), draftedBy: '@svc-bridge-ca', draftedAt: clock.now() });
      }
    },
  };
}
