import { linkByPersons } from '#contracts/numbering';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { AssignmentStore } from '../assignment/assignment.store.js';
import type { LinkReads } from './link-reads.js';

/** Affairs in which a sealed list or batch names the people: their reads are as many as its lines (NUM-4.9). */
const BY_LIST: ReadonlySet<string | undefined> = new Set(['NOTIFICATION', 'CARD_PRODUCTION']);

const spec = useCase({
  action: 'numbering.link.by-persons',
  kind: 'question',
  summary: 'Designated numbers of people, for affairs that the law lets use them (番号法9条)',
  input: linkByPersons.input,
  output: linkByPersons.output,
  refusals: [],
});

/**
 * NUM-5.2. A candidate that is not designated yet is nobody's number and is not told (NUM-7), nor is a dormant, closed or disputed
 * one. Services ask here about what happened to residents: many reads raise the alarm but do not halt them.
 */
export class LinkByPersons implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly assignments: AssignmentStore,
    private readonly reads: LinkReads,
  ) {}

  async execute(ctx: Ctx, { personKeys }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const links = (await this.assignments.links(ctx.db, personKeys)).filter(({ state }) => state === 'DESIGNATED');
    if (!BY_LIST.has(ctx.permission.purpose)) await this.reads.note(ctx, links.map(({ personKey }) => personKey));
    ctx.audit({ object: 'links', subjects: personKeys, facts: { asked: personKeys.length, found: links.length } });
    return { links: links.map(({ personKey, number, seq, state }) => ({ personKey, number, seq, state })) };
  }
}
