import { validateCheckDigit } from '#contracts/numbering';
import { codeFault, looksLike } from '#kernel';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';

const spec = useCase({
  action: 'numbering.check-digit.validate',
  kind: 'question',
  summary: 'Form and check digit of a resident code, an individual or a corporate number; no register is asked',
  input: validateCheckDigit.input,
  output: validateCheckDigit.output,
  refusals: [],
});

/** NUM-4.1: a right check digit alone links nobody. */
export class ValidateCheckDigit implements UseCase<typeof spec> {
  readonly spec = spec;

  async execute(ctx: Ctx, { kind, value }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const fault = codeFault(kind, value);
    ctx.audit({ object: 'check-digit', facts: { kind, valid: fault === undefined } });
    if (fault === undefined) return { valid: true };
    return { valid: false, fault, looksLike: looksLike(kind, value) ?? '' };
  }
}
