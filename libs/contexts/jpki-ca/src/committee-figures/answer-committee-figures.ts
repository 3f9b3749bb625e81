import { committeeFigures } from '#contracts/jpki-ca';
import { addMonths, startOfDayInJapan, toLocalDate } from '#kernel';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { CommitteeFiguresStore } from './committee-figures.store.js';

const spec = useCase({
  action: 'jpki-ca.committee-figures.read',
  kind: 'question',
  summary: 'Counts of a month for the committee for the protection of certification information',
  input: committeeFigures.input,
  output: committeeFigures.output,
  refusals: [],
});

/** JPKI-3.16: issues by type, revocations by cause, answers to verifiers by class, incidents, reviews of the audit trail. */
export class AnswerCommitteeFigures implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly figures: CommitteeFiguresStore) {}

  async execute(ctx: Ctx, { month }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const first = toLocalDate(`${month}-01`);
    const [from, to] = [startOfDayInJapan(first), startOfDayInJapan(addMonths(first, 1))];
    const counts = await this.figures.counts(ctx.db, { month, from, to });
    ctx.audit({ object: `committee-figures:${month}` });
    return { complete: to <= ctx.now && (await this.figures.isCounted(ctx.db, month)), counts };
  }
}
