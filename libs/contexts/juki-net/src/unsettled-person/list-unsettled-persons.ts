import { localDateInJapan } from '#kernel';
import { platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { municipality } from '../transfer/transfer-view.js';
import { AGE_BANDS } from './unsettled-person.js';
import type { UnsettledPersonStore } from './unsettled-person.store.js';

const count = z.number().int();

const spec = useCase({
  action: 'juki-net.unsettled-person.list',
  kind: 'question',
  summary: 'Persons last recorded in a municipality who have been in transit for more than 30 days or were deleted ex officio, for its welfare section',
  input: z.strictObject({
    municipalityCode: municipality, after: z.uuid().optional().describe('noticeId with which the page before ended'), limit: z.coerce.number().int().min(1).max(1_000).default(100),
  }),
  output: z.object({
    asOf: z.string(),
    counts: z.object({ inTransit: count, deleted: count, byAge: z.array(z.object({ band: z.string(), inTransit: count, deleted: count })) }),
    items: z.array(z.object({
      noticeId: z.uuid().nullable().describe('notice of the municipality that ended the record'), municipalSeq: count.nullable(),
      status: z.enum(['IN_TRANSIT', 'DELETED']), since: z.string(), band: z.string(),
    })),
    next: z.uuid().optional(),
  }),
  refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

/** Whoever is recorded nowhere loses benefits unseen: a list to look for them by, without names (JUKI-8). */
export class ListUnsettledPersons implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly persons: UnsettledPersonStore) {}

  async execute(ctx: Ctx, { municipalityCode, after, limit }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    requireJurisdiction(ctx, municipalityCode);
    const today = localDateInJapan(ctx.now);
    const place = after === undefined ? undefined : await this.persons.personOf(ctx.db, municipalityCode, after);
    if (after !== undefined && place === undefined) throw platformProblems.refuse('NOT_FOUND');
    const counted = await this.persons.counts(ctx.db, municipalityCode, today);
    const found = await this.persons.list(ctx.db, { municipalityCode, today, after: place, limit: limit + 1 });
    const shown = found.slice(0, limit);
    ctx.audit({ object: `unsettled-persons:${municipalityCode}`, subjects: shown.map(({ personKey }) => personKey) });
    const of = (status: 'IN_TRANSIT' | 'DELETED', band?: number): number =>
      counted.filter((each) => each.status === status && (band === undefined || each.band === band)).reduce((sum, each) => sum + each.count, 0);
    const next = found.length > limit ? shown.at(-1)?.noticeId : undefined;
    return {
      asOf: today,
      counts: {
        inTransit: of('IN_TRANSIT'), deleted: of('DELETED'),
        byAge: AGE_BANDS.map((band, index) => ({ band, inTransit: of('IN_TRANSIT', index), deleted: of('DELETED', index) })),
      },
      items: shown.map(({ personKey: _key, band, ...item }) => ({ ...item, band: AGE_BANDS[band] ?? '' })),
      ...(next === undefined || next === null ? {} : { next }),
    };
  }
}
