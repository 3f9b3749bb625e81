import { route, type ContextParts } from '#platform';
import type { TakenOver } from '../take-over/taken-over.js';
import { AddConfirmer, RemoveConfirmer } from './change-confirmers.js';
import { EndVerifier, FileCertification, FileNotification } from './file-notification.js';
import { lapseDaily } from './lapse-certifications.js';
import { ListAccess } from './list-access.js';
import { OpenInquiry } from './open-inquiry.js';
import { GetVerifier, ListVerifierGrants, ListVerifiers } from './read-verifiers.js';
import { StepVerifier } from './step-verifier.js';
import { VerifierSteps } from './verifier-steps.js';
import type { VerifierStore } from './verifier.store.js';

/** Verifiers: their notifications and what they may ask (JPKI 3.11, 4.13). */
export function verifierParts(verifiers: VerifierStore, takenOver: TakenOver): Partial<ContextParts> {
  const steps = new VerifierSteps(verifiers);
  return {
    http: [
      route('POST', '/verifiers', takenOver.gate(new OpenInquiry(verifiers)), { status: 201 }),
      route('GET', '/verifiers', takenOver.gate(new ListVerifiers(verifiers))),
      route('GET', '/verifiers/:verifierId', takenOver.gate(new GetVerifier(verifiers))),
      route('POST', '/verifiers/:verifierId/steps/disclosure', takenOver.gate(new StepVerifier(steps, 'DISCLOSE'))),
      route('POST', '/verifiers/:verifierId/steps/test-access', takenOver.gate(new StepVerifier(steps, 'GRANT_TEST'))),
      route('POST', '/verifiers/:verifierId/steps/certification', takenOver.gate(new FileCertification(steps))),
      route('POST', '/verifiers/:verifierId/steps/notification', takenOver.gate(new FileNotification(steps))),
      route('POST', '/verifiers/:verifierId/steps/check', takenOver.gate(new StepVerifier(steps, 'CHECK'))),
      route('POST', '/verifiers/:verifierId/steps/production', takenOver.gate(new StepVerifier(steps, 'GRANT'))),
      route('POST', '/verifiers/:verifierId/steps/return', takenOver.gate(new StepVerifier(steps, 'RETURN'))),
      route('POST', '/verifiers/:verifierId/steps/suspension', takenOver.gate(new StepVerifier(steps, 'SUSPEND'))),
      route('POST', '/verifiers/:verifierId/steps/end', takenOver.gate(new EndVerifier(steps))),
      route('POST', '/verifiers/:verifierId/confirmers', takenOver.gate(new AddConfirmer(verifiers, steps)), { status: 201 }),
      route('DELETE', '/verifiers/:verifierId/confirmers/:organisation', takenOver.gate(new RemoveConfirmer(verifiers, steps))),
      route('GET', '/verifiers/:verifierId/grants', takenOver.gate(new ListVerifierGrants(verifiers))),
    ],
    grpc: { 'JpkiVerifier.ListAccess': takenOver.gate(new ListAccess(verifiers)) },
    schedules: [lapseDaily(verifiers, steps, takenOver)],
  };
}
