import { listAccess } from '#contracts/jpki-verifier';
import { nextOf, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { accessOf } from './verifier-view.js';
import type { VerifierStore } from './verifier.store.js';

const PAGE = 200;

const spec = useCase({
  action: 'jpki-verifier.access.list',
  kind: 'question',
  summary: 'What verifiers may ask now, for whoever answers them',
  input: listAccess.input,
  output: listAccess.output,
  refusals: [],
});

/** By which jpki-ca finds out what no event told it (JPKI 3.11). */
export class ListAccess implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly verifiers: VerifierStore) {}

  async execute(ctx: Ctx, { after }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const page = await this.verifiers.told(ctx.db, after, PAGE);
    ctx.audit({ object: 'verifiers', facts: { verifiers: page.length } });
    return { verifiers: page.map(({ verifier, confirmers }) => ({ ...accessOf(verifier, confirmers), version: verifier.version })), ...nextOf(page, PAGE, ({ verifier }) => verifier.id) };
  }
}
