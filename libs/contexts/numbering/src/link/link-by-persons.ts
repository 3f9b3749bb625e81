import { linkByPersons } from '#contracts/numbering';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { AssignmentStore } from '../assignment/assignment.store.js';

const spec = useCase({
  action: 'numbering.link.by-persons',
  kind: 'question',
  summary: 'Designated numbers of people, for affairs that the law lets use them (番号法9条)',
  input: linkByPersons.input,
  output: linkByPersons.output,
  refusals: [],
});

/** NUM-5.2. A candidate that is not designated yet is nobody's number and is not told (NUM-7). */
export class LinkByPersons implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly assignments: AssignmentStore) {}

  async execute(ctx: Ctx, { personKeys }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const links = (await this.assignments.links(ctx.db, personKeys)).filter(({ state }) => state === 'DESIGNATED');
    ctx.audit({ object: 'links', subjects: personKeys, facts: { asked: personKeys.length, found: links.length } });
    return { links: links.map(({ personKey, number, seq, state }) => ({ personKey, number, seq, state })) };
  }
}
