import { profileFigures as rpc } from '#contracts/jpki-ca';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { profileFigures } from './profile-figures.js';
import type { ProfileSet } from './profiles.js';

const spec = useCase({
  action: 'jpki-ca.profile-figures.read',
  kind: 'question',
  summary: 'What the running profiles of an authority say, figure by figure',
  input: rpc.input,
  output: rpc.output,
  refusals: [],
});

export class AnswerProfileFigures implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly profiles: ProfileSet) {}

  async execute(ctx: Ctx, { ca }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    ctx.audit({ object: `profiles:${ca}` });
    return { figures: profileFigures(this.profiles, ca) };
  }
}
