import { route, type ContextParts, type Platform } from '#platform';
import type { AccessGrants } from '../ocsp/access-grants.js';
import type { SigningGuard } from '../reconciliation/signing-guard.js';
import { AddConfirmer, RemoveConfirmer } from './change-confirmers.js';
import { CheckStatus } from './check-status.js';
import { dropUsesDaily } from './drop-uses.js';
import { EndVerifier, FileCertification, FileNotification } from './file-notification.js';
import { IssueStatements, statementsMonthly } from './issue-statements.js';
import { lapseDaily } from './lapse-certifications.js';
import { OpenInquiry } from './open-inquiry.js';
import { GetStatement, ListStatements } from './read-statements.js';
import { GetVerifier, ListVerifierGrants, ListVerifiers } from './read-verifiers.js';
import { StatusQueryStore } from './status-query.store.js';
import { StepVerifier } from './step-verifier.js';
import { UsageStore } from './usage.store.js';
import { VerifierSteps } from './verifier-steps.js';
import { VerifierStore } from './verifier.store.js';

/** Verifiers: their notifications, what they may ask, and what it costs (JPKI 3.11, 4.13). */
export function verifierParts({ cipher, masterKey }: Platform, grants: AccessGrants, guard: SigningGuard): Partial<ContextParts> {
  const verifiers = new VerifierStore(cipher);
  const steps = new VerifierSteps(verifiers, grants);
  const usage = new UsageStore();
  return {
    http: [
      route('POST', '/verifiers', new OpenInquiry(verifiers), { status: 201 }),
      route('GET', '/verifiers', new ListVerifiers(verifiers)),
      route('GET', '/verifiers/:verifierId', new GetVerifier(verifiers)),
      route('POST', '/verifiers/:verifierId/steps/disclosure', new StepVerifier(steps, 'DISCLOSE')),
      route('POST', '/verifiers/:verifierId/steps/test-access', new StepVerifier(steps, 'GRANT_TEST')),
      route('POST', '/verifiers/:verifierId/steps/certification', new FileCertification(steps)),
      route('POST', '/verifiers/:verifierId/steps/notification', new FileNotification(steps)),
      route('POST', '/verifiers/:verifierId/steps/check', new StepVerifier(steps, 'CHECK')),
      route('POST', '/verifiers/:verifierId/steps/production', new StepVerifier(steps, 'GRANT')),
      route('POST', '/verifiers/:verifierId/steps/return', new StepVerifier(steps, 'RETURN')),
      route('POST', '/verifiers/:verifierId/steps/suspension', new StepVerifier(steps, 'SUSPEND')),
      route('POST', '/verifiers/:verifierId/steps/end', new EndVerifier(steps)),
      route('POST', '/verifiers/:verifierId/confirmers', new AddConfirmer(verifiers, steps), { status: 201 }),
      route('DELETE', '/verifiers/:verifierId/confirmers/:organisation', new RemoveConfirmer(verifiers, steps)),
      route('GET', '/verifiers/:verifierId/grants', new ListVerifierGrants(verifiers, grants)),
      route('GET', '/verifiers/:verifierId/statements', new ListStatements(verifiers, usage)),
      route('GET', '/verifiers/:verifierId/statements/:month', new GetStatement(verifiers, usage), { binary: ['text/csv'] }),
      route('POST', '/status-queries', new CheckStatus(new StatusQueryStore(), grants, masterKey, guard)),
    ],
    jobs: [new IssueStatements(usage)],
    schedules: [lapseDaily(verifiers, steps), statementsMonthly(usage), dropUsesDaily(usage)],
  };
}
