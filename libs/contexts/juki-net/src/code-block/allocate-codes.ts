import { codeBlockAllocated } from '#contracts/juki-net';
import { uuidv7, type Ctx } from '#platform';
import type { AllocatedCodeStore } from './allocated-code.store.js';
import type { CodeBlock, CodeBlockStore } from './code-block.store.js';
import type { CodePool } from './code-pool.js';

/** Codes of one statement. */
const CHUNK = 2_000;

/** Hands out the next codes of the pool; a serial whose transaction failed was told to nobody and is drawn again. */
export class CodeAllocation {
  constructor(
    private readonly blocks: CodeBlockStore,
    private readonly codes: AllocatedCodeStore,
    private readonly pool: CodePool,
  ) {}

  /** In the caller's transaction, which holds the pool (`lockPool`). */
  async allocate(ctx: Ctx, order: Pick<CodeBlock, 'municipalityCode' | 'size' | 'reason'>): Promise<CodeBlock> {
    const block: CodeBlock = { ...order, blockId: uuidv7(), state: 'ACTIVE', allocatedAt: ctx.now };
    const { blockId, municipalityCode, size, reason } = block;
    await this.blocks.add(ctx.db, block);
    let position = 0;
    for (let left = size; left > 0; ) {
      const drawn = await this.draw(ctx, Math.min(left, CHUNK));
      const codes = drawn.map((body) => ({ body, position: (position += 1) }));
      left -= await this.codes.add(ctx.db, block, codes);
    }
    ctx.emit(codeBlockAllocated, { aggregateId: blockId, sequence: 1, data: { blockId, municipalityCode, size, reason } });
    ctx.audit({ object: `code-block:${blockId}`, facts: { municipalityCode, size, reason } });
    return block;
  }

  private async draw(ctx: Ctx, serials: number): Promise<string[]> {
    const first = await this.blocks.draw(ctx.db, serials);
    return Array.from({ length: serials }, (_, index) => this.pool(first + index)).filter((body) => body !== undefined);
  }
}
