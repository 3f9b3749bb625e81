import { route, type ContextParts } from '#platform';
import { OfficerReads } from '../link/officer-reads.js';
import type { Numbers } from '../numbers.js';
import { ValidateCheckDigit } from './validate-check-digit.js';
import { VerificationCountStore } from './verification-count.store.js';
import { VerifyNumber } from './verify-number.js';

/** Whether a number is a person's, without telling it (NUM-5.1). */
export function verificationParts({ links, realm, register }: Numbers): Partial<ContextParts> {
  return {
    http: [route('POST', '/verifications', new VerifyNumber(new VerificationCountStore(), links, { officers: new OfficerReads(), realm, register }))],
    grpc: { 'CheckDigit.Validate': new ValidateCheckDigit() },
  };
}
