import { jukiNetProblems } from '#contracts/juki-net';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { BoxContent } from './box-content.js';
import { fileName, isRangeOf } from './exchange-box.js';
import { requireOwnFile, requirePurpose } from './fetch-file.js';
import type { OutFile, OutFileStore } from './out-file.store.js';
import { standReady } from './stand-ready.js';
import type { BatchStore } from '../batch/batch.store.js';

const line = z.number().int().min(1).max(2_147_483_647);
const spec = useCase({
  action: 'juki-net.exchange-file.resend',
  kind: 'command',
  summary: 'Puts lines of the answers to a batch into the box again, as a file of their own: the same answers, without a fee or a use record',
  input: z.strictObject({ fileId: z.uuid(), fromLine: line, toLine: line }),
  output: z.object({ fileId: z.uuid(), name: z.string(), lines: z.number().int() }),
  refusals: [...refusals(jukiNetProblems, 'BATCH_STATE', 'EMPTY_FILE', 'FILE_KIND', 'RESEND_RANGE'), ...refusals(platformProblems, 'NOT_FOUND', 'PURPOSE_NOT_PERMITTED')],
});

/** Nothing is asked of the register again: the lines are those that were answered once (JUKI-5.3). */
export class ResendLines implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(
    private readonly outFiles: OutFileStore,
    private readonly batches: BatchStore,
    private readonly content: BoxContent,
  ) {}

  async execute(ctx: Ctx, { fileId, fromLine: firstLine, toLine: lastLine }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const file = requireOwnFile(ctx, await this.outFiles.find(ctx.db, fileId));
    requirePurpose(ctx, file);
    if (file.kind !== 'BRES') throw jukiNetProblems.refuse('FILE_KIND');
    const batch = await this.batches.lock(ctx.db, file.sourceId);
    if (!isRangeOf({ firstLine, lastLine }, batch?.lines ?? 0)) throw jukiNetProblems.refuse('RESEND_RANGE', { facts: { lines: batch?.lines ?? 0 } });
    const standing = (await this.outFiles.ready(ctx.db, file.sourceId, { firstLine, lastLine })) ?? (await this.again(ctx, file, { firstLine, lastLine }));
    return { fileId: standing.fileId, name: fileName(standing), lines: standing.lines };
  }

  private async again(ctx: Ctx, file: OutFile, range: { readonly firstLine: number; readonly lastLine: number }): Promise<OutFile> {
    const { length: lines } = await this.content.details(ctx, { ...file, ...range });
    if (lines === 0) throw jukiNetProblems.refuse('EMPTY_FILE');
    const { institution, organisation, kind, purpose, grantId, reference, sourceId } = file;
    return standReady(ctx, { institution, organisation, kind, purpose, grantId: grantId ?? undefined, reference, sourceId, lines, range });
  }
}
