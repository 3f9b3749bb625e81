import { jukiNetEvents, jukiNetProto } from '#contracts/juki-net';
import { route, type ContextModule } from '#platform';
import { ChangeNoticeStore } from './change-notice/change-notice.store.js';
import { GetChangeNotice } from './change-notice/get-change-notice.js';
import { SubmitChangeNotice } from './change-notice/submit-change-notice.js';
import { NoticeIntake } from './change-notice/take-in-notices.js';
import { dropBrokenUploads } from './notice-file/drop-broken-uploads.js';
import { GetNoticeFile, ListNoticeFileFaults } from './notice-file/follow-notice-file.js';
import { NoticeFileStore } from './notice-file/notice-file.store.js';
import { ReceiveNoticeFile } from './notice-file/receive-notice-file.js';
import { WorkOnNoticeFile } from './notice-file/work-on-notice-file.js';
import { policy } from './policy.js';
import { GetPersons, ResolveCodes } from './resident/answer-neighbours.js';
import { PersonViewStore } from './resident/person-view.store.js';
import { ResidentStore } from './resident/resident.store.js';

/** The national resident-register network (住民基本台帳ネットワークシステム). */
export const jukiNetModule: ContextModule = {
  name: 'juki-net',
  title: '住民基本台帳ネットワーク / Resident register network',
  migrations: new URL('./migrations/', import.meta.url),
  proto: jukiNetProto,
  events: jukiNetEvents,
  policy,
  build: ({ cipher }) => {
    const residents = new ResidentStore(cipher);
    const notices = new ChangeNoticeStore(cipher);
    const files = new NoticeFileStore(cipher);
    const views = new PersonViewStore(cipher);
    const intake = new NoticeIntake(residents, notices);
    return {
      http: [
        route('POST', '/change-notices', new SubmitChangeNotice(intake), { status: 202 }),
        route('GET', '/change-notices/:noticeId', new GetChangeNotice(notices)),
        route('POST', '/notice-files', new ReceiveNoticeFile(files), { status: 202, upload: ['text/csv'] }),
        route('GET', '/notice-files/:fileId', new GetNoticeFile(files)),
        route('GET', '/notice-files/:fileId/faults', new ListNoticeFileFaults(files)),
      ],
      grpc: {
        'JukiRegister.ResolveCodes': new ResolveCodes(views),
        'JukiRegister.GetPersons': new GetPersons(views),
      },
      subscriptions: [],
      jobs: [new WorkOnNoticeFile(files, intake)],
      schedules: [dropBrokenUploads(files)],
    };
  },
};
