import { bridgeCaProblems } from '#contracts/bridge-ca';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase, type UseCaseSpec } from '#platform';
import { byDocument, documentView, lockedDocument, takeStep, viewOf } from './document-view.js';
import type { DocumentStep } from './policy-document.js';
import type { DocumentStore } from './policy-document.store.js';

type StepSpec = UseCaseSpec<'command', typeof byDocument, typeof documentView>;

function stepSpec(verb: string, summary: string, ...codes: readonly ('NOT_POLICY_AUTHORITY' | 'SAME_OFFICER')[]): StepSpec {
  return useCase({
    action: `bridge-ca.policy-document.${verb}`, kind: 'command', summary, input: byDocument, output: documentView,
    refusals: [...refusals(bridgeCaProblems, 'NOT_IN_STATE', 'OPERATOR_NOT_ASSERTED', ...codes), ...refusals(platformProblems, 'NOT_FOUND')],
  });
}

const SPECS = {
  REVIEW: stepSpec('review', 'Another officer has reviewed the draft', 'SAME_OFFICER'),
  APPROVE: stepSpec('approve', 'One of two named officers of the policy authority approves: of the platform council (prefectures) for the bridge, of the agency for its own authorities', 'NOT_POLICY_AUTHORITY', 'SAME_OFFICER'),
  RETURN: stepSpec('return', 'Gives a document back to its drafter'),
} as const satisfies Partial<Readonly<Record<DocumentStep, StepSpec>>>;

/** A step of JPKI-3.13 that needs nothing but its officer. */
export class StepDocument implements UseCase<StepSpec> {
  readonly spec: StepSpec;

  constructor(
    private readonly documents: DocumentStore,
    private readonly step: keyof typeof SPECS,
  ) {
    this.spec = SPECS[step];
  }

  async execute(ctx: Ctx, { documentId }: InputOf<StepSpec>): Promise<OutputOf<StepSpec>> {
    return viewOf(await takeStep(ctx, this.documents, await lockedDocument(ctx, this.documents, documentId), { step: this.step }));
  }
}
