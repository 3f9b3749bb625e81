import { found, nextOf, pageLimit, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { AllocatedCodeStore } from './allocated-code.store.js';
import { BLOCK_STATES } from './code-block.js';
import type { CodeBlock, CodeBlockStore } from './code-block.store.js';

const count = z.number().int();
const notFound = refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION');
const block = z.object({ blockId: z.uuid(), municipalityCode: z.string(), size: count, reason: z.string(), state: z.enum(BLOCK_STATES), allocatedAt: z.iso.datetime() });

const listSpec = useCase({
  action: 'juki-net.code-block.list',
  kind: 'question',
  summary: 'Latest blocks of resident codes of a municipality, those reordered without a request among them',
  input: z.strictObject({ municipalityCode: z.string().regex(/^\d{6}$/), limit: pageLimit }),
  output: z.object({ items: z.array(block) }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

export class ListCodeBlocks implements UseCase<typeof listSpec> {
  readonly spec = listSpec;
  constructor(private readonly blocks: CodeBlockStore) {}

  async execute(ctx: Ctx, { municipalityCode, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    requireJurisdiction(ctx, municipalityCode);
    return { items: (await this.blocks.latest(ctx.db, municipalityCode, limit)).map(viewOf) };
  }
}

const getSpec = useCase({
  action: 'juki-net.code-block.get',
  kind: 'question',
  summary: 'A block of resident codes, and how many of its codes are in which state',
  input: z.strictObject({ blockId: z.uuid() }),
  output: block.extend({ codes: z.record(z.string(), count).describe('number of codes by state') }),
  refusals: notFound,
});

export class GetCodeBlock implements UseCase<typeof getSpec> {
  readonly spec = getSpec;
  constructor(
    private readonly blocks: CodeBlockStore,
    private readonly codes: AllocatedCodeStore,
  ) {}

  async execute(ctx: Ctx, { blockId }: InputOf<typeof getSpec>): Promise<OutputOf<typeof getSpec>> {
    const own = await ownBlock(ctx, this.blocks, blockId);
    ctx.audit({ object: `code-block:${blockId}` });
    return { ...viewOf(own), codes: await this.codes.countByState(ctx.db, blockId) };
  }
}

const codesSpec = useCase({
  action: 'juki-net.code-block.list-codes',
  kind: 'question',
  summary: 'Codes of a block that the municipality may still write to a new person, page by page',
  input: z.strictObject({ blockId: z.uuid(), after: z.coerce.number().int().min(0).max(2_147_483_647).default(0), limit: pageLimit }),
  output: z.object({ items: z.array(z.object({ position: count, residentCode: z.string() })), next: count.optional().describe('`after` of the next page') }),
  refusals: notFound,
});

/** A code that was written once is somebody's: its municipality has it in the record, and nobody is told it here. */
export class ListBlockCodes implements UseCase<typeof codesSpec> {
  readonly spec = codesSpec;
  constructor(
    private readonly blocks: CodeBlockStore,
    private readonly codes: AllocatedCodeStore,
  ) {}

  async execute(ctx: Ctx, { blockId, after, limit }: InputOf<typeof codesSpec>): Promise<OutputOf<typeof codesSpec>> {
    await ownBlock(ctx, this.blocks, blockId);
    const items = await this.codes.unused(ctx.db, blockId, { after, limit });
    ctx.audit({ object: `code-block:${blockId}`, facts: { after, codes: items.length } });
    return { items, ...nextOf(items, limit, ({ position }) => position) };
  }
}

function viewOf({ blockId, municipalityCode, size, reason, state, allocatedAt }: CodeBlock): z.input<typeof block> {
  return { blockId, municipalityCode, size, reason, state, allocatedAt: allocatedAt.toISOString() };
}

async function ownBlock(ctx: Ctx, blocks: CodeBlockStore, blockId: string): Promise<CodeBlock> {
  const own = found(await blocks.find(ctx.db, blockId));
  requireJurisdiction(ctx, own.municipalityCode);
  return own;
}
