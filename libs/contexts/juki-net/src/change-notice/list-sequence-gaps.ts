import { nextOf, pageLimit, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { within } from '../inquiry/ask-register.js';
import type { MunicipalSequenceStore } from './municipal-sequence.store.js';

const spec = useCase({
  action: 'juki-net.sequence-gap.list',
  kind: 'question',
  summary: 'Numbers (municipalSeq) below a municipality\'s highest one that were not taken in: lost, or refused and not sent again',
  input: z.strictObject({ municipalityCode: z.string().regex(/^\d{6}$/).optional(), after: z.string().regex(/^\d{6}-\d{1,15}$/).default('000000-0'), limit: pageLimit }),
  output: z.object({
    items: z.array(z.object({
      municipalityCode: z.string(), firstSeq: z.number().int(), lastSeq: z.number().int(),
      orderId: z.uuid().nullable().describe('open order of the prefecture to send some of them again (POST /change-notices/resend-orders)'),
    })),
    next: z.string().optional().describe('`after` of the next page'),
  }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

/** Nothing waits for a number that has not come; a resend order asks for it (JUKI-4.5.1, 7). */
export class ListSequenceGaps implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly sequences: MunicipalSequenceStore) {}

  async execute(ctx: Ctx, { municipalityCode, after, limit }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    if (municipalityCode !== undefined) requireJurisdiction(ctx, municipalityCode);
    const [code = '', seq] = after.split('-');
    const items = await this.sequences.gaps(ctx.db, { within: municipalityCode ?? within(ctx), after: { municipalityCode: code, firstSeq: Number(seq) }, limit });
    return { items, ...nextOf(items, limit, (last) => `${last.municipalityCode}-${last.firstSeq}`) };
  }
}
