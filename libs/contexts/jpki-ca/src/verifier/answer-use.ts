import { verifierUse } from '#contracts/jpki-ca';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { UsageStore } from './usage.store.js';

const spec = useCase({
  action: 'jpki-ca.use.read',
  kind: 'question',
  summary: 'What an organisation was answered in a month that is counted, by days',
  input: verifierUse.input,
  output: verifierUse.output,
  refusals: [],
});

/** JPKI 4.13: statements are made of it. */
export class AnswerUse implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly usage: UsageStore) {}

  async execute(ctx: Ctx, { organisation, month }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const complete = await this.usage.isCounted(ctx.db, month);
    ctx.audit({ object: `use:${organisation}:${month}` });
    return { complete, days: complete ? await this.usage.ofMonth(ctx.db, organisation, month) : [] };
  }
}
