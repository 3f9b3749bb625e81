import { jukiNetEvents, jukiNetProto } from '#contracts/juki-net';
import { route, type ContextModule } from '#platform';
import { ChangeNoticeStore } from './change-notice/change-notice.store.js';
import { GetChangeNotice } from './change-notice/get-change-notice.js';
import { SubmitChangeNotice } from './change-notice/submit-change-notice.js';
import { SubmitCodeChange } from './change-notice/submit-code-change.js';
import { NoticeIntake } from './change-notice/take-in-notices.js';
import { AskRegister } from './inquiry/ask-register.js';
import { GrantStore } from './inquiry/grant.store.js';
import { InquiryStore } from './inquiry/inquiry.store.js';
import { DraftGrant, GetGrant, StepGrant } from './inquiry/manage-grant.js';
import { dropBrokenUploads } from './notice-file/drop-broken-uploads.js';
import { GetNoticeFile, ListNoticeFileFaults } from './notice-file/follow-notice-file.js';
import { NoticeFileStore } from './notice-file/notice-file.store.js';
import { ReceiveNoticeFile } from './notice-file/receive-notice-file.js';
import { WorkOnNoticeFile } from './notice-file/work-on-notice-file.js';
import { NumberStore } from './number/number.store.js';
import { NUMBER_PURPOSE, TakeInBatch } from './number/take-in-batch.js';
import { NumberIntake } from './number/take-in-numbers.js';
import { onCandidateDelivered } from './on/on-candidate-delivered.js';
import { onNumberDesignated } from './on/on-number-designated.js';
import { policy } from './policy.js';
import { RegisterSupportMeasure } from './protection/register-support-measure.js';
import { SupportMeasureStore } from './protection/support-measure.store.js';
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
  build: ({ cipher, peers }) => {
    const residents = new ResidentStore(cipher);
    const notices = new ChangeNoticeStore(cipher);
    const files = new NoticeFileStore(cipher);
    const views = new PersonViewStore(cipher);
    const intake = new NoticeIntake(residents, notices);
    const numbers = new NumberIntake(new NumberStore(cipher));
    const grants = new GrantStore();
    const ask = new AskRegister(grants, new InquiryStore(cipher));
    return {
      http: [
        route('POST', '/change-notices', new SubmitChangeNotice(intake), { status: 202 }),
        route('GET', '/change-notices/:noticeId', new GetChangeNotice(notices)),
        route('POST', '/code-changes', new SubmitCodeChange(residents, notices), { status: 202 }),
        route('POST', '/notice-files', new ReceiveNoticeFile(files), { status: 202, upload: ['text/csv'] }),
        route('GET', '/notice-files/:fileId', new GetNoticeFile(files)),
        route('GET', '/notice-files/:fileId/faults', new ListNoticeFileFaults(files)),
        route('POST', '/support-measures', new RegisterSupportMeasure(new SupportMeasureStore(), views), { status: 201 }),
        route('POST', '/grants', new DraftGrant(grants), { status: 201 }),
        route('GET', '/grants/:grantId', new GetGrant(grants)),
        route('POST', '/grants/:grantId/approval', new StepGrant(grants, 'APPROVE')),
        route('POST', '/grants/:grantId/suspension', new StepGrant(grants, 'SUSPEND')),
        route('POST', '/grants/:grantId/resumption', new StepGrant(grants, 'RESUME')),
        route('POST', '/grants/:grantId/end', new StepGrant(grants, 'END')),
        route('POST', '/inquiries', ask),
      ],
      grpc: {
        'JukiRegister.ResolveCodes': new ResolveCodes(views),
        'JukiRegister.GetPersons': new GetPersons(views),
        'JukiRegister.Inquire': ask,
      },
      subscriptions: [
        {
          name: 'numbers', from: 'numbering', filter: 'kiban.numbering.>', purpose: NUMBER_PURPOSE,
          handlers: [onNumberDesignated(peers, numbers), onCandidateDelivered()],
        },
      ],
      jobs: [new WorkOnNoticeFile(files, intake), new TakeInBatch(peers, numbers)],
      schedules: [dropBrokenUploads(files)],
    };
  },
};
