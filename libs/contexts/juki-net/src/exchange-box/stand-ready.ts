import { exchangeFileReady } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import { uuidv7, type Ctx } from '#platform';
import { fileName } from './exchange-box.js';
import { type NewOutFile, type OutFile, OutFileStore } from './out-file.store.js';

const outFiles = new OutFileStore();

/** Puts a file into its organisation's box in the transaction that made its lines, and tells the organisation (JUKI-5.3). */
export async function standReady(ctx: Ctx, file: NewOutFile): Promise<OutFile> {
  if (file.range === undefined) await outFiles.replace(ctx.db, file.sourceId);
  const standing = await outFiles.add(ctx.db, { ...file, fileId: uuidv7(), day: localDateInJapan(ctx.now), readyAt: ctx.now });
  const { fileId, organisation, kind, lines } = standing;
  ctx.emit(exchangeFileReady, { aggregateId: fileId, sequence: 1, data: { fileId, organisation, kind, name: fileName(standing), lines } });
  ctx.audit({ object: `exchange-file:${fileId}`, facts: { organisation, kind, lines } });
  return standing;
}
