import { z } from 'zod';
import { Refusal } from '#kernel';
import { generate, numberingProblems } from '#contracts/numbering';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { changeRefusalCode } from '../batch/batch.js';
import type { RequestNumber } from './request-number.js';

const spec = useCase({
  action: 'numbering.request.generate',
  kind: 'process',
  summary: 'One line of a municipality\'s daily requests: the number, or the result code of the file NRES',
  input: generate.input,
  output: generate.output,
  refusals: [...refusals(platformProblems, 'OUT_OF_JURISDICTION'), ...refusals(numberingProblems, 'DRAWING_HALTED', 'GENERATOR_FAULT', 'KEY_NOT_ACTIVE', 'LEDGER_BEHIND', 'SALT_SOURCE_FAULT')],
});

type Input = InputOf<typeof spec>;
/** What a refusal's facts tell the sender. */
const told = z.object({ since: z.string().optional(), jobId: z.string().optional(), assignmentId: z.string().optional() });

/** NUM-5.2: by the rules of a single request. What may be otherwise in a moment is no result and ends the stream; its lines are sent again. */
export class GenerateLine implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly requests: RequestNumber) {}

  async execute(ctx: Ctx, input: Input): Promise<OutputOf<typeof spec>> {
    const { lineNo, requestId, municipalityCode, residentCode, caseId } = input;
    try {
      const kind = caseId === undefined ? 'NEW' : 'CHANGE';
      const { assignmentId, number, state, repeated } = await this.requests.give(ctx, { requestId, municipalityCode, residentCode, kind, caseId });
      return { lineNo, requestId, resultCode: repeated ? '01' : '00', assignmentId, number, state };
    } catch (error) {
      if (!(error instanceof Refusal) || error.context !== numberingProblems.context || error.definition.status >= 500) throw error;
      const { code: fault, facts } = error;
      ctx.audit({ object: 'request', facts: { fault } });
      return { lineNo, requestId, resultCode: resultOf(fault), fault, ...told.parse(facts) };
    }
  }
}

/** Of another municipality is also whoever is moving; people of the other realm are nobody's here. */
function resultOf(fault: string): string {
  if (fault === 'REQUEST_HELD') return '12';
  return fault === 'TRAINING_REALM' ? '11' : changeRefusalCode(fault);
}
