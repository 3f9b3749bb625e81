import type { Platform } from '#platform';
import { AllocatedCodeStore } from '../code-block/allocated-code.store.js';
import { CodeWriting } from '../code-block/write-codes.js';
import { EntrySearchStore } from '../entry-search/entry-search.store.js';
import { ResidentStore } from '../resident/resident.store.js';
import { ChangeNoticeStore } from './change-notice.store.js';
import { NoticeIntake } from './take-in-notices.js';

/** What takes notices in, for all ways by which they come. */
export class Register {
  readonly residents: ResidentStore;
  readonly notices: ChangeNoticeStore;
  readonly codes: AllocatedCodeStore;
  readonly writing: CodeWriting;
  readonly intake: NoticeIntake;

  constructor({ cipher, config: { realm } }: Pick<Platform, 'cipher' | 'config'>) {
    this.residents = new ResidentStore(cipher);
    this.notices = new ChangeNoticeStore(cipher);
    this.codes = new AllocatedCodeStore(cipher);
    this.writing = new CodeWriting(this.codes, realm);
    this.intake = new NoticeIntake(this.residents, this.notices, this.writing, new EntrySearchStore(cipher));
  }
}
