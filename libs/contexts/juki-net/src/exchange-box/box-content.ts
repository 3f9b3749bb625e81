import { jukiNetProblems } from '#contracts/juki-net';
import { found, type Ctx } from '#platform';
import type { BatchStore } from '../batch/batch.store.js';
import { resultLines } from '../batch/fetch-result.js';
import type { ReadMatchResult } from '../initial-match/read-match-result.js';
import type { StatisticsStore } from '../statistics/statistics.store.js';
import { acknowledgement } from './exchange-box.js';
import type { InFileStore } from './in-file.store.js';
import type { OutFile } from './out-file.store.js';

const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';
const ROWS_AT_ONCE = 10_000;

export interface ContentParts {
  readonly inFiles: InFileStore;
  readonly batches: BatchStore;
  readonly results: ReadMatchResult;
  readonly extracts: StatisticsStore;
}

/** The detail records of the files in a box, from where they are kept: nothing is stored twice, and what is purged there is gone here. */
export class BoxContent {
  constructor(private readonly parts: ContentParts) {}

  async details(ctx: Ctx, file: OutFile): Promise<string[]> {
    switch (file.kind) {
      case 'ACKN': {
        const { name, state, reason } = found(await this.parts.inFiles.find(ctx.db, file.sourceId));
        return acknowledgement({ name, state, reason: reason ?? undefined }, await this.parts.inFiles.faults(ctx.db, file.sourceId));
      }
      case 'BRES':
      case 'CFED':
        return this.answers(ctx, file);
      case 'IMOT':
        return this.matches(ctx, file);
      case 'MSTA':
        return this.rows(ctx, file);
    }
  }

  /** Refuses BATCH_STATE while they are made anew, and once they are purged. */
  private async answers(ctx: Ctx, { sourceId, firstLine, lastLine }: OutFile): Promise<string[]> {
    const batch = await this.parts.batches.find(ctx.db, sourceId);
    if (batch === undefined || batch.state === 'PROCESSING' || batch.state === 'PURGED') throw jukiNetProblems.refuse('BATCH_STATE', { facts: { state: batch?.state ?? 'PURGED' } });
    return resultLines(ctx.db, this.parts.batches, sourceId, { fromLine: firstLine ?? 1, toLine: lastLine ?? Number.MAX_SAFE_INTEGER });
  }

  /** By the rules of the result itself: a code is told under a grant only, with a use record of its person. */
  private async matches(ctx: Ctx, { sourceId: matchId, grantId }: OutFile): Promise<string[]> {
    const details: string[] = [];
    for (let after: number | undefined = 0; after !== undefined; ) {
      const page = await this.parts.results.page(ctx, { matchId, grantId: grantId ?? undefined, after, limit: ROWS_AT_ONCE });
      details.push(...page.lines.map((line) => `D,${line}`));
      after = page.next;
    }
    return details;
  }

  private async rows(ctx: Ctx, { sourceId, firstLine, lastLine }: OutFile): Promise<string[]> {
    const [first, last] = [firstLine ?? 1, lastLine ?? Number.MAX_SAFE_INTEGER];
    const details: string[] = [];
    let place = 0;
    for (let after: string | undefined = BEFORE_ALL; after !== undefined && place < last; ) {
      const page = await this.parts.extracts.lines(ctx.db, sourceId, { after, limit: ROWS_AT_ONCE });
      const skipped = place;
      details.push(...page.filter((_, index) => skipped + index + 1 >= first && skipped + index < last).map(({ line }) => `D,${line}`));
      place += page.length;
      after = page.at(-1)?.id;
    }
    return details;
  }
}
