import { join } from 'node:path';
import { route, type ContextParts, type Platform } from '#platform';
import { anyone } from '../anyone.js';
import { KeptFiles } from '../kept-files.js';
import { DownloadTextbook, ListTextbooks } from './read-textbooks.js';
import { TextbookStore } from './textbook.store.js';
import { DraftTextbook, NameFigures, StepTextbook, UploadTextbook } from './write-textbook.js';

/** Textbooks with their versions and rights (TRN-4.12). */
export function textbookParts({ config }: Platform): Partial<ContextParts> {
  const store = new TextbookStore();
  const files = new KeptFiles(config.video?.store ?? join(config.keys, 'textbooks'), 'pdf');
  const pdf = { binary: ['application/pdf'] };
  return {
    http: [
      route('POST', '/textbooks', new DraftTextbook(store), { status: 201 }),
      route('GET', '/textbooks', new ListTextbooks(store)),
      route('POST', '/textbooks/:textbookId/versions', new UploadTextbook(store, files), { status: 201, upload: ['application/pdf'] }),
      route('PUT', '/textbooks/:textbookId/figures', new NameFigures(store)),
      route('POST', '/textbooks/:textbookId/steps/clearance', new StepTextbook(store, 'CLEAR')),
      route('POST', '/textbooks/:textbookId/steps/publication', new StepTextbook(store, 'PUBLISH')),
      route('POST', '/textbooks/:textbookId/steps/withdrawal', new StepTextbook(store, 'WITHDRAW')),
      route('GET', '/textbooks/:textbookId/file', new DownloadTextbook(store, files, ['PUBLIC', 'MUNICIPAL']), pdf),
      route('GET', '/textbooks/:textbookId/public-file', new DownloadTextbook(store, files, ['PUBLIC']), { ...pdf, guest: anyone }),
    ],
  };
}
