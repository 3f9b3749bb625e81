import { z } from 'zod';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { codePrefix } from './reach.js';
import { WAVE_KINDS, WAVE_STATES } from './wave.js';
import type { WaveStore } from './wave.store.js';

const count = z.number().int();

const spec = useCase({
  action: 'numbering.wave.list',
  kind: 'question',
  summary: 'The plan of the mass numbering with the progress of each municipality, page by page; lines = designated + tentative + refused + pending',
  input: z.object({
    waveId: z.uuid().optional(),
    after: z.string().regex(/^\d{6}:\d{1,6}$/).default('000000:0').describe('`next` of the page before'),
    limit: z.coerce.number().int().min(1).max(2_000).default(200),
  }),
  output: z.object({
    items: z.array(z.object({
      waveId: z.uuid(), position: count, kind: z.enum(WAVE_KINDS), state: z.enum(WAVE_STATES), haltCause: z.string().nullable(), municipalityCode: z.string(),
      expected: count, lines: count, designated: count, tentative: count, refused: count, pending: count, signedAt: z.string().nullable(),
    })),
    next: z.string().optional(),
  }),
  refusals: [],
});

/** NUM-8: a municipality sees its own part, a prefecture its area's. */
export class ListWaves implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly waves: WaveStore) {}

  async execute(ctx: Ctx, { waveId, after, limit }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const [municipalityCode = '', position] = after.split(':');
    const found = await this.waves.progress(ctx.db, { prefix: codePrefix(ctx), waveId, after: [municipalityCode, Number(position)], limit: limit + 1 });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      items: page.map(({ signedAt, ...row }) => ({ ...row, signedAt: signedAt?.toISOString() ?? null })),
      ...(found.length > limit && last !== undefined ? { next: `${last.municipalityCode}:${last.position}` } : {}),
    };
  }
}
