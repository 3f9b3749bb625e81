import { deriveKey, route, type ContextParts, type Platform } from '#platform';
import type { Register } from '../change-notice/register.js';
import { CodeAllocation } from './allocate-codes.js';
import { CodeBlockStore } from './code-block.store.js';
import { CodeConflictStore } from './code-conflict.store.js';
import { codePool } from './code-pool.js';
import { DecideCodeConflict, ReportCodeConflict } from './decide-code-conflict.js';
import { ListCodeConflicts } from './list-code-conflicts.js';
import { GetCodeBlock, ListBlockCodes, ListCodeBlocks } from './read-code-block.js';
import { RefillCodeBlocks, refillDaily } from './refill-code-blocks.js';
import { RequestCodeBlock } from './request-code-block.js';
import { WithdrawCodeBlock } from './withdraw-code-block.js';

/** Resident codes in blocks (JUKI-3.1). */
export function codeBlockParts({ masterKey }: Platform, { codes }: Register): Partial<ContextParts> {
  const blocks = new CodeBlockStore();
  const allocation = new CodeAllocation(blocks, codes, codePool(deriveKey(masterKey, 'juki-net:code-pool')));
  const conflicts = new CodeConflictStore();
  const request = new RequestCodeBlock(blocks, allocation);
  return {
    http: [
      route('POST', '/code-blocks', request, { status: 201 }),
      route('GET', '/code-blocks', new ListCodeBlocks(blocks)),
      route('GET', '/code-blocks/:blockId', new GetCodeBlock(blocks, codes)),
      route('GET', '/code-blocks/:blockId/codes', new ListBlockCodes(blocks, codes)),
      route('POST', '/code-blocks/:blockId/withdrawal', new WithdrawCodeBlock(blocks, codes)),
      route('GET', '/code-conflicts', new ListCodeConflicts(conflicts)),
      route('POST', '/code-conflicts', new ReportCodeConflict(conflicts, codes), { status: 201 }),
      route('POST', '/code-conflicts/:caseId/confirmation', new DecideCodeConflict(conflicts, codes, 'CONFIRM')),
      route('POST', '/code-conflicts/:caseId/dismissal', new DecideCodeConflict(conflicts, codes, 'DISMISS')),
    ],
    grpc: { 'CodePool.Allocate': request },
    jobs: [new RefillCodeBlocks(blocks, allocation)],
    schedules: [refillDaily(blocks)],
  };
}
