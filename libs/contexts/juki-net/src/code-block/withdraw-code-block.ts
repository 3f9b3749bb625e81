import { jukiNetProblems } from '#contracts/juki-net';
import { found, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { AllocatedCodeStore } from './allocated-code.store.js';
import type { CodeBlockStore } from './code-block.store.js';

const spec = useCase({
  action: 'juki-net.code-block.withdraw',
  kind: 'command',
  summary: 'Withdraws the unused codes of a block for good; nothing is reordered for a municipality whose latest block is withdrawn',
  input: z.strictObject({ blockId: z.uuid() }),
  output: z.object({ blockId: z.uuid(), withdrawn: z.number().int() }),
  refusals: [...refusals(jukiNetProblems, 'BLOCK_WITHDRAWN'), ...refusals(platformProblems, 'NOT_FOUND')],
});

export class WithdrawCodeBlock implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(
    private readonly blocks: CodeBlockStore,
    private readonly codes: AllocatedCodeStore,
  ) {}

  async execute(ctx: Ctx, { blockId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const block = found(await this.blocks.lock(ctx.db, blockId));
    if (block.state === 'WITHDRAWN') throw jukiNetProblems.refuse('BLOCK_WITHDRAWN');
    const withdrawn = await this.codes.withdraw(ctx.db, blockId);
    await this.blocks.setWithdrawn(ctx.db, blockId);
    ctx.audit({ object: `code-block:${blockId}`, facts: { municipalityCode: block.municipalityCode, withdrawn } });
    return { blockId, withdrawn };
  }
}
