import type { GrantStore } from './grant.store.js';
import type { InquiryStore } from './inquiry.store.js';

/** What every way of providing identity information needs. */
export interface Provision {
  readonly grants: GrantStore;
  readonly inquiries: InquiryStore;
}
