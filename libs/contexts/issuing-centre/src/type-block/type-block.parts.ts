import { route, type ContextParts } from '#platform';
import type { Shelf } from '../shelf.js';
import { LiftBlock } from './lift-block.js';
import { ListBlocks, purgeDaily, ReadEvidence } from './read-blocks.js';

/** What follows when an answer was another's (CARD-4.15, 7). */
export function typeBlockParts({ blocks }: Shelf): Partial<ContextParts> {
  return {
    http: [
      route('GET', '/type-blocks', new ListBlocks(blocks)),
      route('POST', '/type-blocks/:municipalityCode/:type/release', new LiftBlock(blocks)),
      route('GET', '/binding-mismatches/:requestId', new ReadEvidence(blocks)),
    ],
    schedules: [purgeDaily(blocks)],
  };
}
