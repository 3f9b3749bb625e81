import { route, type ContextParts, type Platform } from '#platform';
import { SENT_AT } from '../change-notice/clock-skew.js';
import type { Register } from '../change-notice/register.js';
import { dropBrokenUploads } from './drop-broken-uploads.js';
import { GetNoticeFile, ListNoticeFileFaults } from './follow-notice-file.js';
import { ListNoticeFiles } from './list-notice-files.js';
import { NoticeFileStore } from './notice-file.store.js';
import { ReceiveNoticeFile } from './receive-notice-file.js';
import { WorkOnNoticeFile } from './work-on-notice-file.js';

/** A municipality's files of change notices (JUKI-5.3). */
export function noticeFileParts({ cipher }: Platform, { intake }: Register): Partial<ContextParts> {
  const files = new NoticeFileStore(cipher);
  return {
    http: [
      route('POST', '/notice-files', new ReceiveNoticeFile(files), { status: 202, upload: ['text/csv'], headers: SENT_AT }),
      route('GET', '/notice-files', new ListNoticeFiles(files)),
      route('GET', '/notice-files/:fileId', new GetNoticeFile(files)),
      route('GET', '/notice-files/:fileId/faults', new ListNoticeFileFaults(files)),
    ],
    jobs: [new WorkOnNoticeFile(files, intake)],
    schedules: [dropBrokenUploads(files)],
  };
}
