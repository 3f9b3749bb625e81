import { z } from 'zod';
import { daily, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type Schedule, type UseCase } from '#platform';
import { localDateInJapan, toLocalDate } from '#kernel';
import { figuresOf } from './figures.js';
import { DAYS_HELD } from './mail-report.js';
import type { MailingStore } from './mailing.store.js';
import type { MailingTallyStore } from './mailing-tally.store.js';

const count = z.int();
const DAY_MS = 86_400_000;

const spec = useCase({
  action: 'card-issuance.mailing.figures',
  kind: 'question',
  summary: 'Delivered, returned and investigated envelopes up to a day, of a municipality or, for the agency, of the nation',
  input: z.strictObject({ municipalityCode: z.string().regex(/^\d{6}$/).optional(), day: z.iso.date().optional().describe('today unless said') }),
  output: z.object({
    day: z.string(), envelopes: count, posted: count, delivered: count, deliveredShare: z.number(), returned: count, returnedShare: z.number(), investigated: count, collected: count, discarded: count,
    thatDay: z.object({ posted: count, delivered: count, returned: count, investigated: count }),
    heldTooLong: count.describe('at the post office for more than seven days now, and nothing was told of them'),
  }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

/** CARD-6: nothing about people. */
export class ShowMailingFigures implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly mailings: MailingStore,
    private readonly tally: MailingTallyStore,
  ) {}

  async execute(ctx: Ctx, { municipalityCode, day }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    requireJurisdiction(ctx, municipalityCode ?? '');
    const until = day === undefined ? localDateInJapan(ctx.now) : toLocalDate(day);
    const figures = figuresOf(await this.tally.upTo(ctx.db, municipalityCode, until));
    const heldTooLong = await this.mailings.heldSinceBefore(ctx.db, municipalityCode, new Date(ctx.now.getTime() - DAYS_HELD * DAY_MS));
    return { day: until, ...figures, heldTooLong };
  }
}

/** The rows of the days before become one for each municipality, day and state. */
export function compactTally(tally: MailingTallyStore): Schedule {
  return daily('mailing-tally', (ctx) => tally.compact(ctx.db, localDateInJapan(ctx.now)));
}
