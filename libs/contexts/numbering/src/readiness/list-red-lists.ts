import { z } from 'zod';
import { platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { MILESTONE_NAMES } from './readiness.js';
import type { RedListStore } from './red-list.store.js';

const milestones = z.array(z.enum(MILESTONE_NAMES)).readonly();

const spec = useCase({
  action: 'numbering.red-list.list',
  kind: 'question',
  summary: 'The weekly lists of red municipalities of a prefecture with what keeps each back, the newest first',
  input: z.object({
    prefectureCode: z.string().regex(/^\d{2}$/),
    before: z.iso.date().regex(/^20/).default('2099-12-31').describe('only lists of earlier weeks'),
    limit: z.coerce.number().int().min(1).max(53).default(1),
  }),
  output: z.object({
    lists: z.array(z.object({
      listId: z.uuid(), week: z.string().describe('its Monday'),
      entries: z.array(z.object({
        municipalityCode: z.string(), score: z.number().int(), blocked: milestones, overdue: milestones, tickets: z.array(z.uuid()).readonly(),
      })).readonly(),
    })),
  }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

/** NUM-5.5: for the prefecture alone. */
export class ListRedLists implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly lists: RedListStore) {}

  async execute(ctx: Ctx, { prefectureCode, ...page }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    requireJurisdiction(ctx, prefectureCode);
    const lists = await this.lists.of(ctx.db, prefectureCode, page);
    ctx.audit({ object: `red-lists:${prefectureCode}`, facts: { lists: lists.length } });
    return { lists: lists.map(({ listId, week, entries }) => ({ listId, week, entries })) };
  }
}
