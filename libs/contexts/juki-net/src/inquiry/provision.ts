import type { PrefectureRegister } from '../prefecture/prefecture-register.js';
import type { ServerStore } from '../prefecture/server.store.js';
import type { GrantStore } from './grant.store.js';
import type { InquiryStore } from './inquiry.store.js';

/** What every way of providing identity information needs. */
export interface Provision {
  readonly grants: GrantStore;
  readonly inquiries: InquiryStore;
  /** Answers while the national server is closed. */
  readonly copies: PrefectureRegister;
  readonly servers: ServerStore;
}
