import { route, type ContextParts } from '#platform';
import { AskRegister } from './ask-register.js';
import { DraftGrant, GetGrant, StepGrant } from './manage-grant.js';
import type { Provision } from './provision.js';

/** Grants and immediate inquiries (JUKI-3.5, 4.7). */
export function inquiryParts(provision: Provision): Partial<ContextParts> {
  const { grants } = provision;
  const ask = new AskRegister(provision);
  return {
    http: [
      route('POST', '/grants', new DraftGrant(grants), { status: 201 }),
      route('GET', '/grants/:grantId', new GetGrant(grants)),
      route('POST', '/grants/:grantId/approval', new StepGrant(grants, 'APPROVE')),
      route('POST', '/grants/:grantId/suspension', new StepGrant(grants, 'SUSPEND')),
      route('POST', '/grants/:grantId/resumption', new StepGrant(grants, 'RESUME')),
      route('POST', '/grants/:grantId/end', new StepGrant(grants, 'END')),
      route('POST', '/inquiries', ask),
    ],
    grpc: { 'JukiRegister.Inquire': ask },
  };
}
