import { localDateInJapan } from '#kernel';
import { daily, queueJob, type Ctx, type Job, type JobKind, type Schedule, type StepOutcome } from '#platform';
import { z } from 'zod';
import type { CodeAllocation } from './allocate-codes.js';
import { refillSize } from './code-block.js';
import type { CodeBlockStore, MunicipalStock } from './code-block.store.js';

const REFILL_JOB = 'code-block.refill';
/** Municipalities whose stocks are counted in one step, and the codes after which a step stops. */
const MUNICIPALITIES_A_STEP = 50;
const CODES_A_STEP = 10_000;

const position = z.object({ after: z.string(), blocks: z.number().int() });

/** Once a day the stocks of all municipalities that have had a block are looked through (JUKI-3.1). */
export function refillDaily(blocks: CodeBlockStore): Schedule {
  return daily(REFILL_JOB, async (ctx) => {
    if ((await blocks.countMunicipalities(ctx.db)) > 0) await queueJob(ctx, REFILL_JOB, {});
  });
}

/** Reorders for each municipality at its low-water mark; a repetition finds the stock full. */
export class RefillCodeBlocks implements JobKind {
  readonly kind = REFILL_JOB;
  constructor(
    private readonly blocks: CodeBlockStore,
    private readonly allocation: CodeAllocation,
  ) {}

  async step(ctx: Ctx, job: Job): Promise<StepOutcome> {
    const { after, blocks } = job.cursor === null ? { after: '', blocks: 0 } : position.parse(job.cursor);
    await this.blocks.lockPool(ctx.db);
    const stocks = await this.blocks.stocksAfter(ctx.db, after, { limit: MUNICIPALITIES_A_STEP, today: localDateInJapan(ctx.now) });
    const { seen, allocated } = await this.refill(ctx, stocks);
    const last = seen.at(-1);
    if (last === undefined) return { cursor: job.cursor, done: job.done, total: job.done, result: { municipalities: job.done, blocks } };
    return { cursor: { after: last.municipalityCode, blocks: blocks + allocated }, done: job.done + seen.length, total: await this.blocks.countMunicipalities(ctx.db) };
  }

  private async refill(ctx: Ctx, stocks: readonly MunicipalStock[]): Promise<{ readonly seen: readonly MunicipalStock[]; readonly allocated: number }> {
    const today = localDateInJapan(ctx.now);
    let [codes, allocated] = [0, 0];
    for (const [index, stock] of stocks.entries()) {
      const size = stock.latest === 'WITHDRAWN' ? undefined : refillSize(stock, today);
      if (size === undefined) continue;
      await this.allocation.allocate(ctx, { municipalityCode: stock.municipalityCode, size, reason: 'LOW_WATER' });
      allocated += 1;
      codes += size;
      if (codes >= CODES_A_STEP) return { seen: stocks.slice(0, index + 1), allocated };
    }
    return { seen: stocks, allocated };
  }
}
