import { linkByPersons } from '#contracts/numbering';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { AssignmentStore } from '../assignment/assignment.store.js';
import type { LinkReads } from './link-reads.js';
import type { NamedList, SealedLists } from './sealed-lists.js';

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
 * one. Reads that no sealed list names count: services ask here about what happened to residents, so that many raise the alarm but do
 * not halt them (NUM-4.9).
 */
export class LinkByPersons implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly assignments: AssignmentStore,
    private readonly reads: LinkReads,
    private readonly lists: SealedLists,
  ) {}

  async execute(ctx: Ctx, { personKeys, ...named }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const links = (await this.assignments.links(ctx.db, personKeys)).filter(({ state }) => state === 'DESIGNATED');
    const list = listFor(ctx.permission.purpose, named);
    const sealed = list !== undefined && (await this.lists.names(ctx.db, list, personKeys));
    if (!sealed) await this.reads.note(ctx, links.map(({ personKey }) => personKey));
    ctx.audit({ object: 'links', subjects: personKeys, facts: { asked: personKeys.length, found: links.length, ...(sealed ? list : {}) } });
    return { links: links.map(({ personKey, number, seq, state }) => ({ personKey, number, seq, state })) };
  }
}

/** The list or batch that the affair is about; another affair's names nothing. */
function listFor(purpose: string | undefined, { setId, productionBatchId }: Omit<InputOf<typeof spec>, 'personKeys'>): NamedList | undefined {
  if (purpose === 'NOTIFICATION' && setId !== undefined) return { setId };
  return purpose === 'CARD_PRODUCTION' && productionBatchId !== undefined ? { productionBatchId } : undefined;
}
