import { z, type ZodType } from 'zod';
import { jpkiVerifierProblems } from '#contracts/jpki-verifier';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase, type UseCaseSpec } from '#platform';
import { RETURN_REASONS, type VerifierStep } from './verifier.js';
import { byId, clientCertificate, paperRef, verifierView, viewOf } from './verifier-view.js';
import type { VerifierSteps } from './verifier-steps.js';
import type { VerifierRecord } from './verifier.store.js';

/** What a step takes down beside the state. */
type StepInput = ZodType<{ verifierId: string } & Partial<VerifierRecord>>;
type StepSpec = UseCaseSpec<'command', StepInput, typeof verifierView>;

type Code = keyof typeof jpkiVerifierProblems.definitions;

function stepSpec<I extends StepInput>(verb: string, summary: string, input: I, ...codes: readonly Code[]): UseCaseSpec<'command', I, typeof verifierView> {
  return useCase({
    action: `jpki-verifier.verifier.${verb}`, kind: 'command', summary, input, output: verifierView,
    refusals: [...refusals(jpkiVerifierProblems, 'NOT_IN_STATE', ...codes), ...refusals(platformProblems, 'NOT_FOUND')],
  });
}

const SPECS = {
  DISCLOSE: stepSpec('disclose', 'Discloses the specification after the hearing and the application for it', byId.extend({ hearingRef: paperRef, disclosureRef: paperRef })),
  GRANT_TEST: stepSpec('grant-test', 'Admits to the test environment, with the client certificate that has access there', byId.extend({ testRef: paperRef, clientCertificate })),
  CHECK: stepSpec(
    'check', 'Finds a notification, the end of a suspension or a renewed certification in order; another officer grants', byId, 'CERTIFICATION_ENDED', 'OPERATOR_NOT_ASSERTED',
  ),
  GRANT: stepSpec(
    'grant-production', 'Grants what another officer checked: access to production, or its going on under a renewed certification', byId,
    'CERTIFICATION_ENDED', 'NOTIFICATION_UNCHECKED', 'OPERATOR_NOT_ASSERTED', 'SAME_OFFICER',
  ),
  RETURN: stepSpec('return', 'Gives a notification back', byId.extend({ reason: z.enum(RETURN_REASONS) })),
  SUSPEND: stepSpec('suspend', 'Suspends the provision, at once', byId.extend({ reason: z.enum(['BREACH', 'FEE_UNPAID']) })),
} as const satisfies Partial<Readonly<Record<VerifierStep, StepSpec>>>;

/** A step that the agency takes (JPKI 3.11). */
export class StepVerifier implements UseCase<StepSpec> {
  readonly spec: StepSpec;

  constructor(
    private readonly steps: VerifierSteps,
    private readonly step: keyof typeof SPECS,
  ) {
    this.spec = SPECS[step];
  }

  async execute(ctx: Ctx, { verifierId, ...taken }: InputOf<StepSpec>): Promise<OutputOf<StepSpec>> {
    return viewOf(await this.steps.take(ctx, await this.steps.held(ctx, verifierId), this.step, taken));
  }
}
