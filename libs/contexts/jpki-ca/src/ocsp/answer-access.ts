import { provisionAccess as rpc } from '#contracts/jpki-ca';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { AccessGrants } from './access-grants.js';

const spec = useCase({
  action: 'jpki-ca.access-grant.read',
  kind: 'question',
  summary: 'Whether an organisation may have revocation information of an authority in this way, for those who keep lists of their own',
  input: rpc.input,
  output: rpc.output,
  refusals: [],
});

/** The lists of the prefectures' authorities are given to the verifiers that may have those of the agency's (JPKI 4.8). */
export class AnswerAccess implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly grants: AccessGrants) {}

  async execute(ctx: Ctx, { organisation, ca, mode }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    ctx.audit({ object: `access-grant:${organisation}:${ca}` });
    return { granted: await this.grants.isGranted(ctx.db, organisation, ca, mode) };
  }
}
