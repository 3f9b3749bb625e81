import { jukiNetEvents, jukiNetProto } from '#contracts/juki-net';
import { joinParts, type ContextModule } from '#platform';
import { batchParts } from './batch/batch.parts.js';
import { changeNoticeParts } from './change-notice/change-notice.parts.js';
import { Register } from './change-notice/register.js';
import { codeBlockParts } from './code-block/code-block.parts.js';
import { disclosureParts } from './disclosure/disclosure.parts.js';
import { initialMatchParts } from './initial-match/initial-match.parts.js';
import { GrantStore } from './inquiry/grant.store.js';
import { inquiryParts } from './inquiry/inquiry.parts.js';
import { InquiryStore } from './inquiry/inquiry.store.js';
import { noticeFileParts } from './notice-file/notice-file.parts.js';
import { numberParts } from './number/number.parts.js';
import { policy } from './policy.js';
import { protectionParts } from './protection/protection.parts.js';
import { reconciliationParts } from './reconciliation/reconciliation.parts.js';
import { neighbourParts } from './resident/neighbour.parts.js';
import { PersonViewStore } from './resident/person-view.store.js';
import { retentionParts } from './retention/retention.parts.js';
import { statisticsParts } from './statistics/statistics.parts.js';
import { transferParts } from './transfer/transfer.parts.js';

/** The national resident-register network (住民基本台帳ネットワークシステム). */
export const jukiNetModule: ContextModule = {
  name: 'juki-net',
  title: '住民基本台帳ネットワーク / Resident register network',
  migrations: new URL('./migrations/', import.meta.url),
  proto: jukiNetProto,
  events: jukiNetEvents,
  policy,
  build: (platform) => {
    const register = new Register(platform.cipher);
    const views = new PersonViewStore(platform.cipher);
    const provision = { grants: new GrantStore(), inquiries: new InquiryStore(platform.cipher) };
    return joinParts(
      // The register itself.
      changeNoticeParts(register),
      noticeFileParts(platform, register),
      codeBlockParts(platform, register),
      numberParts(platform),
      transferParts(platform),
      reconciliationParts(platform),
      // What it provides, to whom.
      neighbourParts(views),
      inquiryParts(provision),
      batchParts(platform, provision),
      initialMatchParts(platform, provision),
      statisticsParts(),
      // The persons themselves.
      protectionParts(views),
      disclosureParts(views, provision),
      retentionParts(platform),
    );
  },
};
