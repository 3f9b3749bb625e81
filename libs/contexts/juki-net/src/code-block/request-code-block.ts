import { jukiNetProblems } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import { platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { requireNotPassed } from '../merger/municipality-change.store.js';
import type { CodeAllocation } from './allocate-codes.js';
import { isWithinQuota, LARGEST_BLOCK, REQUEST_REASONS } from './code-block.js';
import type { CodeBlockStore } from './code-block.store.js';

const spec = useCase({
  action: 'juki-net.code-block.request',
  kind: 'command',
  summary: 'Allocates a block of resident codes to a municipality, which writes any unused one when it makes a record of a new person',
  input: z.strictObject({
    municipalityCode: z.string().regex(/^\d{6}$/),
    size: z.number().int().min(1).max(LARGEST_BLOCK),
    reason: z.enum(REQUEST_REASONS),
  }),
  output: z.object({ blockId: z.uuid(), size: z.number().int(), unused: z.number().int().describe('of the municipality, this block included') }),
  refusals: [...refusals(jukiNetProblems, 'MUNICIPALITY_CHANGED', 'QUOTA'), ...refusals(platformProblems, 'OUT_OF_JURISDICTION')],
});

export class RequestCodeBlock implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(
    private readonly blocks: CodeBlockStore,
    private readonly allocation: CodeAllocation,
  ) {}

  async execute(ctx: Ctx, { municipalityCode, size, reason }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    requireJurisdiction(ctx, municipalityCode);
    await requireNotPassed(ctx, municipalityCode);
    await this.blocks.lockPool(ctx.db);
    const today = localDateInJapan(ctx.now);
    const stock = await this.blocks.stockOf(ctx.db, municipalityCode, today);
    if (!isWithinQuota(stock, size, today)) throw jukiNetProblems.refuse('QUOTA', { facts: { unused: stock.unused } });
    const { blockId } = await this.allocation.allocate(ctx, { municipalityCode, size, reason });
    return { blockId, size, unused: stock.unused + size };
  }
}
