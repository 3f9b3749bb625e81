import { jukiNetEvents, jukiNetProto } from '#contracts/juki-net';
import { joinParts, type ContextModule } from '#platform';
import { batchParts } from './batch/batch.parts.js';
import { changeNoticeParts } from './change-notice/change-notice.parts.js';
import { errorReportParts } from './change-notice/error-report.parts.js';
import { Register } from './change-notice/register.js';
import { waitingNoticeParts } from './change-notice/waiting-notice.parts.js';
import { changeNoticeTrialParts } from './change-notice-trial/trial.parts.js';
import { codeBlockParts } from './code-block/code-block.parts.js';
import { committeeReportParts } from './committee-report/committee-report.parts.js';
import { disclosureParts } from './disclosure/disclosure.parts.js';
import { exchangeBoxParts } from './exchange-box/exchange-box.parts.js';
import { entrySearchParts } from './entry-search/entry-search.parts.js';
import { initialMatchParts } from './initial-match/initial-match.parts.js';
import { GrantStore } from './inquiry/grant.store.js';
import { inquiryParts } from './inquiry/inquiry.parts.js';
import { InquiryStore } from './inquiry/inquiry.store.js';
import { logAlertParts } from './log-alert/log-alert.parts.js';
import { noticeFileParts } from './notice-file/notice-file.parts.js';
import { numberParts } from './number/number.parts.js';
import { policy } from './policy.js';
import { prefectureParts } from './prefecture/prefecture.parts.js';
import { PrefectureRegister } from './prefecture/prefecture-register.js';
import { ServerStore } from './prefecture/server.store.js';
import { protectionParts } from './protection/protection.parts.js';
import { reconciliationParts } from './reconciliation/reconciliation.parts.js';
import { recordConflictParts } from './record-conflict/record-conflict.parts.js';
import { mergerParts } from './merger/merger.parts.js';
import { neighbourParts } from './resident/neighbour.parts.js';
import { PersonViewStore } from './resident/person-view.store.js';
import { retentionParts } from './retention/retention.parts.js';
import { statisticsParts } from './statistics/statistics.parts.js';
import { subscriptionParts } from './subscription/subscription.parts.js';
import { symbolAcquisitionParts } from './symbol-acquisition/symbol-acquisition.parts.js';
import { transferParts } from './transfer/transfer.parts.js';
import { unsettledPersonParts } from './unsettled-person/unsettled-person.parts.js';
import { useLogParts } from './use-log/use-log.parts.js';

/** The national resident-register network (住民基本台帳ネットワークシステム). */
export const jukiNetModule: ContextModule = {
  name: 'juki-net',
  title: '住民基本台帳ネットワーク / Resident register network',
  migrations: new URL('./migrations/', import.meta.url),
  proto: jukiNetProto,
  events: jukiNetEvents,
  policy,
  build: (platform) => {
    const register = new Register(platform);
    const views = new PersonViewStore(platform.cipher);
    const provision = {
      grants: new GrantStore(), inquiries: new InquiryStore(platform.cipher), copies: new PrefectureRegister(platform.cipher), servers: new ServerStore(),
    };
    return joinParts(
      // The register itself.
      changeNoticeParts(register),
      waitingNoticeParts(register),
      errorReportParts(register, views),
      changeNoticeTrialParts(register, views),
      noticeFileParts(platform, register),
      entrySearchParts(platform, register, provision.inquiries),
      codeBlockParts(platform, register),
      numberParts(platform),
      transferParts(platform),
      mergerParts(platform, register),
      unsettledPersonParts(),
      recordConflictParts(),
      reconciliationParts(platform),
      prefectureParts(platform, provision),
      // What it provides, to whom.
      neighbourParts(views),
      inquiryParts(provision),
      batchParts(platform, provision),
      subscriptionParts(platform, provision),
      initialMatchParts(platform, provision),
      statisticsParts(),
      exchangeBoxParts(platform, provision),
      symbolAcquisitionParts(platform, provision),
      useLogParts(platform),
      // The persons themselves.
      protectionParts(views),
      disclosureParts(views, provision),
      logAlertParts(views),
      committeeReportParts(),
      retentionParts(platform),
    );
  },
};
