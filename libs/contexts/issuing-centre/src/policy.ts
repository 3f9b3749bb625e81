import type { PolicyRow } from '#platform';
import { backSidePolicy } from './back-side/back-side.policy.js';
import { certificateRequestPolicy } from './certificate-request/certificate-request.policy.js';
import { municipalServerPolicy } from './municipal-server/municipal-server.policy.js';
import { operatorPolicy } from './operator/operator.policy.js';
import { residentLinkPolicy } from './resident-link/resident-link.policy.js';
import { settlementPolicy } from './settlement/settlement.policy.js';
import { typeBlockPolicy } from './type-block/type-block.policy.js';
import { verificationPolicy } from './verification/verification.policy.js';

/** The policy table of issuing-centre: the rows of its features. Rows without purposes touch no data of residents. */
export const policy: readonly PolicyRow[] = [
  ...operatorPolicy,
  ...municipalServerPolicy,
  ...residentLinkPolicy,
  ...certificateRequestPolicy,
  ...typeBlockPolicy,
  ...settlementPolicy,
  ...backSidePolicy,
  ...verificationPolicy,
];
